"""Dynamic time warping with a soft minimum, by the table that everyone writes."""

import numpy as np


def soft_dtw(x: np.ndarray, y: np.ndarray, gamma: float) -> float:
    """The soft-DTW divergence of two series."""
    n, m = len(x), len(y)
    D = np.full((n + 1, m + 1), 1e10)
    D[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = (x[i - 1] - y[j - 1]) ** 2
            a, b, c = D[i - 1, j], D[i, j - 1], D[i - 1, j - 1]
            low = min(a, b, c)
            soft = low - gamma * np.log(
                np.exp((low - a) / gamma) + np.exp((low - b) / gamma) + np.exp((low - c) / gamma)
            )
            D[i, j] = cost + soft
    return D[n, m]


_rng = np.random.default_rng(16)
WRT = ("x", "y", "gamma")
ARGS = (_rng.normal(size=4), _rng.normal(size=5), 0.7)
