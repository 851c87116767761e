"""An LSTM as a class that keeps its state in attributes."""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class LSTM:
    """One layer; the gates are stacked: input, forget, cell, output."""

    def __init__(self, W, U, b):
        self.W = W
        self.U = U
        self.b = b
        self.size = U.shape[1]
        self.reset()

    def reset(self):
        self.h = np.zeros(self.size)
        self.c = np.zeros(self.size)

    def __call__(self, x):
        n = self.size
        z = self.W @ x + self.U @ self.h + self.b
        i = sigmoid(z[:n])
        f = sigmoid(z[n : 2 * n])
        g = np.tanh(z[2 * n : 3 * n])
        o = sigmoid(z[3 * n :])
        self.c = f * self.c + i * g
        self.h = o * np.tanh(self.c)
        return self.h


def loss(W: np.ndarray, U: np.ndarray, b: np.ndarray, xs: np.ndarray, target: np.ndarray) -> float:
    """The squared error of the last hidden state."""
    cell = LSTM(W, U, b)
    h = cell.h
    for x in xs:
        h = cell(x)
    return np.sum((h - target) ** 2)


_rng = np.random.default_rng(10)
WRT = ("W", "U", "b")
ARGS = (
    0.5 * _rng.normal(size=(12, 2)),
    0.5 * _rng.normal(size=(12, 3)),
    _rng.normal(size=12),
    _rng.normal(size=(5, 2)),
    _rng.normal(size=3),
)
