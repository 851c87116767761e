"""What the compiler knows of a value before it runs: kind, dtype and shape.

A shape is a tuple of dimensions where the rank is known: an int, or a string that stands for one unknown length (equal
strings are equal lengths). Where the rank is not known it is a frozenset, the broadcast of its members: strings (the
opaque shape of something, of any rank) and tuples (a known shape). `frozenset({"x", ("n",)})` is x's shape broadcast with (n,).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
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
    """A number, an array or a container. `atom` names its shape, should it prove to be an array; where the ranks of its
    uses are known, `shape` is that shape, or how deeply its lists are nested."""

    atom: str
    shape: tuple[Dim, ...] | None = None


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
    of: str = ""  # the named tuple of the user's that it stands for


@dataclass(frozen=True, slots=True)
class Dict(Type):
    """A dict: `items` where every key is known (in order), else one type for all values, and for keys that are numbers."""

    items: tuple[tuple[AnyValue, Type], ...] | None
    value: Type
    key: Array | None = None
    of: str = ""  # the class of the object that it stands for
    default: str = ""  # of a defaultdict: what makes an entry that is missing

    def with_key(self, key: Type, value: Type) -> Dict:
        """The type of the dict with one more entry, under a key that only the run knows."""
        number = key if isinstance(key, Array) and key.shape == () else None
        keys = number if self.items == () else _join_keys(number, self.key)
        return Dict(None, join(self.value, value), keys, "", self.default)


@dataclass(frozen=True, slots=True)
class Record(Type):
    """An object of a class of the user's: the attributes whose types are known."""

    name: str
    items: tuple[tuple[str, Type], ...] = ()
    of: object = None  # the class itself, of an element of a container that is annotated with it


@dataclass(frozen=True, slots=True)
class Opaque(Type):
    """A value that carries no derivative: "str", "None", "range", "slice", "dtype", "function", "module", ..."""

    name: str


SCALAR = Array("float", ())
INT = Array("int", ())
BOOL = Array("bool", ())
SLICE = Opaque("slice")

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
    if isinstance(t, Any):
        return Array(None, frozenset({t.atom}) if t.shape is None else t.shape)
    return Array(None, frozenset({fresh()}))


def rank(t: Type) -> int | None:
    """The number of dimensions, where it is known."""
    return len(t.shape) if isinstance(t, Array) and isinstance(t.shape, tuple) else None


def is_scalar(t: Type) -> bool:
    return isinstance(t, Array) and t.shape == ()


def surely_array(t: Type) -> bool:
    """Whether a value has a dimension at least: a plain number has no dtype to ask for, and is never changed in place."""
    if not isinstance(t, Array):
        return False
    return bool(t.shape) if isinstance(t.shape, tuple) else any(isinstance(part, tuple) for part in t.shape)


def holds_arrays(t: Type) -> bool:
    """Whether a value is taken for a list of arrays, each of its own shape, and not for the rows of one."""
    return isinstance(t, Sequence) and t.length is None and not is_scalar(t.elem)


def row_kind(t: Type) -> str | None:
    """The kind of the sequences that a sequence holds; None where it holds anything else."""
    return t.elem.kind if isinstance(t, Sequence) and isinstance(t.elem, Sequence) else None


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
        case Record(_, items):
            return not items or any(may_vary(v) for _, v in items)
    return isinstance(t, Any)


def is_complex(t: Type) -> bool:
    """Whether a value is complex, or surely holds what is: values that are not known to be are real."""
    match t:
        case Array(dtype):
            return dtype == "complex"
        case Sequence(_, elem):
            return is_complex(elem)
        case Tuple(elems):
            return any(map(is_complex, elems))
    return False


def with_dtype(t: Array, dtype: str | None) -> Array:
    return replace(t, dtype=dtype)


UNDEFINED = Opaque("undef")


