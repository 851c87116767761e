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
