"""Reversed calls: the reverse takes the arguments and what cannot be made of them, packed arm by arm."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

import srcdiff


def tree_sum(tree, depth=0):
    if isinstance(tree, tuple):
        left, right = tree
        return tree_sum(left, depth + 1) + tree_sum(right, depth + 1)
    return tree**2 * 0.5**depth


def tree_product(tree):
    if isinstance(tree, tuple):
        return np.sin(tree_product(tree[0])) * tree_product(tree[1])
    return tree**3


def evaluate(tree, x):
    kind = tree[0]
    if kind == "x":
        return x
    if kind == "mul":
        return evaluate(tree[1], x) * evaluate(tree[2], x)
    if kind == "exp":
        return np.exp(evaluate(tree[1], x))
    raise ValueError(f"unknown {kind}")


def checked(tree, x):
    """Linear in what the recursion gives: its value is not needed, but that it raises is."""
    if tree is None:
        return x[0]
    if tree == "bad":
        raise ValueError("bad")
    return checked(tree[0], x) + checked(tree[1], x)


def vector(x, n):
    if n == 0:
        return x * x
    if n % 2:
        return np.sin(vector(x * 0.5, n - 1)) * x
    return vector(np.cos(x), n - 1) + vector(x[::-1], n - 1)


def norm(x: np.ndarray, n: int) -> float:
    return np.sum(vector(x, n) ** 2)


def left_or_right(tree, x):
    """Two branches on one test, and one on another test within."""
    if isinstance(tree, tuple):
        if len(tree) == 1:
            s = np.exp(left_or_right(tree[0], x))
        else:
            s = left_or_right(tree[0], x) * left_or_right(tree[1], x)
        if s > 100.0:
            s = np.log(s)
        return s * x
    return tree * x


@pytest.mark.parametrize(
    "function, args, wrt",
    [
        (tree_sum, (((1.0, (2.0, -3.0)), 0.5),), "tree"),
        (tree_sum, (4.0,), "tree"),
        (tree_product, (((1.1, (0.7, -0.4)), 0.5),), "tree"),
        (evaluate, (("mul", ("x",), ("exp", ("mul", ("x",), ("x",)))), 0.7), "x"),
        (norm, (np.array([0.3, -0.8, 1.1]), 4), "x"),
        (left_or_right, (((1.0, (2.0,)), (3.0, (4.0,))), 1.4), "x"),
    ],
)
def test_gradients(function, args, wrt) -> None:
    srcdiff.check_grads(function, *args, wrt=wrt, order=1)


def test_value_and_grad_and_vjp_agree() -> None:
    tree = ((1.1, (0.7, -0.4)), 0.5)
    value, grad = srcdiff.value_and_grad(tree_product)(tree)
    assert value == tree_product(tree)
    assert grad == srcdiff.grad(tree_product)(tree)
    again, cotangent = srcdiff.vjp(tree_product)(tree, 1.0)
    assert again == value
    leaves = [(x[0][0], *x[0][1], x[1]) for x in (cotangent, grad)]
    assert np.allclose(*leaves, rtol=1e-14)  # a gradient's numbers are known to be numbers: its products are sorted


def test_an_error_is_raised_where_no_value_is_needed() -> None:
    assert srcdiff.grad(checked, wrt="x")((None, (None, None)), np.array([2.0, 1.0])).tolist() == [3.0, 0.0]
    for function, args in ((checked, ((None, "bad"), np.array([2.0]))), (evaluate, (("mul", ("x",), ("y",)), 2.0))):
        with pytest.raises(ValueError):
            function(*args)
        with pytest.raises(ValueError):
            srcdiff.grad(function, wrt="x")(*args)


def test_residuals_are_taken_at_once_and_not_padded() -> None:
    text = srcdiff.grad(tree_product).source
    assert "residuals[" not in text and "= None" not in text
    assert text.count("def ") == 3


def test_arguments_that_are_changed_later_are_not_handed_over_twice() -> None:
    def power(x, n):
        if n == 0:
            return x
        return x * power(x, n - 1)

    def total(x: np.ndarray) -> float:
        y = x.copy()
        s = 0.0
        for n in range(1, 4):
            s = s + np.sum(power(y, n))
            y[0] = y[0] * y[1]
        return s

    srcdiff.check_grads(total, np.array([0.7, 1.2, -0.4]), order=1)


def pick(tree, w: np.ndarray) -> float:
    if isinstance(tree, tuple):
        return pick(tree[0], w) * pick(tree[1], w)
    return w[tree] ** 2


def with_constant(tree, w: np.ndarray, c: np.ndarray) -> float:
    """The cotangent of w is c itself before the recursion adds to it."""
    s = 0.0
    for k in range(3):
        s = s + pick(tree, w) * k + np.sum(w * c)
    return s


def both(tree, a, b):
    if isinstance(tree, tuple):
        return both(tree[0], a, b) * both(tree[1], a, b)
    return a[tree] * b[tree]


def twice_the_same(tree, a):
    return both(tree, a, a)


def deeper(n, x):
    if n == 0:
        return np.sum(x * x)
    s = 0.0
    for i in range(2):
        s = s + deeper(n - 1, x) * x[i]
    return s


def rows(tree, a: np.ndarray):
    if isinstance(tree, tuple):
        return rows(tree[0], a) * rows(tree[1], a)
    return a * tree


def sum_of_rows(tree, a: np.ndarray, c: np.ndarray) -> float:
    """What the recursion gives is no number: only its sum is."""
    return np.sum(rows(tree, a) ** 2) + c @ a


def last_of(n, x):
    """What the loop overwrites need not be a number, although the result is one."""
    if n == 0:
        return x
    value = x
    for _ in range(n):
        value = np.sum(last_of(n - 1, x) * x)
    return value


def sum_of_last(n, x):
    return last_of(n, x)


TREE = ((0, 1), (2, (1, 1)))
A, C = np.array([0.5, 1.5, -0.7]), np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "function, args, wrt",
    [
        (pick, (TREE, A), "w"),
        (with_constant, (TREE, A, C), ("w", "c")),
        (both, (TREE, A, C), ("a", "b")),
        (both, (TREE, {0: 1.0, 1: 2.0, 2: 3.0}, [1.0, 2.0, 3.0]), ("a", "b")),
        (both, (TREE, [1.0, 2.0, 3.0], A), "b"),
        (twice_the_same, (TREE, A), "a"),
        (deeper, (3, A), "x"),
        (sum_of_rows, (TREE, A, C), ("a", "c")),
        (sum_of_last, (2, A), "x"),
    ],
)
def test_cotangents_that_are_handed_down_are_their_own(function, args, wrt) -> None:
    arrays = [arg for arg in args if isinstance(arg, np.ndarray)]
    before = [array.copy() for array in arrays]
    srcdiff.check_grads(function, *args, wrt=wrt, order=1)
    found = srcdiff.grad(function, wrt=wrt)(*args)
    mine = [part for part in (found if isinstance(wrt, tuple) else (found,)) if isinstance(part, np.ndarray)]
    assert all(np.array_equal(old, array) for old, array in zip(before, arrays))
    for k, part in enumerate(mine):
        assert not any(np.shares_memory(part, other) for other in [*arrays, *mine[:k]])


def test_the_expressions_variables_are_added_to_in_one_dict() -> None:
    text = srcdiff.grad(both, wrt="a").source
    assert "add_at(a_bar, tree, y_bar * b[tree])" in text and "copy" not in text and "add(" not in text


def leaves(node, x):
    if node["leaf"]:
        return np.sum(node["u"] * x) + np.sum(node["v"] * x)
    return leaves(node["left"], x) + leaves(node["right"], x)


def test_entries_of_a_gradient_are_arrays_of_their_own() -> None:
    def leaf():
        return {"leaf": True, "u": np.ones(2), "v": np.ones(2)}

    x = np.array([1.0, 2.0])
    found = srcdiff.grad(leaves)({"leaf": False, "left": leaf(), "right": leaf()}, x)
    found["left"]["u"] *= 7
    assert found["left"]["v"].tolist() == found["right"]["u"].tolist() == x.tolist() == [1.0, 2.0]


def test_what_is_no_number_is_refused_when_it_runs() -> None:
    with pytest.raises(AssertionError, match="scalar"):
        srcdiff.grad(tree_sum)(((np.ones(2), 1.0), 0.5))
    with pytest.raises(AssertionError, match="scalar"):
        srcdiff.grad(pick, wrt="w")(TREE, np.ones((3, 2)))


def of_several_kinds(t, flag):
    if flag is None:
        return t[0] ** 2 * t[1]
    if isinstance(t, list):
        return t[0] ** 3
    return t["a"] ** 2


@pytest.mark.parametrize(
    "t, flag, expected",
    [
        ((2.0, 3.0), None, (12.0, 4.0)),
        ([2.0, 3.0, 5.0], None, [12.0, 4.0, 0.0]),
        (np.array([2.0, 3.0, 5.0]), None, [12.0, 4.0, 0.0]),
        ({0: 2.0, 1: 3.0, "a": 7.0}, None, {0: 12.0, 1: 4.0, "a": 0.0}),
        ([2.0, 3.0], 1, [12.0, 0.0]),
        ({"a": 2.0, "b": 1.0}, 1, {"a": 4.0, "b": 0.0}),
    ],
)
def test_entries_of_what_may_be_anything(t, flag, expected) -> None:
    found = srcdiff.grad(of_several_kinds)(t, flag)
    assert type(found) is type(t)
    assert (found.tolist() if isinstance(found, np.ndarray) else found) == expected
    along = t if not isinstance(t, tuple) else (1.0, 0.0)
    mixed = srcdiff.vjp(srcdiff.grad(of_several_kinds))(t, flag, along)[1]
    pushed = srcdiff.jvp(srcdiff.grad(of_several_kinds))(t, flag, along)[1]
    assert str(mixed) == str(pushed)  # the second derivative is symmetric


def test_named_tuples_in_a_tree_keep_their_type() -> None:
    Pair = namedtuple("Pair", "left right")
    found = srcdiff.grad(tree_sum)(Pair(1.0, (2.0, Pair(3.0, 4.0))))
    assert found == Pair(1.0, (1.0, Pair(0.75, 1.0)))
    assert isinstance(found, Pair) and isinstance(found.right[1], Pair)


def plain_power(x: float, n: int) -> float:
    return 1.0 if n == 0 else x * plain_power(x, n - 1)


@pytest.mark.parametrize("second", ["grad", "vjp", "jvp"])
def test_gradients_of_recursions_of_numbers_are_differentiated_again(second):
    again = getattr(srcdiff, second)(srcdiff.grad(plain_power))
    given = (1.3, 4) if second == "grad" else (1.3, 4, 1.0)
    assert again(*given) == pytest.approx({"grad": 12 * 1.3**2}.get(second, (4 * 1.3**3, 12 * 1.3**2)))


@pytest.mark.parametrize("first", ["value_and_grad", "jvp"])
@pytest.mark.parametrize("second", ["vjp", "jvp"])
def test_what_is_not_differentiated_again_is_refused_when_it_is_built(first, second):
    derivative = getattr(srcdiff, first)(plain_power)
    with pytest.raises(srcdiff.Refusal, match="the derivative of a recursive function is not differentiated again"):
        getattr(srcdiff, second)(derivative)


def shrunk(x: float, c: float, n: int):
    """Calls itself with more that varies than it may be asked for."""
    if n == 0:
        return x * c
    return shrunk(x * 1.1, c * x, n - 1) + x


def swept(x: np.ndarray, c: float, n: int):
    if n == 0:
        return np.sum(x * x)
    y = x.copy()
    new = y[n % 3] + c * y[0]
    if new > 0:
        y[n % 3] = new
    return swept(y, c, n - 1)


@pytest.mark.parametrize("wrt", [("x",), ("c",), ("x", "c"), ("c", "x"), "x", "c"])
@pytest.mark.parametrize("function", [shrunk, swept])
def test_derivatives_by_some_arguments_of_what_varies_with_all(function, wrt) -> None:
    """The main derivative is called by its own calls only where these want what it gives, in its order."""
    args = (np.array([0.3, -0.7, 0.9]) if function is swept else 0.7, 0.3, 4)
    srcdiff.check_grads(function, *args, wrt=wrt, order=1)
    names = (wrt,) if isinstance(wrt, str) else wrt
    gradient = srcdiff.grad(function, wrt=names)(*args)
    value, again = srcdiff.value_and_grad(function, wrt=wrt)(*args)
    again = (again,) if isinstance(wrt, str) else again
    assert value == function(*args)
    dots = [np.array([1.0, 0.5, -0.3]) if np.ndim(g) else 2.0 for g in gradient]
    _, dot = srcdiff.jvp(function, wrt=wrt)(*args, *dots)
    assert np.isclose(dot, sum(np.sum(g * d) for g, d in zip(gradient, dots)))
    for g, a in zip(gradient, again):
        np.testing.assert_allclose(g, a)


def more(g):
    return lambda z: 0.5 * g(z) + z


def four(g):
    return more(more(more(more(g))))


def tower(x: float) -> float:
    return four(four(four(np.sin)))(x)


def test_functions_of_one_text_that_call_one_another_are_no_recursion():
    """Each of the twelve lambdas calls the next: taken for a recursion, they were lowered 3**12 times."""
    assert np.isclose(srcdiff.grad(tower)(0.3), (tower(0.3 + 1e-6) - tower(0.3 - 1e-6)) / 2e-6)
