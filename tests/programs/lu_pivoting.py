"""LU with partial pivoting on a list of rows, and the log of the determinant's magnitude."""

import math


def lu(rows):
    """Factor a matrix, given as a list of rows, in place; the permutation of its rows."""
    n = len(rows)
    perm = list(range(n))
    for k in range(n - 1):
        p = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[p] = rows[p], rows[k]
        perm[k], perm[p] = perm[p], perm[k]
        for i in range(k + 1, n):
            rows[i][k] /= rows[k][k]
            for j in range(k + 1, n):
                rows[i][j] -= rows[i][k] * rows[k][j]
    return perm


def log_abs_det(matrix: list[list[float]]) -> float:
    """log |det A|, from the diagonal of U."""
    rows = [list(row) for row in matrix]
    lu(rows)
    return sum(math.log(abs(rows[i][i])) for i in range(len(rows)))


WRT = "matrix"
ARGS = ([[0.3, 2.0, -1.0], [1.5, -0.4, 0.8], [-2.0, 1.1, 0.6]],)
