"""Builtin functions that work on tuples, lists and dicts, and their methods."""

from __future__ import annotations

from collections.abc import Callable as Function

from srcdiff.frontend import expressions, targets
from srcdiff.frontend.context import Context, is_mutable, may_hold
from srcdiff.frontend.merge import branch
from srcdiff.frontend.storage import definite, get_item, new_cell, reach, read, set_item, shared_by, update
from srcdiff.frontend.values import Ref, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import NEXT, Atom, Lit
from srcdiff.ir.types import Any, Array, Dict, Sequence, Tuple, is_scalar

Special = Function[[Context, list[Value], dict[str, Value]], Value | None]


def length(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if len(args) != 1:
        return None
    if isinstance(args[0], TupleValue):
        return literal(len(args[0].items))
    t = read(ctx, args[0]).type
    if isinstance(t, Tuple):
        return literal(len(t.elems))
    if is_scalar(t):
        ctx.refuse("len() of a number", "annotate the argument if it is an array")
    return None


def to_tuple(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if not args:
        return TupleValue(())
    items = _known(ctx, args[0])
    return TupleValue(tuple(items)) if items is not None else None


def to_list(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if not args:
        return expressions.make_list(ctx, [])
    items = _known(ctx, args[0])
    if items is not None:
        return expressions.make_list(ctx, items)
    atom = read(ctx, args[0])
    shares = reach(ctx, args[0]) if shared_by(ctx, args[0]) else frozenset()
    return Ref(new_cell(ctx, "", ctx.emit("builtins.list", atom), shares))


def _known(ctx: Context, value: Value) -> list[Value] | None:
    if isinstance(value, TupleValue):
        return list(value.items)
    return targets.elements(ctx, value) if isinstance(read(ctx, value).type, Tuple) else None


def to_dict(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if args:
        ctx.refuse("dict() of a value is not supported", "write a dict display, or a loop")
    parts: list[Atom] = []
    for name, value in kwargs.items():
        parts += [literal(name), read(ctx, value)]
    shares = frozenset().union(*(shared_by(ctx, v) for v in kwargs.values()))
    return Ref(new_cell(ctx, "", ctx.emit("dict", *parts), shares))


def is_instance(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    ctx.refuse("isinstance() is not supported", "write one function for each type")


def map_(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    ctx.refuse("map() is not supported", "write a list comprehension")


def get_attribute(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    ctx.refuse("getattr() is not supported", "write the attribute out")


def sorted_(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if kwargs:
        ctx.refuse("sorted() with key or reverse is not supported", "sort an array with np.sort")
    return None


BUILTINS: dict[str, Special] = {
    "builtins.len": length,
    "builtins.tuple": to_tuple,
    "builtins.list": to_list,
    "builtins.dict": to_dict,
    "builtins.isinstance": is_instance,
    "builtins.map": map_,
    "builtins.getattr": get_attribute,
    "builtins.sorted": sorted_,
}


# methods


def not_iterated(ctx: Context, base: Value) -> None:
    if isinstance(base, Ref) and definite(ctx, base).cell in ctx.iterating:
        ctx.refuse("the list that a loop walks through is changed in the loop", "loop over a copy: `for x in list(xs)`")


def append(ctx: Context, base: Value, args: list[Value]) -> Value:
    not_iterated(ctx, base)
    if not isinstance(base, Ref):
        ctx.refuse("this appends to a list that has no name", "assign it to a variable first")
    value = read(ctx, args[0])
    update(ctx, base, lambda old: ctx.emit("list.append", old, value), shares=shared_by(ctx, args[0]))
    return literal(None)


def extend(ctx: Context, base: Value, args: list[Value]) -> Value:
    items = _known(ctx, args[0])
    if items is not None:
        for item in items:
            append(ctx, base, [item])
        return literal(None)
    not_iterated(ctx, base)
    value = read(ctx, args[0])
    if not isinstance(value.type, Sequence):
        value = ctx.emit("builtins.list", value)
    update(ctx, base, lambda old: ctx.emit("operator.add", old, value), shares=shared_by(ctx, args[0]))
    return literal(None)


def pop(ctx: Context, base: Value, args: list[Value]) -> Value:
    not_iterated(ctx, base)
    if args and not (isinstance(args[0], Lit) and args[0].value == -1):
        ctx.refuse("pop() of anything but the last element of a list is not supported", "take slices instead")
    shares = reach(ctx, base) - base.cell.own if isinstance(base, Ref) else frozenset()
    last = ctx.emit("operator.getitem", read(ctx, base), literal(-1))
    update(ctx, base, lambda old: ctx.emit("srcdiff.drop_last", old), slot=True)
    if is_mutable(last.type) is False and not may_hold(last.type):
        return last
    cell = new_cell(ctx, "", last, shares)
    cell.own = cell.own | shares
    return Ref(cell)


def dict_get(ctx: Context, base: Value, args: list[Value]) -> Value:
    """d.get(key, default)."""
    key = read(ctx, args[0])
    default = args[1] if len(args) > 1 else literal(None)
    atom = read(ctx, base)
    if isinstance(atom.type, Dict) and atom.type.items is not None and isinstance(key, Lit):
        return get_item(ctx, base, key) if key.value in dict(atom.type.items) else default
    test = ctx.emit("operator.contains", atom, key)
    return expressions.either(ctx, test, lambda: get_item(ctx, base, key), lambda: default)


def dict_update(ctx: Context, base: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if args:
        ctx.refuse("update() of a dict is not supported", "assign each key")
    for name, value in kwargs.items():
        set_item(ctx, base, literal(name), value)
    return literal(None)


def set_default(ctx: Context, base: Value, args: list[Value]) -> Value:
    key = read(ctx, args[0])
    test = ctx.emit("operator.contains", read(ctx, base), key)

    def assign() -> int:
        set_item(ctx, base, key, args[1])
        return NEXT

    branch(ctx, test, lambda: NEXT, assign, ctx.live(ctx.frame.calling | frozenset(ctx.frame.names)))
    return get_item(ctx, base, key)


def shallow_copy(ctx: Context, base: Value) -> Value:
    """x.copy(): of an array new memory, of a container one with the same elements."""
    atom = read(ctx, base)
    made = ctx.emit("srcdiff.copy", atom)
    if isinstance(atom.type, Array) or not isinstance(base, Ref):
        return made
    cell = new_cell(ctx, "", made)
    inner = reach(ctx, base) - base.cell.own
    if isinstance(atom.type, Any):
        ctx.state.maybe[cell] = inner
    else:
        ctx.state.reach[cell] |= inner
    return Ref(cell)


LIST_METHODS = {"append": append, "extend": extend, "pop": pop}
