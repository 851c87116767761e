"""The heat equation with slices."""

import numpy as np


def heat(u: np.ndarray, k: float, steps: int) -> float:
    for _ in range(steps):
        v = u.copy()
        v[1:-1] = u[1:-1] + k * (u[2:] - 2 * u[1:-1] + u[:-2])
        u = v
    return np.sum(u**2)


WRT = ("u", "k")
ARGS = (np.array([0.0, 1.0, 0.5, -0.3, 0.2]), 0.1, 3)

# output
import numpy as np


def heat_grad(u, k, steps):
    if u.dtype.kind not in "fc":
        u = u.astype(float)
    tape = []
    for _ in range(steps):
        v = u.copy()
        u_part = u[1:-1]
        total = u[2:] - 2 * u_part + u[:-2]
        tape.append(total)
        v[1:-1] = u_part + k * total
        u = v
    u_bar_prev = 2 * u
    k_bar = 0.0
    while tape:
        total = tape.pop()
        u_bar_prev_part = u_bar_prev[1:-1].copy()
        u_bar_prev[1:-1] = 0.0
        total_bar = k * u_bar_prev_part
        u_bar = np.zeros_like(u_bar_prev)
        u_bar[:-2] += total_bar
        u_bar[2:] += total_bar
        u_bar[1:-1] += u_bar_prev_part - 2 * total_bar
        u_bar_prev = u_bar + u_bar_prev
        k_bar += np.sum(u_bar_prev_part * total)
    return u_bar_prev, k_bar
