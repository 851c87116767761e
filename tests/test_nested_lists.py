"""Arguments that no annotation declares, given as lists of tuples, of lists or of arrays of any shapes, or as arrays."""

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, directional, gradient, leaves

rng = np.random.default_rng(2)


def of_points(points):
    total = 0.0
    for x, y in points:
        total = total + x * y
    return total


def of_points_by_number(points):
    total = 0.0
    for i in range(len(points)):
        x, y = points[i]
        total += np.sin(x) * y
    return total


def of_rows(A):
    total = 0.0
    for row in A:
        total += row[0] * row[-1]
    return total


def of_elements(A):
    total = 0.0
    for row in A:
        for v in row:
            total += v**2
    return total


def of_indices(A):
    total = 1.0
    for i in range(len(A)):
        for j in range(len(A[i])):
            total += A[i][j] * total
    return total


def greatest(A):
    return max(max(row) for row in A) * A[0][0]


OF_POINTS = [of_points, of_points_by_number, of_rows, of_elements, of_indices, greatest]
POINTS = [[(1.3, 2.0), (1.4, 3.0)], [[1.3, 2.0], [1.4, 3.0]], ((1.3, 2.0), (1.4, 3.0)), np.array([[1.3, 2], [1.4, 3]])]


def of_layers(Ws, bs, x):
    for W, b in zip(Ws, bs):
        x = np.tanh(W @ x + b)
    return np.sum(x**2)


def of_layers_by_number(Ws, bs, X):
    for i in range(len(Ws)):
        X = X @ Ws[i].T + bs[i]
        if i < len(Ws) - 1:
            X = np.maximum(X, 0)
    return np.mean(X**2)


def of_graph(Ws, A, H):
    for W in Ws:
        H = np.tanh(A @ H @ W.T)
    return np.linalg.norm(H, axis=1).mean()


WIDE = [rng.normal(size=(4, 3)), rng.normal(size=(2, 4))], [rng.normal(size=4), rng.normal(size=2)]
SQUARE = rng.normal(size=(2, 3, 3)), rng.normal(size=(2, 3))
WEIGHTS = [WIDE, tuple(map(tuple, WIDE)), tuple(map(list, SQUARE)), SQUARE, ([*WIDE[0]], [WIDE[1][0], np.array([0.5])])]


def compare(function, args, structure):
    """Gradients of the arguments against differences, and forward against reverse mode."""
    for index, arg in enumerate(args):
        found = srcdiff.grad(function, wrt=index)(*args)
        assert structure(found) == structure(arg)
        assert_close(found, gradient(function, args, index))
        dots = [rng.normal(size=np.shape(leaf)) for leaf in leaves(arg)]
        dot = dots[0] if isinstance(arg, np.ndarray) else list(dots)
        if leaves(arg)[0] is not arg and np.ndim(leaves(arg)[0]) == 0:  # rows of numbers
            widths = np.cumsum([len(row) for row in arg])[:-1]
            dot = [tuple(map(float, row)) for row in np.split(np.array(dots), widths)]
        value, tangent = srcdiff.jvp(function, wrt=index)(*args, dot)
        assert_close(value, function(*args), rtol=1e-12, atol=0)
        product = sum(np.sum(bar * d) for bar, d in zip(leaves(found), leaves(dot), strict=True))
        np.testing.assert_allclose(tangent, product, rtol=1e-9)
        if not isinstance(arg, tuple):
            assert_close([tangent], directional(function, args, {index: dot}))


