"""Derivatives that are called within a function that is differentiated: they are functions like any others."""

import math
from pathlib import Path

import numpy as np
import pytest

import srcdiff
from srcdiff.files import derivative_text
from srcdiff.frontend.source import module_source


def wave(x: float) -> float:
    return x**2 * math.sin(x)


slope = srcdiff.grad(wave)
value_and_slope = srcdiff.value_and_grad(wave)
along = srcdiff.jvp(wave)


@srcdiff.grad
def cubic(y: float) -> float:
    return y**3


def of_a_decorated(x: float) -> float:
    return cubic(x) * x


def descent(rate: float, x: float) -> float:
    for _ in range(3):
        x = x - rate * slope(x)
    return wave(x)


def descent_with_values(rate: float, x: float) -> float:
    total = 0.0
    for _ in range(3):
        value, x_bar = value_and_slope(x)
        total += value
        x = x - rate * x_bar
    return total * x


def of_a_tangent(x: float) -> float:
    return along(x, 1.0)[1] * x


def iterate(x: float, n: int) -> float:
    for _ in range(n):
        x = math.sin(x) * x
    return x


slope_of_a_loop = srcdiff.grad(iterate)


def of_a_loop(x: float) -> float:
    return slope_of_a_loop(x, 3) ** 2


def model(w: np.ndarray, x: np.ndarray) -> float:
    return np.sum(np.tanh(x @ w) ** 2)


model_slope = srcdiff.grad(model)


def penalty(w: np.ndarray, x: np.ndarray) -> float:
    return np.sum(model_slope(w, x) ** 2)


def product(x, y):
    return np.sum(x * y**2)


slope_by_y = srcdiff.grad(product, wrt="y")  # its text calls a helper where shapes are not known


def of_a_helper(x: np.ndarray, y: np.ndarray) -> float:
    return np.sum(slope_by_y(x, y) ** 2)


def added(x: float, y: float) -> float:
    return x + y


slope_of_a_sum = srcdiff.grad(added, wrt="y")


def tangents_apart(x: float) -> float:
    """d/dx of x * d/dy (x + y) is 1: the tangents of the two are not confused."""
    return x * slope_of_a_sum(x, x)


rng = np.random.default_rng(7)
CALLS = [
    (of_a_decorated, (2.0,)),
    (descent, (0.1, 1.0)),
    (descent_with_values, (0.1, 1.0)),
    (of_a_tangent, (1.3,)),
    (of_a_loop, (1.3,)),
    (penalty, (rng.normal(size=3), rng.normal(size=(4, 3)))),
    (of_a_helper, (rng.normal(size=3), rng.normal(size=3))),
    (of_a_helper, (rng.normal(size=(4, 1)), rng.normal(size=3))),
    (tangents_apart, (1.0,)),
]


@pytest.mark.parametrize("function, args", CALLS, ids=lambda part: getattr(part, "__name__", ""))
def test_a_derivative_within_a_function(function, args):
    srcdiff.check_grads(function, *args)


def test_text():
    assert srcdiff.grad(of_a_decorated)(2.0) == 36.0
    assert srcdiff.grad(tangents_apart)(1.0) == 1.0
    assert "import srcdiff" not in srcdiff.grad(descent).source


def test_a_derivative_of_a_derivative_within_a_function():
    second = srcdiff.grad(srcdiff.grad(wave))

    def f(x: float) -> float:
        return second(x) * x

    srcdiff.check_grads(f, 0.7)


MODULE = module_source(Path(__file__).read_text(), __file__)


@pytest.mark.parametrize("mode", ["grad", "jvp"])
@pytest.mark.parametrize("function", dict.fromkeys(function for function, _ in CALLS), ids=lambda f: f.__name__)
def test_a_file_that_is_only_read(function, mode, tmp_path):
    """The same text, but that helpers are written out."""
    live = getattr(srcdiff, mode)(function)
    live.save(tmp_path / "live.py")
    text = derivative_text(MODULE, function.__name__, mode, 0)
    if "srcdiff.runtime" in live.source:
        assert text.endswith(live.source.partition("\n\n\n")[2])
    else:
        assert text == live.source


SCALED = np.array([1.0, 2.0])


def energy(x: np.ndarray) -> float:
    return np.sum(SCALED * x**3)


def made_where_it_is_called(x: np.ndarray) -> float:
    g = srcdiff.grad(energy)(x)
    value, along_g = srcdiff.jvp(energy, wrt="x")(x, g)
    return value + along_g


def decorator_called(x: float) -> float:
    return srcdiff.value_and_grad(wrt="y")(added)(x, x)[0] * srcdiff.grad(srcdiff.grad(wave))(x)


def test_made_where_it_is_called():
    srcdiff.check_grads(made_where_it_is_called, np.array([0.5, 0.3]))
    srcdiff.check_grads(decorator_called, 0.4)


def test_made_where_it_is_called_of_ints():
    """The derivative that is called converts what the one that calls it does not."""
    made = srcdiff.grad(made_where_it_is_called)
    np.testing.assert_allclose(made(np.array([1, 2])), made(np.array([1.0, 2.0])))
