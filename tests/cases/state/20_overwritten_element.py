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
import numpy as np


def f_grad(x):
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    if x.dtype.kind not in "fc":
        x = x.astype(float)
    y = np.zeros(3)
    y[0] = x[0]
    y[0] = 2 * x[1]
    y_bar = np.full_like(y, 1.0)
    y0_bar = y_bar[0]
    y_bar[0] = 0.0
    x_bar = np.zeros_like(x)
    x_bar[1] = 2 * y0_bar
    x_bar[0] = y_bar[0]
    return x_bar
