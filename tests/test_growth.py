"""Building takes time in proportion to a function's length and depth: the compiler's own calls are counted."""

from __future__ import annotations

import sys

import pytest

from srcdiff.emit.emit import emit
from srcdiff.frontend.source import module_source
from srcdiff.pipeline import compile_derivative

HEAD = "import numpy as np\ndef f(x: float, n: int) -> float:\n"


def loops(depth: int) -> str:
    heads = "".join("    " * (k + 1) + f"for i{k} in range(n):\n" for k in range(depth))
    return heads + "    " * (depth + 1) + "x = np.sin(x) + 0.1 * x\n"


def whiles(depth: int) -> str:
    text = ""
    for k in range(depth):
        indent = "    " * (k + 1)
        text += (
            f"{indent}k{k} = 0\n{indent}while k{k} < n:\n{indent}    x = np.sin(x) * {k + 2}\n{indent}    k{k} += 1\n"
        )
    return text


def carried(count: int) -> str:
    starts = "".join(f"    v{k} = {k} * x\n" for k in range(count))
    body = "".join(f"        v{k} = np.sin(v{(k + 1) % count}) * v{k}\n" for k in range(count))
    return f"{starts}    for i in range(n):\n{body}    x = {' + '.join(f'v{k}' for k in range(count))}\n"


def branches(count: int) -> str:
    return "".join(f"    if x > {k}:\n        x = np.sin(x) * x\n" for k in range(count))


def calls(text: str) -> int:
    source = module_source(HEAD + text + "    return x\n", "growth.py").functions["f"]
    count = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        emit(compile_derivative(source, "grad", "x").program)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("text, size", [(loops, 4), (whiles, 3), (carried, 8), (branches, 8)])
def test_twice_the_size_takes_less_than_four_times(text, size):
    calls(text(size))  # what is made once, and kept
    assert calls(text(2 * size)) < 3.5 * calls(text(size))
