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
