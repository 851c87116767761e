"""Objects from outside of the function: their attributes are read where they are asked for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from types import FunctionType
from typing import Any

from srcdiff.frontend import expressions
from srcdiff.frontend.annotations import MAXIMUM_NESTING, class_of_annotation, scope_of
from srcdiff.frontend.classes import UserClass, live_class
from srcdiff.frontend.context import Context, constant_type
from srcdiff.frontend.library import is_library_module
from srcdiff.frontend.names import meaning_of
from srcdiff.frontend.static_containers import static_dict
from srcdiff.frontend.storage import fixed_cell, new_cell, unalias
from srcdiff.frontend.subclasses import check_class
from srcdiff.frontend.values import (
    Attribute,
    Instance,
    Item,
    Partial,
    Ref,
    TupleValue,
    Value,
)
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Const
from srcdiff.ir.types import Array, Dict, Opaque, Record, Sequence, Tuple, Type, fresh, unknown


def is_user_object(thing: object) -> bool:
    """Whether an object is of a class of the user's whose methods can be read."""
    cls = type(thing)
    if isinstance(thing, type) or is_library_module(cls.__module__) and cls.__module__ != "__main__":
        return False
    if any(isinstance(vars(c).get("__getattribute__"), FunctionType) for c in cls.__mro__):
        return False  # what its attributes are, only its own code can tell
    from enum import Enum

    return not isinstance(thing, Enum) and not callable(getattr(cls, "__array__", None))


def partial_value(ctx: Context, made: partial[Any], name: str) -> Value:
    """A function of which some arguments are given already; numbers are written where they are used."""

    def given(key: object, thing: object) -> Value:
        written = thing is None or isinstance(thing, (bool, int, float, str))
        return literal(thing) if written else expressions.meaning_value(ctx, meaning_of(thing), f"{name}_{key}")

    function = expressions.meaning_value(ctx, meaning_of(made.func), name)
    first = tuple(given(k, thing) for k, thing in enumerate(made.args))
    return Partial(function, first, tuple((key, given(key, thing)) for key, thing in made.keywords.items()))


def outside_type(thing: object, depth: int = 0) -> Type:
    """The type of an attribute of an object, which may be another array by the time that the derivative runs."""
    if is_user_object(thing) and depth < MAXIMUM_NESTING:
        entries = [(n, v) for n, v in attributes_of(thing).items() if n.isidentifier()]
        return Record(type(thing).__name__, tuple((n, outside_type(v, depth + 1)) for n, v in entries))
    if isinstance(thing, (list, tuple, dict)) and depth >= MAXIMUM_NESTING:
        return unknown()
    if isinstance(thing, tuple):
        return Tuple(tuple(outside_type(v, depth + 1) for v in thing))
    if isinstance(thing, list) and any(map(is_user_object, thing)):
        return Opaque("list")
    found = constant_type(thing)
    if isinstance(found, Array) and isinstance(found.shape, tuple):
        return Array(found.dtype, tuple(fresh() for _ in found.shape))
    if isinstance(found, (Sequence, Dict)):
        return unknown()
    return found


def attributes_of(thing: object) -> dict[str, object]:
    """The attributes that an object itself has."""
    if isinstance(thing, tuple) and hasattr(thing, "_fields"):
        return dict(zip(thing._fields, thing))
    found = dict(getattr(thing, "__dict__", {}))
    for cls in type(thing).__mro__:
        slots = vars(cls).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(thing, name):
                found[name] = getattr(thing, name)
    return found


def from_outside(ctx: Context, thing: object, name: str, is_argument: bool = False) -> Value:
    """An object of a user's class that a global, a closure variable or a bound method's self is."""
    name = ctx.outer_name(name, thing)
    base = Ref(fixed_cell(ctx, name, Const(name, outside_type(thing), thing)))
    return outside_value(ctx, thing, base, is_argument)


