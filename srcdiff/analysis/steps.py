"""Factors of what is added to a state: numbers or arrays of the state's shape, so that the state keeps its own.

    y = y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

A step is a number mostly, but there may be one for each component. That is what is asserted, and all that needs to be known.
"""

from __future__ import annotations

from srcdiff.analysis.evidence import Evidence
from srcdiff.analysis.ranks import Ranks
from srcdiff.ir.nodes import Atom, Op, Var
from srcdiff.ir.types import rank

PRODUCTS = frozenset({"operator.mul", "operator.truediv"})
SUMS = frozenset({"operator.add", "operator.sub", "operator.iadd"})


class Steps:
    """The arguments that are factors only, each with the argument that a variable to which it is added starts from."""

    def __init__(self, evidence: Evidence, ranks: Ranks) -> None:
        self.evidence, self.ranks = evidence, ranks
        self.starts: dict[Atom, Var] = {}  # what a loop carries, and the argument that it starts from
        params = {p.var for p in evidence.function.params}
        for var, sources in evidence.source.items():
            start = next((s for s in sources if s in params), None)
            if isinstance(start, Var):
                self.starts[var] = start
        changed = True
        while changed:  # of a loop within a loop
            new = {v: self.starts[s] for v, sources in evidence.source.items() for s in sources[:1] if s in self.starts}
            changed = bool(new.keys() - self.starts.keys())
            self.starts = new | self.starts

    def state(self, factor: Var) -> Var | None:
        """The argument whose shape a factor has, if it is no number; None where it may be anything."""
        todo, seen, found = [factor], {factor}, dict[Var, None]()
        while todo:
            var = todo.pop()
            for stmt, k in self.evidence.uses.get(var, []):
                if not isinstance(stmt, Op) or not self._scales(stmt, var, k):
                    return None
                found |= dict.fromkeys(self._added_to(stmt.out))
                if self._is_number(stmt, k) and stmt.out not in seen:
                    seen.add(stmt.out)
                    todo.append(stmt.out)
        states = [q for q in found if rank(q.type) == 1]  # of a matrix, the rows may have one each, or the columns
        return states[0] if len(found) == 1 and states else None

    def _scales(self, op: Op, var: Var, k: int) -> bool:
        if op.fn == "operator.pow":
            return k == 0 and rank(op.args[1].type) == 0
        return op.fn == "operator.neg" or op.fn in PRODUCTS and op.args[0] is not op.args[1]

    def _is_number(self, op: Op, k: int) -> bool:
        """Whether all but one operand are numbers, so that the result is a factor like it."""
        return all(i == k or self.ranks.known(a) == 0 for i, a in enumerate(op.args))

    def _added_to(self, var: Var, depth: int = 0) -> list[Var]:
        """The arguments from which the variables start that a product is added to."""
        found: list[Var] = []
        for stmt, k in self.evidence.uses.get(var, []) if depth < 4 else ():
            if isinstance(stmt, Op) and stmt.fn in SUMS and len(stmt.args) == 2:
                other = stmt.args[1 - k]
                found += [self.starts[other]] if other in self.starts else []
            elif isinstance(stmt, Op) and stmt.fn in PRODUCTS:
                found += self._added_to(stmt.out, depth + 1)
        return found
