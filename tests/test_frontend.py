"""The frontend: lowered programs compute what their functions do, and what is not understood is refused."""

import copy
import importlib
import sys
from typing import Annotated

import numpy as np
import pytest

import srcdiff
from srcdiff.analysis.shapes import infer
from srcdiff.errors import Refusal, UsageError
from srcdiff.frontend.lower import lower
from srcdiff.frontend.source import module_source, source_of
from srcdiff.ir.check import check_program
from srcdiff.ir.types import SCALAR, Array, Dict, Sequence
from tests import alias_programs, container_alias_programs
from tests.frontend_programs import PROGRAMS
from tests.interpreter import run


def lowered(function, **types):
    found = lower(source_of(function), infer, None, types)
    check_program(found.program)
    return found


def same(a, b):
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return np.allclose(a, b)


@pytest.mark.parametrize(("function", "args"), PROGRAMS, ids=[f.__name__ for f, _ in PROGRAMS])
def test_lowering_means_the_same(function, args):
    found = lowered(function)
    # where there are doubts the pipeline lowers again, with better types
    assert found.doubts or same(run(found.program, *copy.deepcopy(args)), function(*copy.deepcopy(args)))


def types_of(function, args):
    types = {}
    for name, value in zip(function.__code__.co_varnames, args):
        if isinstance(value, np.ndarray):
            types[name] = Array("float", tuple(f"{name}{k}" for k in range(value.ndim)))
        elif isinstance(value, float):
            types[name] = SCALAR
    return types


# those that are refused where types are known: which name sees a write depends on the path taken
REFUSED_ALIASES = {"alias_in_branch2", "list_of_arrays", "append_buffer", "ternary_alias2", "last_row", "pop_arrays"}
REFUSED_ALIASES |= container_alias_programs.REFUSED


@pytest.mark.parametrize("known", [False, True], ids=["unknown", "known"])
@pytest.mark.parametrize(
    ("function", "args"), alias_programs.PROGRAMS, ids=[f.__name__ for f, _ in alias_programs.PROGRAMS]
)
def test_aliases_are_never_silently_wrong(function, args, known):
    try:
        found = lowered(function, **(types_of(function, args) if known else {}))
    except Refusal as refusal:
        assert not known or function.__name__ in REFUSED_ALIASES
        assert refusal.loc is not None and refusal.hint
        return
    assert not known or bool(found.doubts) == (function.__name__ in container_alias_programs.REFUSED)
    assert found.doubts or same(run(found.program, *copy.deepcopy(args)), function(*copy.deepcopy(args)))


@pytest.mark.parametrize(("function", "args"), PROGRAMS, ids=[f.__name__ for f, _ in PROGRAMS])
def test_types_that_are_known_change_no_meaning(function, args):
    found = lowered(function, **types_of(function, args))
    assert not found.doubts
    assert same(run(found.program, *copy.deepcopy(args)), function(*copy.deepcopy(args)))


