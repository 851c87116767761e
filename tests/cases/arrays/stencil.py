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

from srcdiff.runtime import unbroadcast


def heat_grad(u, k, steps):
    if u.dtype.kind not in "fc":
        u = u.astype(float)
    tape = []
    for _ in range(steps):
        v = u.copy()
        ui = u[1:-1]
        t = u[2:] - 2 * ui
        w = t + u[:-2]
        s = ui + k * w
        tape.append((u, t, w, s))
        v[1:-1] = s
        u = v
    u_bar = 2 * u
    k_bar = 0.0
    while tape:
        u, t, w, s = tape.pop()
        r = u[1:-1]
        ui_bar = u_bar[1:-1]
        v_bar = u_bar.copy()
        v_bar[1:-1] = 0.0
        p = k * ui_bar
        u_bar = np.zeros_like(u)
        u_bar[:-2] += unbroadcast(p, u[:-2])
        u_bar[2:] += unbroadcast(p, u[2:])
        q = 2 * unbroadcast(-unbroadcast(p, t), r) + unbroadcast(ui_bar, r)
        u_bar[1:-1] += q
        u_bar = u_bar + v_bar
        k_bar += np.sum(unbroadcast(ui_bar, s) * w)
    return u_bar, k_bar
