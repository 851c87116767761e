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

# output
import numpy as np

from srcdiff.runtime import add, digamma, sum_x, zero_vector


def log_likelihood_grad(alpha, counts):
    assert np.ndim(alpha) == 1, f"alpha must be a vector, not of shape {np.shape(alpha)}"
    assert all(np.ndim(count) == 1 for count in counts), "counts must hold vectors"
    A = sum(alpha)
    tape = []
    for row in counts:
        n = sum(row)
        tape.append((A + n, min(len(alpha), len(row))))
    alpha_bar = zero_vector(alpha)
    A_bar = 0.0
    for row in reversed(counts):
        total, j = tape.pop()
        for i in range(j):
            a = alpha[i]
            alpha_bar[i] += digamma(a + row[i]) - digamma(a)
        A_bar += digamma(A) - digamma(total)
    return add(alpha_bar, sum_x(A_bar, alpha))
