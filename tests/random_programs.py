"""Writes small random programs of loops, branches, reassignments and writes; the same seed gives the same program."""

from __future__ import annotations

import linecache
import random
import sys
import types
from collections.abc import Callable
from typing import Any

UNARY = ["np.sin({})", "np.cos({})", "np.tanh({})", "np.exp(-({}) ** 2)", "-{}", "{} ** 2", "1 / (2 + np.cos({}))"]
BINARY = ["{} + {}", "{} - {}", "{} * {}", "{} / (2 + np.sin({}))"]


class Writer:
    """Writes one program; `scalars` are the names that hold a number at this point."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.scalars = ["x", "y"]
        self.loops = 0

    def expression(self, depth: int = 2) -> str:
        pick = self.random.random()
        if depth == 0 or pick < 0.25:
            names = [*self.scalars, f"a[{self.random.randrange(3)}]", str(self.random.choice([0.5, 2, 1.5]))]
            return self.random.choice(names)
        if pick < 0.6:
            return "(" + self.random.choice(UNARY).format(self.expression(depth - 1)) + ")"
        return "(" + self.random.choice(BINARY).format(self.expression(depth - 1), self.expression(depth - 1)) + ")"

    def bounded(self) -> str:
        """An expression that no loop can blow up."""
        return f"np.sin({self.expression()})"

    def block(self, indent: int, depth: int, in_loop: bool) -> None:
        for _ in range(self.random.randint(1, 4)):
            self.statement(indent, depth, in_loop)

    def statement(self, indent: int, depth: int, in_loop: bool) -> None:
        kinds = [self.assign, self.assign, self.augment, self.write, self.swap]
        if depth > 0:
            kinds += [self.branch, self.loop, self.loop]
        if in_loop:
            kinds.append(self.leave)
        self.random.choice(kinds)(indent, depth, in_loop)

    def line(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)

    def assign(self, indent: int, depth: int, in_loop: bool) -> None:
        name = self.random.choice(["x", "y", "s", "t"])
        self.line(indent, f"{name} = {self.bounded()}")
        if name not in self.scalars and indent == 1:
            self.scalars.append(name)

    def augment(self, indent: int, depth: int, in_loop: bool) -> None:
        self.line(indent, f"{self.random.choice(self.scalars)} {self.random.choice(['+', '-', '*'])}= {self.bounded()}")

    def write(self, indent: int, depth: int, in_loop: bool) -> None:
        index = self.random.choice(["0", "1", "2", *(["i % 3"] if self.loops else [])])
        self.line(indent, f"a[{index}] {self.random.choice(['', '+', '*'])}= {self.bounded()}")

    def swap(self, indent: int, depth: int, in_loop: bool) -> None:
        p, q = self.random.sample(self.scalars, 2)
        self.line(indent, f"{p}, {q} = {q}, {self.random.choice([p, f'{p} * {q}'])}")

    def branch(self, indent: int, depth: int, in_loop: bool) -> None:
        self.line(indent, f"if {self.random.choice(self.scalars)} > {self.random.choice([-0.4, 0.1, 0.5])}:")
        self.block(indent + 1, depth - 1, in_loop)
        if self.random.random() < 0.6:
            self.line(indent, "else:")
            self.block(indent + 1, depth - 1, in_loop)

    def loop(self, indent: int, depth: int, in_loop: bool) -> None:
        self.line(indent, f"for i in range({self.random.choice(['2', '3', 'n'])}):")
        self.loops += 1
        self.block(indent + 1, depth - 1, True)
        self.loops -= 1

    def leave(self, indent: int, depth: int, in_loop: bool) -> None:
        self.line(indent, f"if {self.random.choice(self.scalars)} > {self.random.choice([0.3, 0.8])}:")
        self.line(indent + 1, self.random.choice(["break", "continue", f"return {self.expression()}"]))

    def program(self) -> str:
        start = ["def f(x: float, y: float, n: int) -> float:", "    a = np.zeros(3)", "    a[1] = x * y"]
        self.block(1, 2, False)
        self.block(1, 2, False)
        end = f"    return {' + '.join(self.scalars)} + np.sum(a * a)"
        return "\n".join(["import numpy as np", "", "", *start, *self.lines, end, ""])


def program(seed: int) -> tuple[str, Callable[..., Any]]:
    """The text and the function of one program."""
    text = Writer(seed).program()
    file = f"<random program {seed}>"
    module = types.ModuleType(f"random_program_{seed}")
    sys.modules[module.__name__] = module
    linecache.cache[file] = len(text), None, text.splitlines(True), file
    exec(compile(text, file, "exec"), module.__dict__)
    return text, module.f
