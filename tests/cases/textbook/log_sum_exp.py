"""Each exponential, and their sum, is computed once."""

import math


def soft_maximum(x: float, y: float, z: float, a: float, b: float, c: float) -> float:
    return math.log(math.exp(a * x) + math.exp(b * y) + math.exp(c * z))


WRT = ("x", "y", "z")
ARGS = (0.1, -0.4, 0.7, 1.0, 2.0, 0.5)

# output
import math


def soft_maximum_grad(x, y, z, a, b, c):
    ex = math.exp(a * x)
    ey = math.exp(b * y)
    ez = math.exp(c * z)
    total = ex + ey + ez
    x_bar = a * ex / total
    y_bar = b * ey / total
    z_bar = c * ez / total
    return x_bar, y_bar, z_bar
