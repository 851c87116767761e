"""Writes new axes of the derivative's own as one does by hand: np.expand_dims(x, 1) -> x[:, None]."""

from __future__ import annotations

from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Atom, Block, Function, Lit, Op, Stmt, Var
from srcdiff.ir.types import rank
from srcdiff.ir.walk import blocks_of

WIDE = 2  # axes before the new one that are written out; before more of them, `...` stands for all


def index_new_axes(function: Function, builder: Builder, primal: set[Var]) -> Function:
    """The function with new axes of arrays of known rank written as indices (changes it in place)."""
    _block(function.body, builder, primal)
    return function


def _block(block: Block, builder: Builder, primal: set[Var]) -> None:
    body: list[Stmt] = []
    for stmt in block.body:
        index = _index(stmt, builder) if isinstance(stmt, Op) and stmt.out not in primal else None
        if isinstance(stmt, Op) and index is not None:
            body += index.body
            stmt.fn, stmt.args = "operator.getitem", (stmt.args[0], index.results[0])
        body.append(stmt)
        for inner in blocks_of(stmt):
            _block(inner, builder, primal)
    block.body = body


def _index(op: Op, builder: Builder) -> Block | None:
    """The operations that make the index, where the array surely has a dimension."""
    ndim = rank(op.args[0].type) if op.fn == "numpy.expand_dims" and len(op.args) == 2 else None
    axis = op.args[1] if ndim else None
    if not ndim or not isinstance(axis, Lit) or not isinstance(axis.value, int) or op.kwargs:
        return None
    before = axis.value % (ndim + 1)
    if before > WIDE and before != ndim:
        return None
    with builder.block() as made:
        builder.loc = op.loc
        none = literal(None)
        whole: list[Atom] = [literal(...)] if before > WIDE else []
        whole = whole or [builder.emit("slice", none, none, none) for _ in range(before)]
        made.results = [builder.emit("tuple", *whole, none) if whole else none]
    return made
