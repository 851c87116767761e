"""Programs that are refused, each with the exact message: the files of tests/refusals/.

    ## its name
    def f(x):
        return unknown(x)
    # error
    model.py:2:12: error: unknown is not defined
    ...

The function `f` is differentiated with respect to `x`, in reverse mode. Below `# error` stands what is said of a file
that is only read; below `# live`, where it differs, what is said of the function itself.
"""

from __future__ import annotations

import linecache
import re
import sys
import types
from dataclasses import dataclass
from pathlib import Path

import srcdiff
from srcdiff.errors import SrcdiffError
from srcdiff.frontend.source import module_source
from srcdiff.pipeline import compile_derivative, within_depth

FOLDER = Path(__file__).parent / "refusals"
ACCEPTED = "it is differentiated\n"
INVALID = "Python itself does not take it\n"


@dataclass
class Program:
    file: Path
    name: str
    text: str
    expected: str
    live: str  # the same as `expected` where no other is given


def read(path: Path) -> list[Program]:
    found = []
    for part in re.split(r"^## ", path.read_text(), flags=re.MULTILINE)[1:]:
        name, _, rest = part.partition("\n")
        text, _, said = rest.partition("\n# error\n")
        expected, _, live = said.strip("\n").partition("\n# live\n")
        found.append(Program(path, name, text.strip("\n") + "\n", expected + "\n", (live or expected) + "\n"))
    return found


def write(path: Path, programs: list[Program]) -> None:
    parts = []
    for p in programs:
        live = f"# live\n{p.live}" if p.live != p.expected else ""
        parts.append(f"## {p.name}\n{p.text}# error\n{p.expected}{live}")
    path.write_text("\n".join(parts))


def all_programs() -> list[Program]:
    return [program for path in sorted(FOLDER.glob("*.txt")) for program in read(path)]


def said_of_text(program: Program) -> str:
    try:
        source = module_source(program.text, "model.py").functions["f"]
        with within_depth(source):
            compile_derivative(source, "vjp", "x")
    except SrcdiffError as error:
        return f"{error}\n"
    return ACCEPTED


def said_of_function(program: Program) -> str:
    module = types.ModuleType("refused")
    sys.modules["refused"] = module
    linecache.cache["model.py"] = (len(program.text), None, program.text.splitlines(True), "model.py")
    try:
        exec(compile(program.text, "model.py", "exec"), module.__dict__)
    except (SyntaxError, ImportError):
        return INVALID
    try:
        srcdiff.vjp(module.f, wrt="x")
    except SrcdiffError as error:
        return f"{error}\n"
    finally:
        del linecache.cache["model.py"], sys.modules["refused"]
    return ACCEPTED


def update() -> None:
    """Write what is said now into the files."""
    for path in sorted(FOLDER.glob("*.txt")):
        programs = read(path)
        for program in programs:
            program.expected, program.live = said_of_text(program), said_of_function(program)
        write(path, programs)
