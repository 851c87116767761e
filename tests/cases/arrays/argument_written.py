"""The caller's array stays as it is."""

import numpy as np


def scaled(x: np.ndarray) -> float:
    x[0] = x[0] * x[1]
    return np.sum(x**2)


WRT = "x"
ARGS = (np.array([3.0, 4.0, 5.0]),)

# output
import numpy as np


def scaled_grad(x):
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    if x.dtype.kind not in "fc":
        x = x.astype(float)
    x0 = x[0]
    x1 = x[1]
    x = x.copy()
    x[0] = x0 * x1
    x_bar = 2 * x
    x0_bar = x_bar[0]
    x_bar[1] += x0_bar * x0
    x_bar[0] = x0_bar * x1
    return x_bar
