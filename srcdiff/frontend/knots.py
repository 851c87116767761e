"""Knots: two slots of one container that may hold one object, so that a write through one is seen through the other.

A knot is a mark among the storages that a container reaches, a negative number: whatever has the container's elements
has the mark. `m[0] = m[1]` ties one; `m[1] = kept`, where `kept` was `m[0]`, undoes it.
"""

from __future__ import annotations

from itertools import count

from srcdiff.errors import Loc
from srcdiff.frontend.context import Context, definition, is_mutable, may_hold
from srcdiff.frontend.storage import listed, memory, new_cell, reach, read, shared_by
from srcdiff.frontend.values import Cell, Item, Knot, Maybe, Ref, Storages, TupleValue, Value
from srcdiff.ir.builder import atom_key, literal
from srcdiff.ir.nodes import Atom, Lit

_marks = count(-1, -1)
Writes = list[tuple[Atom, Atom]]


def marks(storages: Storages) -> Storages:
    return frozenset(s for s in storages if s < 0)


def lasting(ctx: Context, loc: Loc | None, arrays: bool = False) -> int:
    """The mark of a place that ties a knot, which no later store undoes: the same each time the place is lowered."""
    place = loc, arrays
    if place not in ctx.knot_at:
        ctx.knot_at[place] = next(_marks)
        ctx.knots[ctx.knot_at[place]] = Knot(loc, arrays=arrays)
    return ctx.knot_at[place]


def lasting_marks(ctx: Context, storages: Storages) -> Storages:
    """The marks of knots, as the next iteration of a loop finds them."""
    found = [ctx.knots[mark] for mark in marks(storages)]
    return frozenset(lasting(ctx, knot.loc, knot.arrays) for knot in found)


def tie(ctx: Context, cell: Cell, mark: int) -> None:
    ctx.state.reach[cell] = ctx.state.reach.get(cell, cell.own) | {mark}


# what ties


def tie_items(ctx: Context, cell: Cell, items: list[Value]) -> None:
    """A new container of items, of which two may be one object."""
    found = [leaf for item in items for leaf in _leaves(item)]
    storages = [memory(shared_by(ctx, leaf)) for leaf in found]
    overlaps: Storages = frozenset()
    for k, leaf in enumerate(found):
        for other in range(k):
            if not _apart(leaf, found[other]):
                overlaps |= storages[k] & storages[other]
    if overlaps:
        tie(ctx, cell, lasting(ctx, ctx.builder.loc, overlaps <= ctx.arrays))


def _leaves(value: Value) -> list[Ref]:
    if isinstance(value, TupleValue):
        return [leaf for item in value.items for leaf in _leaves(item)]
    if isinstance(value, Maybe):
        return _leaves(value.value)
    return [value] if isinstance(value, Ref) else []


def _apart(a: Ref, b: Ref) -> bool:
    """Whether two references lead to different elements of one value."""
    if a.cell is not b.cell:
        return False
    for first, second in zip(a.path, b.path):
        if first is second:
            continue
        if not isinstance(first, Item) or not isinstance(second, Item):
            return False
        if different(first.index, second.index):
            return True
        if atom_key(first.index) != atom_key(second.index):
            return False
    return False


def different(a: Atom, b: Atom) -> bool:
    """Whether two indices are surely not of one slot."""
    if not isinstance(a, Lit) or not isinstance(b, Lit) or type(a.value) is not type(b.value) or a.value == b.value:
        return False
    return isinstance(a.value, str) or type(a.value) is int and (a.value < 0) == (b.value < 0)


def is_knotted(ctx: Context, value: Value) -> bool:
    return any(marks(reach(ctx, leaf)) for leaf in _leaves(value))


def tied_result(ctx: Context, result: Value) -> Value:
    """What a function gives that stays a function, and puts an object into two slots."""
    made = result if isinstance(result, Ref) else Ref(new_cell(ctx, "", read(ctx, result)))
    tie(ctx, made.cell, lasting(ctx, ctx.builder.loc))
    return made


