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
