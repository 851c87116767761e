"""A soft decision tree of a fixed depth, its inner nodes in heap order in one matrix."""

import numpy as np


def loss(W, b, leaves, X, y):
    """The mean squared error of a soft tree; node i has the children 2 i + 1 and 2 i + 2."""
    depth = int(np.log2(len(leaves)))
    total = 0.0
    for x, target in zip(X, y):
        gates = 1 / (1 + np.exp(-(W @ x + b)))
        prediction = 0.0
        for leaf in range(len(leaves)):
            share = 1.0
            node = 0
            for level in range(depth):
                right = (leaf >> (depth - 1 - level)) & 1
                if right:
                    share *= gates[node]
                    node = 2 * node + 2
                else:
                    share *= 1 - gates[node]
                    node = 2 * node + 1
            prediction += share * leaves[leaf]
        total += (prediction - target) ** 2
    return total / len(y)


_rng = np.random.default_rng(8)
WRT = ("W", "b", "leaves")
ARGS = (
    _rng.normal(size=(3, 2)),
    _rng.normal(size=3),
    _rng.normal(size=4),
    _rng.normal(size=(5, 2)),
    _rng.normal(size=5),
)
