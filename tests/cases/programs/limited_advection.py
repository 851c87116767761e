"""Finite volumes with a limiter, in place: nothing is cleared, what cancels is left out, one copy before the loop."""

from typing import Annotated

import numpy as np


def advected(rho: Annotated[np.ndarray, "n"], courant: float, steps):
    q = rho.copy()
    for _ in range(steps):
        left = q[1:-1] - q[:-2]
        right = q[2:] - q[1:-1]
        slope = np.zeros_like(q)
        slope[1:-1] = np.where(left * right > 0, 2 * left * right / (left + right), 0.0)
        flux = courant * (q[:-1] + 0.5 * (1 - courant) * slope[:-1])
        q[1:-1] = q[1:-1] - (flux[1:] - flux[:-1])
    return np.sum((q - rho) ** 2)


WRT = "rho"
ARGS = (np.array([0.1, 0.3, 0.9, 1.4, 0.7, 0.2, 0.05]), 0.4, 3)

# output
import numpy as np


def advected_grad(rho, courant, steps):
    q = rho.copy()
    tape = []
    for _ in range(steps):
        q_part = q[1:-1]
        left = q_part - q[:-2]
        right = q[2:] - q_part
        slope = np.zeros_like(q)
        above = left * right > 0
        product = 2 * left
        total = left + right
        ratio = product * right / total
        slope[1:-1] = np.where(above, ratio, 0.0)
        flux = courant * (q[:-1] + 0.5 * (1 - courant) * slope[:-1])
        tape.append((right, above, product, total, ratio, flux))
        q[1:-1] = q_part - (flux[1:] - flux[:-1])
    q_bar_prev = 2 * (q - rho)
    q_bar = q_bar_prev.copy()
    while tape:
        right, above, product, total, ratio, flux = tape.pop()
        q_part_bar = q_bar[1:-1]
        flux_bar = np.zeros_like(flux)
        flux_bar[:-1] += q_part_bar
        flux_bar[1:] -= q_part_bar
        total_bar = courant * flux_bar
        slope_bar = np.zeros_like(q_bar)
        slope_bar[:-1] = 0.5 * (1 - courant) * total_bar
        q_bar[:-1] += total_bar
        slope_part_bar = slope_bar[1:-1]
        ratio2 = slope_part_bar / np.where(above, total, 1)
        chosen = np.where(above, slope_part_bar * ratio / total, 0)
        chosen2 = np.where(above, ratio2 * product, 0)
        chosen_right = np.where(above, 2 * ratio2 * right, 0)
        q_bar[2:] += chosen2 - chosen
        q_bar[:-2] += chosen - chosen_right
        q_bar[1:-1] += chosen_right - chosen2
    return q_bar - q_bar_prev
