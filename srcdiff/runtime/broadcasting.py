"""Helpers that undo, and redo, what broadcasting and reductions do to shapes."""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import numpy as np


def unbroadcast(v, like, whole=None):
    """v in the shape of `like`: summed over the axes along which that was broadcast to v's, or to `whole` as v is first."""
    if isinstance(v, (dict, list, tuple)):  # only what such a structure holds is broadcast
        if isinstance(like, (list, tuple)) and len(v) != len(like):
            raise TypeError("`+` joined lists, or `*` repeated one: annotate the arguments")
        return v
    if whole is None and getattr(v, "shape", None) == getattr(like, "shape", ()):
        return v
    shape = like.shape if hasattr(like, "shape") else np.shape(like)
    own = v.shape if hasattr(v, "shape") else np.shape(v)
    return sum_to(v if whole is None or whole == own else np.broadcast_to(v, whole), shape)


def sum_to(v, shape):
    """v in a shape that was broadcast to v's: summed over the axes along which it was."""
    own = v.shape if hasattr(v, "shape") else np.shape(v)
    if own == shape:
        return v
    if shape == ():
        return v.sum()
    if len(own) < len(shape):  # x[0] = row, of one row
        v = np.reshape(v, (1,) * (len(shape) - len(own)) + own)
    v = np.sum(v, axis=tuple(range(np.ndim(v) - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and v.shape[i] != 1)
    v = np.sum(v, axis=stretched, keepdims=True) if stretched else v
    return v if v.shape == shape else np.broadcast_to(v, shape).copy()


def broadcast_like(v, like):
    """v in the shape of `like`, through lists, tuples and dicts: one number stands for all."""
    if isinstance(like, dict):
        return {key: broadcast_like(v[key] if isinstance(v, dict) else v, like[key]) for key in like}
    if isinstance(like, (list, tuple)):
        parts = v if isinstance(v, (list, tuple)) or np.ndim(v) else [v] * len(like)
        items = [broadcast_like(part, item) for part, item in zip(parts, like, strict=True)]
        return type(like)(*items) if hasattr(like, "_fields") else type(like)(items)
    return np.broadcast_to(v, like.shape) if np.shape(v) != np.shape(like) else v


def unreduce(z_bar, axis, keepdims):
    """A reduction's cotangent or result as it broadcasts to what was reduced: a number, or along the first axis, as it is."""
    whole = keepdims or axis is None or axis == 0 or isinstance(z_bar, float)
    return z_bar if whole else np.expand_dims(z_bar, axis)


def count(x, axis):
    """How many elements are reduced to one."""
    if axis is None:
        return np.size(x)
    if isinstance(axis, (tuple, list)):
        n = 1
        for i in axis:
            n = n * np.shape(x)[i]
        return n
    return np.shape(x)[axis]
