"""Leaves out factors of one and terms of zero that only appear when a loop's value turns out to be a constant.

for ...: x_bar[i] += s_bar * y   ->   for ...: x_bar[i] += y        where s_bar is 1.0 throughout
"""

from __future__ import annotations

from srcdiff.analysis.shapes import infer
from srcdiff.ir.builder import Builder
from srcdiff.ir.nodes import Atom, Function, Lit, Op, Var
from srcdiff.ir.walk import statements, substitute
from srcdiff.optimize.rewrite import EXACT

TRIED = ("operator.mul", "operator.truediv", "operator.add", "operator.sub")


def drop_neutral(function: Function, primal: set[Var]) -> Function:
    """The function without the derivative's own operations that change nothing (changes it in place)."""
    builder = Builder(infer)
    changed = True
    while changed:
        known: dict[Var, Atom] = {}
        for op in statements(function.body):
            if (
                isinstance(op, Op)
                and op.fn in TRIED
                and op.out not in primal
                and any(isinstance(a, Lit) for a in op.args)
            ):
                same = EXACT[op.fn](builder, *op.args)
                if same is not None and same.type == op.out.type:
                    known[op.out] = same
        for var, atom in known.items():
            while isinstance(atom, Var) and atom in known:
                atom = known[atom]
            known[var] = atom
        substitute(function.body, known)
        changed = bool(known)
        for stmt in statements(function.body):  # what was replaced is dead; it is not tried again
            if isinstance(stmt, Op) and stmt.out in known:
                stmt.fn, stmt.args = "tuple", ()
    return function
