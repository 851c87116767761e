"""Writing to storage: paths, versions, and who else sees a write."""

from __future__ import annotations

import ast
from collections.abc import Callable as Function
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest

from srcdiff.errors import Loc
from srcdiff.frontend.context import ANNOTATE, Changed, Context, definition, is_mutable, may_hold
from srcdiff.frontend.indexing import index_kind
from srcdiff.frontend.liveness import Names, captures
from srcdiff.frontend.storage import current, follow, memory, name_value, new_cell, peek, possible, reach, read
from srcdiff.frontend.values import (
    Attribute,
    BoundMethod,
    Cell,
    Closure,
    Frame,
    Instance,
    Item,
    Maybe,
    Partial,
    Ref,
    Step,
    Storages,
    TupleValue,
    Value,
    View,
    is_shared,
    new_storage,
)
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Lit
from srcdiff.ir.types import SLICE, Any, Array, Dict, Sequence, is_scalar


def cells_of(value: Value | None, seen: set[int]) -> Iterator[Cell]:
    match value:
        case Ref(cell):
            yield cell
        case TupleValue(items):
            for item in items:
                yield from cells_of(item, seen)
        case Maybe(missing, inner):
            yield from cells_of(missing, seen)
            yield from cells_of(inner, seen)
        case Closure(node, frame, defaults):
            if id(value) not in seen:
                seen.add(id(value))
                for name in sorted(captures(node)):
                    yield from cells_of(frame.names.get(name), seen)
                for default in defaults.values():
                    yield from cells_of(default, seen)
        case Partial(function, args, kwargs):
            for part in (function, *args, *(v for _, v in kwargs)):
                yield from cells_of(part, seen)
        case BoundMethod(function, bound):
            yield from cells_of(function, seen)
            yield from cells_of(bound, seen)
        case Instance(base=Ref(cell)):
            yield cell


def live_names(ctx: Context) -> Iterator[tuple[Frame, Names]]:
    """The names of each function that may still be read."""
    for frame, callee in zip_longest(ctx.frames, ctx.frames[1:]):
        live = frame.calling.union(*frame.leaving, frame.live.always)
        yield frame, live if callee is None or callee.called is None else live | _read_later(frame, callee.called)


def _read_later(frame: Frame, call: Loc) -> Names:
    """What the statement with a call reads after it: in Python, what stands to the right of it."""
    stmt = frame.statement
    if stmt is None or isinstance(stmt, (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match, ast.FunctionDef)):
        return frozenset()  # what its blocks read is live
    names, chooses = _names_read(stmt)
    end = call.end_line, call.end_column
    return frozenset(name for place, name in names if chooses or place >= end)


@lru_cache(maxsize=64)
def _names_read(stmt: ast.stmt) -> tuple[list[tuple[tuple[int, int], str]], bool]:
    """The names in a statement, each with its place, and whether it has a conditional, which runs its test first."""
    nodes = list(ast.walk(stmt))
    names = [((n.lineno, n.col_offset), n.id) for n in nodes if isinstance(n, ast.Name)]
    return names, any(isinstance(n, ast.IfExp) for n in nodes)


def live_cells(ctx: Context) -> dict[Cell, str]:
    """The cells that may still be read, each with a name of it."""
    found: dict[Cell, str] = {}
    seen: set[int] = set()
    for frame, live in live_names(ctx):
        for name, value in frame.names.items():
            if name in live or frame is ctx.frame and is_shared(name):
                for cell in cells_of(value, seen):
                    found.setdefault(cell, name)
    for ref in ctx.iterating:
        found.setdefault(ref.cell, ref.cell.hint or "what the loop walks through")
    for value in ctx.held:
        for cell in cells_of(value, seen):
            found.setdefault(cell, cell.hint or "an operand")
    return found


