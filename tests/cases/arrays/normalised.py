"""What takes all of an array's place is a new array; arrays of which the same parts are taken have equal lengths."""

import numpy as np


def reflected(X: np.ndarray, c: np.ndarray, k: int) -> float:
    v = X[k:, 0].copy()
    v[0] += 1.0
    v /= np.linalg.norm(v)
    c[k:] -= 2 * v * (v @ c[k:])
    return c[0] * c[k]


WRT = ("X", "c")
ARGS = (np.array([[0.3, 1.0], [-0.4, 2.0], [1.1, 0.0]]), np.array([0.5, -0.2, 0.9]), 1)

# output
import numpy as np


def reflected_grad(X, c, k):
    assert X.ndim == 2, f"X must be a matrix, not of shape {np.shape(X)}"
    assert c.ndim == 1, f"c must be a vector, not of shape {np.shape(c)}"
    assert len(X) == len(c), "X and c must have equal lengths"
    X, c = (a if a.dtype.kind in "fc" else a.astype(float) for a in (X, c))
    v_prev = X[k:, 0].copy()
    v_prev[0] += 1.0
    length = np.linalg.norm(v_prev)
    v = v_prev / length
    product_v = 2 * v
    c_rest = c[k:]
    product = v @ c_rest
    c = c.copy()
    c[k:] -= product_v * product
    c_bar = np.zeros_like(c)
    c_bar[k] += c[0]
    c_bar[0] += c[k]
    c_rest_bar = c_bar[k:].copy()
    product_k = c_rest_bar @ product_v
    c_bar[k:] -= product_k * v
    ratio = (2 * product * c_rest_bar + product_k * c_rest) / length
    X_bar = np.zeros_like(X)
    X_bar[k:, 0] = ratio @ v / (length + (length == 0)) * v_prev - ratio
    return X_bar, c_bar
