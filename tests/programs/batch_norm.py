"""Batch normalisation with running averages in an object."""

import numpy as np


class BatchNorm:
    """Normalises the columns; remembers averages over the batches for later use."""

    def __init__(self, gamma, beta, momentum=0.9, eps=1e-5):
        self.gamma = gamma
        self.beta = beta
        self.momentum = momentum
        self.eps = eps
        self.running_mean = np.zeros(gamma.shape)
        self.running_var = np.ones(gamma.shape)

    def __call__(self, x, training):
        if training:
            mean = x.mean(axis=0)
            var = x.var(axis=0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mean = self.running_mean
            var = self.running_var
        return self.gamma * (x - mean) / np.sqrt(var + self.eps) + self.beta


def loss(gamma: np.ndarray, beta: np.ndarray, batches: list[np.ndarray], held_out: np.ndarray) -> float:
    """Training error over some batches, and the error on held-out data with the running averages."""
    norm = BatchNorm(gamma, beta)
    total = 0.0
    for batch in batches:
        total += np.mean(np.tanh(norm(batch, training=True)) ** 2)
    return total + np.mean(np.abs(norm(held_out, training=False)))


_rng = np.random.default_rng(13)
WRT = ("gamma", "beta", "batches")
ARGS = (
    _rng.normal(size=3),
    _rng.normal(size=3),
    [_rng.normal(size=(4, 3)), 2 * _rng.normal(size=(4, 3)) + 1],
    _rng.normal(size=(5, 3)),
)
