"""Reading elements one by one costs O(1) each."""

import numpy as np


def products(x: np.ndarray) -> float:
    s = 0.0
    for i in range(1, len(x)):
        s += x[i] * x[i - 1]
    return s


WRT = "x"
ARGS = (np.array([0.5, -1.2, 2.0, 0.7]),)

# output
import numpy as np


def products_grad(x):
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    x_bar = np.zeros_like(x, dtype=np.result_type(x, 0.0))
    for i in range(1, len(x)):
        x_bar[i - 1] += x[i]
        x_bar[i] += x[i - 1]
    return x_bar
