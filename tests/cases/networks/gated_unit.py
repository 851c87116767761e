"""A logistic gate: its derivative is s (1 - s), with the value at hand."""

from typing import Annotated

import numpy as np

Vector = Annotated[np.ndarray, "n"]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gated(w: Vector, v: Vector, x: Vector) -> float:
    gate = sigmoid(w * x)
    return np.sum(gate * np.tanh(v * x))


WRT = ("w", "v")
ARGS = (np.array([0.3, -1.2, -30.0]), np.array([0.7, 0.4, 0.2]), np.array([1.1, -0.6, 1.0]))

# output
import numpy as np


def gated_grad(w, v, x):
    gate = 1 / (1 + np.exp(-w * x))
    gate_bar = np.tanh(v * x)
    w_bar = x * gate_bar * gate * (1 - gate)
    v_bar = x * gate * (1 - gate_bar**2)
    return w_bar, v_bar
