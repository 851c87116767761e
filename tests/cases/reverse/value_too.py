"""The value comes with the gradient."""

import numpy as np


def rosenbrock(x: np.ndarray) -> float:
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


MODE = "value_and_grad"
WRT = "x"
ARGS = (np.array([-1.2, 1.0]),)

# output
import numpy as np


def rosenbrock_value_and_grad(x):
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    if x.dtype.kind not in "fc":
        x = x.astype(float)
    x0 = x[0]
    diff = x[1] - x0**2
    diff_x = 1 - x0
    x_bar = np.zeros_like(x)
    x_bar[0] = -(2 * (200 * diff) * x0 + 2 * diff_x)
    x_bar[1] = 200 * diff
    return 100 * diff**2 + diff_x**2, x_bar
