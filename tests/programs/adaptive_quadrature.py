"""Adaptive quadrature by Simpson's rule: the energy of a pendulum's swing, of an integrand that is a closure."""

import math


def integral(f, a, b, tolerance):
    """The integral of f from a to b; halves are integrated apart until they agree with the whole."""

    def simpson(lo, f_lo, hi, f_hi):
        middle = (lo + hi) / 2
        f_middle = f(middle)
        return middle, f_middle, (hi - lo) / 6 * (f_lo + 4 * f_middle + f_hi)

    def refine(lo, f_lo, hi, f_hi, middle, f_middle, whole, tolerance):
        q1, f_q1, left = simpson(lo, f_lo, middle, f_middle)
        q3, f_q3, right = simpson(middle, f_middle, hi, f_hi)
        error = left + right - whole
        if abs(error) <= 15 * tolerance:
            return left + right + error / 15
        return refine(lo, f_lo, middle, f_middle, q1, f_q1, left, tolerance / 2) + refine(
            middle, f_middle, hi, f_hi, q3, f_q3, right, tolerance / 2
        )

    f_a, f_b = f(a), f(b)
    middle, f_middle, whole = simpson(a, f_a, b, f_b)
    return refine(a, f_a, b, f_b, middle, f_middle, whole, tolerance)


def swing(amplitude: float, damping: float, length: float):
    """What a damped pendulum loses while it swings down."""
    frequency = math.sqrt(9.81 / length)

    def power(t):
        angle = amplitude * math.exp(-damping * t) * math.cos(frequency * t)
        return damping * (length * angle) ** 2

    return integral(power, 0.0, math.pi / (2 * frequency), 1e-9)


FUNCTION = swing
WRT = ("amplitude", "damping", "length")
ARGS = (0.8, 0.3, 1.2)
MORE_ARGS = ((0.2, 2.5, 0.4),)
