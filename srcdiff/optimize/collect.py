"""Lists that a loop builds by one append in each iteration become what the loop collects.

xs = []; for ... carrying xs: xs = list.append(xs, v)   ->   xs = for ... collecting v

Lists that are appended to one by one are written out: xs = []; xs.append(a); xs.append(b)   ->   xs = [a, b]

A collected list is pulled back by walking its cotangent beside the loop's own sequences, where one that is carried would be
shortened in each iteration.
"""

from __future__ import annotations

from srcdiff.ir.nodes import Block, Function, Loop, Op, Var
from srcdiff.ir.types import Sequence
from srcdiff.ir.walk import blocks_of, statements, use_counts

FEW = 8  # elements of a list that is written out


def collect_appended(function: Function) -> Function:
    """The function with such lists collected (changes it in place)."""
    loops = [s for s in statements(function.body) if isinstance(s, Loop)]
    counts = use_counts(function)
    _write_out(function.body, counts)
    if not loops:
        return function
    made = {s.out: s for s in statements(function.body) if isinstance(s, Op) and s.fn in ("list", "list.append")}
    for loop in loops:
        for i in reversed(range(len(loop.inits))):
            append = _only_append(loop, i, counts, made)
            if append is not None:
                _collect(loop, i, append)
    return function


def _write_out(block: Block, counts: dict[Var, int]) -> None:
    """Write out the lists of a block that nothing reads before all of their elements are there."""
    made: dict[Var, Op] = {}
    for stmt in list(block.body):
        if isinstance(stmt, Op) and stmt.fn == "list":
            made[stmt.out] = stmt
        elif isinstance(stmt, Op) and stmt.fn == "list.append":
            before = made.get(stmt.args[0]) if isinstance(stmt.args[0], Var) else None
            if before is not None and counts.get(before.out) == 1 and len(before.args) < FEW:
                block.body.remove(before)
                stmt.fn, stmt.args = "list", (*before.args, stmt.args[1])
                made[stmt.out] = stmt
        for inner in blocks_of(stmt):
            _write_out(inner, counts)


def _only_append(loop: Loop, i: int, counts: dict[Var, int], made: dict[Var, Op]) -> Op | None:
    """The append that is all that happens to the carried value i, which starts as an empty list of its own."""
    init, result, param = loop.inits[i], loop.body.results[i + 1], loop.carried[i]
    empty = made.get(init) if isinstance(init, Var) else None
    append = made.get(result) if isinstance(result, Var) else None
    if empty is None or empty.fn != "list" or empty.args or counts[empty.out] != 1 or append is None:
        return None
    if loop.cond is not None and counts.get(loop.cond.params[i], 0):
        return None
    if append.fn != "list.append" or append.args[0] is not param or counts.get(param) != 1 or counts[append.out] != 1:
        return None
    return append if append in loop.body.body and isinstance(loop.outs[i + 1].type, Sequence) else None


def _collect(loop: Loop, i: int, append: Op) -> None:
    loop.body.body.remove(append)
    for block in (loop.body, loop.cond):
        if block is not None:
            offset = len(loop.iters) if block is loop.body else 0
            if len(block.params) > offset + i:
                del block.params[offset + i]
    del loop.inits[i], loop.body.results[i + 1]
    loop.body.results.append(append.args[1])
    loop.outs.append(loop.outs.pop(i + 1))
