"""The few helpers that a derivative may call, where shapes are not known before it runs; copied into text as they are.

In rules, `foo_x(z_bar, x, y)` is the cotangent of foo's argument x.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
# untyped, since users read these functions in their own files

from __future__ import annotations

import numpy as np

# structures


def zeros_like(x):
    """A zero of the same structure: floats, arrays, lists, tuples and dicts of them; None where nothing can vary."""
    if isinstance(x, dict):
        return {key: zeros_like(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        zeros = [zeros_like(value) for value in x]
        return type(x)(*zeros) if hasattr(x, "_fields") else type(x)(zeros)
    if isinstance(x, np.ndarray):
        return np.zeros(x.shape, np.result_type(x, 0.0))
    if isinstance(x, (int, float)):
        return 0.0
    return x * 0.0 if isinstance(x, (complex, np.number)) else None


def add(x, y):
    """The sum of two cotangents of one structure."""
    if x is None or y is None:
        return y if x is None else x
    if isinstance(x, dict):
        return {key: add(x.get(key), y.get(key)) for key in {**x, **y}}
    if isinstance(x, (list, tuple)):
        sums = [add(a, b) for a, b in zip(x, y, strict=True)]
        return type(x)(*sums) if hasattr(x, "_fields") else type(x)(sums)
    return x + y


def copy(x):
    """A copy that shares no array or container with x."""
    if isinstance(x, dict):
        return {key: copy(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        copies = [copy(value) for value in x]
        return type(x)(*copies) if hasattr(x, "_fields") else type(x)(copies)
    return x.copy() if isinstance(x, np.ndarray) else x


def add_at(x, index, v):
    """The array, list, tuple or dict x with v added to x[index]."""
    if isinstance(x, np.ndarray):
        x = x.copy()
        x[index] += v
        return x
    items = dict(x) if isinstance(x, dict) else list(x)
    items[index] = add(items[index], v)
    return tuple(items) if isinstance(x, tuple) else items


def add_slice(x, index, v):
    """The array, list or tuple x with the items of v added to those of x[index]."""
    if isinstance(x, np.ndarray):
        x = x.copy()
        x[index] += v
        return x
    items = list(x)
    for i, value in zip(range(len(items))[index], v, strict=True):
        items[i] = add(items[i], value)
    return tuple(items) if isinstance(x, tuple) else items


def flip(x):
    """A list, or an array's rows, in reverse."""
    return x[::-1]


def last_written(z_bar, index):
    """z_bar[index], but 0 where a later element of the index names the same place: `z[index] = v` keeps the last."""
    count = np.arange(z_bar[index].size).reshape(z_bar[index].shape)
    writer = np.empty(z_bar.shape, int)
    writer[index] = count
    return z_bar[index] * (writer[index] == count)


def astype(x, dtype):
    return x.astype(dtype) if hasattr(x, "astype") else np.dtype(dtype).type(x)


# broadcasting


