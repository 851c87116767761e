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
<<<<<<< HEAD
        ui = u[1:-1]
        t = u[2:] - 2 * ui
        w = t + u[:-2]
        tape.append((u, t, w))
        v[1:-1] = ui + k * w
=======
        u_part = u[1:-1]
        diff = u[2:] - 2 * u_part
        total = diff + u[:-2]
        v_part = u_part + k * total
        tape.append((u, diff, total, v_part))
        v[1:-1] = v_part
>>>>>>> 6054378 (Temporaries are named after what they are; cotangents after what they are the cotangent of)
        u = v
    u_bar_prev = 2 * u
    k_bar = 0.0
    while tape:
<<<<<<< HEAD
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
=======
        u, diff, total, v_part = tape.pop()
        u_part = u[1:-1]
        u_part_bar = u_bar[1:-1]
        v_bar = u_bar.copy()
        v_bar[1:-1] = 0.0
        product = k * u_part_bar
        u_bar = np.zeros_like(u)
        u_bar[:-2] += unbroadcast(product, u[:-2])
        u_bar[2:] += unbroadcast(product, u[2:])
        u_part2_bar = 2 * unbroadcast(-unbroadcast(product, diff), u_part) + unbroadcast(u_part_bar, u_part)
        u_bar[1:-1] += u_part2_bar
        u_bar = u_bar + v_bar
        k_bar += np.sum(unbroadcast(u_part_bar, v_part) * total)
    return u_bar, k_bar
>>>>>>> 6054378 (Temporaries are named after what they are; cotangents after what they are the cotangent of)
