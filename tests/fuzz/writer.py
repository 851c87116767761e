"""Writes expressions of a wanted kind; every choice is drawn from Hypothesis, so that a failing program shrinks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.calls import CALLS, Call

KINDS = ("s", "v", "m", "q")
SHAPES = {"s": (), "v": (3,), "m": (2, 3), "q": (3, 3)}
CONSTANT = {"s": "0.5", "v": "np.ones(3)", "m": "np.ones((2, 3))", "q": "np.eye(3)"}
APART = {"v": "np.array([0.0, 0.37, 0.81])", "m": "np.array([[0.0, 0.37, 0.81], [0.61, 0.13, 1.4]])"}
APART["q"] = "np.array([[0.0, 0.37, 0.81], [0.61, 0.13, 1.4], [0.9, 1.7, 0.22]])"
HOLE = re.compile(r"\{([svmqx])([+1^~*]?)\}")
SIMPLE = {
    "s": ("{s} * {s}", "{s} + {s}", "np.sin({s})", "{s} - {s}", "{v}[0]", "{m}[1, 0]", "np.sum({v})"),
    "v": ("{v} * {v}", "{v} + {v}", "np.sin({v})", "{s} * {v}", "{m}[1]"),
    "m": ("{m} * {m}", "{m} + {v}", "np.cos({m})"),
    "q": ("{q} * {q}", "{v}[:, None] * {v}", "np.sin({q})"),
}


@lru_cache(maxsize=256)
def _numbers(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least, most)


def _by_rule() -> list[list[Call]]:
    found: dict[str, list[Call]] = {}
    for call in CALLS:
        found.setdefault(call.rule, []).append(call)
    return list(found.values())


def _by_kind() -> dict[str, list[Call]]:
    return {kind: [call for call in CALLS if call.result in (kind, "x")] for kind in KINDS}


BY_KIND, BY_RULE = _by_kind(), _by_rule()


class Writer:
    """The text so far, and what may be read at this point: `scope` has the kind of each name."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw
        self.lines: list[str] = []
        self.scope: dict[str, str] = {}
        self.calls: dict[str, tuple[tuple[str, ...], str]] = (
            {}
        )  # the helpers: kinds of the arguments, kind of the result
        self.constructs: Counter[str] = Counter()
        self.needs: dict[str, None] = {}  # the definitions of the module that are used

    # choices

    def number(self, least: int, most: int) -> int:
        return self.draw(_numbers(least, most))

    def pick(self, options: Any) -> Any:
        """One of several; the first is the simplest."""
        return options[self.number(0, len(options) - 1)]

    def chance(self, percent: int) -> bool:
        return self.number(0, 99) >= 100 - percent

    def used(self, construct: str) -> None:
        self.constructs[construct] += 1

    def names(self, kind: str) -> list[str]:
        return [name for name, k in self.scope.items() if k == kind]

    # expressions

    def expression(self, kind: str, depth: int = 2) -> str:
        how = self.number(0, 9)
        if depth <= 0 or how < 3:
            return self.leaf(kind)
        if how < 5:
            return self.filled(self.pick(SIMPLE[kind]), kind, depth)
        if how < 6 and kind == "s":
            return self.special(depth)
        if how < 7:
            return self.helper_call(kind, depth) or self.leaf(kind)
        call = self.pick(BY_KIND[kind])
        self.used(call.rule)
        return self.filled(call.template, kind, depth)

    def filled(self, template: str, kind: str, depth: int) -> str:
        def fill(hole: re.Match[str]) -> str:
            wanted = kind if hole[1] == "x" else hole[1]
            text = self.expression(wanted, depth - 1)
            match hole[2]:
                case "+":
                    return f"(1.5 + np.tanh({text}))"
                case "1":
                    return f"(0.8 * np.tanh({text}))"
                case "^":
                    return f"(2.2 + np.tanh({text}))"
                case "~" if wanted in APART:
                    return f"(np.tanh({text}) + {APART[wanted]})"
                case "*":
                    return f"(np.tanh({text}) + 4 * np.eye(3))"
            return text

        return f"({HOLE.sub(fill, template)})"

    def leaf(self, kind: str) -> str:
        options = self.names(kind)
        if kind == "s":
            options += [f"{name}[{self.index(3)}]" for name in self.names("v")[-1:]]
            options += [f"{name}[{self.number(-1, 1)}]" for name in self.names("l")[-1:]]
            options += [f'{name}["a"]' for name in self.names("d")[-1:]]
            options += [f"{name}[0]" for name in self.names("p")[-1:]]
            options += [f"{name}.a" for name in self.names("o")[-1:]]
            options += self.names("i")[-1:]
            options += ["0.5", "2", "1.5"]
        else:
            options += [f'{name}["b"]' for name in self.names("d")[-1:] if kind == "v"]
            options += [f"{name}[1]" for name in self.names("p")[-1:] if kind == "v"]
            options += [f"{name}.b" for name in self.names("o")[-1:] if kind == "v"]
            options += [CONSTANT[kind]]
        return self.pick(options)

    def index(self, size: int) -> str:
        """An index that is within bounds."""
        counters = self.names("i")
        if counters and self.chance(50):
            return f"{self.pick(counters)} % {size}"
        return str(self.number(0, size - 1) - (size if self.chance(20) else 0))

    def special(self, depth: int) -> str:
        """Scalars that are expressions of the language itself."""
        a, b = self.expression("s", depth - 1), self.expression("s", depth - 1)
        choices = {
            "conditional expression": f"({a} if {self.test()} else {b})",
            "and, or": f"({a} {self.pick(['or', 'and'])} {b})",
            "comprehension": f"sum([{a} * k for k in range({self.pick(['3', '2', '0'])})])",
            "lambda": f"(lambda z: z * {a})({b})",
            "walrus": f"((w := {a}) * w + {b})",
            "generator": f"sum({self.pick(['e * e', 'np.sin(e)'])} for e in {self.expression('v', depth - 1)})",
            "len": f"({a} / len({self.leaf('v')}))",
        }
        construct = self.pick(list(choices))
        self.used(construct)
        return choices[construct]

    def test(self) -> str:
        a = self.leaf("s") if self.chance(60) else self.expression("s", 1)
        b = self.pick(["0.123", "-0.417", "0.831"])
        counters = self.names("i")
        options = [f"{a} > {b}", f"{a} < {b}", f"-0.613 < {a} <= 0.927", f"not {a} > {b}"]
        options += [f"{counters[-1]} % 2 == 0", f"{counters[-1]} == 1 or {a} > {b}"] if counters else []
        return self.pick(options)

    def call_of_a_rule(self) -> tuple[str, str]:
        """A kind, and a call that gives it: each rule as often as any other."""
        call = self.pick(self.pick(BY_RULE))
        kind = self.pick(KINDS) if call.result == "x" else call.result
        self.used(call.rule)
        return kind, self.filled(call.template, kind, 2)

    def bounded(self, kind: str) -> str:
        """An expression that no loop can blow up."""
        return f"{self.pick(['np.sin', 'np.tanh', 'np.cos'])}({self.expression(kind)})"

    def helper_call(self, kind: str, depth: int) -> str | None:
        fitting = [name for name, (_, result) in self.calls.items() if result == kind]
        if not fitting:
            return None
        name = self.pick(fitting)
        self.used("call")
        arguments = []
        for wanted in self.calls[name][0]:
            arguments.append(str(self.number(0, 3)) if wanted == "i" else self.expression(wanted, depth - 1))
        return f"{name}({', '.join(arguments)})"
