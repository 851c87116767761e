"""What functions of one program hand to each other: arguments, results and residuals that nobody needs are left out.

y, residuals = f_forward(x, n); x_bar = f_reverse(x, n, residuals, y_bar)   ->   x_bar = f_reverse(x, n, y_bar)

Needed is what the results of the main function are made of, through calls. A residual that only serves to hand itself down
the recursion is not.
"""

from __future__ import annotations

from srcdiff.analysis.aliases import RESIDUALS
from srcdiff.ir.nodes import Block, Call, Function, Lit, Op, Program, Var
from srcdiff.ir.walk import blocks_of, statements
from srcdiff.optimize.dead import Needs, collect, has_effect, need_walks, remove_dead
from srcdiff.optimize.packing import Saved, pack


def mark_effects(program: Program) -> Program:
    """Note on each call whether the callee has an effect (changes the program in place)."""
    calls = {name: [s for s in statements(f.body) if isinstance(s, Call)] for name, f in program.functions.items()}
    effects = {name for name, f in program.functions.items() if any(has_effect(s) for s in f.body.body)}
    while True:
        more = {name for name, inner in calls.items() if any(c.callee in effects for c in inner)} - effects
        if not more:
            break
        effects |= more
    for inner in calls.values():
        for call in inner:
            call.effect = call.callee in effects
    return program


def trim_arguments(program: Program, pairs: dict[str, str]) -> None:
    """Leave out what the halves of reversed calls need not know (changes the program in place).

    `pairs` gives for each `reverse` its `forward`, whose last result is the tuple of residuals."""
    pairs = {r: f for r, f in pairs.items() if r in program.functions and f in program.functions}
    if not pairs:
        return
    needs = _needs(program, pairs)
    for reverse, forward in pairs.items():
        _trim_residuals(program.functions[reverse], program.functions[forward], needs)
    halves = {*pairs, *pairs.values()}
    kept = {name: _kept(program, name, needs) for name in halves}
    idle = {name for name, (_, results) in kept.items() if not results}
    for name in idle:
        del program.functions[name], kept[name]
    for function in program.functions.values():
        _leave_out(function.body, idle)
    for function in program.functions.values():
        for stmt in statements(function.body):
            if isinstance(stmt, Call) and stmt.callee in kept:
                params, results = kept[stmt.callee]
                stmt.args = tuple(stmt.args[i] for i in params)
                stmt.taken = tuple(params.index(i) for i in stmt.taken if i in params)
                stmt.outs = [stmt.outs[i] for i in results]
                left = [(k, i) for k, i in stmt.changes if k in results and i in params]
                stmt.changes = tuple((results.index(k), params.index(i)) for k, i in left)
    for name, (params, results) in kept.items():
        half = program.functions[name]
        half.params = [half.params[i] for i in params]
        half.body.results = [half.body.results[i] for i in results]
    for name, function in program.functions.items():
        program.functions[name] = remove_dead(function)


def _needs(program: Program, pairs: dict[str, str]) -> Needs:
    """What the program needs of each function."""
    found = Needs()
    halves = {*pairs, *pairs.values()}
    residuals = {residuals_of(program.functions[r]): _tuple_of(program.functions[f]) for r, f in pairs.items()}
    for function in program.functions.values():
        collect(function.body, found)
        if function.name not in halves:
            found.roots += function.body.results
    for function in program.functions.values():
        for stmt in statements(function.body):
            if isinstance(stmt, Call) and stmt.callee in halves:
                _connect(stmt, program.functions[stmt.callee], stmt.callee in pairs.values(), found)
            elif isinstance(stmt, Op) and stmt.args and stmt.args[0] in residuals:
                saved = residuals[stmt.args[0]].args
                found.reads[stmt.out] = (stmt.args[0], saved[stmt.args[1].value])  # type: ignore[union-attr]
    found.need(found.roots)
    while need_walks(found):
        pass
    return found


def _tuple_of(forward: Function) -> Op:
    """The operation that makes a function's tuple of residuals."""
    return next(s for s in forward.body.body if isinstance(s, Op) and s.out is forward.body.results[-1])


def _connect(call: Call, callee: Function, forward: bool, found: Needs) -> None:
    """A call's outs are made of the callee's results, and these of its parameters: of what it is called with."""
    for k, (out, result) in enumerate(zip(call.outs, callee.body.results)):
        is_residuals = forward and k == len(call.outs) - 1
        found.reads[out] = () if is_residuals else (result,)
    for param, arg in zip(callee.params, call.args):
        found.reads[param.var] = (*found.reads.get(param.var, ()), arg)


def _trim_residuals(reverse: Function, forward: Function, needs: Needs) -> None:
    """Hand over the residuals that the reverse needs, and no others."""
    given, made = residuals_of(reverse), _tuple_of(forward)
    reads = [s for s in reverse.body.body if isinstance(s, Op) and s.args and s.args[0] is given]
    saved: dict[int, Saved] = {}
    for read in reads:
        if read.out in needs.live:
            saved.setdefault(_index(read), Saved(made.args[_index(read)], [])).reads.append(read.out)
    forward.body.body.remove(made)
    reverse.body.body = [s for s in reverse.body.body if s not in reads]
    if saved:
        params = {theirs.var: mine.var for theirs, mine in zip(reverse.params, forward.params)}
        items = [saved[k] for k in sorted(saved)]
        forward.body.results[-1] = pack(forward, reverse, params, items, given)


def residuals_of(reverse: Function) -> Var:
    """The parameter of a reverse that takes the residuals."""
    return next(p.var for p in reverse.params if p.var.type == RESIDUALS)


def _index(read: Op) -> int:
    place = read.args[1]
    assert isinstance(place, Lit)
    return int(place.value)


def _kept(program: Program, name: str, needs: Needs) -> tuple[list[int], list[int]]:
    """The parameters of a function that are read, and the results that a caller reads; of one with an effect, one at least."""
    half = program.functions[name]
    params = [i for i, param in enumerate(half.params) if param.var in needs.live]
    calls = [s for f in program.functions.values() for s in statements(f.body) if isinstance(s, Call)]
    outs = [call.outs for call in calls if call.callee == name]
    results = [i for i in range(len(half.body.results)) if any(out[i] in needs.live for out in outs)]
    return params, results or [0] * any(call.effect for call in calls if call.callee == name)


def _leave_out(block: Block, callees: set[str]) -> None:
    """Leave out the calls of functions of which nothing is needed."""
    block.body = [stmt for stmt in block.body if not (isinstance(stmt, Call) and stmt.callee in callees)]
    for stmt in block.body:
        for inner in blocks_of(stmt):
            _leave_out(inner, callees)
