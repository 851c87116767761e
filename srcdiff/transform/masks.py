"""Forward mode through np.where: the tangent that is not chosen is not divided, either.

    np.where(x > 0, np.sqrt(x), 0)   ->   np.where(x > 0, x_dot / np.where(x > 0, 2 * np.sqrt(x), 1), 0)

A zero that stays one even where the other tangent is infinite, and no warning that the function itself does not give.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Atom, Lit, Op, Var

THROUGH = frozenset(f"operator.{name}" for name in ("add", "sub", "mul", "truediv", "neg"))


def chosen_tangent(builder: Builder, condition: Atom, dots: Mapping[str, Atom | None], primal: Container[Atom]) -> Atom:
    """The tangent of np.where(condition, x, y)."""
    # what an outer block computes is not computed again in an inner one
    own = {s.out: s for s in builder.blocks[-1].body if isinstance(s, Op) and s.out not in primal}
    parts = []
    for name in ("x", "y"):
        dot = dots[name]
        parts.append(literal(0) if dot is None else Masked(builder, condition, name == "x", own).value(dot))
    return builder.emit("numpy.where", condition, *parts)


class Masked:
    """Makes tangents again, with divisors of 1 where `condition` does not choose them; `own` may be made again."""

    def __init__(self, builder: Builder, condition: Atom, chosen: bool, own: Mapping[Var, Op]) -> None:
        self.builder, self.condition, self.chosen, self.own = builder, condition, chosen, own

    def value(self, atom: Atom) -> Atom:
        op = self.own.get(atom) if isinstance(atom, Var) else None
        if op is None:
            return atom
        if op.fn == "operator.pow" and negative(op.args[1]):
            return self.builder.emit(op.fn, self.only(op.args[0]), op.args[1])
        if op.fn not in THROUGH:
            return atom
        args = [self.value(a) for a in op.args]
        if op.fn == "operator.truediv":
            args[1] = self.only(args[1])
        return atom if all(new is old for new, old in zip(args, op.args)) else self.builder.emit(op.fn, *args)

    def only(self, divisor: Atom) -> Atom:
        """The divisor where it counts, 1 elsewhere."""
        if isinstance(divisor, Lit):
            return divisor
        pair = (divisor, literal(1)) if self.chosen else (literal(1), divisor)
        return self.builder.emit("numpy.where", self.condition, *pair)


def negative(atom: Atom) -> bool:
    return isinstance(atom, Lit) and isinstance(atom.value, (int, float)) and atom.value < 0
