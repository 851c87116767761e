"""Writes new axes of the derivative's own as one does by hand: np.expand_dims(x, 1) -> x[:, None].

In a loop, np.outer(x, y) of two vectors is x[:, None] * y: NumPy's own function is Python, and takes half as long again.
"""

from __future__ import annotations

from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Atom, Block, Function, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import as_array, rank
from srcdiff.ir.walk import blocks_of

WIDE = 2  # axes before the new one that are written out; before more of them, `...` stands for all


def index_new_axes(function: Function, builder: Builder, primal: set[Var]) -> Function:
    """The function with new axes of arrays of known rank written as indices (changes it in place)."""
    _block(function.body, builder, primal, False)
    return function


def _block(block: Block, builder: Builder, primal: set[Var], repeated: bool) -> None:
    body: list[Stmt] = []
    for stmt in block.body:
        if isinstance(stmt, Op) and stmt.out not in primal:
            if repeated and _of_vectors(stmt):
                body += _with_column(stmt, builder)
            body += _with_index(stmt, builder)
        body.append(stmt)
        for inner in blocks_of(stmt):
            _block(inner, builder, primal, repeated or isinstance(stmt, Loop))
    block.body = body


def _of_vectors(op: Op) -> bool:
    """Whether this is an outer product of a vector with another, or with a list of numbers."""
    return op.fn == "numpy.outer" and not op.kwargs and rank(op.args[0].type) == rank(as_array(op.args[1].type)) == 1


def _with_column(op: Op, builder: Builder) -> list[Stmt]:
    """Make an outer product one with a column; the operations that make the column."""
    with builder.block() as made:
        builder.loc = op.loc
        column = builder.emit("numpy.expand_dims", op.args[0], literal(1))
    op.fn, op.args = "operator.mul", (column, op.args[1])
    _block(made, builder, set(), False)
    return made.body


def _with_index(op: Op, builder: Builder) -> list[Stmt]:
    """Make a new axis an index; the operations that make the index."""
    index = _index(op, builder)
    if index is None:
        return []
    op.fn, op.args = "operator.getitem", (op.args[0], index.results[0])
    return index.body


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
