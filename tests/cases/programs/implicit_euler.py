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
            hk = h * k
            diff_z = z**3 - math.sin(z)
            diff = 3 * z**2 - math.cos(z)
            inner_tape.append((z, diff_z, diff))
            step = (z + hk * diff_z - y) / (1 + hk * diff)
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
            z, diff_z, diff = inner_tape.pop()
            kh = k * h
            slope = 1 + kh * diff
            ratio = z_bar / slope
            slope_bar = ratio * (z + kh * diff_z - y) / slope
            diff_z_bar = slope_bar * kh
            sine_bar = ratio * kh
            z_bar += (
                sine_bar * math.cos(z)
                - 3 * sine_bar * z**2
                - ratio
                + 6 * diff_z_bar * z
                + diff_z_bar * math.sin(z)
            )
            k_bar += h * (slope_bar * diff - ratio * diff_z)
            y_bar += ratio
        y_bar += z_bar
    return y_bar, k_bar
