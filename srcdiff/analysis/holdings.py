"""What the values of a type may hold, and whether one may be, or hold, another."""

from __future__ import annotations

from srcdiff.ir.nodes import Atom, Lit
from srcdiff.ir.types import Array, Dict, Sequence, Tuple, Type, is_scalar


def may_reach(type_: Type, container: Type) -> bool:
    """Whether a value of `type_` can be, or hold, a container of the kind of `container`."""
    match type_:
        case Array():
            return False
        case Sequence(kind, elem):
            same = isinstance(container, Sequence) and container.kind == kind and _alike(elem, container.elem)
            return same or may_reach(elem, container)
        case Tuple(elems):
            return isinstance(container, Tuple) or any(may_reach(e, container) for e in elems)
        case Dict(items, value):
            inner = [value] if items is None else [v for _, v in items]
            return isinstance(container, Dict) or any(may_reach(v, container) for v in inner)
    return True


def _alike(a: Type, b: Type) -> bool:
    """Whether two types may be of one value."""
    if isinstance(a, Sequence) and isinstance(b, Sequence):
        return a.kind == b.kind and _alike(a.elem, b.elem)
    known = (Array, Sequence, Tuple, Dict)
    return not (isinstance(a, known) and isinstance(b, known)) or type(a) is type(b)


def holds_numbers(type_: Type) -> bool:
    """Whether a container surely holds plain numbers only."""
    match type_:
        case Sequence(_, elem):
            return is_scalar(elem)
        case Tuple(elems):
            return all(map(is_scalar, elems))
        case Dict(items, value):
            return is_scalar(value) if items is None else all(is_scalar(v) for _, v in items)
    return False


def holds_number_at(type_: Type, index: Atom) -> bool:
    """Whether a container surely holds a plain number under an index or a key."""
    if isinstance(type_, Dict) and type_.items is not None and isinstance(index, Lit):
        return any(key == index.value and is_scalar(v) for key, v in type_.items)
    return holds_numbers(type_)


def holds_only_numbers(type_: Type) -> bool:
    """Whether a structure surely has numbers and arrays in all places, so that its sum with another one is all new."""
    match type_:
        case Array():
            return True
        case Sequence(_, elem):
            return holds_only_numbers(elem)
        case Tuple(elems):
            return all(map(holds_only_numbers, elems))
        case Dict(items, value):
            return holds_only_numbers(value) if items is None else all(holds_only_numbers(v) for _, v in items)
    return False
