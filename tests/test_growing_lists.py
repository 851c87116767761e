"""Lists of comprehensions that are written to later: what the derivative reads of them from before the write is kept."""

from __future__ import annotations

import math

import numpy as np
import pytest

import srcdiff


def numbers(x: float, n: int) -> float:
    xs = [1.0 * k for k in range(n)]
    xs.append(x)
    return sum(v * (k + 1) for k, v in enumerate(xs))


def pairs(x: float, n: int) -> float:
    xs = [(1.0 * k, 2.0) for k in range(n)]
    xs += [(x, x * x)]
    xs.extend([(x, 1.0)])
    return sum(v * w * (k + 1) for k, (v, w) in enumerate(xs))


def arrays(x: float, n: int) -> float:
    xs = [np.ones(2) * k for k in range(n)]
    xs.append(np.ones(2) * x)
    return sum(np.sum(v) * (k + 1) for k, v in enumerate(xs))


def rows(x: float, n: int) -> float:
    xs = [[1.0 * k] for k in range(n)]
    xs.append([x, x])
    return sum(sum(v) * (k + 1) for k, v in enumerate(xs))


def replaced(x: float, n: int) -> float:
    xs = [math.sin(x * k) for k in range(n)]
    s = sum(v * v for v in xs)
    xs[0] = s * x
    return s * sum(v**3 for v in xs)


def walked_before(x: float, n: int) -> float:
    xs = [x * k for k in range(n)]
    s = 0.0
    for v in xs:
        s += v * v
    xs.append(s)
    t = 0.0
    for v in xs:
        t += v * v * s
    xs[1] = t
    return s * sum(xs)


def copied(x: float, n: int) -> float:
    xs = [x * k for k in range(n)]
    ys = xs[:]
    xs.append(x * x)
    xs[0] = ys[1]
    return sum(a * b for a, b in zip(xs, ys)) + ys[0]


def in_loop(x: float, n: int) -> float:
    xs = [x * k for k in range(n)]
    for i in range(n):
        xs.append(xs[i] * xs[-1])
        xs[i] = xs[i] ** 2
    return sum(v * (k + 1) for k, v in enumerate(xs))


def constants(x: float, n: int) -> float:
    ks = [1.0 * k for k in range(n)]
    most = max(ks)
    ks.append(x)
    ks[0] = x * most
    return sum(v * v for v in ks) * len(ks)


@pytest.mark.parametrize(
    "function",
    [numbers, pairs, arrays, rows, replaced, walked_before, copied, in_loop, constants],
    ids=lambda f: f.__name__,
)
def test_written_later(function):
    expected = pytest.approx((function(0.7 + 1e-6, 3) - function(0.7 - 1e-6, 3)) / 2e-6, rel=1e-6)
    assert srcdiff.grad(function)(0.7, 3) == expected
    assert srcdiff.jvp(function)(0.7, 3, 1.0)[1] == expected
