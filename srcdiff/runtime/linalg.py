"""The derivatives of linear algebra."""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import numpy as np

from srcdiff.runtime.broadcasting import unbroadcast, unreduce
from srcdiff.runtime.reductions import max_dot, max_x


def is_matrix_norm(x, axis):
    """Whether np.linalg.norm takes x for a matrix, not for vectors."""
    return axis is None and x.ndim == 2 or isinstance(axis, (tuple, list)) and len(axis) == 2


def norm_x(z_bar, z, x, ord=None, axis=None, keepdims=False):
    """x / z, and 0 at 0; for ord=1 the signs, for ord=inf the largest."""
    if ord in (None, "fro") or (ord == 2 and not is_matrix_norm(x, axis)):
        z = unreduce(z, axis, keepdims)
        return unreduce(z_bar, axis, keepdims) * x / (z + (z == 0))
    if is_matrix_norm(x, axis):
        return z_bar * matrix_norm_partial(z, x, ord)
    if ord == 1:
        return unreduce(z_bar, axis, keepdims) * np.sign(x)
    if ord in (np.inf, -np.inf):
        return max_x(z_bar, z, np.abs(x), axis, keepdims) * np.sign(x)
    z = unreduce(z, axis, keepdims)
    return unreduce(z_bar, axis, keepdims) * np.sign(x) * (np.abs(x) / (z + (z == 0))) ** (ord - 1)


def norm_dot(x_dot, z, x, ord=None, axis=None, keepdims=False):
    if ord in (None, "fro") or (ord == 2 and not is_matrix_norm(x, axis)):
        return np.sum(x_dot * x, axis=axis, keepdims=keepdims) / (z + (z == 0))
    if is_matrix_norm(x, axis):
        return np.sum(x_dot * matrix_norm_partial(z, x, ord), keepdims=keepdims)
    if ord == 1:
        return np.sum(x_dot * np.sign(x), axis=axis, keepdims=keepdims)
    if ord in (np.inf, -np.inf):
        return max_dot(x_dot * np.sign(x), z, np.abs(x), axis, keepdims)
    y = unreduce(z, axis, keepdims)
    slope = np.sign(x) * (np.abs(x) / (y + (y == 0))) ** (ord - 1)
    return np.sum(x_dot * slope, axis=axis, keepdims=keepdims)


def matrix_norm_partial(z, x, ord):
    """Of the norms 1, -1, inf, -inf of matrices (sums of rows or columns), 2, -2 and "nuc" (singular values)."""
    if ord in (2, -2, "nuc"):
        u, _, vt = np.linalg.svd(x, full_matrices=False)
        return u @ vt if ord == "nuc" else np.outer(u[:, 0], vt[0]) if ord == 2 else np.outer(u[:, -1], vt[-1])
    chosen = np.sum(np.abs(x), axis=0 if ord in (1, -1) else 1, keepdims=True) == z
    return np.sign(x) * chosen / np.sum(chosen, dtype=x.dtype)


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


def lower(a_bar):
    """The cotangent of a symmetric matrix that NumPy reads the lower triangle of: the upper one's joins it."""
    return lower_half(a_bar + np.swapaxes(a_bar, -1, -2))


def symmetric(a):
    """The symmetric matrix that has the lower triangle of a."""
    return np.tril(a) + np.swapaxes(np.tril(a, -1), -1, -2)


def cholesky_a(z_bar, z, a):
    """Lower triangular, since np.linalg.cholesky reads the lower triangle only."""
    zt = np.swapaxes(z, -1, -2)
    p = lower_half(zt @ z_bar)
    return lower(np.linalg.solve(zt, np.swapaxes(np.linalg.solve(zt, np.swapaxes(p, -1, -2)), -1, -2)))


def cholesky_dot(a_dot, z, a):
    inner = np.linalg.solve(z, np.swapaxes(np.linalg.solve(z, symmetric(a_dot)), -1, -2))
    return z @ lower_half(inner)


def over_gaps(x, values):
    """x[i, j] / (values[j] - values[i]), and 0 where i is j; no number where x turns vectors of one value into each other."""
    x = np.tril(x, -1) + np.triu(x, 1)
    gaps = np.expand_dims(values, -2) - np.expand_dims(values, -1)
    return np.where((gaps == 0) & (x != 0), np.nan, x / (gaps + (gaps == 0)))


def eigh_a(z_bar, z, a):
    """Lower triangular, as NumPy reads a; the vectors of a repeated eigenvalue have no derivative."""
    w, v = z
    vt = np.swapaxes(v, -1, -2)
    return lower(v @ over_gaps(vt @ z_bar[1], w) @ vt + v * np.expand_dims(z_bar[0], -2) @ vt)


def eigh_dot(a_dot, z, a):
    w, v = z
    inner = np.swapaxes(v, -1, -2) @ symmetric(a_dot) @ v
    return np.copy(np.diagonal(inner, axis1=-2, axis2=-1)), v @ over_gaps(inner, w)


def eigvalsh_a(z_bar, z, a):
    """v diag(z_bar) v^T, lower triangular"""
    v = np.linalg.eigh(a)[1]
    return lower(v * np.expand_dims(z_bar, -2) @ np.swapaxes(v, -1, -2))


def eigvalsh_dot(a_dot, z, a):
    v = np.linalg.eigh(a)[1]
    return np.copy(np.diagonal(np.swapaxes(v, -1, -2) @ symmetric(a_dot) @ v, axis1=-2, axis2=-1))


def singular_values_x(z_bar, z, x):
    """u diag(z_bar) v^T"""
    u, _, vt = np.linalg.svd(x, full_matrices=False)
    return u * np.expand_dims(z_bar, -2) @ vt


def singular_values_dot(x_dot, z, x):
    u, _, vt = np.linalg.svd(x, full_matrices=False)
    return np.copy(np.diagonal(np.swapaxes(u, -1, -2) @ x_dot @ np.swapaxes(vt, -1, -2), axis1=-2, axis2=-1))
