"""What rewrites ask of atoms: literal numbers, kinds, signs."""

from __future__ import annotations

from collections.abc import Callable

from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Atom, Lit, Var
from srcdiff.ir.types import Array


def number(atom: Atom) -> int | float | None:
    """The value of a literal real number."""
    if isinstance(atom, Lit) and isinstance(atom.value, (int, float)) and not isinstance(atom.value, bool):
        return atom.value
    return None


def is_float(atom: Atom) -> bool:
    return isinstance(atom.type, Array) and atom.type.dtype in ("float", "complex")


def is_number(atom: Atom) -> bool:
    return isinstance(atom.type, Array) and atom.type.dtype != "bool"


def negated(b: Builder, atom: Atom) -> Atom | None:
    """What `atom` is the negative of; a value that the user gave a name keeps its sign."""
    op = b.defined_by(atom, "operator.neg")
    return op.args[0] if op is not None and not named(b, op.out) else None


def named(b: Builder, var: Var) -> bool:
    """Whether the user gave a value its name."""
    return bool(var.hint) and (not b.primal or var in b.primal)


def neutral(literal_atom: Atom, value: int, other: Atom) -> bool:
    """Whether a literal is `value`, and leaving it out changes neither the other operand's dtype nor its kind."""
    n = number(literal_atom)
    return n is not None and n == value and (is_float(other) or (isinstance(n, int) and is_number(other)))


def fold(fn: Callable[[object, object], object], a: Atom, b: Atom) -> Lit | None:
    """The literal result of an operation on two literals, where it is as short as they are."""
    x, y = number(a), number(b)
    if x is None or y is None:
        return None
    try:
        value = fn(x, y)
    except (ArithmeticError, ValueError):
        return None
    if isinstance(value, complex) or value != value or abs(value) > 1e15:  # type: ignore[arg-type]
        return None
    return literal(value) if len(repr(value)) <= len(repr(x)) + len(repr(y)) else None
