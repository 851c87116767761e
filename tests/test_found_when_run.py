"""Programs, found by reading, that were differentiated and failed when they ran, or that crashed the compiler; by class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

import srcdiff
from tests.test_found_crashes import agrees

ARGUMENTS = {
    "x": 0.6,
    "n": 3,
    "u": np.array([0.3, 1.2, -0.7, 0.9, 1.6]),
    "A": np.array([[1.3, 0.2, -0.5], [0.4, 2.1, 0.3], [-0.2, 0.6, 1.7]]),
    "xs": [0.4, 1.2, 0.6, 0.8],
    "places": [3, 1, 3],
}

PROGRAMS = {
    "a text with places for a tuple, in forward mode": """
def f(x: float, n: int) -> float:
    for i in range(n):
        if x > 100:
            raise RuntimeError("diverged at step %d (x = %g)" % (i, x))
        x = x * 1.1 + i
    return x
""",
    "del of a slice": """
def f(xs: list[float]) -> float:
    ys = [v * 2 for v in xs]
    del ys[1:3]
    return sum(ys) * ys[0]
""",
    "del of all, and of an unknown part": """
def f(xs: list[float], n: int) -> float:
    ys, zs = [v * v for v in xs], list(xs)
    del zs[n - 1 :], zs[: n - 2]
    s = sum(ys)
    del ys[:]
    ys.append(s)
    return ys[0] * len(ys) * zs[0]
""",
    "del of every second": """
def f(x: float) -> float:
    ys = [x, 2 * x, x * x, 3.0]
    del ys[::2]
    return ys[0] * ys[1]
""",
    "a set in order": """
def f(u: np.ndarray, places: list) -> float:
    return sum(u[i] * (k + 1) for k, i in enumerate(sorted(set(places))))
""",
    "a set in order, down, and by a key": """
def f(u: np.ndarray) -> float:
    seen = set()
    for i in (3, 1, 3):
        seen.add(i)
    t = 0.0
    for i in sorted(seen, reverse=True):
        t = 2 * t + u[i]
    for i in sorted(seen, key=lambda i: -i):
        t = 2 * t + u[i] ** 2
    return t
""",
    "rows written through their names, of what may be an array": """
def f(A, n):
    for i in range(n):
        r = A[i]
        r /= np.sqrt(r @ r)
        for j in range(i + 1, n):
            q = A[j]
            q -= (q @ r) * r
    return np.sum(A[n - 1] * A[0] + np.sin(A[1]))
""",
    "an array of no dimension, written": """
def f(x: float) -> float:
    s = np.zeros(())
    s += x
    s[()] = s * x
    return float(s)
""",
    "an array of no dimension, written in a loop and a branch, and by a function": """
def put(s, v):
    s[...] = v

def f(x: float) -> float:
    s = np.array(0.0)
    t = s
    s[...] = x * x
    for i in range(3):
        s[()] += x
    if x > 0:
        put(s, s[()] * x)
    np.multiply(x, s, out=s)
    return t * x
""",
    "a list in a dict in a dict, appended to": """
def f(x: float) -> float:
    cfg = {"layer": {"w": [x, 2 * x], "b": x**2}}
    cfg["layer"]["w"].append(cfg["layer"]["b"])
    w = cfg["layer"]["w"]
    w[0] = 5 * x
    rows = [[[x, 2 * x]], [[x]]]
    rows[0][0].append(x * x)
    rows[1][0] += [x, x]
    tables = [{"w": [x, 2 * x]}]
    for _ in range(2):
        tables[0]["w"].append(3 * x)
    return sum(w) * cfg["layer"]["b"] * sum(rows[0][0]) * rows[1][0][2] * sum(tables[0]["w"])
""",
    "an argument that is None, or written to": """
def f(u: np.ndarray, out=None) -> float:
    if out is None:
        out = np.zeros_like(u)
    out += u**2
    return out @ u
""",
    "an annotated argument that is None by default": """
def f(u: np.ndarray, w: np.ndarray = None, k: float = None) -> float:
    if w is None:
        w = np.ones(len(u))
    k = 2.0 if k is None else k
    return k * np.sum(w * u**2)
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name: str) -> None:
    text = PROGRAMS[name]
    line = text[text.index("def f(") :].partition("\n")[0]
    names = [n for n in ARGUMENTS if f"({n}:" in line or f" {n}:" in line or f"({n}," in line or f" {n})" in line]
    wrt = tuple(n for n in names if n not in ("n", "places"))
    agrees(text, wrt, tuple(ARGUMENTS[n] for n in sorted(names, key=line.index)))


def test_arguments_that_may_be_none_are_given() -> None:
    def f(u: np.ndarray, out: np.ndarray = None, k: float = None) -> float:
        if out is None:
            out = np.zeros_like(u)
        out += u**2
        return np.sum(out @ u if k is None else k * out)

    for more in ((), (np.ones(5),), (np.ones(5), 0.3)):
        srcdiff.check_grads(f, ARGUMENTS["u"], *more, wrt=tuple(range(1 + len(more))))


