"""Sums, products, extrema and statistics along axes; axis is the one option that may go without its name."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcdiff import runtime
from srcdiff.rules.declare import UnknownRank, called, general, helper, linear, nondifferentiable, summed_to

max_dot, max_x = helper(runtime.max_dot), helper(runtime.max_x)
prod_dot, prod_x = called(runtime.prod_dot), called(runtime.prod_x)
var_dot, var_x = helper(runtime.var_dot), helper(runtime.var_x)
std_dot, std_x = helper(runtime.std_dot), helper(runtime.std_x)


def unreduce(z_bar: Any, axis: Any, keepdims: Any) -> Any:
    """`runtime.unreduce` in a rule: a number broadcasts to anything as it is."""
    try:
        if np.ndim(z_bar) == 0:
            return z_bar
    except UnknownRank:
        pass
    return runtime.unreduce(z_bar, axis, keepdims)


def all_of(where: Any) -> bool:
    """Whether `where=` leaves nothing out."""
    return where is True


def sum_x(z_bar: Any, x: Any, axis: Any = None, *, keepdims: Any = False, initial: Any = 0, where: Any = True) -> Any:
    """Each summand has the sum's cotangent."""
    bar = unreduce(z_bar, axis, keepdims)
    return bar if all_of(where) else np.where(where, bar, 0)


def sum_initial(
    z_bar: Any, x: Any, axis: Any = None, *, keepdims: Any = False, initial: Any = 0, where: Any = True
) -> Any:
    return summed_to(z_bar, initial)


def mean_x(z_bar: Any, x: Any, axis: Any = None, *, keepdims: Any = False, where: Any = True) -> Any:
    """The cotangent over the number of elements."""
    bar = unreduce(z_bar, axis, keepdims)
    if all_of(where):
        return bar / runtime.count(x, axis)
    counted = np.broadcast_to(where, x.shape)
    number = (
        np.sum(counted, dtype=x.dtype) if axis is None else np.sum(counted, axis=axis, keepdims=True, dtype=x.dtype)
    )
    return np.where(where, bar / number, 0)


def extremum_dot(x_dot: Any, z: Any, x: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    return max_dot(x_dot, z, x, axis, keepdims)


def extremum_x(z_bar: Any, z: Any, x: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    return max_x(z_bar, z, x, axis, keepdims)


def product_dot(
    x_dot: Any, z: Any, x: Any, axis: Any = None, *, keepdims: Any = False, initial: Any = 1, where: Any = True
) -> Any:
    if not all_of(where):
        x, x_dot = np.where(where, x, 1), np.where(where, x_dot, 0)
    return initial * prod_dot(x_dot, z, x, axis, keepdims)


def product_x(
    z_bar: Any, z: Any, x: Any, axis: Any = None, *, keepdims: Any = False, initial: Any = 1, where: Any = True
) -> Any:
    """The product of the others, `initial` too; what is left out counts as 1."""
    if all_of(where):
        return initial * prod_x(z_bar, z, x, axis, keepdims)
    return np.where(where, initial * prod_x(z_bar, z, np.where(where, x, 1), axis, keepdims), 0)


def spread(function: Any) -> Any:
    def rule(bar: Any, z: Any, x: Any, axis: Any = None, *, ddof: Any = 0, keepdims: Any = False) -> Any:
        return function(bar, z, x, axis, ddof, keepdims)

    return rule


linear(np.sum, x=sum_x, initial=sum_initial)
linear(np.mean, x=mean_x)
general(np.max, x=(extremum_dot, extremum_x))
general(np.min, x=(extremum_dot, extremum_x))
general(np.prod, x=(product_dot, product_x))
general(np.var, x=(spread(var_dot), spread(var_x)))
general(np.std, x=(spread(std_dot), spread(std_x)))
linear(np.cumsum, x=helper(runtime.cumsum_x))
general(np.cumprod, x=(called(runtime.cumprod_dot), called(runtime.cumprod_x)))
nondifferentiable(np.argmax, np.argmin, np.all, np.any, np.count_nonzero)
