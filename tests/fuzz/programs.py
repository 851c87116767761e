"""Whole random programs: helpers, parameters with and without annotations, a body, and the arguments it is tried at."""

from __future__ import annotations

import linecache
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.definitions import DEFINITIONS
from tests.fuzz.statements import StatementWriter
from tests.fuzz.storage import StorageWriter

HEADER = """import cmath
import collections
import dataclasses
import functools
import itertools
import math
import statistics
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np
import scipy.special


"""
RECURSIVE = """def again(z, k):
    if k <= 0:
        return np.sin(z)
    return np.tanh(z * again(z, k - 1)) + 0.5 * again(z * z, k - 2)


"""
WRITES_ITS_ARGUMENT = """def put(h, z):
    h[0] = z
    return h * z


"""
PARAMETERS = {
    "x": ("s", ["x: float", "x"], "{0}"),
    "y": ("s", ["y: float", "y"], "{1}"),
    "u": (
        "v",
        ["u: np.ndarray", "u", 'u: Annotated[np.ndarray, "3"]', 'u: Annotated[np.ndarray, "n"]'],
        "np.array([{0}, {1}, 0.93])",
    ),
    "A": (
        "m",
        ["A: np.ndarray", "A", 'A: Annotated[np.ndarray, "2 3"]'],
        "np.array([[0.31, {1}, -0.77], [1.21, 0.58, {0}]])",
    ),
    "S": (
        "q",
        ["S: np.ndarray", "S", 'S: Annotated[np.ndarray, "n n"]'],
        "np.array([[0.4, {0}, 0.1], [-0.9, 0.2, 0.71], [{1}, 0.3, -0.2]])",
    ),
    "xs": ("l", ["xs: list[float]", "xs: list", "xs"], "[{1}, 0.37, {0}]"),
    "params": ("d", ["params", "params: dict"], '{{"a": {1}, "b": np.array([{0}, 0.2, -0.6])}}'),
    "couple": ("p", ["couple: tuple[float, np.ndarray]", "couple"], "({0}, np.array([0.7, {1}, 0.3]))"),
}
NUMBERS = [(0.71, -0.43), (0.2, 1.13), (-0.91, 0.52)]
IN_STORAGE = 20  # of a hundred programs so many are dense in storage
MODULES = count()


@dataclass
class Program:
    """A module's text; its function f is differentiated by `wrt` at each of `points`."""

    text: str
    wrt: tuple[str, ...]
    points: tuple[str, ...]
    output: str  # "s", "v", or "p" for a scalar and a vector
    constructs: dict[str, int]

    def load(self) -> types.ModuleType:
        """The module; its text can be found by srcdiff until `forget`."""
        return load(self.text)

    def arguments(self, module: types.ModuleType, point: str) -> tuple[Any, ...]:
        return eval(point, vars(module))


def load(text: str) -> types.ModuleType:
    name = f"fuzz_{next(MODULES)}"
    module = types.ModuleType(name)
    file = f"<{name}>"
    module.__file__ = file
    sys.modules[name] = module
    linecache.cache[file] = len(text), None, text.splitlines(True), file
    exec(compile(text, file, "exec"), vars(module))
    return module


def forget(module: types.ModuleType) -> None:
    sys.modules.pop(module.__name__, None)
    linecache.cache.pop(module.__file__ or "", None)


def _storage_point(numbers: tuple[float, float]) -> str:
    return f"({numbers[0]}, {PARAMETERS['u'][2].format(*numbers)}, {PARAMETERS['S'][2].format(*numbers)},)"


def _helper(writer: StatementWriter) -> str:
    """A function of two scalars, or of a scalar and a vector, that f may call."""
    inner = StatementWriter(writer.draw)
    second = writer.pick(["s", "v"])
    annotated = writer.chance(40)
    name = "helper" if second == "s" else "mixed"
    inner.scope = {"z": "s", "w" if second == "s" else "c": second}
    inner.block(1, 3)
    result = inner.expression("s", 2)
    annotation = {"s": ": float", "v": ": np.ndarray"}
    given = [
        f"{n}{annotation[k] if annotated else ''}" for n, k in (("z", "s"), ("w" if second == "s" else "c", second))
    ]
    writer.calls[name] = (("s", second), "s")
    writer.constructs.update(inner.constructs)
    writer.needs.update(inner.needs)
    return (
        f"def {name}({', '.join(given)}):\n"
        + "".join(f"{line}\n" for line in [*inner.lines, f"    return {result}"])
        + "\n\n"
    )


def _helpers(writer: StatementWriter) -> str:
    text = ""
    if writer.chance(25):
        text += _helper(writer)
        writer.used("helper")
    if writer.chance(12):
        text += RECURSIVE
        writer.calls["again"] = (("s", "i"), "s")
        writer.used("recursion")
    if writer.chance(10):
        text += WRITES_ITS_ARGUMENT
        writer.calls["put"] = (("v", "s"), "v")
        writer.used("helper that writes its argument")
    return text


@st.composite
def programs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Program:
    """Random programs."""
    if draw(st.integers(0, 99)) >= 100 - IN_STORAGE:
        shared = StorageWriter(draw)
        text = HEADER + shared.text()
        return Program(text, ("x", "a", "M"), tuple(map(_storage_point, NUMBERS)), "s", dict(shared.constructs))
    writer = StatementWriter(draw)
    writer.output = writer.pick(["s", "s", "s", "s", "v", "p"])
    helpers = _helpers(writer)
    taken = ["x"] + [name for name in list(PARAMETERS)[1:] if writer.chance(30 if name in ("y", "u", "A") else 12)]
    head, wrt = [], []
    for name in taken:
        kind, spellings, _ = PARAMETERS[name]
        head.append(writer.pick(spellings))
        if ":" not in head[-1]:
            writer.used("parameter without annotation")
        writer.scope[name] = kind
        if not writer.chance(15):
            wrt.append(name)
    takes_count = writer.chance(50)
    if takes_count:
        head.append(writer.pick(["n: int", "n"]))
        writer.scope["n"] = "n"
    writer.block(2, 6)
    result = writer.everything()
    body = "\n".join([*writer.lines, f"    return {result}"])
    if "Thing(" in helpers + body:
        writer.needs["Thing"] = None
    definitions = "".join(f"{text}\n\n" for name, text in DEFINITIONS.items() if name in writer.needs)
    text = f"{HEADER}{definitions}{helpers}def f({', '.join(head)}):\n{body}\n"
    points = []
    for numbers, n in zip(NUMBERS, (2, 3, 0)):
        values = [PARAMETERS[name][2].format(*numbers) for name in taken] + ([str(n)] if takes_count else [])
        points.append(f"({', '.join(values)},)")
    constructs = {c: n for c, n in writer.constructs.items() if _stands_in(text, c)}
    return Program(text, tuple(wrt or ["x"]), tuple(points), writer.output, constructs)


def _stands_in(text: str, construct: str) -> bool:
    """Whether a program has what was drawn for it: of some statements several forms are drawn, and one is written."""
    module, _, name = construct.rpartition(".")
    return not module.startswith(("numpy", "math")) or name in text