def check_write(ctx: Context, cell: Cell, targets: Storages) -> None:
    """Refuse a write that another live name may or may not see; doubt it where only numbers would make it right."""
    targets = memory(targets)
    written = cell.hint if cell.hint.isidentifier() else "what is written here"
    wider = possible(ctx, targets)
    if wider & ctx.frozen:
        lent = [ctx.lent[s] for s in sorted(wider & ctx.frozen) if s in ctx.lent]
        if lent:
            raise Changed(lent[0][0], {name: frozenset() for _, name in lent})
        refuse_outside(ctx, cell, ctx.refuse if targets & ctx.frozen else ctx.doubt)
    for other, name in live_cells(ctx).items():
        if other is cell:
            continue
        both = f"{name if name.isidentifier() else 'another value'} may be the same data as {written}"
        if other.loc is not None:
            both += f" (see line {other.loc.line})"
        shares = ctx.state.reach.get(other, other.own) & targets
        other_type = current(ctx, other).type
        if shares and (is_mutable(other_type) or may_hold(other_type) and not isinstance(other_type, Any)):
            ctx.refuse(f"{both}, and is still used after this write", "copy one of them: `y = x.copy()`")
        maybe = ctx.state.reach.get(other, other.own) | ctx.state.maybe.get(other, frozenset())
        if shares or possible(ctx, maybe) & wider:
            ctx.doubt(f"{both}, unless it is a number, and is still used after this write", ANNOTATE)


def refuse_outside(ctx: Context, cell: Cell, refuse: Function[[str, str], None] | None = None) -> None:
    (refuse or ctx.refuse)(
        f"{cell.hint or 'this value'} belongs to the outside of the function and is written to here",
        "copy it first: `y = x.copy()`",
    )


def check_knots(ctx: Context, ref: Ref) -> None:
    """Refuse a write through a slot of a container, where another slot may hold the same object."""
    if not any(isinstance(step, Item) for step in ref.path):
        return
    for mark in sorted(reach(ctx, ref)):
        knot = ctx.knots.get(mark)
        if knot is None or knot.arrays and isinstance(peek(ctx, ref).type, Dict | Sequence):
            continue
        see = f" (see line {knot.loc.line})" if knot.loc is not None else ""
        message = f"two elements of {name_of(ctx, ref.cell)} may be the same object{see}, and one is written to here"
        ctx.doubt(message, "put a copy into the container: `y = x.copy()`")


def name_of(ctx: Context, cell: Cell) -> str:
    """A name that means a cell."""
    names = (n for n, v in ctx.frame.names.items() if isinstance(v, Ref) and v.cell is cell and n.isidentifier())
    return next(names, cell.hint or "this container")


def targets_of(ctx: Context, ref: Ref) -> Storages:
    if any(isinstance(step, Attribute) for step in ref.path):
        return ref.cell.own  # all that an object from outside leads to is the outside's
    if any(isinstance(step, Item) and step.slot for step in ref.path):
        everything = ctx.state.reach.get(ref.cell, ref.cell.own)
        inner = memory(everything - ref.cell.own)
        if isinstance(peek(ctx, ref).type, Dict | Sequence):
            inner -= ctx.arrays  # which it may hold
        return inner or everything
    return ref.cell.own


def definite(ctx: Context, ref: Ref) -> Ref:
    """Where a write to `ref` goes: what was read as an element that may be a number is a view after all."""
    element = ref.cell.element
    if element is None or is_scalar(current(ctx, ref.cell).type):
        return ref
    check_place(ctx, ref.cell, element)
    outer = definite(ctx, element)
    return Ref(outer.cell, outer.path + ref.path)


