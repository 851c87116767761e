"""Loops as people write them: over the elements where the index only serves to read them.

    for i in range(len(xs)): x = xs[i]   ->   for x in xs
"""

from __future__ import annotations

from srcdiff.analysis.aliases import OUTSIDE, WRITES, Sharing
from srcdiff.ir.nodes import Atom, Function, Iter, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import Array, Sequence, rank
from srcdiff.ir.walk import blocks_of, definitions, operands, statements, substitute


def tidy_loops(function: Function, sharing: Sharing) -> None:
    """Walk sequences by their elements, and let the test of a `while` read what the body carries (changes the function)."""
    made = {stmt.out: stmt for stmt in statements(function.body) if isinstance(stmt, Op)}
    for stmt in list(statements(function.body)):
        if isinstance(stmt, Loop):
            if stmt.cond is not None:
                substitute(stmt.cond, dict(zip(stmt.cond.params, stmt.carried)))
                stmt.cond.params = []
            _walk_elements(stmt, made, sharing)


def range_bounds(atom: Atom, made: dict[Var, Op]) -> tuple[Atom, ...] | None:
    op = made.get(atom) if isinstance(atom, Var) else None
    return op.args if op is not None and op.fn == "builtins.range" else None


def length_of(atom: Atom, made: dict[Var, Op]) -> Atom | None:
    """xs, where the atom is len(xs) or xs.shape[0]."""
    op = made.get(atom) if isinstance(atom, Var) else None
    if op is None:
        return None
    if op.fn == "builtins.len":
        return op.args[0]
    if op.fn == "operator.getitem" and isinstance(op.args[1], Lit) and op.args[1].value == 0:
        shape = made.get(op.args[0]) if isinstance(op.args[0], Var) else None
        if shape is not None and shape.fn == "getattr" and isinstance(shape.args[1], Lit) and shape.args[1].value == "shape":
            return shape.args[0]
    return None


def counts(walked: Iter, made: dict[Var, Op]) -> Atom | None:
    """xs, where `walked` is range(len(xs))."""
    bounds = range_bounds(walked.seq, made)
    if bounds is None or not (len(bounds) == 1 or (len(bounds) == 2 and isinstance(bounds[0], Lit) and bounds[0].value == 0)):
        return None
    return length_of(bounds[-1], made)


def _walk_elements(loop: Loop, made: dict[Var, Op], sharing: Sharing) -> None:
    if len(loop.iters) != 1:
        return
    seq, index = counts(loop.iters[0], made), loop.targets[0]
    if not isinstance(seq, Var) or not _indexable(seq):
        return
    uses = [s for s in statements(loop.body) if index in operands(s)]
    reads = [s for s in uses if isinstance(s, Op) and s.fn == "operator.getitem" and s.args == (seq, index)]
    if not reads or len(reads) != len(uses) or index in _results(loop) or _written(seq, loop, sharing):
        return
    if any(s not in loop.body.body for s in reads) or seq in definitions(loop.body):
        return
    element = reads[0].out
    loop.body.params[0] = element
    loop.iters[0] = Iter(seq, loop.iters[0].reverse)
    for read in reads:
        loop.body.body.remove(read)
        if read.out is not element:
            substitute(loop.body, {read.out: element})
            element.hint = element.hint or read.out.hint
    if not element.hint:
        element.hint = _singular(seq.hint)


def _indexable(seq: Var) -> bool:
    return isinstance(seq.type, Sequence) or (isinstance(seq.type, Array) and (rank(seq.type) or 0) > 0)


def _singular(name: str) -> str:
    """x for xs: what one would call an element."""
    return name[:-1] if len(name) > 1 and name.endswith("s") else ""


def _results(loop: Loop) -> list[Atom]:
    found: list[Atom] = []
    stack = [loop.body]
    while stack:
        block = stack.pop()
        found += block.results
        for stmt in block.body:
            stack += blocks_of(stmt)
    return found


def _written(seq: Var, loop: Loop, sharing: Sharing) -> bool:
    stmts: list[Stmt] = list(statements(loop.body))
    return any(isinstance(s, Op) and s.fn in WRITES and sharing.of(s.args[0]) & sharing.of(seq) & ~OUTSIDE for s in stmts)
