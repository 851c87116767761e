"""A function without a derivative."""

import numpy as np


def f(x: np.ndarray) -> float:
    counts, edges = np.histogram(x, bins=20)
    return counts.sum()


WRT = "x"

# error
# no_rule.py:7:21: error: np.histogram has no derivative
#     counts, edges = np.histogram(x, bins=20)
#                     ^^^^^^^^^^^^^^^^^^^^^^^^
# hint: write it with functions that have a derivative, or compute it outside and pass its result as an argument
