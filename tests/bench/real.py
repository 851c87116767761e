"""What the gradients of the real programs cost, in calls of the programs, and what their tapes take at two sizes.

python -m tests.bench.real [NAME ...]
"""

from __future__ import annotations

import copy
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
ARRAY_CODE = frozenset(
    "adam attention batch_norm conditional_random_field expectation_maximisation extended_kalman_filter gravity gru "
    "hidden_markov householder_qr kalman_filter least_squares_monte_carlo lstm mean_field page_rank runge_kutta "
    "self_consistent_field strided_convolution transformer variational_autoencoder wave_equation".split()
)


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


def _gru(n: int) -> tuple[Any, ...]:
    gates = {f"W{g}": _normal(32, 8) / 4 for g in "zrh"} | {f"U{g}": _normal(32, 32) / 6 for g in "zrh"}
    return gates | {f"b{g}": _normal(32) for g in "zrh"}, _normal(n, 8), _normal(32), _normal(32)


def _autoencoder(n: int) -> tuple[Any, ...]:
    sizes = {"enc": (64, 32), "mu": (32, 8), "logvar": (32, 8), "dec1": (8, 32), "dec2": (32, 64)}
    layers = {name: (_normal(i, o) / i**0.5, _normal(o) / 10) for name, (i, o) in sizes.items()}
    return layers, np.abs(_normal(n, 64)) % 1, _normal(n, 8)


def _gpt(n: int) -> tuple[Any, ...]:
    d = 32
    norm = {"g": np.ones(d), "b": np.zeros(d)}
    attn = {"c_attn": {"w": _normal(d, 3 * d) / 8, "b": np.zeros(3 * d)}}
    attn["c_proj"] = {"w": _normal(d, d) / 8, "b": np.zeros(d)}
    mlp = {"c_fc": _normal(d, 4 * d) / 8, "c_proj": _normal(4 * d, d) / 16}
    block = {"ln_1": norm, "ln_2": norm, "attn": attn, "mlp": mlp}
    params = {"wte": _normal(50, d), "wpe": _normal(n, d), "blocks": [block, block], "ln_f": norm}
    return params, [i * 7 % 50 for i in range(n)], [i * 11 % 50 for i in range(n)]


