"""Leaves out factors of one and terms of zero.

for ...: x_bar[i] += s_bar * y   ->   for ...: x_bar[i] += y        where s_bar turns out to be 1.0 throughout
x_bar[i] = 0.0; x_bar[i] += y    ->   x_bar[i] = y
x_bar + s_bar                    ->   x_bar - 1.0           where s_bar turns out to be -1.0
"""

from __future__ import annotations

from srcdiff.analysis.shapes import infer
from srcdiff.ir.builder import Builder
from srcdiff.ir.nodes import Atom, Function, Lit, Op, Var
from srcdiff.ir.walk import statements, substitute, use_counts
from srcdiff.optimize.rewrite import EXACT, below_zero

OPPOSITE = {"operator.add": "operator.sub", "operator.sub": "operator.add"}
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
                minus = below_zero(op.args[1])
                if minus is not None and op.fn in OPPOSITE:
                    op.fn, op.args = OPPOSITE[op.fn], (op.args[0], minus)
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


def write_once(function: Function, primal: set[Var]) -> None:
    """Write to an element what is added to it after it was set to zero (in place)."""
    ops = [s for s in statements(function.body) if isinstance(s, Op) and s.fn in ("operator.setitem", "srcdiff.addto")]
    zeroed = {op.out: op for op in ops if op.fn == "operator.setitem" and _is_zero(op.args[2]) and op.out not in primal}
    if not zeroed:
        return
    counts = use_counts(function)
    for op in ops:
        whole = op.args[0]
        before = zeroed.get(whole) if op.fn == "srcdiff.addto" and isinstance(whole, Var) else None
        if before is not None and counts[before.out] == 1 and before.args[1] is op.args[1]:
            op.fn, op.args = "operator.setitem", (before.args[0], *op.args[1:])


def _is_zero(atom: Atom) -> bool:
    return isinstance(atom, Lit) and isinstance(atom.value, (int, float)) and atom.value == 0
