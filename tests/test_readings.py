"""What a careful reader concludes of ranks where the text leaves a choice: plain derivatives, and asserts beside them."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient

rng = np.random.default_rng(3)
normal = rng.normal
TRIANGLES = np.array([[0, 1, 2], [1, 2, 3]])


def newton(k, y0, h):
    """The step multiplies a matrix and a vector: it is a number."""
    z = y0
    for _ in range(3):
        a, b = z
        jacobian = np.array([[-k[0], k[1] * b], [k[0], -k[1] * b]])
        z = z - np.linalg.solve(np.eye(2) - h * jacobian, z - y0 - h * np.array([k[1] * b * b, k[0] * a]))
    return z[1]


def nearest(points: np.ndarray, centres: np.ndarray):
    """Rows that are compared with the rows of a matrix are vectors."""
    sums = np.zeros_like(centres)
    for p in points:
        sums[np.argmin(np.sum((centres - p) ** 2, axis=1))] += p
    return np.sum(sums**2)


def area(points, weights):
    """Elements of elements of what an array of indices takes are those of a matrix."""
    p = points[TRIANGLES]
    e = p[:, 1] - p[:, 0]
    f = p[:, 2] - p[:, 0]
    areas = np.abs(e[:, 0] * f[:, 1] - e[:, 1] * f[:, 0])
    return np.sum(weights[:, None, None] * areas[:, None, None] * np.ones((2, 3, 2)))


def tracked(x0, q: float, zs: list[float]):
    """What becomes an array of known rank has that rank at its start."""
    x = x0
    for z in zs:
        position, speed = x
        F = np.array([[1.0, 0.1], [-np.cos(position), 1.0]])
        x = F @ np.array([position + 0.1 * speed, q * speed]) * z
    return x[0]


READ = {
    newton: (("k", "y0", "h"), (normal(size=2), normal(size=2), 0.1)),
    nearest: (("points", "centres"), (normal(size=(5, 2)), normal(size=(3, 2)))),
    area: (("points", "weights"), (normal(size=(4, 2)), normal(size=2))),
    tracked: (("x0", "q"), (normal(size=2), 0.3, normal(size=3))),
}


def gradients(function, args, wrt):
    names = list(function.__code__.co_varnames)
    return tuple(gradient(function, args, names.index(w)) for w in wrt)


@pytest.mark.parametrize("function", READ, ids=lambda f: f.__name__)
def test_read(function):
    wrt, args = READ[function]
    derivative = srcdiff.grad(function, wrt=wrt)
    assert_close(derivative(*args), gradients(function, args, wrt))
    assert "unbroadcast" not in derivative.source and "broadcast_like" not in derivative.source


@pytest.mark.parametrize(
    "function, position, value",
    [
        (newton, 2, normal(size=2)),
        (nearest, 0, normal(size=(5, 2, 2))),
        (nearest, 0, normal(size=(5, 1))),
        (area, 1, normal(size=1)),
        (tracked, 0, normal(size=(2, 1))),
    ],
)
def test_what_is_read_is_asserted(function, position, value):
    wrt, args = READ[function]
    with pytest.raises(AssertionError, match="must"):
        srcdiff.grad(function, wrt=wrt)(*[value if i == position else a for i, a in enumerate(args)])


@pytest.mark.parametrize("make", [list, tuple, np.array])
@pytest.mark.parametrize("zs", [[], [0.3, 0.1]])
def test_what_starts_as_a_list(make, zs):
    """The gradient has the argument's structure."""
    start = [0.4, 0.2]
    found = srcdiff.grad(tracked)(make(start), 0.3, zs)
    assert type(found) is type(make(start))
    assert_close(np.array(found), gradient(tracked, (np.array(start), 0.3, zs), 0))


def pairs(x, weight):
    dx = x[:, 1:2].T - x[:, :1]
    return np.sum(dx**2 * weight)


