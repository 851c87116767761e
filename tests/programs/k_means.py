"""The cost of a k-means step: assign each point, move the centres, measure again."""

import numpy as np


def cost(points: np.ndarray, centres: np.ndarray) -> float:
    """The within-cluster sum of squares after one step of Lloyd's algorithm."""
    k = len(centres)
    sums = np.zeros_like(centres)
    counts = np.zeros(k)
    for p in points:
        nearest = np.argmin(np.sum((centres - p) ** 2, axis=1))
        sums[nearest] += p
        counts[nearest] += 1
    moved = centres.copy()
    for j in range(k):
        if counts[j] > 0:
            moved[j] = sums[j] / counts[j]
    total = 0.0
    for p in points:
        total += np.min(np.sum((moved - p) ** 2, axis=1))
    return total


_rng = np.random.default_rng(9)
WRT = ("points", "centres")
ARGS = (_rng.normal(size=(7, 2)), np.array([[-1.0, 0.0], [1.0, 0.5], [9.0, 9.0]]))
