"""Derivatives of special functions that neither Python nor NumPy has."""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import math

import numpy as np


def digamma(x):
    """The derivative of math.lgamma: its reflection and its recurrence lead to where its series holds.

    Abramowitz and Stegun, 6.3.7, 6.3.6 and 6.3.18.
    """
    x = float(x)
    if x < 0:
        return digamma(1 - x) - math.pi / math.tan(math.pi * math.fmod(x, 1))
    total = 0.0
    if x < 8:  # eight steps at once: 1 / (x + k) + 1 / (x + 7 - k) = (2 * x + 7) / (x * (x + 7) + k * (7 - k))
        u = x * (x + 7)
        total = (2 * x + 7) * (1 / u + 1 / (u + 6) + 1 / (u + 10) + 1 / (u + 12))
        x += 8
    r = 1 / (x * x)
    series = r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132 - r * (691 / 32760 - r / 12))))))
    return math.log(x) - 0.5 / x - series - total


def polygamma(n, x):
    """The n-th derivative of digamma, n > 0: its recurrence leads to where its series holds.

    Abramowitz and Stegun, 6.4.6 and 6.4.11.
    """
    sign = 1.0 if n % 2 else -1.0
    factorial = float(np.prod(np.arange(1.0, n + 1)))
    total = 0.0
    while x < 12 + n:
        total += factorial / x ** (n + 1)
        x = x + 1.0
    total += factorial / (2 * x ** (n + 1)) + factorial / n / x**n
    for k, bernoulli in enumerate((1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6), 1):
        total += bernoulli * float(np.prod(np.arange(2.0 * k + 1, 2 * k + n))) / x ** (2 * k + n)
    return sign * total
