"""A return from within a branch."""

import math


def sinc(x: float) -> float:
    if abs(x) < 1e-4:
        return 1 - x**2 / 6
    return math.sin(x) / x


WRT = "x"
ARGS = (0.8,)
MORE_ARGS = ((1e-5,),)

# output
import math


def sinc_grad(x):
    if abs(x) < 1e-4:
        return -x / 3
    return (math.cos(x) - math.sin(x) / x) / x
