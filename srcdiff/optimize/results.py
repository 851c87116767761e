"""Gives the caller derivatives of its own: no argument, no view of one, no two that are the same array.

    x_bar = g; y_bar = g; return x_bar, y_bar   ->   return g, g.copy()

Who scales one gradient in place must not change another, nor an argument.
"""

from __future__ import annotations

from srcdiff.analysis.aliases import EXTERNAL, Sharing, sharing
from srcdiff.ir.builder import Builder
from srcdiff.ir.nodes import Atom, Function, Op, Var
from srcdiff.ir.types import Opaque, is_scalar
from srcdiff.ir.walk import statements

READ_ONLY = frozenset({"numpy.broadcast_to", "srcdiff.broadcast_like"})


def own_results(function: Function, builder: Builder, mode: str) -> Function:
    """The function with copies of the derivatives that share storage (changes it in place)."""
    owner = _Owner(function, builder)
    (result,) = function.body.results
    with builder.resume(function.body):
        if mode == "grad":
            function.body.results = [owner.own(result)]
        else:
            made = owner.made(result)
            if made is not None and made.fn == "tuple" and len(made.args) == 2:
                value, derivative = made.args
                new = owner.own(derivative)
                if new is not derivative:
                    function.body.results = [builder.emit("tuple", value, new)]
    return function


class _Owner:
    def __init__(self, function: Function, builder: Builder) -> None:
        self.builder = builder
        self.definition = {s.out: s for s in statements(function.body) if isinstance(s, Op)}
        self.shared: Sharing = sharing(function)
        self.given = EXTERNAL  # what the caller has, or has been given

    def made(self, atom: Atom) -> Op | None:
        return self.definition.get(atom) if isinstance(atom, Var) else None

    def own(self, atom: Atom) -> Atom:
        """The derivative with its arrays copied where somebody else has them."""
        op = self.made(atom)
        if op is not None and op.fn in ("tuple", "list"):
            new = [self.own(a) for a in op.args]
            same = all(a is b for a, b in zip(new, op.args))
            return atom if same else self.builder.emit(op.fn, *new)
        if op is not None and op.fn == "dict":
            new = [self.own(a) if i % 2 else a for i, a in enumerate(op.args)]
            same = all(a is b for a, b in zip(new, op.args))
            return atom if same else self.builder.emit("dict", *new)
        if op is not None and op.fn in ("srcdiff.complete", "srcdiff.with_fields"):
            k = 0 if op.fn == "srcdiff.complete" else 1
            entries = self.own(op.args[k])
            args = [entries if i == k else a for i, a in enumerate(op.args)]
            return atom if entries is op.args[k] else self.builder.emit(op.fn, *args)
        return self._leaf(atom, op)

    def _leaf(self, atom: Atom, op: Op | None) -> Atom:
        if not isinstance(atom, Var) or is_scalar(atom.type) or isinstance(atom.type, Opaque):
            return atom
        mask = self.shared.of(atom)
        taken = mask & self.given
        self.given |= self.shared.bits.get(atom, 0)
        if taken or (op is not None and op.fn in READ_ONLY):
            return self.builder.emit("srcdiff.copy", atom, hint=atom.hint)
        return atom
