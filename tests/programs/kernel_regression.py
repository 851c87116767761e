"""Leave-one-out error of a Nadaraya-Watson regression, element by element."""

import math

import numpy as np


def nw_loo(h: float, X, y):
    n = len(y)
    err = 0.0
    for i in range(n):
        num = den = 0.0
        for j in range(n):
            if i == j:
                continue
            k = math.exp(-0.5 * sum((X[i] - X[j]) ** 2) / h**2)
            num += k * y[j]
            den += k
        err += (y[i] - num / den) ** 2
    return err / n


WRT = ("h", "X", "y")
ARGS = (0.8, np.random.default_rng(1).normal(size=(5, 2)), np.random.default_rng(2).normal(size=5))
