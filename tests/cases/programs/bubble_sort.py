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

# output
import numpy as np


def trimmed_mean_grad(x, trim):
    """The gradient of trimmed_mean with respect to x.

    trimmed_mean: The mean of what is left of x when its extremes are cut off."""
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    if x.dtype.kind not in "fc":
        x = x.astype(float)
    y = x.copy()
    n = len(y)
    tape = []
    for i in range(n):
        inner_tape = []
        swapped = False
        for j in range(n - 1 - i):
            yj = y[j]
            y_next = y[j + 1]
            above = yj > y_next
            inner_tape.append(above)
            if above:
                y[j] = y_next
                y[j + 1] = yj
                swapped = True
        tape.append((i, inner_tape))
        if not swapped:
            break
    y_part = y[trim : n - trim]
    total_bar = 1 / (n - 2 * trim)
    y_part_bar = np.zeros_like(y_part)
    for k in range(len(y_part)):
        y_part_bar[k] += 2 * total_bar * y_part[k]
    y_bar = np.zeros_like(y)
    y_bar[trim : n - trim] = y_part_bar
    while tape:
        i, inner_tape = tape.pop()
        for j in reversed(range(n - 1 - i)):
            above = inner_tape.pop()
            if above:
                y_next_bar = y_bar[j + 1]
                y_bar[j + 1] = y_bar[j]
                y_bar[j] = y_next_bar
    return y_bar
