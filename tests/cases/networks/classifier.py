"""Two layers and the cross entropy of their softmax."""

from typing import Annotated

import numpy as np


def loss(
    W1: Annotated[np.ndarray, "d h"],
    b1: Annotated[np.ndarray, "h"],
    W2: Annotated[np.ndarray, "h k"],
    b2: Annotated[np.ndarray, "k"],
    x: Annotated[np.ndarray, "n d"],
    t: Annotated[np.ndarray, "n k"],
) -> float:
    h = np.tanh(x @ W1 + b1)
    z = h @ W2 + b2
    return np.mean(np.log(np.sum(np.exp(z), axis=1)) - np.sum(t * z, axis=1))


MODE = "value_and_grad"
WRT = ("W1", "b1", "W2", "b2")
_rng = np.random.default_rng(1)
ARGS = (
    _rng.normal(size=(3, 4)),
    _rng.normal(size=4),
    _rng.normal(size=(4, 2)),
    _rng.normal(size=2),
    _rng.normal(size=(5, 3)),
    np.eye(2)[[0, 1, 1, 0, 1]],
)

# output
import numpy as np


def loss_value_and_grad(W1, b1, W2, b2, x, t):
    h = np.tanh(x @ W1 + b1)
    z = h @ W2 + b2
    ez = np.exp(z)
    total = np.sum(ez, axis=1)
    diff = np.log(total) - np.sum(t * z, axis=1)
    z_bar = (1 / total / diff.size)[:, None] * ez - t / diff.size
    h_raw_bar = z_bar @ W2.T * (1 - h**2)
    W1_bar = x.T @ h_raw_bar
    b1_bar = np.sum(h_raw_bar, axis=0)
    W2_bar = h.T @ z_bar
    b2_bar = np.sum(z_bar, axis=0)
    return np.mean(diff), (W1_bar, b1_bar, W2_bar, b2_bar)
