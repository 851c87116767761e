"""Every construct of docs/python.md is differentiated right, in both modes, or refused with its place and a way out."""

import contextlib
import copy
import io
import re
from pathlib import Path

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal
from srcdiff.files import derivative_text
from srcdiff.frontend.source import module_source
from srcdiff.pipeline import compile_derivative
from tests.documents import ROOT
from tests.language import PROGRAMS, REFUSED, REFUSED_IN_REVERSE, attempts, functions, objects, optional

PAGE = (ROOT / "docs" / "python.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| .* \| (yes|no) \|", line)
]


@pytest.mark.parametrize("name", PROGRAMS)
def test_differentiated(name):
    function, args = PROGRAMS[name]
    given = copy.deepcopy(args)
    wrt = tuple(k for k, arg in enumerate(args) if isinstance(arg, (float, np.ndarray)))
    with contextlib.redirect_stdout(io.StringIO()):
        srcdiff.check_grads(function, *args, wrt=wrt)
    np.testing.assert_equal(args, given, "the derivative changed its arguments")


@pytest.mark.parametrize(
    "program", [*attempts.OTHER_PATHS, *optional.OTHER_PATHS], ids=lambda p: f"{p[0].__name__}-{p[1][-1]}"
)
def test_other_paths(program):
    function, args = program
    srcdiff.check_grads(function, *args, wrt=0)


@pytest.mark.parametrize(
    "name, mode",
    [(name, mode) for name in REFUSED for mode in ("vjp", "jvp")] + [(name, "vjp") for name in REFUSED_IN_REVERSE],
)
def test_refused(name, mode):
    text, message, hint = (REFUSED | REFUSED_IN_REVERSE)[name]
    with pytest.raises(Refusal) as caught:
        compile_derivative(module_source(text, "model.py").functions["f"], mode, "x")
    assert message in caught.value.message
    assert caught.value.hint == hint != ""
    assert caught.value.loc is not None and caught.value.loc.file == "model.py"


@pytest.mark.parametrize("mode", [srcdiff.vjp, srcdiff.jvp])
def test_exceptions_that_are_raised_again(mode):
    derivative = mode(attempts.exception_raised_again)
    with pytest.raises(ValueError, match="math domain error|expected a positive input"):
        derivative(-1.0, 1.0)
    with pytest.raises(RuntimeError, match=r"at 2.0: .*division by zero"):
        derivative(2.0, 1.0)


def test_decorated_methods_of_a_file_that_is_only_read():
    module = module_source(Path(functions.__file__).read_text(), functions.__file__)
    namespace: dict = {}
    exec(derivative_text(module, "decorated_methods", "grad", "x"), namespace)
    wanted = srcdiff.grad(functions.decorated_methods)(0.7)
    assert namespace["decorated_methods_grad"](0.7) == pytest.approx(wanted, rel=1e-14)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_page(row):
    """Each row of the page names the programs that it stands for, and says of them what is so."""
    _, differentiated, names, *_ = row
    programs = PROGRAMS if differentiated == "yes" else REFUSED | REFUSED_IN_REVERSE
    assert names and all(name.strip("`") in programs for name in re.findall(r"`\w+`", names))


def test_page_is_whole():
    """Each program has a row."""
    named = {name.strip("`") for row in ROWS for name in re.findall(r"`\w+`", row[2])}
    assert named == {*PROGRAMS, *REFUSED, *REFUSED_IN_REVERSE}


def test_a_bound_method_is_called_without_its_object():
    derivative = srcdiff.grad(objects.MODEL.loss)
    assert derivative.__name__ == "loss_grad"
    before = objects.MODEL.weights
    value = derivative(0.7)
    objects.MODEL.weights = 2 * before  # attributes are read when the derivative runs
    try:
        assert derivative(0.7) == pytest.approx(2 * value)
    finally:
        objects.MODEL.weights = before


def test_a_lambda_is_called_by_the_name_it_is_assigned_to():
    assert srcdiff.grad(functions.square_plus).__name__ == "square_plus_grad"


def test_lambdas_of_one_line_are_told_apart():
    # fmt: off
    square, triple = (lambda x: x * x), (lambda x: (lambda y: 3 * y)(x) if x > 0 else -x)
    made = lambda: srcdiff.grad(lambda x: x * x * x)  # noqa: E731
    # fmt: on
    assert [srcdiff.grad(f)(2.0) for f in (square, triple)] == [4.0, 3.0]
    assert made()(2.0) == 12.0


FILES = {
    "model.py": """
from layers import Dense, scale
import parts.shapes as shapes

def loss(x: float) -> float:
    return scale(Dense(x)(x)) + shapes.area(shapes.Circle(x))
""",
    "layers.py": """
import math
GAIN = 2.0

def scale(x):
    return GAIN * x

class Base:
    def __call__(self, x):
        return self.activate(self.weight * x)

class Dense(Base):
    def __init__(self, weight):
        self.weight = weight
    def activate(self, z):
        return math.sin(z)

raise SystemExit("this file is not run")
""",
    "parts/__init__.py": "",
    "parts/shapes.py": """
from dataclasses import dataclass
from .constants import PI

@dataclass(frozen=True)
class Circle:
    radius: float
    factor: float = 1.0

def area(circle: Circle) -> float:
    return PI * circle.radius**2 * circle.factor
""",
    "parts/constants.py": "PI = 3.25\n",
}


def test_files_beside_a_file_are_read_and_not_run(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    source = module_source(FILES["model.py"], str(tmp_path / "model.py")).functions["loss"]
    program = compile_derivative(source, "grad", "x").program
    from srcdiff.emit.emit import emit
    from srcdiff.emit.render import render

    namespace: dict = {}
    exec(render(emit(program, runtime="copy").tree), namespace)
    x = 0.7
    assert namespace["loss_grad"](x) == pytest.approx(4 * x * np.cos(x * x) + 6.5 * x)
