"""What a reverse takes of its forward's residuals has the names that it had there.

f_forward: return y, (gate, value)   ->   f_reverse: gate, value = residuals
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.analysis.aliases import RESIDUALS
from srcdiff.emit.places import is_item
from srcdiff.ir.nodes import Atom, Block, Function, If, Lit, Loop, Op, Var
from srcdiff.ir.walk import blocks_of, statements

FORWARD, REVERSE = "_forward", "_reverse"


@dataclass
class Handed:
    """Names of residuals: of one, of a tuple's items, of what each arm of a branch hands over, of a tape's elements."""

    name: str = ""
    items: list[Handed] = field(default_factory=list)
    arms: list[Handed] = field(default_factory=list)
    element: Handed | None = None


def handed_over(forward: Function, names: dict[Var, str]) -> Handed:
    """What the last result of a forward is called in its text."""
    made = {out: stmt for stmt in statements(forward.body) for out in _outs(stmt)}

    def handed(atom: Atom) -> Handed:
        if not isinstance(atom, Var):
            return Handed()
        found, stmt = Handed(names.get(atom, "")), made.get(atom)
        match stmt:
            case Op("tuple", args):
                found.items = [handed(a) for a in args]
            case If():
                place = stmt.outs.index(atom)
                found.arms = [handed(arm.results[place]) for arm in (stmt.then, stmt.orelse)]
            case Loop() if atom in stmt.outs[1 + len(stmt.inits) :]:
                found.element = handed(stmt.body.results[stmt.outs.index(atom)])
        return found

    return handed(forward.body.results[-1]) if len(forward.body.results) > 1 else Handed()


def residual_names(reverse: Function, handed: dict[str, Handed]) -> dict[Var, str]:
    """What a reverse's variables are called in its forward, for those that it takes from there."""
    found: dict[Var, str] = {}
    forward = handed.get(reverse.name.removesuffix(REVERSE))
    given = next((p.var for p in reverse.params if p.var.type == RESIDUALS), None)
    if forward is None or given is None or not reverse.name.endswith(REVERSE):
        return found

    def note(var: Var, held: Handed, block: Block) -> None:
        if held.name:
            found[var] = held.name
        for stmt in block.body:
            if is_item(stmt) and isinstance(stmt, Op) and stmt.args[0] is var and isinstance(stmt.args[1], Lit):
                place = stmt.args[1].value
                if place < len(held.items):
                    note(stmt.out, held.items[place], block)
            elif isinstance(stmt, If) and held.arms:
                for arm, inner in zip(held.arms, (stmt.then, stmt.orelse)):
                    note(var, arm, inner)
            else:
                if isinstance(stmt, Loop) and held.element is not None:
                    for it, target in zip(stmt.iters, stmt.targets):
                        if it.seq is var:
                            note(target, held.element, stmt.body)
                for inner in blocks_of(stmt):
                    note(var, held, inner)

    note(given, forward, reverse.body)
    return found


def _outs(stmt: object) -> list[Var]:
    return [stmt.out] if isinstance(stmt, Op) else stmt.outs if isinstance(stmt, If | Loop) else []
