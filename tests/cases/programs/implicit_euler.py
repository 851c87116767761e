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

# output
import math


def simulate_grad(y0, k, h, steps):
    """The gradient of simulate with respect to y0 and k.

    simulate: The state after some steps of implicit Euler, weighted over time."""
    tape = []
    y = y0
    for i in range(steps):
        inner_tape = []
        z = y
        for _ in range(50):
            t = h * k
            u = z**3 - math.sin(z)
            v = 3 * z**2 - math.cos(z)
            inner_tape.append((z, u, v))
            step = (z + t * u - y) / (1 + t * v)
            z = z - step
            if abs(step) < 1e-14:
                break
        tape.append((y, z, inner_tape))
        y = z
    y_bar = 0.0
    k_bar = 0.0
    for i in reversed(range(steps)):
        y, z, inner_tape = tape.pop()
        z_bar = y_bar + 2 * h * (i + 1) * z
        y_bar = 0.0
        while inner_tape:
            z, u, v = inner_tape.pop()
            w = k * h
            slope = 1 + w * v
            s = z_bar / slope
            slope_bar = s * (z + w * u - y) / slope
            r = slope_bar * w
            p = s * w
            z_bar += p * math.cos(z) - 3 * p * z**2 - s + 6 * r * z + r * math.sin(z)
            k_bar += h * (slope_bar * v - s * u)
            y_bar += s
        y_bar += z_bar
    return y_bar, k_bar
