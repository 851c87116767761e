"""Reversed calls: the reverse takes the arguments and what cannot be made of them, packed arm by arm."""

from __future__ import annotations

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
    assert again == value and cotangent == grad


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
