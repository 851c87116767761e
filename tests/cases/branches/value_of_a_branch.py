"""What one branch computes is needed by its own derivative only."""

import math


def gated(x: float, on: bool) -> float:
    y = x
    if on:
        e = math.exp(x)
        y = e * e + x
    return math.sin(y)


WRT = "x"
ARGS = (0.4, True)
MORE_ARGS = ((0.4, False),)

# output
