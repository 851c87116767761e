"""The Cholesky factor of a covariance, by hand, and the Gaussian log-likelihood made from it."""

import math

import numpy as np


def cholesky(A: np.ndarray) -> np.ndarray:
    """The lower triangular L with L L' = A."""
    n = A.shape[0]
    L = np.zeros((n, n))
    for j in range(n):
        s = A[j, j]
        for k in range(j):
            s -= L[j, k] ** 2
        L[j, j] = math.sqrt(s)
        for i in range(j + 1, n):
            s = A[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            L[i, j] = s / L[j, j]
    return L


def log_likelihood(A: np.ndarray, x: np.ndarray) -> float:
    """The log-density of a normal variable with covariance A, up to a constant."""
    L = cholesky(A)
    n = len(x)
    z = np.zeros(n)
    log_det = 0.0
    for i in range(n):
        s = x[i]
        for k in range(i):
            s -= L[i, k] * z[k]
        z[i] = s / L[i, i]
        log_det += 2 * math.log(L[i, i])
    return -0.5 * (z @ z + log_det)


_rng = np.random.default_rng(1)
_half = _rng.normal(size=(4, 4))
WRT = ("A", "x")
ARGS = (_half @ _half.T + 4 * np.eye(4), _rng.normal(size=4))
