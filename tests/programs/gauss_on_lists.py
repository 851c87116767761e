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
