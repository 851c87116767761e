"""Builtin functions that work on tuples, lists and dicts, and their methods."""

from __future__ import annotations

from collections.abc import Callable as Function

from srcdiff.errors import counted
from srcdiff.frontend import boxes, expressions, knots, operators, passing, targets
from srcdiff.frontend.context import Context, definition, is_mutable, may_hold
from srcdiff.frontend.library import library_object
from srcdiff.frontend.sameness import same_value
from srcdiff.frontend.static_containers import is_static, static_list
from srcdiff.frontend.storage import is_callable, new_cell, peek, reach, read, refuse_growing, shared_by, static_items
from srcdiff.frontend.values import ClassValue, Instance, LibraryValue, Maybe, Ref, TupleValue, Value
from srcdiff.frontend.writes import at_end, definite, may_be_walked, update
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import UNDEF, Atom, Lit, Var
from srcdiff.ir.types import SCALAR, Any, Array, Dict, Opaque, Sequence, Tuple, Type, is_scalar, may_vary, rank

MAXIMUM_ELEMENTS = 16  # of a list that is repeated a known number of times
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
        ctx.refuse("a number has no len()", "annotate the argument, if it is an array: `x: np.ndarray`")
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
    t = read(ctx, args[0]).type
    if isinstance(t, Sequence) and t.kind == "list":
        return shallow_copy(ctx, args[0])
    if isinstance(t, (Array, Any, Sequence)):
        return prelude(ctx, "chain", args)
    return Ref(new_cell(ctx, "", ctx.emit("builtins.list", read(ctx, args[0]))))


def _known(ctx: Context, value: Value) -> list[Value] | None:
    if isinstance(value, (TupleValue, Instance)):
        return targets.elements(ctx, value)
    return targets.elements(ctx, value) if isinstance(read(ctx, value).type, Tuple) else None


def instance_of(ctx: Context, value: Value, cls: Value) -> Atom:
    """Whether a value is an instance of a class: a literal where it is known."""
    if isinstance(value, Maybe):
        return operators.either_truth(
            ctx,
            read(ctx, value.missing),
            lambda: instance_of(ctx, literal(None), cls),
            lambda: instance_of(ctx, value.value, cls),
        )
    if isinstance(cls, TupleValue):
        known = [instance_of(ctx, value, c) for c in cls.items]
        if any(isinstance(k, Lit) and k.value for k in known):
            return literal(True)
        if all(isinstance(k, Lit) for k in known):
            return literal(False)
        return ctx.emit("builtins.isinstance", read(ctx, value), read(ctx, cls))
    if isinstance(cls, ClassValue):
        own = value.cls if isinstance(value, (Instance, TupleValue)) else None
        inherits = own is not None and own.inherits(cls.cls.identity)
        derived = own is not None and cls.cls.inherits(own.identity) and not inherits
        if isinstance(value, (Instance, TupleValue)) and not (
            derived and isinstance(value, Instance) and value.is_declared
        ):
            return literal(inherits)
        if is_callable(value):
            return literal(False)
        if derived or isinstance(read(ctx, value).type, Any):
            ctx.refuse(
                f"whether this is of class {cls.cls.name} is only known when it runs", "annotate it with its class"
            )
        return literal(False)
    if not isinstance(cls, LibraryValue):
        ctx.refuse("the class that isinstance() asks for is only known when it runs", "name the class in the text")
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
    if t == Opaque("str"):
        return name == "builtins.str"
    if isinstance(t, Sequence) and t.kind == "tuple":
        return name == "builtins.tuple"
    if type(t) in KINDS:
        return name == f"builtins.{KINDS[type(t)]}"
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
    if isinstance(base, Ref) and may_be_walked(ctx, definite(ctx, base)):
        ctx.refuse("the list that a loop walks through is changed in the loop", "loop over a copy: `for x in list(xs)`")


