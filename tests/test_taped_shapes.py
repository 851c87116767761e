"""What the reverse sweep only takes the shape of is on the tape as its shape, whatever the ranks are."""

from __future__ import annotations

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient


def integrated(y, W, b, dt, steps):
    for _ in range(steps):
        k1 = np.tanh(y @ W + b)
        k2 = np.tanh((y + dt * k1) @ W + b)
        y = y + dt * (k1 + 2 * k2)
    return np.mean(y**2)


def elementwise(y, W, b, dt, steps):
    for i in range(steps):
        s = 2 * b
        t = np.sin(s + y) * dt
        y = y + t * np.sum(W)
        if i == 1:
            continue
        b = b * np.mean(t)
    return np.sum(y)


X = np.array([[0.1, -0.4], [0.3, 0.2], [0.5, 0.6]])
W = np.array([[0.2, -0.3], [0.5, 0.1]])


@pytest.mark.parametrize("y", [X, X[0], X[None]], ids=str)
@pytest.mark.parametrize("b", [0.3, np.array([0.1, 0.2]), np.array([0.4])], ids=str)
@pytest.mark.parametrize("dt", [0.1, np.array([0.1, 0.3])], ids=str)
def test_any_ranks(y, b, dt):
    args = y, W, b, dt, 3
    for function in (integrated, elementwise):
        for wrt in range(4):
            assert_close(srcdiff.grad(function, wrt)(*args), gradient(function, args, wrt))


def test_only_the_shape_is_taped():
    text = srcdiff.grad(integrated).source
    assert "sum_to(" in text and "np.shape(" in text, text


@pytest.mark.parametrize("y", [X, X[0]], ids=["matrix", "vector"])
def test_again(y):
    inner = srcdiff.grad(integrated)

    def outer(y, b):
        return np.sum(inner(y, W, b, 0.1, 2) ** 2)

    for wrt in (0, 1):
        args = y, np.array([0.1, 0.2])
        assert_close(srcdiff.grad(outer, wrt)(*args), gradient(outer, args, wrt), 1e-4)
    srcdiff.check_grads(integrated, y, W, np.array([0.1, 0.2]), 0.1, 2)
