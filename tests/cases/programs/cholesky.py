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
    tape = []
    for j in range(m):
        s = A[j, j]
        inner_tape = []
        for k in range(j):
            L_jk = L[j, k]
            inner_tape.append(L_jk)
            s -= L_jk**2
        root = math.sqrt(s)
        L[j, j] = root
        tape2 = []
        for i in range(j + 1, m):
            s = A[i, j]
            tape3 = []
            for k in range(j):
                L_ik = L[i, k]
                L_jk = L[j, k]
                tape3.append((L_ik, L_jk))
                s -= L_ik * L_jk
            L_jj = L[j, j]
            L_ij = s / L_jj
            tape2.append((tape3, L_jj, L_ij))
            L[i, j] = L_ij
        tape.append((inner_tape, root, tape2))
    n = len(x)
    z = np.zeros(n)
    tape2 = []
    for i in range(n):
        s = x[i]
        inner_tape = []
        for k in range(i):
            zk = z[k]
            inner_tape.append(zk)
            s -= L[i, k] * zk
        zi = s / L[i, i]
        tape2.append((inner_tape, zi))
        z[i] = zi
    z_bar = -z
    x_bar = np.zeros_like(x, dtype=np.result_type(x, 0.0))
    L_bar = np.zeros_like(L)
    for i in reversed(range(n)):
        inner_tape, zi = tape2.pop()
        L_ii = L[i, i]
        zi_bar = z_bar[i]
        z_bar[i] = 0.0
        s_bar = zi_bar / L_ii
        L_bar[i, i] -= 1.0 / L_ii + s_bar * zi
        for k in reversed(range(i)):
            zk = inner_tape.pop()
            z_bar[k] -= s_bar * L[i, k]
            L_bar[i, k] -= s_bar * zk
        x_bar[i] += s_bar
    A_bar = np.zeros_like(A, dtype=np.result_type(A, 0.0))
    for j in reversed(range(m)):
        inner_tape, root, tape2 = tape.pop()
        for i in reversed(range(j + 1, m)):
            tape3, L_jj, L_ij = tape2.pop()
            L_ij_bar = L_bar[i, j]
            L_bar[i, j] = 0.0
            s_bar = L_ij_bar / L_jj
            L_bar[j, j] -= s_bar * L_ij
            for k in reversed(range(j)):
                L_ik, L_jk = tape3.pop()
                L_bar[j, k] -= s_bar * L_ik
                L_bar[i, k] -= s_bar * L_jk
            A_bar[i, j] += s_bar
        L_jj_bar = L_bar[j, j]
        L_bar[j, j] = 0.0
        s_bar = L_jj_bar / 2 / root
        for k in reversed(range(j)):
            L_jk = inner_tape.pop()
            L_bar[j, k] -= 2 * s_bar * L_jk
        A_bar[j, j] += s_bar
    return A_bar, x_bar
