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

from srcdiff.runtime import last_written


def misfit_grad(A, b, observed):
    """The gradient of misfit with respect to A and b.

    misfit: The squared distance of the solution of A x = b from what was observed."""
    assert A.ndim == 2, f"A must be a matrix, not of shape {np.shape(A)}"
    assert np.ndim(b) == np.ndim(observed) == 1, "b and observed must be vectors"
    assert A.shape[1] == len(b) == len(observed), "these lengths must be equal"
    A, b = (a if a.dtype.kind in "fc" else a.astype(float) for a in (A, b))
    A = A.copy()
    b = b.copy()
    n = len(b)
    tape = []
    for k in range(n):
        pivot = k + int(np.argmax(np.abs(A[k:, k])))
        if pivot != k:
            A[[k, pivot]] = A[[pivot, k]]
            b[[k, pivot]] = b[[pivot, k]]
        inner_tape = []
        for i in range(k + 1, n):
            factor = A[i, k] / A[k, k]
            inner_tape.append(factor)
            A[i, k:] -= factor * A[k, k:]
            b[i] -= factor * b[k]
        tape.append((pivot, inner_tape))
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    x_bar = 2 * (x - observed)
    b_bar = np.zeros_like(b)
    A_bar = np.zeros_like(A)
    for i in reversed(range(n - 1, -1, -1)):
        xi_bar = x_bar[i]
        x_bar[i] = 0.0
        diff_bar = xi_bar / A[i, i]
        A_bar[i, i] -= diff_bar * x[i]
        x_bar[i + 1 :] -= diff_bar * A[i, i + 1 :]
        A_bar[i, i + 1 :] -= diff_bar * x[i + 1 :]
        b_bar[i] += diff_bar
    for k in reversed(range(n)):
        pivot, inner_tape = tape.pop()
        for i in reversed(range(k + 1, n)):
            factor = inner_tape.pop()
            bi_bar = b_bar[i]
            b_bar[k] -= bi_bar * factor
            Ai_bar = A_bar[i, k:]
            product = Ai_bar @ A[k, k:]
            A_bar[k, k:] -= factor * Ai_bar
            ratio = (product + bi_bar * b[k]) / A[k, k]
            A_bar[k, k] += ratio * factor
            A_bar[i, k] -= ratio
        if pivot != k:
            b_k_pivot_bar = last_written(b_bar, [k, pivot])
            b_bar[[k, pivot]] = 0.0
            np.add.at(b_bar, [pivot, k], b_k_pivot_bar)
            A_k_pivot_bar = last_written(A_bar, [k, pivot])
            A_bar[[k, pivot]] = 0.0
            np.add.at(A_bar, [pivot, k], A_k_pivot_bar)
    return A_bar, b_bar
