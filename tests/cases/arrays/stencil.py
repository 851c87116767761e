"""The heat equation with slices."""

import numpy as np


def heat(u: np.ndarray, k: float, steps: int) -> float:
    for _ in range(steps):
        v = u.copy()
        v[1:-1] = u[1:-1] + k * (u[2:] - 2 * u[1:-1] + u[:-2])
        u = v
    return np.sum(u**2)


WRT = ("u", "k")
ARGS = (np.array([0.0, 1.0, 0.5, -0.3, 0.2]), 0.1, 3)

# output
