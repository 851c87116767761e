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

# output
import math

import numpy as np


def log_likelihood_grad(A, x):
    """The gradient of log_likelihood with respect to A and x.

    log_likelihood: The log-density of a normal variable with covariance A, up to a constant."""
    assert A.ndim == 2, f"A must be a matrix, not of shape {np.shape(A)}"
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    m = A.shape[0]
    L = np.zeros((m, m))
    for j in range(m):
        s = A[j, j]
        for k in range(j):
            s -= L[j, k] ** 2
        L[j, j] = math.sqrt(s)
        for i in range(j + 1, m):
            s = A[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            L[i, j] = s / L[j, j]
    n = len(x)
    z = np.zeros(n)
    for i in range(n):
        s = x[i]
        for k in range(i):
            s -= L[i, k] * z[k]
        z[i] = s / L[i, i]
    z_bar = -z
    x_bar = np.zeros_like(x, dtype=np.result_type(x, 0.0))
    L_bar = np.zeros_like(L)
    for i in reversed(range(n)):
        L_ii = L[i, i]
        zi_bar = z_bar[i]
        z_bar[i] = 0.0
        s_bar = zi_bar / L_ii
        L_bar[i, i] -= 1.0 / L_ii + s_bar * z[i]
        for k in range(i):
            z_bar[k] -= s_bar * L[i, k]
            L_bar[i, k] -= s_bar * z[k]
        x_bar[i] += s_bar
    A_bar = np.zeros_like(A, dtype=np.result_type(A, 0.0))
    for j in reversed(range(m)):
        for i in reversed(range(j + 1, m)):
            L_ij_bar = L_bar[i, j]
            L_bar[i, j] = 0.0
            s_bar = L_ij_bar / L[j, j]
            L_bar[j, j] -= s_bar * L[i, j]
            for k in range(j):
                L_bar[j, k] -= s_bar * L[i, k]
                L_bar[i, k] -= s_bar * L[j, k]
            A_bar[i, j] += s_bar
        L_jj_bar = L_bar[j, j]
        L_bar[j, j] = 0.0
        s_bar = L_jj_bar / 2 / L[j, j]
        for k in range(j):
            L_bar[j, k] -= 2 * s_bar * L[j, k]
        A_bar[j, j] += s_bar
    return A_bar, x_bar
