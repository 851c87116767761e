"""Writes to what a container holds, done in its own slot: right where objects move, repeat, or are read before and after."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal
from tests.differences import assert_close, directional, gradient

X = np.array([0.5, 1.2, 0.8, 0.7])
PROGRAMS = []


def program(*args):
    def register(function):
        PROGRAMS.append((function, args))
        return function

    return register


def nested(x):
    return [[[x[0], x[1]], [x[2], 1.0]], [[x[1], x[1]], [2.0, x[0]]], [[1.0, x[2]], [x[0], x[3]]]]


@program(X, 0, 1)
@program(X, 1, 1)
def three_deep(x: np.ndarray, i: int, j: int) -> float:
    m = nested(x)
    m[i][0][1] += m[j][0][0] * x[2]
    m[j][1][0] = m[i][0][1] * m[i][0][0]
    m[2][0][1] *= m[i][1][1]
    return m[j][1][0] * m[2][0][1] + m[i][0][0]


@program(X, 1, 2)
@program(X, 2, 2)
def swapped_in_a_loop(x: np.ndarray, i: int, j: int) -> float:
    m = [[v, 2 * v, v * v] for v in x]
    for k in range(3):
        m[k], m[j] = m[j], m[k]
        m[i][k] -= m[j][0] * m[k][1]
    return m[0][0] * m[1][1] + m[2][2] * m[3][0]


@program(X, 0)
@program(X, 2)
def read_outside_of_a_branch(x: np.ndarray, i: int) -> float:
    m = {0: 2 * x, 1: x * x, 2: np.sin(x)}
    m[i][1] -= x[0]
    if m[2][0] > 0.4:
        m[2][0] = 0.5 * m[i][0] + x[1]
    else:
        m[1][0] = m[2][0] * x[1]
    m[i] += 2.0
    return m[1][1] * m[i][1] + m[2][0] + m[1][0]


@program(X, 0)
@program(X, 1)
def read_outside_of_a_loop(x: np.ndarray, j: int) -> float:
    m = {0: 2 * x, 1: x * x}
    s = 0.0
    for _ in range(2):
        row = m[0]
        for k in range(3):
            s += row[k] * m[j][1]
        m[0][0] += m[1][2] * m[0][1]
    return s * m[0][0]


@program(X, 1)
def one_cotangent_in_two_slots(x: np.ndarray, i: int) -> float:
    m = [2 * x, x * x]
    total = (m[0] + m[1]).sum()
    return total + m[i][0] * m[0][1] ** 2


@program(X, 1)
def rows_made_in_a_loop(x: np.ndarray, i: int) -> float:
    row = 3 * x
    m = [row * k for k in range(3)]
    m[i] = m[2] * row
    m[i][0] = m[2][1] ** 2
    m[2][1] -= m[i][0] * row[0]
    return m[i].sum() * m[2][1] + m[0][2]


@program(X, 1)
def numbers_of_no_dimension(x: np.ndarray, i: int) -> float:
    sums = [np.zeros(()), np.zeros(())]
    s = 0.0
    for k in range(4):
        s += sums[i] * x[k]
        sums[i] += x[k] ** 2
    return s * sums[i]


@program(X, 1)
def tuples_in_lists(x: np.ndarray, i: int) -> float:
    pairs = [(x[0], 2 * x), (x[1], x * x)]
    pairs[i][1][0] = pairs[0][0] * x[3]
    pairs[0] = (pairs[1][0] * 2, pairs[i][1])
    return pairs[0][1][0] * pairs[i][0]


@program(X, 3)
@program(X, 0)
def lists_joined(x: np.ndarray, n: int) -> float:
    z = [v * v for v in x] + [x[0]]
    z[0] *= z[-1]
    for k in range(n):
        z = z[1:] + z[:1]
        z[k] += z[0] ** 2 * x[0]
    w = z + z
    w[0] *= 2.0
    return w[0] * w[-1] + w[len(x)] ** 2 + sum(z) + sum(w[1:4])


@program(X, 1)
def lists_of_an_unknown_kind(x, i) -> float:
    m = [[v, 2 * v, v * v] for v in x]
    m[i][1] -= x[0]
    m[2][0] -= 0.5 * m[i][1] + x[0]
    return m[1][0] * m[i][1] + m[2][0] * x[1]


@pytest.mark.parametrize("function, args", PROGRAMS, ids=[f"{f.__name__}-{a[1:]}" for f, a in PROGRAMS])
def test_both_modes(function, args):
    expected = gradient(function, args, 0)
    given = copy.deepcopy(args)
    value, found = srcdiff.value_and_grad(function)(*given)
    assert_close(value, function(*copy.deepcopy(args)), rtol=1e-12, atol=0)
    assert_close(found, expected)
    np.testing.assert_equal(given, args, "the derivative changed its arguments")
    dot = np.array([1.0, -0.5, 0.3, 0.7])
    value, tangent = srcdiff.jvp(function)(*given, dot)
    assert_close([tangent], directional(function, args, {0: dot}))


def test_no_copies():
    """A write to an element of an element copies neither."""

    def eliminate(m: list[list[float]]) -> float:
        rows = [list(row) for row in m]
        for k in range(len(rows)):
            for i in range(k + 1, len(rows)):
                for j in range(k, len(rows)):
                    rows[i][j] -= rows[i][k] / rows[k][k] * rows[k][j]
        return rows[-1][-1]

    text = srcdiff.grad(eliminate).source
    loops = text[text.index("for k in range") :]
    assert "copy" not in loops and "add_at" not in loops


def in_two_slots_by_an_index(x: float, i):
    m = [x * np.ones(2), 2.0 * x * np.ones(2), np.zeros(2)]
    m[2] = m[1]
    m[i] += x * 2.0
    return np.sum(m[1] * m[2]) + np.sum(m[0])


def in_two_slots_of_an_argument(x: float, m: list[np.ndarray], i: int):
    m[2] = m[1]
    m[i] += x * 2.0
    return np.sum(m[1] * m[2]) + np.sum(m[0])


@pytest.mark.parametrize("function", [in_two_slots_by_an_index, in_two_slots_of_an_argument])
def test_an_array_in_two_slots_is_not_added_to(function):
    """Whatever is known of the index and of the element: the other slot would see it."""
    with pytest.raises(Refusal, match="two elements of m may be the same object"):
        srcdiff.grad(function)


def of_dicts(xs: np.ndarray, k: float):
    ps = [{"x": x, "v": k, "at": np.zeros(2)} for x in xs]
    for _ in range(2):
        for p in ps:
            p["v"] -= 0.1 * p["x"] * k
            p["x"] += 0.1 * p["v"]
            p["at"][0] += p["x"]
    return sum(p["v"] ** 2 + p["at"][0] for p in ps)


def of_pairs(ps: list[list[float]], k: float):
    for i in range(len(ps)):
        for j in range(i):
            d = ps[i][0] - ps[j][0]
            ps[i][1] -= k * d
            ps[j][1] += k * d**2
    return sum(p[0] * p[1] for p in ps)


def the_same_twice(x: float, k: float):
    p = {"x": x}
    ps = [p, p]
    for q in ps:
        q["x"] *= k
    return ps[0]["x"] + p["x"]


def kept_outside(x: float, k: float):
    p = {"x": x, "v": k}
    ps = []
    for _ in range(3):
        ps.append(p)
        p["v"] += p["x"]
    return sum(q["v"] * q["x"] for q in ps)


@pytest.mark.parametrize(
    "function, args",
    [
        (of_dicts, (np.array([0.4, -1.2, 2.0]), 0.7)),
        (of_pairs, ([[0.4, 1.0], [-1.2, 0.3], [2.0, 0.1]], 0.7)),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_writes_within_containers(function, args):
    srcdiff.check_grads(function, *args)


@pytest.mark.parametrize("function", [the_same_twice, kept_outside])
def test_an_object_that_a_list_holds_twice(function):
    with pytest.raises(srcdiff.Refusal, match="may be the same data as what is written here"):
        srcdiff.grad(function)


def test_no_copy_of_what_a_list_holds():
    """Objects that are made for a list, and the caller's once the whole is copied, are written to where they are."""
    text = srcdiff.grad(of_dicts, wrt=("xs", "k")).source
    assert "p = " in text and 'p["v"] ' in text and "copy(" not in text
    assert srcdiff.grad(of_pairs, wrt="ps").source.count("copy(ps)") == 1


