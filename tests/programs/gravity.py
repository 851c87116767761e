"""Bodies that attract each other, all pairs at once; positions and velocities are changed in place."""

import numpy as np


def kinetic_energy(pos, vel, mass, G=1.0, softening=0.1, dt=0.01, steps=4):
    def acceleration(pos):
        x = pos[:, 0:1]
        y = pos[:, 1:2]
        z = pos[:, 2:3]
        dx = x.T - x
        dy = y.T - y
        dz = z.T - z
        inv_r3 = dx**2 + dy**2 + dz**2 + softening**2
        inv_r3[inv_r3 > 0] = inv_r3[inv_r3 > 0] ** (-1.5)
        ax = G * (dx * inv_r3) @ mass
        ay = G * (dy * inv_r3) @ mass
        az = G * (dz * inv_r3) @ mass
        return np.hstack((ax, ay, az))

    acc = acceleration(pos)
    for _ in range(steps):
        vel += acc * dt / 2.0
        pos += vel * dt
        acc = acceleration(pos)
        vel += acc * dt / 2.0
    return 0.5 * np.sum(np.sum(mass * vel**2))


WRT = ("pos", "vel", "mass")
ARGS = (np.random.default_rng(0).normal(size=(4, 3)), np.random.default_rng(1).normal(size=(4, 3)), np.ones((4, 1)))
