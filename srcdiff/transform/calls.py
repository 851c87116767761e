"""How calls that stay calls are pulled: by their partial derivatives, or by calling the reverse of what they called.

A reverse takes the cotangents that its function's parameters have received already, where the function hands a parameter
to its calls of itself as it is: one dict is added to all through the recursion, instead of a new one in each call.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.ir.builder import Builder
from srcdiff.ir.nodes import Atom, Call, Function, Var
from srcdiff.ir.types import Array, is_scalar, may_vary
from srcdiff.ir.walk import statements
from srcdiff.transform.cotangents import Cotangents, derivative_type, zero
from srcdiff.transform.pull import Puller


@dataclass
class CallPlan:
    """How a call is pulled: by its partials (`reverse` is ""), or by calling `reverse` with its residuals.

    `seeds` are the results whose cotangents the reverse takes, `added` the positions whose cotangents it adds to what
    they have received: it takes these, too."""

    wrt: list[int]
    extra: list[Var]
    reverse: str
    seeds: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)


def gives_partials(call: Call, wrt: list[int]) -> bool:
    """Whether a call's derivative is its value with the partial derivatives: a number, of numbers and arrays."""
    scalar = [isinstance(o.type, Array) and o.type.shape == () for o in call.outs] == [True]
    return scalar and all(isinstance(call.args[i].type, Array) for i in wrt)


def handed_on(function: Function, wrt: list[int]) -> list[int]:
    """The parameters, no numbers, that a function gives to each of its calls of itself as they are."""
    calls = [s for s in statements(function.body) if isinstance(s, Call) and s.callee == function.name]
    changed = [i for _, i in function.changes]
    params = [p.var for p in function.params]
    kept = [i for i in wrt if calls and i not in changed and not is_scalar(params[i].type)]
    return [i for i in kept if all(c.args[i] is params[i] for c in calls)]


def seeded(function: Function) -> list[int]:
    """The results of a function that may have cotangents."""
    results = function.body.results
    return [k for k, result in enumerate(results) if len(results) == 1 or may_vary(result.type)]


def with_tangents(function: Function, wrt: list[int]) -> tuple[tuple[int, int], ...]:
    """What a function changes once it has tangents: these come after all values, of the parameters at `wrt` alone."""
    results, params = len(function.body.results), len(function.params)
    more = [(results + k, params + wrt.index(i)) for k, i in function.changes if i in wrt]
    return (*function.changes, *more)


def zero_bar(builder: Builder, var: Var) -> Atom:
    """A zero cotangent, by its name."""
    start = zero(builder, var)
    if isinstance(start, Var):
        start.hint = start.hint or f"{var.hint}_bar"
    return start


def pull_planned(puller: Puller, call: Call, plan: CallPlan, bars: Cotangents) -> None:
    """Add what a call's cotangent gives to those of its arguments."""
    builder = puller.builder
    if not plan.reverse:
        bar = bars.get_or_zero(call.outs[0])
        for i, partial in zip(plan.wrt, plan.extra):
            bars.receive(call.args[i], builder.emit("operator.mul", bar, partial))
        return
    outs = [Var(f"{a.hint}_bar" if isinstance(a, Var) and a.hint else "", derivative_type(a.type)) for a in call.args]
    outs = [outs[i] for i in plan.wrt]
    starts: dict[Atom, Atom] = {}
    taken: list[Atom] = []
    for arg in (call.args[i] for i in plan.added):
        assert isinstance(arg, Var)
        again = arg in starts  # what is given twice gets the sum of two cotangents
        taken.append(zero_bar(builder, arg) if again else starts.setdefault(arg, bars.get_or_zero(arg)))
    seeds = [bars.get_or_zero(call.outs[k]) for k in plan.seeds]
    changed = {i: k for k, i in call.changes}
    # what the call has changed is there no more: what is needed of it is among the residuals
    before = [builder.lit(None) if i in changed else arg for i, arg in enumerate(call.args)]
    args = (*before, plan.extra[0], *seeds, *taken)
    own = [len(before) + 1 + n for n, k in enumerate(plan.seeds) if k in changed.values()]
    own += range(len(args) - len(taken), len(args))
    builder.append(Call(plan.reverse, args, outs, call.loc, taken=tuple(own)))
    for i, out in zip(plan.wrt, outs):
        arg = call.args[i]
        if i in plan.added and isinstance(arg, Var) and starts.pop(arg, None) is not None:
            bars.replace(arg, out)
        else:
            bars.receive(arg, out)
