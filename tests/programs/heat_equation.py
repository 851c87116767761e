"""The heat equation in place: one array, one saved neighbour, no copy for each step."""

import numpy as np


def diffuse(u: np.ndarray, k: np.ndarray, steps: int) -> float:
    """Relax a rod by explicit sweeps, and measure what is left."""
    u = u.copy()
    n = len(u)
    for _ in range(steps):
        left = u[0]
        for i in range(1, n - 1):
            here = u[i]
            u[i] = here + k[i] * (left - 2 * here + u[i + 1])
            left = here
    return np.sum(u**2)


_rng = np.random.default_rng(3)
WRT = ("u", "k")
ARGS = (_rng.normal(size=8), 0.1 + 0.2 * _rng.random(size=8), 5)
