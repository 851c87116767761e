"""Rows of what may be a matrix, or a list of points: the cotangents of rows are added to in place."""

import math


def potential(points, n: int) -> float:
    total = 0.0
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            d = points[i] - points[j]
            total += math.exp(-sum(d**2))
    return total


import numpy as np

WRT = "points"
ARGS = (np.array([[0.3, -0.8], [1.4, 0.2], [0.0, 0.5]]), 3)
MORE_ARGS = (([np.array([0.3, -0.8]), np.array([1.4, 0.2])], 2),)

# output
import math

import numpy as np

from srcdiff.runtime import zero_arrays


def potential_grad(points, n):
    assert np.ndim(points) == 2, f"points must be a matrix, not of shape {np.shape(points)}"
    tape = []
    for i in range(n):
        inner_tape = []
        for j in range(n):
            if i == j:
                continue
            d = points[i] - points[j]
            inner_tape.append((d, math.exp(-sum(d**2))))
        tape.append(inner_tape)
    points_bar = zero_arrays(points)
    for i in reversed(range(n)):
        inner_tape = tape.pop()
        for j in reversed(range(n)):
            if i != j:
                d, ed = inner_tape.pop()
                point_bar = 2 * ed * d
                points_bar[j] += point_bar
                points_bar[i] -= point_bar
    return points_bar
