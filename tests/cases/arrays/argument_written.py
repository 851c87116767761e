"""The caller's array stays as it is."""

import numpy as np


def scaled(x: np.ndarray) -> float:
    x[0] = x[0] * x[1]
    return np.sum(x**2)


WRT = "x"
ARGS = (np.array([3.0, 4.0, 5.0]),)

# output
