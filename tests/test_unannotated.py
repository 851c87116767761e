"""Arguments of which nothing is declared: each kind of value gives the right derivative, or a check that fails."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import srcdiff
from tests.fuzz import kinds
from tests.fuzz.programs import forget, load
from tests.fuzz.rounds import run
from tests.test_argument_kinds import differences, numbers, rebuilt

VECTOR, LIST, ROWS = np.array([0.7, 2.1, 3.2]), [0.7, 2.1, 3.2], [[2.1, 1.3, 0.3], [1.1, 3.2, 1.4], [0.2, 1.5, 4.3]]
PROGRAMS: list[tuple[str, list[Any]]] = [
    # what a loop swaps need not have one rank, though the last of it is a number
    (
        "for q in range(2):\n    w = x\n    x = y\n    y = w\ny = 0.0\nfor q in w:\n    y += q * x\nreturn np.dot(w, w) * x",
        [2.5, VECTOR],
    ),
    ("for i in range(2):\n    y = np.inner(y, x)\nreturn y", [VECTOR, 1.3]),
    # `+=` of a list and an array adds them
    ("s = [y, y * y, 0.5]\ns += x\nreturn np.sum(s) + s[0]", [VECTOR, 1.3]),
    ("s = [y, y * y]\ns += x\nreturn sum(s) + len(s) * y", [LIST, 1.3]),
    # slices of lists are lists of their own, those of arrays are not
    ("z = x[1:]\nz[0] = sum(z) * y\nreturn np.mean(x)", [LIST, 1.3]),
    ("z = x[1:]\nz[0] = sum(z) * y\nreturn np.mean(x)", [VECTOR, 1.3]),
    ("s = x[::-1]\nx[0] = x[-1] * y\nreturn sum(math.sin(v) for v in s)", [LIST, 1.3]),
    ("s = x[::-1]\nx[0] = x[-1] * y\nreturn sum(math.sin(v) for v in s)", [VECTOR, 1.3]),
    ("x = x.copy()\nt = x[1:]\nt[0] = y\nreturn np.vdot(x, x)", [LIST, 1.3]),
    # a list is repeated by an integer
    ("t = 3 * x[0]\nreturn np.vdot(t, t) + np.median(x) * y", [ROWS, 1.3]),
    ("t = 3 * x[0]\nreturn np.vdot(t, t) + np.median(x) * y", [np.array(ROWS), 1.3]),
    ("t = 0.0\nfor row in x:\n    t += np.dot(2 * row, row)\nreturn t * y + np.sum(x)", [np.array(ROWS), 1.3]),
    # a number to which arrays are added becomes an array, one that is put in an array's place does not
    ("z = 0.0\nfor q in x:\n    z += q * x\nreturn np.sum(np.square(z)) * y", [VECTOR, 1.3]),
    ("w = [y, x]\nw[0] = 0.5\nreturn max(w)", [1.3, VECTOR]),
    ("x += y\nw = y[1:]\nx[0] = x[0]\nreturn sum(v * v for v in x) + np.dot(w, w)", [1.3, VECTOR]),
    # a number is not changed by `+=`, which its other names would see of an array
    ("w = x\nx += np.tanh(w * w)\nreturn x + np.sum(np.sin(y)) + w", [1.3, VECTOR]),
    # a number has no `.size`
    ("w = 0.0\nfor q in x:\n    w += q * y\nreturn np.mean(w) * np.prod(w)", [VECTOR, 1.3]),
    # what is written to has elements
    ("if np.ndim(x) == 1:\n    return 2.0 * y\nx[1:] = x[-1]\nreturn np.sum(np.square(y)) + x[0]", [VECTOR, 1.3]),
]


@pytest.mark.parametrize("mode", ["grad", "jvp"])
@pytest.mark.parametrize("body, given", PROGRAMS)
def test_right_or_refused(body: str, given: list[Any], mode: str) -> None:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    module = load(f"import math\nimport numpy as np\n\n\ndef f(x, y):\n{lines}")
    want = differences(module.f, tuple(given))
    try:
        derivative = getattr(srcdiff, mode)(module.f, wrt=(0, 1))
        if mode == "grad":
            for bar, slopes in zip(derivative(*copy.deepcopy(given)), want, strict=True):
                np.testing.assert_allclose(numbers(bar), slopes, rtol=1e-5, atol=1e-6)
        else:
            directions = [[0.5 + 0.1 * i for i in range(len(slopes))] for slopes in want]
            dots = [rebuilt(value, iter(d)) for value, d in zip(given, directions)]
            slope = sum(np.dot(d, slopes) for d, slopes in zip(directions, want))
            np.testing.assert_allclose(float(derivative(*copy.deepcopy(given), *dots)[1]), slope, rtol=1e-5, atol=1e-6)
    except srcdiff.Refusal:
        assert mode == "grad" and "np.ndim" in body
    except AssertionError as error:
        assert str(error).partition("\n")[0].count("must be") == 1, error
    except AttributeError as error:  # of a list that was taken for an array
        assert "'list' object has no attribute" in str(error) and any(isinstance(value, list) for value in given)
    finally:
        forget(module)


def test_what_a_list_is_extended_by_is_no_array() -> None:
    """Beside a list an array is added by `+=`; what nothing declares is taken for a list, and checked."""
    module = load("def f(x, ys):\n    out = [x]\n    out += ys\n    return sum(out) * len(out)\n")
    derivative = srcdiff.grad(module.f, wrt=(0, 1))
    assert derivative(0.5, [1.0, 2.0]) == (3.0, [3.0, 3.0])
    with pytest.raises(AssertionError, match="ys must be a list"):
        derivative(0.5, VECTOR)
    forget(module)


def test_values_of_every_kind() -> None:
    """Small random programs, the same on every run; the long hunt is `python -m tests.fuzz --kinds`."""
    total, wrong = run(kinds.outcome, 20, 130)
    assert not wrong, wrong[0]
    assert total["right"] > 2 * total["programs"], total


READ_WRONG = """
import numpy as np

