"""The types of operations against what the operations give: no length, rank or dtype is claimed that does not hold."""

from __future__ import annotations

import numpy as np
import pytest

from srcdiff.analysis.dimensions import broadcast
from srcdiff.analysis.shapes import infer
from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Var
from srcdiff.ir.types import Array, Sequence, Tuple, unknown
from tests.rule_rows import ROWS
from tests.test_rules import Emission, emit, function_of, identify, plain


def agrees(t, value):
    """Whether a type describes a value; equal symbols must be equal lengths (`d4` is 4 in these rows)."""
    if isinstance(t, Tuple):
        return len(t.elems) == len(value) and all(map(agrees, t.elems, value))
    if isinstance(t, Sequence):
        return all(agrees(t.elem, v) for v in value)
    if not isinstance(t, Array):
        return True
    kind = {"f": "float", "i": "int", "b": "bool", "c": "complex"}[np.asarray(value).dtype.kind]
    if t.dtype not in (None, kind):
        return False
    if not isinstance(t.shape, tuple):
        return True
    lengths = [int(d[1:]) if isinstance(d, str) and d[0] == "d" and d[1:].isdigit() else d for d in t.shape]
    return len(lengths) == np.ndim(value) and all(
        isinstance(m, str) or m == n for m, n in zip(lengths, np.shape(value))
    )


@pytest.mark.parametrize("known", [True, False], ids=["ranks known", "nothing known"])
@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_types_hold(row, known):
    fn, args, kwargs = row
    emission = Emission(known)
    with emission.builder.block():
        out = emit(emission.builder, fn, tuple(map(emission.symbolic, args)), kwargs)
    value = plain(function_of(fn)(*args, **kwargs))
    t = out.atom.type
    if known and fn not in ("numpy.linalg.slogdet",) and isinstance(t, Array) and not fn.startswith("builtins."):
        assert isinstance(t.shape, tuple) or fn in WITHOUT_RANK, "the rank is known from the arguments'"
    assert agrees(t, value)


# what is typed without a rank for some of its arguments
WITHOUT_RANK = {
    "numpy.tile",
    "numpy.trace",
    "numpy.diagonal",
    "numpy.atleast_2d",
    "numpy.take_along_axis",
    "numpy.squeeze",
}
WITHOUT_RANK |= {"numpy.kron", "numpy.diff", "numpy.diag", "numpy.linalg.solve", "numpy.full", "numpy.take"}
WITHOUT_RANK |= {"numpy.trapezoid", "numpy.cross"}


class Program:
    """Types of operations on a few variables."""

    def __init__(self):
        self.builder = Builder(infer)
        self.opened = self.builder.block()
        self.opened.__enter__()

    def __call__(self, fn, *args, **kwargs):
        atoms = [a if hasattr(a, "type") else literal(a) for a in args]
        return self.builder.emit(fn, *atoms, **{k: literal(v) for k, v in kwargs.items()})


def var(*dims):
    return Var("", Array("float", dims))


def shape(atom):
    return atom.type.shape


def test_lengths_that_agree():
    p, x, n = Program(), var("n", "d"), Var("n", Array("int", ()))
    rows = p("operator.getitem", p("getattr", x, "shape"), 0)
    assert shape(p("numpy.zeros", rows)) == ("n",)
    assert shape(p("numpy.zeros", p("builtins.len", x))) == ("n",)
    assert shape(p("numpy.zeros", p("getattr", x, "shape"))) == ("n", "d")
    assert shape(p("numpy.zeros", n)) == shape(p("numpy.ones", n))
    after = p("operator.getitem", x, p("slice", 1, None, None))
    before = p("operator.getitem", x, p("slice", None, -1, None))
    assert shape(after) == shape(before) != shape(x)
    assert shape(p("numpy.zeros_like", p("operator.getitem", x, n))) == ("d",)
    u = Var("u", unknown())
    assert shape(p("numpy.zeros", p("getattr", u, "shape"))) == shape(p("numpy.sin", u))
    assert shape(p("numpy.transpose", p("numpy.transpose", p("numpy.sin", u)))) == shape(p("numpy.sin", u))


def test_lengths_that_need_not_agree():
    p, x = Program(), var("n")
    n, m = Var("n", Array("int", ())), Var("m", Array("int", ()))
    assert shape(p("numpy.zeros", n)) != shape(p("numpy.zeros", m))
    assert shape(p("operator.getitem", x, p("slice", 0, n, None))) != shape(p("numpy.zeros", n))
    ragged = Var("l", Sequence("list", Array("float", ("?7",))))
    assert shape(p("operator.getitem", ragged, 0)) != shape(p("operator.getitem", ragged, 1))
    y = var("m")
    k = Var("k", Array("int", ()))  # perhaps -1
    assert shape(p("numpy.reshape", x, k)) != shape(p("numpy.reshape", y, k))
    mask = p("operator.gt", x, 0.0)
    assert shape(p("operator.getitem", x, mask)) != shape(x)
    assert not isinstance(shape(p("operator.getitem", Var("a", Array("float", frozenset({"a"}))), n)), tuple)


def test_broadcast():
    assert broadcast(("n", 1), ("d",)) == ("n", "d")
    assert broadcast(("n",), ("m",)) == broadcast(("m",), ("n",)) not in (("n",), ("m",))
    assert broadcast(frozenset({"a"}), ()) == frozenset({"a"})
    assert broadcast(frozenset({"a"}), ("n",)) == frozenset({"a", ("n",)})
    assert broadcast(broadcast(frozenset({"a"}), ("n",)), frozenset({"b"})) == frozenset({"a", "b", ("n",)})
