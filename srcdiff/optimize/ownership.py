"""What functions of one program own: results that share nothing with arguments, numbers that nobody can change.

x_bar = f_reverse(x, residuals, y_bar); return x_bar.copy()   ->   return x_bar, where f_reverse makes it anew

Taken to hold of every function first, and given up where a function's own text says otherwise, until nothing changes.
"""

from __future__ import annotations

from srcdiff.analysis.aliases import OUTSIDE, Sharing, sharing
from srcdiff.ir.nodes import Atom, Call, Function, If, Op, Program, Stmt, Var
from srcdiff.ir.types import is_scalar
from srcdiff.ir.walk import outs, statements

MADE_OF_ENTRIES = {  # which arguments of what makes a container it holds
    "tuple": slice(None),
    "list": slice(None),
    "dict": slice(1, None, 2),
    "srcdiff.complete": slice(1),
    "srcdiff.with_fields": slice(1, 2),
}


def settle_ownership(program: Program) -> None:
    """Note on calls whether their results are apart, on parameters whether they are plain numbers (changes the program in place)."""
    called = {name: f for name, f in program.functions.items() if name != program.main}
    if not called:
        return
    calls = {name: [s for s in statements(f.body) if isinstance(s, Call)] for name, f in program.functions.items()}
    every = [call for inner in calls.values() for call in inner]
    for function in called.values():
        for param in function.params:
            param.own = param.own or is_scalar(param.var.type)
    for call in every:
        call.apart = call.callee in called
    settled = False
    while not settled:
        settled = True
        for name, function in program.functions.items():
            shared = sharing(function)
            settled = _give_up_numbers(calls[name], program, shared) and settled
            if name in called and not _apart(function, shared):
                mine = [call for call in every if call.callee == name and call.apart]
                for call in mine:
                    call.apart = False
                settled = settled and not mine


def _give_up_numbers(calls: list[Call], program: Program, shared: Sharing) -> bool:
    """A parameter that is given what may be an array of no dimension is not its function's own; whether there is none."""
    settled = True
    for call in calls:
        for param, arg in zip(program.functions[call.callee].params, call.args):
            if param.own and is_scalar(param.var.type) and shared.of(arg):
                param.own = settled = False
    return settled


def _apart(function: Function, shared: Sharing) -> bool:
    """Whether a function's results share nothing with what its callers have, and hold each object once."""
    made = {out: stmt for stmt in statements(function.body) for out in outs(stmt)}
    given: int | None = OUTSIDE
    for result in function.body.results:
        given = None if given is None else _given(result, given, made, shared)
    return given is not None


def _given(atom: Atom, given: int, made: dict[Var, Stmt], shared: Sharing) -> int | None:
    """What has been given when this has been, too; None where it shares something with what was given before."""
    match made.get(atom) if isinstance(atom, Var) else None:
        case Op(fn, args) if fn in MADE_OF_ENTRIES:
            for entry in args[MADE_OF_ENTRIES[fn]]:
                found = _given(entry, given, made, shared)
                if found is None:
                    return None
                given = found
            return given
        case If(_, then, orelse, results):
            k = results.index(atom)  # type: ignore[arg-type]
            arms = [_given(arm.results[k], given, made, shared) for arm in (then, orelse)]
            return None if arms[0] is None or arms[1] is None else arms[0] | arms[1]
    if shared.of(atom) & given:
        return None
    return given | shared.bits.get(atom, 0) if isinstance(atom, Var) else given
