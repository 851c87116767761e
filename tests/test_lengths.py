"""Lengths that are calculated: what is claimed of them holds in every run, and derivatives of slices read as one expects."""

from __future__ import annotations

import random

import numpy as np
import pytest

import srcdiff
from srcdiff.analysis.linear import INTEGER, add, multiply, polynomial, symbol, symbols
from srcdiff.frontend.source import module_source
from srcdiff.ir.nodes import Function, If, Loop, Op, Program
from srcdiff.ir.types import Array
from srcdiff.pipeline import front
from tests import interpreter
from tests.differences import assert_close, gradient

rng = np.random.default_rng(5)
normal = rng.normal


def test_polynomials():
    n, m = polynomial("x.0"), polynomial("?7")
    assert symbol(add(add(n, m, -1), polynomial(1))) == "x.0-?7+1"
    assert polynomial("x.0-?7+1") == add(add(n, m, -1), polynomial(1))
    assert symbol(multiply(polynomial(2), multiply(m, n))) == "2*?7*x.0" == symbol(polynomial("2*x.0*?7"))
    assert symbol(add(n, n, -1)) == 0 and symbol(polynomial("x.0~1")) == "x.0~1"


class Claims:
    """Runs a program and holds the lengths in its types against those of its values."""

    def __init__(self, program: Program) -> None:
        self.program, self.known = program, [{}]

    def run(self, *args) -> None:
        main: Function = self.program.functions[self.program.main]
        env = dict(zip([p.var for p in main.params], args))
        for p in main.params:
            self.check(p.var, env)
        self.block(main.body, env)

    def check(self, var, env) -> None:
        shape = var.type.shape if isinstance(var.type, Array) else ()
        for dim, length in zip(shape, np.shape(env[var])) if isinstance(shape, tuple) else ():
            assert dim == length if isinstance(dim, int) else self.noted(dim, length) == length, (var, shape)
            terms = polynomial(dim)
            values = {s: self.value(f"int {s}" if s.startswith(INTEGER) else s) for s in symbols(terms)}
            if len(terms) > 1 and None not in values.values():
                assert sum(n * np.prod([values[s] for s in factors], dtype=int) for factors, n in terms) == length
        if var.length:
            self.noted(f"int {var.length}", env[var])

    def value(self, dim: str) -> int | None:
        return next((scope[dim] for scope in self.known if dim in scope), None)

    def noted(self, dim: str, length: int) -> int:
        return self.known[-1].setdefault(dim, length) if self.value(dim) is None else self.value(dim)

    def block(self, block, env) -> None:
        for stmt in block.body:
            match stmt:
                case Op():
                    interpreter.block(self.program, type(block)([], [stmt], []), env)
                    self.check(stmt.out, env)
                case Loop():
                    carried = [interpreter.atom(a, env) for a in stmt.inits]
                    for step in zip(*[interpreter.atom(it.seq, env) for it in stmt.iters]):
                        self.known.append({})
                        env.update(zip(stmt.body.params, [*step, *carried]))
                        for param in stmt.body.params:
                            self.check(param, env)
                        self.block(stmt.body, env)
                        carried = [interpreter.atom(a, env) for a in stmt.body.results[1 : 1 + len(carried)]]
                        self.known.pop()
                    env.update(zip(stmt.outs, [0, *carried]))
                    for out in stmt.outs[1:]:
                        self.check(out, env)
                case If():
                    raise NotImplementedError


def bound(draw: random.Random, ints: list[str]) -> str:
    terms = [draw.choice([*ints, "1", "2", "3"]) for _ in range(draw.choice([1, 1, 2, 3]))]
    signs = [draw.choice("++-") for _ in terms]
    return " ".join(f"{s} {draw.choice(['', '', '2 * '])}{t}" for s, t in zip(signs, terms)).removeprefix("+ ")


def program(seed: int) -> str:
    """Slices, new arrays and loops whose bounds are calculated at random."""
    draw = random.Random(seed)
    lines = ["import numpy as np", "from typing import Annotated", "Vector = Annotated[np.ndarray, 'n']", ""]
    lines += ["def f(x: Vector, y: Annotated[np.ndarray, 'm'], k: int) -> float:", "    s = 0.0", "    w = np.sin(x)"]

    def statements(indent: str, ints: list[str], depth: int) -> None:
        for _ in range(draw.randint(2, 4)):
            what = draw.choice(
                ["slice", "slice", "zeros", "int", "loop"] if depth < 2 else ["slice", "zeros", "arange"]
            )
            name = draw.choice(["w", f"v{len(lines)}"]) if what in ("slice", "zeros", "arange") else f"v{len(lines)}"
            start, stop = bound(draw, ints), bound(draw, ints)
            source = draw.choice("xyw")
            ends = draw.choice([f"{start}:{stop}", f"{start}:{start} + {draw.choice(ints)}", f":{stop}", f"{start}:"])
            if what == "slice":
                lines.append(f"{indent}{name} = {source}[{ends}]")
            elif what == "zeros":
                lines.append(f"{indent}{name} = np.zeros({stop})")
            elif what == "arange":
                lines.append(f"{indent}{name} = np.arange({stop})")
            elif what == "int":
                lines.append(f"{indent}{name} = {draw.choice([stop, f'len(np.arange({stop}))'])}")
                ints = [*ints, name]
                continue
            else:
                lines.append(f"{indent}for {name} in range({draw.choice([stop, f'{start}, {stop}'])}):")
                statements(indent + "    ", [*ints, name], depth + 1)
                continue
            lines.append(f"{indent}s = s + np.sum({name})")

    statements("    ", ["len(x)", "len(y)", "k"], 0)
    return "\n".join([*lines, "    return s"])


