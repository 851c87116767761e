"""Joins branches on one test: the primal's branch and its adjoint's become one.

if t: u = x * x                 if t:
else: u = x            ->           x_bar = 2 * x
if t: x_bar = 2 * x             else:
else: x_bar = 1                     x_bar = 1
"""

from __future__ import annotations

from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import Atom, Block, Function, If, Stmt, Var
from srcdiff.ir.walk import blocks_of, outs, reads, substitute
from srcdiff.optimize.dead import has_effect


def fuse_branches(function: Function) -> Function:
    """The function with its neighbouring branches on equal tests joined (changes it in place)."""
    _fuse(function.body)
    return function


def _fuse(block: Block) -> None:
    i = 0
    while i < len(block.body):
        first = block.body[i]
        if isinstance(first, If):
            found = _partner(block.body, i)
            if found is not None:
                _join(block, i, found)
                continue
        i += 1
    for stmt in block.body:
        for inner in blocks_of(stmt):
            _fuse(inner)


def _partner(body: list[Stmt], i: int) -> int | None:
    """The next branch on the same test that can be moved up to the one at `i`."""
    first = body[i]
    assert isinstance(first, If)
    late = set(first.outs)  # what is known only after the first branch, but for what its arms know
    for j in range(i + 1, len(body)):
        stmt = body[j]
        if isinstance(stmt, If) and atom_key(stmt.test) == atom_key(first.test):
            own = set(first.outs)
            return None if any(v in late and v not in own for v in reads(stmt)) else j
        if has_effect(stmt):
            return None
        if any(v in late for v in reads(stmt)):
            late.update(outs(stmt))
    return None


def _join(block: Block, i: int, j: int) -> None:
    first, second = block.body[i], block.body[j]
    assert isinstance(first, If) and isinstance(second, If)
    late = set(first.outs)
    before, after = [], []
    for stmt in block.body[i + 1 : j]:
        if any(v in late for v in reads(stmt)):
            late.update(outs(stmt))
            after.append(stmt)
        else:
            before.append(stmt)
    for arm, other in ((first.then, second.then), (first.orelse, second.orelse)):
        known: dict[Var, Atom] = dict(zip(first.outs, arm.results))
        substitute(other, known)
        arm.body += other.body
        arm.results += other.results
    first.outs += second.outs
    block.body[i : j + 1] = [*before, first, *after]
