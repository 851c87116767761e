"""What takes all of an array's place is a new array; arrays of which the same parts are taken have equal lengths."""

import numpy as np


def reflected(X: np.ndarray, c: np.ndarray, k: int) -> float:
    v = X[k:, 0].copy()
    v[0] += 1.0
    v /= np.linalg.norm(v)
    c[k:] -= 2 * v * (v @ c[k:])
    return np.sum(c**2 * c)


WRT = ("X", "c")
ARGS = (np.array([[0.3, 1.0], [-0.4, 2.0], [1.1, 0.0]]), np.array([0.5, -0.2, 0.9]), 1)

# output
import numpy as np

from srcdiff.runtime import matmul_x, matmul_y, unbroadcast


def reflected_grad(X, c, k):
    assert X.ndim == 2, f"X must be a matrix, not of shape {np.shape(X)}"
    if c.dtype.kind not in "fc":
        c = c.astype(float)
    if X.dtype.kind not in "fc":
        X = X.astype(float)
    v_prev = X[k:, 0].copy()
    v_prev[0] += 1.0
    length = np.linalg.norm(v_prev)
    v = v_prev / length
    product = 2 * v
    c_rest = c[k:]
    product_v = v @ c_rest
    negative = -product * product_v
    c = c.copy()
    c[k:] += negative
    c_bar = 2 * c * c + c**2
    negative_bar = unbroadcast(c_bar[k:], negative)
    product_k = negative_bar * product_v
    product_v_bar = -unbroadcast(negative_bar * product, product_v)
    c_bar[k:] += matmul_y(product_v_bar, v, c_rest)
    ratio = (matmul_x(product_v_bar, v, c_rest) - 2 * unbroadcast(product_k, product)) / length
    X_bar = np.zeros_like(X)
    X_bar[k:, 0] += ratio - ratio @ v / (length + (length == 0)) * v_prev
    return X_bar, c_bar