@pytest.mark.parametrize("change", ["s += x", "s[()] = s * x"])
@pytest.mark.parametrize("mode", [srcdiff.vjp, srcdiff.jvp])
def test_a_list_that_holds_an_array_of_no_dimension(change: str, mode: object) -> None:
    """What is written to it is seen in the list: refused."""
    text = (
        f"def f(x: float):\n    s = np.where(x > 0, x, 2 * x)\n    kept = [s]\n    {change}\n    return kept[0] * x\n"
    )
    with pytest.raises(srcdiff.Refusal, match="kept may be the same data as s"):
        agrees(text, ("x",), (0.6,))


@dataclass
class Point:
    x: float

    def squared(self, factor: float = 1.0) -> float:
        return self.x**2 * factor


POINTS, CORNERS, NAMED = [Point(0.5), Point(1.5)], (Point(0.3), Point(0.2)), {"a": Point(0.4), "b": Point(1.2)}


def walked(k: float) -> float:
    s = 0.0
    for p, q in zip(POINTS, CORNERS):
        s = 2 * s + p.squared(k) * q.squared(factor=k)
    for i, p in enumerate(reversed(POINTS)):
        s += i * p.squared() * k
    return s + sum(p.squared(p.x * k) for p in NAMED.values()) + NAMED["a"].squared(k)


def the_largest(k: float) -> float:
    best = POINTS[0]
    for p in sorted(POINTS, key=lambda p: -p.x):
        if p.squared() > best.squared():
            best = p
    return best.squared(k) * max(POINTS, key=lambda p: p.squared()).squared(k)


@pytest.mark.parametrize("function", [walked, the_largest])
def test_methods_of_objects_in_global_lists(function: Callable[[float], float]) -> None:
    srcdiff.check_grads(function, 0.7, order=2)


OBJECTS = """
from typing import NamedTuple

class P:
    def __init__(self, x):
        self.x = x

    def next(self, k):
        return P(self.x * k)

class T(NamedTuple):
    x: float
    y: float

class Path:
    def __init__(self, x):
        self.points = [P(x)]

    def step(self, k):
        self.points.append(self.points[-1].next(k))

"""
GROWING = """
s = [P(x)]; for i in range(n): s.append(P(s[-1].x * x)); result = sum(p.x for p in s)
s = [P(x), P(2 * x)]; while len(s) < n: s.append(s[0].next(x)); result = s[-1].x
s = [T(x, 1.0)]; for i in range(n): s.append(T(s[-1].x * x, s[-1].y + x)); result = sum(p.x * p.y for p in s)
s = [P(x)]; if n > 1: s.append(P(x * x)); result = s[-1].x * x
s = [P(x)]; for i in range(n): for j in range(i): s.append(s[j].next(x)); s[0].x *= 2; result = sum(p.x for p in s)
s = []; for i in range(n): s.append(P(s[-1].x * x if s else x)); result = sum(p.x for p in s)
s = [P(x), P(2 * x), P(3 * x)]; t = 0.0; while len(s) > 1: t += s.pop().x * x; result = t * s[0].x
s = [P(x)]; for i in range(n): s += [s[-1].next(x)]; result = s[-1].x
s = [P(x)]; for i in range(n): s.insert(0, s[0].next(x)); result = s[0].x * s[-1].x
s = [P(x)]; t = [P(x * i) for i in range(n)]; s += t; result = sum(p.x for p in s)
s = [P(x)]; t = [P(x * i) for i in range(n)]; s.extend(t); result = sum(p.x for p in s)
path = Path(x); for i in range(n): path.step(x); result = path.points[-1].x + len(path.points) * x
s = {"a": [P(x)]}; for i in range(n): s["a"].append(s["a"][-1].next(x)); result = s["a"][-1].x
""".strip().splitlines()


@pytest.mark.parametrize("statements", GROWING)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_lists_of_objects_that_grow(statements: str, count: int) -> None:
    """A list of objects of a known length, of which a loop or a branch makes one of another length."""
    lines, depth = [], 1
    for part in statements.split("; "):
        result = part.startswith(("result", "s[0].x *=", "t = ", "while"))
        depth = 1 if result else depth
        while part.startswith(("for ", "while ", "if ")):
            head, _, part = part.partition(": ")
            lines.append("    " * depth + head + ":")
            depth += 1
        lines.append("    " * depth + part)
    text = OBJECTS + "def f(x: float, n: int) -> float:\n" + "\n".join(lines) + "\n    return result\n"
    agrees(text, ("x",), (0.7, count))


def test_what_was_concluded_is_taken_back_where_it_is_refused() -> None:
    """The elements of a tuple that nothing declares are read like numbers; that all are would be refused."""

    def f(x: float, couple):
        field = np.array([np.cos(couple[1]), np.cos(couple[1])])
        s = 0.0
        for (_, q), z in np.ndenumerate(field):
            s += z * z * q
        return x + couple[0] + s

    couple = 0.2, np.array([0.7, -0.4, 0.3])
    srcdiff.check_grads(f, 0.6, couple, wrt=("x", "couple"))
