"""Built-in extrema: those that are equal to the result share the cotangent, also where they are NumPy's numbers."""

import numpy as np


def f(x: np.ndarray, floor: float) -> float:
    highest = max(x[0], x[1], x[2])
    lowest = min(x[3], floor)
    return highest * lowest + max(x[4], 0.5)


WRT = ("x", "floor")
ARGS = (np.array([0.4, -1.0, 2.0, 0.5, 1.5]), 3.0)

# output
import numpy as np


def f_grad(x, floor):
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    x0 = x[0]
    x1 = x[1]
    x2 = x[2]
    highest = max(x0, x1, x2)
    x3 = x[3]
    lowest = min(x3, floor)
    x_bar = np.zeros_like(x, dtype=np.result_type(x, 0.0))
    x_bar[4] = 1.0 * (x[4] > 0.5)
    ratio = highest / (x3, floor).count(lowest)
    floor_bar = ratio * (floor == lowest)
    x_bar[3] = ratio * (x3 == lowest)
    ratio_lowest = lowest / (x0, x1, x2).count(highest)
    x_bar[2] = ratio_lowest * (x2 == highest)
    x_bar[1] = ratio_lowest * (x1 == highest)
    x_bar[0] = ratio_lowest * (x0 == highest)
    return x_bar, floor_bar
