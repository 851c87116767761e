"""What broadcasts is summed once, along each axis: a potential between points on a line, and the walls."""

from typing import Annotated

import numpy as np


def energy(x: Annotated[np.ndarray, "n"], y: Annotated[np.ndarray, "m"], w: Annotated[np.ndarray, "m"]) -> float:
    d = x[:, None] - y
    return np.sum(w * np.exp(-(d**2)) + np.sin(d) * w)


WRT = ("x", "y", "w")
ARGS = (np.array([0.3, -0.8, 1.4]), np.array([0.1, 0.9]), np.array([1.5, -0.4]))

# output
import numpy as np


def energy_grad(x, y, w):
    d = x[:, None] - y
    ed = np.exp(-(d**2))
    product = w * np.cos(d)
    product_d = 2 * w * ed * d
    x_bar = np.sum(product - product_d, axis=1)
    y_bar = np.sum(product_d - product, axis=0)
    w_bar = np.sum(ed + np.sin(d), axis=0)
    return x_bar, y_bar, w_bar
