"""sin((4x)**2), through three functions."""

import math


def inner(x):
    return 4 * x


def middle(v):
    return v**2


def outer(u):
    return math.sin(u)


def composed(x: float) -> float:
    return outer(middle(inner(x)))


WRT = "x"
ARGS = (0.3,)

# output
import math


def composed_grad(x):
    return 32 * x * math.cos((4 * x) ** 2)
