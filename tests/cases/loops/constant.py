"""What each iteration computes alike is not taped: it is made once for the adjoint."""

from typing import Annotated

import numpy as np


def damped(A: Annotated[np.ndarray, "n n"], x: Annotated[np.ndarray, "n"], c: float, steps: int) -> float:
    for _ in range(steps):
        x = np.sin(np.sqrt(c) * A @ x)
    return np.sum(x)


WRT = ("A", "x", "c")
ARGS = (np.array([[0.3, -0.8], [1.4, 0.2]]), np.array([0.4, 0.9]), 0.7, 3)

# output
import numpy as np


def damped_grad(A, x, c, steps):
    tape = []
    for _ in range(steps):
        x_raw = np.sqrt(c) * A @ x
        tape.append((x, x_raw))
        x = np.sin(x_raw)
    x_bar = np.full_like(x, 1.0)
    A_bar = np.zeros_like(A)
    root = np.sqrt(c)
    product_A = root * A
    c_bar = 0.0
    while tape:
        x, x_raw = tape.pop()
        x_raw_bar = x_bar * np.cos(x_raw)
        product_A_bar = x_raw_bar[:, None] * x
        x_bar = product_A.T @ x_raw_bar
        c_bar += np.sum(A * product_A_bar) / 2 / root
        A_bar += root * product_A_bar
    return A_bar, x_bar, c_bar
