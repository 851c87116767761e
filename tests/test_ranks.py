"""Ranks and lengths that the text implies: derivatives without helpers, and asserts that keep everything else out."""

from __future__ import annotations

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient

rng = np.random.default_rng(0)
normal = rng.normal


def gradients(function, args, which):
    return tuple(gradient(function, args, k) for k in which)


def recurrent(W, U, b, xs, target):
    h = np.zeros(U.shape[0])
    for x in xs:
        h = np.tanh(W @ x + U @ h + b)
    return np.sum((h - target) ** 2)


def network(params, x, t):
    h = np.tanh(params["W1"] @ x + params["b1"])
    return np.sum((params["W2"] @ h + params["b2"] - t) ** 2)


def quadratic(x, A, b):
    return 0.5 * x @ A @ x - b @ x


def kalman(A, Q, x0, zs):
    x = x0
    P = np.eye(len(x0))
    total = 0.0
    for z in zs:
        x = A @ x
        P = A @ P @ A.T + Q
        e = z - x
        S = P + np.eye(len(x0))
        total = total + e @ np.linalg.solve(S, e)
        K = P @ np.linalg.inv(S)
        x = x + K @ e
        P = P - K @ P
    return total


def likelihood(mu, L, X):
    total = 0.0
    for x in X:
        z = np.linalg.solve(L, x - mu)
        total += -0.5 * z @ z
    return total


def stacks(Q: np.ndarray, K: np.ndarray):
    q = np.reshape(Q, (2, 3, 4))
    k = np.reshape(K, (2, 3, 4))
    return np.sum(np.tanh(q @ k.transpose(0, 2, 1)))


PARAMS = {"W1": normal(size=(4, 3)), "b1": normal(size=4), "W2": normal(size=(2, 4)), "b2": normal(size=2)}
RECURRENT = (normal(size=(4, 2)), normal(size=(4, 4)), normal(size=4), normal(size=(5, 2)), normal(size=4))
PLAIN = {
    recurrent: (("W", "U", "b"), RECURRENT),
    network: ("params", (PARAMS, normal(size=3), normal(size=2))),
    quadratic: (("x", "A"), (normal(size=3), normal(size=(3, 3)), normal(size=3))),
    kalman: (("A", "Q", "x0"), (0.3 * normal(size=(2, 2)), np.eye(2), normal(size=2), normal(size=(4, 2)))),
    likelihood: (("mu", "L"), (normal(size=3), normal(size=(3, 3)) + 3 * np.eye(3), normal(size=(4, 3)))),
    stacks: (("Q", "K"), (normal(size=(6, 4)), normal(size=(6, 4)))),
}
HELPERS = ("unbroadcast", "broadcast_like", "zeros_like(", "matmul_x", "matmul_y", "solve_", "inv_", "copy(")


@pytest.mark.parametrize("function", PLAIN, ids=lambda f: f.__name__)
def test_plain_text(function):
    wrt, args = PLAIN[function]
    derivative = srcdiff.grad(function, wrt=wrt)
    names = list(function.__code__.co_varnames)
    expected = gradients(function, args, [names.index(w) for w in (wrt if isinstance(wrt, tuple) else (wrt,))])
    assert_close(derivative(*args), expected if isinstance(wrt, tuple) else expected[0])
    text = derivative.source.replace("np.zeros_like(", "").replace(".copy(", "")
    assert not [name for name in HELPERS if name in text], text


def broken(position, value):
    args = list(RECURRENT)
    args[position] = value
    return args


@pytest.mark.parametrize(
    "args",
    [
        broken(0, normal(size=(1, 2))),  # the row would broadcast over U's
        broken(2, normal(size=1)),
        broken(2, 0.5),
        broken(2, normal(size=(4, 4))),
        broken(4, normal(size=1)),
        broken(3, normal(size=(5, 2, 4))),
    ],
)
def test_what_is_assumed_is_asserted(args):
    """NumPy takes these, with other shapes of the cotangents: an assert, not a wrong number."""
    recurrent(*args)
    with pytest.raises((AssertionError, AttributeError), match="must|ndim"):
        srcdiff.grad(recurrent, wrt=("W", "U", "b"))(*args)


def test_no_iteration():
    args = list(RECURRENT)
    args[3] = np.zeros((0, 2))
    for found, given in zip(srcdiff.grad(recurrent, wrt=("W", "U", "b"))(*args), args):
        np.testing.assert_array_equal(found, np.zeros_like(given))


def layer(x, W, b):
    return np.sum(np.tanh(x @ W + b))


@pytest.mark.parametrize("x", [normal(size=3), normal(size=(5, 3))])
@pytest.mark.parametrize("b", [0.3, normal(size=1), normal(size=2), normal(size=(1, 2))])
def test_one_row_or_many(x, b):
    """To the left of a matrix there may be a vector as well as rows, and any bias."""
    if np.ndim(b) == 2 and x.ndim == 1:
        x = x[None]
    args = (x, normal(size=(3, 2)), b)
    found = srcdiff.grad(layer, wrt=(0, 1, 2))(*args)
    assert_close(found, gradients(layer, args, [0, 1, 2]))
    assert [np.shape(f) for f in found] == [np.shape(a) for a in args]


