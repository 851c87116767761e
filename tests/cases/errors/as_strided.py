"""Strides in bytes say nothing of which element is where."""

import numpy as np
from numpy.lib.stride_tricks import as_strided


def f(x: np.ndarray) -> float:
    return np.sum(as_strided(x, (3, 2), (8, 8)) ** 2)


WRT = "x"

# error
# as_strided.py:8:19: error: np.lib.stride_tricks.as_strided has no derivative
#     return np.sum(as_strided(x, (3, 2), (8, 8)) ** 2)
#                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
# hint: use sliding_window_view where windows are meant: it says which element is where
