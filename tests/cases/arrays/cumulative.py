"""A buffer filled in a loop."""

import numpy as np


def decay(x: np.ndarray, a: float) -> float:
    y = np.zeros(len(x))
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = a * y[i - 1] * x[i]
    return np.sum(y)


WRT = ("x", "a")
ARGS = (np.array([0.5, -1.2, 0.3, 2.0]), 0.9)

# output
