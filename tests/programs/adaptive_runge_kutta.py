"""A relaxing, driven variable by Bogacki and Shampine's pair: steps that are rejected, steps that grow."""

import math


def relaxed(y0: float, k: float, t_end: float, rtol: float = 1e-3) -> float:
    t, y, h = 0.0, y0, 0.1
    rejected = 0
    f = lambda t, y: -k * y + math.sin(t)
    while t < t_end:
        if t + h > t_end:
            h = t_end - t
        k1 = f(t, y)
        k2 = f(t + h / 2, y + h * k1 / 2)
        k3 = f(t + 0.75 * h, y + 0.75 * h * k2)
        y_new = y + h * (2 * k1 + 3 * k2 + 4 * k3) / 9
        k4 = f(t + h, y_new)
        err = abs(h * (-5 * k1 / 72 + k2 / 12 + k3 / 9 - k4 / 8))
        tol = rtol * max(1.0, abs(y))
        if err > tol:
            h *= 0.5
            rejected += 1
            if rejected > 100:
                raise RuntimeError("too many rejections")
            continue
        t += h
        y = y_new
        if err < tol / 10:
            h *= 2
    return y


WRT = ("y0", "k")
ARGS = (1.0, 2.0, 3.0)
MORE_ARGS = ((0.3, 9.0, 2.0),)
