"""Derivatives of special functions that neither Python nor NumPy has."""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import numpy as np


def polygamma(n, x):
    """The n-th derivative of digamma, the derivative of math.lgamma: its recurrence leads to where its series holds.

    Abramowitz and Stegun, 6.4.6 and 6.4.11.
    """
    sign = 1.0 if n % 2 else -1.0
    factorial = float(np.prod(np.arange(1.0, n + 1)))
    total = 0.0
    while x < 12 + n:
        total += sign * factorial / x ** (n + 1)
        x = x + 1.0
    series = factorial / (2 * x ** (n + 1)) + (factorial / n / x**n if n else -np.log(x))
    for k, bernoulli in enumerate((1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6), 1):
        rising = float(np.prod(np.arange(2.0 * k + 1, 2 * k + n))) if n else 1 / (2 * k)
        series += bernoulli * rising / x ** (2 * k + n)
    return total + sign * series
