"""The log likelihood of counts whose probabilities are drawn from a Dirichlet distribution, on plain lists."""

import math


def log_likelihood(alpha, counts):
    lg = math.lgamma
    A = sum(alpha)
    total = 0
    for row in counts:
        n = sum(row)
        total += lg(A) - lg(A + n)
        total += sum(lg(a + c) - lg(a) for a, c in zip(alpha, row))
    return total


WRT = "alpha"
ARGS = ([1.2, 0.7, 2.1], [[1, 0, 2], [3, 1, 1]])
