"""The derivatives of what rearranges, joins, repeats and sorts."""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import itertools

import numpy as np


def transpose_x(z_bar, x, axes=None):
    """The inverse permutation."""
    if axes is None:
        return np.transpose(z_bar)
    axes = [i % len(axes) for i in axes]
    return np.transpose(z_bar, tuple(axes.index(i) for i in range(len(axes))))


def array_x(z_bar, x):
    """z_bar in the structure of x: nested lists where x is one."""
    if isinstance(x, (list, tuple)):
        return type(x)([array_x(z_bar[i], item) for i, item in enumerate(x)])
    return z_bar


def concatenate_x(z_bar, arrays, axis=0):
    """The piece of z_bar that came from each array."""
    pieces = []
    start = 0
    for part in arrays:
        shape = part.shape if hasattr(part, "shape") else np.shape(part)
        stop = start + (np.size(part) if axis is None else shape[axis])
        where = (
            slice(start, stop) if axis in (0, None) else (slice(None),) * (axis % z_bar.ndim) + (slice(start, stop),)
        )
        piece = z_bar[where] if axis is not None else np.reshape(z_bar[where], shape)
        pieces.append(array_x(piece, part))
        start = stop
    return type(arrays)(pieces)


def stack_x(z_bar, arrays, axis=0):
    """The slice of z_bar that came from each array."""
    rows = np.moveaxis(z_bar, axis, 0) if axis != 0 else z_bar
    return type(arrays)([array_x(rows[i], part) for i, part in enumerate(arrays)])


def vstack_x(z_bar, tup):
    """Vectors are rows."""
    pieces = concatenate_x(z_bar, [np.atleast_2d(part) for part in tup], 0)
    return type(tup)([array_x(np.reshape(piece, np.shape(part)), part) for piece, part in zip(pieces, tup)])


def hstack_x(z_bar, tup):
    """Vectors are laid end to end, matrices side by side."""
    flat = [np.atleast_1d(part) for part in tup]
    pieces = concatenate_x(z_bar, flat, 0 if flat[0].ndim == 1 else 1)
    return type(tup)([array_x(np.reshape(piece, np.shape(part)), part) for piece, part in zip(pieces, tup)])


def column_stack_x(z_bar, tup):
    """Vectors are columns."""
    pieces = concatenate_x(z_bar, [np.reshape(part, (-1, 1)) if np.ndim(part) < 2 else part for part in tup], 1)
    return type(tup)([array_x(np.reshape(piece, np.shape(part)), part) for piece, part in zip(pieces, tup)])


def append_x(z_bar, x, y, axis=None):
    """The first part of z_bar."""
    return concatenate_x(z_bar, [x, y], axis)[0]


def append_y(z_bar, x, y, axis=None):
    """The second part of z_bar."""
    return concatenate_x(z_bar, [x, y], axis)[1]


def astype_x(z_bar, x, dtype):
    """Back in the precision of x; never an int."""
    return np.asarray(z_bar, np.result_type(x, 0.0))[()]


def repeat_x(z_bar, x, repeats, axis=None):
    """The sum of each element's repetitions."""
    shape, axis = (np.shape(x), axis) if axis is not None else ((np.size(x),), 0)
    repeats = np.broadcast_to(repeats, (shape[axis],))
    x_bar = np.zeros(shape, z_bar.dtype)
    np.add.at(np.moveaxis(x_bar, axis, 0), np.repeat(np.arange(shape[axis]), repeats), np.moveaxis(z_bar, axis, 0))
    return np.reshape(x_bar, np.shape(x))


def tile_x(z_bar, x, reps):
    """The sum of the tiles."""
    reps = (reps,) if np.ndim(reps) == 0 else tuple(reps)
    ndim = max(len(reps), np.ndim(x))
    reps = (1,) * (ndim - len(reps)) + reps
    shape = (1,) * (ndim - np.ndim(x)) + np.shape(x)
    tiles = np.reshape(z_bar, [n for pair in zip(reps, shape) for n in pair])
    return np.reshape(np.sum(tiles, axis=tuple(range(0, 2 * ndim, 2))), np.shape(x))


def roll_x(z_bar, x, shift, axis=None):
    """Rolled back."""
    back = tuple(-s for s in shift) if isinstance(shift, (tuple, list)) else -shift
    return np.roll(z_bar, back, axis=axis)


def sort_dot(x_dot, z, x, axis=-1):
    if axis is None:
        x, x_dot, axis = np.ravel(x), np.ravel(x_dot), -1
    return np.take_along_axis(x_dot, np.argsort(x, axis=axis, kind="stable"), axis=axis)


def sort_x(z_bar, z, x, axis=-1):
    """Each cotangent goes where its element came from; equal elements keep their order."""
    if axis is None:
        return np.reshape(sort_x(z_bar, z, np.ravel(x), -1), x.shape)
    order = np.argsort(x, axis=axis, kind="stable")
    return np.take_along_axis(z_bar, np.argsort(order, axis=axis, kind="stable"), axis=axis)


