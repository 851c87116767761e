"""What is refused, is refused with its exact message, by the command line and by the functions; and nothing untested."""

import ast
import functools
import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import srcdiff
from srcdiff import errors
from srcdiff.errors import Refusal, Refusals, SrcdiffError, UsageError
from tests import refusal_files
from tests.refusal_files import ACCEPTED, INVALID, said_of_function, said_of_text

PROGRAMS = refusal_files.all_programs()
PACKAGE = Path(srcdiff.__file__).parent


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: f"{p.file.stem}: {p.name}")
def test_message(program):
    assert said_of_text(program) == program.expected
    assert said_of_function(program) == program.live
    for said in {program.expected, program.live} - {ACCEPTED, INVALID}:
        assert said.startswith("model.py:") and "\n    " in said and "^" in said, "it has its place"
        assert "\nhint: " in said, "it has a way out"


# requests that make no sense


def square(x: float) -> float:
    return x**2


def vector(x: np.ndarray) -> np.ndarray:
    return x**2


def named(x: str) -> float:
    return 1.0


def method(x, kind="square"):
    return x * x if kind == "square" else x


def unit(x, name):
    return x if name == "m" else 1000 * x


def power(x: float, n: int) -> float:
    return 1.0 if n == 0 else x * power(x, n - 1)


class Squarer:
    def __call__(self, x: float) -> float:
        return x**2


namespace: dict = {}
exec("def prompted(x): return x * x", namespace)

USAGE: list[tuple[Callable[[], object], str]] = [
    (lambda: srcdiff.grad(len), "len is built in and has no Python source; wrap it: `def f(x): return len(x)`"),
    (lambda: srcdiff.grad(np.sin), "sin is built in and has no Python source"),
    (lambda: srcdiff.grad(namespace["prompted"]), "the source of prompted is not to be found; define it in a file"),
    (lambda: srcdiff.grad(Squarer), "Squarer is a class, not a function"),
    (lambda: srcdiff.grad(Squarer()), "Squarer is an object that can be called; differentiate its method"),
    (lambda: srcdiff.grad(math), "is not callable"),
    (lambda: srcdiff.grad(functools.partial(square, 1.0)), "a functools.partial has no text of its own"),
    (lambda: srcdiff.grad("x"), "the first argument is the function; write grad(f, wrt='x')"),
    (lambda: srcdiff.grad(square, wrt="y"), "square has no argument 'y'; it has x"),
    (lambda: srcdiff.grad(square, wrt=1), "square has no argument at position 1; it has 1"),
    (lambda: srcdiff.grad(square, wrt=[0]), "wrt=[0] is neither a position nor a name"),
    (lambda: srcdiff.grad(square, wrt=("x", 0)), "wrt=('x', 0) names an argument of square twice"),
    (lambda: srcdiff.grad(square, wrt=()), "wrt=() names no argument of square"),
    (lambda: srcdiff.grad(named), "named cannot be differentiated with respect to x: it is declared as str"),
    (lambda: srcdiff.grad(method, wrt="kind"), "respect to kind: its default is the string 'square'"),
    (lambda: srcdiff.grad(unit, wrt="name"), "respect to name: it is compared with the string 'm'"),
    (lambda: srcdiff.grad(vector), "which is not a scalar, so it has no gradient; use srcdiff.vjp or srcdiff.jvp"),
    (lambda: srcdiff.show(square), "show takes a derivative that srcdiff made"),
    (lambda: srcdiff.transpile(3), "transpile takes the text of a module, and is given 3"),
    (lambda: srcdiff.check_grads(square, 1.0, order=0), "check_grads takes order >= 1"),
    (lambda: srcdiff.check_grads(square, 1), "none of the arguments holds a float: write 3.0 in place of 3"),
    (lambda: srcdiff.check_grads(square, 1.0, wrt="y"), "wrt='y' names no argument of square"),
]


@pytest.mark.parametrize("request_, message", USAGE, ids=[message[:40] for _, message in USAGE])
def test_usage(request_, message):
    with pytest.raises(UsageError) as caught:
        request_()
    assert message in str(caught.value)


def again() -> object:
    return srcdiff.jvp(srcdiff.value_and_grad(power))


def test_recursion_is_not_differentiated_again():
    with pytest.raises(Refusal, match="the derivative of a recursive function is not differentiated again"):
        again()


# files

