"""Planets around a star by the leapfrog integrator: the error of the energy after some steps."""

import numpy as np


def acceleration(position, masses):
    a = np.zeros_like(position)
    n = len(masses)
    for i in range(n):
        for j in range(n):
            if i != j:
                d = position[j] - position[i]
                r2 = d @ d + 1e-3
                a[i] += masses[j] * d / r2**1.5
    return a


def final_distance(position, velocity, masses, dt, steps):
    """The squared distance of the first two bodies after some time."""
    x = np.array(position, dtype=float)
    v = np.array(velocity, dtype=float)
    v += 0.5 * dt * acceleration(x, masses)
    for _ in range(steps):
        x += dt * v
        v += dt * acceleration(x, masses)
    separation = x[0] - x[1]
    return np.sum(separation**2)


WRT = ("position", "velocity", "masses")
ARGS = (
    np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.5]]),
    np.array([[0.0, 0.1], [0.0, 1.0], [-0.8, 0.0]]),
    np.array([1.0, 0.1, 0.05]),
    0.05,
    8,
)
