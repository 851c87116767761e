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

from srcdiff.runtime import copy, unbroadcast


def heat_grad(u, k, steps):
    if u.dtype.kind not in "fc":
        u = u.astype(float)
    tape = []
    for _ in range(steps):
        v = u.copy()
        ui = u[1:-1]
        t = u[2:] - 2 * ui
        w = t + u[:-2]
        tape.append((u, t, w))
        v[1:-1] = ui + k * w
        u = v
    u_bar_prev = 2 * u
    k_bar = 0.0
    while tape:
        u, t, w = tape.pop()
        s = u[1:-1]
        r = copy(u_bar_prev[1:-1])
        u_bar_prev[1:-1] = 0.0
        p = k * r
        u_bar = np.zeros_like(u)
        u_bar[:-2] += unbroadcast(p, u[:-2])
        u_bar[2:] += unbroadcast(p, u[2:])
        q = 2 * unbroadcast(-unbroadcast(p, t), s) + unbroadcast(r, s)
        u_bar[1:-1] += q
        u_bar_prev = u_bar + u_bar_prev
        k_bar += np.sum(r * w)
    return u_bar_prev, k_bar
