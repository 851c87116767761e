"""Lists and tuples where NumPy takes an array: they become one, so that what follows knows that they broadcast."""

from __future__ import annotations

import ast

from srcdiff.frontend.context import Context
from srcdiff.frontend.storage import read
from srcdiff.frontend.values import LibraryValue
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Var
from srcdiff.ir.types import Any, Array, Dict, Sequence, Tuple, is_scalar
from srcdiff.rules import RULES
from srcdiff.rules.declare import Unbound, bind, differentiable

# these take a list of arrays, not a list for an array
OF_SEQUENCES = frozenset(
    f"numpy.{name}"
    for name in "array asarray concatenate stack hstack vstack column_stack dstack block select append".split()
)
ARITHMETIC = frozenset("add sub mul truediv floordiv mod pow matmul".split())
OF_LISTS = ("add", "mul")  # what lists can do as well, in another sense


def is_listed(atom: Atom) -> bool:
    """Whether a value is a list or a tuple."""
    return isinstance(atom.type, Tuple) or isinstance(atom.type, Sequence) and atom.type.kind in ("list", "tuple")


def as_array(ctx: Context, atom: Atom) -> Atom:
    """The array that NumPy makes of a list or a tuple."""
    return ctx.emit("numpy.array", atom) if is_listed(atom) else atom


def operands(ctx: Context, fn: str, first: Atom, second: Atom) -> tuple[Atom, Atom]:
    """The operands of an arithmetic operator: a list beside an array is one, too."""
    if fn in ARITHMETIC:
        refuse_dicts(ctx, first, second)
    if is_listed(first) == is_listed(second):
        return first, second
    other = second.type if is_listed(first) else first.type
    if isinstance(other, Any) and fn in OF_LISTS:
        doubt(ctx)
    elif isinstance(other, Array | Any) and not counts(other, fn):
        return as_array(ctx, first), as_array(ctx, second)
    return first, second


def refuse_dicts(ctx: Context, *atoms: Atom) -> None:
    if any(isinstance(atom.type, Dict) for atom in atoms):
        ctx.refuse("a dict is no operand of arithmetic", "take its entries: `d[key]`, `sum(d.values())`")


def doubt(ctx: Context) -> None:
    ctx.doubt(
        "a list is an operand here: whether it is joined to another, or is an array, is not known",
        "annotate the arguments, or write np.array([...])",
    )


def must_be_joined(ctx: Context, value: Atom) -> None:
    """What a list is extended by with `+=` is no array, which would be added to it: said where it runs."""
    array = ctx.emit("builtins.isinstance", value, read(ctx, LibraryValue("numpy.ndarray")))
    name = value.hint if isinstance(value, Var) and value.hint else "what a list is extended by"
    ctx.emit("assert", ctx.emit("operator.not_", array), literal(f"{name} must be a list: an array would be added"))


def counts(other: Array | Any, fn: str) -> bool:
    """Whether a list times this is the list several times over."""
    return fn == "mul" and isinstance(other, Array) and is_scalar(other) and other.dtype != "float"


def arguments(ctx: Context, name: str, args: list[Atom], kwargs: dict[str, Atom]) -> tuple[list[Atom], dict[str, Atom]]:
    """The arguments of a function of NumPy: lists where its rule knows arrays are arrays."""
    rule = RULES.get(name)
    of_numbers = name.startswith(("numpy.", "math.")) or name in ("builtins.float", "builtins.abs")
    if of_numbers and rule is not None and rule.kind != "nondifferentiable":
        refuse_dicts(ctx, *args)
    listed = [a for a in (*args, *kwargs.values()) if is_listed(a)]
    if not listed or rule is None or not name.startswith("numpy.") or name in OF_SEQUENCES:
        return args, kwargs
    try:
        parameters = list(bind(rule, tuple(args), kwargs))
    except Unbound:
        return args, kwargs
    positional = [p for p in parameters if p not in kwargs]
    return (
        [as_array(ctx, a) if differentiable(rule, p) else a for p, a in zip(positional, args, strict=True)],
        {k: as_array(ctx, a) if differentiable(rule, k) else a for k, a in kwargs.items()},
    )


def is_unread(ctx: Context, name: str) -> bool:
    """Whether what `name += value` gives is not read again: a number would be changed for nothing."""
    stmt = ctx.frame.statement
    return isinstance(stmt, ast.AugAssign) and name in ctx.frame.local and name not in ctx.frame.live.at(stmt)


def must_be_changed(ctx: Context, name: str, value: Atom) -> None:
    """What is changed in place by that is no number: said where it runs."""
    number = ctx.emit("operator.eq", ctx.emit("numpy.ndim", value), literal(0))
    message = f"{name} must be an array: it is changed in place"
    ctx.emit("assert", ctx.emit("operator.not_", number), literal(message))
