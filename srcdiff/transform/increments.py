"""Writes that add to what they replace: `x[i] = x[i] + v` is pulled back as `x[i] += v` is.

v_bar = x_bar[i], and x_bar stays as it is: nothing is cleared, to be added again.
"""

from __future__ import annotations

from srcdiff.ir.builder import Builder, atom_key
from srcdiff.ir.nodes import Atom, Op, Var
from srcdiff.ir.types import Array, is_scalar
from srcdiff.transform.cotangents import Cotangents, fit_write

SUMS = ("operator.add", "operator.sub")


def increment(write: Op, builder: Builder) -> tuple[Op, int] | None:
    """The sum that is written to where one of its operands was read, and which operand is the other one."""
    x, index, value = write.args
    total = builder.definition.get(value) if isinstance(value, Var) else None
    if total is None or total.fn not in SUMS or not isinstance(x.type, Array) and not is_scalar(total.out.type):
        return None
    for k in range(1 if total.fn == "operator.sub" else 2):
        read = builder.defined_by(total.args[k], "operator.getitem")
        if read is not None and read.args[0] is x and atom_key(read.args[1]) == atom_key(index):
            return total, 1 - k
    return None


def pull_increment(write: Op, bar: Atom, bars: Cotangents, active: dict[Var, None]) -> bool:
    """Give what is added the cotangent of the place that it is added to; whether the write adds to what it replaces."""
    found = increment(write, bars.builder)
    if (
        found is None or found[0].out not in bars.inside
    ):  # what is outside of a branch or a loop receives by the sum alone
        return False
    total, k = found
    operand = total.args[k]
    if isinstance(operand, Var) and operand in active:
        got = bars.builder.emit("operator.getitem", bar, write.args[1])
        got = bars.builder.emit("operator.neg", got) if total.fn == "operator.sub" else got
        bars.receive(operand, fit_write(bars, got, operand))  # the sum is as large
    return True