def join(a: Type, b: Type, wide: Container[str] = ()) -> Type:
    """The type of a value that has type `a` on one path and `b` on another.

    What differs becomes a new symbol; a symbol of `a` in `wide` already stands for anything and stays (a loop's fixpoint).
    """
    if a == b or b == UNDEFINED:
        return a
    if a == UNDEFINED:
        return b
    match a, b:
        case (Any(atom, None), _) if atom in wide:
            return a
        case Array(), Array():
            return Array(_join_dtypes(a, b), _join_shapes(a.shape, b.shape, wide))
        case (Any(_, tuple(m)) | Array(_, tuple(m)), Any(_, tuple(n)) | Array(_, tuple(n))) if len(m) == len(n) > 0:
            return Any(a.atom if isinstance(a, Any) and a.atom in wide else fresh(), _join_lengths(m, n, wide))
        case Sequence(kind, elem, length), Sequence(other_kind, other_elem, other_length) if kind == other_kind:
            joined = other_elem if length == 0 else elem if other_length == 0 else join(elem, other_elem, wide)
            return Sequence(kind, joined, length if length == other_length else None)
        case Tuple(elems), Tuple(others) if len(elems) == len(others):
            return Tuple(tuple(join(x, y, wide) for x, y in zip(elems, others)), _common(a, b))
        case Dict(items, value), Dict(other_items, other_value):
            if items is not None and other_items is not None and [k for k, _ in items] == [k for k, _ in other_items]:
                pairs = zip(items, other_items)
                entries = tuple((k, join(x, y, wide)) for (k, x), (_, y) in pairs)
                return Dict(entries, value, None, _common(a, b), _common_default(a, b))
            values = [v for _, v in items or ()] + [v for _, v in other_items or ()]
            values += [value] * (items is None) + [other_value] * (other_items is None)
            result = values[0]
            for v in values[1:]:
                result = join(result, v, wide)
            keys = [d.key for d in (a, b) if d.items != ()]
            return Dict(None, result, _join_keys(keys[0], keys[-1]), "", _common_default(a, b))
    return unknown()


def _common(a: Dict | Tuple, b: Dict | Tuple) -> str:
    return a.of if a.of == b.of else ""


def _common_default(a: Dict, b: Dict) -> str:
    return a.default if a.default == b.default else ""


def _join_keys(a: Array | None, b: Array | None) -> Array | None:
    return Array(_join_dtypes(a, b), ()) if a and b else None


def _join_dtypes(a: Array, b: Array) -> str | None:
    if a.dtype == b.dtype:
        return a.dtype
    if "complex" in (a.dtype, b.dtype):  # complex values are known to be
        return "complex"
    if a.shape == b.shape == () and a.dtype and b.dtype:
        # a number that is 0 at first and 0.5 later: for derivatives it is a float throughout
        return max(a.dtype, b.dtype, key=["bool", "int", "float", "complex"].index)
    return None


def _join_shapes(a: Shape, b: Shape, wide: Container[str]) -> Shape:
    if a == b:
        return a
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return _join_lengths(a, b, wide)
    if isinstance(a, frozenset) and len(a) == 1 and any(isinstance(s, str) and s in wide for s in a):
        return a
    return frozenset({fresh()})


def _join_lengths(a: tuple[Dim, ...], b: tuple[Dim, ...], wide: Container[str]) -> tuple[Dim, ...]:
    return tuple(x if x == y or x in wide else fresh() for x, y in zip(a, b))


def symbols(t: Type) -> set[str]:
    """Every symbol in a type that stands for an unknown length or shape."""
    match t:
        case Any(atom, shape):
            return {atom, *(d for d in shape or () if isinstance(d, str))}
        case Array(_, shape):
            found = {s for s in shape if isinstance(s, str)}
            return found.union(*({d for d in s if isinstance(d, str)} for s in shape if isinstance(s, tuple)))
        case Sequence(_, elem, length):
            return symbols(elem) | ({length} if isinstance(length, str) else set())
        case Tuple(elems):
            return set().union(*map(symbols, elems))
        case Dict(items, value):
            return symbols(value) if items is None else set().union(*(symbols(v) for _, v in items))
        case Record(_, items):
            return set().union(*(symbols(v) for _, v in items))
    return set()


def rename(t: Type, new: Mapping[str, str]) -> Type:
    """The type with other symbols in place of some."""
    match t:
        case Any(atom, shape):
            return Any(new.get(atom, atom), None if shape is None else _rename_shape(shape, new))  # type: ignore[arg-type]
        case Array(dtype, shape):
            return Array(dtype, _rename_shape(shape, new))
        case Sequence(kind, elem, length):
            return Sequence(kind, rename(elem, new), new.get(length, length) if isinstance(length, str) else length)
        case Tuple(elems):
            return replace(t, elems=tuple(rename(e, new) for e in elems))
        case Dict(items, value):
            renamed = None if items is None else tuple((k, rename(v, new)) for k, v in items)
            return replace(t, items=renamed, value=rename(value, new))
        case Record(_, items):
            return replace(t, items=tuple((k, rename(v, new)) for k, v in items))
    return t


def _rename_shape(shape: Shape, new: Mapping[str, str]) -> Shape:
    def dim(d: Dim) -> Dim:
        return new.get(d, d) if isinstance(d, str) else d

    if isinstance(shape, tuple):
        return tuple(map(dim, shape))
    return frozenset(tuple(map(dim, s)) if isinstance(s, tuple) else dim(s) for s in shape)
