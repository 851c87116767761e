"""Sorting active values in place: the swaps are undone in the derivative."""

import numpy as np


def trimmed_mean(x: np.ndarray, trim: int) -> float:
    """The mean of what is left of x when its extremes are cut off."""
    y = x.copy()
    n = len(y)
    for i in range(n):
        swapped = False
        for j in range(n - 1 - i):
            if y[j] > y[j + 1]:
                y[j], y[j + 1] = y[j + 1], y[j]
                swapped = True
        if not swapped:
            break
    total = 0.0
    for v in y[trim : n - trim]:
        total += v**2
    return total / (n - 2 * trim)


WRT = "x"
ARGS = (np.array([3.0, -1.0, 2.5, 0.5, 7.0, -4.0]), 1)
MORE_ARGS = ((np.array([1.0, 2.0, 3.0, 5.0]), 1),)
