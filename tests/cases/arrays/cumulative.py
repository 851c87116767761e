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
import numpy as np


def decay_grad(x, a):
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    y = np.zeros(len(x))
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = a * y[i - 1] * x[i]
    y_bar = np.full_like(y, 1.0)
    x_bar = np.zeros_like(x, dtype=np.result_type(x, 0.0))
    a_bar = 0.0
    for i in reversed(range(1, len(x))):
        y_prev = y[i - 1]
        yi_bar = y_bar[i]
        y_bar[i] = 0.0
        product_bar = yi_bar * x[i]
        x_bar[i] += a * yi_bar * y_prev
        y_bar[i - 1] += a * product_bar
        a_bar += product_bar * y_prev
    x_bar[0] += y_bar[0]
    return x_bar, a_bar