def outside_value(ctx: Context, thing: object, base: Ref, is_argument: bool) -> Value:
    """The value of something that a path from an outside object leads to."""
    if is_user_object(thing):
        kind: Any = type(thing)
        cls = live_class(kind)
        if isinstance(thing, tuple):
            fields = attributes_of(thing)
            items = tuple(outside_value(ctx, v, attribute_step(base, n), is_argument) for n, v in fields.items())
            return TupleValue(items, cls)
        # one object has one set of attributes, whichever way leads to it
        if id(thing) not in ctx.outside:
            ctx.outside[id(thing)] = Instance(cls, base=base, live=thing, is_argument=is_argument)
        return ctx.outside[id(thing)]
    if thing is None or isinstance(thing, (bool, str)):
        return literal(thing)
    if isinstance(thing, (list, tuple)) and (
        isinstance(thing, tuple) or any(is_user_object(v) or callable(v) for v in thing)
    ):
        steps = [Ref(base.cell, (*base.path, Item(literal(k), True))) for k in range(len(thing))]
        return TupleValue(tuple(outside_value(ctx, v, step, is_argument) for v, step in zip(thing, steps)))
    if isinstance(thing, dict) and any(is_user_object(v) or callable(v) for v in thing.values()):
        keys = tuple(thing)
        steps = [Ref(base.cell, (*base.path, Item(literal(k), True))) for k in keys]
        return static_dict(
            ctx, keys, [outside_value(ctx, v, step, is_argument) for v, step in zip(thing.values(), steps)]
        )
    if callable(thing):
        return expressions.meaning_value(ctx, meaning_of(thing), getattr(thing, "__name__", "the function"))
    return unalias(ctx, base)


def attribute_step(base: Ref, name: str) -> Ref:
    return Ref(base.cell, (*base.path, Attribute(name)))


def remember_classes(ctx: Context, thing: object) -> None:
    """Remember the classes of the objects that a global list or dict holds."""
    for cls in _classes_held(thing):
        ctx.classes.setdefault(cls.__name__, set()).add(cls)


def element_of_outside(ctx: Context, atom: Atom) -> Instance | None:
    """An object that was read from a global list or dict, by any index; None of anything else."""
    held = ctx.classes.get(atom.type.name, ()) if isinstance(atom.type, Opaque) else ()
    if len(held) != 1:
        return None
    cell = new_cell(ctx, "", atom)
    ctx.frozen |= cell.own
    return Instance(live_class(*held), base=Ref(cell), is_declared=True)


def _classes_held(thing: object) -> Iterator[type]:
    """The classes of the objects that a container holds."""
    if isinstance(thing, (list, tuple, dict)):
        for item in thing.values() if isinstance(thing, dict) else thing:
            yield from _classes_held(item)
    elif is_user_object(thing):
        yield type(thing)


def argument(ctx: Context, cls: UserClass, base: Ref) -> Value:
    """An argument that is annotated with a class: it is read attribute by attribute."""
    trouble = cls.trouble()
    if trouble:
        ctx.refuse(f"objects of class {cls.name} cannot be followed: {trouble}", "pass its data as arguments")
    ctx.frozen |= base.cell.own
    check_class(ctx, cls, base)
    if cls.is_tuple:
        items = tuple(declared_attribute(ctx, cls, base, f.name) for f in cls.fields or ())
        return TupleValue(items, cls)
    only = not base.path and sum(related(cls, other) for other in ctx.argument_classes) == 1
    return Instance(cls, hint=base.cell.hint, base=base, is_argument=only, is_declared=True)


def of_module(ctx: Context, cls: UserClass, made_by: ast.expr, base: Ref) -> Instance:
    """An object that a variable of a file holds which is only read: one, whichever name leads to it."""
    if id(made_by) not in ctx.outside:
        ctx.frozen |= base.cell.own
        ctx.outside[id(made_by)] = Instance(cls, hint=base.cell.hint, base=base, is_declared=True)
    return ctx.outside[id(made_by)]


def element(ctx: Context, cls: UserClass, base: Ref) -> Instance:
    """An element of a list or dict whose annotation says of what class they are."""
    check_class(ctx, cls, base)
    return Instance(cls, hint=base.cell.hint, base=base, boxed=True, is_declared=True)


def related(first: UserClass, second: UserClass) -> bool:
    """Whether an object may be of both classes."""
    return first.inherits(second.identity) or second.inherits(first.identity)


def declared_attribute(ctx: Context, cls: UserClass, base: Ref, name: str) -> Value:
    """An attribute of an argument, by what its class's annotations say of it."""
    step = attribute_step(base, name)
    inner = annotated_class(cls, name)
    if inner is not None:
        return argument(ctx, inner, step)
    return unalias(ctx, step)


def annotated_class(cls: UserClass, name: str) -> UserClass | None:
    """The user's class that an attribute is annotated with."""
    for owner in cls.mro:
        if name in owner.annotations:
            return class_of_annotation(owner.annotations[name], scope_of(owner))
    return None
