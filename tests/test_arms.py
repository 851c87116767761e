"""What one arm of a branch in a loop needs is taped in that arm: no padding, and right to the second order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import srcdiff


def one_arm(x: np.ndarray) -> float:
    total = 0.0
    for i in range(len(x)):
        for j in range(len(x)):
            if i != j:
                d = x[j] - x[i]
                total += np.exp(-(d**2)) * np.sin(d)
    return total


def both_arms(x: float, n: int) -> float:
    s = x
    for i in range(n):
        if i % 2 == 0:
            s = np.sin(s) * s
        else:
            s = np.exp(-s) + x * s
    return s


def taped_test(x: float, n: int) -> float:
    s = x
    for _ in range(n):
        if s * s > 0.5:
            u = np.cos(s)
            s = u * np.exp(u)
        s = s * 1.1 + x
    return s


def arms_in_arms(x: float, n: int) -> float:
    s = x
    for i in range(n):
        if i > 0:
            if i % 3 == 1:
                s = np.sin(s) * s
            elif i % 3 == 2:
                s = s * np.exp(-s)
            s = s * s + x
    return s


def half_in_arms(x: float, n: int) -> float:
    s = x
    for i in range(n):
        if i > 0:
            t = np.sin(s)
            if s > 0.3:
                t = t * np.exp(t)
            s = t * x
        else:
            s = s * s
    return s


def leaves_early(x: float, n: int) -> float:
    s = x
    for i in range(n):
        if i == 2:
            continue
        s = s + np.sin(s) * x
        if s > 3.0:
            s = s * s
            break
        if i > 3:
            s = np.exp(-s) * s
    return s


def returns_within(x: float, n: int) -> float:
    s = x
    for i in range(n):
        if i % 2:
            s = np.sin(s) + x * s
            if s > 1.3:
                return s * s
        else:
            s = np.cos(s) * s
    return s


def endless(x: float, flag: bool) -> float:
    s = x
    while s < 2.5:
        if flag:
            s = s * np.exp(s)
        else:
            s = s + np.sin(s) * s
    return s


def only_in_arms(x: float, n: int, flag: bool) -> float:
    s = x
    for _ in range(n):
        if flag:
            s = np.sin(s) * s
    return s


def loop_in_arm(x: float, n: int) -> float:
    s = x
    for i in range(n):
        if i % 2 == 0:
            for _ in range(i):
                s = np.sin(s) * x
        else:
            s = s * np.exp(-s)
    return s


def written_in_arm(x: np.ndarray) -> float:
    y = x.copy()
    for i in range(1, len(x)):
        if i % 2:
            y[i] = y[i] * y[i - 1]
            y[i - 1] = np.sin(y[i]) * y[i - 1]
        elif i > 2:
            y[0] *= y[i]
    return np.sum(y * y)


def same_test_twice(x: float, n: int) -> float:
    s = x
    for i in range(n):
        if i % 2:
            s = np.sin(s) * s
        s = s * s * 0.5
        if i % 2:
            s = np.exp(-s) * s
    return s


def carried_test(x: float, n: int) -> float:
    s, k = x, 0
    for i in range(n):
        if k > 1:
            s = np.sin(s) * s
            k = 0
        else:
            s = np.cos(s) * x
            k += i
    return s


VECTOR = np.array([0.4, -0.3, 1.2, 0.7, -0.9])
PROGRAMS: list[tuple[Callable[..., float], list[tuple[object, ...]]]] = [
    (one_arm, [(VECTOR,), (VECTOR[:1],)]),
    (both_arms, [(0.7, 5), (0.7, 0), (0.7, 1)]),
    (taped_test, [(0.7, 6), (0.1, 4)]),
    (arms_in_arms, [(0.7, 7)]),
    (half_in_arms, [(0.7, 5), (-0.4, 4)]),
    (leaves_early, [(0.7, 6), (0.1, 7), (2.0, 3)]),
    (returns_within, [(0.7, 6), (1.4, 5)]),
    (endless, [(0.7, True), (0.7, False)]),
    (only_in_arms, [(0.7, 4, True), (0.7, 4, False)]),
    (loop_in_arm, [(0.7, 5)]),
    (written_in_arm, [(VECTOR,)]),
    (same_test_twice, [(0.7, 5)]),
    (carried_test, [(0.7, 6)]),
]
WITHOUT_PADDING = [
    one_arm,
    both_arms,
    taped_test,
    arms_in_arms,
    returns_within,
    only_in_arms,
    written_in_arm,
    same_test_twice,
]


@pytest.mark.parametrize("function, points", PROGRAMS, ids=[f.__name__ for f, _ in PROGRAMS])
def test_derivatives(function: Callable[..., float], points: list[tuple[object, ...]]) -> None:
    for args in points:
        srcdiff.check_grads(function, *args, order=2, wrt="x")


@pytest.mark.parametrize("function", WITHOUT_PADDING, ids=lambda f: f.__name__)
def test_nothing_is_padded(function: Callable[..., float]) -> None:
    assert "None" not in srcdiff.grad(function, wrt="x").source


def otherwise(x: float, n: int) -> float:
    total = 0.0
    for i in range(n):
        s = x * i
        for _ in range(3):
            s = s * x + np.sin(s)
            if s > 4.0:
                break
        else:
            total += s * s
    return total


def shrinking(x: np.ndarray, n: int) -> float:
    y = x.copy()
    for i in range(n):
        done = True
        for j in range(n - 1 - i):
            if y[j] > y[j + 1]:
                y[j] = y[j] * y[j + 1]
                done = False
        if done:
            break
    return np.sum(y * y)


def decided_before_the_end(x: float, n: int) -> float:
    s, t = x, x
    for _ in range(n):
        u = np.sin(s) * t
        s = s + u
        if u < 0.1 or s > 3.0:
            break
        t = u * x
    return s * t


@pytest.mark.parametrize(
    "function, args",
    [
        (otherwise, (1.3, 5)),
        (otherwise, (0.4, 3)),
        (shrinking, (VECTOR, 5)),
        (shrinking, (np.sort(VECTOR), 5)),
        (decided_before_the_end, (0.7, 5)),
    ],
)
def test_exits_are_flags_with_names(function: Callable[..., float], args: tuple[object, ...]) -> None:
    srcdiff.check_grads(function, *args, order=2, wrt="x")
    text = srcdiff.grad(function, wrt="x").source
    assert ">= 2" not in text and "< 2" not in text and "append((range" not in text
