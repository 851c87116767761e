"""The Lotka-Volterra equations by the classical Runge-Kutta method; how far the end is from an observation."""

from typing import Annotated

import numpy as np

Vector = Annotated[np.ndarray, "d"]


def lotka_volterra(y, params):
    prey, predator = y
    alpha, beta, gamma, delta = params
    return np.array([alpha * prey - beta * prey * predator, delta * prey * predator - gamma * predator])


def rk4_step(f, y, h, params):
    k1 = f(y, params)
    k2 = f(y + h / 2 * k1, params)
    k3 = f(y + h / 2 * k2, params)
    k4 = f(y + h * k3, params)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def misfit(y0: Vector, params: Annotated[np.ndarray, "p"], observed: Vector, h: float = 0.1, steps: int = 20) -> float:
    """The squared distance of the simulated end from the observed one."""
    y = y0
    for _ in range(steps):
        y = rk4_step(lotka_volterra, y, h, params)
    return np.sum((y - observed) ** 2)


WRT = ("y0", "params")
ARGS = (np.array([1.0, 0.5]), np.array([1.1, 0.4, 0.4, 0.1]), np.array([2.0, 0.7]))
