"""Values that must be numbers, because only elementwise operations lead from them to an output that is one.

total = total + (w @ x - y) ** 2; return total   ->   total and w @ x - y are numbers, whatever w, x and y are

Only what leads there on every path is one for sure: `x * 2.0 if is_number(x) else np.sum(x)` says nothing of x.
"""

from __future__ import annotations

from srcdiff.analysis.evidence import NUMBERS, Evidence, is_extremum
from srcdiff.ir.nodes import Atom, Function, If, Lit, Op, Var
from srcdiff.ir.types import Any, Array, is_scalar
from srcdiff.ir.walk import definitions, statements
from srcdiff.rules import RULES


def take_as_numbers(function: Function) -> None:
    """Narrow the types of the values that lead to the function's one result, which is known to be a number."""
    evidence = Evidence(function)
    _Narrowing(function, evidence).walk([(result, False) for result in function.body.results], None)
    _flow_on(evidence)


class _Narrowing:
    def __init__(self, function: Function, evidence: Evidence) -> None:
        self.evidence = evidence
        ifs = [stmt for stmt in statements(function.body) if isinstance(stmt, If)]
        self.branches = {out: (stmt, k) for stmt in ifs for k, out in enumerate(stmt.outs)}
        self.parameters = {p.var for p in function.params}
        self.seen: set[Var] = set()

    def walk(self, todo: list[tuple[Atom, bool]], within: set[Var] | None) -> dict[Var, bool]:
        """Narrow what leads to values in a region, each with whether a loop lies between; what is outside of it."""
        outside: dict[Var, bool] = {}
        while todo:
            atom, looped = todo.pop()
            if not isinstance(atom, Var) or atom in self.seen:
                continue
            if within is not None and atom not in within:
                outside[atom] = outside.get(atom, True) and looped
                continue
            if looped and atom in self.parameters:
                continue  # the loop may not run at all
            self.seen.add(atom)
            _narrow(atom)
            op = self.evidence.definition.get(atom)
            if atom in self.branches:
                stmt, k = self.branches[atom]
                then, orelse = (
                    self.walk([(arm.results[k], looped)], set(definitions(arm))) for arm in (stmt.then, stmt.orelse)
                )
                todo += [(var, looped or orelse[var]) for var, looped in then.items() if var in orelse]
            elif op is None:
                todo += [(source, True) for source in self.evidence.source.get(atom, [])]
            elif _is_elementwise(op):
                if op.fn == "operator.iadd":
                    op.fn = "operator.add"  # of numbers
                todo += [(arg, looped) for arg in op.args]
        return outside


def _narrow(var: Var) -> None:
    t = var.type
    if isinstance(t, Any) or isinstance(t, Array) and not is_scalar(t):
        var.type = Array(t.dtype if isinstance(t, Array) else None, ())


def _is_elementwise(op: Op) -> bool:
    rule = RULES.get(op.fn)
    if is_extremum(op):
        return False
    known = op.fn in NUMBERS or op.fn in ("operator.iadd", "srcdiff.copy")
    return known or rule is not None and rule.kind == "elementwise"


def _flow_on(evidence: Evidence) -> None:
    """What branches and loops give is a number where all that flows there is one, or nothing."""
    changed = True
    while changed:
        changed = False
        for var, sources in evidence.source.items():
            numbers = [is_scalar(s.type) for s in sources if not isinstance(s, Lit) or is_scalar(s.type)]
            if not is_scalar(var.type) and numbers and all(numbers):
                _narrow(var)
                changed = is_scalar(var.type) or changed
