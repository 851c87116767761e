"""Integers that would cut what varies: an array made like one of integers keeps integers, and NumPy says nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient

WHOLE = np.array([1, 2])
FLOATS = np.array([1.0, 2.0])


def filled(x: Any, n: Any) -> Any:
    return np.sum(np.full_like(n, x) * x)


def written(x: Any, n: Any) -> Any:
    y = np.zeros_like(n)
    y[0] = x
    return np.sum(y * x)


def copied(x: Any, n: Any) -> Any:
    y = np.array(n)
    y[:] = x
    return np.sum(y) * x


def changed(x: Any, n: Any) -> Any:
    n = n.copy()
    n[0] += x
    return n[0] * x


def in_a_loop(x: Any, n: Any) -> Any:
    steps = np.zeros_like(n)
    for i in range(len(n)):
        steps[i] = x * n[i]
    return np.sum(steps) * x


def in_a_dict(x: Any, n: Any) -> Any:
    y = n["n"].copy()
    y[0] = x
    return np.sum(y) * x


def in_a_tuple(x: Any, n: tuple[np.ndarray, np.ndarray]) -> Any:
    y = np.zeros_like(n[0])
    y[0] = x
    return np.sum(y) * x


@pytest.mark.parametrize("mode", ["grad", "jvp"])
@pytest.mark.parametrize("function", [filled, written, copied, changed, in_a_loop, in_a_dict, in_a_tuple])
def test_integers_are_refused_by_a_sentence(function: Any, mode: str) -> None:
    derivative = getattr(srcdiff, mode)(function)
    wrap = {in_a_dict: lambda n: {"n": n}, in_a_tuple: lambda n: (n, n)}.get(function, lambda n: n)
    tangents = (1.0,) if mode == "jvp" else ()
    with pytest.raises(AssertionError, match="must hold floats"):
        derivative(2.5, wrap(WHOLE), *tangents)
    result = derivative(2.5, wrap(FLOATS), *tangents)
    assert_close(result[1] if mode == "jvp" else result, gradient(function, (2.5, wrap(FLOATS)), 0))


def a_list(x: Any, n: list[float]) -> Any:
    z = n[:]
    z[0] = x
    return z[0] * x


def scaled(w: Any, n: Any) -> Any:
    t = w * n
    for i in range(len(n)):
        t[i] = np.sin(t[i])
    return np.sum(t)


def with_a_float(x: Any, n: Any) -> Any:
    y = np.maximum(n, 0.5)
    y[0] = x
    return np.sum(y) * x


@pytest.mark.parametrize(("function", "n"), [(a_list, [1, 2]), (scaled, WHOLE), (with_a_float, WHOLE)])
def test_what_cuts_nothing_is_taken(function: Any, n: Any) -> None:
    assert_close(srcdiff.grad(function)(2.5, n), gradient(function, (2.5, n), 0))


def test_an_integer_that_is_differentiated_is_taken_as_a_float() -> None:
    assert_close(srcdiff.grad(scaled)(2, WHOLE), gradient(scaled, (2.0, WHOLE), 0))


def of_a_length(x: Any, n: Any) -> Any:
    y = np.zeros(n)
    y[0] = x[0] ** 2
    z = np.linspace(0, 1, n)
    z[1] = x[1]
    return np.sum(y) * np.sum(z)


def by_an_index(x: Any, n: Any) -> Any:
    d = {"x": x, "n": n}
    d["x"] = d["x"] * 1.0
    d["x"][d["n"]] *= 2.0
    return np.sum(d["x"] ** 2)


def taken(x: Any, n: Any) -> Any:
    y = np.take(np.roll(x, 1), n)
    y[0] = x[0] ** 2
    z = np.repeat(x, n)
    z[1] = x[1] ** 2
    return np.sum(y * x) * np.sum(z)


def beside_a_product(x: np.ndarray, n: Any) -> Any:
    y = np.stack([n, n * x[0]])
    y[0, 0] = x[1] ** 2
    return np.sum(y)


@pytest.mark.parametrize("mode", ["grad", "jvp"])
@pytest.mark.parametrize(
    ("function", "n"), [(of_a_length, 3), (by_an_index, WHOLE), (taken, np.array([0, 2, 1])), (beside_a_product, WHOLE)]
)
def test_integers_that_count_or_choose_are_taken(function: Any, n: Any, mode: str) -> None:
    x = np.array([0.7, 1.3, 2.1])
    x = x[: len(n)] if function is by_an_index else x
    n = n - 1 if function is by_an_index else n
    want = gradient(function, (x, n), 0)
    if mode == "grad":
        assert_close(srcdiff.grad(function)(x, n), want)
    else:
        assert_close(srcdiff.jvp(function)(x, n, np.ones_like(x))[1], np.sum(want))


def of_a_dict(x: float, params: Any) -> Any:
    h = params["b"] + params.get("a", 0)
    h[0] = x
    return np.sum(h**2)


def test_a_dict_is_asked_for_its_entries() -> None:
    assert srcdiff.grad(of_a_dict)(0.7, {"a": 1.5, "b": np.array([1.0, 2.0])}) == pytest.approx(1.4)
    with pytest.raises(AssertionError, match="must hold floats"):
        srcdiff.grad(of_a_dict)(0.7, {"b": np.array([1, 2])})
