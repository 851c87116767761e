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
    assert A.ndim == 2, f"A must be an array of 2 dimensions, not of shape {np.shape(A)}"
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    if x.dtype.kind not in "fc":
        x = x.astype(float)
    if A.dtype.kind not in "fc":
        A = A.astype(float)
    zA = np.zeros((A.shape[0], A.shape[0]))
    tape = []
    for j in range(A.shape[0]):
        Ai = A[j, j]
        inner_tape = []
        for l in range(j):
            zi = zA[j, l]
            inner_tape.append(zi)
            Ai -= zi**2
        sAi = math.sqrt(Ai)
        zA[j, j] = sAi
        tape2 = []
        for m in range(j + 1, A.shape[0]):
            tj = (m, j)
            Atj = A[tj]
            tape3 = []
            for t in range(j):
                u = zA[m, t]
                v = zA[j, t]
                tape3.append((u, v))
                Atj -= u * v
            w = zA[j, j]
            r = Atj / w
            tape2.append((tape3, w, r))
            zA[tj] = r
        tape.append((inner_tape, sAi, tape2))
    n = len(x)
    z = np.zeros(n)
    tape2 = []
    for i in range(n):
        s = x[i]
        inner_tape = []
        for k in range(i):
            zk = z[k]
            inner_tape.append(zk)
            s -= zA[i, k] * zk
        p = s / zA[i, i]
        tape2.append((inner_tape, p))
        z[i] = p
    z_bar = -z
    x_bar = np.zeros_like(x)
    zzA = np.zeros_like(zA)
    for i in reversed(range(n)):
        inner_tape, p = tape2.pop()
        q = zA[i, i]
        zi_bar = z_bar[i]
        z_bar[i] = 0.0
        s_bar = zi_bar / q
        zzA[i, i] += (-1.0 - zi_bar * p) / q
        for k in reversed(range(i)):
            zk = inner_tape.pop()
            z_bar[k] -= s_bar * zA[i, k]
            zzA[i, k] -= s_bar * zk
        x_bar[i] += s_bar
    A_bar = np.zeros_like(A)
    for j in reversed(range(A.shape[0])):
        inner_tape, sAi, tape2 = tape.pop()
        for a in reversed(range(j + 1, A.shape[0])):
            tape3, w, r = tape2.pop()
            b = (a, j)
            zzAb = zzA[b]
            zzA[b] = 0.0
            c = zzAb / w
            zzA[j, j] -= zzAb * r / w
            for d in reversed(range(j)):
                u, v = tape3.pop()
                zzA[j, d] -= c * u
                zzA[a, d] -= c * v
            A_bar[b] += c
        g = zzA[j, j]
        zzA[j, j] = 0.0
        h = g / 2 / sAi
        for i2 in reversed(range(j)):
            zi = inner_tape.pop()
            zzA[j, i2] += -2 * h * zi
        A_bar[j, j] += h
    return A_bar, x_bar
