"""Whether two variables hold the same value: one in the primal, one in the adjoint that runs after it.

What they are made of is compared, operation by operation; where that ends (parameters, targets of loops) the user of this
knows what corresponds to what.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import UNDEF, Atom, If, Lit, Op, Stmt, Var
from srcdiff.ir.types import is_scalar

DEEPEST = 8  # operations between two values and what they are compared by
COMMUTATIVE = frozenset({"operator.add", "operator.mul", "operator.eq", "operator.ne"})
ALIKE = frozenset({"getattr", "slice", "tuple", "builtins.len", "builtins.range", "builtins.isinstance"})


def undefined(atom: Atom) -> bool:
    return isinstance(atom, Lit) and atom.value is UNDEF


@dataclass
class Same:
    """Compares values; a subclass says what else corresponds."""

    made: dict[Var, Stmt] = field(default_factory=dict)

    def corresponds(self, mine: Var, theirs: Var, depth: int) -> bool | None:
        """Whether two variables are known to be the same, or not; None where their operations are to be compared."""
        return None

    def same(self, mine: Atom, theirs: Atom, depth: int = 0) -> bool:
        if not isinstance(mine, Var) or not isinstance(theirs, Var):
            return type(mine) is type(theirs) and atom_key(mine) == atom_key(theirs)
        if mine is theirs:
            return True
        known = self.corresponds(mine, theirs, depth)
        if known is not None:
            return known
        a, b = self.made.get(mine), self.made.get(theirs)
        if not isinstance(a, Op) or not isinstance(b, Op) or a.fn != b.fn or depth > DEEPEST:
            return False
        if a.kwargs or b.kwargs or len(a.args) != len(b.args):
            return False
        if not a.fn.startswith("operator.") and a.fn not in ALIKE:
            return False  # a function from outside may give something else each time
        if all(self.same(x, y, depth + 1) for x, y in zip(a.args, b.args)):
            return True
        swapped = a.fn in COMMUTATIVE and all(is_scalar(x.type) for x in (*a.args, *b.args))
        return swapped and self.same(a.args[0], b.args[1], depth + 1) and self.same(a.args[1], b.args[0], depth + 1)

    def is_held(self, mine: Var, held: Atom | None) -> bool:
        """Whether a saved value is `mine`, or what the arm that defines `mine` hands out."""
        while held is not mine:
            node = self.made.get(held) if isinstance(held, Var) else None
            if not isinstance(node, If):
                return False
            place = node.outs.index(held)  # type: ignore[arg-type]
            then, orelse = node.then.results[place], node.orelse.results[place]
            held = orelse if undefined(then) else then if undefined(orelse) else None
        return True