def unique_dot(x_dot, z, x):
    """The tangent of the first of equal elements."""
    return np.ravel(x_dot)[np.unique(x, return_index=True)[1]]


def unique_x(z_bar, z, x):
    """Each cotangent goes to the first of equal elements."""
    x_bar = np.zeros(x.size, z_bar.dtype)
    x_bar[np.unique(x, return_index=True)[1]] = z_bar
    return np.reshape(x_bar, x.shape)


def take_x(z_bar, x, indices, axis=None):
    """What was taken more than once is summed."""
    x_bar = np.zeros(x.size if axis is None else x.shape, np.result_type(z_bar))
    if axis is None:
        np.add.at(x_bar, indices, z_bar)
        return np.reshape(x_bar, x.shape)
    axis = axis % x.ndim
    np.add.at(x_bar, (slice(None),) * axis + (indices,), z_bar)
    return x_bar


def take_along_axis_x(z_bar, x, indices, axis):
    """What was taken more than once is summed."""
    if axis is None:
        return np.reshape(take_along_axis_x(z_bar, np.ravel(x), indices, 0), x.shape)
    x_bar = np.zeros(x.shape, z_bar.dtype)
    place = list(np.ogrid[tuple(slice(n) for n in indices.shape)])
    place[axis] = indices
    np.add.at(x_bar, tuple(place), z_bar)
    return x_bar


def diff_x(z_bar, x, n=1, axis=-1):
    """-diff(z_bar), with z_bar padded by a 0 at each end; n times."""
    if z_bar.size == 0:
        return np.zeros(np.shape(x), z_bar.dtype)
    for _ in range(n):
        z_bar = np.moveaxis(z_bar, axis, -1)
        edge = np.zeros(z_bar.shape[:-1] + (1,), z_bar.dtype)
        z_bar = np.moveaxis(-np.diff(np.concatenate([edge, z_bar, edge], axis=-1)), -1, axis)
    return z_bar


def gradient_x(z_bar, x, *spacing, axis=-1):
    """Each difference quotient's share to the places that it was taken from."""
    z_bar = np.moveaxis(z_bar, axis, -1)
    h = spacing[0] if spacing else 1.0
    d = np.diff(h) if np.ndim(h) else np.full(z_bar.shape[-1] - 1, h, z_bar.dtype)
    before, after, inner = d[:-1], d[1:], z_bar[..., 1:-1]
    x_bar = np.zeros(z_bar.shape, z_bar.dtype)
    first, last = z_bar[..., 0] / d[0], z_bar[..., -1] / d[-1]
    x_bar[..., 0] -= first
    x_bar[..., 1] += first
    x_bar[..., -2] -= last
    x_bar[..., -1] += last
    x_bar[..., :-2] -= inner * after / (before * (before + after))
    x_bar[..., 1:-1] += inner * (after - before) / (before * after)
    x_bar[..., 2:] += inner * before / (after * (before + after))
    return np.moveaxis(x_bar, -1, axis)


def diagonal_x(z_bar, x, offset=0, axis1=0, axis2=1):
    """Zeros with z_bar on the diagonal."""
    x_bar = np.zeros(x.shape, z_bar.dtype)
    moved = np.moveaxis(x_bar, (axis1, axis2), (-2, -1))
    k = np.arange(z_bar.shape[-1])
    moved[..., k + max(0, -offset), k + max(0, offset)] = z_bar
    return x_bar


def diag_x(z_bar, x, k=0):
    """The diagonal's cotangent, or a matrix with it."""
    return np.copy(np.diagonal(z_bar, k)) if x.ndim == 1 else diagonal_x(z_bar, x, k)


def trace_x(z_bar, x, offset=0, axis1=0, axis2=1):
    """z_bar on the diagonal."""
    diagonal = np.diagonal(x, offset, axis1, axis2)
    return diagonal_x(np.broadcast_to(np.expand_dims(z_bar, -1), diagonal.shape), x, offset, axis1, axis2)


def sliding_window_view_x(z_bar, x, window_shape, axis=None):
    """Each window's cotangent is added where the window was."""
    x_bar = np.zeros(x.shape, z_bar.dtype)
    axes = range(x.ndim) if axis is None else np.atleast_1d(axis).tolist()
    counts = z_bar.shape[: x.ndim]
    whole = [slice(0, count) for count in counts]
    place, repeated = whole.copy(), len(set(axes)) < len(axes)
    for offset in itertools.product(*map(range, np.atleast_1d(window_shape).tolist())):
        if repeated:  # windows of windows: their steps along an axis add up
            place = whole.copy()
        for k, step in zip(axes, offset):
            start = step + place[k].start if repeated else step
            place[k] = slice(start, start + counts[k])
        x_bar[tuple(place)] += z_bar[(..., *offset)]
    return x_bar
