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
import math


def cosine_iteration_grad(x, n):
    tape = []
    i = 0
    while i < n:
        cosine = math.cos(x)
        tape.append((x, cosine))
        x = cosine * x
        i += 1
    x_bar = 1.0
    while tape:
        x, cosine = tape.pop()
        x_bar = (cosine - x * math.sin(x)) * x_bar
    return x_bar
