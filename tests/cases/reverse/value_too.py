"""The value comes with the gradient."""

import numpy as np


def rosenbrock(x: np.ndarray) -> float:
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


MODE = "value_and_grad"
WRT = "x"
ARGS = (np.array([-1.2, 1.0]),)

# output
