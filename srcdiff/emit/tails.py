"""How blocks end: what follows them, and the exits that they leave by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from srcdiff.emit.steps import Branch, Exit, Step, always_exits
from srcdiff.errors import Loc
from srcdiff.ir.nodes import BREAK, NEXT, RETURN, Atom, Lit, Op, Stmt, Var

Finish = Callable[[list[Atom], list[Step]], None]


@dataclass
class Tail:
    """What comes after a block: `finish` writes it; `exit_at` is the exit code's place in a loop body's results."""

    finish: Finish
    returns: bool = False
    exit_at: int | None = None
    leaves: bool = False  # a block of a loop that returns does so by `return`


def code_asked(test: Stmt | None) -> int | None:
    """BREAK or RETURN, where a statement asks whether an exit code is that; NEXT, where it asks whether it is neither."""
    if (
        isinstance(test, Op)
        and test.fn == "operator.lt"
        and isinstance(test.args[1], Lit)
        and test.args[1].value == BREAK
    ):
        return NEXT
    if (
        isinstance(test, Op)
        and test.fn == "operator.eq"
        and isinstance(test.args[1], Lit)
        and test.args[1].value in (BREAK, RETURN)
    ):
        return int(test.args[1].value)
    return None


def renamed_tail(tail: Tail, values: dict[Var, Atom]) -> Tail:
    """The same tail, reading what the loop hands on instead of the loop's results."""

    def finish(results: list[Atom], into: list[Step]) -> None:
        tail.finish([values.get(r, r) if isinstance(r, Var) else r for r in results], into)

    return Tail(finish, tail.returns, tail.exit_at, tail.leaves)


def flat(test: Atom, then: list[Step], orelse: list[Step], loc: Loc | None) -> list[Step]:
    """An arm that always exits stands alone; the other follows it without indentation."""
    if not then and not orelse:
        return []
    if always_exits(then):
        if orelse and isinstance(orelse[0], Branch) and _is_elif(orelse[0].loc):
            return [Branch(test, then, orelse[:1], loc), *orelse[1:]]
        return [Branch(test, then, [], loc), *orelse]
    if always_exits(orelse):
        return [Branch(test, orelse, [], loc, inverted=True), *then]
    return [Branch(test, then, orelse, loc)]


def _is_elif(loc: Loc | None) -> bool:
    return loc is not None and loc.text[loc.column :].startswith("elif")


def drop_last_continue(body: list[Step]) -> None:
    while body and isinstance(body[-1], Exit) and body[-1].kind == "continue":
        body.pop()
