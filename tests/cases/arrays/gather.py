"""Indices that repeat accumulate."""

import numpy as np


def picked(x: np.ndarray, rows: np.ndarray) -> float:
    y = x[rows]
    return np.sum(y**2)


WRT = "x"
ARGS = (np.array([1.0, 2.0]), np.array([0, 0, 1]))

# output
import numpy as np


def picked_grad(x, rows):
    if x.dtype.kind not in "fc":
        x = x.astype(float)
    x_bar = np.zeros_like(x)
    np.add.at(x_bar, rows, 2 * x[rows])
    return x_bar
