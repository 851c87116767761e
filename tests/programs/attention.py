"""Causal self-attention with several heads, a residual connection and layer normalisation."""

from typing import Annotated

import numpy as np

Matrix = Annotated[np.ndarray, "d d"]


def softmax(scores):
    weights = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return weights / np.sum(weights, axis=-1, keepdims=True)


def layer_norm(x, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    variance = x.var(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + eps)


def loss(
    Wq: Matrix,
    Wk: Matrix,
    Wv: Matrix,
    Wo: Matrix,
    x: Annotated[np.ndarray, "t d"],
    target: Annotated[np.ndarray, "t d"],
    heads: int = 2,
) -> float:
    """The mean squared error of one block of a transformer."""
    t, d = x.shape
    size = d // heads
    mask = np.triu(np.ones((t, t)), k=1) * -1e9
    q = (x @ Wq).reshape(t, heads, size).transpose(1, 0, 2)
    k = (x @ Wk).reshape(t, heads, size).transpose(1, 0, 2)
    v = (x @ Wv).reshape(t, heads, size).transpose(1, 0, 2)
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(size) + mask
    mixed = (softmax(scores) @ v).transpose(1, 0, 2).reshape(t, d)
    y = layer_norm(x + mixed @ Wo)
    return np.mean((y - target) ** 2)


_rng = np.random.default_rng(12)
WRT = ("Wq", "Wk", "Wv", "Wo", "x")
ARGS = (*(_rng.normal(size=(4, 4)) for _ in range(4)), _rng.normal(size=(3, 4)), _rng.normal(size=(3, 4)))
