"""A stiff oscillator by implicit Euler; each step solves its equation by Newton's iteration."""

import math


def newton_step(y, target, h, k):
    """The root z of z + h k (z^3 - sin z) = target, starting from y."""
    z = y
    for _ in range(50):
        residual = z + h * k * (z**3 - math.sin(z)) - target
        slope = 1 + h * k * (3 * z**2 - math.cos(z))
        step = residual / slope
        z -= step
        if abs(step) < 1e-14:
            break
    return z


def simulate(y0: float, k: float, h: float, steps: int) -> float:
    """The state after some steps of implicit Euler, weighted over time."""
    y = y0
    total = 0.0
    for i in range(steps):
        y = newton_step(y, y, h, k)
        total += y * y * h * (i + 1)
    return total


WRT = ("y0", "k")
ARGS = (1.3, 2.0, 0.1, 6)
MORE_ARGS = ((-0.4, 0.5, 0.2, 3),)
