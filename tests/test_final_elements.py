"""Elements that nothing writes to again are read from the array in the reverse sweep, others from a tape."""

from __future__ import annotations

import re

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient
from tests.fuzz import indices
from tests.fuzz.rounds import run

X = np.array([0.3, 0.8, 0.5, 0.9, 0.4])


def trajectory(x: np.ndarray, n: int) -> float:
    y = np.zeros(n)
    y[0] = x[0]
    for t in range(1, n):
        y[t] = 2 * y[t - 1] * x[t]
    return np.sum(y**2)


def downwards(x: np.ndarray, n: int) -> float:
    y = x.copy()
    for i in range(n - 2, -1, -1):
        y[i] = y[i] * (y[i + 1 :] @ y[i + 1 :])
    return np.sum(y)


def table_of_lists(x: np.ndarray, n: int) -> float:
    D = [[1.0] * (n + 1) for _ in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, n + 1):
            D[i][j] = x[i - 1] * D[i - 1][j] * D[i][j - 1] + D[i - 1][j - 1]
    return D[n][n]


def counted_up(x: np.ndarray, n: int) -> float:
    y = np.zeros(n)
    y[0] = x[0]
    t = 1
    while t < n:
        y[t] = 2 * y[t - 1] * x[t]
        t += 1
    return np.sum(y**2)


def two_loops(x: np.ndarray, n: int) -> float:
    y = np.zeros(n)
    for i in range(2):
        y[i] = x[i]
    for i in range(2, n):
        y[i] = y[i - 1] * y[i - 2] * x[i]
    return np.sum(y)


WHAT_ELSE = {downwards: ["(yi, product)"], counted_up: ["t"]}  # what is taped all the same


@pytest.mark.parametrize("f", [trajectory, downwards, table_of_lists, counted_up, two_loops])
def test_what_stays_is_not_taped(f):
    derivative = srcdiff.grad(f)
    assert_close(derivative(X, 5), gradient(f, (X, 5), 0))
    taped = re.findall(r"append\((.*)\)", derivative.source)
    assert taped == WHAT_ELSE.get(f, [])


def wraps_around(x: np.ndarray, n: int) -> float:
    y = x.copy()
    for i in range(n):
        y[i] = y[i - 1] * y[i]  # y[-1] is the last, which is written last
    return np.sum(y**2)


def written_in_one_arm(x: np.ndarray, n: int) -> float:
    y = np.zeros(n)
    for i in range(n):
        s = np.sin(x[i])
        if x[i] > 0.45:
            y[i] = s
        y[0] += s * s
    return np.sum(y)


def written_again(x: np.ndarray, n: int) -> float:
    y = np.zeros(n)
    for k in range(2):
        for i in range(1, n):
            y[i] = (y[i - 1] + x[i]) ** 2
    return np.sum(y**2)


def written_afterwards(x: np.ndarray, n: int) -> float:
    y = np.zeros(n)
    y[0] = x[0]
    for i in range(1, n):
        y[i] = np.exp(y[i - 1]) * x[i]
    y[2] = 0.5
    return np.sum(y)


def rows_swapped(x: np.ndarray, n: int) -> float:
    A = np.outer(x, x) + np.eye(n)
    for k in range(n - 1):
        p = k + int(np.argmax(np.abs(A[k:, k])))
        A[[k, p]] = A[[p, k]]
        for i in range(k + 1, n):
            A[i, k:] -= A[i, k] / A[k, k] * A[k, k:]
    return np.sum(np.log(np.abs(np.diag(A))))


def cut_to_half_precision(x: np.ndarray, n: int) -> float:
    y = np.zeros(n, dtype=np.float32)
    for i in range(n):
        s = np.exp(x[i])
        y[i] = s
        y[0] += s * s
    return float(np.sum(y))


def popped(x: np.ndarray, n: int) -> float:
    ys = [x[0]]
    for i in range(1, n):
        ys.append(ys[i - 1] * x[i])
        if i == 2:
            ys.pop()
            ys.append(x[4])
    return sum(ys)


def indexed_by_what_a_branch_gives(x: np.ndarray, n: int) -> float:
    y = x.copy()
    for i in range(n):
        t = i * 1.0 if x[i] > 0.45 else 0.0
        k = int(t)
        y[k] = y[k] * x[i] * y[i]
    return np.sum(y)


def broken_off(x: np.ndarray, n: int) -> float:
    y = np.ones(n)
    for i in range(1, n):
        y[i] = y[i - 1] * x[i]
        if y[i] < 0.3:
            break
        y[i - 1] = y[i] ** 2
    return np.sum(y)


@pytest.mark.parametrize(
    "f",
    [
        wraps_around,
        written_in_one_arm,
        written_again,
        written_afterwards,
        rows_swapped,
        cut_to_half_precision,
        popped,
        broken_off,
        indexed_by_what_a_branch_gives,
    ],
)
def test_what_may_be_written_again(f):
    found, (_, tangent) = srcdiff.grad(f)(X, 5), srcdiff.jvp(f)(X, 5, np.ones(5))
    assert np.isclose(np.sum(found), tangent, rtol=1e-6)
    if f is not cut_to_half_precision:
        assert_close(found, gradient(f, (X, 5), 0))


def test_loops_over_elements() -> None:
    total, wrong = run(indices.outcome, 0, 16)
    assert not wrong and total["right"] > 10


def swapped(x: np.ndarray, n: int) -> float:
    y = x.copy()
    for i in range(n - 1):
        y[i], y[i + 1] = y[i + 1] * x[0], y[i]
    return y @ np.arange(5.0)


def swapped_around_the_end(x: np.ndarray, n: int) -> float:
    y = x.copy()
    for i in range(n):
        y[i - 1], y[i] = y[i] * x[0], y[i - 1]
    return y @ np.arange(5.0)


def swapped_with_itself(x: np.ndarray, n: int) -> float:
    y = x.copy()
    for i in range(n):
        for k in range(n):
            y[i], y[k] = y[k] * x[0], y[i]
    return y @ np.arange(5.0)


@pytest.mark.parametrize("f", [swapped, swapped_around_the_end, swapped_with_itself])
def test_elements_that_are_cleared_and_added_to(f):
    derivative = srcdiff.grad(f)
    assert_close(derivative(X, 5), gradient(f, (X, 5), 0))
    assert ("= 0.0" in derivative.source) is (f is not swapped)
