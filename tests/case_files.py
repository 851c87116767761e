"""Case files: a program, settings, and below a marker the exact text that srcdiff makes of it.

    def square(x: float) -> float:
        return x**2


    WRT = "x"
    ARGS = (3.0,)

    # output
    def square_grad(x):
        return 2 * x

Settings: WRT and ARGS; MORE_ARGS, other points; MODE, "grad" where it is missing, or "value_and_grad", "jvp" (the
tangents follow in ARGS), "vjp" (y_bar follows). The last function above the marker is differentiated. Below `# error`,
in place of `# output`, stands a refusal's message, each line behind "# ".
"""

from __future__ import annotations

import inspect
import re
import sys
import types
from dataclasses import dataclass
from pathlib import Path

import srcdiff
from srcdiff.errors import SrcdiffError

FOLDER = Path(__file__).parent / "cases"
MARKER = re.compile(r"^# (output|error)\n", re.MULTILINE)


@dataclass
class Case:
    path: Path
    program: str  # the text above the marker
    kind: str  # "output" or "error"
    expected: str  # the text below it

    @property
    def name(self) -> str:
        return str(self.path.relative_to(FOLDER).with_suffix(""))

    def module(self) -> types.ModuleType:
        """The program's module; what stands below the marker is not run."""
        module = types.ModuleType("tests.cases." + self.name.replace("/", "."))
        module.__file__ = str(self.path)
        sys.modules[module.__name__] = module
        exec(compile(self.program, str(self.path), "exec"), module.__dict__)
        return module

    def function(self, module: types.ModuleType):
        """The program's last function."""
        functions = [v for v in vars(module).values() if inspect.isfunction(v) and v.__module__ == module.__name__]
        return max(functions, key=lambda function: function.__code__.co_firstlineno)


def read(path: Path) -> Case:
    text = path.read_text()
    marker = MARKER.search(text)
    if marker is None:
        raise ValueError(f"{path}: neither '# output' nor '# error'")
    expected = text[marker.end() :]
    if marker[1] == "error":
        expected = re.sub(r"^# ?", "", expected, flags=re.MULTILINE)
    return Case(path, text[: marker.start()], marker[1], expected)


def all_cases() -> list[Case]:
    return [read(path) for path in sorted(FOLDER.glob("*/*.py"))]


def derivative(case: Case, module: types.ModuleType):
    build = getattr(srcdiff, getattr(module, "MODE", "grad"))
    return build(case.function(module), wrt=module.WRT)


def actual(case: Case) -> tuple[str, str]:
    """What srcdiff says today: ("output", text) or ("error", message)."""
    try:
        return "output", derivative(case, case.module()).source
    except SrcdiffError as error:
        return "error", str(error).replace(str(case.path), case.path.name) + "\n"


def write(case: Case, kind: str, text: str) -> None:
    """Rewrite the part below the marker."""
    if kind == "error":
        text = "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())
    case.path.write_text(f"{case.program}# {kind}\n{text}")
