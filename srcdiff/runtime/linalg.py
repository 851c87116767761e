"""The derivatives of linear algebra."""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import numpy as np

from srcdiff.runtime.broadcasting import unbroadcast, unreduce
from srcdiff.runtime.reductions import max_dot, max_x


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
