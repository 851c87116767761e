"""A list that is made by a comprehension, and summed."""

import math


def misfit(a: float, b: float, times: list[float], heights: list[float]) -> float:
    """The squared error of a decaying curve."""
    curve = [a * math.exp(-b * t) for t in times]
    return sum([(c - h) ** 2 for c, h in zip(curve, heights)]) + 0.1 * sum(b * c for c in curve if c > 0.5)


WRT = ("a", "b")
ARGS = (1.3, 0.7, [0.1, 0.5, 1.0, 2.0], [1.2, 0.9, 0.7, 0.2])

# output
import math


def misfit_grad(a, b, times, heights):
    """The gradient of misfit with respect to a and b.

    misfit: The squared error of a decaying curve."""
    tape = []
    curve = []
    for t in times:
        et = math.exp(-b * t)
        tape.append(et)
        curve.append(a * et)
    values = [b * c for c in curve if c > 0.5]
    values_bar = [0.1] * len(values)
    curve_bar = [0.0] * len(curve)
    b_bar = 0.0
    for i in reversed(range(len(curve))):
        c = curve[i]
        if c > 0.5:
            values_part_bar = values_bar.pop()
            c_bar = b * values_part_bar
            b_bar += values_part_bar * c
        else:
            c_bar = 0.0
        curve_bar[i] += c_bar
    for i in range(min(len(curve), len(heights))):
        curve_bar[i] += 2 * (curve[i] - heights[i])
    a_bar = 0.0
    for t, curve_item_bar in zip(reversed(times), reversed(curve_bar)):
        et = tape.pop()
        b_bar -= a * curve_item_bar * et * t
        a_bar += curve_item_bar * et
    return a_bar, b_bar
