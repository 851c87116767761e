"""Factors of what is added to a state: numbers or arrays of its shape, without a helper call."""

from __future__ import annotations

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient


def midpoint(y0, dt, steps):
    y = y0
    for _ in range(steps):
        a, b = y + dt / 2 * np.array([y[1], -y[0]])
        y = y + dt * np.array([b, -a])
    return y[0]


def descent(p, rate, steps):
    for _ in range(steps):
        p = p - rate * (p**3 - 1) * np.sum(p)
    return np.sum(p**2)


def shared_rate(p, q, rate, steps):
    for _ in range(steps):
        p = p - rate * np.sin(p)
        q = q - rate * np.sum(q)
    return np.sum(p) * np.sum(q)


START = np.array([0.3, 0.8])


@pytest.mark.parametrize("step", [0.1, np.array([0.1, 0.2]), np.float64(0.1), np.array(0.1)])
@pytest.mark.parametrize("wrt", [0, 1])
def test_a_step_may_be_one_for_each_component(step, wrt):
    args = START, step, 3
    found = srcdiff.grad(midpoint, wrt=wrt)(*args)
    assert np.shape(found) == np.shape(args[wrt])
    assert_close(found, gradient(midpoint, args, wrt))


def test_the_state_keeps_its_shape():
    derivative = srcdiff.grad(midpoint)
    assert "srcdiff" not in derivative.source
    with pytest.raises(AssertionError, match="dt must be a scalar, or have the shape of y0"):
        derivative(START, np.full((2, 1), 0.1), 3)


@pytest.mark.parametrize("rate", [0.05, np.array([0.05, 0.01])])
@pytest.mark.parametrize("wrt", [0, 1])
def test_rates(rate, wrt):
    args = START, rate, 3
    assert_close(srcdiff.grad(descent, wrt=wrt)(*args), gradient(descent, args, wrt))


@pytest.mark.parametrize("rate", [0.05, np.array([0.05, 0.01])])
@pytest.mark.parametrize("wrt", [0, 1, 2])
def test_two_states(rate, wrt):
    args = START, START + 1, rate, 2
    assert_close(srcdiff.grad(shared_rate, wrt=wrt)(*args), gradient(shared_rate, args, wrt))


@pytest.mark.parametrize("mass", [2.0, np.array([[1.0], [2.0]]), np.array([1.0, 2.0, 3.0])])
def test_a_matrix_may_have_a_factor_for_each_row(mass):
    def pushed(x, mass, steps):
        for _ in range(steps):
            x = x - 0.1 * x[:, ::-1] / mass
        return np.sum(x**2)

    args = np.arange(6.0).reshape(2, 3), mass, 2
    for wrt in (0, 1):
        assert_close(srcdiff.grad(pushed, wrt=wrt)(*args), gradient(pushed, args, wrt))


def test_a_state_that_is_a_number():
    args = 0.3, 0.05, 3
    assert_close(srcdiff.grad(descent)(*args), gradient(descent, args, 0))


def test_a_state_that_grows():
    def grows(y, w, steps):
        for _ in range(steps):
            y = y + w * np.sum(y)
        return np.sum(y**2)

    args = START, np.array([[0.1, 0.2], [0.3, 0.4]]), 2
    for wrt in (0, 1):
        assert_close(srcdiff.grad(grows, wrt=wrt)(*args), gradient(grows, args, wrt))
