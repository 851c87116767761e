"""Builtin functions that work on tuples, lists and dicts, and their methods."""

from __future__ import annotations

from collections.abc import Callable as Function

from srcdiff.frontend import expressions, targets
from srcdiff.frontend.context import Context, definition, is_mutable, may_hold
from srcdiff.frontend.library import library_object
from srcdiff.frontend.merge import branch
from srcdiff.frontend.static_containers import is_static, static_list
from srcdiff.frontend.storage import (
    definite,
    get_item,
    is_callable,
    new_cell,
    reach,
    read,
    set_item,
    shared_by,
    static_items,
    update,
)
from srcdiff.frontend.values import ClassValue, Instance, LibraryValue, Ref, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import NEXT, Atom, Lit, Var
from srcdiff.ir.types import INT, Any, Array, Dict, Sequence, Tuple, is_scalar, rank

Special = Function[[Context, list[Value], dict[str, Value]], Value | None]


def length(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if len(args) != 1:
        return None
    if isinstance(args[0], TupleValue):
        return literal(len(args[0].items))
    if isinstance(args[0], Instance):
        return literal(len(static_items(ctx, args[0])))
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
    if isinstance(value, (TupleValue, Instance)):
        return targets.elements(ctx, value)
    return targets.elements(ctx, value) if isinstance(read(ctx, value).type, Tuple) else None


def instance_of(ctx: Context, value: Value, cls: Value) -> Atom:
    """Whether a value is an instance of a class: a literal where it is known."""
    if isinstance(cls, TupleValue):
        known = [instance_of(ctx, value, c) for c in cls.items]
        if any(isinstance(k, Lit) and k.value for k in known):
            return literal(True)
        if all(isinstance(k, Lit) for k in known):
            return literal(False)
        return ctx.emit("builtins.isinstance", read(ctx, value), read(ctx, cls))
    if isinstance(cls, ClassValue):
        if isinstance(value, (Instance, TupleValue)):
            return literal(value.cls is not None and value.cls.inherits(cls.cls.identity))
        if isinstance(read(ctx, value).type, Any):
            ctx.refuse(f"whether this is a {cls.cls.name} is only known when it runs", "annotate it with its class")
        return literal(False)
    if not isinstance(cls, LibraryValue):
        ctx.refuse("isinstance() of a class that is not known", "name a class")
    found = _is_of_library(ctx, value, cls.name)
    return literal(found) if found is not None else ctx.emit("builtins.isinstance", read(ctx, value), read(ctx, cls))


KINDS = {Sequence: "list", Tuple: "tuple", Dict: "dict"}


def _is_of_library(ctx: Context, value: Value, name: str) -> bool | None:
    """Whether a value is an instance of a class of the library; None where it is not known."""
    if name == "builtins.object":
        return True
    if isinstance(value, Instance):
        return value.cls is None and name == ("builtins.list" if value.keys is None else "builtins.dict")
    if isinstance(value, TupleValue):
        return name == "builtins.tuple"
    if is_callable(value):
        return None if name.startswith(("typing", "collections", "types")) else False
    atom = read(ctx, value)
    thing = library_object(name)
    if isinstance(atom, Lit) and isinstance(thing, type):
        return isinstance(atom.value, thing)
    t = atom.type
    if isinstance(t, Sequence) and t.kind == "tuple":
        return name == "builtins.tuple"
    if type(t) in KINDS:
        return name == f"builtins.{KINDS[type(t)]}"  # type: ignore[index]
    if isinstance(t, Array) and (rank(t) or 0) > 0:
        return name == "numpy.ndarray"
    if isinstance(t, Array) and name in ("builtins.list", "builtins.tuple", "builtins.dict", "builtins.str"):
        return False
    return None


BUILTINS: dict[str, Special] = {
    "builtins.len": length,
    "builtins.tuple": to_tuple,
    "builtins.list": to_list,
}


# methods


def not_iterated(ctx: Context, base: Value) -> None:
    if isinstance(base, Ref) and definite(ctx, base).cell in ctx.iterating:
        ctx.refuse("the list that a loop walks through is changed in the loop", "loop over a copy: `for x in list(xs)`")


def append(ctx: Context, base: Value, args: list[Value]) -> Value:
    not_iterated(ctx, base)
    if not isinstance(base, Ref):
        ctx.refuse("this appends to a list that has no name", "assign it to a variable first")
    if is_static(args[0]):
        append_static(ctx, base, args[0])
        return literal(None)
    value = read(ctx, args[0])
    update(ctx, base, lambda old: ctx.emit("list.append", old, value), shares=shared_by(ctx, args[0]))
    return literal(None)


def append_static(ctx: Context, base: Ref, value: Value) -> None:
    """Make a list of known elements one of objects, so that it can hold another, for all names that mean it."""
    made = definition(ctx, read(ctx, base))
    if made is None or made.fn != "list" or base.path:
        ctx.refuse(
            "an object or a function is put into a list whose length is only known when it runs",
            "build the list from a known number of elements",
        )
    new = static_list(ctx, [*made.args, value])
    for frame in ctx.frames:
        for name, held in list(frame.names.items()):
            if isinstance(held, Ref) and held.cell is base.cell:
                frame.names[name] = new


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
    at = read(ctx, args[0]) if args else literal(-1)
    shares = reach(ctx, base) - base.cell.own if isinstance(base, Ref) else frozenset()
    taken = ctx.emit("operator.getitem", read(ctx, base), at)
    if isinstance(at, Lit) and at.value == -1:
        update(ctx, base, lambda old: ctx.emit("srcdiff.drop_last", old), slot=True)
    else:
        update(ctx, base, lambda old: joined(ctx, part(ctx, old, None, at), part(ctx, old, after(ctx, at), None)), True)
    if is_mutable(taken.type) is False and not may_hold(taken.type):
        return taken
    cell = new_cell(ctx, "", taken, shares)
    cell.own = cell.own | shares
    return Ref(cell)


def part(ctx: Context, old: Atom, lower: Atom | None, upper: Atom | None) -> Atom:
    """old[lower:upper]"""
    nothing = literal(None)
    return ctx.emit("operator.getitem", old, ctx.emit("slice", lower or nothing, upper or nothing, nothing))


def joined(ctx: Context, *parts: Atom) -> Atom:
    found = parts[0]
    for more in parts[1:]:
        found = ctx.emit("operator.add", found, more)
    return found


def after(ctx: Context, at: Atom) -> Atom:
    """The index that follows; what follows the last but one, -2, is -1, and nothing does -1."""
    if not isinstance(at, Lit):
        index_is_positive(ctx, at)
        return ctx.emit("operator.add", at, literal(1))
    if type(at.value) is not int or at.value == -1:
        ctx.refuse("this index is not supported", "take slices instead")
    return literal(at.value + 1)


def index_is_positive(ctx: Context, at: Atom) -> None:
    """An index that is computed may be negative, and then the slice that follows it would be another."""
    made = definition(ctx, at)
    if made is None and isinstance(at, Var) and at.type == INT:
        return
    ctx.refuse("whether this index is negative is only known when it runs", "use a constant, or take slices")


def insert(ctx: Context, base: Value, args: list[Value]) -> Value:
    not_iterated(ctx, base)
    at = read(ctx, args[0])
    if not isinstance(at, Lit) or type(at.value) is not int:
        ctx.refuse("insert() at an index that is only known when it runs is not supported", "take slices instead")
    value = ctx.emit("list", read(ctx, args[1]))
    update(
        ctx,
        base,
        lambda old: joined(ctx, part(ctx, old, None, at), value, part(ctx, old, at, None)),
        slot=True,
        shares=shared_by(ctx, args[1]),
    )
    return literal(None)


def reverse(ctx: Context, base: Value, args: list[Value]) -> Value:
    not_iterated(ctx, base)
    backwards = ctx.emit("slice", literal(None), literal(None), literal(-1))
    update(ctx, base, lambda old: ctx.emit("operator.getitem", old, backwards), slot=True)
    return literal(None)


def clear(ctx: Context, base: Value, args: list[Value]) -> Value:
    not_iterated(ctx, base)
    update(ctx, base, lambda old: ctx.emit("list"), slot=True)
    return literal(None)


def sort(ctx: Context, base: Value, args: list[Value]) -> Value:
    from srcdiff.frontend.library_calls import from_prelude

    not_iterated(ctx, base)
    new = read(ctx, from_prelude(ctx, "sorted_", [base]))
    update(ctx, base, lambda old: new, slot=True)
    return literal(None)


def count(ctx: Context, base: Value, args: list[Value]) -> Value:
    return ctx.emit("list.count", read(ctx, base), read(ctx, args[0]))


def index(ctx: Context, base: Value, args: list[Value]) -> Value:
    return ctx.emit("list.index", read(ctx, base), read(ctx, args[0]))


def delete_item(ctx: Context, base: Value, at: Value) -> None:
    """del base[at], of a list or of a dict whose keys are known."""
    t = read(ctx, base).type
    if isinstance(t, Dict):
        dict_pop(ctx, base, [at])
    elif isinstance(t, Sequence):
        pop(ctx, base, [at])
    else:
        ctx.refuse("`del` of an item of this value is not supported", "make a new container without it")


def dict_pop(ctx: Context, base: Value, args: list[Value]) -> Value:
    """d.pop(key), of a dict whose keys are known."""
    key, t = read(ctx, args[0]), read(ctx, base).type
    if not isinstance(t, Dict) or t.items is None or not isinstance(key, Lit):
        ctx.refuse("removing a key that is only known when it runs is not supported", "make a new dict without it")
    if key.value not in dict(t.items):
        return args[1] if len(args) > 1 else ctx.refuse(f"there is no key {key.value!r} here")
    taken = get_item(ctx, base, key)
    held = read(ctx, taken)
    kept = [literal(k) for k, _ in t.items if k != key.value]

    def without(old: Atom) -> Atom:
        return ctx.emit("dict", *(p for k in kept for p in (k, ctx.emit("operator.getitem", old, k))))

    update(ctx, base, without, slot=True)
    return taken if isinstance(taken, Ref) and taken.cell is not getattr(base, "cell", None) else held


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
    for other in args:
        node = ctx.frame.source.node
        for name, value in expressions.known_entries(ctx, other, node).items():
            set_item(ctx, base, literal(name), value)
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


LIST_METHODS = {
    "append": append,
    "extend": extend,
    "pop": pop,
    "insert": insert,
    "reverse": reverse,
    "clear": clear,
    "count": count,
    "index": index,
}
