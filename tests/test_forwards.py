"""Loops of the derivative that only add to sums walk forwards; all others walk backwards as they must."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient

Vector = Annotated[np.ndarray, "n"]


def pairs(x: Vector, a: float):
    total = 0.0
    for i in range(1, len(x)):
        for j in range(i):
            total += x[i] * x[j] * a
    return total


def windows(x: Vector, a: float):
    out = np.zeros(len(x) - 1)
    for i in range(2):
        out += x[i : i + len(x) - 1] * (a + i)
    return np.sum(out**2)


def on_lists(x: list[float], a: float):
    rows = [[v * a for v in x] for _ in range(3)]
    for i in range(1, 3):
        rows[0][i] += rows[i][0] * a
    return sum(sum(row) * row[0] for row in rows)


def fed_back(x: Vector, a: float):
    y = x.copy()
    for i in range(1, len(x)):
        y[i] += a * y[i - 1]
    return np.sum(y)


def carried(x: Vector, a: float):
    s = a
    for i in range(len(x)):
        s = x[i] - 0.5 * s
    return s


def taken_off(x: Vector, a: float):
    s = a
    for i in range(len(x)):
        s = s - x[i] * i
    return s


def left(x: Vector, a: float):
    total = 0.0
    for i in range(len(x)):
        if x[i] > 0.5:
            break
        total += a * x[i]
    return total


PROGRAMS = [pairs, windows, on_lists, fed_back, carried, taken_off, left]


@pytest.mark.parametrize("wrt", [0, 1])
@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_values(function, wrt):
    x = np.array([0.3, -0.2, 0.4, 0.9])
    args = (x.tolist() if function is on_lists else x), 0.7
    assert_close(srcdiff.grad(function, wrt)(*args), gradient(function, args, wrt))
    srcdiff.check_grads(function, *args)


@pytest.mark.parametrize("function", [pairs, windows, taken_off], ids=lambda f: f.__name__)
def test_sums_walk_forwards(function):
    assert "reversed" not in srcdiff.grad(function, (0, 1)).source


@pytest.mark.parametrize("function", [fed_back, carried], ids=lambda f: f.__name__)
def test_what_is_carried_walks_backwards(function):
    text = srcdiff.grad(function, (0, 1)).source
    assert "reversed" in text or "pop()" in text, text


def test_the_value_keeps_the_order_of_its_sum():
    def backwards(x: Vector):
        total = 0.0
        for i in reversed(range(len(x))):
            total += x[i] ** 2
        return total

    x = np.array([1e8, 1.0, -3e7, 1e-3, 7.0])
    assert srcdiff.value_and_grad(backwards)(x)[0] == backwards(x)


def test_what_only_the_last_iteration_makes():
    def last(x: float, c: float):
        s = 0.0
        for e in np.ones(3):
            s = np.cos(x) * c
        return x + s

    assert_close(srcdiff.grad(last)(0.3, 0.7), gradient(last, (0.3, 0.7), 0))
