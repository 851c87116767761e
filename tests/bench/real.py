"""What the gradients of the real programs cost, in calls of the programs, and what their tapes take at two sizes.

python -m tests.bench.real [NAME ...]
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # with more, small products wait for one another

import numpy as np  # noqa: E402

import srcdiff  # noqa: E402
from tests.bench.memory import peak  # noqa: E402
from tests.test_programs import NAMES, program  # noqa: E402

SCALAR, ARRAY = 5.0, 3.0  # the most that a gradient may cost: of scalar and element loops, of array code
ARRAY_CODE = {"adam", "attention", "batch_norm", "gru", "hidden_markov", "kalman_filter", "lstm", "runge_kutta"} | {
    "self_consistent_field",
    "wave_equation",
}


def _normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape)


def _positive_definite(n: int) -> np.ndarray:
    half = _normal(n, n)
    return half @ half.T + n * np.eye(n)


def _balanced(depth: int, node: Callable[[Any, Any], Any], leaf: Any) -> Any:
    return leaf if depth == 0 else node(*(_balanced(depth - 1, node, leaf) for _ in range(2)))


def _soft_tree(depth: int) -> Any:
    w = _normal(3)
    return _balanced(
        depth,
        lambda left, right: {"leaf": False, "w": w, "b": 0.1, "left": left, "right": right},
        {"leaf": True, "value": 0.5},
    )


SIZES: dict[str, tuple[tuple[int, int], Callable[[int], tuple[Any, ...]]]] = {
    "adam": ((50, 100), lambda n: (0.05, _normal(10), _normal(40, 10), _normal(40), n)),
    "attention": ((64, 128), lambda n: (*(_normal(64, 64) / 8 for _ in range(4)), _normal(n, 64), _normal(n, 64), 4)),
    "binomial_tree": ((30, 60), lambda n: (100.0, 105.0, 0.5, 0.03, 0.25, n)),
    "bubble_sort": ((50, 100), lambda n: (_normal(n), 5)),
    "cholesky": ((10, 20), lambda n: (_positive_definite(n), _normal(n))),
    "convolution": ((12, 24), lambda n: (_normal(2, n, n), _normal(3, 2, 3, 3), _normal(3))),
    "dynamic_time_warping": ((20, 40), lambda n: (_normal(n), _normal(n + 1), 0.7)),
    "expression_tree": (
        (5, 8),
        lambda n: (
            _balanced(n, lambda a, b: ("add", ("mul", ("const", 0.4), a), ("mul", b, a)), ("exp", ("var", "x"))),
            {"x": -1.4},
        ),
    ),
    "gaussian_elimination": ((20, 40), lambda n: (_normal(n, n), _normal(n), _normal(n))),
    "heat_equation": ((50, 100), lambda n: (_normal(100), 0.1 + 0.2 * np.abs(_normal(100)) % 0.3, n)),
    "hidden_markov": ((50, 100), lambda n: (_normal(20), _normal(20, 20), _normal(20, 4), [i % 4 for i in range(n)])),
    "householder_qr": ((10, 20), lambda n: (_normal(2 * n, n), _normal(2 * n))),
    "implicit_euler": ((50, 100), lambda n: (1.3, 2.0, 0.1, n)),
    "k_means": ((100, 200), lambda n: (_normal(n, 2), _normal(5, 2))),
    "lu_pivoting": ((10, 20), lambda n: (_normal(n, n).tolist(),)),
    "lstm": (
        (50, 100),
        lambda n: (_normal(64, 8) / 8, _normal(64, 16) / 8, _normal(64), _normal(n, 8), _normal(16)),
    ),
    "minors": ((4, 5), lambda n: (_normal(n, n).tolist(),)),
    "pendulum": ((100, 200), lambda n: (25.0, 3.0, 2.0, 0.3, 0.02, n)),
    "runge_kutta": ((50, 100), lambda n: (*program("runge_kutta")[0].ARGS, 0.02, n)),
    "self_consistent_field": ((20, 40), lambda n: (np.linspace(-1, 1, n) ** 2, 0.7)),
    "soft_tree": ((3, 5), lambda n: (_soft_tree(n), _normal(20, 3), _normal(20))),
    "tree_sum": ((6, 10), lambda n: (_balanced(n, lambda left, right: (left, right), 1.5),)),
    "wave_equation": ((50, 100), lambda n: (0.2 + 0.1 * np.abs(_normal(60, 60)) % 0.2, _normal(n), n)),
}


def ratio(once: Callable[[], Any], both: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of a call of `once`, and how often it fits into one of `both`: medians of calls that take turns.

    Of the process's own time, so that what else the machine does counts for nothing."""
    times: tuple[list[float], list[float]] = ([], [])
    start = time.perf_counter()
    while time.perf_counter() - start < 0.4 or len(times[0]) < 5:
        for call, found in zip((once, both), times):
            before = time.process_time()
            call()
            found.append(time.process_time() - before)
    own, gradient = map(statistics.median, times)
    return own, gradient / own


def report(name: str) -> str:
    module, function = program(name)
    derivative = srcdiff.grad(function, wrt=module.WRT)
    args = module.ARGS
    memory = ""
    if name in SIZES:
        sizes, make = SIZES[name]
        small, large = (peak(derivative, *make(n)) - peak(function, *make(n)) for n in sizes)
        args = make(sizes[1])
        memory = f"{small / 1024:8.0f} kB -> {large / 1024:8.0f} kB (n = {sizes[0]} -> {sizes[1]})"
    own, times = ratio(lambda: function(*args), lambda: derivative(*args))
    bound = ARRAY if name in ARRAY_CODE else SCALAR
    return (
        f"{name:22s} {own * 1e6:9.0f} us {times:6.2f} {'' if times <= bound else f'> {bound:.0f}':4s} {memory}".rstrip()
    )


def main() -> None:
    print(f"{'program':22s} {'function':>12s} {'ratio':>6s}      tape")
    for name in sys.argv[1:] or NAMES:
        print(report(name), flush=True)


if __name__ == "__main__":
    main()