def test_numbers_of_the_caller_within_containers():
    """A number that is an array of no dimension is not changed for the caller."""
    k = np.array(0.7)
    srcdiff.grad(of_dicts, wrt="k")(np.array([0.4, -1.2]), k)
    assert k == 0.7


def written_and_read(x: np.ndarray, y: np.ndarray) -> float:
    x[0] = 2 * y[0]
    x[1] += y[0]
    return np.sum(x * y)


def both_written(x: np.ndarray, y: np.ndarray, n: int) -> float:
    for i in range(n):
        x[i] += y[i]
        y[i] *= 2.0
    return np.sum(x) * y[0]


def read_before(x: np.ndarray, y: np.ndarray) -> float:
    s = np.sum(y * x)
    x[0] = s
    return x[0] * x[1] * len(y)


def written_for_nothing(x: np.ndarray, y: np.ndarray) -> float:
    x[0] = 2.0
    return np.sum(y**2)


def by_a_view(x: np.ndarray, y: np.ndarray) -> float:
    rest = x[1:]
    rest *= 3.0
    return np.sum(x * y)


def lists_written(xs: list[float], ys: list[float]) -> float:
    xs[0] = ys[1]
    return sum(x * y for x, y in zip(xs, ys))


APART = [
    (written_and_read, ()),
    (both_written, (2,)),
    (written_for_nothing, ()),
    (by_a_view, ()),
]