def scaled(x, k, dt):
    for _ in range(3):
        x = x + dt * (k * np.sin(x))
    return np.sum(x)


@pytest.mark.parametrize("k", [0.5, normal(size=3), normal(size=1)])
@pytest.mark.parametrize("dt", [0.1, normal(size=3)])
def test_factors_stay_open(k, dt):
    args = (normal(size=3), k, dt)
    assert_close(srcdiff.grad(scaled, wrt=(0, 1, 2))(*args), gradients(scaled, args, [0, 1, 2]))


def started(A, b, x=None):
    if x is None:
        x = np.zeros_like(b)
    r = b - A @ x
    return r @ r


@pytest.mark.parametrize("x", [None, normal(size=3)])
def test_none_is_no_vector(x):
    args = (normal(size=(3, 3)), normal(size=3), x)
    assert_close(srcdiff.grad(started, wrt=(0, 1))(*args), gradients(started, args, [0, 1]))


def residual(A, x, y):
    r = A @ x - y
    return r @ r


def test_lists_beside_arrays():
    A, x, y = normal(size=(3, 3)), normal(size=3), normal(size=3)
    expected = srcdiff.grad(residual, wrt="x")(A, x, y)
    assert_close(srcdiff.grad(residual, wrt="x")(A, x, y.tolist()), expected)


def joined(A, x, y):
    r = A @ (x + y)
    return r @ r


def test_joined_lists_are_refused():
    A = normal(size=(3, 4))
    with pytest.raises((AssertionError, AttributeError)):
        srcdiff.grad(joined, wrt="A")(A, [1.0, 2.0], [3.0, 4.0])


def product(x: np.ndarray):
    return x[0] * x[1] / (x[2] * 1.0)


def chain(x, W):
    s = 0.0
    for i in range(len(x)):
        s = s + x[i] * np.sin(W[i, 0]) / x[0]
    return s


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, np.float32, np.float64])
def test_integers_are_floats(dtype):
    """Small integers overflow: they are converted where one calculates with them alone."""
    x = np.array([20, 100, 3], dtype)
    found = srcdiff.grad(product)(x)
    assert found.dtype == np.result_type(x, 0.0)
    assert_close(found, srcdiff.grad(product)(x.astype(float)), rtol=1e-5)
    W = np.array([[1], [2], [3]], dtype)
    for one, two in zip(srcdiff.grad(chain, wrt=(0, 1))(x, W), srcdiff.grad(chain, wrt=(0, 1))(x * 1.0, W * 1.0)):
        assert one.dtype.kind == "f"
        assert_close(one, two, rtol=1e-5)


def of_a_product(theta, X):
    eta = X @ theta
    total = 0.0
    for i in range(len(eta)):
        total -= np.log(eta[i])
    return total


def of_a_multiple(theta: float, X):
    y = theta * X
    total = 0.0
    for row in range(len(y)):
        total += np.sin(y[row, 0])
    return total


@pytest.mark.parametrize("function, theta", [(of_a_product, np.array([1, 2])), (of_a_multiple, 2)])
def test_buffers_like_products_of_integers_are_floats(function, theta):
    """Neither factor makes the product one of floats, where both may be integers."""
    X = np.array([[1, 2], [3, 4]])
    derivative = srcdiff.grad(function, wrt=("theta", "X"))
    for found, expected in zip(derivative(theta, X), derivative(theta * 1.0, X * 1.0)):
        np.testing.assert_array_equal(found, expected)


def with_bias(params, x, bias):
    y = params["W"] @ x
    if bias:
        y = y + params["b"]
    return np.sum(y**2)


def test_an_entry_of_a_branch_may_be_missing():
    W, x, b = normal(size=(3, 2)), normal(size=2), normal(size=3)
    derivative = srcdiff.grad(with_bias)
    assert_close(derivative({"W": W}, x, False), gradient(with_bias, ({"W": W}, x, False), 0))
    args = ({"W": W, "b": b}, x, True)
    assert_close(derivative(*args), gradient(with_bias, args, 0))


def of_two_kinds(x, A, vector):
    if vector:
        return x @ A @ x
    return np.sum(A) * x**2


def by_rank(x, A):
    if np.ndim(x) == 0:
        return x * np.sum(A)
    return x @ A @ x


@pytest.mark.parametrize("x", [0.3, normal(size=3)])
def test_ranks_of_branches(x):
    A = normal(size=(3, 3))
    for function, args in ((of_two_kinds, (x, A, np.ndim(x) > 0)), (by_rank, (x, A))):
        assert_close(srcdiff.grad(function)(*args), gradient(function, args, 0))


