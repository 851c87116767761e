"""Robertson's stiff reactions by implicit Euler, with Newton's method and its Jacobian written out."""

import numpy as np


def product_formed(k, y0, h, n):
    def rhs(y):
        a, b, c = y
        r1, r2, r3 = k[0] * a, k[1] * b * b, k[2] * b * c
        return np.array([-r1 + r3, r1 - r2 - r3, r2])

    def jac(y):
        a, b, c = y
        return np.array(
            [
                [-k[0], k[2] * c, k[2] * b],
                [k[0], -2 * k[1] * b - k[2] * c, -k[2] * b],
                [0.0, 2 * k[1] * b, 0.0],
            ]
        )

    y = y0
    for _ in range(n):
        z = y
        for _ in range(4):
            z = z - np.linalg.solve(np.eye(3) - h * jac(z), z - y - h * rhs(z))
        y = z
    return y[2]


WRT = ("k", "y0", "h")
ARGS = (np.array([0.4, 3.0, 1.5]), np.array([1.0, 0.1, 0.0]), 0.1, 5)
