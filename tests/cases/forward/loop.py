"""A tangent is carried beside its value."""

import numpy as np


def iterate(x: float, n: int) -> float:
    for i in range(n):
        x = np.sin(x) * x
    return x


MODE = "jvp"
WRT = "x"
ARGS = (0.8, 3, 1.5)

# output
import numpy as np


def iterate_jvp(x, n, x_dot):
    for i in range(n):
        sine = np.sin(x)
        cosine = np.cos(x)
        x_dot = (x * cosine + sine) * x_dot
        x = sine * x
    return x, x_dot
