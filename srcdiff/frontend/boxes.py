"""Objects in lists and dicts of any length: as dicts of their attributes, whose type remembers the class.

    ps = [Particle(a, b) for a, b in zip(x, v)]     ->     ps = [{"x": a, "v": b} for a, b in zip(x, v)]
    ps[i].x += 1                                    ->     ps[i]["x"] += 1

Named tuples are plain tuples there. Whoever knew the object before knows the dict from then on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from srcdiff.frontend.classes import UserClass
from srcdiff.frontend.context import Context, definition
from srcdiff.frontend.storage import new_cell, peek, read, shared_by, static_items
from srcdiff.frontend.values import CALLABLES, Instance, Maybe, Ref, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Var
from srcdiff.ir.types import Dict, Record, Sequence, Tuple, Type


def can_be_boxed(value: Value) -> bool:
    """Whether a value is an object, or a named tuple, that was made in the function and is no other's, too."""
    if isinstance(value, TupleValue):
        return value.cls is not None
    return isinstance(value, Instance) and value.cls is not None and value.base is None and not value.merged


def boxed(ctx: Context, value: Value) -> Value:
    """An object as a value of the program; any other value as it is."""
    if isinstance(value, Instance) and value.cls is None:
        return _boxed_container(ctx, value)
    if not can_be_boxed(value):
        return value
    assert isinstance(value, Instance | TupleValue) and value.cls is not None
    if isinstance(value, Instance) and value.loop is not ctx.loop:
        ctx.refuse(
            "an object that was made before this loop is put into a list",
            "put it into the list where it is made, or make a new object",
        )
    if isinstance(value, TupleValue):
        items = [boxed(ctx, item) for item in value.items]
        atom = ctx.emit("tuple", *(read(ctx, item) for item in items))
    else:
        prefix = value.key("")
        names = [name.removeprefix(prefix) for name in ctx.frame.names if name.startswith(prefix)]
        items = [boxed(ctx, ctx.frame.names[value.key(name)]) for name in names]
        pairs = [part for name, item in zip(names, items) for part in (literal(name), read(ctx, item))]
        atom = ctx.emit("dict", *pairs)
    shares = frozenset().union(*(shared_by(ctx, item) for item in items))
    if isinstance(atom, Var) and isinstance(atom.type, Dict | Tuple):
        atom.type = replace(atom.type, of=class_key(ctx, value.cls))
    made = Ref(new_cell(ctx, "", atom, shares))
    if isinstance(value, Instance):
        _replace(ctx, value, made)
    return made


def as_list(ctx: Context, value: Value) -> Value:
    """A list of objects of one class that are known one by one, as a list of the program where it can be one."""
    if not isinstance(value, Instance) or value.cls is not None or value.keys is not None:
        return value
    items = static_items(ctx, value)
    first = items[0] if items else None
    if isinstance(first, Instance) and all(isinstance(i, Instance) and i.cls is first.cls for i in items):
        if all(_is_data(ctx, item) for item in items) and len({id(item) for item in items}) == len(items):
            return _boxed_container(ctx, value)
    return value


def _is_data(ctx: Context, value: Value) -> bool:
    """Whether an object was made beside what asks for it, and holds nothing that only exists at compile time."""
    if isinstance(value, TupleValue):
        return all(_is_data(ctx, item) for item in value.items)
    if not isinstance(value, Instance) or value.boxed:
        return not isinstance(value, (*CALLABLES, Maybe))
    attributes = [v for name, v in ctx.frame.names.items() if name.startswith(value.key(""))]
    return can_be_boxed(value) and value.loop is ctx.loop and all(_is_data(ctx, v) for v in attributes)


def _boxed_container(ctx: Context, value: Instance) -> Value:
    """A list or a dict of objects, where it is put into another."""
    items = [boxed(ctx, item) for item in static_items(ctx, value)]
    atoms = [read(ctx, item) for item in items]
    if value.keys is not None:
        atoms = [part for key, atom in zip(value.keys, atoms) for part in (literal(key), atom)]
    shares = frozenset().union(*(shared_by(ctx, item) for item in items))
    made = Ref(new_cell(ctx, "", ctx.emit("list" if value.keys is None else "dict", *atoms), shares))
    _replace(ctx, value, made)
    return made


