"""One layer with ReLU, and its mean square."""

from typing import Annotated

import numpy as np


def loss(W: Annotated[np.ndarray, "d k"], b: Annotated[np.ndarray, "k"], x: Annotated[np.ndarray, "n d"]) -> float:
    y = np.maximum(x @ W + b, 0.0)
    return np.mean(y**2)


WRT = ("W", "b")
_rng = np.random.default_rng(0)
ARGS = (_rng.normal(size=(3, 2)), _rng.normal(size=2), _rng.normal(size=(5, 3)))

# output
import numpy as np


def loss_grad(W, b, x):
    y_raw = x @ W + b
    y = np.maximum(y_raw, 0.0)
    y_raw_bar = 2 * y / y.size * (y_raw > 0.0)
    W_bar = x.T @ y_raw_bar
    b_bar = np.sum(y_raw_bar, axis=0)
    return W_bar, b_bar
