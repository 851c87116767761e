"""The derivatives of products of vectors, matrices and tensors."""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import numpy as np

from srcdiff.runtime.broadcasting import unbroadcast


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
    x_bar = np.tensordot(z_bar, y, axes=(at, kept_right)) if kept_left or kept_right else z_bar * y
    summed = [left[right.index(i)] for i in sorted(right)]
    order = kept_left + summed
    return x_bar if order == sorted(order) else np.transpose(x_bar, [order.index(i) for i in range(x.ndim)])


def tensordot_y(z_bar, x, y, axes=2):
    """The cotangent of y in np.tensordot(x, y, axes)."""
    left, right, kept_left, kept_right = contracted(x, y, axes)
    y_bar = (
        np.tensordot(x, z_bar, axes=(kept_left, list(range(len(kept_left))))) if kept_left or kept_right else z_bar * x
    )
    summed = [right[left.index(i)] for i in sorted(left)]
    order = summed + kept_right
    return y_bar if order == sorted(order) else np.transpose(y_bar, [order.index(i) for i in range(y.ndim)])


def spread_diagonal_x(bar, own, x):
    """The cotangent of an operand whose letters `own` repeat, as in "ii": zeros but for its diagonal."""
    distinct = "".join(dict.fromkeys(own))
    x_bar = np.zeros(x.shape, np.result_type(bar, x))
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
