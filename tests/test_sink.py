"""What stands before a branch of which only one arm uses it: pulled back within that arm, or not, the number is the same."""

from __future__ import annotations

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient


def converges(x: np.ndarray, a: np.ndarray):
    r = x
    for _ in range(30):
        r_new = 0.4 * np.cos(a @ r / 4) + x
        if np.sum(np.abs(r_new - r)) < 1e-9:
            break
        r = r_new
    return np.sum(r**2)


def either_arm(x: np.ndarray, a: np.ndarray):
    total = 0.0
    for i in range(len(x)):
        s, t = np.sin(x[i]), a[i] * x[i] ** 2
        if i % 3 == 0:
            total += np.sum(t**2)
        elif i % 3 == 1:
            total *= s
        else:
            x = x * s
    return total + np.sum(x)


def used_before_too(x: np.ndarray, a: np.ndarray):
    y = x * x
    z = np.exp(-y)
    w = y * z  # y is used by what stays, z by what goes into the arm as well
    if x[0] > 0.1:
        return np.sum(z * a[0])
    return np.sum(w)


def used_after_too(x: np.ndarray, a: np.ndarray):
    y = np.sin(a @ x)
    out = x
    if x[1] > 0:
        out = y * y
    return np.sum(out) + 2 * y[0]


def neither(x: np.ndarray, a: np.ndarray):
    y = a @ x
    kept = y
    if x[0] > 100:
        kept = np.sin(y)
    elif x[0] > 50:
        kept = 2 * y
    return np.sum(kept**2)


def written_before(x: np.ndarray, a: np.ndarray):
    y = x.copy()
    y[1] = x[0] * x[1]
    y[2:] *= a[0, 0]
    z = 3 * y
    y[0] = 0.0
    if x[0] > 0:
        return np.sum(z * y)
    return np.sum(y)


def loop_between(x: np.ndarray, a: np.ndarray):
    total = 0.0
    for row in a:
        y = row * x
        z = y
        for k in range(2):
            z = z * np.sin(y) + k
        w = np.sqrt(1 + z**2)
        if row[0] > 0:
            continue
        if row[1] > 0:
            total += w @ y
            break
        total += 0.5 * np.sum(w)
    return total


def zeros_that_would_grow(x: np.ndarray, a: np.ndarray):
    s = x[0] * a[0, 0]
    m = np.outer(x, x) + a
    t = np.sum(m)
    if s > 0:
        s = 2 * s * t
    return s


PROGRAMS = [
    converges,
    either_arm,
    used_before_too,
    used_after_too,
    neither,
    written_before,
    loop_between,
    zeros_that_would_grow,
]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_one_arm(function, sign):
    rng = np.random.default_rng(3)
    x, a = sign * (0.2 + rng.random(4)), sign * rng.normal(size=(4, 4))
    for wrt in (0, 1):
        assert_close(srcdiff.grad(function, wrt)(x, a), gradient(function, (x, a), wrt))
    srcdiff.check_grads(function, x, a)


def test_no_zeros_where_a_loop_breaks():
    text = srcdiff.grad(converges).source
    assert "zeros" not in text.split("while")[-1]
