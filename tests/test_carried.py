"""Files whose derivatives need what only the file itself has: enumerations, attributes of classes, what functions made."""

import runpy
import sys

import pytest

from srcdiff.errors import Refusal
from srcdiff.files import derivative_text, transpiled
from srcdiff.frontend.source import module_source

OTHER = """
from enum import Enum

class Colour(Enum):
    RED = 1
    BLUE = 2

class Scaled:
    base = 2.0
    factor = 3 * base
"""

MODEL = """
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, auto

import numpy as np

import srcdiff
from colours import Colour, Scaled

N = 10.0


class Kind(Enum):
    A = auto()
    B = auto()


class Place(IntEnum):
    FIRST = 0
    SECOND = 1


@dataclass(frozen=True)
class Item:
    kind: Kind
    weight: float


class Settings:
    N = 3.0
    M = N * 2
    table = [N, 2.0]


def made(n):
    return [float(i) for i in range(n)]


ITEMS = (Item(Kind.A, 1.0), Item(Kind.B, 2.0))
MODES = {Kind.A: 2.0, Kind.B: 3.0}
GRID = made(4)
STEP = 2 * N


@srcdiff.grad
def of_items(x: float) -> float:
    total = 0.0
    for item in ITEMS:
        if item.kind is Kind.A:
            total += item.weight * x**2
        else:
            total += x
    return total


@srcdiff.grad
def by_kind(x: float, kind: Kind = Kind.B) -> float:
    match kind:
        case Kind.A:
            return x**2
        case Kind.B:
            return MODES[kind] * x
    return 0.0


@srcdiff.grad
def of_settings(x: float) -> float:
    return Settings.M * x**2 + Settings.table[0] * x + STEP * x


@srcdiff.grad
def of_constants(x: float) -> float:
    return GRID[2] * x**2


@srcdiff.grad
def by_place(p: np.ndarray) -> float:
    return p[Place.FIRST] ** 2 * p[Place.SECOND]


@srcdiff.grad
def by_colour(x: float, colour=Colour.BLUE) -> float:
    return x * x if colour is Colour.RED else Scaled.factor * x


RESULTS = [
    of_items(3.0),
    by_kind(3.0, Kind.A),
    by_kind(3.0),
    of_settings(3.0),
    of_constants(3.0),
    list(by_place(np.array([2.0, 3.0]))),
    by_colour(3.0),
    by_colour(3.0, Colour.RED),
]
"""
EXPECTED = [7.0, 6.0, 3.0, 59.0, 12.0, [12.0, 4.0], 6.0, 6.0]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "colours.py").write_text(OTHER)
    (tmp_path / "model.py").write_text(MODEL)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("colours", None)


def test_transpiled(folder):
    path = folder / "transpiled.py"
    text = transpiled(MODEL, str(folder / "model.py"))
    assert "srcdiff" not in text
    path.write_text(text)
    assert runpy.run_path(str(path))["RESULTS"] == EXPECTED == runpy.run_path(str(folder / "model.py"))["RESULTS"]


@pytest.mark.parametrize(
    "name, x, expected",
    [("of_items", 3.0, 7.0), ("by_kind", 3.0, 3.0), ("of_settings", 3.0, 59.0), ("of_constants", 3.0, 12.0)],
)
def test_modules_of_their_own(folder, name, x, expected):
    """What a derivative takes from the file stands in its module, word for word."""
    path = folder / "own.py"
    path.write_text(derivative_text(module_source(MODEL, str(folder / "model.py")), name, "grad", 0))
    assert "srcdiff" not in path.read_text()
    assert runpy.run_path(str(path))[f"{name}_grad"](x) == expected


def test_what_is_computed_in_another_file(folder):
    text = """
import settings

def f(x: float) -> float:
    return settings.total(x)
"""
    (folder / "settings.py").write_text("def made():\n    return 3.0\nC = made()\ndef total(x):\n    return C * x\n")
    with pytest.raises(Refusal, match="C is computed in another file, which is not run when it is only read"):
        derivative_text(module_source(text, str(folder / "other.py")), "f", "grad", 0)


def test_what_needs_srcdiff_itself():
    text = """
import srcdiff

def square(x: float) -> float:
    return x * x

def made(n):
    return srcdiff.grad(square)(n)

C = made(3.0)

def f(x: float) -> float:
    return C * x
"""
    with pytest.raises(Refusal, match="what the derivative takes from the file uses srcdiff"):
        derivative_text(module_source(text, "model.py"), "f", "grad", 0)


CHANGED = """
import numpy as np

import srcdiff

CONFIG = {"rate": 0.1, "n": 2}
CONFIG["rate"] = 0.5
TABLE = [1.0, 2.0]
TABLE.append(7.0)
for _k in range(2):
    TABLE[_k] += 100.0
PAIRS = {"a": (1.0, 2.0)}
PAIRS.update({"b": (5.0, 6.0)})
W = np.zeros(3)
np.add.at(W, 0, 4.0)
RATE = 0.1
KINDS = {"sin": np.sin}
KINDS["sin"] = np.cos


class Model:
    gain = 2.0
    steps = 1

    @classmethod
    def more(cls):
        cls.steps = 3


def setup(table):
    global RATE
    RATE = 3.0
    table["x"] = 1.0


Model.gain = 10.0
Model.more()
setup({})


@srcdiff.grad
def by_key(x: float) -> float:
    return CONFIG["rate"] * x


@srcdiff.grad
def of_table(x: float) -> float:
    return sum(t * x for t in TABLE)


@srcdiff.grad
def of_pairs(x: float) -> float:
    total = 0.0
    for _, (a, b) in PAIRS.items():
        total += a * b * x
    return total


@srcdiff.grad
def of_globals(x: float) -> float:
    return RATE * x + W[0] * x


@srcdiff.grad
def of_class(x: float) -> float:
    return Model.gain * Model.steps * x


RESULTS = [by_key(3.0), of_table(3.0), of_pairs(3.0), of_globals(3.0), of_class(3.0)]
"""


def test_what_a_file_changes_after_it_defined_it(tmp_path):
    """Of such variables the text does not say what they hold: they are read when the derivative runs."""
    for name, text in (("model.py", CHANGED), ("transpiled.py", transpiled(CHANGED, "model.py"))):
        (tmp_path / name).write_text(text)
        assert runpy.run_path(str(tmp_path / name))["RESULTS"] == [0.5, 210.0, 32.0, 7.0, 30.0]
    module = module_source(CHANGED, "model.py")
    for name, expected in (("by_key", 0.5), ("of_table", 210.0), ("of_pairs", 32.0)):
        (tmp_path / "own.py").write_text(derivative_text(module, name, "grad", 0))
        assert runpy.run_path(str(tmp_path / "own.py"))[f"{name}_grad"](3.0) == expected
    with pytest.raises(
        Refusal, match="RATE is changed by setup, which this module of the derivative's own does not call"
    ):
        derivative_text(module, "of_globals", "grad", 0)
