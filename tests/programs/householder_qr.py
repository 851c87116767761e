"""Least squares by Householder's QR decomposition, without forming Q."""

import numpy as np


def residual(A: np.ndarray, b: np.ndarray) -> float:
    """The squared residual of the least-squares fit, and a penalty on its coefficients."""
    m, n = A.shape
    R = A.copy()
    c = b.copy()
    for k in range(n):
        x = R[k:, k]
        v = x.copy()
        sign = 1.0 if x[0] >= 0 else -1.0
        v[0] += sign * np.linalg.norm(x)
        v /= np.linalg.norm(v)
        R[k:, k:] -= 2 * np.outer(v, v @ R[k:, k:])
        c[k:] -= 2 * v * (v @ c[k:])
    coefficients = np.zeros(n)
    for i in reversed(range(n)):
        coefficients[i] = (c[i] - R[i, i + 1 :] @ coefficients[i + 1 :]) / R[i, i]
    return np.sum(c[n:] ** 2) + 0.1 * np.sum(coefficients**2)


_rng = np.random.default_rng(2)
WRT = ("A", "b")
ARGS = (_rng.normal(size=(6, 3)), _rng.normal(size=6))
