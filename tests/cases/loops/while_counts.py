"""A while loop on a plain counter."""

import math


def cosine_iteration(x: float, n: int) -> float:
    i = 0
    while i < n:
        x = math.cos(x) * x
        i += 1
    return x


WRT = "x"
ARGS = (0.9, 3)
MORE_ARGS = ((0.9, 0),)

# output