SIZES: dict[str, tuple[tuple[int, int], Callable[[int], tuple[Any, ...]]]] = {
    "adam": ((50, 100), lambda n: (0.05, _normal(10), _normal(40, 10), _normal(40), n)),
    "attention": ((64, 128), lambda n: (*(_normal(64, 64) / 8 for _ in range(4)), _normal(n, 64), _normal(n, 64), 4)),
    "binomial_tree": ((30, 60), lambda n: (100.0, 105.0, 0.5, 0.03, 0.25, n)),
    "bubble_sort": ((50, 100), lambda n: (_normal(n), 5)),
    "cholesky": ((10, 20), lambda n: (_positive_definite(n), _normal(n))),
    "conditional_random_field": (
        (25, 50),
        lambda n: (_normal(n, 10), _normal(10, 10), [i % 7 for i in range(n)]),
    ),
    "convolution": ((12, 24), lambda n: (_normal(2, n, n), _normal(3, 2, 3, 3), _normal(3))),
    "curve_bootstrap": (
        (30, 60),
        lambda n: ([0.02 + 0.02 * i / n for i in range(n)], [0.5 * (i + 1) for i in range(n)]),
    ),
    "dirichlet_multinomial": (
        (25, 50),
        lambda n: ((0.5 + np.abs(_normal(20))).tolist(), np.abs(3 * _normal(n, 20)).astype(int).tolist()),
    ),
    "dynamic_time_warping": ((20, 40), lambda n: (_normal(n), _normal(n + 1), 0.7)),
    "expectation_maximisation": (
        (250, 500),
        lambda n: (np.array([-1.0, 0.2, 1.0]), np.array([0.8, 0.7, 0.9]), np.full(3, 1 / 3), 1.5 * _normal(n), 20),
    ),
    "expression_tree": (
        (5, 8),
        lambda n: (
            _balanced(n, lambda a, b: ("add", ("mul", ("const", 0.4), a), ("mul", b, a)), ("exp", ("var", "x"))),
            {"x": -1.4},
        ),
    ),
    "extended_kalman_filter": (
        (50, 100),
        lambda n: (np.array([0.3, 0.1]), 0.01, 0.05, [0.3 * np.cos(i / 5) for i in range(n)]),
    ),
    "gauss_on_lists": ((10, 20), lambda n: (_positive_definite(n).tolist(), _normal(n).tolist())),
    "gaussian_elimination": ((20, 40), lambda n: (_normal(n, n), _normal(n), _normal(n))),
    "gravity": (
        (10, 20),
        lambda n: (_normal(100, 3), _normal(100, 3), np.ones((100, 1)), 1.0, 0.1, 0.01, n),
    ),
    "gru": ((25, 50), _gru),
    "heat_equation": ((50, 100), lambda n: (_normal(100), 0.1 + 0.2 * np.abs(_normal(100)) % 0.3, n)),
    "hidden_markov": ((50, 100), lambda n: (_normal(20), _normal(20, 20), _normal(20, 4), [i % 4 for i in range(n)])),
    "householder_qr": ((10, 20), lambda n: (_normal(2 * n, n), _normal(2 * n))),
    "implicit_euler": ((50, 100), lambda n: (1.3, 2.0, 0.1, n)),
    "isotonic_regression": (
        (50, 100),
        lambda n: ((0.05 * np.arange(n) + _normal(n)).tolist(), (0.5 + np.abs(_normal(n))).tolist()),
    ),
    "k_means": ((100, 200), lambda n: (_normal(n, 2), _normal(5, 2))),
    "kernel_regression": ((20, 40), lambda n: (0.8, _normal(n, 2), _normal(n))),
    "least_squares_monte_carlo": ((25, 50), lambda n: (1.0, 0.05, 0.3, 1.05, _normal(n, 1000))),
    "leapfrog": ((10, 20), lambda n: (_normal(5, 3), _normal(5, 3), np.ones(5), 0.01, n)),
    "lu_pivoting": ((10, 20), lambda n: (_normal(n, n).tolist(),)),
    "lstm": (
        (50, 100),
        lambda n: (_normal(64, 8) / 8, _normal(64, 16) / 8, _normal(64), _normal(n, 8), _normal(16)),
    ),
    "mean_field": ((50, 100), lambda n: (_normal(n, n) / n, _normal(n), 0.7)),
    "minors": ((4, 5), lambda n: (_normal(n, n).tolist(),)),
    "page_rank": ((50, 100), lambda n: (np.abs(_normal(n, n)) + 0.1,)),
    "pendulum": ((100, 200), lambda n: (25.0, 3.0, 2.0, 0.3, 0.02, n)),
    "runge_kutta": ((50, 100), lambda n: (*program("runge_kutta")[0].ARGS, 0.02, n)),
    "self_consistent_field": ((20, 40), lambda n: (np.linspace(-1, 1, n) ** 2, 0.7)),
    "soft_tree": ((3, 5), lambda n: (_soft_tree(n), _normal(20, 3), _normal(20))),
    "strided_convolution": ((32, 64), lambda n: (_normal(n, n), _normal(5, 5))),
    "transformer": ((16, 32), _gpt),
    "stiff_kinetics": ((20, 40), lambda n: (*program("stiff_kinetics")[0].ARGS[:3], n)),
    "thin_films": ((10, 20), lambda n: (0.55, [(1.38, 0.1), (2.1, 0.06)] * (n // 2), 1.52, 0.2)),
    "tree_sum": ((6, 10), lambda n: (_balanced(n, lambda left, right: (left, right), 1.5),)),
    "variational_autoencoder": ((32, 64), _autoencoder),
    "wave_equation": ((50, 100), lambda n: (0.2 + 0.1 * np.abs(_normal(60, 60)) % 0.2, _normal(n), n)),
}


def ratio(once: Callable[..., Any], both: Callable[..., Any], *args: Any) -> tuple[float, float]:
    """Seconds of a call of `once`, and how often it fits into one of `both`: medians of calls that take turns.

    Of the process's own time, so that what else the machine does counts for nothing; on copies of the arguments, where
    the function writes to them."""
    times: tuple[list[float], list[float]] = ([], [])
    before = copy.deepcopy(args)
    once(*before)
    writes = repr(before) != repr(args)
    start = time.perf_counter()
    while time.perf_counter() - start < 0.4 or len(times[0]) < 5:
        for call, found in zip((once, both), times):
            given = copy.deepcopy(args) if writes else args
            before = time.process_time()
            call(*given)
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
    own, times = ratio(function, derivative, *args)
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
