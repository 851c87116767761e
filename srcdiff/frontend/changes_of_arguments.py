"""What a function that stays one does to the memory of its arguments: it gives the changed ones as further results.

    def walk(k, out): out.append(k); ...      walk(3, xs)      ->      xs1 = call walk(3, xs)

That it changes a parameter is found while it is lowered, and it is begun again with that known.
"""

from __future__ import annotations

from srcdiff.frontend.context import ANNOTATE, Changed, Changes, Context
from srcdiff.frontend.storage import memory, possible, reach, read, shared_by
from srcdiff.frontend.values import Cell, Item, Ref, Storages, Value, is_shared
from srcdiff.frontend.writes import live_names, update
from srcdiff.ir.nodes import Atom, Var
from srcdiff.ir.types import Array, Dict, Sequence, Type, rank, unknown

LENT = "<lent>."  # and a parameter's name: what its argument is, whatever the name means by now


def lend(ctx: Context, identity: object, name: str, cell: Cell) -> None:
    """Let a parameter's memory be the caller's: it must not be written to, unless it is given back."""
    for storage in memory(ctx.state.reach[cell]):
        ctx.lent[storage] = identity, name
    if name in ctx.changed.get(identity, {}):
        ctx.frame.names[LENT + name] = Ref(cell)
    else:
        ctx.frozen |= ctx.state.reach[cell]


def given_back(ctx: Context, identity: object) -> list[Atom]:
    """What the changed parameters of the function that is being lowered hold at its end."""
    changes = ctx.changed.get(identity, {})
    found: list[Atom] = []
    for name, taken in changes.items():
        ref = ctx.frame.names[LENT + name]
        holds = {ctx.lent[s][1] for s in memory(reach(ctx, ref)) if s in ctx.lent} - {name}
        if not holds <= taken:
            raise Changed(identity, {name: frozenset(holds)})
        found.append(read(ctx, ref))
    return found


def check(ctx: Context, function: str, bound: dict[str, Value], changes: Changes) -> None:
    """Refuse a call that changes an argument which shares memory with another, or holds what another name is."""
    for name in changes:
        value = bound[name]
        if not isinstance(value, Ref | Var):
            ctx.refuse(
                f"{function}() changes its argument {name}, which is made of several values here",
                "pass it an array or a list that has a name",
            )
        mine = possible(ctx, shared_by(ctx, value))
        for other, passed in bound.items():
            shared = memory(shared_by(ctx, passed)) if other != name else frozenset()
            if shared & mine or possible(ctx, shared) & mine:
                message = f"{function}() changes its argument {name}, and {other} may be the same data"
                (ctx.refuse if shared & memory(shared_by(ctx, value)) else ctx.doubt)(message, "copy one of them")
        if isinstance(value, Ref):
            _check_parts(ctx, function, value)


def _check_parts(ctx: Context, function: str, changed: Ref) -> None:
    """Refuse a call that changes a container of which an element has a name: in it, or put into its place."""
    for frame, live in live_names(ctx):
        for name, value in frame.names.items():
            if not (name in live or is_shared(name)) or not isinstance(value, Ref) or value.cell is not changed.cell:
                continue
            steps = value.path[len(changed.path) :]
            if any(isinstance(step, Item) and step.slot for step in steps):
                ctx.doubt(f"{name} is an element of what {function}() changes, and is used after it", ANNOTATE)


def later_type(t: Type) -> Type:
    """The type of an argument after a call that changes it: of an array its own, of a container its kind."""
    if isinstance(t, Array) and rank(t) is not None:
        return t
    if isinstance(t, Sequence):
        return Sequence(t.kind, unknown(), None)
    return Dict(None, unknown()) if isinstance(t, Dict) else unknown()


def put_back(ctx: Context, function: str, bound: dict[str, Value], changes: Changes, versions: dict[str, Var]) -> None:
    """Let each changed argument be what the function gives back."""
    for name, taken in changes.items():
        value = bound[name]
        if isinstance(value, Ref):
            shares = frozenset().union(*(shared_by(ctx, bound[other]) for other in sorted(taken)))
            _replace(ctx, value, versions[name], shares)


def _replace(ctx: Context, value: Ref, version: Var, shares: Storages) -> None:
    update(ctx, value, lambda before: version, shares=shares)
