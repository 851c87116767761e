"""A gradient that is an argument is a copy of it, under the gradient's name."""

import numpy as np



def quadratic(x, A, b, c):
    return x @ A @ x + b @ x + c


WRT = ("x", "A", "b", "c")
ARGS = (np.array([1.0, -2.0]), np.array([[2.0, 0.5], [0.1, 1.0]]), np.array([0.3, 0.7]), 2.0)

# output
import numpy as np


def quadratic_grad(x, A, b, c):
    x = np.asarray(x)
    b = np.asarray(b)
    assert np.ndim(x) == np.ndim(b) == 1, "x and b must be vectors"
    assert np.ndim(A) == 2, f"A must be a matrix, not of shape {np.shape(A)}"
    assert np.ndim(c) == 0, f"c must be a scalar, not of shape {np.shape(c)}"
    x, b = (a if a.dtype.kind in "fc" else a.astype(float) for a in (x, b))
    x_bar = A @ x + x @ A + b
    A_bar = np.outer(x, x)
    b_bar = x.copy()
    return x_bar, A_bar, b_bar, 1.0
