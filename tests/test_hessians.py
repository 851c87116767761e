"""Derivatives of gradients: products, factorisations, containers and helpers, with shapes declared and with nothing said."""

from __future__ import annotations

import inspect
import math
from typing import Annotated

import numpy as np
import pytest

import srcdiff

V = Annotated[np.ndarray, "n"]
M = Annotated[np.ndarray, "n n"]


def conc(x: V) -> float:
    return np.sum(np.concatenate([x**2, np.sin(x)]) ** 2)


def conc_u(x):
    return np.sum(np.concatenate([x**2, np.sin(x)]) ** 2)


def stack(x: V) -> float:
    return np.sum(np.stack([x**2, np.sin(x)], axis=1) ** 3)


def vst(x: V) -> float:
    return np.sum(np.vstack([x**2, np.sin(x)]) ** 3)


def hst(x: V) -> float:
    return np.sum(np.hstack([x**2, np.sin(x)]) ** 3)


def app(x: V) -> float:
    return np.sum(np.append(x**2, np.sin(x)) ** 3)


def prod(x: V) -> float:
    return np.prod(np.sin(x))


def prod_u(x):
    return np.prod(np.sin(x))


def cump(x: V) -> float:
    return np.sum(np.cumprod(x) ** 2)


def cums(x: V) -> float:
    return np.sum(np.cumsum(x**2) ** 2)


def dot(x: V) -> float:
    return np.dot(x**2, np.sin(x))


def dot_u(x):
    return np.dot(x**2, np.sin(x))


def mat_u(x):
    return np.sum(np.sin(x @ x.T) ** 2)


def tdot(x: M) -> float:
    return np.sum(np.tensordot(x, x**2, 1) ** 2)


def tdot_u(x):
    return np.sum(np.tensordot(x, x**2, 1) ** 2)


def outer(x: V) -> float:
    return np.sum(np.outer(x, x**2) ** 2)


def outer_u(x):
    return np.sum(np.outer(x, x**2) ** 2)


def inner(x: V) -> float:
    return np.inner(x, x**2) ** 2


def kron(x: V) -> float:
    return np.sum(np.kron(x, x**2) ** 2)


def eins(x: M) -> float:
    return np.sum(np.einsum("ij,jk->ik", x, x) ** 2)


def chol(x: M) -> float:
    return np.sum(np.log(np.diag(np.linalg.cholesky(x @ x.T))))


def logdet(x: M) -> float:
    return np.linalg.slogdet(x @ x.T)[1]


def det(x: M) -> float:
    return np.linalg.det(x @ x.T)


def det_u(x):
    return np.linalg.det(x @ x.T)


def inv(x: M) -> float:
    return np.sum(np.linalg.inv(x) ** 2)


def inv_u(x):
    return np.sum(np.linalg.inv(x) ** 2)


def solve(x: M) -> float:
    return np.sum(np.linalg.solve(x, np.arange(3.0)) ** 2)


def eigv(x: M) -> float:
    return np.sum(np.linalg.eigvalsh(x @ x.T) ** 2.5)


def eigh(x: M) -> float:
    w, v = np.linalg.eigh(x @ x.T)
    return np.sum((v * w)[0] ** 2)


def norm_u(x):
    return np.linalg.norm(x) ** 3


def norm_a(x):
    return np.sum(np.linalg.norm(x, axis=1) ** 3)


def norm1(x: V) -> float:
    return np.linalg.norm(x, ord=3) ** 2


def norm1_u(x):
    return np.sum(np.linalg.norm(x, ord=3, axis=-1) ** 2)


def var_u(x):
    return np.sum(np.var(x, axis=0) ** 2)


def std_u(x):
    return np.sum(np.std(x, axis=-1) ** 3)


def max_u(x):
    return np.sum(np.max(x, axis=0) ** 3)


def comp(x: V) -> float:
    return sum([math.sin(v) ** 2 for v in x])


def comp2(x):
    return sum([np.sin(v) ** 2 for v in x])


def bmax(x: V) -> float:
    return max([v**2 for v in x]) ** 2


def fancy(x: V) -> float:
    y = np.zeros(3)
    y[[0, 2, 1]] = x**2
    return np.sum(y**3)


def fancy2(x):
    return np.sum(x[[0, 1, 1]] ** 3)


def med(x: V) -> float:
    return np.median(x) ** 3


def interp(x: V) -> float:
    return np.sum(np.interp(np.array([0.1, 0.5]), np.array([0.0, 0.3, 1.0]), x) ** 3)


def polyv(x: V) -> float:
    return np.polyval(x, 0.7) ** 3


def conv(x: V) -> float:
    return np.sum(np.convolve(x, x**2) ** 2)


def trap(x: V) -> float:
    return np.trapezoid(x**2, dx=0.1) ** 2


def pad(x: V) -> float:
    return np.sum(np.pad(x, 1) ** 3)


def selec(x: V) -> float:
    return np.sum(np.select([x > 0], [x**2], x) ** 2)


