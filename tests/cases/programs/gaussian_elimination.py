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
    assert A.ndim == 2, f"A must be an array of 2 dimensions, not of shape {np.shape(A)}"
    assert b.ndim == 1, f"b must be a vector, not of shape {np.shape(b)}"
    if b.dtype.kind not in "fc":
        b = b.astype(float)
    if A.dtype.kind not in "fc":
        A = A.astype(float)
    t = A.copy()
    u = b.copy()
    n = len(u)
    tape = []
    tape2 = []
    for k in range(n):
        pivot = k + int(np.argmax(np.abs(t[k:, k])))
        v = pivot != k
        if v:
            lk = [pivot, k]
            tlk = t[lk]
            w = [k, pivot]
            t[w] = tlk
            s = [pivot, k]
            us = u[s]
            r = [k, pivot]
            tape2.append((lk, tlk, w, s, us, r))
            u[r] = us
        inner_tape = []
        for i in range(k + 1, n):
            ti = t[k, k]
            factor = t[i, k] / ti
            p = t[k, k:]
            cp = p.copy()
            t[i, k:] -= factor * p
            uk = u[k]
            inner_tape.append((ti, factor, cp, uk))
            u[i] -= factor * uk
        tape.append((v, inner_tape))
    zn = np.zeros(n)
    tape3 = []
    for i in range(n - 1, -1, -1):
        zi = zn[i + 1 :]
        q = (u[i] - t[i, i + 1 :] @ zi) / t[i, i]
        czi = zi.copy()
        tape3.append((q, czi))
        zn[i] = q
    zn_bar = unbroadcast(2 * (zn - observed), zn)
    b_bar = np.zeros_like(u)
    A_bar = np.zeros_like(t)
    for i in reversed(range(n - 1, -1, -1)):
        q, czi = tape3.pop()
        a = t[i, i]
        zni_bar = zn_bar[i]
        zn_bar[i] = 0.0
        c = zni_bar / a
        A_bar[i, i] -= zni_bar * q / a
        zn_bar[i + 1 :] -= c * t[i, i + 1 :]
        A_bar[i, i + 1 :] -= c * czi
        b_bar[i] += c
    for k in reversed(range(n)):
        v, inner_tape = tape.pop()
        for i in reversed(range(k + 1, n)):
            ti, factor, cp, uk = inner_tape.pop()
            bi_bar = b_bar[i]
            b_bar[k] -= bi_bar * factor
            Ai_bar = A_bar[i, k:]
            d = Ai_bar @ cp
            A_bar[k, k:] -= factor * Ai_bar
            factor_bar = -d - bi_bar * uk
            A_bar[k, k] -= factor_bar * factor / ti
            A_bar[i, k] += factor_bar / ti
        if v:
            lk, tlk, w, s, us, r = tape2.pop()
            lr = last_written(b_bar, r)
            b_bar[r] = 0.0
            np.add.at(b_bar, s, unbroadcast(lr, us))
            lw = last_written(A_bar, w)
            A_bar[w] = 0.0
            np.add.at(A_bar, lk, unbroadcast(lw, tlk))
    return A_bar, b_bar
