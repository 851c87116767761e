"""Gaussian elimination with pivots on lists of lists, in the style of C."""


def solve(A, b):
    n = len(A)
    A = [row[:] for row in A]
    x = list(b)
    for k in range(n):
        p = max(range(k, n), key=lambda i: abs(A[i][k]))
        if p != k:
            A[k], A[p] = A[p], A[k]
            x[k], x[p] = x[p], x[k]
        for i in range(k + 1, n):
            m = A[i][k] / A[k][k]
            for j in range(k, n):
                A[i][j] -= m * A[k][j]
            x[i] -= m * x[k]
    for i in reversed(range(n)):
        for j in range(i + 1, n):
            x[i] -= A[i][j] * x[j]
        x[i] /= A[i][i]
    return sum(v * v for v in x)


WRT = ("A", "b")
ARGS = ([[1.0, 2.0, 0.5], [3.0, -1.0, 0.2], [0.3, 0.7, 2.0]], [1.0, 2.0, 3.0])

# output
import numpy as np

from srcdiff.runtime import add, zero_arrays, zero_vector, zeros_like


def solve_grad(A, b):
    assert all(isinstance(row, list) and np.ndim(row) == 1 for row in A), "A must hold lists of numbers"
    assert np.ndim(b) == 1, f"b must be a vector, not of shape {np.shape(b)}"
    n = len(A)
    A2 = [row[:] for row in A]
    n_b = len(b)
    x = list(b)
    tape = []
    for k in range(n):
        xs = range(k, n)
        best = xs[0]
        score = abs(A2[best][k])
        for x2 in xs[1:]:
            other = abs(A2[x2][k])
            if other > score:
                best = x2
                score = other
        if best != k:
            A2_k = A2[k]
            A2[k] = A2[best]
            A2[best] = A2_k
            xk = x[k]
            x[k] = x[best]
            x[best] = xk
        inner_tape = []
        for i in range(k + 1, n):
            A2_k_k = A2[k][k]
            m = A2[i][k] / A2_k_k
            tape2 = []
            for j in xs:
                A2_i = A2[i]
                A2_k_j = A2[k][j]
                tape2.append(A2_k_j)
                A2_i[j] = A2_i[j] - m * A2_k_j
            xk = x[k]
            inner_tape.append((A2_k_k, m, tape2, xk))
            x[i] = x[i] - m * xk
        tape.append((best, inner_tape))
    for i in reversed(range(n)):
        for j in range(i + 1, n):
            x[i] = x[i] - A2[i][j] * x[j]
        x[i] = x[i] / A2[i][i]
    x_bar = zeros_like(x)
    for l in range(len(x)):
        x_bar[l] += 2.0 * x[l]
    A_bar_prev = zeros_like(A2)
    for i in range(n):
        x_i_bar = x_bar[i] / A2[i][i]
        A_bar_prev[i][i] -= x_i_bar * x[i]
        x_bar[i] = x_i_bar
        for j in reversed(range(i + 1, n)):
            xi_bar = x_bar[i]
            x_bar[j] -= xi_bar * A2[i][j]
            A_bar_prev[i][j] -= xi_bar * x[j]
    for k in reversed(range(n)):
        best, inner_tape = tape.pop()
        for i in reversed(range(k + 1, n)):
            A2_k_k, m, tape2, xk = inner_tape.pop()
            xi_bar = x_bar[i]
            m_bar = -xi_bar * xk
            x_bar[k] -= xi_bar * m
            for j in reversed(range(k, n)):
                A2_k_j = tape2.pop()
                A_bar_prev_i_j = A_bar_prev[i][j]
                A_bar_prev[k][j] -= A_bar_prev_i_j * m
                m_bar -= A_bar_prev_i_j * A2_k_j
            A2_i_k_bar = m_bar / A2_k_k
            A_bar_prev[k][k] -= A2_i_k_bar * m
            A_bar_prev[i][k] += A2_i_k_bar
        if best != k:
            x_best_bar = x_bar[best]
            x_bar[best] = 0.0
            xk_bar = x_bar[k]
            x_bar[k] = x_best_bar
            x_bar[best] += xk_bar
            A_bar_prev_best = A_bar_prev[best]
            A_bar_prev[best] = [0.0] * len(A_bar_prev_best)
            A_bar_prev_k = A_bar_prev[k]
            A_bar_prev[k] = A_bar_prev_best
            A_bar_prev[best] = add(A_bar_prev[best], A_bar_prev_k)
    b_bar = zero_vector(b)
    for l, x2_bar in zip(range(n_b), x_bar):
        b_bar[l] += x2_bar
    A_bar = zero_arrays(A)
    for l, A_bar_prev_item in zip(range(n), A_bar_prev):
        A_bar[l][:] = [a + b for a, b in zip(A_bar[l], A_bar_prev_item)]
    return A_bar, b_bar