HEAD = "import srcdiff\nimport numpy as np\n\n"
DEFINED = HEAD + "def f(x: float):\n    return x * x\n\n"
FILES = [
    (
        HEAD + "@srcdiff.grad\n@np.vectorize\ndef f(x: float):\n    return x * x\n",
        "5:2",
        "a derivative of what another decorator makes",
    ),
    (HEAD + "@srcdiff.grad\nasync def f(x: float):\n    return x * x\n", "5:1", "f is an async function"),
    (
        HEAD + "@srcdiff.grad(wrt=NAME)\ndef f(x: float):\n    return x\n",
        "4:19",
        "wrt is only known when the file is run",
    ),
    (HEAD + "@srcdiff.grad(wrt=1.5)\ndef f(x: float):\n    return x\n", "4:19", "wrt is neither a position nor a name"),
    (
        HEAD + "@srcdiff.grad(order=2)\ndef f(x: float):\n    return x\n",
        "4:21",
        "the only option of a derivative is wrt",
    ),
    (HEAD + "@srcdiff.grad(wrt='y')\ndef f(x: float):\n    return x\n", "5:1", "f has no argument 'y'; it has x"),
    (DEFINED + "g = h = srcdiff.grad(f)\n", "7:1", "a derivative must be given one name to be transpiled"),
    (DEFINED + "g = srcdiff.grad(np.sin)\n", "7:1", "only a function that this file defines at its top level"),
    (DEFINED + "print(srcdiff.grad(f)(1.0))\n", "7:7", "this use of srcdiff cannot be replaced by text"),
    (
        HEAD + "class A:\n    @srcdiff.grad\n    @property\n    def f(self):\n        return self.x\n",
        "6:6",
        "a derivative of what another decorator makes",
    ),
    (
        HEAD + "math = 3\n\n@srcdiff.grad\ndef f(x: float):\n    return np.sin(x) * MATH\n",
        "8:24",
        "MATH is not defined",
    ),
    (
        "import srcdiff\nnp = 3\nfrom numpy import sin\n\n@srcdiff.grad\ndef f(x: float):\n    return sin(x)\n",
        "2:1",
        "this file's own np",
    ),
    (HEAD + "@srcdiff.grad(wrt={[1]})\ndef f(x: float):\n    return x\n", "4:19", "wrt is only known when the file"),
    (HEAD + "def f(:\n", "4:7", "invalid syntax"),
    (HEAD + "BIG = 1 + 0x" + "F" * 6000 + "\n", "4:11", "this number has more digits than Python prints"),
    (HEAD + "x = '\0'\n", "", "null bytes"),
    (HEAD + "x = " + "-" * 100_000 + "1\n", "1:1", "this file is nested too deeply"),
    (
        HEAD
        + "def unbroadcast(x):\n    return x\n\n@srcdiff.grad\ndef f(x, y: np.ndarray):\n    return np.sum(x * y)\n",
        "4:1",
        "unbroadcast would be the name of two different functions",
    ),
]


@pytest.mark.parametrize("text, place, message", FILES, ids=[message for _, _, message in FILES])
def test_files(text, place, message):
    with pytest.raises(SrcdiffError) as caught:
        srcdiff.transpile(text, "model.py")
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"model.py:{place}")


def test_a_module_of_ones_own_is_no_value(tmp_path):
    (tmp_path / "layers.py").write_text("RATE = 2.0\n")
    text = HEAD + "import layers\n\n@srcdiff.grad\ndef f(x: float):\n    return np.sum([layers, x])\n"
    with pytest.raises(Refusals, match="a module is used as a value here"):
        srcdiff.transpile(text, str(tmp_path / "model.py"))


# every refusal has a test

# what is refused in tests that need files, processes or a source that changes: where, by part of the message
ELSEWHERE = {
    "cli.py": "test_command_line.py, test_hostile.py",
    "reading.py": "test_command_line.py, test_hostile.py",
    "carried.py": "test_carried.py",
    "a number of {function.__name__} has more digits": "test_command_line.py",
    "which function {name} is here": "test_bindings.py",
    "{name} is computed in another file": "test_carried.py",
    "the file has changed since it was loaded": "test_lifetime.py",
    "does not parse: ": "test_lifetime.py",
    "expected {expected}, got {got}": "test_check.py",
    "at its top level; it defines": "test_command_line.py",
    "shares its data with another name": "test_found.py",
    "of which a part was read before": "test_found.py",
    "array_operands.doubt(ctx)": "test_found.py",
    "a module is used as a value": "test_a_module_of_ones_own_is_no_value",
    "Refusal(str(error), Loc(file, 1": "null bytes, in Pythons before 3.11.4",
}
# where the compiler would go wrong if it came there; no program here leads it there
GUARDS = [
    "this appends to a list that has no name",
    "`{what}` expressions are not supported",  # expressions of Pythons to come
    "a variable of this loop is of another type in each iteration",
    "{cell.hint or 'this variable'} is used before it is assigned",
    "an object is used as an index",
    "combine each of its elements with the object",
    "the element that is changed here is the same data as another name's",
    "what this subscript makes of its index has no derivative",
    "is a part of a container that is changed here",
    "annotate the arguments that it is made of, if they are arrays",
]


class Recorder:
    """Notes the lines of srcdiff from which errors come."""

    def __init__(self) -> None:
        self.lines: set[tuple[str, int]] = set()

    def note(self) -> None:
        frame = sys._getframe(2)
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if PACKAGE in path.parents:
                self.lines.add((path.relative_to(PACKAGE).as_posix(), frame.f_lineno))
            frame = frame.f_back  # type: ignore[assignment]


def places() -> list[tuple[str, int, int, str]]:
    """Each call in srcdiff that makes an error: file, first and last line, text."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in ("Refusal", "UsageError", "GradientError", "FileError", "refuse", "doubt"):
                    file = path.relative_to(PACKAGE).as_posix()
                    found.append((file, node.lineno, node.end_lineno or 0, ast.unparse(node)))
    return found


def test_every_refusal_has_a_test(monkeypatch):
    recorder = Recorder()

    def recording(old):
        def init(self, *args, **kwargs):
            recorder.note()
            old(self, *args, **kwargs)

        return init

    for kind in (errors.Refusal, errors.UsageError):
        monkeypatch.setattr(kind, "__init__", recording(kind.__init__))
    for program in PROGRAMS:
        said_of_text(program)
        said_of_function(program)
    for run in [
        *(request for request, _ in USAGE),
        again,
        *(functools.partial(srcdiff.transpile, t) for t, *_ in FILES),
    ]:
        with pytest.raises(SrcdiffError):
            run()
    untested = [
        f"{file}:{first}: {text}"
        for file, first, last, text in places()
        if not any((file, line) in recorder.lines for line in range(first, last + 1))
        and not any(part in file or part in text for part in [*ELSEWHERE, *GUARDS])
    ]
    assert not untested, "\n".join(untested)
