"""A distance."""

from typing import Annotated

import numpy as np


def distance(x: Annotated[np.ndarray, "d"], y: Annotated[np.ndarray, "d"]) -> float:
    return np.sqrt(np.sum((x - y) ** 2))


WRT = ("x", "y")
ARGS = (np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.0, -1.0]))

# output
import numpy as np


def distance_grad(x, y):
    diff = x - y
    x_bar = diff / np.sqrt(np.sum(diff**2))
    y_bar = -x_bar
    return x_bar, y_bar
