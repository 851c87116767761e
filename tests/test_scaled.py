"""Numbers that multiply products of arrays stand where they cost least, and what several products share is made once."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient

Points = Annotated[np.ndarray, "n"]


def pulled(x: np.ndarray, m: np.ndarray, g: float, steps: int):
    x = x.copy()
    for _ in range(steps):
        diff = x[:, None] - x[None, :]
        weight = 1 / (diff**2 + 0.3)
        x = x + g * (diff * weight) @ m
    return np.sum(x**2)


def kernel(x: np.ndarray, m: np.ndarray, g: float, steps: int):
    points = x[:, None] * np.ones(2)
    a = np.exp(g * points @ points.T / steps)
    return np.sum((g * a * a / 3.0).T @ m * m)


def columns(x: np.ndarray, m: np.ndarray, g: float, steps: int):
    total = 0.0
    for _ in range(steps):
        a = np.sin(x[:, None] - x)
        total += np.sum((-g * a) @ m[:, None] + (g * a).T @ m[:, None])
        x = x + g * m
    return total


@pytest.mark.parametrize("function", [pulled, kernel, columns], ids=lambda f: f.__name__)
@pytest.mark.parametrize("wrt", [0, 1, 2])
@pytest.mark.parametrize("g", [0.4, 0.0])
def test_scaled(function, wrt, g):
    args = np.array([0.3, -0.4, 0.9, 0.2]), np.array([0.1, 0.3, 0.2, -0.5]), g, 2
    assert_close(srcdiff.grad(function, wrt=wrt)(*args), gradient(function, args, wrt))


def test_a_number_scales_no_matrix():
    text = srcdiff.grad(pulled, wrt=(0, 1)).source
    assert "(g * diff" not in text and "g * (diff" not in text.split("while")[-1], text


def test_a_scaled_matrix_is_made_once():
    def energy(x: Points, y: Points, steps: int):
        total = 0.0
        for _ in range(steps):
            dx, dy = x[:, None] - x, y[:, None] - y
            squares = dx**2 + dy**2
            total += np.sum(np.exp(-squares))
            x = x + 0.1 * np.sum(dx * squares, axis=0)
            y = y + 0.1 * np.sum(dy * squares, axis=0)
        return total

    gradients = srcdiff.grad(energy, wrt=(0, 1))
    assert gradients.source.count("2 * ") == 1, gradients.source
    x, y = np.array([0.3, -0.4, 0.9]), np.array([0.1, 0.3, 0.2])
    for wrt in (0, 1):
        assert_close(gradients(x, y, 2)[wrt], gradient(energy, (x, y, 2), wrt))


def test_products_with_one_matrix_are_one():
    def energy(a: Annotated[np.ndarray, "n d"]):
        c = a.T @ a / len(a)
        return np.sum(np.sin(c) * c)

    a = np.array([[0.3, -0.4], [0.9, 0.1], [0.3, 0.2]])
    text = srcdiff.grad(energy).source
    assert text.count("@") == 2, text
    assert_close(srcdiff.grad(energy)(a), gradient(energy, (a,), 0))


def test_what_is_solved_is_not_solved_again():
    def likelihood(scale: float, y: Points):
        k = scale * np.eye(len(y)) + np.outer(y, y)
        low = np.linalg.cholesky(k)
        return 0.5 * y @ np.linalg.solve(low.T, np.linalg.solve(low, y))

    y = np.array([0.3, -0.4, 0.9])
    text = srcdiff.grad(likelihood).source
    assert text.count("solve(") == 2, text
    for wrt in (0, 1):
        assert_close(srcdiff.grad(likelihood, wrt)(0.7, y), gradient(likelihood, (0.7, y), wrt))
