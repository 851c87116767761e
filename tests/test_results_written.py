"""What a function of NumPy's gives is written to: its tangent can be, too."""

from __future__ import annotations

import linecache
import re
from typing import Annotated

import numpy as np
import pytest
import scipy.special  # noqa: F401

import srcdiff
from srcdiff.errors import Refusal
from tests.differences import assert_close, directional
from tests.fuzz.calls import CALLS, Call

SHAPES = {"s": (), "v": (3,), "m": (2, 3), "q": (3, 3)}
BOUNDS = {"+": (0.5, 2.5), "1": (-0.8, 0.8), "^": (1.2, 3.2)}
ARRAYS = [call for call in CALLS if call.result in ("v", "m", "q", "x")]


def written(call: Call):
    """A function that writes to the result of a call, and its arguments."""
    rng = np.random.default_rng(0)
    names: list[str] = []
    values: list[float | np.ndarray] = []

    def operand(match: re.Match[str]) -> str:
        hole = match.group(1)
        shape = SHAPES[("v" if call.result == "x" else call.result) if hole[0] == "x" else hole[0]]
        kind = f"Annotated[np.ndarray, '{' '.join(map(str, shape))}']" if shape else "float"
        names.append(f"a{len(names)}: {kind}")
        value = rng.uniform(*BOUNDS.get(hole[1:2], (-1.5, 1.5)), size=shape)
        value = value + 3 * np.eye(3) if hole[1:2] == "*" else value
        values.append(value if shape else float(value))
        return f"a{len(names) - 1}"

    expression = re.sub(r"\{([xsvmq][^{}]?)\}", operand, call.template)
    text = f"""def function({", ".join(names)}):
    z = {expression}
    z[0] = 0.5
    z *= 2
    return np.sum(z * np.cos(np.arange(z.size)).reshape(z.shape))
"""
    file = f"<written {call.template}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    scope: dict[str, object] = {"np": np, "scipy": scipy, "Annotated": Annotated}
    exec(compile(text, file, "exec"), scope)
    return scope["function"], values


@pytest.mark.parametrize("call", ARRAYS, ids=lambda call: call.template)
def test_result_is_written_to(call):
    function, values = written(call)
    if not values:
        return
    try:
        found = function(*values)
    except (ValueError, TypeError):  # NumPy's own result cannot be written to, or is no array
        return
    if not np.isfinite(found):
        return
    which = tuple(range(len(values)))
    try:
        tangent = srcdiff.jvp(function, wrt=which)
    except Refusal:
        return
    rng = np.random.default_rng(1)
    steps = [rng.normal(size=np.shape(v)) if np.ndim(v) else float(rng.normal()) for v in values]
    expected = directional(function, tuple(values), dict(zip(which, steps)))
    assert_close(tangent(*values, *steps)[1], expected[0])