@pytest.mark.parametrize("function", OF_POINTS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("points", POINTS, ids=["tuples", "lists", "tuple", "array"])
def test_rows_of_numbers(function, points):
    compare(function, (points,), np.shape)


@pytest.mark.parametrize("function", [of_elements, of_indices, of_rows], ids=lambda f: f.__name__)
def test_rows_of_many_lengths(function):
    compare(function, ([[1.3, 2.0, 0.5], [1.4], [0.3, -1.0]],), len)


@pytest.mark.parametrize("function, extra", [(of_layers, 1), (of_layers_by_number, 2), (of_graph, 0)])
@pytest.mark.parametrize("weights", WEIGHTS, ids=["lists", "tuples", "of one shape", "arrays", "a bias of length 1"])
def test_weights(function, extra, weights):
    if function is of_graph:
        compare(function, (weights[0], rng.normal(size=(5, 5)), rng.normal(size=(5, 3))), len)
    else:
        compare(function, (*weights, rng.normal(size=(3,) if extra == 1 else (5, 3))), len)


def test_weights_of_another_rank():
    with pytest.raises(AssertionError, match="Ws must hold matrices"):
        srcdiff.grad(of_graph)([np.ones(3)], np.eye(2), np.ones((2, 3)))


def of_records(records):
    total = 0.0
    for record in records:
        total += record[0] * np.sum(record[1])
    return total


def of_first_entries(records):
    return sum([record[0] ** 2 for record in records])


def of_later_entries(records):
    return sum(record[1] * record[2] for record in records)


RECORDS = [(2.0, [1.0, 2.0]), (3.0, [1.0, 4.0, 5.0])]
LABELLED = [([0, 1], 2.0, 3.0), ([3], 3.0, 4.0)]


@pytest.mark.parametrize(
    "function, records, expected",
    [
        (of_records, RECORDS, [3.0, 2.0, 2.0, 10.0, 3.0, 3.0, 3.0]),
        (of_first_entries, RECORDS, [4.0, 0.0, 0.0, 6.0, 0.0, 0.0, 0.0]),
        (of_later_entries, LABELLED, [0.0, 0.0, 3.0, 2.0, 0.0, 4.0, 3.0]),
    ],
)
def test_records_are_no_rows(function, records, expected):
    """What is read of each by numbers that are written out may be of several types."""
    found = srcdiff.grad(function)(records)
    np.testing.assert_allclose(np.hstack(leaves(found)), expected)


def swept(A):
    M = [row[:] for row in A]
    for i in range(1, len(M)):
        for j in range(len(M)):
            M[i][j] -= M[i - 1][j] * M[i][i - 1]
    return sum(M[i][i] ** 2 for i in range(len(M)))


def test_copied_rows():
    rows = [[1.5, 0.2, 0.7], [0.3, 1.1, -0.4], [2.0, 0.6, 0.9]]
    for A in (rows, tuple(rows), [[1, 2, 3], [4, 5, 6], [7, 8, 10]]):
        assert_close(srcdiff.grad(swept)(A), gradient(swept, (A,), 0))
    with pytest.raises(AssertionError, match="A must hold lists of numbers"):
        srcdiff.grad(swept)(np.array(rows))  # whose rows would be views: the function changes them


def of_joined_rows(A):
    row = A[0] + A[1]
    return sum(v * v for v in row)


def of_doubled_row(A):
    row = A[0] + A[0]
    return sum(v * v for v in row)


def of_repeated_row(A):
    return sum(v * v for v in 2 * A[0])


def of_repeated_entry(A):
    row = A["row"] * A["times"]
    return sum(v * v for v in row)


@pytest.mark.parametrize("function", [of_joined_rows, of_doubled_row, of_repeated_row, of_repeated_entry])
def test_joined_rows(function):
    """What was taken for arithmetic joins lists: no gradient of another length is returned."""
    A = np.array([[1.0, 2.0], [0.5, 3.0]])
    if function is not of_repeated_entry:
        assert_close(srcdiff.grad(function)(A), gradient(function, (A,), 0))
    with pytest.raises((TypeError, AssertionError)):
        srcdiff.grad(function)({"row": [1.0, 2.0], "times": 2} if function is of_repeated_entry else A.tolist())


def kept_rows(A):
    best = []
    for row in A:
        best.append(row)
    return sum(best[i][j] ** 2 for i in range(len(best)) for j in range(2))


def sorted_rows(A):
    rows = sorted(A, key=lambda row: row[0])
    return sum((b[0] - a[0]) * (a[1] + b[1]) for a, b in zip(rows, rows[1:]))


@pytest.mark.parametrize("function", [kept_rows, sorted_rows])
def test_rows_that_are_kept(function):
    found = srcdiff.grad(function)([[1.0, 2.0], [0.5, 3.0], [0.7, 0.9]])
    assert isinstance(found, list) and isinstance(found[0], list)
    assert_close(found, gradient(function, ([[1.0, 2.0], [0.5, 3.0], [0.7, 0.9]],), 0))
