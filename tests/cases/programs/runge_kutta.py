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

# output
import numpy as np


def misfit_grad(y0, params, observed, h=0.1, steps=20):
    """The gradient of misfit with respect to y0 and params.

    misfit: The squared distance of the simulated end from the observed one."""
    assert len(y0) == 2, "y0 must have 2 elements"
    tape = []
    y = y0
    for _ in range(steps):
        prey, predator = y
        alpha, beta, gamma, delta = params
        k1 = np.array([alpha * prey - beta * prey * predator, delta * prey * predator - gamma * predator])
        ratio = h / 2
        y2 = y + ratio * k1
        prey2, predator2 = y2
        k2 = np.array(
            [alpha * prey2 - beta * prey2 * predator2, delta * prey2 * predator2 - gamma * predator2]
        )
        y3 = y + ratio * k2
        prey2, predator2 = y3
        k3 = np.array(
            [alpha * prey2 - beta * prey2 * predator2, delta * prey2 * predator2 - gamma * predator2]
        )
        y4 = y + h * k3
        tape.append((prey, predator, y2, y3, y4))
        prey, predator = y4
        k4 = np.array([alpha * prey - beta * prey * predator, delta * prey * predator - gamma * predator])
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    y_bar = 2 * (y - observed)
    params_bar = np.zeros_like(params)
    while tape:
        prey, predator, y2, y3, y4 = tape.pop()
        alpha, beta, gamma, delta = params
        ratio = h / 2
        prey2, predator2 = y2
        prey3, predator3 = y3
        prey4, predator4 = y4
        k4_bar = h / 6 * y_bar
        product = 2 * k4_bar
        k4_0_bar = k4_bar[0]
        k4_1_bar = k4_bar[1]
        product_delta_bar = k4_1_bar * predator4
        product_predator4 = k4_0_bar * predator4
        y4_bar = np.zeros_like(y4)
        y4_bar[1] = k4_1_bar * delta * prey4 - k4_0_bar * beta * prey4 - k4_1_bar * gamma
        y4_bar[0] = k4_0_bar * alpha - product_predator4 * beta + product_delta_bar * delta
        k3_bar = h * y4_bar + product
        k3_0_bar = k3_bar[0]
        k3_1_bar = k3_bar[1]
        product_bar = k3_1_bar * predator3
        product_predator3 = k3_0_bar * predator3
        y3_bar = np.zeros_like(y3)
        y3_bar[1] = k3_1_bar * delta * prey3 - k3_0_bar * beta * prey3 - k3_1_bar * gamma
        y3_bar[0] = k3_0_bar * alpha - product_predator3 * beta + product_bar * delta
        k2_bar = ratio * y3_bar + product
        k2_0_bar = k2_bar[0]
        k2_1_bar = k2_bar[1]
        product_prey2_bar = k2_1_bar * predator2
        product_predator2 = k2_0_bar * predator2
        y2_bar = np.zeros_like(y2)
        y2_bar[1] = k2_1_bar * delta * prey2 - k2_0_bar * beta * prey2 - k2_1_bar * gamma
        y2_bar[0] = k2_0_bar * alpha - product_predator2 * beta + product_prey2_bar * delta
        k1_bar = ratio * y2_bar + k4_bar
        k1_0_bar = k1_bar[0]
        k1_1_bar = k1_bar[1]
        product_prey_bar = k1_1_bar * predator
        product_predator = k1_0_bar * predator
        params_bar[3] += (
            product_prey_bar * prey
            + product_prey2_bar * prey2
            + product_bar * prey3
            + product_delta_bar * prey4
        )
        params_bar[2] -= product_prey_bar + product_prey2_bar + product_bar + product_delta_bar
        params_bar[1] -= (
            product_predator * prey
            + product_predator2 * prey2
            + product_predator3 * prey3
            + product_predator4 * prey4
        )
        params_bar[0] += k1_0_bar * prey + k2_0_bar * prey2 + k3_0_bar * prey3 + k4_0_bar * prey4
        y_bar += y2_bar + y3_bar + y4_bar
        y_bar[1] += k1_1_bar * delta * prey - k1_0_bar * beta * prey - k1_1_bar * gamma
        y_bar[0] += k1_0_bar * alpha - product_predator * beta + product_prey_bar * delta
    return y_bar, params_bar
