"""Writes that add to what they replace, with other reads of the same places beside them."""

from __future__ import annotations

import math

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient


def sweep(u: np.ndarray, k: np.ndarray, steps: int):
    u = u.copy()
    for _ in range(steps):
        middle = u[1:-1]
        u[1:-1] = middle + k[1:-1] * (u[2:] - 2 * middle + u[:-2])
    return np.sum(u**2)


def taken_off(u: np.ndarray, k: np.ndarray, steps: int):
    u = u.copy()
    for i in range(steps):
        before = u[i % 3]
        u[i % 3] = before - k[1] * u[(2 * i) % 3]  # the same element, now and then
        u[2] = u[2] + before * u[2]
    return u[0] * u[1] + u[2]


def broadcast(u: np.ndarray, k: np.ndarray, steps: int):
    m = np.outer(u, u)
    for i in range(steps):
        m[i] = m[i] - k[0]
        m[:, 1] = k[: len(u)] + m[:, 1]
        m[0] = m[0] + m[1]
    return np.sum(m**2)


def from_the_right(u: np.ndarray, k: np.ndarray, steps: int):
    u = 1.0 * u
    for i in range(steps):
        u[i] = k[i] - u[i]
        u[:2] = u[2:4] + u[:2]
    return np.sum(u**3)


def masked(u: np.ndarray, k: np.ndarray, steps: int):
    u = u.copy()
    for _ in range(steps):
        below = u < 0.5
        u[below] = u[below] + k[0] * u[below]
    return np.sum(u**2)


def gathered(u: np.ndarray, k: np.ndarray, steps: int):
    u = u.copy()
    twice = [0, 0, 1]
    u[twice] = u[twice] + k[:3]
    return np.sum(u**2)


def leading_axis(u: np.ndarray, k: np.ndarray, steps: int):
    u = u.copy()
    row = k[None, :]
    for _ in range(steps):
        u[:] = u[:] - row * np.sum(u)
    return np.sum(u**2)


def on_a_list(u: np.ndarray, k: np.ndarray, steps: int):
    values = [u[0], u[1], u[2]]
    for i in range(steps):
        values[i % 3] = values[i % 3] + values[(i + 1) % 3] * k[i]
    return values[0] * values[1] + values[2]


def summed_before_a_branch(u: np.ndarray, k: np.ndarray, steps: int):
    u = u.copy()
    for i in range(steps):
        new = u[i] + k[i] * u[0]
        if new > 0.1:
            u[i] = new
    return np.sum(u**2)


def summed_before_a_loop(u: np.ndarray, k: np.ndarray, steps: int):
    u = 1.0 * u
    i = steps - 1
    new = u[i] - k[0] * u[1]
    for _ in range(steps):
        u[i] = new
    return np.sum(u**2)


def read_before_a_branch(u: np.ndarray, k: np.ndarray, steps: int):
    u = u.copy()
    for i in range(steps):
        old = u[i + 1]
        if i != 1:
            u[i + 1] = old + k[i] * old
    return np.sum(u**2)


@pytest.mark.parametrize(
    "function",
    [sweep, taken_off, broadcast, from_the_right, masked, gathered, leading_axis, on_a_list]
    + [summed_before_a_branch, summed_before_a_loop, read_before_a_branch],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("wrt", [0, 1])
def test_increments(function, wrt):
    args = np.array([0.3, -0.4, 0.9, 0.2, 0.7]), np.array([0.1, 0.3, 0.2, -0.5, 0.4]), 3
    assert_close(srcdiff.grad(function, wrt=wrt)(*args), gradient(function, args, wrt))


def test_a_write_of_one_row():
    """What is written may have axes of length 1 before those of the place."""

    def written(k: np.ndarray, n):
        u = np.zeros(n)
        u[:] = k[None, :] * 2.0
        return np.sum(u * np.arange(n))

    args = np.array([1.0, 2.0, 3.0]), 3
    assert_close(srcdiff.grad(written)(*args), gradient(written, args, 0))


def test_nothing_is_cleared():
    assert "= 0.0" not in srcdiff.grad(sweep).source


def test_an_element_is_added_to_in_place():
    def chain(x: np.ndarray, n):
        for i in range(1, n):
            x[i] = x[i] + x[i - 1] ** 2
        return x[n - 1]

    derivative = srcdiff.grad(chain)
    assert "x[i] += x_prev**2" in derivative.source
    args = np.array([0.3, -0.4, 0.9]), 3
    assert_close(derivative(*args), gradient(chain, args, 0))


def test_an_angle_of_no_dimension_is_left():
    """The list of angles may hold arrays of no dimension; what is added to their cotangents is a plain number."""

    def turned(angles: list[float], w: complex):
        total = 0.0
        for angle in angles:
            total += ((w + 1j) * math.sin(angle)).real
        return total

    derivative = srcdiff.grad(turned)
    angles = [np.array(0.5), np.array(1.5)]
    assert_close(derivative(angles, 2 + 0j), [2 * np.cos(0.5), 2 * np.cos(1.5)])
    assert angles == [0.5, 1.5]


def taped_before_it_is_added_to(x: float, n: int) -> float:
    s = np.where(x > 0, x * x, 2 * x)
    p = 0.0
    for _ in range(n):
        p = p + np.sin(s) * s
        s += x
    return p * s


def under_two_names(x: float, n: int) -> float:
    s = np.where(x > 0, x * x, n * x)
    t = s
    t += np.sin(x)
    return s * t


def handed_to_a_function(x: float, n: int) -> float:
    def put(w, z):
        w += np.sin(z)
        return z

    s = np.where(x > 0, x * x, n * x)
    return put(s, x) * s


@pytest.mark.parametrize("f", [taped_before_it_is_added_to, under_two_names, handed_to_a_function])
@pytest.mark.parametrize("x", [0.7, -0.4])
def test_arrays_of_no_dimension(f, x):
    """NumPy makes arrays of numbers, too, which += changes in place."""
    value, slope = srcdiff.value_and_grad(f)(x, 3)
    assert value == f(x, 3)
    assert_close(slope, gradient(f, (x, 3), 0))
    assert_close(srcdiff.jvp(f)(x, 3, 1.0)[1], slope)
