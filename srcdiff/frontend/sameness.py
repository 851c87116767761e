"""Whether two values are the same, are None, or are made of parts that belong together."""

from __future__ import annotations

from srcdiff.frontend.values import (
    BoundMethod,
    ClassValue,
    Instance,
    LibraryValue,
    Maybe,
    Ref,
    TupleValue,
    UserFunction,
    Value,
)
from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import UNDEF, Lit


def value_key(value: Value | None) -> object:
    match value:
        case Ref(cell, path):
            return (id(cell), *map(id, path))
        case TupleValue(items):
            return ("tuple", *map(value_key, items))
        case Maybe(missing, inner):
            return ("maybe", value_key(missing), value_key(inner))
        case Lit():
            return atom_key(value)
    return id(value)


def same_value(first: Value | None, second: Value | None) -> bool:
    match first, second:
        case (LibraryValue(a), LibraryValue(b)):
            return a == b
        case (UserFunction(a), UserFunction(b)):
            return a.identity == b.identity
        case (ClassValue(c), ClassValue(d)):
            return c is d
        case (BoundMethod(function, bound), BoundMethod(other, its)):
            return same_value(function, other) and (bound is its or same_value(bound, its))
        case (Instance(live=one), Instance(live=two)):
            return one is not None and one is two and not first.is_argument
        case (Ref(), Ref()):
            return value_key(first) == value_key(second)
    return False


def aligned(first: Value | None, second: Value | None) -> list[tuple[Value | None, Value | None]] | None:
    """The pairs of elements of two tuples of one length; nothing where a value is not assigned."""
    if isinstance(first, TupleValue) and isinstance(second, TupleValue) and len(first.items) == len(second.items):
        return list(zip(first.items, second.items))
    if isinstance(first, TupleValue) and is_undefined(second):
        return [(item, None) for item in first.items]
    if isinstance(second, TupleValue) and is_undefined(first):
        return [(None, item) for item in second.items]
    return None


def may_be_none(first: Value | None, second: Value | None) -> bool:
    """Whether two values meet of which one may be None, and the other is no plain value."""
    values = (first, second)
    if not all(is_undefined(v) or is_none(v) or isinstance(v, (Maybe, TupleValue, Instance)) for v in values):
        return False
    return (
        any(isinstance(v, Maybe) for v in values)
        or any(map(is_none, values))
        and not all(is_none(v) or is_undefined(v) for v in values)
    )


def is_none(value: Value | None) -> bool:
    return isinstance(value, Lit) and value.value is None


def is_undefined(value: Value | None) -> bool:
    return value is None or isinstance(value, Lit) and value.value is UNDEF
