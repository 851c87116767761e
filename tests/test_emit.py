"""Emitted text against the interpreter, over random structured SSA."""

from __future__ import annotations

import ast

import numpy as np
import pytest

import srcdiff
from srcdiff.emit.emit import emit
from srcdiff.emit.load import load
from srcdiff.emit.render import render, short_numbers
from tests.interpreter import run
from tests.random_ssa import random_program


def leaves(value: object) -> list[object]:
    return [leaf for item in value for leaf in leaves(item)] if isinstance(value, (list, tuple)) else [value]


@pytest.mark.parametrize("first", range(0, 200, 25))
def test_the_text_computes_what_the_ssa_means(first: int) -> None:
    for seed in range(first, first + 25):
        program = random_program(seed)
        v = np.array([0.5, -0.3, 0.2, 0.9])
        given = v.copy()
        with np.errstate(all="ignore"):
            got, want = load(emit(program))(0.4, given), run(program, 0.4, v)
        assert np.array_equal(given, v), f"seed {seed} changed its argument"
        for a, b in zip(leaves(got), leaves(want), strict=True):
            assert np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True), f"seed {seed}"


def test_the_same_program_gives_the_same_text() -> None:
    assert render(emit(random_program(8)).tree) == render(emit(random_program(8)).tree)


def test_source_is_rendered_once_and_is_what_runs() -> None:
    function = load(emit(random_program(8)))
    text = function.source
    assert text is function.source
    assert ast.parse(text)
    assert not function.__code__.co_filename.startswith("<")


@pytest.mark.parametrize(
    "written, short",
    [("1e-08", "1e-8"), ("10000000000.0", "1e10"), ("0.0001", "1e-4"), ("1e+300", "1e300"), ("6.5e-34", "6.5e-34")]
    + [(text, text) for text in ("0.001", "12345.5", "0.0", "0.1", "1e5j", "100000", "0x1000000")],
)
def test_floats_are_written_short(written: str, short: str) -> None:
    assert short_numbers(f"x = f({written}, '1e-08')\n") == f"x = f({short}, '1e-08')\n"
    assert ast.literal_eval(written) == ast.literal_eval(short)


def test_what_is_unpacked_is_unpacked_in_one_statement() -> None:
    def predators(state, rates):
        prey, predator = state
        alpha, _, gamma = rates
        rows, columns, _ = np.zeros((2, 3, 4)).shape
        return alpha * prey * predator - gamma * predator**rows + columns

    text = srcdiff.grad(predators, wrt=("state", "rates")).source
    assert "prey, predator = state" in text
    assert "alpha, _, gamma = rates" in text


def stack(y: list[float]) -> float:
    level = []
    for yi in y:
        level.append(0.0)
        level[-1] += 2 * yi
        while len(level) > 1 and level[-2] > level[-1]:
            last = level.pop()
            level.append(level.pop() * last)
    return sum(v * v for v in level)


def test_ends_of_lists():
    """What is taken from the end of a list is popped; what the user added to 0.0 is added to it still."""
    srcdiff.check_grads(stack, [0.5, 0.9, 0.6, 1.1, 0.8, 0.7])
    text = srcdiff.grad(stack).source
    assert "del " not in text and "level.pop()" in text and "level_bar.pop()" in text
    assert "append(0.0)" not in text.partition("_bar")[2] and "level.append(0.0)" in text


def test_a_sum_over_what_is_written_out():
    """Lists of known elements are written out; a literal's sign and scaled numbers go into the sum and the product."""

    def distance(x: float, y: float) -> float:
        site = (0.3, -0.2)
        return sum((p - q) ** 2 for p, q in zip((x, y), site)) ** 0.5

    derivative = srcdiff.grad(distance, wrt=("x", "y"))
    assert "sum([(x - 0.3) ** 2, (y + 0.2) ** 2])" in derivative.source
    assert "power_x * (y + 0.2)" in derivative.source or "power * (y + 0.2)" in derivative.source
    r = np.hypot(1.2, 0.9)
    np.testing.assert_allclose(derivative(1.5, 0.7), [1.2 / r, 0.9 / r])
    np.testing.assert_allclose(srcdiff.jvp(distance, wrt=("x", "y"))(1.5, 0.7, 1.0, 2.0), [r, 3.0 / r])


def test_a_list_that_is_read_before_it_is_full():
    def growing(x: float) -> float:
        xs = [x]
        xs.append(xs[0] * x)
        ys = xs
        ys.append(xs[1] * x)
        copied = list(xs)
        xs.append(2.0)
        return sum(xs) + 10 * sum(copied) + len(ys)

    assert growing(2.0) == 2 + 4 + 8 + 2 + 140 + 4
    np.testing.assert_allclose(srcdiff.grad(growing)(2.0), 11 * (1 + 4 + 12))
    np.testing.assert_allclose(srcdiff.jvp(growing)(2.0, 1.0), [160.0, 11 * 17.0])


def test_a_cotangent_that_is_minus_one_throughout():
    def taken_off(x: float, n: int) -> float:
        s = 3.0
        for _ in range(n):
            s = s + x
        return -s

    derivative = srcdiff.grad(taken_off)
    assert "x_bar -= 1.0" in derivative.source
    assert derivative(2.0, 3) == -3.0 and derivative(2.0, 0) == 0.0