def make_view(ctx: Context, ref: Ref) -> None:
    """An element of an array has elements itself: it is no number but a view, for all names that mean it."""
    element = ref.cell.element
    if element is None or ctx.loop is not None or not element.path or not isinstance(element.path[-1], Item):
        return  # what np.asarray gives is no element
    if index_kind(element.path[-1].index, ctx) not in ("int", "basic"):
        return  # by a mask or a list it is a copy
    if not isinstance(peek(ctx, replace(element, path=element.path[:-1])).type, Array):
        return
    for frame in ctx.frames:
        for name, value in frame.names.items():
            if isinstance(value, Ref) and value.cell is ref.cell:
                frame.names[name] = definite(ctx, value)


def check_place(ctx: Context, cell: Cell, element: Ref) -> None:
    """Doubt a write to an element of a list that grew since it was read, by an index that counts from the end."""
    last = element.path[-1] if element.path else None
    version = current(ctx, element.cell)
    while isinstance(last, Item) and at_end(last.index) and version is not cell.seen:
        made = definition(ctx, version)
        if made is None:
            return
        if made.fn == "list.append":
            ctx.doubt(
                f"{name_of(ctx, cell)} was read of a list that grew since, by an index that may count from its end",
                ANNOTATE,
            )
        version = made.args[0]


def detach(ctx: Context, ref: Ref, moved: Function[[Atom], bool] = lambda index: True) -> None:
    """Before slots of a container are replaced, or `moved`: what refers to what was in them keeps that."""
    depths = [frame.depth for frame in ctx.frames[1:]] + [len(ctx.builder.blocks)]
    for (frame, live), depth in zip(live_names(ctx), depths):
        for name, value in list(frame.names.items()):
            here = frame is ctx.frame or depth == len(ctx.builder.blocks)  # else the calls lead into a branch or a loop
            if here or name in live or is_shared(name):
                frame.names[name] = _kept_in(ctx, name, value, ref, moved, here)
    for value in ctx.held:
        _kept_in(ctx, "", value, ref, moved, False)


def _kept_in(ctx: Context, name: str, value: Value, ref: Ref, moved: Function[[Atom], bool], here: bool) -> Value:
    """A value that a name keeps, by itself if it is not a part of the container; doubted where that cannot be said."""

    def part(inner: Value, is_here: bool = here) -> Value:
        return _kept_in(ctx, "", inner, ref, moved, is_here)

    match value:
        case Ref(cell, path) if cell is ref.cell and len(path) > len(ref.path):
            step = path[len(ref.path)]
            if isinstance(step, Item) and step.slot and moved(step.index):
                if here:
                    return kept(ctx, name, value)
                what = name if name.isidentifier() else "a value"
                ctx.doubt(f"{what} is a part of a container that is changed here before it is used", "copy it before")
        case TupleValue(items, cls):
            new = tuple(map(part, items))
            return value if all(a is b for a, b in zip(new, items)) else TupleValue(new, cls)
        case Maybe(missing, whole):
            there = part(whole)
            return value if there is whole else Maybe(missing, there)
        case Partial(function, args, kwargs):
            for inner in (function, *args, *(v for _, v in kwargs)):
                part(inner, False)
        case Closure(_, _, defaults):
            for inner in defaults.values():
                part(inner, False)
    return value


def is_named(ctx: Context, slot: Ref) -> bool:
    """Whether a name that may still be read stands for what is in a slot."""
    named = (v for frame, live in live_names(ctx) for n, v in frame.names.items() if n in live or is_shared(n))
    return any(_leads_to(value, slot) for value in (*named, *ctx.held))


def _leads_to(value: Value, slot: Ref) -> bool:
    match value:
        case Ref(cell, path):
            if cell.element is not None and _leads_to(Ref(cell.element.cell, cell.element.path + path), slot):
                return True
            inside = cell is slot.cell and len(path) >= len(slot.path)
            return inside and not any(map(_differ, path, slot.path))
        case TupleValue(items, _):
            return any(_leads_to(item, slot) for item in items)
        case Maybe(_, whole):
            return _leads_to(whole, slot)
        case Partial(_, args, kwargs):
            return any(_leads_to(inner, slot) for inner in (*args, *(v for _, v in kwargs)))
    return False


