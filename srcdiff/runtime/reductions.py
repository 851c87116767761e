"""The derivatives of sums, products, extrema and statistics."""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import numpy as np

from srcdiff.runtime.broadcasting import count, unbroadcast, unreduce


def max_x(z_bar, z, x, axis=None, keepdims=False):
    """The cotangent goes to the largest element (of np.min: the smallest); ties share equally."""
    chosen = x == unreduce(z, axis, keepdims)
    if axis is None or axis == 0:
        ties = np.sum(chosen, dtype=x.dtype) if axis is None else np.sum(chosen, axis=0, dtype=x.dtype)
    else:
        ties = np.sum(chosen, axis=axis, keepdims=True, dtype=x.dtype)
    return unreduce(z_bar, axis, keepdims) * chosen / ties


def max_dot(x_dot, z, x, axis=None, keepdims=False):
    """The tangent of the largest element; ties share equally."""
    chosen = x == unreduce(z, axis, keepdims)
    ties = np.sum(chosen, axis=axis, keepdims=keepdims, dtype=x.dtype)
    return np.sum(x_dot * chosen, axis=axis, keepdims=keepdims) / ties


def chosen_item(z_bar, z, items, index=0):
    """The cotangent of the elements of a list or array whose max or min is z; ties share equally."""
    ties = sum(item == z for item in items)
    bars = [z_bar * (item == z) / ties for item in items]
    return np.array(bars) if isinstance(items, np.ndarray) else type(items)(bars)


def chosen_item_dot(x_dot, z, items, index=0):
    """The tangent of the max or min of a list, or of an array's elements, which is z."""
    ties = sum(item == z for item in items)
    return sum(dot * (item == z) for dot, item in zip(x_dot, items)) / ties


def sum_x(z_bar, x, start=0):
    """Each item of sum(x) gets the cotangent."""
    if isinstance(x, (list, tuple)):
        return type(x)([z_bar if type(z_bar) is type(item) is float else unbroadcast(z_bar, item) for item in x])
    return np.broadcast_to(z_bar, x.shape)


def others(x, axis):
    """At each place, the product of the other elements along the axis: right for any number of zeros."""
    x = np.moveaxis(x, axis, 0)
    before, after = np.ones_like(x), np.ones_like(x)
    before[1:] = np.cumprod(x[:-1], axis=0)
    after[:-1] = np.cumprod(x[:0:-1], axis=0)[::-1]
    return np.moveaxis(before * after, 0, axis)


def others_dot(x_dot, x, axis):
    """How `others` changes along x_dot."""
    x, x_dot = np.moveaxis(x, axis, 0), np.moveaxis(x_dot, axis, 0)
    before, after = np.ones_like(x), np.ones_like(x)
    before_dot, after_dot = np.zeros_like(x), np.zeros_like(x)
    before[1:] = np.cumprod(x[:-1], axis=0)
    before_dot[1:] = cumprod_dot(x_dot[:-1], before[1:], x[:-1], 0)
    after[:-1] = np.cumprod(x[:0:-1], axis=0)[::-1]
    after_dot[:-1] = cumprod_dot(x_dot[:0:-1], after[-2::-1], x[:0:-1], 0)[::-1]
    return np.moveaxis(before_dot * after + before * after_dot, 0, axis)


def along(function, axis, *arrays):
    """A function of arrays along one axis, taken along several, or along all of them."""
    shape = np.shape(arrays[0])
    if axis is None:
        return np.reshape(function(*map(np.ravel, arrays), 0), shape)
    axes = axis if isinstance(axis, tuple) else (axis,)
    last = [np.moveaxis(x, axes, range(-len(axes), 0)) for x in arrays]
    flat = [x.reshape(x.shape[: x.ndim - len(axes)] + (-1,)) for x in last]
    return np.moveaxis(function(*flat, -1).reshape(last[0].shape), range(-len(axes), 0), axes)


def prod_partial(x, axis):
    """d prod(x) / dx, exact where elements are 0."""
    return along(others, axis, x)


def prod_second_x(v, x, axis=None):
    """How d prod(x) / dx changes along v."""
    return along(others_dot, axis, np.broadcast_to(v, x.shape), x)


def prod_x(z_bar, z, x, axis=None, keepdims=False):
    return unreduce(z_bar, axis, keepdims) * prod_partial(x, axis)


def prod_dot(x_dot, z, x, axis=None, keepdims=False):
    return np.sum(x_dot * prod_partial(x, axis), axis=axis, keepdims=keepdims)


def mean_along(x, axis, keepdims):
    """The mean as it broadcasts to x."""
    if not keepdims and axis in (None, 0):
        return np.mean(x) if axis is None else np.mean(x, axis=0)
    return np.mean(x, axis=axis, keepdims=True)