def test_what_is_cut_out_is_there():
    x = normal(size=(4, 3))
    derivative = srcdiff.grad(pairs)
    assert_close(derivative(x, 0.5), gradient(pairs, (x, 0.5), 0))
    assert derivative.source.count("unbroadcast(") == 1  # of the weight alone nothing is known
    with pytest.raises(AssertionError, match="x must have at least 2 columns"):
        derivative(x[:, :1], 0.5)


def soft_means(centres, X, beta, iters):
    for _ in range(iters):
        distances = ((X[:, None, :] - centres) ** 2).sum(-1)
        r = np.exp(-beta * (distances - distances.min(axis=1, keepdims=True)))
        r = r / r.sum(axis=1, keepdims=True)
        centres = (r.T @ X) / r.sum(axis=0)[:, None]
    return np.sum(r * distances)


def test_what_stands_beside_a_new_axis_may_be_smaller():
    args = normal(size=(2, 3)), normal(size=(5, 3)), 0.7, 3
    for wrt in (0, 1, 2):
        assert_close(srcdiff.grad(soft_means, wrt=wrt)(*args), gradient(soft_means, args, wrt))


def weighted(w, X):
    n, d = X.shape
    mean = np.zeros(d)
    for x in X:
        mean = mean + x
    return np.sum((w * X - w * (mean / n)) ** 2)


@pytest.mark.parametrize("w", [np.array([0.5, 1.0, 2.0]), 0.5])
def test_a_factor_of_data_may_be_a_vector(w):
    args = w, normal(size=(4, 3))
    assert_close(srcdiff.grad(weighted)(*args), gradient(weighted, args, 0))


def driven(A, x, h: float, n):
    z = A @ x
    for _ in range(n):
        z = z + h * x
    return z @ z


def corrected(x, y, h: float, n):
    z = x
    for _ in range(n):
        difference = z - y
        difference = difference - h * np.sin(z)
        z = z - np.sin(difference)
    return z @ z


@pytest.mark.parametrize(
    "function, args",
    [
        (driven, (np.arange(4).reshape(2, 2), np.array([1, 2]), 0.1, 2)),
        (corrected, (np.array([1, 2]), np.array([3, 1]), 0.1, 2)),
    ],
)
def test_nothing_is_added_in_place_to_what_may_be_integers(function, args):
    floats = [a * 1.0 if isinstance(a, np.ndarray) else a for a in args]
    for wrt in (0, 1):
        assert_close(srcdiff.grad(function, wrt=wrt)(*args), gradient(function, floats, wrt))


def intercept(w, b, X, y):
    return np.mean(np.log1p(np.exp(-y * (X @ w + b))))


@pytest.mark.parametrize("b", [0.3, np.array([0.3]), np.arange(5.0)])
def test_an_intercept_is_a_number_or_one_for_each_point(b):
    args = np.array([0.5, -1.0]), b, np.arange(10.0).reshape(5, 2), np.array([1.0, -1.0, 1.0, 1.0, -1.0])
    found = srcdiff.grad(intercept, wrt=("w", "b"))(*args)
    assert_close(found, [gradient(intercept, args, i) for i in (0, 1)])


def projected(x, W: Annotated[np.ndarray, "n m"], b):
    return np.sum(np.tanh(x @ W + b))


@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 4, 3), (0, 3)])
@pytest.mark.parametrize("b", [0.3, np.ones(2), np.ones((1, 2)), np.ones((5, 1, 2))])
def test_rows_of_any_rank_times_a_matrix(shape, b):
    x = np.sin(np.arange(np.prod(shape))).reshape(shape)
    args = x, np.cos(np.arange(6.0)).reshape(3, 2), b
    if len(shape) == 3 and np.ndim(b) == 3:
        return  # these do not broadcast
    for found, given, i in zip(srcdiff.grad(projected, wrt=(0, 1, 2))(*args), args, range(3)):
        assert np.shape(found) == np.shape(given)
        assert_close(found, gradient(projected, args, i))
