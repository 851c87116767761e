"""What programs found that were written as their authors would, in many fields: a test for each class."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import srcdiff
from srcdiff.files import derivative_text, transpiled
from srcdiff.frontend.source import module_source

RNG = np.random.default_rng(0)


def edit_distance(substitution, gap, first="kitten", second="sitting"):
    rows = [[j * gap for j in range(len(second) + 1)]]
    for i in range(1, len(first) + 1):
        row = [i * gap]
        for j in range(1, len(second) + 1):
            same = first[i - 1] == second[j - 1]
            row.append(min(rows[-1][j - 1] + (0 if same else substitution), rows[-1][j] + gap, row[-1] + gap))
        rows.append(row)
    return rows[-1][-1]


def test_texts_by_default_are_walked_letter_by_letter() -> None:
    srcdiff.check_grads(edit_distance, 1.0, 0.8, wrt=("substitution", "gap"))
    assert srcdiff.grad(edit_distance, wrt=("substitution", "gap"))(1.0, 0.8, "ab", "b") == (0.0, 1.0)


def test_lengths_and_distances_are_the_functions_own() -> None:
    """math.hypot and math.dist round otherwise than a norm does."""
    length = srcdiff.value_and_grad(lambda x, y, z: math.hypot(x, y, z), wrt=(0, 1, 2))
    distance = srcdiff.value_and_grad(lambda p, q: math.dist(p, q), wrt=(0, 1))
    for _ in range(50):
        p, q = RNG.normal(size=3), RNG.normal(size=3)
        value, slopes = length(*p.tolist())
        assert value == math.hypot(*p)
        np.testing.assert_allclose(slopes, p / value)
        value, (p_bar, q_bar) = distance(p, q)
        assert value == math.dist(p, q)
        np.testing.assert_allclose(p_bar, (p - q) / value)
        np.testing.assert_allclose(q_bar, -p_bar)


LISTS = {
    "divided by a number of NumPy's": (lambda q: np.sum((q / np.linalg.norm(q)) ** 3), [1.0, 2.0, 2.0]),
    "a factor of NumPy's result": (lambda a: np.sum(np.sin(a @ np.abs(a)) * np.abs(a)), [[0.3, 0.1], [0.2, 0.4]]),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_beside_numbers_and_arrays_of_numpy(name: str) -> None:
    function, given = LISTS[name]
    np.testing.assert_allclose(srcdiff.grad(function)(given), srcdiff.grad(function)(np.array(given)))


@pytest.mark.parametrize("mode", ["grad", "jvp"])
@pytest.mark.parametrize("indices", ["diag_indices_from", "tril_indices_from", "triu_indices_from"])
def test_indices_of_what_varies(mode: str, indices: str) -> None:
    text = f"import numpy as np\n\ndef f(x):\n    K = np.outer(x, x)\n    K[np.{indices}(K)] += x[0]\n    return np.sum(K**2)\n"
    scope: dict[str, Any] = {}
    exec(derivative_text(module_source(text, "f.py"), "f", mode, "x"), scope)
    x, h = np.array([0.3, 0.7]), 1e-6
    exec(text, scope)
    wanted = (scope["f"](x + [h, 0]) - scope["f"](x - [h, 0])) / (2 * h)
    found = scope["f_grad"](x)[0] if mode == "grad" else scope["f_jvp"](x, np.array([1.0, 0.0]))[1]
    assert np.isclose(found, wanted)


LAMBDAS = """
import numpy as np
import srcdiff

relu = lambda z: np.maximum(z, 0.0)
act = relu
ACTIVATIONS = {"relu": relu, "square": lambda z: z * z}


@srcdiff.grad
def loss(x, kind="square"):
    return np.sum(act(x) * ACTIVATIONS[kind](x))
"""


def test_lambdas_of_a_file_that_is_only_read() -> None:
    scope: dict[str, Any] = {}
    exec(transpiled(LAMBDAS, "model.py"), scope)
    np.testing.assert_allclose(scope["loss"](np.array([2.0, -1.0])), [12.0, 0.0])


class Reservoir:
    def __init__(self, level):
        self._level = level

    @property
    def level(self):
        return self._level + 1.0

    @level.setter
    def level(self, value):
        self._level = value - 1.0

    def __getitem__(self, place):
        return 2.0 * self._level

    def __setitem__(self, place, value):
        self._level = 0.5 * value


def drained(x, rate):
    tank = Reservoir(x)
    for _ in range(3):
        tank.level -= rate * tank.level
        tank[0] *= rate
    return tank.level


def test_setters_are_called_by_what_adds() -> None:
    """Of what may be an array, for all that is known, `tank.level -= v` sets the property as well."""
    value, slopes = srcdiff.value_and_grad(drained, wrt=("x", "rate"))(3.0, 0.5)
    assert value == drained(3.0, 0.5)
    srcdiff.check_grads(drained, 3.0, 0.5)
    assert slopes[1] != 0