def take(x: V) -> float:
    return np.sum(np.take(x, [0, 2, 2]) ** 3)


def sort(x: V) -> float:
    return np.sum(np.sort(x) ** 3 * np.arange(3.0))


def rep(x: V) -> float:
    return np.sum(np.repeat(x, 2) ** 3)


def tile(x: V) -> float:
    return np.sum(np.tile(x, 2) ** 3)


def diff(x: V) -> float:
    return np.sum(np.diff(x) ** 3)


def trace(x: M) -> float:
    return np.trace(x @ x @ x)


def diag(x: V) -> float:
    return np.sum((np.diag(x) @ np.ones((3, 3)) @ np.diag(x)) ** 2)


def cross(x: V) -> float:
    return np.sum(np.cross(x, x**2) ** 2)


def where(x: V) -> float:
    return np.sum(np.where(x > 0, x**3, np.sin(x)))


def maximum(x: V) -> float:
    return np.sum(np.maximum(x, 0.1) ** 3)


def arr(x: V) -> float:
    return np.sum(np.array([x[0] * x[1], x[2] ** 2]) ** 2)


def lists(x: list[float]) -> float:
    t = 0.0
    for v in x:
        t += v**3
    return t * x[0]


def cumsu(x):
    return np.sum(np.cumsum(x**2) ** 2)


def norm_inf(x: V) -> float:
    return np.linalg.norm(x, ord=np.inf) ** 2


def mean_w(x):
    return np.sum(np.mean(x, axis=-1) ** 3)


def power(x: M) -> float:
    return np.sum(np.linalg.matrix_power(x, 3) ** 2) + np.sum(np.linalg.matrix_power(x, -1) ** 2)


def svd(x: M) -> float:
    return np.sum(np.linalg.svd(x, compute_uv=False) ** 3)


def low_rank(x: M) -> float:
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    return np.sum((u[:, :2] * s[:2] @ vt[:2]) ** 3)


def nuclear(x: M) -> float:
    return np.linalg.norm(x, "nuc") ** 2


def qr(x: M) -> float:
    q, r = np.linalg.qr(x)
    return np.sum(np.abs(r)) + np.sum(np.abs(q[:, 0]) ** 3)


def pinv(x: M) -> float:
    return np.sum(np.linalg.pinv(x[:, :2]) ** 2)


def spectrum(x: V) -> float:
    return np.sum(np.abs(np.fft.rfft(x)) ** 3)


def filtered(x: V) -> float:
    return np.sum(np.fft.irfft(np.fft.rfft(x) * np.array([1.0, 0.5]), n=3) ** 3)


def weighted(x: V) -> float:
    return np.average(x**2, weights=x**3)


def quantiles(x: V) -> float:
    return np.quantile(x**2, 0.3) ** 2 + np.ptp(x**3)


def without_nan(x: V) -> float:
    return np.nansum(x**3) * np.nanmean(x**2)


def at_zeros(x: V) -> float:
    return np.prod(x - x[0]) + np.sum(np.cumprod(x - x[1]) ** 2) + np.prod(np.outer(x - x[2], x))


def along_axes(x: M) -> float:
    y = np.prod(x, axis=1) + np.prod(x, axis=0) + np.sum(np.cumprod(x, axis=1), axis=0)
    return np.sum(y**2) + np.prod(x, axis=(0, 1)) + np.sum(np.cumprod(x))


MATRICES = "mat_u det_u inv_u norm_a norm1_u var_u std_u max_u tdot_u mean_w".split()
FUNCTIONS = [f for f in list(globals().values()) if inspect.isfunction(f)]


def point(f, seed):
    matrix = inspect.signature(f).parameters["x"].annotation == "M" or f.__name__ in MATRICES
    return np.random.default_rng(seed).uniform(0.3, 1.5, (3, 3) if matrix else 3)


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_hessian(f):
    """Along a direction: against differences of the gradient, and forward against reverse."""
    as_list = inspect.signature(f).parameters["x"].annotation == "list[float]"
    given = np.ndarray.tolist if as_list else np.asarray
    x, direction, weights = (point(f, seed) for seed in (3, 4, 5))
    gradient = srcdiff.grad(f)
    up, down = (np.asarray(gradient(given(x + step * direction))) for step in (1e-5, -1e-5))
    want = (up - down) / 2e-5
    _, tangent = srcdiff.jvp(gradient)(given(x), given(direction))
    np.testing.assert_allclose(tangent, want, rtol=1e-5, atol=1e-6)
    _, cotangent = srcdiff.vjp(gradient)(given(x), given(weights))
    np.testing.assert_allclose(np.sum(cotangent * direction), np.sum(weights * want), rtol=1e-5, atol=1e-6)
    _, forward = srcdiff.jvp(srcdiff.jvp(f), wrt=0)(given(x), given(direction), given(weights))
    np.testing.assert_allclose(forward[1], np.sum(weights * want), rtol=1e-5, atol=1e-6)
