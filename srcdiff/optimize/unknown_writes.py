"""Writes to what may be another thing: a tuple, which is made anew, or a number, which becomes an array."""

from __future__ import annotations

from srcdiff.analysis.storage_kinds import WRITES, uses_shape_only
from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import Function, Op, Var
from srcdiff.ir.types import Any, Array, rank, surely_array
from srcdiff.ir.walk import statements

VERSIONS = WRITES | {"srcdiff.copy", "numpy.transpose", "numpy.reshape"}


def settle_unknown(function: Function) -> None:
    """Make anew what cannot surely be written to in place."""
    _replace_entries(function)
    _add_to_unknown(function)


def _replace_entries(function: Function) -> None:
    """Make a container anew, where an element is put back into what may be a tuple: t[1] = u fails where t[1][0] = v does not."""
    made = {stmt.out: stmt for stmt in statements(function.body) if isinstance(stmt, Op)}
    for write in made.values():
        if write.fn == "operator.setitem" and isinstance(write.args[0].type, Any) and _puts_back(write, made):
            write.fn = "srcdiff.replaced"


def _add_to_unknown(function: Function) -> None:
    """Make what is added to anew, where it may be a number and its shape is asked for: `x += row` gives it another."""
    asked = {
        atom
        for stmt in statements(function.body)
        if isinstance(stmt, Op)
        for k, atom in enumerate(stmt.args)
        if isinstance(atom.type, Array) and rank(atom.type) is None and uses_shape_only(stmt, k)
    }
    for stmt in statements(function.body) if asked else ():
        if isinstance(stmt, Op) and stmt.fn in ("operator.iadd", "operator.isub") and stmt.args[0] in asked:
            if not surely_array(stmt.args[0].type):
                stmt.fn = stmt.fn.replace(".i", ".")


def _puts_back(write: Op, made: dict[Var, Op]) -> bool:
    """Whether what is written are zeros, or what the container held at the same index, as writes made it."""
    base, index, value = write.args
    while isinstance(value, Var) and value in made:
        op = made[value]
        if op.fn == "operator.getitem":
            return op.args[0] is base and atom_key(op.args[1]) == atom_key(index)
        if op.fn not in VERSIONS:
            return op.fn in ("srcdiff.zeros_like", "numpy.zeros_like")
        value = op.args[0]
    return False
