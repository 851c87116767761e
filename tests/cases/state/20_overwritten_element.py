"""An element that is overwritten contributes nothing."""

import numpy as np


def f(x: np.ndarray) -> float:
    y = np.zeros(3)
    y[0] = x[0]
    y[0] = 2 * x[1]
    return y.sum()


WRT = "x"
ARGS = (np.array([3.0, 4.0, 5.0]),)

# output
