"""Functions that are made of one call of the random programs' table, and arguments for them."""

from __future__ import annotations

import cmath
import linecache
import re
import statistics
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import scipy.special  # noqa: F401

from tests.fuzz.calls import Call

SHAPES = {"s": (), "v": (3,), "m": (2, 3), "q": (3, 3)}
BOUNDS = {"+": (0.5, 2.5), "1": (-0.8, 0.8), "^": (1.2, 3.2)}
Value = float | np.ndarray


def filled(call: Call, operand: Callable[[tuple[int, ...], np.ndarray], str]) -> str:
    """The call's text with what `operand` makes of each hole's shape, and of a value within its bounds, in its place."""
    rng = np.random.default_rng(0)

    def part(match: re.Match[str]) -> str:
        hole = match.group(1)
        result = "v" if call.result == "x" else call.result
        shape = SHAPES[result if hole[0] == "x" else hole[0]]
        value = rng.uniform(*BOUNDS.get(hole[1:2], (-1.5, 1.5)), size=shape)
        return operand(shape, value + 3 * np.eye(3) if hole[1:2] == "*" else value)

    return re.sub(r"\{([xsvmq][^{}]?)\}", part, call.template)


def loaded(parameters: list[str], body: str, name: str) -> Callable[..., Any]:
    """The function of these parameters and this body, whose source is found under the name."""
    text = f"def function({', '.join(parameters)}):\n{body}"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    scope: dict[str, Any] = {"np": np, "scipy": scipy, "cmath": cmath, "statistics": statistics, "Annotated": Annotated}
    exec(compile(text, name, "exec"), scope)
    return scope["function"]
