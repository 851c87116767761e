"""The order of what a function ends with: what it returns is computed last, in the order in which it is returned.

z_bar = c * ez / s; x_bar = a * ex / s; return x_bar, z_bar   ->   x_bar = ...; z_bar = ...; return x_bar, z_bar
"""

from __future__ import annotations

from srcdiff.analysis.storage_kinds import CONTAINERS, WRITES
from srcdiff.ir.builder import is_effect
from srcdiff.ir.nodes import Atom, Block, Function, Op, Var
from srcdiff.ir.walk import use_counts


def order_results(function: Function) -> None:
    """Sort the operations at the end of a function (changes it)."""
    block = function.body
    start = len(block.body)
    while start and isinstance(block.body[start - 1], Op) and _movable(block.body[start - 1]):  # type: ignore[arg-type]
        start -= 1
    made = {op.out: op for op in block.body[start:] if isinstance(op, Op)}
    counts = use_counts(function)
    late: dict[Op, None] = {}
    for atom in _returned(block, made, counts):
        _take(atom, made, counts, late)
    kept = [stmt for stmt in block.body if stmt not in late]
    block.body = [*kept, *late]


def _movable(op: Op) -> bool:
    return not (op.fn in WRITES or is_effect(op.fn) or op.fn == "srcdiff.check_rank")


def _returned(block: Block, made: dict[Var, Op], counts: dict[Var, int]) -> list[Atom]:
    """What is returned, one by one, in order; then the containers that hold it."""
    found: list[Atom] = []

    def visit(atom: Atom) -> None:
        op = made.get(atom) if isinstance(atom, Var) else None
        if op is not None and op.fn in CONTAINERS and counts[op.out] == 1:  # another one stays where it is
            for inner in op.args:
                visit(inner)
        found.append(atom)

    for atom in block.results:
        visit(atom)
    return found


def _take(atom: Atom, made: dict[Var, Op], counts: dict[Var, int], late: dict[Op, None]) -> None:
    """Put the operation that makes an atom, and what only it uses, after what is there."""
    todo: list[tuple[Atom, bool]] = [(atom, False)]
    while todo:
        atom, ready = todo.pop()
        op = made.get(atom) if isinstance(atom, Var) else None
        if op is None or op in late or counts[op.out] != 1:
            continue
        if ready:
            late[op] = None
            continue
        todo.append((atom, True))
        inner = [*op.args, *(value for _, value in op.kwargs)]
        todo += [(a, False) for a in reversed(inner)]
