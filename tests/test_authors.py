"""What programs found that were written as their authors would, in many fields: a test for each class."""

from __future__ import annotations

import math
from typing import Any, TypedDict

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal
from srcdiff.files import derivative_text, transpiled
from srcdiff.frontend.source import module_source
from tests.programs.merge_sort import discounted

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


def csg(x, w):
    tree = ("+", ("*", x, 2.0), ("+", x, ("*", 3.0, x)))

    def value(t):
        if isinstance(t, (int, float)):
            return w * t
        op, left, right = t
        return value(left) * value(right) if op == "*" else value(left) + value(right)

    return value(tree)


def distance(r, k, px, py):
    nearest = 1e3
    for shape in [("circle", 0.0, 0.3, r), ("plane", 0.6, 0.8, k), ("circle", 1.0, 1.0, r * k)]:
        match shape:
            case ("circle", cx, cy, radius):
                found = math.hypot(px - cx, py - cy) - radius
            case (_, nx, ny, offset):
                found = px * nx + py * ny - offset
        nearest = min(nearest, found)
    return nearest


def labelled(x, y):
    best = max([("u", x), ("v", y), ("w", x * y)], key=lambda pair: pair[1])
    return best[1] ** 2 if best[0] == "w" else best[1]


@pytest.mark.parametrize(
    "function, args", [(csg, (0.7, 1.2)), (distance, (0.5, 0.9, 1.2, 0.8)), (labelled, (1.3, 2.7))]
)
def test_numbers_beside_texts_have_tangents(function, args) -> None:
    names = tuple(range(len(args)))
    srcdiff.check_grads(function, *args, wrt=names, order=1)
    gradient = srcdiff.grad(function, wrt=names)(*args)
    for k, g in enumerate(gradient):
        assert np.isclose(srcdiff.jvp(function, wrt=k)(*args, 1.0)[1], g)


def test_recursive_functions_that_give_lists() -> None:
    """That the result is a number is tried first, and given up where its elements are read."""
    srcdiff.check_grads(discounted, [0.5, -0.3, 0.9, 0.1], 1.2, order=1)


class Base(TypedDict):
    weight: float


class Settings(Base, total=False):
    rate: float
    steps: int
    label: str


def trained(start: float, settings: Settings) -> float:
    w, rate = start * settings["weight"], settings["rate"]
    for _ in range(settings["steps"]):
        w -= rate * (w**3 - w + 0.2)
        rate *= 0.9
    return w**2


def test_typed_dicts_are_dicts() -> None:
    settings: Settings = {"weight": 1.5, "rate": 0.1, "steps": 4, "label": "a"}
    start_bar, found = srcdiff.grad(trained, wrt=("start", "settings"))(0.8, settings)
    assert list(found) == list(settings)
    h = 1e-6
    for key in ("weight", "rate"):
        up, down = trained(0.8, {**settings, key: settings[key] + h}), trained(
            0.8, {**settings, key: settings[key] - h}
        )
        assert np.isclose(found[key], (up - down) / (2 * h))


def squashed(x, k, kind="smooth"):
    table = {"smooth": lambda v: v / (1 + abs(v)), "hard": lambda v: max(-1.0, min(1.0, v))}
    squash = table.get(kind, math.tanh)
    return squash(k * squash(x))


@pytest.mark.parametrize("kind", ["smooth", "hard", "other"])
def test_functions_of_a_table_or_another(kind: str) -> None:
    srcdiff.check_grads(squashed, 0.4, 1.3, kind, wrt=("x", "k"), order=1)


def bounced(pos, vel, radii, dt=0.05, steps=4):
    pos, vel = pos.copy(), vel.copy()
    for _ in range(steps):
        pos += dt * vel
        for i in range(len(radii) - 1):
            for j in range(i + 1, len(radii)):
                way = pos[j] - pos[i]
                gap = np.linalg.norm(way)
                if gap < radii[i] + radii[j]:
                    speed = np.dot(vel[j] - vel[i], way / gap)
                    if speed >= 0:
                        continue
                    first, second = vel[i], vel[j]
                    first += speed * way / gap
                    second -= speed * way / gap
    return np.sum(pos**2) + np.sum(np.abs(vel))


def test_ranks_by_operations_settle_what_is_shared() -> None:
    """That vel[i] is a row follows from its product with a direction, which a length divides."""
    pos = np.array([[0.0, 0.0], [0.9, 0.1], [0.2, 1.1]])
    vel = np.array([[1.0, 0.2], [-1.0, 0.1], [0.1, -2.0]])
    srcdiff.check_grads(bounced, pos, vel, np.array([0.5, 0.5, 0.4]), wrt=("pos", "vel"), order=1)


def chained(x: np.ndarray, c: float):
    a = b = x * c
    a[0] = b[1] + c
    b = b + a
    return np.sum(a * b)


def named_within(x: np.ndarray, c: float):
    a = (b := x * c)
    a[0] = b[1] * c
    b[1] += a[0]
    return np.sum(a * b)


class Pair:
    def __init__(self, values):
        self.first = self.second = 1.0 * values


def attributes(x: np.ndarray, c: float):
    pair = Pair(x)
    pair.first[0] *= c
    pair.second[1] += pair.first[0]
    return pair.first @ pair.second


def taken_apart(x: np.ndarray, c: float):
    a, b = both = (x * c, x + c)
    a[0] = c * c
    both[1][0] = a[0]
    return np.sum(both[0]) * np.sum(b)


def three_names(x: np.ndarray, c: float):
    u = v = w = x * c
    v += w
    u = u * v
    return np.sum(u + w)


def zeros_of_two_names(x: np.ndarray, c: float):
    a = b = np.zeros(3)
    for i in range(3):
        a[i] = x[i] * c + b[i - 1]
        b[i] *= 2
    return a @ b


def passed_twice(x: np.ndarray, c: float):
    def changed(y, z):
        y[0] = z[1] * c
        return z

    w = changed(t := x * c, t)
    return np.sum(w * t)


@pytest.mark.parametrize(
    "function", [chained, named_within, attributes, taken_apart, three_names, zeros_of_two_names, passed_twice]
)
def test_names_that_one_statement_gives_share_their_array(function) -> None:
    args = np.array([0.3, 0.7, 0.4]), 1.3
    value, _ = srcdiff.value_and_grad(function, wrt=("x", "c"))(*args)
    assert value == function(*args)
    srcdiff.check_grads(function, *args, wrt=("x", "c"), order=1)


def entries_of_two_names(x: np.ndarray, c: float):
    entries = {}
    entries["a"] = y = x * c
    y[0] = c
    return np.sum(y * entries["a"])


def test_what_is_put_into_a_container_beside_a_name_is_refused() -> None:
    with pytest.raises(Refusal, match="may be the same data"):
        srcdiff.grad(entries_of_two_names)
