"""The logarithm of a polynomial: its derivative over itself."""

import math


def log_polynomial(x: float) -> float:
    return math.log(1 + 3 * x + 5 * x**2)


WRT = "x"
ARGS = (0.5,)

# output
def log_polynomial_grad(x):
    return (3 + 10 * x) / (1 + 3 * x + 5 * x**2)
