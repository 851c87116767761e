"""A value that is overwritten after a nonlinear use."""

import numpy as np


def f(x: float) -> float:
    a = np.sin(x)
    b = a * a
    a = 3 * a
    return b + a


WRT = "x"
ARGS = (0.7,)

# output
import numpy as np


def f_grad(x):
    return (2 * np.sin(x) + 3.0) * np.cos(x)