def append(ctx: Context, base: Value, args: list[Value]) -> Value:
    not_iterated(ctx, base)
    if not isinstance(base, Ref):
        ctx.refuse("this appends to a list that has no name", "assign it to a variable first")
    item = passing.stored(ctx, args[0])
    if is_static(item) and not (boxes.can_be_boxed(item) and not is_made_here(ctx, base)):
        append_static(ctx, base, item)
        return literal(None)
    item = boxes.boxed(ctx, item)
    value = read(ctx, item)
    place = definite(ctx, base)
    overlaps = knots.overlap(ctx, place, item)
    update(ctx, base, lambda old: ctx.emit("list.append", old, value), at_end, shared_by(ctx, item))
    knots.appended(ctx, place, item, overlaps)
    return literal(None)


def is_made_here(ctx: Context, base: Ref) -> bool:
    """Whether the elements of a list are known, and no loop or branch was entered since it was made."""
    made = definition(ctx, read(ctx, base))
    if made is None or made.fn != "list" or base.path:
        return False
    return any(stmt is made for stmt in ctx.builder.blocks[-1].body)


def append_static(ctx: Context, base: Ref, value: Value) -> None:
    """Make a list of known elements one of objects, so that it can hold another, for all names that mean it."""
    made = definition(ctx, read(ctx, base))
    if made is None or not is_made_here(ctx, base):
        refuse_growing(ctx)
    new = static_list(ctx, [*made.args, value])
    for frame in ctx.frames:
        for name, held in list(frame.names.items()):
            if isinstance(held, Ref) and held.cell is base.cell:
                frame.names[name] = new
    ctx.state.values[base.cell] = literal(UNDEF)  # whoever else means it would not see the new element


def extend(ctx: Context, base: Value, args: list[Value]) -> Value:
    items = known_items(ctx, args[0])
    if items is not None:
        for item in items:
            append(ctx, base, [item])
    else:
        more = shallow_copy(ctx, base) if same_value(base, args[0]) else args[0]
        prelude(ctx, "extend", [base, more])
    return literal(None)


def prelude(ctx: Context, name: str, args: list[Value]) -> Value:
    from srcdiff.frontend.library_calls import from_prelude

    return from_prelude(ctx, name, args)


def known_items(ctx: Context, value: Value) -> list[Value] | None:
    """The elements of a list or tuple of known length."""
    if isinstance(value, Ref) and not isinstance(peek(ctx, value).type, (Sequence, Tuple)):
        return None
    return targets.elements(ctx, value)


def concatenated(ctx: Context, left: Value, right: Value) -> Value:
    """The list left + right."""
    first, second = known_items(ctx, left), known_items(ctx, right)
    if first is not None and second is not None:
        return expressions.make_list(ctx, [*first, *second])
    if all(isinstance(v, Ref | Var) and _numbers(read(ctx, v).type) for v in (left, right)):
        return Ref(new_cell(ctx, "", ctx.emit("operator.add", read(ctx, left), read(ctx, right))))
    return prelude(ctx, "chain_2", [left, right])


def _numbers(t: Type) -> bool:
    """Whether a value is a list of plain numbers, which lists may share."""
    return isinstance(t, Sequence) and t.kind == "list" and t.elem == SCALAR


def repeated(ctx: Context, value: Value, times: Value) -> Value:
    """The list value * times."""
    items, number = known_items(ctx, value), read(ctx, times)
    if items is not None and isinstance(number, Lit) and len(items) * number.value <= MAXIMUM_ELEMENTS:
        return expressions.make_list(ctx, items * number.value)
    atoms = [read(ctx, item) for item in items or () if not isinstance(item, TupleValue)]
    literals = len(atoms) == len(items or ()) > 0 and all(isinstance(a, Lit) and is_scalar(a.type) for a in atoms)
    if literals and is_scalar(number.type):  # else what it is follows from range()
        return Ref(new_cell(ctx, "", ctx.emit("operator.mul", read(ctx, value), number)))
    return prelude(ctx, "times", [value, times])


