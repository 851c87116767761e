"""Reads the elements of a list's slice from the list itself, whose cotangent they are added to, then.

    rest = rows[1:]; for i in range(len(rest)): row = rest[i]   ->   row = rows[i + 1]

The text walks through the slice again, where the function does (`emit/loops.py`).
"""

from __future__ import annotations

from srcdiff.analysis.storage_kinds import WRITES
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Block, Function, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import INT, Array, Sequence
from srcdiff.ir.walk import blocks_of, flows, statements


def read_from_whole(function: Function) -> Function:
    """The function that reads from lists what it read from their slices (changes it in place)."""
    made = {s.out: s for s in statements(function.body) if isinstance(s, Op)}
    slices = {out: whole for out, op in made.items() if (whole := sliced_from(op, made)) is not None}
    if slices:
        _block(function.body, slices, made, _moved(function), set())
    return function


def sliced_from(op: Op, made: dict[Var, Op]) -> tuple[Var, int] | None:
    """The list that an operation takes all elements of but the first few, and how many it leaves out."""
    if op.fn != "operator.getitem" or not isinstance(op.args[1], Var):
        return None
    base, index = op.args[0], made.get(op.args[1])
    if not isinstance(base, Var) or not isinstance(base.type, Sequence) or index is None or index.fn != "slice":
        return None
    start, *others = index.args
    to_the_end = all(isinstance(a, Lit) and a.value is None for a in others)
    if not to_the_end or not isinstance(start, Lit) or type(start.value) is not int or start.value < 1:
        return None
    return base, start.value


def _moved(function: Function) -> set[Atom]:
    """What is written to, or becomes another variable: an element of it stays one of the slice."""
    found: set[Atom] = set()
    for stmt in statements(function.body):
        if isinstance(stmt, Op) and stmt.fn in WRITES:
            found.add(stmt.args[0])
        found.update(atom for _, atom in flows(stmt))
    return found


def _block(
    block: Block, slices: dict[Var, tuple[Var, int]], made: dict[Var, Op], moved: set[Atom], counting: set[Var]
) -> None:
    """Rewrite the reads of a block; `counting` are the targets around it that are never negative."""
    body: list[Stmt] = []
    for stmt in block.body:
        if isinstance(stmt, Loop):
            targets = zip(stmt.targets, stmt.iters)
            counting = counting | {t for t, it in targets if _is_never_negative(it.seq, made)}
        for inner in blocks_of(stmt):
            _block(inner, slices, made, moved, counting)
        if isinstance(stmt, Op) and stmt.fn == "operator.getitem" and stmt.args[0] in slices:
            whole, start = slices[stmt.args[0]]
            if stmt.args[1] in counting and (isinstance(stmt.out.type, Array) or stmt.out not in moved):
                index = Var("", INT)
                body.append(Op("operator.add", (stmt.args[1], literal(start)), (), index, stmt.loc))
                stmt.args = whole, index
        body.append(stmt)
    block.body = body


def _is_never_negative(seq: Atom, made: dict[Var, Op]) -> bool:
    """Whether a walk is through range(n), or range(m, n) from a number on that is written out."""
    op = made.get(seq) if isinstance(seq, Var) else None
    if op is None or op.fn != "builtins.range" or len(op.args) > 2:
        return False
    first = op.args[0]
    return len(op.args) == 1 or isinstance(first, Lit) and first.value >= 0
