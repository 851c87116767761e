"""Clears a part of a cotangent after its last use, so that it need not be copied before.

v_bar = y_bar[1:-1].copy(); y_bar[1:-1] = 0.0; x_bar += v_bar   ->   v_bar = y_bar[1:-1]; x_bar += v_bar; y_bar[1:-1] = 0.0
"""

from __future__ import annotations

from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import Atom, Block, Function, Lit, Op, Var
from srcdiff.ir.types import surely_array
from srcdiff.ir.walk import blocks_of, reads


def clear_late(function: Function, primal: set[Var]) -> None:
    """Move the derivative's writes of zeros down in their blocks (in place), behind the reads of what they clear."""
    _visit(function.body, primal)


def _visit(block: Block, primal: set[Var]) -> None:
    for stmt in list(block.body):
        for inner in blocks_of(stmt):
            _visit(inner, primal)
        if isinstance(stmt, Op) and stmt.fn == "operator.setitem" and stmt.out not in primal and _is_zero(stmt.args[2]):
            _delay(block, stmt)


def _is_zero(atom: Atom) -> bool:
    return isinstance(atom, Lit) and atom.value == 0


def _delay(block: Block, clear: Op) -> None:
    at = block.body.index(clear)
    base, index = clear.args[0], atom_key(clear.args[1])
    views = {s.out for s in block.body[:at] if isinstance(s, Op) and _is_view(s, base, index)}
    if not views or not views.isdisjoint(block.results):
        return
    rest = block.body[at + 1 :]
    free = next((k for k, s in enumerate(rest) if not {clear.out, base}.isdisjoint(reads(s))), len(rest))
    last = max((k for k, s in enumerate(rest) if not views.isdisjoint(reads(s))), default=-1)
    if 0 <= last < free:
        block.body.insert(at + free, block.body.pop(at))


def _is_view(read: Op, base: Atom, index: object) -> bool:
    same = read.fn == "operator.getitem" and read.args[0] is base and atom_key(read.args[1]) == index
    return same and surely_array(read.out.type)
