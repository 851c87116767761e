"""What a subscript gives, and what is assigned to one."""

from __future__ import annotations

from srcdiff.frontend import boxes
from srcdiff.frontend.array_operands import as_array, is_listed
from srcdiff.frontend.context import Context, definition, is_mutable, may_hold
from srcdiff.frontend.indexing import access, index_kind, is_of_arrays
from srcdiff.frontend.storage import (
    check_has_elements,
    current,
    is_callable,
    item_of,
    memory,
    new_cell,
    peek,
    possible,
    reach,
    read,
    shared_by,
)
from srcdiff.frontend.values import (
    Instance,
    Item,
    LibraryValue,
    Ref,
    Storages,
    TupleValue,
    Value,
)
from srcdiff.frontend.writes import definite, make_view, update
from srcdiff.ir.nodes import Atom, Lit
from srcdiff.ir.types import Dict, Sequence, Tuple, is_scalar, rank


def get_item(ctx: Context, base: Value, index: Value) -> Value:
    """base[index] as Python has it: a view shares the storage of what it is a part of."""
    if isinstance(base, Instance):
        from srcdiff.frontend import objects, static_containers

        if base.cls is None:
            return static_containers.get(ctx, base, index)
        return objects.call_method(ctx, base, "__getitem__", [index], {})
    if isinstance(base, LibraryValue):
        from srcdiff.frontend import index_objects

        joined = index_objects.subscripted(ctx, base, index)
        if joined is not None:
            return joined
    if isinstance(index, TupleValue) and any(isinstance(i, Instance) for i in index.items):
        ctx.refuse("an object is used as an index", "index by its attributes")
    if isinstance(base, TupleValue) and isinstance(index, Lit) and type(index.value) is int:
        if not -len(base.items) <= index.value < len(base.items):
            ctx.refuse(f"the index {index.value} is out of range", f"there are {len(base.items)} elements")
        return base.items[index.value]
    at = read(ctx, boxes.plain(ctx, index))
    if isinstance(base, TupleValue):
        made = definition(ctx, at)
        if made is not None and made.fn == "slice" and all(isinstance(a, Lit) for a in made.args):
            return TupleValue(base.items[slice(*(a.value for a in made.args if isinstance(a, Lit)))])
        if any(map(is_callable, base.items)) or any(isinstance(v, (Instance, TupleValue)) for v in base.items):
            from srcdiff.frontend.static_containers import is_static

            if is_static(base):
                ctx.refuse(
                    "objects or functions are indexed by what is only known when it runs",
                    "loop over them, or choose with `if`",
                )
    if not isinstance(base, Ref):
        shares = shared_by(ctx, base)
        atom = item_of(ctx, read(ctx, base), at)
        if not shares:
            return atom
        one = new_cell(ctx, "", atom, shares)
        one.own |= memory(shares)  # it is one of them
        return Ref(one)
    value = read(ctx, base)
    how = access(ctx, value.type, at)
    if how in ("view", "element"):
        found = Ref(base.cell, (*base.path, Item(at, how == "element")))
        atom = item_of(ctx, value, at)
        return found if is_mutable(atom.type) is not False or may_hold(atom.type) else atom
    atom = item_of(ctx, value, at)
    if how == "copy":
        shares = (reach(ctx, base) - base.cell.own) if may_hold(value.type) else frozenset()
        return Ref(new_cell(ctx, "", atom, shares)) if shares else atom
    if is_mutable(atom.type) is False and not may_hold(atom.type):
        return atom
    cell = new_cell(ctx, "", atom)
    cell.element, cell.seen = Ref(base.cell, (*base.path, Item(at, False))), current(ctx, base.cell)
    whole = memory(reach(ctx, base) | ctx.state.maybe.get(base.cell, frozenset()))
    if isinstance(value.type, Sequence):  # an element of a list, or a new list of some
        whole -= base.cell.own
    ctx.state.maybe[cell] = whole
    ctx.perhaps.update(dict.fromkeys(memory(reach(ctx, Ref(cell))), whole))
    return Ref(cell)


def subscripted(ctx: Context, base: Value, index: Value) -> Value:
    """base[index] as it stands in the text: it makes an entry of a defaultdict that is missing."""
    made = entry_of_default(ctx, base, index)
    return get_item(ctx, base, index) if made is None else made


