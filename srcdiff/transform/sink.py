"""What is pulled back within one arm of a branch, since only that arm hands it a cotangent.

    r_new = f(r)               if not below:
    if below: break     ->         r_bar = f'(r) * r_bar
    r = r_new

Else the other arm would hand on zeros, and what comes before the branch would be pulled back through them.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from srcdiff.analysis.activity import differentiated
from srcdiff.ir.nodes import Op, Stmt, Var
from srcdiff.ir.types import Array, is_scalar, rank
from srcdiff.ir.walk import outs
from srcdiff.transform.cotangents import Cotangents

Reached = dict[Var, None]
MOST = 40  # statements before a branch that are looked at


class _Zeros:
    """What only one arm gives a cotangent, so that the other arm has to make zeros, and what these cost."""

    def __init__(self, reached: tuple[Reached, Reached], bars: Cotangents) -> None:
        self.reached, self.bars = reached, bars
        self.arm = {v: i for i in (0, 1) for v in reached[i] if v not in reached[1 - i] and not bars.has(v)}

    def replace(self, var: Var, operands: Reached) -> int:
        """Let an operation's operands be reached in place of its result; the arm that reaches them."""
        i = self.arm.pop(var)
        own, other = self.reached[i], self.reached[1 - i]
        del own[var]
        own.update(operands)
        self.arm.update({v: i for v in operands if v not in other and not self.bars.has(v)})
        for v in operands:
            if v in other:
                self.arm.pop(v, None)
        return i

    def cost(self) -> tuple[int, int, int]:
        arrays = [v for v in self.arm if not is_scalar(v.type)]
        return len(self.arm), len(arrays), sum(rank(v.type) or 1 for v in arrays)


def sink(
    earlier: Iterable[Stmt], reached: tuple[Reached, Reached], active: Reached, bars: Cotangents
) -> tuple[list[Stmt], list[Stmt]]:
    """The operations before a branch that each arm pulls back by itself, in order; `earlier` goes backwards.

    `reached` holds what each arm gives a cotangent; of what is pulled back there, the operands take its place (in place).
    """
    first = reached[0].copy(), reached[1].copy()
    zeros = _Zeros(reached, bars)
    chosen: list[tuple[int, Op]] = []
    least, good = zeros.cost(), 0
    shared: set[Var] = set()  # what other statements give a cotangent, too
    for stmt in islice(earlier, MOST):
        if not zeros.arm:
            break
        own = [v for v in outs(stmt) if v in reached[0] or v in reached[1] or v in shared or bars.has(v)]
        if not own:
            continue
        if not isinstance(stmt, Op):
            break
        operands = dict.fromkeys(a for a in differentiated(stmt) if isinstance(a, Var) and a in active)
        if stmt.out not in zeros.arm or stmt.out in shared or not _is_of_arrays(stmt, operands):
            shared.update(operands)
            continue
        chosen.append((zeros.replace(stmt.out, operands), stmt))
        if all(now <= before for now, before in zip(zeros.cost(), least)):
            least, good = zeros.cost(), len(chosen)
    for arm, before in zip(reached, first):
        arm.clear()
        arm.update(before)
    sunk: tuple[list[Stmt], list[Stmt]] = [], []
    for i, op in chosen[:good]:
        sunk[i].insert(0, op)
        del reached[i][op.out]
        reached[i].update(dict.fromkeys(a for a in differentiated(op) if isinstance(a, Var) and a in active))
    return sunk


def _is_of_arrays(op: Op, operands: Reached) -> bool:
    """Whether the cotangents are arrays: those of containers come apart."""
    return all(isinstance(v.type, Array) for v in (op.out, *operands))