def mixed(z, c):
    if z > 0.123:
        table = {"a": np.sin(z), "b": np.sin(c)}
    elif c[0] < 0.831:
        c[-2] = np.tanh(0.5 / 3)
    return 0.5 + np.ones((2, 3))[1, 0]

def f(x, couple):
    down, across = np.mgrid[0:2, 0:3]
    s = np.sum(np.sin(down + across * np.sin(mixed(x, (np.ones(3) + couple[0])))))
    for i in range(4, 0, -2):
        y = np.tanh(mixed(abs(couple[0]), couple[1]))
    return x + couple[0] + s
"""


def test_ranks_that_would_make_the_output_an_array_are_not_taken() -> None:
    module = load(READ_WRONG)
    try:
        bars = srcdiff.grad(module.f, wrt=("x", "couple"))(0.5, (0.7, np.array([0.7, -0.4, 0.3])))
        assert numbers(bars[0]) + numbers(bars[1]) == [1.0, 1.0, 0.0, 0.0, 0.0]
    finally:
        forget(module)


BROADCAST_TO_ITSELF = """
import numpy as np

def f(x: float, u: np.ndarray):
    z = u[0]
    u[0] = z
    u += u * z
    return x + sum([e * e for e in u])
"""


def test_elements_of_an_array_broadcast_with_its_own_element_are_numbers() -> None:
    module = load(BROADCAST_TO_ITSELF)
    try:
        x_bar, u_bar = srcdiff.grad(module.f, wrt=("x", "u"))(0.3, np.array([0.3, 0.5, 0.7]))
        assert x_bar == 1.0
        assert np.allclose(u_bar, [3.172, 1.69, 2.366])  # of (1 + z)**2 * (z*z + b*b + c*c)
    finally:
        forget(module)
