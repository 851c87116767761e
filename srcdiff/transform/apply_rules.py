"""Applies the rules of primitives: to a cotangent in reverse mode, to tangents in forward mode.

elementwise   x_bar = z_bar * dz/dx, summed to x's shape      z_dot = dz/dx * x_dot + dz/dy * y_dot
linear        x_bar = transpose(z_bar)                        z_dot = fn(x_dot)
bilinear      x_bar = transpose_x(z_bar, x, y)                z_dot = fn(x_dot, y) + fn(x, y_dot)
general       x_bar = vjp(z_bar, z, x, ...)                   z_dot = jvp(x_dot, z, x, ...)
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any as AnyValue

from srcdiff.analysis.activity import SHAPE_ONLY
from srcdiff.analysis.keys import walks_keys
from srcdiff.errors import Refusal, readable
from srcdiff.ir.builder import Builder, is_effect
from srcdiff.ir.nodes import Atom, Const, Lit, Op, Var
from srcdiff.ir.types import Any, Array, Dict, Opaque, is_complex, rank
from srcdiff.rules import RULES
from srcdiff.rules.complex_numbers import COMPLEX, NOT_ANALYTIC
from srcdiff.rules.declare import (
    Rule,
    Unbound,
    UnknownRank,
    bind,
    differentiable,
    partial,
    pull_general,
    push_general,
    transpose,
)
from srcdiff.transform.cotangents import Cotangents, add, fit, full, perhaps_complex
from srcdiff.transform.masks import chosen_tangent
from srcdiff.transform.symbolic import Sym, to_atom, to_value

if TYPE_CHECKING:
    from srcdiff.transform.push import Pusher


PRODUCTS = frozenset({"operator.matmul", "numpy.matmul", "numpy.dot"})


def stops(op: Op) -> bool:
    """Whether an operation has no derivative by its meaning: it counts, compares, rounds."""
    rule = RULES.get(op.fn)
    if op.fn in JOINING and any(isinstance(a.type, (Any, Dict, Opaque)) for a in op.args):
        return False
    if walks_keys(op):
        return True
    return rule is not None and rule.kind == "nondifferentiable"


# what bits have, and also dicts and sets
JOINING = ("operator.or_", "operator.and_", "operator.xor")
HINTS = {
    **dict.fromkeys(("set", "builtins.set", "builtins.frozenset", "set.add", "set.update"), "use a list, or a dict"),
    **dict.fromkeys(JOINING, "of dicts, write `{**a, **b}`"),
    "numpy.lib.stride_tricks.as_strided": "use sliding_window_view where windows are meant: it says which element is where",
}


def no_rule(op: Op) -> Refusal:
    of_set = any(a.type == Opaque("set") for a in op.args)
    hint = (
        HINTS.get("set" if of_set else op.fn)
        or "write it with functions that have a derivative, or compute it outside and pass its result as an argument"
    )
    if is_effect(op.fn):
        hint = "draw from a distribution of constants, and scale the draw: mean + deviation * rng.standard_normal()"
    return Refusal(f"{readable(op.fn)} has no derivative", op.loc, hint)


class Application:
    """One operation with its rule, its arguments as the rule takes them, and those that vary."""

    def __init__(self, builder: Builder, op: Op, atoms: list[Atom], kwargs: list[tuple[str, Atom]], out: Atom) -> None:
        self.builder, self.op, self.out = builder, op, out
        self.atoms, self.kwarg_atoms = atoms, kwargs
        self.args = tuple(to_value(builder, a) for a in atoms)
        self.kwargs = {k: to_value(builder, a) for k, a in kwargs}
        self.rule = self._rule()
        names = list(self._bind(self.rule))
        keyed = {k for k, _ in kwargs}
        positional = [n for n in names if n not in keyed][: len(atoms)]
        self.named = [*zip(positional, atoms), *kwargs]
        self._check_complex([*atoms, *(v for _, v in kwargs)])

    def _check_complex(self, operands: list[Atom]) -> None:
        if self.op.fn not in COMPLEX and any(is_complex(a.type) for a in operands):
            raise self.refuse("of complex numbers has no derivative", "calculate with their real and imaginary parts")
        if self.builder.mixed and self.op.fn in NOT_ANALYTIC and any(isinstance(a.type, Any) for a in operands):
            raise perhaps_complex(self.op.loc)

    def refuse(self, what: str, hint: str = "") -> Refusal:
        return Refusal(f"{readable(self.op.fn)} {what}", self.op.loc, hint)

    def _rule(self) -> Rule:
        rule = RULES.get(self.op.fn)
        if rule is None or rule.kind == "nondifferentiable":
            raise no_rule(self.op)
        return rule

    def _bind(self, rule: Rule) -> dict[str, AnyValue]:
        try:
            return bind(rule, self.args, self.kwargs)
        except Unbound as unbound:
            raise self.without(unbound) from None

    def without(self, unbound: Unbound) -> Refusal:
        return self.refuse(
            f"has no derivative with {unbound.option}",
            unbound.hint or "leave the option out, or compute its effect apart",
        )

    def check(self, name: str) -> None:
        if not differentiable(self.rule, name):
            raise self.refuse(
                f"has no derivative with respect to {name}", "make that argument independent of what is differentiated"
            )

    def value(self, function: AnyValue, *leading: Atom) -> Atom:
        """What a part of the rule gives, as an atom."""
        values = [Sym(self.builder, a) if isinstance(a, (Var, Const)) else to_value(self.builder, a) for a in leading]
        try:
            return to_atom(self.builder, function(*values))
        except Unbound as unbound:
            raise self.without(unbound) from None
        except (UnknownRank, IndexError) as unknown:  # of what was concluded to be a number, an axis is asked for
            raise self.refuse(
                "needs to know the shapes of its arguments here",
                'declare them: `x: Annotated[np.ndarray, "n d"]`',
            ) from unknown


def pull_rule(builder: Builder, op: Op, bar: Atom, bars: Cotangents, active: dict[Var, None]) -> None:
    """Add what an operation's cotangent gives to those of its arguments."""
    app = Application(builder, op, list(op.args), list(op.kwargs), op.out)
    given = SHAPE_ONLY.get(op.fn, ())
    for i, (name, arg) in enumerate(app.named):
        if isinstance(arg, Var) and arg in active and i not in given:
            app.check(name)
            bars.receive(arg, _pulled(app, name, arg, bar))


