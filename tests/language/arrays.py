"""Functions of NumPy that take functions, write, or are subscripted."""

import cmath
import math
import statistics
from typing import Annotated

import numpy as np
from scipy import special
from scipy.special import gammaln

V = np.array([0.3, 1.2, 0.7, 0.9])
M = np.array([[2.0, 0.3, 0.1], [0.2, 1.5, 0.4], [0.1, 0.6, 1.8]])


@np.vectorize
def rectified(v):
    return v * v if v > 0.5 else -v


def vectorized(x: np.ndarray):
    double = np.vectorize(lambda v, w: v * w if v > w else v)
    return np.sum(double(x, 0.8)) + np.sum(double(x, x[::-1]))


def vectorized_by_decorator(x: np.ndarray):
    return np.sum(rectified(x))


def along_an_axis(x: np.ndarray):
    rows = np.apply_along_axis(lambda row: row / np.sum(row), 1, x)
    return np.sum(rows**2) + np.sum(np.apply_along_axis(np.linalg.norm, 0, x) ** 3)


def diagonal_filled(x: np.ndarray):
    a, b = np.outer(x, x), np.zeros((4, 4))
    np.fill_diagonal(a, 0.0)
    np.fill_diagonal(b, x**2)
    return np.sum(a @ b) + np.sum(np.diagflat(x, 1) ** 2)


def methods_of_ufuncs(x: np.ndarray):
    y = np.zeros(3)
    np.subtract.at(y, [0, 1, 1, 2], x)
    high = np.maximum.accumulate(x)
    pairs = np.subtract.outer(x, x**2)
    return np.add.reduce(y**2) + np.sum((high - x) ** 2) + np.multiply.reduce(x) + np.sum(pairs**3)


def joined_by_subscript(x: np.ndarray):
    return np.sum(np.r_[x, x[0], 1.0, 0:3] ** 2) + np.sum(np.c_[x, x**2] ** 2) + np.sum(x[np.s_[1:]] ** 3)


def grids(x: np.ndarray):
    a, b = np.meshgrid(x, x[:2] ** 2)
    i, j = np.mgrid[0:2, 0:4]
    return np.sum(a * b + i * j * a)


def complex_between(x: np.ndarray):
    waves = x[0] * np.exp(1j * np.outer(x, np.arange(3)))
    return np.sum(np.abs(waves @ np.array([1.0, 1j, -x[1]])) ** 2) + np.sum(waves).imag


def indices(x: np.ndarray):
    total = 0.0
    for i, j in np.ndindex(*x.shape):
        total += (i + 2 * j) * x[i, j] ** 2
    for (i, j), v in np.ndenumerate(x):
        total += i * v * x[j, i]
    for v in x.flat:
        total += v**3
    return total


def difference_quotients(x: Annotated[np.ndarray, "n m"], y: np.ndarray):
    dx, dy = np.gradient(x, 0.5)
    return np.sum(dx * dy) + np.sum(np.gradient(y**2, np.array([0.0, 1.0, 3.0, 4.5])) ** 2)


def steps_from_a_start(x: np.ndarray, start: float):
    return np.sum(np.diff(x, prepend=start) ** 2) + np.sum(np.diff(x, 2, prepend=[start, 1.0], append=x[:1]) ** 3)


def special_functions(x: np.ndarray, a: float):
    likelihood = np.sum(gammaln(x + a) - special.betaln(x, a)) - special.logsumexp(x)
    p = special.expit(x - a)
    entropy = np.sum(special.xlogy(p, p) + special.erf(x) * special.ndtr(a * x))
    return likelihood + entropy + special.softmax(x)[0] * special.polygamma(1, a)


def sums_of_products(x: Annotated[np.ndarray, "n n"]):
    a = np.einsum(x, [0, 1], x, [1, 2], [0, 2])
    b = np.einsum("...ij,...jk->...ik", x, a)
    return np.einsum("ij,ij->", a, b, optimize=True) + np.einsum("ii", x)


def covariances(x: np.ndarray):
    return np.sum(np.cov(x) ** 2) + np.sum(np.cov(x, rowvar=False, ddof=0)) + np.corrcoef(x)[0, 1]


def correlated(x: np.ndarray):
    return np.sum(np.correlate(x, x[:2]) ** 2) + np.sum(np.correlate(x, x, "full") ** 3)


def distinct(x: np.ndarray):
    return np.sum(np.unique(x) * np.arange(4)) + math.dist(x, [1.0, 2.0, 0.0, 1.0]) * math.hypot(*x)


def set_of_places(x: np.ndarray):
    seen, total = {0}, 0.0
    for i in [0, 2, 2, 3]:
        if i in seen:
            continue
        seen.add(i)
        total += x[i] ** 2 * len(seen)
    return total


def roots_of_what_is_cut_off(x: np.ndarray, dt: float):
    variance = np.maximum(x - 0.8, 0)
    return np.sum(np.sqrt(variance * dt)) + math.sqrt(max(x[0] - 0.8, 0)) + np.sum(np.clip(x - 0.8, 0, 1) ** 0.5)


def arguments_written(x: np.ndarray, y: np.ndarray):
    x[1:] += y[:-1]
    y[0] = x[1]
    return np.sum(x * y)


