"""Lennard-Jones atoms with a cutoff, moved by velocity Verlet: the force field is an object, forces are pairs."""

import numpy as np


class LennardJones:
    def __init__(self, epsilon=1.0, sigma=1.0, cutoff=2.5):
        self.epsilon = epsilon
        self.sigma = sigma
        self.cutoff = cutoff

    def pair(self, r):
        d = np.linalg.norm(r)
        if d > self.cutoff * self.sigma:
            return 0.0, np.zeros(3)
        s6 = (self.sigma / d) ** 6
        return 4 * self.epsilon * (s6**2 - s6), 24 * self.epsilon * (2 * s6**2 - s6) / d**2 * r

    def forces(self, x):
        n = len(x)
        F = np.zeros_like(x)
        E = 0.0
        for i in range(n):
            for j in range(i + 1, n):
                e, f = self.pair(x[i] - x[j])
                E += e
                F[i] += f
                F[j] -= f
        return E, F


def energy(x0, v0, epsilon, sigma, dt=0.005, steps=4):
    field = LennardJones(epsilon, sigma)
    x = x0.copy()
    v = v0.copy()
    E, F = field.forces(x)
    for _ in range(steps):
        v += 0.5 * dt * F
        x += dt * v
        E, F = field.forces(x)
        v += 0.5 * dt * F
    return E + 0.5 * np.sum(v**2)


WRT = ("x0", "v0", "epsilon", "sigma")
ARGS = (
    np.array([[0.0, 0.0, 0.0], [1.1, 0.0, 0.0], [0.0, 1.2, 0.1], [5.0, 5.0, 5.0]]),
    np.array([[0.1, 0.0, 0.2], [0.0, -0.1, 0.0], [0.05, 0.1, 0.0], [0.0, 0.0, 0.1]]),
    1.0,
    1.0,
)
