"""The functions that the benchmarks measure: (name, function, wrt, arguments)."""

from __future__ import annotations

import time
from typing import Annotated, Any

import numpy as np


def rosenbrock(x: np.ndarray) -> float:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def network(
    W1: Annotated[np.ndarray, "d h"],
    b1: Annotated[np.ndarray, "h"],
    W2: Annotated[np.ndarray, "h k"],
    b2: Annotated[np.ndarray, "k"],
    x: Annotated[np.ndarray, "n d"],
    t: Annotated[np.ndarray, "n k"],
) -> float:
    h = np.tanh(x @ W1 + b1)
    z = h @ W2 + b2
    return np.mean((z - t) ** 2)


def recurrent(W, U, b, xs):
    h = np.zeros(b.shape[0])
    for x in xs:
        h = np.tanh(W @ x + U @ h + b)
    return np.sum(h**2)


def iterate(x: float, n: int) -> float:
    for i in range(n):
        x = np.sin(x) + 0.1 * x
    return x


def filtered(x: np.ndarray, a: float) -> float:
    y = np.zeros_like(x)
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = a * y[i - 1] + x[i]
    return np.sum(y**2)


def heat(u: np.ndarray, k: float, steps: int) -> float:
    for _ in range(steps):
        v = u.copy()
        v[1:-1] = u[1:-1] + k * (u[2:] - 2 * u[1:-1] + u[:-2])
        u = v
    return np.sum(u**2)


_rng = np.random.default_rng(0)

PROGRAMS: list[tuple[str, Any, Any, tuple[Any, ...]]] = [
    ("rosenbrock", rosenbrock, "x", (_rng.normal(size=1000),)),
    (
        "network",
        network,
        ("W1", "b1", "W2", "b2"),
        (
            _rng.normal(size=(64, 128)) / 8,
            np.zeros(128),
            _rng.normal(size=(128, 10)) / 11,
            np.zeros(10),
            _rng.normal(size=(256, 64)),
            _rng.normal(size=(256, 10)),
        ),
    ),
    (
        "recurrent",
        recurrent,
        ("W", "U", "b"),
        (
            _rng.normal(size=(32, 8)) / 3,
            _rng.normal(size=(32, 32)) / 6,
            np.zeros(32),
            _rng.normal(size=(50, 8)),
        ),
    ),
    ("iterate", iterate, "x", (0.8, 1000)),
    ("filtered", filtered, ("x", "a"), (_rng.normal(size=1000), 0.9)),
    ("heat", heat, ("u", "k"), (_rng.normal(size=200), 0.1, 100)),
]


def seconds(call: Any, *args: Any) -> float:
    """The least time of a call, of runs that last 0.2 s together."""
    best, start = float("inf"), time.perf_counter()
    while time.perf_counter() - start < 0.2:
        before = time.perf_counter()
        call(*args)
        best = min(best, time.perf_counter() - before)
    return best
