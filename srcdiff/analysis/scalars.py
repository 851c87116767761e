"""Values that must be numbers, because only elementwise operations lead from them to an output that is one.

total = total + (w @ x - y) ** 2; return total   ->   total and w @ x - y are numbers, whatever w, x and y are

Only what leads there on every path is one for sure: `x * 2.0 if is_number(x) else np.sum(x)` says nothing of x. What is an
array for sure stays one: the function that returns it on one of its paths fails there.

A function that stays one gives a number where every call of it leads to the output of a function that does: what
`weigh(left) + weigh(right)` gives is a number, and so is what these two give, by induction over the calls.
"""

from __future__ import annotations

from srcdiff.analysis.evidence import NUMBERS, Evidence, is_extremum
from srcdiff.ir.nodes import Atom, Block, Call, Function, If, Lit, Loop, Op, Program, Var
from srcdiff.ir.types import Any, Array, is_scalar, surely_array
from srcdiff.ir.walk import definitions, outs, statements
from srcdiff.rules import RULES


def take_as_numbers(program: Program) -> None:
    """Narrow the types of the values that lead to the main function's one result, which is known to be a number."""
    calls = {name: [s for s in statements(f.body) if isinstance(s, Call)] for name, f in program.functions.items()}
    called = {call.callee for inner in calls.values() for call in inner}
    leading = {name: _Leading(f) for name, f in program.functions.items()} if called else {}
    found = _numbers(calls, leading) if called else {program.main}
    for name, function in program.functions.items():
        if name not in found:
            continue
        evidence = Evidence(function)
        if name in called:
            for var in leading[name].found:
                _narrow(var)
        else:
            for call in calls[name]:
                if call.callee in found:
                    _narrow(call.outs[0])
            _Narrowing(function, evidence).walk([(result, False) for result in function.body.results], None)
        _flow_on(evidence)


def _numbers(calls: dict[str, list[Call]], leading: dict[str, _Leading]) -> set[str]:
    """The functions that give a number where the main function does."""
    found = set(leading)
    while True:
        doubtful = {
            call.callee
            for name, inner in calls.items()
            for call in inner
            if name not in found or call not in leading[name].calls
        }
        if not doubtful & found:
            return found
        found -= doubtful


class _Leading:
    """The values, those of calls too, that surely are numbers if a function's one result is."""

    def __init__(self, function: Function) -> None:
        self.made = {out: stmt for stmt in statements(function.body) for out in outs(stmt)}
        self.found: dict[Var, None] = {}
        self.calls: set[Call] = set()
        if len(function.body.results) == 1:
            outside = self._walk(function.body.results[0], function.body, self.found)
            self.found.update(dict.fromkeys(p.var for p in function.params if p.var in outside))
        self.calls = {stmt for stmt in map(self.made.get, self.found) if isinstance(stmt, Call)}

    def _walk(self, result: Atom, block: Block, found: dict[Var, None]) -> set[Var]:
        """Note what leads to a result of a block; what of it is from outside."""
        inside, outside, todo = set(definitions(block)), set(), [result]
        while todo:
            atom = todo.pop()
            if not isinstance(atom, Var) or atom in found or surely_array(atom.type):
                continue
            if atom not in inside:
                outside.add(atom)
                continue
            found[atom] = None
            match self.made.get(atom):
                case Op() as op if _is_elementwise(op):
                    todo += op.args
                case If(_, then, orelse, results):
                    k = results.index(atom)
                    todo += self._walk(then.results[k], then, found) & self._walk(orelse.results[k], orelse, found)
                case Loop() as loop:
                    self._loop(loop, loop.outs.index(atom) - 1, todo, found)
        return outside

    def _loop(self, loop: Loop, k: int, todo: list[Atom], found: dict[Var, None]) -> None:
        """What each iteration calculates of what the one before gave is a number in all of them if it is in the last."""
        if not 0 <= k < len(loop.inits):
            return
        within: dict[Var, None] = {}
        self._walk(loop.body.results[k + 1], loop.body, within)
        if loop.carried[k] in within:
            found.update(within)
            todo.append(loop.inits[k])


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
            if not isinstance(atom, Var) or atom in self.seen or surely_array(atom.type):
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