def repeated_tuple(ctx: Context, first: Value, second: Value) -> Value | None:
    """(x, y) * 3, of what varies; None of anything else."""
    for value, times in ((first, second), (second, first)):
        kinds = [read(ctx, v).type for v in (value, times)]
        is_tuple = isinstance(kinds[0], Tuple) or isinstance(kinds[0], Sequence) and kinds[0].kind == "tuple"
        if not is_tuple or not is_scalar(kinds[1]) or kinds[1] == SCALAR or not may_vary(kinds[0]):
            continue
        items, number = known_items(ctx, value), read(ctx, times)
        if items is not None and isinstance(number, Lit) and len(items) * number.value <= MAXIMUM_ELEMENTS:
            return TupleValue(tuple(items * number.value))
        ctx.refuse("a tuple is repeated as often as only the run tells", "repeat a list: `[x, y] * n`")
    return None


def multiply(ctx: Context, base: Value, times: Value) -> None:
    """xs *= n"""
    not_iterated(ctx, base)
    put_anew(ctx, base, repeated(ctx, base, times))


def renew(ctx: Context, base: Value, items: list[Value] | None, name: str, args: list[Value]) -> None:
    """Give a list new elements: known ones, or those that a function of the prelude gives."""
    not_iterated(ctx, base)
    put_anew(ctx, base, expressions.make_list(ctx, items) if items is not None else prelude(ctx, name, [base, *args]))


def put_anew(ctx: Context, base: Value, made: Value) -> None:
    """Give a list the elements of another, which was made for it."""
    new, shares = read(ctx, made), shared_by(ctx, made)
    update(ctx, base, lambda old: new, slot=True, shares=shares)


def pop(ctx: Context, base: Value, args: list[Value]) -> Value:
    not_iterated(ctx, base)
    at = read(ctx, args[0]) if args else literal(-1)
    shares = reach(ctx, base) - base.cell.own if isinstance(base, Ref) else frozenset()
    taken = ctx.emit("operator.getitem", read(ctx, base), at)
    if isinstance(at, Lit) and at.value == -1:
        update(ctx, base, lambda old: ctx.emit("srcdiff.drop_last", old), slot=True)
    else:
        items = known_items(ctx, base)
        if items is not None and isinstance(at, Lit) and -len(items) <= at.value < len(items):
            taken = read(ctx, items.pop(at.value))
        else:
            items = None
        first = isinstance(at, Lit) and at.value == 0
        renew(ctx, base, items, "without_first" if first else "without", [] if first else [at])
    if is_mutable(taken.type) is False and not may_hold(taken.type):
        return taken
    cell = new_cell(ctx, "", taken, shares)
    cell.own = cell.own | shares
    return Ref(cell)


def insert(ctx: Context, base: Value, args: list[Value]) -> Value:
    at, items, item = read(ctx, args[0]), known_items(ctx, base), boxes.boxed(ctx, args[1])
    if items is not None and isinstance(at, Lit):
        items.insert(at.value, item)
        renew(ctx, base, items, "", [])
    elif isinstance(at, Lit) and at.value == 0:
        renew(ctx, base, None, "inserted_first", [item])
    else:
        renew(ctx, base, None, "inserted", [at, item])
    return literal(None)


def reverse(ctx: Context, base: Value, args: list[Value]) -> Value:
    items = known_items(ctx, base)
    renew(ctx, base, items[::-1] if items is not None else None, "backwards", [])
    return literal(None)


