"""Indices that repeat accumulate."""

import numpy as np


def picked(x: np.ndarray, rows: np.ndarray) -> float:
    y = x[rows]
    return np.sum(y**2)


WRT = "x"
ARGS = (np.array([1.0, 2.0]), np.array([0, 0, 1]))

# output