def unbroadcast(v, like):
    """Sum v over the axes along which `like` was broadcast to v's shape."""
    shape = like.shape if hasattr(like, "shape") else np.shape(like)
    if np.shape(v) == shape:
        return v
    v = np.sum(v, axis=tuple(range(np.ndim(v) - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and v.shape[i] != 1)
    return np.sum(v, axis=stretched, keepdims=True) if stretched else v


def broadcast_like(v, like):
    """v in the shape of `like`, through lists, tuples and dicts: one number stands for all."""
    if isinstance(like, dict):
        return {key: broadcast_like(v[key] if isinstance(v, dict) else v, like[key]) for key in like}
    if isinstance(like, (list, tuple)):
        parts = v if np.ndim(v) else [v] * len(like)
        return type(like)(broadcast_like(part, item) for part, item in zip(parts, like, strict=True))
    return np.broadcast_to(v, like.shape) if np.shape(v) != np.shape(like) else v


def unreduce(z_bar, axis, keepdims):
    """The cotangent or the result of a reduction, with the reduced axes back as axes of length 1."""
    return z_bar if axis is None or keepdims else np.expand_dims(z_bar, axis)


def count(x, axis):
    """How many elements are reduced to one."""
    if axis is None:
        return x.size
    if isinstance(axis, (tuple, list)):
        n = 1
        for i in axis:
            n = n * x.shape[i]
        return n
    return x.shape[axis]


# reductions


def max_x(z_bar, z, x, axis=None, keepdims=False):
    """The cotangent goes to the largest element (of np.min: the smallest); ties share equally."""
    chosen = x == unreduce(z, axis, keepdims)
    ties = np.sum(chosen, dtype=x.dtype) if axis is None else np.sum(chosen, axis=axis, keepdims=True, dtype=x.dtype)
    return unreduce(z_bar, axis, keepdims) * chosen / ties


def max_dot(x_dot, z, x, axis=None, keepdims=False):
    """The tangent of the largest element; ties share equally."""
    chosen = x == unreduce(z, axis, keepdims)
    ties = np.sum(chosen, axis=axis, keepdims=keepdims, dtype=x.dtype)
    return np.sum(x_dot * chosen, axis=axis, keepdims=keepdims) / ties


def chosen_item(z_bar, z, *items, index):
    """The cotangent of one item of max(*items) or min(*items), or of a single list's elements; ties share equally."""
    if len(items) > 1:
        return z_bar * (items[index] == z) / sum(item == z for item in items)
    ties = sum(item == z for item in items[0])
    bars = [z_bar * (item == z) / ties for item in items[0]]
    return np.array(bars) if isinstance(items[0], np.ndarray) else type(items[0])(bars)


def chosen_item_dot(x_dot, z, *items, index):
    """What the tangent of one item of max(*items), or the tangents of a single list, add to the result's."""
    if len(items) > 1:
        return x_dot * (items[index] == z) / sum(item == z for item in items)
    ties = sum(item == z for item in items[0])
    return sum(dot * (item == z) for dot, item in zip(x_dot, items[0])) / ties


def sum_x(z_bar, x, start=0):
    """Each item of sum(x) gets the cotangent."""
    if isinstance(x, (list, tuple)):
        return type(x)([unbroadcast(z_bar, item) for item in x])
    return np.broadcast_to(z_bar, x.shape)


def others(x, axis):
    """At each place, the product of the other elements along the axis: right for any number of zeros."""
    x = np.moveaxis(x, axis, 0)
    before, after = np.ones_like(x), np.ones_like(x)
    before[1:] = np.cumprod(x[:-1], axis=0)
    after[:-1] = np.cumprod(x[:0:-1], axis=0)[::-1]
    return np.moveaxis(before * after, 0, axis)


def prod_partial(x, axis):
    """d prod(x) / dx, exact where elements are 0."""
    if axis is None:
        return np.reshape(others(np.ravel(x), 0), x.shape)
    axes = axis if isinstance(axis, tuple) else (axis,)
    last = np.moveaxis(x, axes, range(-len(axes), 0))
    flat = last.reshape(last.shape[: last.ndim - len(axes)] + (-1,))
    return np.moveaxis(others(flat, -1).reshape(last.shape), range(-len(axes), 0), axes)


def prod_x(z_bar, z, x, axis=None, keepdims=False):
    return unreduce(z_bar, axis, keepdims) * prod_partial(x, axis)


def prod_dot(x_dot, z, x, axis=None, keepdims=False):
    return np.sum(x_dot * prod_partial(x, axis), axis=axis, keepdims=keepdims)


def var_x(z_bar, z, x, axis=None, ddof=0, keepdims=False):
    """2 (x - mean) / (n - ddof)"""
    centered = x - np.mean(x, axis=axis, keepdims=True) if axis is not None else x - np.mean(x)
    return unreduce(z_bar, axis, keepdims) * 2 * centered / (count(x, axis) - ddof)


def var_dot(x_dot, z, x, axis=None, ddof=0, keepdims=False):
    centered = x - np.mean(x, axis=axis, keepdims=True) if axis is not None else x - np.mean(x)
    return 2 * np.sum(x_dot * centered, axis=axis, keepdims=keepdims) / (count(x, axis) - ddof)


def std_x(z_bar, z, x, axis=None, ddof=0, keepdims=False):
    """(x - mean) / (z (n - ddof)), and 0 where all elements are equal"""
    centered = x - np.mean(x, axis=axis, keepdims=True) if axis is not None else x - np.mean(x)
    z = unreduce(z, axis, keepdims)
    return unreduce(z_bar, axis, keepdims) * centered / ((z + (z == 0)) * (count(x, axis) - ddof))


def std_dot(x_dot, z, x, axis=None, ddof=0, keepdims=False):
    centered = x - np.mean(x, axis=axis, keepdims=True) if axis is not None else x - np.mean(x)
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


# products


def matmul_x(z_bar, x, y):
    """The cotangent of x in z = x @ y."""
    if x.ndim <= 2 and y.ndim <= 2:
        if y.ndim == 1:
            return z_bar * y if x.ndim == 1 else np.outer(z_bar, y)
        return y @ z_bar if x.ndim == 1 else z_bar @ y.T
    if y.ndim == 1:
        return np.expand_dims(z_bar, -1) * y
    if x.ndim == 1:
        return unbroadcast((y @ np.expand_dims(z_bar, -1))[..., 0], x)
    return unbroadcast(z_bar @ np.swapaxes(y, -1, -2), x)


def matmul_y(z_bar, x, y):
    """The cotangent of y in z = x @ y."""
    if x.ndim <= 2 and y.ndim <= 2:
        if x.ndim == 1:
            return z_bar * x if y.ndim == 1 else np.outer(x, z_bar)
        return x.T @ z_bar
    if x.ndim == 1:
        return np.expand_dims(x, -1) * np.expand_dims(z_bar, -2)
    if y.ndim == 1:
        return unbroadcast((np.swapaxes(x, -1, -2) @ np.expand_dims(z_bar, -1))[..., 0], y)
    return unbroadcast(np.swapaxes(x, -1, -2) @ z_bar, y)


def dot_x(z_bar, x, y):
    """The cotangent of x in np.dot(x, y)."""
    if np.ndim(x) == 0:
        return np.sum(z_bar * y)
    if np.ndim(y) == 0:
        return z_bar * y
    if y.ndim <= 2 and x.ndim <= 2:
        return matmul_x(z_bar, x, y)
    if y.ndim == 1:
        return np.expand_dims(z_bar, -1) * y
    kept = [i for i in range(y.ndim) if i != y.ndim - 2]
    return np.tensordot(z_bar, y, axes=(list(range(x.ndim - 1, x.ndim + y.ndim - 2)), kept))


def dot_y(z_bar, x, y):
    """The cotangent of y in np.dot(x, y)."""
    if np.ndim(x) == 0:
        return z_bar * x
    if np.ndim(y) == 0:
        return np.sum(z_bar * x)
    if y.ndim <= 2 and x.ndim <= 2:
        return matmul_y(z_bar, x, y)
    rows = list(range(x.ndim - 1))
    y_bar = np.tensordot(x, z_bar, axes=(rows, rows))
    return y_bar if y.ndim == 1 else np.moveaxis(y_bar, 0, -2)


def outer_x(z_bar, x, y):
    """The cotangent of x in np.outer(x, y)."""
    return z_bar @ y if x.ndim == 1 and y.ndim == 1 else np.reshape(z_bar @ np.ravel(y), np.shape(x))


def outer_y(z_bar, x, y):
    """The cotangent of y in np.outer(x, y)."""
    return z_bar.T @ x if x.ndim == 1 and y.ndim == 1 else np.reshape(z_bar.T @ np.ravel(x), np.shape(y))


def inner_x(z_bar, x, y):
    """The cotangent of x in np.inner(x, y)."""
    if np.ndim(x) == 0:
        return np.sum(z_bar * y)
    if np.ndim(y) == 0 or (x.ndim == 1 and y.ndim == 1):
        return z_bar * y
    last = list(range(y.ndim - 1))
    return np.tensordot(z_bar, y, axes=([x.ndim - 1 + i for i in last], last))


def inner_y(z_bar, x, y):
    """The cotangent of y in np.inner(x, y)."""
    if np.ndim(y) == 0:
        return np.sum(z_bar * x)
    if np.ndim(x) == 0 or (x.ndim == 1 and y.ndim == 1):
        return z_bar * x
    rows = list(range(x.ndim - 1))
    return np.tensordot(z_bar, x, axes=(rows, rows))


def contracted(x, y, axes):
    """The axes of x and of y that np.tensordot sums over, and those that it keeps."""
    if isinstance(axes, int):
        left, right = list(range(x.ndim - axes, x.ndim)), list(range(axes))
    else:
        left = [i % x.ndim for i in (axes[0] if isinstance(axes[0], (list, tuple)) else [axes[0]])]
        right = [i % y.ndim for i in (axes[1] if isinstance(axes[1], (list, tuple)) else [axes[1]])]
    kept_left = [i for i in range(x.ndim) if i not in left]
    return left, right, kept_left, [i for i in range(y.ndim) if i not in right]


def tensordot_x(z_bar, x, y, axes=2):
    """The cotangent of x in np.tensordot(x, y, axes)."""
    left, right, kept_left, kept_right = contracted(x, y, axes)
    at = list(range(len(kept_left), len(kept_left) + len(kept_right)))
    x_bar = np.tensordot(z_bar, y, axes=(at, kept_right))
    summed = [left[right.index(i)] for i in sorted(right)]
    order = kept_left + summed
    return np.transpose(x_bar, [order.index(i) for i in range(x.ndim)])


def tensordot_y(z_bar, x, y, axes=2):
    """The cotangent of y in np.tensordot(x, y, axes)."""
    left, right, kept_left, kept_right = contracted(x, y, axes)
    y_bar = np.tensordot(x, z_bar, axes=(kept_left, list(range(len(kept_left)))))
    summed = [right[left.index(i)] for i in sorted(left)]
    order = summed + kept_right
    return np.transpose(y_bar, [order.index(i) for i in range(y.ndim)])


def spread_diagonal(bar, own, x):
    """The cotangent of an operand whose letters `own` repeat, as in "ii": zeros but for its diagonal."""
    distinct = "".join(dict.fromkeys(own))
    x_bar = np.zeros(x.shape, bar.dtype)
    np.einsum(f"{own}->{distinct}", x_bar)[...] = bar
    return x_bar


def kron_x(z_bar, x, y):
    """The cotangent of x in np.kron(x, y), for arrays of one rank."""
    ndim = max(x.ndim, y.ndim)
    rows = (1,) * (ndim - x.ndim) + x.shape
    columns = (1,) * (ndim - y.ndim) + y.shape
    blocks = np.reshape(z_bar, [n for pair in zip(rows, columns) for n in pair])
    inner = np.reshape(y, [n for size in columns for n in (1, size)])
    return np.reshape(np.sum(blocks * inner, axis=tuple(range(1, 2 * ndim, 2))), x.shape)


def kron_y(z_bar, x, y):
    """The cotangent of y in np.kron(x, y), for arrays of one rank."""
    ndim = max(x.ndim, y.ndim)
    rows = (1,) * (ndim - x.ndim) + x.shape
    columns = (1,) * (ndim - y.ndim) + y.shape
    blocks = np.reshape(z_bar, [n for pair in zip(rows, columns) for n in pair])
    outer = np.reshape(x, [n for size in rows for n in (size, 1)])
    return np.reshape(np.sum(blocks * outer, axis=tuple(range(0, 2 * ndim, 2))), y.shape)


# linear algebra


def norm_x(z_bar, z, x, ord=None, axis=None, keepdims=False):
    """x / z, and 0 at 0; for ord=1 the signs, for ord=inf the largest."""
    if ord in (None, 2, "fro"):
        z = unreduce(z, axis, keepdims)
        return unreduce(z_bar, axis, keepdims) * x / (z + (z == 0))
    if ord == 1:
        return unreduce(z_bar, axis, keepdims) * np.sign(x)
    return max_x(z_bar, z, np.abs(x), axis, keepdims) * np.sign(x)


def norm_dot(x_dot, z, x, ord=None, axis=None, keepdims=False):
    if ord in (None, 2, "fro"):
        return np.sum(x_dot * x, axis=axis, keepdims=keepdims) / (z + (z == 0))
    if ord == 1:
        return np.sum(x_dot * np.sign(x), axis=axis, keepdims=keepdims)
    return max_dot(x_dot * np.sign(x), z, np.abs(x), axis, keepdims)


def solve_a(z_bar, z, a, b):
    """- b_bar z^T, for b_bar = a^-T z_bar"""
    if a.ndim > 2:
        return unbroadcast(-np.linalg.solve(np.swapaxes(a, -1, -2), z_bar) @ np.swapaxes(z, -1, -2), a)
    b_bar = np.linalg.solve(a.T, z_bar)
    return -np.outer(b_bar, z) if z.ndim == 1 else -b_bar @ z.T


def solve_b(z_bar, z, a, b):
    """a^-T z_bar"""
    if a.ndim > 2:
        return unbroadcast(np.linalg.solve(np.swapaxes(a, -1, -2), z_bar), b)
    return np.linalg.solve(a.T, z_bar)


def inv_a(z_bar, z, a):
    """- z^T z_bar z^T"""
    if a.ndim > 2:
        return -np.swapaxes(z, -1, -2) @ z_bar @ np.swapaxes(z, -1, -2)
    return -z.T @ z_bar @ z.T


def det_a(z_bar, z, a):
    """z a^-T"""
    if a.ndim > 2:
        return np.expand_dims(z_bar * z, (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)
    return z_bar * z * np.linalg.inv(a).T


def det_dot(a_dot, z, a):
    """z tr(a^-1 a_dot)"""
    if a.ndim > 2:
        return z * np.trace(np.linalg.solve(a, a_dot), axis1=-2, axis2=-1)
    return z * np.trace(np.linalg.solve(a, a_dot))


def slogdet_a(z_bar, z, a):
    """The sign is constant; the logarithm has a^-T."""
    if a.ndim > 2:
        return np.expand_dims(z_bar[1], (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)
    return z_bar[1] * np.linalg.inv(a).T


def slogdet_dot(a_dot, z, a):
    if a.ndim > 2:
        return 0 * z[1], np.trace(np.linalg.solve(a, a_dot), axis1=-2, axis2=-1)
    return 0.0, np.trace(np.linalg.solve(a, a_dot))


def lower_half(a):
    """The lower triangle with half of the diagonal."""
    return np.tril(a) - np.tril(np.triu(a)) / 2


def cholesky_a(z_bar, z, a):
    """Symmetric: a counts as a symmetric matrix, of which both halves vary."""
    zt = np.swapaxes(z, -1, -2)
    p = lower_half(zt @ z_bar)
    s = np.linalg.solve(zt, np.swapaxes(np.linalg.solve(zt, np.swapaxes(p, -1, -2)), -1, -2))
    return (s + np.swapaxes(s, -1, -2)) / 2


def cholesky_dot(a_dot, z, a):
    symmetric = (a_dot + np.swapaxes(a_dot, -1, -2)) / 2
    inner = np.linalg.solve(z, np.swapaxes(np.linalg.solve(z, symmetric), -1, -2))
    return z @ lower_half(inner)


# manipulation


def transpose_x(z_bar, x, axes=None):
    """The inverse permutation."""
    if axes is None:
        return np.transpose(z_bar)
    return np.transpose(z_bar, np.argsort([i % len(axes) for i in axes]))


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


def take_x(z_bar, x, indices, axis=None):
    """What was taken more than once is summed."""
    x_bar = np.zeros(x.size if axis is None else x.shape, z_bar.dtype)
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
    for _ in range(n):
        z_bar = np.moveaxis(z_bar, axis, -1)
        edge = np.zeros(z_bar.shape[:-1] + (1,), z_bar.dtype)
        z_bar = np.moveaxis(-np.diff(np.concatenate([edge, z_bar, edge], axis=-1)), -1, axis)
    return z_bar


def diagonal_x(z_bar, x, offset=0, axis1=0, axis2=1):
    """Zeros with z_bar on the diagonal."""
    x_bar = np.zeros(x.shape, z_bar.dtype)
    moved = np.moveaxis(x_bar, (axis1, axis2), (-2, -1))
    k = np.arange(z_bar.shape[-1])
    moved[..., k + max(0, -offset), k + max(0, offset)] = z_bar
    return x_bar


def diag_x(z_bar, x, k=0):
    """The diagonal's cotangent, or a matrix with it."""
    return np.diagonal(z_bar, k) if x.ndim == 1 else diagonal_x(z_bar, x, k)


def trace_x(z_bar, x, offset=0, axis1=0, axis2=1):
    """z_bar on the diagonal."""
    diagonal = np.diagonal(x, offset, axis1, axis2)
    return diagonal_x(np.broadcast_to(np.expand_dims(z_bar, -1), diagonal.shape), x, offset, axis1, axis2)


def complete(entries, x):
    """The derivative of the dict x: its entries, and zeros for the keys of x that they leave out."""
    if len(entries) == len(x):
        return entries
    return {key: entries[key] if key in entries else zeros_like(value) for key, value in x.items()}