def assign_slice(ctx: Context, base: Ref, bounds: tuple[Atom, ...], value: Value) -> None:
    """xs[a:b] = ys, of a list: by its elements where all is known, else by its parts."""
    items, new = known_items(ctx, base), known_items(ctx, value)
    constants = [bound.value for bound in bounds if isinstance(bound, Lit)]
    if items is not None and new is not None and len(constants) == len(bounds):
        at = slice(*constants)
        if at.step not in (None, 1) and len(items[at]) != len(new):
            ctx.refuse(
                f"{counted(len(new), 'value')} cannot be assigned to {counted(len(items[at]), 'element')}",
                "assign as many as the slice has",
            )
        items[at] = new
        renew(ctx, base, items, "", [])
        return
    low, high, step = bounds
    if not isinstance(step, Lit) or step.value not in (None, 1):
        ctx.refuse("assigning to a slice with a step is not supported here", "assign the elements in a loop")
    if isinstance(low, Lit) and low.value is None:
        low = literal(0)
    if isinstance(high, Lit) and high.value is None:
        renew(ctx, base, None, "spliced_end", [low, value])
    else:
        renew(ctx, base, None, "spliced", [low, high, value])


def clear(ctx: Context, base: Value, args: list[Value]) -> Value:
    not_iterated(ctx, base)
    update(ctx, base, lambda old: ctx.emit("list"), slot=True)
    return literal(None)


def sort(ctx: Context, base: Value, options: dict[str, Value]) -> Value:
    """xs.sort(key=..., reverse=...)"""
    from srcdiff.frontend.sorting import in_order

    not_iterated(ctx, base)
    put_anew(ctx, base, in_order(ctx, base, options))
    return literal(None)


def remove(ctx: Context, base: Value, args: list[Value]) -> Value:
    """xs.remove(x): the first element that is equal."""
    items, gone = known_items(ctx, base), read(ctx, boxes.plain(ctx, args[0]))
    if items is not None and isinstance(gone, Lit) and all(isinstance(item, Lit) for item in items):
        values = [item.value for item in items if isinstance(item, Lit)]
        if gone.value not in values:
            ctx.refuse(f"the list has no element {gone.value!r}", "test for it with `in`")
        at: Atom = literal(values.index(gone.value))
    else:
        at = ctx.emit("list.index", read(ctx, base), gone)
    pop(ctx, base, [at])
    return literal(None)


def count(ctx: Context, base: Value, args: list[Value]) -> Value:
    return ctx.emit("list.count", read(ctx, base), read(ctx, args[0]))


def index(ctx: Context, base: Value, args: list[Value]) -> Value:
    return ctx.emit("list.index", read(ctx, base), read(ctx, args[0]))


def delete_item(ctx: Context, base: Value, at: Value) -> None:
    """del base[at], del base[a:b] of a list, or an entry of a dict whose keys are known."""
    t, part = read(ctx, base).type, definition(ctx, read(ctx, at))
    if isinstance(t, Dict):
        from srcdiff.frontend import dicts

        dicts.dict_pop(ctx, base, [at])
    elif isinstance(t, Sequence) and isinstance(base, Ref) and part is not None and part.fn == "slice":
        delete_slice(ctx, base, part.args)
    elif isinstance(t, Sequence):
        pop(ctx, base, [at])
    else:
        ctx.refuse("`del` of an item of this value is not supported", "make a new container without it")


def delete_slice(ctx: Context, base: Ref, bounds: tuple[Atom, ...]) -> None:
    items, constants = known_items(ctx, base), [bound.value for bound in bounds if isinstance(bound, Lit)]
    if items is None or len(constants) < len(bounds):
        assign_slice(ctx, base, bounds, expressions.make_list(ctx, []))
    else:
        del items[slice(*constants)]
        renew(ctx, base, items, "", [])


def shallow_copy(ctx: Context, base: Value) -> Value:
    """x.copy(): of an array new memory, of a container one with the same elements."""
    atom = read(ctx, base)
    made = ctx.emit("srcdiff.copy", atom)
    if isinstance(atom.type, Array) or not isinstance(base, Ref):
        return made
    cell = new_cell(ctx, "", made)
    inner = reach(ctx, base) - base.cell.own if may_hold(atom.type) else frozenset()
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
    "remove": remove,
}