def may_be_walked(ctx: Context, place: Ref) -> bool:
    """Whether a list may be one that a loop walks through, or hold it; an element of that is neither."""
    for ref in ctx.iterating:
        while ref.cell.element is not None and ref.cell is not place.cell:
            ref = Ref(ref.cell.element.cell, ref.cell.element.path + ref.path)
        if ref.cell is place.cell and len(ref.path) >= len(place.path) and not any(map(_differ, ref.path, place.path)):
            return True
    return False


def _differ(a: Step, b: Step) -> bool:
    """Whether two steps surely lead to different places."""
    if not (isinstance(a, Item) and isinstance(b, Item) and isinstance(a.index, Lit) and isinstance(b.index, Lit)):
        return False
    x, y = a.index.value, b.index.value
    return x != y and (not isinstance(x, int) or not isinstance(y, int) or (x < 0) == (y < 0))


def at_end(index: Atom) -> bool:
    """Whether an index counts from the end, or may do so: what it means moves when a list grows."""
    return not (isinstance(index, Lit) and type(index.value) is int and index.value >= 0)


def kept(ctx: Context, name: str, value: Ref) -> Ref:
    """What a slot of a container holds now, whatever the slot will hold."""
    cell = new_cell(ctx, name, peek(ctx, value))
    cell.own = reach(ctx, value) - value.cell.own
    ctx.state.reach[cell] = cell.own
    return Ref(cell)


def out_of_slots(ctx: Context, items: list[Value]) -> list[Value]:
    """Values that are assigned one after the other: `a[i], a[j] = a[j], a[i]` takes both out before it writes."""
    return [
        kept(ctx, "", v) if isinstance(v, Ref) and any(isinstance(s, Item) and s.slot for s in v.path) else v
        for v in items
    ]


def update(
    ctx: Context,
    target: Value,
    change: Function[[Atom], Atom],
    slot: bool | Function[[Atom], bool] = False,
    shares: Storages = frozenset(),
) -> None:
    """Write through a reference: `change` gives the new version of what it refers to, with other things in its slots."""
    t = read(ctx, target).type
    if isinstance(t, Sequence) and t.kind != "list":
        ctx.refuse("what is changed here may be a tuple, which cannot be changed", "make a list of it: list(x)")
    if not isinstance(target, Ref):
        change(read(ctx, target))
        return
    ref = definite(ctx, target)
    if slot:
        detach(ctx, ref, *([] if slot is True else [slot]))
    check_write(ctx, ref.cell, targets_of(ctx, ref))
    check_knots(ctx, ref)
    if any(isinstance(step, Attribute) for step in ref.path):
        refuse_outside(ctx, ref.cell)
    versions = [current(ctx, ref.cell)]
    for step in ref.path:
        if isinstance(step, Item) and isinstance(versions[-1].type, Any) and step.index.type == SLICE:
            ctx.doubt(
                "this writes to a slice of what may be an array or a list, which gives a list of its own", ANNOTATE
            )
        versions.append(follow(ctx, versions[-1], step))
    new = change(versions[-1])
    for step, outer in zip(reversed(ref.path), reversed(versions[:-1])):
        if isinstance(step, View) and step.back is not None:
            new = ctx.emit(step.back[0], new, *step.back[1])
        elif isinstance(step, View):
            new = ctx.emit("numpy.reshape", new, ctx.emit("getattr", outer, literal("shape")))
        elif isinstance(step, Item):
            new = ctx.emit("operator.setitem", outer, step.index, new)
    name_value(new, ref.cell.variable)
    ctx.state.values[ref.cell] = new
    held = ctx.state.reach.get(ref.cell, ref.cell.own) | shares
    if may_hold(new.type) and not memory(held - ref.cell.own):
        held |= new_storage()  # of what is put into a list that was made empty
    ctx.state.reach[ref.cell] = held