def entry_of_default(ctx: Context, base: Value, index: Value) -> Value | None:
    """The entry of a defaultdict, made where it is missing; None of any other value."""
    t = read(ctx, base).type if ctx.defaults and isinstance(base, Ref) else None
    if not isinstance(t, Dict) or not t.default:
        return None
    from srcdiff.frontend import dicts

    return dicts.set_default(ctx, base, [index, dicts.default_of(ctx, t.default)])


def set_item(ctx: Context, base: Value, index: Atom, value: Value, fn: str = "operator.setitem") -> None:
    """base[index] = value (or an addto), through every name that sees it."""
    if isinstance(base, Instance):
        from srcdiff.frontend import objects, static_containers

        if base.cls is None:
            static_containers.put(ctx, base, index, value)
        else:
            objects.call_method(ctx, base, "__setitem__", [index, value], {})
        return
    if not isinstance(base, Ref):
        if isinstance(base, TupleValue):
            ctx.refuse("a tuple cannot be written to", "use a list")
        ctx.refuse(
            "this writes to a value that has no name, or is not the function's own", "assign a copy to a variable first"
        )
    ref = definite(ctx, base)
    sliced = definition(ctx, index)
    if isinstance(peek(ctx, ref).type, Sequence) and sliced is not None and sliced.fn == "slice":
        from srcdiff.frontend import containers

        containers.assign_slice(ctx, ref, sliced.args, value)
        return
    check_has_elements(ctx, peek(ctx, ref), index)
    value = boxes.boxed(ctx, value)
    stored = read(ctx, value)
    container = type(peek(ctx, ref).type).__name__
    how = access(ctx, peek(ctx, ref).type, index)
    slot = container in ("Sequence", "Dict") or (container == "Any" and how == "element")
    shares = shared_by(ctx, value) if slot else frozenset()
    if slot:
        put_into_slot(ctx, ref, index, value, stored, shares, fn)
        return
    if container == "Any" and fn == "operator.setitem" and is_mutable(stored.type) is not False:
        from srcdiff.frontend import knots

        knots.appended(ctx, ref, value, knots.overlap(ctx, ref, value))  # of an array it is a copy, of a list none
    if container == "Array" or is_of_arrays(ctx, index):
        stored = _spread(ctx, ref, value, stored)
    make_view(ctx, base)
    ref, index = as_one_index(ctx, ref, index)
    update(ctx, ref, lambda old: ctx.emit(fn, old, index, stored))
    if container == "Any" and is_mutable(stored.type) and isinstance(value, Ref):
        ctx.state.maybe[ref.cell] = ctx.state.maybe.get(ref.cell, frozenset()) | reach(ctx, value)


def _spread(ctx: Context, ref: Ref, value: Value, stored: Atom) -> Atom:
    """What is written to a part of an array: a list broadcasts as an array does, of a tuple each number has its place."""
    if not is_listed(stored) or isinstance(stored.type, Tuple) and all(map(is_scalar, stored.type.elems)):
        return stored
    shared = shared_by(ctx, value)
    if possible(ctx, shared) & ref.cell.own:
        (ctx.refuse if shared & ref.cell.own else ctx.doubt)(
            "a list of parts of an array is written to the array itself: NumPy may write one before it reads the next",
            "make an array of it first: `np.array([...])`",
        )
    return as_array(ctx, stored)


def put_into_slot(ctx: Context, ref: Ref, index: Atom, value: Value, stored: Atom, shares: Storages, fn: str) -> None:
    """container[index] = value, of a list or a dict."""
    from srcdiff.frontend import knots

    overlaps = knots.overlap(ctx, ref, value)
    versions: list[Atom] = []

    def change(old: Atom) -> Atom:
        versions.extend((old, ctx.emit(fn, old, index, stored)))
        return versions[-1]

    update(ctx, ref, change, True, shares)
    knots.stored(ctx, ref, value, stored, versions, overlaps)


def as_one_index(ctx: Context, ref: Ref, index: Atom) -> tuple[Ref, Atom]:
    """y[i][j] as y[i, j], where the first index is an integer's and y an array."""
    if not ref.path or not isinstance(ref.path[-1], Item) or ref.path[-1].slot:
        return ref, index
    outer = Ref(ref.cell, ref.path[:-1])
    first = ref.path[-1].index
    known = rank(peek(ctx, outer).type)
    if known is None or index_kind(first, ctx) != "int" or index_kind(index, ctx) not in ("int", "basic"):
        return ref, index
    parts: list[Atom] = []
    for part in (first, index):
        made = definition(ctx, part)
        parts += made.args if made is not None and made.fn == "tuple" else [part]
    return as_one_index(ctx, outer, ctx.emit("tuple", *parts))
