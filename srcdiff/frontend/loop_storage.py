"""Which names that a loop carries may share storage with others: two buffers may be swapped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from srcdiff.frontend import knots
from srcdiff.frontend.classes import UserClass
from srcdiff.frontend.context import Context, is_mutable, may_hold
from srcdiff.frontend.liveness import Names
from srcdiff.frontend.merge import Exit
from srcdiff.frontend.storage import memory, possible
from srcdiff.frontend.values import Cell, State, Storages, Value, is_shared, new_storage
from srcdiff.frontend.writes import cells_of
from srcdiff.ir.nodes import Block
from srcdiff.ir.types import Type


@dataclass(frozen=True)
class ObjectTemplate:
    """An object, or a named tuple, that is another one in each iteration: its attributes, each with its template."""

    cls: UserClass | None
    names: tuple[str, ...]
    parts: tuple[Template, ...]
    keys: tuple[object, ...] | None = None
    is_tuple: bool = False


@dataclass(frozen=True)
class MaybeTemplate:
    """None in one iteration, a tuple or an object in another: whether it is None, and the template of what it is else."""

    part: Template


# how a carried value is made of atoms: None is one atom, a tuple has one for each element; or "undefined", "static", or
# "none" of what is None so far; an object or a function that stays the same is its own template
Template = tuple | str | ObjectTemplate | MaybeTemplate | Value | None


@dataclass(eq=False)
class Carried:
    """What the body is found to hand on."""

    templates: dict[str, Template]
    types: dict[str, list[Type]]
    cells: dict[Cell, Type] = field(default_factory=dict)
    wide: set[str] = field(default_factory=set)
    tangled: set[str] = field(default_factory=set)  # the names that may share storage
    common: Storages = field(default_factory=new_storage)  # all that those may share
    live: Names = frozenset()  # the names that are read in it, or later
    kept: set[str] = field(default_factory=set)  # names that are only written through, and go on meaning the same
    grown: dict[Cell, Storages] = field(default_factory=dict)  # what outer containers come to hold in the body
    knots: dict[str, Storages] = field(default_factory=dict)  # the marks of names whose values hold an object twice


@dataclass(eq=False)
class Body:
    """One lowering of the body."""

    block: Block
    cond: Block | None
    exit: Exit
    names: dict[str, Value]
    state: State
    heads: dict[str, Value]


def shares_of(ctx: Context, cells: Iterable[Cell]) -> Storages:
    found = (ctx.state.reach.get(c, c.own) | ctx.state.maybe.get(c, frozenset()) for c in cells)
    return frozenset().union(*(storages | possible(ctx, storages) for storages in found))


def storages_agree(
    ctx: Context,
    carried: Carried,
    body: Body,
    before: State,
    names: dict[str, Value],
    walked: tuple[Cell, ...],
) -> bool:
    """Whether carried names keep to storage of their own, as was believed: buffers may be swapped, but not shared."""
    starts = {n: names.get(n) for n in carried.templates}
    ends = {n: body.names.get(n) for n in carried.templates}
    outside = frozenset().union(ctx.frozen, *before.reach.values())
    ended = frozenset().union(outside, *(body.state.reach.get(cell, cell.own) for cell in before.values))
    tangled = overlapping(ctx, starts, before, others(ctx, carried, names, walked))
    tangled |= overlapping(ctx, ends, body.state, ended | carried.common)
    new = tangled - carried.tangled
    carried.tangled |= new
    if new:
        for table, state in ((starts, before), (ends, body.state)):
            for name in sorted(carried.tangled):
                carried.common |= storage_of(ctx, table[name], state)
    shared = frozenset().union(*(storage_of(ctx, ends[name], body.state) for name in carried.tangled))
    grew = containers_grew(ctx, carried, body, before, outside, shared)
    knotted = knots_grew(ctx, carried, (starts, before), (ends, body.state))
    return not (grew or knotted or new)


def knots_grew(ctx: Context, carried: Carried, *ends: tuple[dict[str, Value | None], State]) -> bool:
    """Whether carried containers come to hold an object twice, which was not believed."""
    grew = False
    for table, state in ends:
        for name, value in table.items():
            for cell in cells_of(value, set()):
                found = knots.lasting_marks(ctx, state.reach.get(cell, cell.own))
                known = carried.knots.get(name, frozenset())
                if found - known:
                    carried.knots[name] = known | found
                    grew = True
    return grew


def containers_grew(
    ctx: Context, carried: Carried, body: Body, before: State, outside: Storages, shared: Storages
) -> bool:
    """Whether outer containers hold more after an iteration than was believed at its start."""
    grew = False
    for cell in before.values:
        start = before.reach.get(cell, cell.own) | carried.grown.get(cell, frozenset())
        added = body.state.reach.get(cell, cell.own) - start
        extra = memory(added) & (outside | carried.common)
        extra |= knots.lasting_marks(ctx, added) - start
        if added & shared:
            extra |= carried.common - start
        if extra:
            carried.grown[cell] = carried.grown.get(cell, frozenset()) | extra
            grew = True
    return grew


def others(ctx: Context, carried: Carried, names: dict[str, Value], walked: tuple[Cell, ...]) -> Storages:
    """The memory of all other names that are read later, and of what loops walk through, whatever its name comes to mean."""
    found = shares_of(ctx, [*(ref.cell for ref in ctx.iterating), *walked])
    for frame in ctx.frames:
        table = names if frame is ctx.frame else frame.names
        for name, value in table.items():
            read_later = name in carried.live or is_shared(name)
            if frame is not ctx.frame or read_later and name not in carried.templates:
                found |= shares_of(ctx, cells_of(value, set()))
    return found


def storage_of(ctx: Context, value: Value | None, state: State) -> Storages:
    """The memory that a value that can be written to gives access to."""
    found: Storages = frozenset()
    for cell in cells_of(value, set()):
        atom = cell.fixed or state.values.get(cell)  # none yet of what a function sees, and the loop assigns first
        if atom is None:
            continue
        t = atom.type
        if is_mutable(t) is not False or may_hold(t):
            found |= possible(ctx, state.reach.get(cell, cell.own) | state.maybe.get(cell, frozenset()))
    return found


def overlapping(ctx: Context, values: dict[str, Value | None], state: State, taken: Storages) -> set[str]:
    """The names whose values share memory with what is taken, or with each other."""
    storages = {name: storage_of(ctx, value, state) for name, value in values.items()}
    found = {name for name, storage in storages.items() if storage & taken}
    names = list(storages)
    for k, name in enumerate(names):
        for other in names[k + 1 :]:
            if storages[name] & storages[other]:
                found |= {name, other}
    return found
