"""Lists and tuples that are written to parts of arrays, where they broadcast as arrays do; tuples that are repeated."""

from __future__ import annotations

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient


def part(h: np.ndarray):
    m = np.zeros(4)
    m[:2] = [h[0], h[1]]
    return np.sum(m**2)


def row(h):
    m = np.zeros((3, 2))
    m[1] = [2 * h[0], h[1]]
    return np.sum(m**2)


def rows_of_arrays(h: np.ndarray):
    m = np.zeros((3, 4))
    m[1, 1:3] = [2 * h[0], h[1]]
    m[[0, 2]] = [h * 2, h]
    return np.sum(m**2)


def lists_of_lists(h: np.ndarray):
    m = np.zeros((3, 4))
    m[:2] = [[h[0]] * 4, [h[1], h[2], h[3], 1.0]]
    m[2] = ((h[0]), 2.0, h[1], h[0])
    return np.sum(m**2)


def tuples_and_lists(h: np.ndarray):
    m = np.zeros((2, 2, 2))
    m[0] = ((h[0], h[0] * 2), (1.0, h[3]))
    m[1] = ([h[0], h[0] * 2], [1.0, h[3]])
    return np.sum(m**2)


def masked(h: np.ndarray):
    m = h * h
    m[m > 0.3] = [h[1]]
    m[1:3] += [h[0], 2.0]
    return np.sum(m**2)


def comprehended(h: np.ndarray):
    m = h * h
    for i in range(2):
        m[i : i + 2] = [v * m[3] for v in h[:2]]
    return np.sum(m**2)


def transposed(h: np.ndarray):
    m = np.ones((2, 4))
    m.T[0] = [h[0], 2 * h[1]]
    return np.sum(m**2)


def undeclared(h):
    m = np.outer(h, h)
    return axes(h, m) + places(h, m)


def axes(h, m):
    m[1:3, 0] = [h[0], h[1] * 2]
    return np.sum(m**2)


def places(h, m):
    m[[0, 1], 2] = [h[0], h[1] * 2]
    return np.sum(m**3)


def repeated(h: np.ndarray):
    t = (h[0], h[1]) * 2
    u = t
    t *= 2
    return t[0] * t[1] * t[6] + t[3] ** 2 + sum(2 * u)


PROGRAMS = [part, row, rows_of_arrays, lists_of_lists, tuples_and_lists, masked, comprehended, transposed, undeclared]


@pytest.mark.parametrize("f", [*PROGRAMS, repeated])
def test_against_differences(f):
    h = np.array([0.3, 1.2, -0.4, 0.7])
    want = gradient(f, (h,), 0)
    assert_close(srcdiff.value_and_grad(f)(h), (f(h), want))
    direction = np.array([0.5, -1.0, 0.3, 0.8])
    assert_close(srcdiff.jvp(f)(h, direction), (f(h), want @ direction))
