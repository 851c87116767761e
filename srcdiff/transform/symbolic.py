"""Symbolic values: a rule written in plain NumPy emits SSA when it is called on them."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from typing import Any as AnyValue

import numpy as np

from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Atom, Const, Lit, Var
from srcdiff.ir.types import Array, Sequence, Tuple, as_array, is_scalar, rank, surely_array
from srcdiff.rules.declare import UnknownRank, dotted

CLIPS = ("numpy.maximum", "numpy.fmax", "builtins.max", "numpy.clip")
ARITHMETIC = frozenset(f"operator.{name}" for name in "add sub mul truediv pow neg".split())
SCALED = {"operator.mul": 2, "operator.truediv": 1, "operator.getitem": 1}  # the arguments that make it 0


class Sym:
    """An atom of the program that `builder` builds."""

    __slots__ = ("atom", "builder")

    def __init__(self, builder: Builder, atom: Atom) -> None:
        self.builder, self.atom = builder, atom

    def emit_call(self, fn: str, *args: AnyValue, **kwargs: AnyValue) -> AnyValue:
        """Emit fn(*args, **kwargs)."""
        atoms = [to_atom(self.builder, a) for a in args]
        named = [(name, to_atom(self.builder, value)) for name, value in kwargs.items()]
        return to_value(self.builder, self.builder.emit_op(fn, tuple(atoms), tuple(named)))

    @property
    def known_shape(self) -> AnyValue:
        """Equal for values whose shapes are known to be equal."""
        return self.atom.type.shape if isinstance(self.atom.type, Array) else None

    @property
    def holds_numbers(self) -> bool:
        """Whether it is a list of numbers: one number can be the cotangent of each."""
        return isinstance(self.atom.type, Sequence) and is_scalar(self.atom.type.elem)

    @property
    def may_be_container(self) -> bool:
        return not isinstance(self.atom.type, Array)

    @property
    def is_clipped(self) -> bool:
        """Whether it is 0 where a value was cut off at 0: how that value changes does not matter there."""
        made = self.builder.definition.get(self.atom) if isinstance(self.atom, Var) else None
        if made is not None and made.fn in CLIPS:
            return any(isinstance(a, Lit) and type(a.value) in (int, float) and a.value == 0 for a in made.args)
        scaled = SCALED.get(made.fn, 0) if made is not None else 0
        return made is not None and any(Sym(self.builder, a).is_clipped for a in made.args[:scaled])

    def __array__(self, *args: AnyValue, **kwargs: AnyValue) -> np.ndarray:
        raise self.unknown()

    def unknown(self) -> UnknownRank:
        return UnknownRank(self.emit_call)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: AnyValue, **kwargs: AnyValue) -> AnyValue:
        if method != "__call__":
            raise self.unknown()
        return self.emit_call(dotted(ufunc), *args, **kwargs)

    def __array_function__(
        self, function: Callable[..., AnyValue], types: object, args: tuple[AnyValue, ...], kwargs: dict[str, AnyValue]
    ) -> AnyValue:
        if function is np.ndim:
            return args[0].ndim if isinstance(args[0], Sym) else np.ndim(args[0])
        if function is np.iscomplexobj:
            return self.is_complex
        if function in (np.shape, np.size) and len(args) == 1 and isinstance(args[0], Sym):
            return getattr(args[0], function.__name__)
        return self.emit_call(dotted(function), *args, **kwargs)

    @property
    def is_complex(self) -> bool:
        return isinstance(self.atom.type, Array) and self.atom.type.dtype == "complex"

    @property
    def ndim(self) -> int:
        """The rank; raises UnknownRank where it is not known."""
        ndim = rank(as_array(self.atom.type))
        if ndim is None:
            raise self.unknown()
        return ndim

    @property
    def shape(self) -> AnyValue:
        return () if is_scalar(self.atom.type) else self._asked("shape")

    @property
    def size(self) -> AnyValue:
        return 1 if is_scalar(self.atom.type) else self._asked("size")

    def _asked(self, name: str) -> AnyValue:
        """x.shape, or np.shape(x) where it may be a plain number."""
        if surely_array(self.atom.type) or self._of_numpy():
            return self.emit_call("getattr", self, name)
        return self.emit_call(f"numpy.{name}", self)

    def _of_numpy(self) -> bool:
        """Whether it is calculated by NumPy, whose numbers have what arrays have."""
        todo, seen = [self.atom], set[Atom]()
        while todo:
            atom = todo.pop()
            made = self.builder.definition.get(atom) if isinstance(atom, Var) and atom not in seen else None
            if made is None:
                continue
            if made.fn.startswith("numpy.") or made.fn == "operator.matmul":
                return True
            seen.add(atom)
            todo += made.args if made.fn in ARITHMETIC else []
        return False

    @property
    def dtype(self) -> AnyValue:
        return self.emit_call("getattr", self, "dtype")

    @property
    def T(self) -> AnyValue:
        return self.emit_call("numpy.transpose", self)

    def sum(self, **kwargs: AnyValue) -> AnyValue:
        return self.emit_call("numpy.sum", self, **kwargs)

    def reshape(self, shape: AnyValue) -> AnyValue:
        return self.emit_call("numpy.reshape", self, shape)

    def __getitem__(self, index: AnyValue) -> AnyValue:
        return self.emit_call("operator.getitem", self, index)

    def __len__(self) -> int:
        match self.atom.type:
            case Tuple(elems):
                return len(elems)
            case Sequence(_, _, int() as length):
                return length
            case Array(_, (int() as first, *_)):
                return first
        raise self.unknown()

    def __iter__(self) -> Iterator[AnyValue]:
        return iter([self[i] for i in range(len(self))])

    def __bool__(self) -> bool:
        raise self.unknown()

    def __float__(self) -> float:
        raise self.unknown()

    __int__ = __index__ = __float__
    __hash__ = object.__hash__

    def __abs__(self) -> AnyValue:
        return self.emit_call("builtins.abs", self)


def _binary(name: str) -> tuple[Callable[[Sym, AnyValue], AnyValue], Callable[[Sym, AnyValue], AnyValue]]:
    def forward(self: Sym, other: AnyValue) -> AnyValue:
        return self.emit_call(f"operator.{name}", self, other)

    def reflected(self: Sym, other: AnyValue) -> AnyValue:
        return self.emit_call(f"operator.{name}", other, self)

    return forward, reflected


def _unary(name: str) -> Callable[[Sym], AnyValue]:
    return lambda self: self.emit_call(f"operator.{name}", self)


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor"):
    _stem = _name.rstrip("_")
    _forward, _reflected = _binary(_name)
    setattr(Sym, f"__{_stem}__", _forward)
    setattr(Sym, f"__r{_stem}__", _reflected)
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Sym, f"__{_name}__", _binary(_name)[0])
for _name in ("neg", "pos", "invert"):
    setattr(Sym, f"__{_name}__", _unary(_name))


def to_atom(builder: Builder, value: AnyValue) -> Atom:
    """The atom for a value that a rule computed with: a Sym, a plain literal, or a tuple, list or slice of such."""
    match value:
        case Sym():
            return value.atom
        case Var() | Lit() | Const():
            return value
        case tuple() | list():
            return builder.emit(type(value).__name__, *[to_atom(builder, v) for v in value])
        case range():
            return builder.emit("tuple", *[literal(v) for v in value])
        case slice():
            return builder.emit("slice", *[to_atom(builder, v) for v in (value.start, value.stop, value.step)])
        case np.generic():
            return literal(value.item())
        case np.ndarray():  # what a rule computed of numbers alone
            return (
                builder.emit("numpy.array", to_atom(builder, value.tolist())) if value.ndim else literal(value.item())
            )
    if isinstance(value, type) and value.__module__ == "numpy":
        return Const(f"numpy.{value.__name__}", literal(None).type, value)
    return literal(value)


def to_value(builder: Builder, atom: Atom) -> AnyValue:
    """What a rule computes with: literals, and tuples, lists and slices whose items are in sight, are plain Python."""
    if isinstance(atom, Lit):
        return atom.value
    if isinstance(atom, Const) and atom.name in ("numpy.inf", "math.inf"):
        return math.inf
    op = builder.definition.get(atom) if isinstance(atom, Var) else None
    if op is not None and op.fn in ("tuple", "list", "slice"):
        items = [to_value(builder, a) for a in op.args]
        return slice(*items) if op.fn == "slice" else tuple(items) if op.fn == "tuple" else items
    if op is not None and op.fn == "operator.neg":
        positive = to_value(builder, op.args[0])
        if isinstance(positive, (int, float)):
            return operator.neg(positive)
    return Sym(builder, atom)
