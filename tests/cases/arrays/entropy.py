"""What divides itself is 1 beside another term."""

import numpy as np


def entropy(p: np.ndarray) -> float:
    return -np.sum(p * np.log(p))


WRT = "p"
ARGS = (np.array([0.2, 0.5, 0.3]),)

# output
import numpy as np


def entropy_grad(p):
    return -(1 + np.log(p))
