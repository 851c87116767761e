"""Indices of unknown type: an int, a slice, a list or an array, in which elements may be named twice."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import srcdiff


def read_twice(x, i, v):
    return np.sum(x[i] * v) + np.sum(x[i])


def taken(x, i, v):
    return np.sum(np.take(x, i) * v)


def written(x, i, v):
    y = x.copy()
    y[i] = v
    return np.sum(y * y)


def added(x, i, v):
    y = x * 1.0
    y[i] += v
    return np.sum(y * y)


def scaled(x, i, v):
    y = x * 2.0
    y[i] = v * y[i]
    return np.sum(y * y)


def scaled_in_place(x, i, v):
    y = x.copy()
    y[i] *= 0.5
    y[i] -= v * y[i]
    return np.sum(y * np.arange(4))


def in_loop(x, i, v):
    z = np.zeros(4)
    for _ in range(2):
        z[i] = v * x[i] + z[i]
    return np.sum(z * x)


def of_matrix(x, i, v):
    square = np.outer(x, x)
    return np.sum(square[i] * np.sum(v)) + np.sum(square[:, i] * v) + np.sum(square[i, i] * v) + np.sum(square[1:, i])


def rows_written(x, i, v):
    square = np.outer(x, x)
    square[i, 0] = v
    square[i, 1:3] = np.sum(v)
    square[:, i] += x[i]
    return np.sum(square**2)


def of_rows(x, i, v):
    total = 0.0
    for row in [x, x * 2]:
        total = total + np.sum(row[i] * v)
    return total


def scattered(x, i, v):
    out = np.zeros(4)
    np.add.at(out, i, v * x[i])
    out[i] = out[i] ** 2
    return np.sum(out * np.arange(1, 5)) + out[i].sum()


PROGRAMS = [
    read_twice, taken, written, added, scaled, scaled_in_place, in_loop, of_matrix, rows_written, of_rows, scattered,
]  # fmt: skip
INDICES = {
    "repeated": np.array([0, 2, 2, 1, 0]),
    "list": [0, 2, 2, 1, 0],
    "once": np.array([3, 0, 1]),
    "mask": np.array([True, False, True, True]),
    "int": 2,
    "slice": slice(1, 3),
}


@pytest.mark.parametrize("index", INDICES)
@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_index_of_unknown_type(function, index):
    rng = np.random.default_rng(3)
    x, i = rng.normal(size=4), INDICES[index]
    v = rng.normal(size=np.shape(x[i])) if np.ndim(x[i]) else 0.7
    if function is taken and index in ("mask", "slice"):
        return

    def value(step: float) -> float:
        return function(x + step * dx, copy.copy(i), v + step * dv)

    dx, dv = rng.normal(size=4), (rng.normal(size=np.shape(v)) if np.ndim(v) else 0.3)
    expected = pytest.approx((value(1e-6) - value(-1e-6)) / 2e-6, rel=1e-6, abs=1e-7)
    x_bar, v_bar = srcdiff.grad(function, wrt=("x", "v"))(x, i, v)
    assert np.shape(x_bar) == np.shape(x) and np.shape(v_bar) == np.shape(v)
    assert np.sum(x_bar * dx) + np.sum(v_bar * dv) == expected
    assert srcdiff.jvp(function, wrt=("x", "v"))(x, i, v, dx, dv)[1] == expected
