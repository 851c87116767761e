"""Values that must be numbers, because only elementwise operations lead from them to an output that is one.

total = total + (w @ x - y) ** 2; return total   ->   total and w @ x - y are numbers, whatever w, x and y are
"""

from __future__ import annotations

from srcdiff.analysis.evidence import NUMBERS, Evidence
from srcdiff.ir.nodes import Atom, Function, Lit, Op, Var
from srcdiff.ir.types import Any, Array, is_scalar
from srcdiff.rules import RULES


def take_as_numbers(function: Function) -> None:
    """Narrow the types of the values that lead to the function's one result, which is known to be a number."""
    evidence = Evidence(function)
    todo: list[Atom] = list(function.body.results)
    seen: set[Var] = set()
    while todo:
        atom = todo.pop()
        if not isinstance(atom, Var) or atom in seen:
            continue
        seen.add(atom)
        _narrow(atom)
        op = evidence.definition.get(atom)
        if op is None:
            todo += evidence.source.get(atom, [])
        elif _is_elementwise(op):
            if op.fn == "operator.iadd":
                op.fn = "operator.add"  # of numbers
            todo += op.args
    _flow_on(evidence)


def _narrow(var: Var) -> None:
    t = var.type
    if isinstance(t, Any) or isinstance(t, Array) and not is_scalar(t):
        var.type = Array(t.dtype if isinstance(t, Array) else None, ())


def _is_elementwise(op: Op) -> bool:
    rule = RULES.get(op.fn)
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
