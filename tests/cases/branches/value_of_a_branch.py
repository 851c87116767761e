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
import math


def gated_grad(x, on):
    if on:
        e = math.exp(x)
        y = e * e + x
    else:
        y = x
    y_bar = math.cos(y)
    if on:
        return (2 * e * e + 1) * y_bar
    return y_bar
