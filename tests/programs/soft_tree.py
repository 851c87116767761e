"""A soft decision tree: each inner node sends a share of the sample to each side."""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def predict(node, x):
    """What the subtree at a node says of one sample."""
    if node["leaf"]:
        return node["value"]
    gate = sigmoid(node["w"] @ x + node["b"])
    return gate * predict(node["right"], x) + (1 - gate) * predict(node["left"], x)


def loss(tree, X, y):
    """The mean squared error of a tree over the samples."""
    total = 0.0
    for i in range(len(y)):
        total += (predict(tree, X[i]) - y[i]) ** 2
    return total / len(y)


_rng = np.random.default_rng(7)


def _leaf(value):
    return {"leaf": True, "value": value}


def _split(left, right):
    return {"leaf": False, "w": _rng.normal(size=3), "b": 0.1, "left": left, "right": right}


WRT = "tree"
FUNCTION = loss
ARGS = (
    _split(_split(_leaf(0.5), _leaf(-1.0)), _leaf(2.0)),
    _rng.normal(size=(5, 3)),
    _rng.normal(size=5),
)
