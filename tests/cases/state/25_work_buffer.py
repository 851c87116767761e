"""A work buffer that is used again."""

import numpy as np


def f(x: np.ndarray) -> float:
    buffer = np.zeros(3)
    s = 0.0
    for i in range(3):
        buffer[:] = i + 1
        s += (x * buffer).sum()
    return s


WRT = "x"
ARGS = (np.array([3.0, 4.0, 5.0]),)

# output