def var_x(z_bar, z, x, axis=None, ddof=0, keepdims=False):
    """2 (x - mean) / (n - ddof)"""
    centered = x - mean_along(x, axis, keepdims)
    return unreduce(z_bar, axis, keepdims) * 2 * centered / (count(x, axis) - ddof)


def var_dot(x_dot, z, x, axis=None, ddof=0, keepdims=False):
    centered = x - mean_along(x, axis, keepdims)
    return 2 * np.sum(x_dot * centered, axis=axis, keepdims=keepdims) / (count(x, axis) - ddof)


def std_x(z_bar, z, x, axis=None, ddof=0, keepdims=False):
    """(x - mean) / (z (n - ddof)), and 0 where all elements are equal"""
    centered = x - mean_along(x, axis, keepdims)
    z = unreduce(z, axis, keepdims)
    return unreduce(z_bar, axis, keepdims) * centered / ((z + (z == 0)) * (count(x, axis) - ddof))


def std_dot(x_dot, z, x, axis=None, ddof=0, keepdims=False):
    centered = x - mean_along(x, axis, keepdims)
    return np.sum(x_dot * centered, axis=axis, keepdims=keepdims) / ((z + (z == 0)) * (count(x, axis) - ddof))


def cumsum_x(z_bar, x, axis=None):
    """Summed from the end."""
    if axis is None and x.ndim != 1:
        return np.reshape(np.flip(np.cumsum(np.flip(z_bar))), x.shape)
    axis = 0 if axis is None else axis
    return np.flip(np.cumsum(np.flip(z_bar, axis), axis=axis), axis)


def cumprod_dot(x_dot, z, x, axis=None):
    """z[k]' = z[k-1]' x[k] + z[k-1] x'[k]"""
    if axis is None:
        x, x_dot, axis = np.ravel(x), np.ravel(x_dot), 0
    x, x_dot, z = np.moveaxis(x, axis, 0), np.moveaxis(x_dot, axis, 0), np.moveaxis(z, axis, 0)
    z_dot = np.zeros(z.shape, np.result_type(x, x_dot, 0.0))
    for k in range(len(x)):
        z_dot[k] = x_dot[k] if k == 0 else z_dot[k - 1] * x[k] + z[k - 1] * x_dot[k]
    return np.moveaxis(z_dot, 0, axis)


def cumprod_x(z_bar, z, x, axis=None):
    """The recurrence of cumprod_dot, backwards; right for zeros too."""
    if axis is None:
        return np.reshape(cumprod_x(z_bar, z, np.ravel(x), 0), x.shape)
    x, z, z_bar = np.moveaxis(x, axis, 0), np.moveaxis(z, axis, 0), np.moveaxis(z_bar, axis, 0)
    x_bar = np.zeros(x.shape, np.result_type(x, z_bar, 0.0))
    carry = np.zeros(x.shape[1:], x_bar.dtype)
    for k in reversed(range(len(x))):
        carry = carry + z_bar[k]
        x_bar[k] = carry * z[k - 1] if k > 0 else carry
        carry = carry * x[k]
    return np.moveaxis(x_bar, 0, axis)


def cumprod_second_dot(v, x_dot, z, x, axis=None):
    """How cumprod_dot changes along v, with z = np.cumprod(x)."""
    if axis is None:
        x, x_dot, v, axis = np.ravel(x), np.ravel(x_dot), np.ravel(v), 0
    x, x_dot, z, v = (np.moveaxis(array, axis, 0) for array in (x, x_dot, z, v))
    z_dot, z_v = cumprod_dot(x_dot, z, x, 0), cumprod_dot(v, z, x, 0)
    result = np.zeros_like(z_dot)
    for k in range(1, len(x)):
        result[k] = result[k - 1] * x[k] + z_dot[k - 1] * v[k] + z_v[k - 1] * x_dot[k]
    return np.moveaxis(result, 0, axis)


def cumprod_second_x(v, z_bar, z, x, axis=None):
    """How cumprod_x changes along v, with z = np.cumprod(x)."""
    if axis is None:
        return np.reshape(cumprod_second_x(np.ravel(v), z_bar, z, np.ravel(x), 0), x.shape)
    x, z, z_bar, v = (np.moveaxis(array, axis, 0) for array in (x, z, z_bar, v))
    z_v = cumprod_dot(v, z, x, 0)
    result = np.zeros_like(z_v)
    carry, carry_v = np.zeros(x.shape[1:], z_v.dtype), np.zeros(x.shape[1:], z_v.dtype)
    for k in reversed(range(len(x))):
        carry = carry + z_bar[k]
        result[k] = carry_v * z[k - 1] + carry * z_v[k - 1] if k > 0 else carry_v
        carry, carry_v = carry * x[k], carry_v * x[k] + carry * v[k]
    return np.moveaxis(result, 0, axis)