@pytest.mark.parametrize("mode", ["grad", "value_and_grad", "jvp", "vjp"])
@pytest.mark.parametrize("function, more", APART, ids=lambda part: getattr(part, "__name__", ""))
def test_arguments_that_share_memory(function, more, mode):
    """What is written to one would be seen in the other: one plain line refuses that."""
    a = np.array([1.0, 2.0, 3.0])
    extra = {"jvp": (a.copy(),), "vjp": (1.0,)}.get(mode, ())
    derivative = getattr(srcdiff, mode)(function)
    derivative(a, a.copy(), *more, *extra)
    for other in (a, a[::-1]):
        with pytest.raises(AssertionError, match="x and y must not share memory"):
            derivative(a, other, *more, *extra)


def test_arguments_that_may_share_memory():
    """Nothing is asked of them where nothing is read after it was written."""
    srcdiff.check_grads(read_before, np.array([1.0, 2.0]), np.array([0.5, 3.0]))
    a = np.array([1.0, 2.0])
    np.testing.assert_allclose(srcdiff.grad(read_before)(a, a), srcdiff.grad(read_before)(a, a.copy()))
    assert "share" not in srcdiff.grad(read_before).source


def test_lists_that_are_one():
    xs = [1.0, 2.0]
    srcdiff.check_grads(lists_written, xs, [3.0, 4.0])
    with pytest.raises(AssertionError, match="xs and ys must not share memory"):
        srcdiff.grad(lists_written)(xs, xs)
    row = [1.0, 2.0]
    with pytest.raises(AssertionError, match="ps must not hold one object twice"):
        srcdiff.grad(of_pairs)([row, row], 0.5)


def test_shared_memory_in_the_second_derivative():
    again = srcdiff.jvp(srcdiff.grad(written_and_read, wrt="y"), wrt="y")
    a, b, v = np.array([1.0, 2.0]), np.array([0.5, 3.0]), np.array([1.0, 0.0])
    np.testing.assert_allclose(again(a, b, v)[1], [4.0, 1.0])
    with pytest.raises(AssertionError, match="x and y must not share memory"):
        again(a, a, v)


def named_and_added_to(x: float, M: np.ndarray):
    values = [np.sin(M[0]), M[0] * 1.5]
    first = values[0]
    first[0] = x
    values[0] += first
    return np.sum(first) * x


def named_and_written_later(x, m):
    values = [np.sin(m), m * 1.5]
    first = values[0]
    values[0] *= first
    first[0] = x
    return np.sum(first) * x


def test_a_name_of_what_is_changed_in_its_slot():
    """What may be a number or an array: of a number, the name keeps the old one."""
    with pytest.raises(Refusal, match="the element that is changed here is the same data as another name's"):
        srcdiff.grad(named_and_added_to)
    m = np.array([0.4, 0.7])
    assert srcdiff.value_and_grad(named_and_written_later)(0.7, m)[0] == named_and_written_later(0.7, m.copy())