def class_key(ctx: Context, cls: UserClass) -> str:
    """The name of a class within types."""
    known = next((key for key, other in ctx.boxes.items() if other is cls), None)
    key = known or f"{cls.name} {len(ctx.boxes)}"
    ctx.boxes[key] = cls
    return key


def _replace(ctx: Context, old: Instance, new: Ref) -> None:
    """Let all names that mean an object mean the dict that it became."""

    def renewed(value: Value) -> Value:
        if isinstance(value, TupleValue):
            items = tuple(map(renewed, value.items))
            return value if all(a is b for a, b in zip(items, value.items)) else replace(value, items=items)
        return new if value is old else value

    prefix = old.key("")
    for frame in ctx.frames:
        for name, value in list(frame.names.items()):
            if name.startswith(prefix):
                del frame.names[name]
            else:
                frame.names[name] = renewed(value)


def opened(ctx: Context, value: Value) -> Value:
    """What an expression gave, as the object that it is where it came from a list of objects."""
    if not isinstance(value, Ref | Var):
        return value
    atom: Atom = peek(ctx, value)
    if isinstance(atom.type, Record) and isinstance(atom.type.of, UserClass):
        from srcdiff.frontend.outside_objects import element

        return element(ctx, atom.type.of, value if isinstance(value, Ref) else Ref(new_cell(ctx, "", atom)))
    if isinstance(atom.type, Dict) and atom.type.of:
        base = value if isinstance(value, Ref) else Ref(new_cell(ctx, "", atom))
        return Instance(ctx.boxes[atom.type.of], hint=base.cell.hint, base=base, boxed=True)
    if isinstance(atom.type, Tuple) and atom.type.of:
        from srcdiff.frontend.subscripts import get_item

        items = [opened(ctx, get_item(ctx, value, literal(k))) for k in range(len(atom.type.elems))]
        return TupleValue(tuple(items), ctx.boxes[atom.type.of])
    return value


def plain(ctx: Context, value: Value) -> Value:
    """What is compared, hashed or printed, which must be no object from a list: its dict would be taken for it."""
    if isinstance(value, Instance) and value.boxed and value.cls is not None:
        ctx.refuse(
            f"an object of class {value.cls.name} is used as a value here",
            "use its attributes; objects in lists are dicts in the derivative",
        )
    return value


def may_be_box(ctx: Context, atom: Atom) -> bool:
    """Whether a value of unknown type may be an object of a list: it is no argument, nor a part of one."""
    while (made := definition(ctx, atom)) is not None and made.fn in ("getattr", "operator.getitem"):
        atom = made.args[0]
    return bool(ctx.boxes) and atom not in ctx.given


def way_out(ctx: Context) -> str:
    """What to do where an attribute is read of what is not known."""
    if ctx.boxes:
        return "where objects are in lists, a variable is of one class throughout, and never None"
    return "use a function of NumPy's"


def holds_objects(t: Type) -> bool:
    """Whether a value is such an object, or holds some."""
    match t:
        case Dict(items, value, of=of):
            return bool(of) or holds_objects(value) or any(holds_objects(v) for _, v in items or ())
        case Tuple(elems):
            return any(map(holds_objects, elems))
        case Sequence(_, elem):
            return holds_objects(elem)
    return False


def attribute(ctx: Context, instance: Instance, name: str) -> Value | None:
    """An object's own attribute, None where it has no such."""
    from srcdiff.frontend.subscripts import get_item

    assert instance.base is not None
    t = peek(ctx, instance.base).type
    if not isinstance(t, Dict) or name not in dict(t.items or ()):
        return None
    return opened(ctx, get_item(ctx, instance.base, literal(name)))


def refuse_outside(ctx: Context) -> NoReturn:
    ctx.refuse(
        "an object from outside of the function, which others may know, is written to here",
        "pass it as the one argument of its class, or make a new object",
    )


def assign(ctx: Context, instance: Instance, name: str, value: Value) -> None:
    """instance.name = value"""
    from srcdiff.frontend.subscripts import set_item

    assert instance.base is not None
    if instance.is_declared:
        refuse_outside(ctx)
    t = peek(ctx, instance.base).type
    if not isinstance(t, Dict) or name not in dict(t.items or ()):
        ctx.refuse(
            f"the attribute {name} is new to an object that is in a list",
            "assign all attributes in `__init__`",
        )
    set_item(ctx, instance.base, literal(name), boxed(ctx, value))
