"""Solving a linear system by Gaussian elimination with partial pivoting, in place."""

import numpy as np


def solve(A, b):
    """Solve A x = b; A and b are copied, and then eliminated in place."""
    A = A.copy()
    b = b.copy()
    n = len(b)
    for k in range(n):
        pivot = k + int(np.argmax(np.abs(A[k:, k])))
        if pivot != k:
            A[[k, pivot]] = A[[pivot, k]]
            b[[k, pivot]] = b[[pivot, k]]
        for i in range(k + 1, n):
            factor = A[i, k] / A[k, k]
            A[i, k:] -= factor * A[k, k:]
            b[i] -= factor * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return x


def misfit(A: np.ndarray, b: np.ndarray, observed: np.ndarray) -> float:
    """The squared distance of the solution of A x = b from what was observed."""
    x = solve(A, b)
    return np.sum((x - observed) ** 2)


_rng = np.random.default_rng(0)
WRT = ("A", "b")
ARGS = (_rng.normal(size=(4, 4)), _rng.normal(size=4), _rng.normal(size=4))

# output
import numpy as np

from srcdiff.runtime import last_written, unbroadcast


def misfit_grad(A, b, observed):
    """The gradient of misfit with respect to A and b.

    misfit: The squared distance of the solution of A x = b from what was observed."""
    assert A.ndim == 2, f"A must be a matrix, not of shape {np.shape(A)}"
    assert b.ndim == 1, f"b must be a vector, not of shape {np.shape(b)}"
    if b.dtype.kind not in "fc":
        b = b.astype(float)
    if A.dtype.kind not in "fc":
        A = A.astype(float)
    A = A.copy()
    b = b.copy()
    n = len(b)
    tape = []
    tape2 = []
    for k in range(n):
        pivot = k + int(np.argmax(np.abs(A[k:, k])))
        t = pivot != k
        if t:
            lk = [pivot, k]
            Alk = A[lk]
            u = [k, pivot]
            A[u] = Alk
            v = [pivot, k]
            bv = b[v]
            w = [k, pivot]
            tape2.append((lk, Alk, u, v, bv, w))
            b[w] = bv
        inner_tape = []
        for i in range(k + 1, n):
            Ai = A[k, k]
            factor = A[i, k] / Ai
            s = A[k, k:]
            cs = s.copy()
            A[i, k:] -= factor * s
            bk = b[k]
            inner_tape.append((Ai, factor, cs, bk))
            b[i] -= factor * bk
        tape.append((t, inner_tape))
    x = np.zeros(n)
    tape3 = []
    for i in range(n - 1, -1, -1):
        xi = x[i + 1 :]
        r = (b[i] - A[i, i + 1 :] @ xi) / A[i, i]
        cxi = xi.copy()
        tape3.append((r, cxi))
        x[i] = r
    x_bar = unbroadcast(2 * (x - observed), x)
    b_bar = np.zeros_like(b)
    A_bar = np.zeros_like(A)
    for i in reversed(range(n - 1, -1, -1)):
        r, cxi = tape3.pop()
        xi_bar = x_bar[i]
        x_bar[i] = 0.0
        p = xi_bar / A[i, i]
        A_bar[i, i] -= p * r
        x_bar[i + 1 :] -= p * A[i, i + 1 :]
        A_bar[i, i + 1 :] -= p * cxi
        b_bar[i] += p
    for k in reversed(range(n)):
        t, inner_tape = tape.pop()
        for i in reversed(range(k + 1, n)):
            Ai, factor, cs, bk = inner_tape.pop()
            bi_bar = b_bar[i]
            b_bar[k] -= bi_bar * factor
            Ai_bar = A_bar[i, k:]
            q = Ai_bar @ cs
            A_bar[k, k:] -= factor * Ai_bar
            a = (q + bi_bar * bk) / Ai
            A_bar[k, k] += a * factor
            A_bar[i, k] -= a
        if t:
            lk, Alk, u, v, bv, w = tape2.pop()
            lw = last_written(b_bar, w)
            b_bar[w] = 0.0
            np.add.at(b_bar, v, unbroadcast(lw, bv))
            lu = last_written(A_bar, u)
            A_bar[u] = 0.0
            np.add.at(A_bar, lk, unbroadcast(lu, Alk))
    return A_bar, b_bar