def overlap(ctx: Context, container: Ref, value: Value) -> Storages:
    """The memory by which a value may be, or have a part in, what the container holds already."""
    everything = reach(ctx, container)
    inner = memory(everything - container.cell.own) or memory(everything)
    shares = frozenset().union(
        shared_by(ctx, value), *(ctx.state.maybe.get(leaf.cell, frozenset()) for leaf in _leaves(value))
    )
    return memory(shares) & inner


def appended(ctx: Context, container: Ref, value: Value, overlaps: Storages) -> None:
    if overlaps:
        tie(ctx, container.cell, lasting(ctx, ctx.builder.loc, overlaps <= ctx.arrays))


def stored(ctx: Context, container: Ref, value: Value, written: Atom, versions: list[Atom], overlaps: Storages) -> None:
    """After container[index] = value, which made the last of the versions from the one before."""
    new = versions[-1]
    if not overlaps:
        ctx.unshared[atom_key(written)] = written
    cell, arrays = container.cell, overlaps <= ctx.arrays
    for mark in marks(reach(ctx, container)):
        base = ctx.knots[mark].base
        writes = writes_since(ctx, new, base) if base is not None else None
        if base is not None and writes is not None:
            if holds_each_once(ctx, base, writes):
                ctx.state.reach[cell] -= {mark}
            if arrays or not ctx.knots[mark].arrays:
                return
    if not overlaps:
        return
    base = versions[0]
    while (made := definition(ctx, base)) is not None and made.fn == "operator.setitem":
        base = made.args[0]
    if not holds_each_once(ctx, base, writes_since(ctx, new, base)):
        mark = next(_marks)
        ctx.knots[mark] = Knot(ctx.builder.loc, base, arrays)
        tie(ctx, cell, mark)


# what undoes a knot


def writes_since(ctx: Context, new: Atom, base: Atom) -> Writes | None:
    """The indices and values by which a container was made from an earlier version; None where it was not."""
    found: Writes = []
    while new is not base:
        made = definition(ctx, new)
        if made is None or made.fn != "operator.setitem":
            return None
        found.insert(0, (made.args[1], made.args[2]))
        new = made.args[0]
    return found


def holds_each_once(ctx: Context, base: Atom, writes: Writes | None) -> bool:
    """Whether what was written is what the written slots held before, in another order, or new: a swap, a shift."""
    if writes is None:
        return False
    final = {atom_key(index): (index, value) for index, value in writes}
    indices = [index for index, _ in final.values()]
    # two unknown indices may be equal, without harm; of three, two would
    if len(indices) > 2 and not all(different(a, b) for k, a in enumerate(indices) for b in indices[:k]):
        return False
    seen: set[object] = set()
    for _, value in final.values():
        if is_mutable(value.type) is False and not may_hold(value.type):
            continue
        slot = origin(ctx, value, base)
        if slot is None and atom_key(value) not in ctx.unshared or slot is not None and atom_key(slot) not in final:
            return False
        key = ("new", atom_key(value)) if slot is None else atom_key(slot)
        if key in seen:
            return False
        seen.add(key)
    return True


def origin(ctx: Context, value: Atom, base: Atom) -> Atom | None:
    """The slot of an earlier version of a container that held a value."""
    places = [k for k, element in enumerate(listed(ctx, base) or []) if element is value]
    if places:
        return literal(places[0]) if len(places) == 1 else None
    made = definition(ctx, value)
    if made is not None and made.fn in ("operator.setitem", "srcdiff.addto"):
        return origin(ctx, made.args[0], base)  # the same object, changed
    if made is None or made.fn != "operator.getitem":
        return None
    version, slot = made.args
    while version is not base:
        before = definition(ctx, version)
        if before is None or before.fn != "operator.setitem":
            return None
        if atom_key(before.args[1]) == atom_key(slot):
            return origin(ctx, before.args[2], base)
        if not different(before.args[1], slot):
            return None
        version = before.args[0]
    return slot
