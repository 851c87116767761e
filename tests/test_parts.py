"""What is taken out of a container is the same thing however often, and keeps what it was when the container changes."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal


@dataclass
class T:
    a: float
    b: np.ndarray | None = None


class NT(NamedTuple):
    a: float
    b: np.ndarray


def put(h, z):
    h[0] = z
    return h * z


def grow(l, x):
    if x > 0:
        l.append(x)


def growl(l, x):
    for i in range(2):
        l.append(x * i)


def growr(l, x):
    l.append(x)
    return l[-1]


def written_at_once(x: float):
    pair = (x, np.sin(np.ones(3) * x))
    pair[1][0] = x
    return pair[1]


def written_by_a_name(x: float):
    pair = (x, np.sin(np.ones(3) * x))
    q = pair[1]
    q[0] = x
    return pair[1]


def in_an_attribute(x: float):
    t = T(x, 0)
    t.b = (x, np.sin(np.ones(3) * x))
    q = t.b[1]
    q[0] = x
    return t.b[1]


def in_a_list_with_a_function(x: float):
    t = [lambda z: z, np.sin(np.ones(3) * x)]
    q = t[1]
    q[0] = x
    return t[1]


def in_a_dict_with_a_function(x: float):
    t = {"f": np.sin, "p": (x, np.sin(np.ones(3) * x))}
    q = t["p"][1]
    q[0] = x
    return t["p"][1]


def in_a_named_tuple(x: float):
    t = NT(x, np.sin(np.ones(3) * x))
    q = t.b
    q[0] = 7 * x
    return t.b


def in_a_branch(x: float):
    t = ((x, np.sin(np.ones(3) * x)), 3)
    if x > 0:
        q = t[0][1]
        q[0] = x * 8
    return t[0][1]


def in_a_loop(x: float):
    t = (x, np.sin(np.ones(3) * x))
    for i in range(2):
        t[1][i] = x * 8 * t[1][i + 1]
    return t[1]


def in_tuples_added(x: float):
    t = (x,) + (np.sin(np.ones(3) * x),)
    q = t[1]
    q[0] = 9.0
    return t[1]


def starred(x: float):
    _, *t = (x, 2 * x, np.sin(np.ones(3) * x))
    q = t[1]
    q[0] = x * 8
    return t[1]


def last_and_append(x: float, xs: list):
    y = xs[-1]
    xs.append(np.sin(x))
    return x + sum(xs) + y * 3


def last_and_added(x: float, xs: list):
    y = xs[-1]
    xs += [x]
    return x + sum(xs) + y * 3


def last_and_extend(x: float, xs: list):
    y = xs[-1]
    xs.extend([x])
    return x + sum(xs) + y * 3


def last_of_each_iteration(x: float, xs: list):
    for i in range(2):
        y = xs[-1]
        xs.append(y * x)
        x = x + y
    return x + sum(xs)


def last_and_inner_append(x: float, xs: list):
    y = xs[-1]

    def g():
        xs.append(x)

    g()
    return x + sum(xs) + y


def last_and_append_in_a_branch(x: float, xs: list):
    y = xs[-1]
    if x > 0:
        xs.append(x)
    return x + sum(xs) + y


def entry_and_update(x: float, d: dict):
    y = d["a"]
    d |= {"a": x}
    return y * 3 * x


def in_a_tuple_and_append(x: float, xs: list):
    v = (xs[-1], x)
    xs.append(x)
    return v[0] * x


def in_an_object_and_append(x: float, xs: list):
    v = T(xs[-1])
    xs.append(x)
    return v.a * x


def twice_in_an_expression(x: float, xs: list):
    return xs[-1] * 3 + growr(xs, x) + xs[-1]


def first_in_a_try(x: float, xs: list):
    y = xs[0]
    try:
        xs[0] = x * 2
        if x > 3:
            raise ValueError
    except ValueError:
        xs[0] = 9
    return x + sum(xs) + y


def last_and_a_loop(x: float, xs: list):
    y = xs[-1]
    for i in range(2):
        xs.append(y * x)
    return x + sum(xs) + y * 3


def entry_and_a_loop(x: float, d: dict):
    y = d["a"]
    for k in d:
        d[k] = x * x
    return y * 3 * x


def default_and_append(x: float, xs: list):
    v = lambda y=xs[-1]: y * x
    xs.append(x)
    return v()


def operand_and_append(x: float, xs: list):
    return xs[-1] + (xs.append(x) or 0) + xs[-1]


def callers_last(x: float, xs: list):
    y = xs[-1]
    grow(xs, x)
    return x + sum(xs) + y


def callers_last_in_a_loop(x: float, xs: list):
    y = xs[-1]
    growl(xs, x)
    return x + sum(xs) + y


def callers_first_in_a_loop(x: float, xs: list):
    y = xs[0]

    def inner(z):
        for i in range(2):
            xs[0] = z * x
        return xs[0]

    return inner(x) + y


def default_and_a_loop(x: float, xs: list):
    g = lambda z=xs[-1]: z * x
    for i in range(3):
        xs.append(x)
    return g() + xs[-1] * x


def later_in_the_statement(x: float, u: np.ndarray):
    v = u.reshape(-1)
    return np.sum(put(u, x * 5)) + np.sum(v)


def later_in_a_conditional(x: float, u: np.ndarray):
    v = u.reshape(-1)
    return np.sum(v) if np.sum(put(u, x * 5)) > 0 else 0.0


TUPLES = [
    written_at_once,
    written_by_a_name,
    in_an_attribute,
    in_a_list_with_a_function,
    in_a_dict_with_a_function,
    in_a_named_tuple,
    in_a_branch,
    in_a_loop,
    in_tuples_added,
    starred,
]
CONTAINERS = [
    last_and_append,
    last_and_added,
    last_and_extend,
    last_of_each_iteration,
    last_and_inner_append,
    last_and_append_in_a_branch,
    entry_and_update,
    in_a_tuple_and_append,
    in_an_object_and_append,
    twice_in_an_expression,
    first_in_a_try,
]
REFUSED = [
    last_and_a_loop,
    entry_and_a_loop,
    default_and_append,
    operand_and_append,
    callers_last,
    callers_last_in_a_loop,
    callers_first_in_a_loop,
    default_and_a_loop,
    later_in_the_statement,
    later_in_a_conditional,
]


def arguments(function):
    names = function.__code__.co_varnames[1 : function.__code__.co_argcount]
    values = {"xs": [0.7, 0.2, 0.3], "d": {"a": 0.7, "b": 0.2}, "u": np.ones(3)}
    return (0.5, *(values[name] for name in names))


@pytest.mark.parametrize("function", TUPLES + CONTAINERS, ids=lambda f: f.__name__)
def test_right(function):
    given = arguments(function)
    value = function(*copy.deepcopy(given))
    assert np.array_equal(srcdiff.vjp(function)(*given, np.ones_like(value))[0], value)
    srcdiff.check_grads(function, *given)


def split_and_added(x: float, u: np.ndarray):
    return np.sum(np.array_split(np.append(u, x), 4)[0] + np.ones(3))


def split_added_in_a_loop(x: float, u: np.ndarray):
    a = np.array_split(np.append(u, x), 4)[0]
    t = 0.0
    for i in range(3):
        t = t + np.sum(a + u) * i
        a = a + np.ones(3)
    return t * np.sum(a)


@pytest.mark.parametrize("function", [split_and_added, split_added_in_a_loop], ids=lambda f: f.__name__)
def test_tangents_of_what_is_broadcast(function):
    """A tangent whose type is not known is as large as its value, before it is summed."""
    srcdiff.check_grads(function, 0.7, np.array([0.3, 0.5, 0.9]), wrt=(0, 1))


def sum_of_entries(x: float, couple):
    return np.tanh(x) + np.sum(couple[1]) + couple[0]


def test_an_output_that_may_be_an_array_is_checked():
    gradient = srcdiff.grad(sum_of_entries, wrt=("x", "couple"))
    gradient(0.3, (0.5, np.ones(3)))
    with pytest.raises(AssertionError, match="must return a scalar"):
        gradient(0.3, (np.ones(2), np.ones(3)))


def array_and_number(x: float, u: np.ndarray, couple):
    u[:2] += np.sin(couple[1])[1:]
    for e in couple[1]:
        x = x + e
    return x + np.sum(u * u) + couple[0] + np.sum(np.copy(couple[1])[1:])


def test_entries_that_are_used_as_arrays():
    """One entry is walked through, so not all of them are numbers."""
    given = 0.7, np.array([0.3, 0.5, 0.9]), (0.2, np.array([0.7, -0.4, 0.1]))
    value, gradients = srcdiff.value_and_grad(array_and_number, wrt=(0, 1, 2))(*given)
    assert value == array_and_number(*copy.deepcopy(given))
    srcdiff.check_grads(array_and_number, *given, wrt=(0, 1, 2))


@pytest.mark.parametrize("function", REFUSED, ids=lambda f: f.__name__)
def test_refused(function):
    with pytest.raises(Refusal, match="is changed here before it is used|is still used after this write"):
        srcdiff.vjp(function)


def elements_added_to(x: float, u: np.ndarray):
    for _, e in enumerate(u):
        e += x
    return np.sum(u * u)


def test_elements_that_may_be_rows():
    """`e += x` changes a row, and a number it does not: what u is, is assumed and checked, never both."""
    derivative = srcdiff.value_and_grad(elements_added_to)
    assert derivative(0.5, np.ones((2, 2))) == (9.0, 12.0)
    with pytest.raises(AssertionError, match="e must be an array: it is changed in place"):
        derivative(0.5, np.ones(3))


def dict_copy(x: float, u: np.ndarray):
    made = {}
    for i in range(2):
        made[i] = u * x
    others = dict(made)
    made[0][0] = 5 * x
    return np.sum(others[0])


def shallow_copy(x: float, u: np.ndarray):
    made = [np.ones(3) * x for _ in range(2)]
    others = made[:]
    made[0][0] -= 2 * x
    return np.sum(others[0])


def another_list(x: float, u: np.ndarray):
    made = []
    for _ in range(2):
        made.append(u * x)
    others = list(made)
    for v in made:
        v[0] -= 2 * x
    return np.sum(others[0])


@pytest.mark.parametrize("function", [shallow_copy, another_list, dict_copy], ids=lambda f: f.__name__)
def test_elements_of_a_list_that_grew_are_shared(function):
    with pytest.raises(Refusal, match="may be the same data"):
        srcdiff.grad(function)


def grown_in_a_loop(x: float, u, xs):
    c = 0
    while c < 4 and xs[-1] > 0.123:
        c += 1
        xs[0] = np.sin(x)
        xs += [np.sin(2)]
        u[c % 3] = x
    return np.sum(u * u) + sum(xs)


def test_a_list_that_would_be_joined_in_a_loop_is_noticed():
    derivative = srcdiff.value_and_grad(grown_in_a_loop)
    given = 0.5, np.ones(3), np.array([0.1, 0.2])
    assert derivative(*given)[0] == grown_in_a_loop(*copy.deepcopy(given))
    with pytest.raises((AssertionError, AttributeError)):
        derivative(0.5, np.ones(3), [0.1, 0.2])
