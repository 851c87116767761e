"""Cross entropy of a softmax with its maximum taken off."""

from typing import Annotated

import numpy as np


def cross_entropy(z: Annotated[np.ndarray, "k"], t: Annotated[np.ndarray, "k"]) -> float:
    e = np.exp(z - np.max(z))
    p = e / np.sum(e)
    return -np.sum(t * np.log(p))


WRT = "z"
ARGS = (np.array([0.2, 1.5, -0.7]), np.array([0.0, 0.0, 1.0]))

# output
import numpy as np


def cross_entropy_grad(z, t):
    e = np.exp(z - np.max(z))
    total = np.sum(e)
    p = e / total
    ratio = t / p / total
    return (ratio @ p - ratio) * e