def mixture(mu, width, x):
    for _ in range(2):
        density = np.exp(-0.5 * ((x[:, None] - mu) / width) ** 2) / width
        share = density / density.sum(axis=1, keepdims=True)
        mu = (share * x[:, None]).sum(axis=0) / share.sum(axis=0)
        width = (share * (x[:, None] - mu) ** 2).sum(axis=0) / share.sum(axis=0)
    return np.sum(mu * width)


def path_score(unary: np.ndarray, trans, tags):
    alpha = unary[0]
    for t in range(1, len(tags)):
        alpha = np.log(np.sum(np.exp(alpha[:, None] + trans), axis=0)) + unary[t]
    return np.sum(alpha) - trans[tags[0], tags[1]] - unary[0, tags[0]]


def attraction(x, masses, softening=0.1):
    a = np.zeros_like(x)
    for i in range(len(masses)):
        for j in range(len(masses)):
            d = x[j] - x[i]
            a[i] += masses[j] * d / (d @ d + softening) ** 1.5
    return np.sum(a**2)


READ = {
    mixture: (("mu", "width", "x"), (normal(size=2), 1 + rng.random(2), normal(size=6))),
    path_score: (("unary", "trans"), (normal(size=(4, 3)), normal(size=(3, 3)), [0, 2, 1, 1])),
    attraction: (("x", "masses"), (normal(size=(3, 2)), normal(size=3))),
}


@pytest.mark.parametrize("function", READ, ids=lambda f: f.__name__)
def test_read_where_something_broadcasts(function):
    wrt, args = READ[function]
    derivative = srcdiff.grad(function, wrt=wrt)
    names = list(function.__code__.co_varnames)
    assert_close(derivative(*args), gradients(function, args, [names.index(w) for w in wrt]))
    assert "unbroadcast" not in derivative.source


def pairs(x):
    """Of points or of numbers: `x[:, None]` says nothing of how many axes follow."""
    return np.sum(np.exp(-np.sum((x[:, None] - x) ** 2, axis=-1)))


def smoothed(image):
    """Sums over axis 1 of what does not broadcast are of images in colour as well."""
    return np.sum(np.max(image, axis=1) ** 2) + np.sum(image[1:, 1:] ** 2)


@pytest.mark.parametrize(
    "function, x", [(pairs, normal(size=(4, 3))), (pairs, normal(size=4)), (smoothed, normal(size=(3, 4, 2)))]
)
def test_other_axes_may_follow(function, x):
    assert_close(srcdiff.grad(function)(x), gradient(function, (x,), 0))


def kinetic(v, mass, dt=0.1):
    v += dt * v
    return 0.5 * np.sum(np.sum(mass * v**2)) + np.sum(v[:, 0] * v[:, 1]) + np.sum(mass.T @ v)


@pytest.mark.parametrize("mass", [normal(size=(4, 1)), normal(size=(4, 3))])
def test_a_matrix_may_have_one_column(mass):
    args = (normal(size=(4, 3)), mass)
    found = srcdiff.grad(kinetic, wrt=(0, 1))(*args)
    assert_close(found, gradients(kinetic, args, [0, 1]))
    assert found[1].shape == mass.shape


class Gate:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def __call__(self, x):
        return np.tanh(self.w * x + self.b)


def chasing(x, S: np.ndarray, n: int):
    listed = [0.5, np.sin(x)]
    s = listed[0] * listed[1]
    for i in range(2):
        gate = Gate(np.tanh(np.median(S)), np.cos(s)) if i == 1 or s > 0.8 else Gate(0.3, 0.5)
        s = gate(np.sin(0.3))
    return x + s


def test_what_two_values_say_of_each_other_comes_to_an_end():
    """Of s the first round knows more than the second, and the third as much as the first."""
    srcdiff.check_grads(chasing, 0.7, np.arange(3.0), 1)
    assert srcdiff.vjp(chasing)(0.7, np.arange(3.0), 1, 1.0)


def oscillate(y0, k, n):
    y = y0
    for _ in range(n):
        y = y + 0.1 * np.array([y[1], -k * y[0]])
    return np.sum(y**2)


def test_an_array_of_what_is_calculated_with_elements_is_a_vector():
    args = (normal(size=2), 0.7, 3)
    derivative = srcdiff.grad(oscillate, wrt=(0, 1))
    assert_close(derivative(*args), gradients(oscillate, args, [0, 1]))
    assert "unbroadcast" not in derivative.source and "broadcast_like" not in derivative.source
    with pytest.raises(AssertionError, match="must"):
        derivative(normal(size=(2, 2)), 0.7, 3)


def filled(u: np.ndarray):
    return np.sum(u * u) + np.full_like(np.ones((2, 3)), u[0])[1, 0]


def test_what_fills_an_array_need_not_have_its_rank():
    u = normal(size=3)
    assert_close(srcdiff.grad(filled)(u), 2 * u + [1.0, 0.0, 0.0])
