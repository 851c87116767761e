"""Small programs of loops that write and read elements of one array at indices of every kind; nested, up and down.

What the reverse sweep reads from an array after the loops must be what was there: forward mode, which reads nothing late,
is held against it. `python -m tests.fuzz --indices` runs them without end; a failure is printed with its program.
"""

from __future__ import annotations

import random
from collections import Counter

import numpy as np

import srcdiff
from tests.fuzz.programs import forget, load
from tests.fuzz.rounds import Wrong

N = 5  # how far loops go; indices go further, and below 0
SIZE = 12
HEADER = "import numpy as np\n\n\n"


def program(seed: int) -> str:
    """A program's text: y and x are vectors, or y is a matrix, a list, or a list of lists."""
    return _Writer(random.Random(seed)).text()


class _Writer:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.kind = rng.choice(["vector", "matrix", "list", "rows", "vector", "matrix"])
        self.lines: list[str] = []
        self.targets: list[str] = []
        self.count = 0

    def text(self) -> str:
        start = {
            "vector": "y = np.linspace(0.1, 0.9, 12)",
            "matrix": "y = np.linspace(0.1, 0.9, 144).reshape(12, 12).copy()",
            "list": "y = [0.1 * i for i in range(12)]",
            "rows": "y = [[0.1 * (i + 1) + 0.05 * j for j in range(12)] for i in range(12)]",
        }[self.kind]
        self.put(0, start)
        for _ in range(self.rng.randint(1, 2)):
            self.loop(0)
        if self.rng.random() < 0.3:
            self.write(0)
        total = "np.sum(y * y)" if self.kind in ("vector", "matrix") else "sum(v * v for v in y)"
        if self.kind == "rows":
            total = "sum(sum(v * v for v in row) for row in y)"
        body = "\n".join(self.lines)
        return f"{HEADER}def f(x: np.ndarray, n: int):\n{body}\n    return {total}\n"

    def put(self, depth: int, line: str) -> None:
        self.lines.append("    " * (depth + 1) + line)

    def loop(self, depth: int) -> None:
        rng, target = self.rng, f"i{self.count}"
        self.count += 1
        outer = rng.choice(self.targets) if self.targets else "1"
        bounds = [
            "n",
            "1, n",
            "n - 1",
            f"{outer}",
            f"{outer} + 1, n",
            f"1, {outer} + 1",
            "n - 1, -1, -1",
            "n - 2, 0, -1",
        ]
        bounds += ["0, n, 2", f"{outer}, -1, -1", "2, n - 1", f"n - 1, {outer}, -1"]
        kind = rng.choice(bounds)
        if rng.random() < 0.15:
            start, grows = rng.choice([("0", True), ("1", True), ("n - 1", False)])
            self.put(depth, f"{target} = {start}")
            self.put(depth, f"while {target} {'< n' if grows else '>= 1'}:")
            self.body(depth + 1, target)
            self.put(depth + 1, f"{target} = {target} {'+' if grows else '-'} 1")
        else:
            walked = f"reversed(range({kind}))" if rng.random() < 0.15 else f"range({kind})"
            self.put(depth, f"for {target} in {walked}:")
            self.body(depth + 1, target)

    def body(self, depth: int, target: str) -> None:
        self.targets.append(target)
        for _ in range(self.rng.randint(1, 3)):
            choice = self.rng.random()
            if choice < 0.35 and depth < 3:
                self.loop(depth)
            elif choice < 0.45:
                self.put(depth, f"if x[{self.index()} % n] > 0.2:")
                self.write(depth + 1)
                if self.rng.random() < 0.5:
                    self.put(depth, "else:")
                    self.write(depth + 1)
            elif choice < 0.5:
                self.put(depth, f"if {target} == 3:")
                self.put(depth + 1, "break" if self.counts(target) else self.rng.choice(["break", "continue"]))
            else:
                self.write(depth)
        self.write(depth)
        self.targets.pop()

    def counts(self, target: str) -> bool:
        """Whether a while loop counts this up or down, which `continue` would leave out."""
        return any(line.strip().startswith(f"while {target} ") for line in self.lines)

    def index(self) -> str:
        rng = self.rng
        if not self.targets or rng.random() < 0.1:
            return rng.choice(["0", "1", "-1", "n - 1", "2"])
        target = rng.choice(self.targets)
        return rng.choice(
            [target, target, f"{target} - 1", f"{target} + 1", f"n - 1 - {target}", f"2 * {target}", "i0"]
        )

    def part(self) -> str:
        """An index along an axis, or a slice."""
        if self.rng.random() < 0.85:
            return self.index()
        return self.rng.choice([f"{self.index()}:", f":{self.index()}", ":", f"{self.index()}:n"])

    def element(self) -> str:
        if self.kind == "matrix":
            return f"y[{self.index()}, {self.index()}]"
        return f"y[{self.index()}][{self.index()}]" if self.kind == "rows" else f"y[{self.index()}]"

    def value(self) -> str:
        rng = self.rng
        terms = [self.element(), f"np.sin({self.element()})", f"{self.element()} * {self.element()}", "x[0]"]
        terms += [f"x[{self.index()}] * {self.element()}", f"x[1] * {self.element()}", f"s * {self.element()}"]
        return " + ".join(f"0.{rng.randint(2, 7)} * {t}" for t in rng.sample(terms[: 7 if self.has_s() else 6], 2))

    def has_s(self) -> bool:
        return any(line.startswith("    s = ") for line in self.lines)

    def write(self, depth: int) -> None:
        rng = self.rng
        choice = rng.random()
        if self.kind in ("vector", "matrix") and choice < 0.15:
            base = f"y[{self.part()}]" if self.kind == "vector" else f"y[{self.part()}, {self.part()}]"
            self.put(depth, f"{base} {rng.choice(['*=', '+=', '-='])} 0.3 * {self.value()}")
        elif choice < 0.25:
            self.put(depth, f"{self.element()} += 0.5 * ({self.value()})")
        elif choice < 0.35:
            self.put(depth, f"v = np.tanh({self.value()})")
            self.put(depth, f"{self.element()} = v")
            self.put(depth, f"{self.element()} = 0.5 * v * v + 0.1 * x[2]")
        elif choice < 0.42 and self.kind == "matrix":
            self.put(depth, f"y[{self.index()}] = 0.5 * np.sin(y[{self.index()}]) * y[{self.index()}] + x[1]")
        elif choice < 0.42 and self.kind == "rows":
            self.put(depth, f"row = y[{self.index()}]")
            self.put(depth, f"row[{self.index()}] = row[{self.index()}] * {self.element()}")
        elif choice < 0.47:
            a, b = (self.element() for _ in range(2))
            self.put(depth, f"{a}, {b} = {b}, {a}")
        else:
            self.put(depth, f"{self.element()} = {self.value()}")


def outcome(seed: int) -> Counter[str]:
    """What becomes of one program; Wrong, with its text, where its modes differ, or one fails."""
    text = program(seed)
    try:
        return Counter([_outcome(text, seed)])
    except Exception as error:  # of whatever kind: the program itself runs
        raise Wrong(f"{type(error).__name__}: {error}\n{text}") from error


def _outcome(text: str, seed: int) -> str:
    module = load(text)
    try:
        draw = np.random.default_rng(seed)
        x, x_dot = draw.uniform(0.1, 0.9, size=SIZE), draw.normal(size=SIZE)
        try:
            with np.errstate(over="raise", invalid="raise"):
                value = module.f(x.copy(), N)
        except (IndexError, OverflowError, FloatingPointError):
            return "useless"
        if not abs(value) < 1e8:
            return "useless"
        try:
            gradient, tangent = srcdiff.grad(module.f), srcdiff.jvp(module.f)
        except srcdiff.Refusal:
            return "refused"
        found, expected = gradient(x.copy(), N) @ x_dot, tangent(x.copy(), N, x_dot)[1]
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-9), f"{found} backwards, {expected} forwards"
        return "right"
    finally:
        forget(module)