def _pulled(app: Application, name: str, arg: Var, bar: Atom) -> Atom:
    builder, rule, op = app.builder, app.rule, app.op
    if rule.kind == "elementwise":
        if op.fn == "numpy.where":
            return fit(builder, _chosen(builder, op, name, bar), op.out, arg)
        factor = app.value(lambda z: partial(rule, name, z, app.args, app.kwargs), op.out)
        found = _times(builder, bar, factor)
        return builder.emit("srcdiff.unbroadcast", found, arg) if _may_join(op) else fit(builder, found, op.out, arg)
    whole = full(builder, bar, op.out)
    if rule.kind == "general":
        return app.value(lambda z_bar, z: pull_general(rule, name, z_bar, z, app.args, app.kwargs), whole, op.out)
    found = app.value(lambda z_bar: transpose(rule, name, z_bar, app.args, app.kwargs), whole)
    if op.fn in PRODUCTS and all(rank(a.type) in (1, 2) for a in op.args) and isinstance(found, Var):
        if isinstance(found.type, Array) and isinstance(arg.type, Array) and rank(found.type) == rank(arg.type):
            found.type = Array(found.type.dtype, arg.type.shape)  # what is no stack of matrices is not broadcast
    return found


def _may_join(op: Op) -> bool:
    """Whether lists may be joined, or one repeated, for all that is known: the helper finds out when it runs."""
    open_ones = [isinstance(a.type, Any) and a.type.shape is None for a in op.args]
    counts = [isinstance(a.type, Array) and a.type.shape == () and a.type.dtype != "float" for a in op.args]
    return op.fn == "operator.add" and all(open_ones) or op.fn == "operator.mul" and any(open_ones) and any(counts)


def _times(builder: Builder, x: Atom, y: Atom) -> Atom:
    """The product of a (co)tangent with a partial derivative, which may be 1 whatever the other is."""
    for one, other in ((x, y), (y, x)):
        if isinstance(one, Lit) and type(one.value) is int and one.value == 1:
            return other
    return builder.emit("operator.mul", x, y)


def _chosen(builder: Builder, op: Op, name: str, bar: Atom) -> Atom:
    """What `where` leaves out contributes nothing: a zero that stays one even where a later factor is infinite."""
    zero = builder.lit(0)
    pair = (bar, zero) if name == "x" else (zero, bar)
    return builder.emit("numpy.where", op.args[0], *pair)


def push_rule(pusher: Pusher, op: Op) -> Atom | None:
    """The tangent of an operation's result, None where it does not vary."""
    builder = pusher.builder
    out = pusher.atom(op.out)
    old = [*op.args, *(a for _, a in op.kwargs)]
    atoms = [pusher.atom(a) for a in op.args]
    kwargs = [(k, pusher.atom(a)) for k, a in op.kwargs]
    given = SHAPE_ONLY.get(op.fn, ())
    known = [None if i in given else pusher.tangent(a) for i, a in enumerate(old)]
    if not any(dot is not None for dot in known):
        return None
    app = Application(builder, op, atoms, kwargs, out)
    dots = {name: dot for (name, _), dot in zip(app.named, known)}
    sources = {name: a for (name, _), a in zip(app.named, old)}
    for name, dot in dots.items():
        if dot is not None:
            app.check(name)
    if app.rule.kind == "linear":
        return _pushed_linear(pusher, app, dots, sources)
    if op.fn == "numpy.where":
        return chosen_tangent(builder, app.atoms[0], dots, set(pusher.mapping.values()))
    total: Atom | None = None
    for name, dot in dots.items():
        if dot is not None:
            term = _pushed(pusher, app, name, dot, sources[name])
            total = term if total is None else add(builder, total, term, out)
    return total


def _pushed(pusher: Pusher, app: Application, name: str, dot: Atom, source: Atom) -> Atom:
    builder, rule = app.builder, app.rule
    if rule.kind == "elementwise":
        factor = app.value(lambda z: partial(rule, name, z, app.args, app.kwargs), app.out)
        return _times(builder, factor, dot)
    whole = pusher.whole(source)
    if rule.kind == "general":
        return app.value(lambda x_dot, z: push_general(rule, name, x_dot, z, app.args, app.kwargs), whole, app.out)
    return _with(app, {name: whole})


def _pushed_linear(pusher: Pusher, app: Application, dots: dict[str, Atom | None], sources: dict[str, Atom]) -> Atom:
    """The same function of the tangents; arguments that the rule differentiates and that do not vary have zero ones."""
    new = {name: pusher.whole(sources[name]) for name in dots if differentiable(app.rule, name)}
    return _with(app, new)


def _with(app: Application, new: dict[str, Atom]) -> Atom:
    n = len(app.atoms)
    args = tuple(new.get(name, atom) for name, atom in app.named[:n])
    kwargs = tuple((k, new.get(k, a)) for k, a in app.kwarg_atoms)
    return app.builder.emit_op(app.op.fn, args, kwargs)
