"""How calls that stay calls are pulled: by their partial derivatives, or by calling the reverse of what they called.

A reverse takes the cotangents that its function's parameters have received already, where the function hands a parameter
to its calls of itself as it is: one dict is added to all through the recursion, instead of a new one in each call.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.ir.builder import Builder
from srcdiff.ir.nodes import Atom, Call, Function, Var
from srcdiff.ir.types import Array, is_scalar
from srcdiff.ir.walk import statements
from srcdiff.transform.cotangents import Cotangents, derivative_type, zero
from srcdiff.transform.pull import Puller


@dataclass
class CallPlan:
    """How a call is pulled: by its partials (`reverse` is ""), or by calling `reverse` with its residuals.

    `added` are the positions whose cotangents the reverse adds to what they have received: it takes these, too."""

    wrt: list[int]
    extra: list[Var]
    reverse: str
    added: list[int] = field(default_factory=list)


def gives_partials(call: Call, wrt: list[int]) -> bool:
    """Whether a call's derivative is its value with the partial derivatives: a number, of numbers and arrays."""
    scalar = [isinstance(o.type, Array) and o.type.shape == () for o in call.outs] == [True]
    return scalar and all(isinstance(call.args[i].type, Array) for i in wrt)


def handed_on(function: Function, wrt: list[int]) -> list[int]:
    """The parameters, no numbers, that a function gives to each of its calls of itself as they are."""
    calls = [s for s in statements(function.body) if isinstance(s, Call) and s.callee == function.name]
    params = [p.var for p in function.params]
    return [i for i in wrt if calls and not is_scalar(params[i].type) and all(c.args[i] is params[i] for c in calls)]


def zero_bar(builder: Builder, var: Var) -> Atom:
    """A zero cotangent, by its name."""
    start = zero(builder, var)
    if isinstance(start, Var):
        start.hint = start.hint or f"{var.hint}_bar"
    return start


def pull_planned(puller: Puller, call: Call, plan: CallPlan, bars: Cotangents) -> None:
    """Add what a call's cotangent gives to those of its arguments."""
    builder = puller.builder
    bar = bars.get_or_zero(call.outs[0])
    if not plan.reverse:
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
    args = (*call.args, plan.extra[0], bar, *taken)
    builder.append(Call(plan.reverse, args, outs, call.loc, taken=len(taken)))
    for i, out in zip(plan.wrt, outs):
        arg = call.args[i]
        if i in plan.added and isinstance(arg, Var) and starts.pop(arg, None) is not None:
            bars.replace(arg, out)
        else:
            bars.receive(arg, out)