@pytest.mark.parametrize("seed", range(100))
def test_claims_hold(seed):
    lowered, _ = front(module_source(program(seed), "random.py").functions["f"], "grad", "x", True)
    for n, m, k in [(0, 0, 0), (1, 3, 1), (5, 2, 2), (4, 4, -1), (2, 6, 3), (7, 1, -3)]:
        try:
            Claims(lowered).run(normal(size=n), normal(size=m), k)
        except ValueError:
            pass  # an array of a negative length


def windows(image: np.ndarray, kernel: np.ndarray):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return np.sum(np.tanh(out))


def shifted(image: np.ndarray, kernel: np.ndarray):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(kh):
        for j in range(kw):
            out += image[i : i + H - kh + 1, j : j + W - kw + 1] * kernel[i, j]
    return np.sum(np.tanh(out))


def gates(W, b, x):
    z = W @ x + b
    n = len(x)
    return np.sum(np.tanh(z[:n]) * z[n : 2 * n] + np.sin(z[2 * n :]) * x)


def columns(points):
    x, y = points[:, 0:1], points[:, 1:2]
    return np.sum(np.exp(-((x.T - x) ** 2) - (y.T - y) ** 2))


PLAIN = {
    windows: [(normal(size=(5, 6)), normal(size=(2, 3))), (normal(size=(3, 4)), normal(size=(3, 1)))],
    shifted: [(normal(size=(5, 6)), normal(size=(2, 3))), (normal(size=(3, 3)), normal(size=(1, 1)))],
    gates: [(normal(size=(3 * n, n)), normal(size=3 * n), normal(size=n)) for n in (1, 2)],
    columns: [(normal(size=(4, 2)),), (normal(size=(1, 3)),)],
}


@pytest.mark.parametrize("function", PLAIN, ids=lambda f: f.__name__)
def test_plain_text(function):
    for args in PLAIN[function]:
        derivative = srcdiff.grad(function, wrt=tuple(range(len(args))))
        assert_close(derivative(*args), tuple(gradient(function, args, k) for k in range(len(args))))
        assert "unbroadcast" not in derivative.source and "slice(" not in derivative.source


@pytest.mark.parametrize(
    "function, args",
    [
        (gates, (normal(size=(7, 2)), normal(size=7), normal(size=2))),
        (gates, (normal(size=(5, 2)), normal(size=5), normal(size=2))),
        (columns, (normal(size=(4, 1)),)),
    ],
)
def test_what_is_concluded_is_asserted(function, args):
    with pytest.raises(AssertionError, match="must be equal|too few|at least"):
        srcdiff.grad(function)(*args)


def truncated(x, w):
    """The last parts are shorter than w, and one of one element broadcasts."""
    total = 0.0
    for i in range(len(x)):
        total += np.sum(x[i : i + len(w)] * w)
    return total


def overlaps(x: np.ndarray, k: int):
    return np.sum(x[k:] * x[: len(x) - k])


def differences(u: np.ndarray, f: np.ndarray):
    n = len(u)
    return np.sum((u[2:n] - 2 * u[1 : n - 1] + u[0 : n - 2] - f) ** 2)


@pytest.mark.parametrize(
    "function, args, count",
    [
        (truncated, (normal(size=2), normal(size=2)), 2),
        (truncated, (normal(size=1), normal(size=4)), 2),
        (truncated, (normal(size=6), normal(size=1)), 2),
        *((overlaps, (normal(size=4), k), 1) for k in (0, 1, 3, 4)),
        *((differences, (normal(size=n), normal(size=m)), 2) for n, m in ((5, 3), (3, 1), (3, 4), (5, 1), (4, 1))),
    ],
)
def test_parts_that_broadcast(function, args, count):
    found = srcdiff.grad(function, wrt=tuple(range(count)))(*args)
    for g, a, e in zip(found, args, [gradient(function, args, k) for k in range(count)]):
        assert np.shape(g) == np.shape(a)
        assert_close(g, e)


def drift(x: np.ndarray, m: np.ndarray):
    """What is as wide as three factors side by side, and is multiplied by the factor: it is a column."""
    n, width = x.shape
    rows, columns = m.shape
    x += np.hstack((np.sin(m), 2 * m, m**2))
    return np.sum(m * x**2) / (n * columns)


def test_a_factor_beside_a_multiple_of_its_width_is_a_column():
    derivative = srcdiff.grad(drift, wrt=("x", "m"))
    assert "m.shape[1] == 1" in derivative.source and "runtime" not in derivative.source
    args = np.arange(12.0).reshape(4, 3) / 7, np.array([[1.0], [0.5], [2.0], [0.3]])
    for found, i in zip(derivative(*args), (0, 1)):
        assert_close(found, gradient(drift, args, i))
    for wrong in (np.ones((4, 3)), np.ones(4)):
        with pytest.raises((AssertionError, ValueError)):
            derivative(args[0], wrong)