REFUSED = {
    "def f(x):\n    with x:\n        return x\n": (
        "what this `with` enters and leaves is not known",
        "write what it does without `with`, or use an object of a class of your own",
    ),
    "def f(x):\n    y = z + x\n    z = 1\n    return y\n": ("used before it is assigned", "assign it first"),
    "def f(x):\n    return q * x\n": ("q is not defined", "define or import it before it is used"),
    "def f(x):\n    return x.frobnicate()\n": (
        "the method .frobnicate() of this value is not supported",
        "use a function of NumPy's; if it is an object, annotate the argument with its class, or pass its attributes",
    ),
    "import numpy as np\ndef f(x):\n    return np.frobnicate(x)\n": (
        "numpy has no frobnicate",
        "look the name up in its documentation",
    ),
    "def f(x, g):\n    return g(x)\n": (
        "what is called here is not known",
        "call a function by its name; a function that is an argument cannot be differentiated through",
    ),
    "def f(x):\n    l = [x]\n    for v in l:\n        l.append(v)\n    return x\n": (
        "is changed in the loop",
        "loop over a copy: `for x in list(xs)`",
    ),
    "import numpy as np\ndef f(x: np.ndarray):\n    a = np.zeros(3)\n    l = [a]\n"
    "    a[0] = 1.0\n    return l[0][0] * x\n": ("may be the same data", "copy one of them: `y = x.copy()`"),
    "import numpy as np\ndef f(x: float):\n    a = np.zeros(3)\n    b = np.ones(3)\n"
    "    z = a if x > 0 else b\n    z[0] = x\n    return a.sum() + b.sum()\n": (
        "may be the same data",
        "copy one of them: `y = x.copy()`",
    ),
    "def f(x):\n    global g\n    g = x\n    return g\n": (
        "the global g is written to",
        "return the value, and assign it outside",
    ),
    "def f(x):\n    return {**x}\n": ("`**` needs a dict whose keys are known", "write the entries out"),
    "def f(x):\n    x.a = 3\n    return x\n": (
        "an attribute of an object that is not known is assigned",
        "return the new value; of an argument that is annotated with its class, attributes may be assigned",
    ),
    "def f(x):\n    try:\n        while x / (x - 3) > 2:\n            x = 2 * x\n    except ZeroDivisionError:\n        return 0\n    return x\n": (
        "is only known when it runs",
        "do it in a statement of its own, or test for the condition with `if`",
    ),
    "def f(x):\n    yield x\n": ("f is a generator", "build a list, and return it"),
    "from model import g\ndef f(x):\n    return g(x)\n": (
        "model.g is in another file, which is not found beside this one",
        "pass it as an argument",
    ),
    "import numpy as np\nT = np.zeros(3)\ndef f(x):\n    T[0] = x\n    return T.sum()\n": (
        "belongs to the outside",
        "copy it first: `y = x.copy()`",
    ),
    "def f(x, *args):\n    return x\n": ("*args is not supported", "take a list instead"),
    "def f(x: float):\n    row = [x]\n    m = [row, row]\n    m[0][0] = 2.0\n    return m[1][0]\n": (
        ("two elements of m may be the same object (see line 3)", "put a copy into the container: `y = x.copy()`")
    ),
    "import numpy as np\ndef f(x: np.ndarray, n: int) -> float:\n    if n == 0:\n        return x.sum()\n    x[0] *= 2\n"
    "    return f(x, n - 1) + x[0]\n": ("x belongs to the outside of the function", "copy it first: `y = x.copy()`"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_refusals_say_where(text):
    with pytest.raises(Refusal) as caught:
        found = lower(module_source(text, "model.py").functions["f"], infer, None)
        raise found.doubts[0]
    message, hint = REFUSED[text]
    assert message in caught.value.message
    assert caught.value.hint == hint != ""
    assert caught.value.loc is not None and caught.value.loc.file == "model.py"


def test_what_only_a_number_would_make_right_is_doubted():
    text = "def f(y, i, j):\n    t = y[i]\n    y[i] = y[j]\n    y[j] = t\n    return y[0]\n"
    source = module_source(text, "model.py").functions["f"]
    assert lower(source, infer, None).doubts
    assert not lower(
        source, infer, None, {"y": Array("float", ("n",)), "i": Array("int", ()), "j": Array("int", ())}
    ).doubts


def test_a_file_is_not_run():
    text = (
        "import numpy as np\nfrom math import pi\nraise SystemExit\nN = 3\ns = np.sin\n"
        "def g(x):\n    return s(x) * N\ndef f(x):\n    return g(x) + pi\n"
    )
    program = lower(module_source(text, "model.py").functions["f"], infer, None).program
    assert run(program, 0.5) == pytest.approx(np.sin(0.5) * 3 + np.pi)


def test_a_file_that_does_not_parse_is_refused_with_its_place():
    with pytest.raises(Refusal, match="(?s).*") as caught:
        module_source("x = 1\ndef f(:\n", "model.py")
    assert caught.value.loc.line == 2


@pytest.mark.parametrize("bad", [len, np.sin, int, 3], ids=["builtin", "ufunc", "class", "number"])
def test_what_is_no_plain_function_is_a_usage_error(bad):
    with pytest.raises(UsageError):
        source_of(bad)


def annotated(
    a: float, b: Annotated[np.ndarray, "n d"], c: list[float], d: dict[str, np.ndarray], e: "Annotated[np.ndarray, '3']"
):
    return a


def test_annotations_give_types():
    params = lowered(annotated).program.functions["annotated"].params
    a, b, c, d, e = (p.var.type for p in params)
    assert a == SCALAR and b == Array("float", ("n", "d")) and c == Sequence("list", SCALAR, None)
    assert isinstance(d, Dict) and e == Array("float", (3,))


# annotations that are what they were


ANNOTATED = """{future}
import functools
from typing import Annotated, NamedTuple, Optional

import numpy as np

Number = float


class Point(NamedTuple):
    a: float


class Model:
    Number = int

    def size(self, x: float, k: Number = 2, *, p: Optional[Number] = None) -> "float":
        return x**k

    @functools.lru_cache
    def cached(self, x: Number) -> Number:
        return x * x


def loss(x: Number, u: Annotated[np.ndarray, "n n"] | None = None, p: "Point" = Point(1.0), *more: list[Point]) -> float:
    return x * x * p.a


def made():
    class Point:
        pass

    def inner(x: float, p: Point = None, n: np.int64 = 2) -> Number:
        return x * x

    return inner


def wraps(function):
    @functools.wraps(function)
    def wrapper(x):
        return function(x) * 2

    return wrapper


@wraps
def doubled(x: Number) -> Number:
    return x * x
"""


@pytest.mark.parametrize("future", ["", "from __future__ import annotations"])
def test_annotations_that_did_not_change(tmp_path, monkeypatch, future):
    name = "annotated_later" if future else "annotated"
    (tmp_path / f"{name}.py").write_text(ANNOTATED.format(future=future))
    monkeypatch.syspath_prepend(str(tmp_path))
    model = importlib.import_module(name)
    monkeypatch.delitem(sys.modules, name)
    for function in (lambda x: model.loss(x), model.made(), model.doubled, lambda x: model.Model().size(x)):
        assert srcdiff.grad(function)(1.5) == (6.0 if function is model.doubled else 3.0)