def views_by_functions(x: np.ndarray):
    m = np.outer(x, x)
    columns = m.transpose(1, 0)
    columns[0] *= x[1]
    last = np.flip(m, axis=0)
    m[0, 1] = 3.0 * x[0]
    rows = np.swapaxes(np.expand_dims(m, 0), 0, 1)
    rows[1, 0] = np.squeeze(rows[0]) ** 2
    return np.sum(last[-1] ** 2) + np.sum(m * columns) + np.sum(np.asarray(m)[1])


def margins(x: np.ndarray):
    total = np.sum(np.pad(x, 1, mode="edge"))
    for mode in ("edge", "reflect", "symmetric", "wrap"):
        y = np.pad(x, (1, 2), mode=mode)
        total += np.sum(y[1:] * y[:-1] * np.arange(len(y) - 1))
    return total


def points_of_a_line(x: np.ndarray, xs: np.ndarray, ys: np.ndarray):
    return np.sum(np.interp(x, np.cumsum(xs), ys) ** 2)


def blocks(x: np.ndarray):
    a = np.outer(x, x)
    b = np.block([[a, x[:, None]], [x, 1.0]])
    return np.sum(b @ b) + np.sum(np.block([x, 2 * x, 1.0]) ** 3)


def largest_by_place(x: np.ndarray, places: list):
    y, z = np.zeros(3), np.full(3, 9.0)
    np.maximum.at(y, [0, 1, 1, 2], x)
    np.multiply.at(z, places, x[:3])
    np.minimum.at(z, [0, 0], x[1])
    return np.sum(y**2 * z) + np.logaddexp.reduce(x)


def results_where_they_are_asked_for(x: np.ndarray):
    y = np.full_like(x, -1.0)
    positive = x > 0.8
    np.log(x - 0.8, out=y, where=positive)
    return np.sum(y) + np.sum(np.divide(1.0, x, out=np.zeros_like(x), where=positive))


def complex_scalars(r: float, t: float):
    z = cmath.exp(1j * t) * cmath.sqrt(complex(r, t)) + cmath.rect(r, t)
    modulus, angle = cmath.polar(z)
    return modulus * angle + cmath.phase(cmath.log(z) + cmath.tanh(z))


def sums_of_exponentials(x: np.ndarray):
    return np.logaddexp.reduce(x * x) + np.sum(np.logaddexp.reduce(x, axis=1, keepdims=True) * x)


def mean_of_a_list(x: np.ndarray):
    values = [float(v) for v in x]
    return statistics.fmean(values) * statistics.mean([v * v for v in values])


def rows_changed_in_place(a: np.ndarray, b: np.ndarray):
    for row, c in zip(a, b):
        row -= c
    for i in range(len(a)):
        row = a[i]
        row *= b[i]
    return np.sum(a**3)


def row_written_beside_its_matrix(a: np.ndarray):
    b = a * 2
    v = b[1]
    v[0] = 3.0
    b[1, 1] = 7.0 * v[2]
    return np.sum(v * b[0])


def buffers_that_change_places(u: np.ndarray, n: int):
    a, b = u.copy(), np.zeros_like(u)
    for k in range(n):
        b[1:-1] = 0.5 * (a[:-2] + a[2:]) + 0.1
        if np.linalg.norm(b - a) < 0.15:
            break
        a, b = b, a
    if n > 2:
        a, b = b, a
    b[0] = 3.0 * a[1]
    c, d = u, np.ones_like(u)
    for k in range(n):
        d[1:-1] = 0.5 * (c[:-2] + c[2:])
        c, d = d, c
    return a @ b + c @ d


PROGRAMS = [
    (buffers_that_change_places, (np.array([0.3, 1.2, -0.7, 0.9, 1.6]), 3)),
    (rows_changed_in_place, (np.array([[0.3, 1.2], [0.7, -0.4]]), np.array([0.5, 0.8]))),
    (row_written_beside_its_matrix, (np.array([[0.3, 1.2, 0.1], [0.7, -0.4, 0.9]]),)),
    (margins, (V,)),
    (views_by_functions, (V,)),
    (points_of_a_line, (V, np.array([0.1, 0.7, 1.2]), V[:3])),
    (blocks, (V,)),
    (largest_by_place, (V, [2, 0, 2])),
    (results_where_they_are_asked_for, (V + 0.01,)),
    (complex_scalars, (0.7, 0.3)),
    (sums_of_exponentials, (M,)),
    (mean_of_a_list, (V,)),
    (arguments_written, (V, V + 1.0)),
    (roots_of_what_is_cut_off, (V, 0.1)),
    (vectorized, (V,)),
    (vectorized_by_decorator, (V,)),
    (along_an_axis, (M,)),
    (diagonal_filled, (V,)),
    (methods_of_ufuncs, (V,)),
    (joined_by_subscript, (V,)),
    (grids, (V,)),
    (complex_between, (V,)),
    (indices, (M,)),
    (difference_quotients, (M, V)),
    (special_functions, (np.array([0.3, 1.2, 0.7]), 1.3)),
    (steps_from_a_start, (V, 0.5)),
    (sums_of_products, (M,)),
    (covariances, (M,)),
    (correlated, (V,)),
    (distinct, (V,)),
    (set_of_places, (V,)),
]
