"""An exponential is its own derivative, times the rate."""

import math


def growth(x: float, a: float) -> float:
    return math.exp(a * x)


WRT = "x"
ARGS = (0.5, 2.0)

# output
import math


def growth_grad(x, a):
    return a * math.exp(a * x)
