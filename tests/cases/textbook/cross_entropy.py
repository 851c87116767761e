"""One weight of a loss."""

import math


def loss(w1: float, w2: float, w3: float, x1: float, x2: float, x3: float) -> float:
    return math.log(math.exp(w1 * x1) + math.exp(w2 * x2) + math.exp(w3 * x3))


WRT = "w2"
ARGS = (0.1, -0.4, 0.7, 1.0, 2.0, 0.5)

# output
import math


def loss_grad(w1, w2, w3, x1, x2, x3):
    e = math.exp(w2 * x2)
    return x2 * e / (math.exp(w1 * x1) + e + math.exp(w3 * x3))
