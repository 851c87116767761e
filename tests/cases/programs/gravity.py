"""Bodies that attract each other, by the leapfrog method: masses that are factors of three columns are a column."""

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

# output
import numpy as np


def kinetic_energy_grad(pos, vel, mass, G=1.0, softening=0.1, dt=0.01, steps=4):
    assert pos.ndim == vel.ndim == np.ndim(mass) == 2, "pos, vel and mass must be matrices"
    assert np.ndim(G) == np.ndim(softening) == np.ndim(dt) == 0, "G, softening and dt must be scalars"
    assert len(pos) == len(vel) == len(mass), "pos, vel and mass must have equal lengths"
    assert pos.shape[1] == vel.shape[1] == 3, "these lengths must be equal"
    assert mass.shape[1] == 1, "mass must have 1 column"
    assert not np.shares_memory(pos, vel), "pos and vel must not share memory"
    assert not np.shares_memory(pos, mass), "pos and mass must not share memory"
    assert not np.shares_memory(vel, mass), "vel and mass must not share memory"
    pos, vel, mass = (a if a.dtype.kind in "fc" else a.astype(float) for a in (pos, vel, mass))
    x = pos[:, 0:1]
    y = pos[:, 1:2]
    z = pos[:, 2:3]
    dx0 = x.T - x
    dy0 = y.T - y
    dz0 = z.T - z
    power_softening = softening**2
    inv_r3_0 = dx0**2 + dy0**2 + dz0**2 + power_softening
    above = inv_r3_0 > 0
    inv_r3_0_part = inv_r3_0[above]
    inv_r3_0_above = inv_r3_0_part**-1.5
    inv_r3_0[above] = inv_r3_0_above
    product_dx0 = G * (dx0 * inv_r3_0)
    product_dy0 = G * (dy0 * inv_r3_0)
    product_dz0 = G * (dz0 * inv_r3_0)
    acc = np.hstack((product_dx0 @ mass, product_dy0 @ mass, product_dz0 @ mass))
    vel = vel.copy()
    pos = pos.copy()
    tape = []
    for _ in range(steps):
        vel += acc * dt / 2.0
        pos += vel * dt
        x = pos[:, 0:1]
        y = pos[:, 1:2]
        z = pos[:, 2:3]
        dx = x.T - x
        dy = y.T - y
        dz = z.T - z
        inv_r3 = dx**2 + dy**2 + dz**2 + power_softening
        above_inv_r3 = inv_r3 > 0
        inv_r3_part = inv_r3[above_inv_r3]
        inv_r3_above = inv_r3_part**-1.5
        inv_r3[above_inv_r3] = inv_r3_above
        acc = np.hstack((G * (dx * inv_r3) @ mass, G * (dy * inv_r3) @ mass, G * (dz * inv_r3) @ mass))
        vel += acc * dt / 2.0
        pos_copy = pos.copy()
        tape.append((above_inv_r3, inv_r3_part, inv_r3_above, inv_r3, pos_copy))
    mass_bar = np.sum(0.5 * vel**2, axis=1, keepdims=True)
    vel_bar = mass * vel
    pos_bar = np.zeros_like(pos)
    acc_bar = np.zeros_like(acc)
    while tape:
        above_inv_r3, inv_r3_part, inv_r3_above, inv_r3, pos_copy = tape.pop()
        x = pos_copy[:, 0:1]
        y = pos_copy[:, 1:2]
        z = pos_copy[:, 2:3]
        dx = x.T - x
        dy = y.T - y
        dz = z.T - z
        acc_bar = acc_bar + dt / 2.0 * vel_bar
        ax_bar = acc_bar[:, 0:1]
        ay_bar = acc_bar[:, 1:2]
        az_bar = acc_bar[:, 2:3]
        product_dz_bar = G * az_bar @ mass.T
        product_dy_bar = G * ay_bar @ mass.T
        product_dx_bar = G * ax_bar @ mass.T
        inv_r3_bar = product_dx_bar * dx + product_dy_bar * dy + product_dz_bar * dz
        inv_r3_bar[above_inv_r3] = -1.5 * inv_r3_bar[above_inv_r3] * inv_r3_above / inv_r3_part
        product = 2 * inv_r3_bar
        dz_bar = product * dz + product_dz_bar * inv_r3
        dy_bar = product * dy + product_dy_bar * inv_r3
        dx_bar = product * dx + product_dx_bar * inv_r3
        z_bar = np.sum(dz_bar, axis=0, keepdims=True).T - np.sum(dz_bar, axis=1, keepdims=True)
        pos_bar[:, 2:3] += z_bar
        y_bar = np.sum(dy_bar, axis=0, keepdims=True).T - np.sum(dy_bar, axis=1, keepdims=True)
        pos_bar[:, 1:2] += y_bar
        x_bar = np.sum(dx_bar, axis=0, keepdims=True).T - np.sum(dx_bar, axis=1, keepdims=True)
        pos_bar[:, 0:1] += x_bar
        vel_bar += dt * pos_bar
        acc_bar = dt / 2.0 * vel_bar
        mass_bar += G * ((dx * inv_r3).T @ ax_bar + (dy * inv_r3).T @ ay_bar + (dz * inv_r3).T @ az_bar)
    ax_bar = acc_bar[:, 0:1]
    ay_bar = acc_bar[:, 1:2]
    az_bar = acc_bar[:, 2:3]
    product_dz0_bar = G * az_bar @ mass.T
    product_dy0_bar = G * ay_bar @ mass.T
    product_dx0_bar = G * ax_bar @ mass.T
    inv_r3_0_bar = product_dx0_bar * dx0 + product_dy0_bar * dy0 + product_dz0_bar * dz0
    inv_r3_0_bar[above] = -1.5 * inv_r3_0_bar[above] * inv_r3_0_above / inv_r3_0_part
    product2 = 2 * inv_r3_0_bar
    dz0_bar = product2 * dz0 + product_dz0_bar * inv_r3_0
    dy0_bar = product2 * dy0 + product_dy0_bar * inv_r3_0
    dx0_bar = product2 * dx0 + product_dx0_bar * inv_r3_0
    z_bar = np.sum(dz0_bar, axis=0, keepdims=True).T - np.sum(dz0_bar, axis=1, keepdims=True)
    pos_bar[:, 2:3] += z_bar
    y_bar = np.sum(dy0_bar, axis=0, keepdims=True).T - np.sum(dy0_bar, axis=1, keepdims=True)
    pos_bar[:, 1:2] += y_bar
    x_bar = np.sum(dx0_bar, axis=0, keepdims=True).T - np.sum(dx0_bar, axis=1, keepdims=True)
    pos_bar[:, 0:1] += x_bar
    mass_bar = mass_bar + (product_dx0.T @ ax_bar + product_dy0.T @ ay_bar + product_dz0.T @ az_bar)
    return pos_bar, vel_bar, mass_bar
