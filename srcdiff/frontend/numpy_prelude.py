"""What functions of NumPy mean that take functions, or that are others of NumPy's in disguise: inlined at their calls."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np


def laid_end_to_end(parts):
    return np.concatenate([np.atleast_1d(part) for part in parts])


def laid_side_by_side(parts):
    return np.column_stack(parts)


def diagonal_filled(x, value):
    number = min(x.shape[0], x.shape[1])
    diagonal = np.arange(number)
    x[diagonal, diagonal] = value


def diagflat(x, k=0):
    return np.diag(np.ravel(x), k)


def vectorised(function, x):
    values = [function(value) for value in np.ravel(x)]
    return np.reshape(np.array(values), np.shape(x))


def vectorised_2(function, x, y):
    shape = np.broadcast_shapes(np.shape(x), np.shape(y))
    xs, ys = np.ravel(np.broadcast_to(x, shape)), np.ravel(np.broadcast_to(y, shape))
    return np.reshape(np.array([function(xs[i], ys[i]) for i in range(len(xs))]), shape)


def along_rows(function, x):
    assert np.ndim(x) == 2, "np.apply_along_axis: a matrix is expected here"
    return np.stack([function(row) for row in x])


def along_columns(function, x):
    assert np.ndim(x) == 2, "np.apply_along_axis: a matrix is expected here"
    return np.stack([function(x[:, j]) for j in range(x.shape[1])], axis=-1)


def outer_operands(x, y):
    return np.reshape(x, np.shape(x) + (1,) * np.ndim(y)), y


def running(function, x):
    assert np.ndim(x) == 1, "accumulate: a vector is expected here"
    value = x[0]
    values = [value]
    for element in x[1:]:
        value = function(value, element)
        values.append(value)
    return np.array(values)


def at(function, x, index, y):
    for k, i in enumerate(index):
        x[i] = function(x[i], y[k])


def at_one(function, x, index, y):
    for i in index:
        x[i] = function(x[i], y)


def at_any(function, x, index, y):
    ys = np.broadcast_to(y, np.shape(x[index]))
    for k, i in enumerate(index):
        x[i] = function(x[i], ys[k])


def places(x, index):
    found = np.arange(len(x))[index]
    assert np.ndim(found) == 1, "the method .at of a ufunc: a vector of indices is expected here"
    return found


def correlate(x, y, mode="valid"):
    return np.convolve(x, y[::-1], mode)


def enumerated(x):
    return [(index, x[index]) for index in np.ndindex(np.shape(x))]


def is_vector(x):
    assert np.ndim(x) == 1, "np.gradient: a vector is expected here; annotate other arrays, or give axis="


def covariance(x, ddof=1):
    assert np.ndim(x) == 2, "np.cov: a matrix is expected here"
    centred = x - np.mean(x, axis=1, keepdims=True)
    return centred @ centred.T / (x.shape[1] - ddof)


def correlation(x):
    c = covariance(x)
    deviation = np.sqrt(np.diag(c))
    return c / deviation[:, None] / deviation
