"""Values that must be numbers, because only elementwise operations lead from them to an output that is one.

total = total + (w @ x - y) ** 2; return total   ->   total and w @ x - y are numbers, whatever w, x and y are

Only what leads there on every path is one for sure: `x * 2.0 if is_number(x) else np.sum(x)` says nothing of x. What is an
array for sure stays one: the function that returns it on one of its paths fails there.

A function that stays one gives a number where every call of it leads to the output of a function that does: what
`weigh(left) + weigh(right)` gives is a number, and so is what these two give, by induction over the calls.
"""

from __future__ import annotations

from srcdiff.analysis.evidence import NUMBERS, WRITES, Evidence, is_extremum
from srcdiff.ir.nodes import Atom, Call, Function, If, Lit, Loop, Op, Program, Var
from srcdiff.ir.types import Any, Array, Sequence, Tuple, is_scalar, surely_array
from srcdiff.ir.walk import definitions, outs, statements
from srcdiff.rules import RULES


def take_as_numbers(program: Program) -> None:
    """Narrow the types of the values that lead to the main function's one result, which is known to be a number."""
    calls = {name: [s for s in statements(f.body) if isinstance(s, Call)] for name, f in program.functions.items()}
    leading = {name: _Leading(f) for name, f in program.functions.items()}
    for name in _numbers(calls, leading):
        for var in leading[name].found:
            _narrow(var)
        for op in statements(program.functions[name].body):
            if isinstance(op, Op) and op.fn == "operator.iadd" and op.out in leading[name].found:
                op.fn = "operator.add"  # of numbers
        _flow_on(Evidence(program.functions[name]))


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
        self.parameters = {p.var for p in function.params}
        self.found: dict[Var, None] = {}
        if len(function.body.results) == 1:
            self._walk([(function.body.results[0], False)], None, self.found)
        self.calls = {stmt for stmt in map(self.made.get, self.found) if isinstance(stmt, Call)}

    def _walk(self, todo: list[tuple[Atom, bool]], within: set[Var] | None, found: dict[Var, None]) -> dict[Var, bool]:
        """Note what leads to values in a region, each with whether a loop lies between; what is outside of it."""
        outside: dict[Var, bool] = {}
        while todo:
            atom, looped = todo.pop()
            if not isinstance(atom, Var) or atom in found or surely_array(atom.type) or self._has_elements(atom):
                continue
            if within is not None and atom not in within:
                outside[atom] = outside.get(atom, True) and looped
                continue
            if looped and atom in self.parameters:
                continue  # the loop may not run at all
            found[atom] = None
            match self.made.get(atom):
                case Op() as op if _is_elementwise(op):
                    todo += [(arg, looped) for arg in op.args]
                case If(_, then, orelse, results):
                    k = results.index(atom)
                    on_one, on_other = (
                        self._walk([(arm.results[k], looped)], set(definitions(arm)), found) for arm in (then, orelse)
                    )
                    todo += [(var, on_one[var] or on_other[var]) for var in on_one if var in on_other]
                case Loop() as loop:
                    todo += self._loop(loop, loop.outs.index(atom) - 1, looped, found)
        return outside

    def _has_elements(self, var: Var) -> bool:
        """Whether it was written to, or made of a list."""
        made = self.made.get(var)
        if not isinstance(made, Op):
            return False
        return made.fn in WRITES or made.fn == "numpy.array" and isinstance(made.args[0].type, Sequence | Tuple)

    def _loop(self, loop: Loop, k: int, looped: bool, found: dict[Var, None]) -> list[tuple[Atom, bool]]:
        """What each iteration calculates of what the one before gave is a number in all of them if it is in the last.

        Of what comes to be the result by being swapped, `a, b = b, a`, the last iteration says nothing."""
        if not 0 <= k < len(loop.inits):
            return []
        within: dict[Var, None] = {}
        outside = self._walk([(loop.body.results[k + 1], True)], set(definitions(loop.body)), within)
        if loop.carried[k] not in within:
            return []
        found.update(within)
        others = [init for init, carried in zip(loop.inits, loop.carried) if carried in within]
        return [(loop.inits[k], looped), *((atom, True) for atom in (*outside, *others))]


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
