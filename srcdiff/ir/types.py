"""What the compiler knows of a value before it runs: kind, dtype and shape.

A shape is a tuple of dimensions where the rank is known: an int, or a string that stands for one unknown length (equal
strings are equal lengths). Where the rank is not known it is a frozenset, the broadcast of its members: strings (the
opaque shape of something, of any rank) and tuples (a known shape). `frozenset({"x", ("n",)})` is x's shape broadcast with (n,).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import Any as AnyValue

Dim = int | str
Shape = tuple[Dim, ...] | frozenset


class Type:
    """The base of all types."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Array(Type):
    """A number or an array of numbers; shape () is a scalar. dtype None: not known (int or float, say)."""

    dtype: str | None = None  # "bool" | "int" | "float" | "complex" | None
    shape: Shape = ()


@dataclass(frozen=True, slots=True)
class Any(Type):
    """Nothing is known: a number, an array or a container. `atom` names its shape, should it prove to be an array."""

    atom: str


@dataclass(frozen=True, slots=True)
class Sequence(Type):
    """A list, or a tuple of unknown length (kind "list" | "tuple"): one element type for all."""

    kind: str
    elem: Type
    length: Dim | None = None


@dataclass(frozen=True, slots=True)
class Tuple(Type):
    """A tuple of known length."""

    elems: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Dict(Type):
    """A dict: `items` where every key is known (in order), else one type for all values."""

    items: tuple[tuple[AnyValue, Type], ...] | None
    value: Type


@dataclass(frozen=True, slots=True)
class Opaque(Type):
    """A value that carries no derivative: "str", "None", "range", "slice", "dtype", "function", "module", ..."""

    name: str


SCALAR = Array("float", ())
INT = Array("int", ())
BOOL = Array("bool", ())

_fresh = count()


def fresh(stem: str = "?") -> str:
    """A new symbol for an unknown length or shape."""
    return f"{stem}{next(_fresh)}"


def unknown() -> Any:
    return Any(fresh())


def as_array(t: Type) -> Array:
    """The type of `t` taken as an array."""
    if isinstance(t, Array):
        return t
    return Array(None, frozenset({t.atom if isinstance(t, Any) else fresh()}))


def rank(t: Type) -> int | None:
    """The number of dimensions, where it is known."""
    return len(t.shape) if isinstance(t, Array) and isinstance(t.shape, tuple) else None


def is_scalar(t: Type) -> bool:
    return isinstance(t, Array) and t.shape == ()


def may_vary(t: Type) -> bool:
    """Whether a value of this type can carry a derivative."""
    match t:
        case Array(dtype):
            return dtype in ("float", "complex", None)
        case Sequence(_, elem):
            return may_vary(elem)
        case Tuple(elems):
            return any(map(may_vary, elems))
        case Dict(items, value):
            return may_vary(value) if items is None else any(may_vary(v) for _, v in items)
    return isinstance(t, Any)


def with_dtype(t: Array, dtype: str | None) -> Array:
    return replace(t, dtype=dtype)
