"""The derivatives of factorisations of matrices, of their powers and of their pseudoinverse."""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import numpy as np

from srcdiff.runtime.linalg import over_gaps


def transposed(a):
    return np.swapaxes(a, -1, -2)


def svd_x(z_bar, z, x):
    """Of np.linalg.svd(x, full_matrices=False); the vectors of a repeated singular value have no derivative."""
    u, s, vt = z
    u_bar, s_bar, vt_bar = z_bar
    turn_u, turn_v = over_gaps(transposed(u) @ u_bar, s * s), over_gaps(vt @ transposed(vt_bar), s * s)
    s, s_bar = np.expand_dims(s, -2), np.expand_dims(s_bar, -1)
    divisor = s + (s == 0)
    inner = (turn_u + transposed(turn_u)) * s + transposed(s) * (turn_v + transposed(turn_v))
    outside_u = (u_bar - u @ (transposed(u) @ u_bar)) / divisor
    outside_v = (vt_bar - vt_bar @ transposed(vt) @ vt) / transposed(divisor)
    return u @ (inner @ vt + s_bar * vt + outside_v) + outside_u @ vt


def svd_dot(x_dot, z, x):
    u, s, vt = z
    p = transposed(u) @ x_dot @ transposed(vt)
    wide, tall = np.expand_dims(s, -2), np.expand_dims(s, -1)
    u_dot = u @ over_gaps(p * wide + tall * transposed(p), s * s)
    vt_dot = transposed(over_gaps(tall * p + transposed(p) * wide, s * s)) @ vt
    outside_u = (x_dot @ transposed(vt) - u @ p) / (wide + (wide == 0))
    outside_v = (transposed(u) @ x_dot - p @ vt) / (tall + (tall == 0))
    return u_dot + outside_u, np.copy(np.diagonal(p, axis1=-2, axis2=-1)), vt_dot + outside_v


def qr_a(z_bar, z, a):
    """Of the reduced form, for a matrix with as many rows as columns at least."""
    q, r = z
    m = r @ transposed(z_bar[1]) - transposed(z_bar[0]) @ q
    m = np.tril(m) + transposed(np.tril(m, -1))
    return transposed(np.linalg.solve(r, transposed(z_bar[0] + q @ m)))


def qr_dot(a_dot, z, a):
    q, r = z
    right = transposed(np.linalg.solve(transposed(r), transposed(a_dot)))
    c = transposed(q) @ right
    turn = np.tril(c, -1) - transposed(np.tril(c, -1))
    return q @ turn + right - q @ c, (c - turn) @ r


def pinv_a(z_bar, z, a):
    """Of a matrix whose rank does not change."""
    zt, bar = transposed(z), transposed(z_bar)
    return (bar - a @ z @ bar) @ z @ zt + zt @ z @ (bar - bar @ z @ a) - zt @ z_bar @ zt


def pinv_dot(a_dot, z, a):
    zt, dot = transposed(z), transposed(a_dot)
    return z @ zt @ (dot - dot @ a @ z) + (dot - z @ a @ dot) @ zt @ z - z @ a_dot @ z


def matrix_power_a(z_bar, z, a, n):
    """The sum over the places in the product; for negative n that of the inverse."""
    if n < 0:
        inverse = transposed(np.linalg.inv(a))
        return -inverse @ matrix_power_a(z_bar, z, transposed(inverse), -n) @ inverse
    at, a_bar = transposed(a), np.zeros_like(z_bar)
    for _ in range(n):
        a_bar = at @ a_bar + z_bar
        z_bar = z_bar @ at
    return a_bar


def matrix_power_dot(a_dot, z, a, n):
    if n < 0:
        inverse = np.linalg.inv(a)
        return matrix_power_dot(-inverse @ a_dot @ inverse, z, inverse, -n)
    if n == 0:
        return np.zeros_like(a_dot)
    z_dot, power = a_dot, a
    for _ in range(n - 1):
        z_dot = z_dot @ a + power @ a_dot
        power = power @ a
    return z_dot
