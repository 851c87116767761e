"""Gives the caller derivatives of its own: no argument, no view of one, no two that are the same array.

    x_bar = g; y_bar = g; return x_bar, y_bar   ->   return g, g.copy()

Who scales one gradient in place must not change another, nor an argument.
"""

from __future__ import annotations

from srcdiff.analysis.aliases import EXTERNAL, Sharing, sharing
from srcdiff.ir.builder import Builder
from srcdiff.ir.nodes import Atom, Function, If, Op, Var
from srcdiff.ir.types import Opaque, is_scalar
from srcdiff.ir.walk import statements
from srcdiff.optimize.inplace import put_in_place

READ_ONLY = frozenset({"numpy.broadcast_to", "srcdiff.broadcast_like"})

CONTAINERS = frozenset(
    {"tuple", "list", "dict", "srcdiff.complete", "srcdiff.with_fields", "operator.setitem", "srcdiff.addto"}
)


def own_results(function: Function, builder: Builder, mode: str, names: list[str]) -> Function:
    """The function with copies of the derivatives that share storage; `names` are those of the derivatives."""
    if _copies(function, sharing(function), builder, mode, names, dry=True) is function:
        return function
    # a result that is written to is copied from what it shares with where that is done in place
    owned = _copies(*put_in_place(function), builder, mode, names, dry=False)
    assert owned is not None
    for stmt in statements(owned.body):
        if isinstance(stmt, Op) and stmt.fn == "operator.isub":  # as it was, for who differentiates this again
            stmt.fn = "operator.sub"
    return owned


def _copies(
    function: Function, shared: Sharing, builder: Builder, mode: str, names: list[str], dry: bool
) -> Function | None:
    """The function itself where nothing need be copied; else, but for a dry run, the function with copies."""
    owner = _Owner(function, shared, builder)
    (result,) = function.body.results
    before = list(function.body.body)
    with builder.resume(function.body):
        new = result
        made = owner.made(result)
        if mode == "grad":
            new = owner.own_all(result, names)
        elif made is not None and made.fn == "tuple" and len(made.args) == 2:
            derivative = owner.own_all(made.args[1], names)
            new = result if derivative is made.args[1] else builder.emit("tuple", made.args[0], derivative)
    if new is result:
        return function
    if dry:
        function.body.body = before
        return None
    function.body.results = [new]
    return function


class _Owner:
    def __init__(self, function: Function, shared: Sharing, builder: Builder) -> None:
        self.builder = builder
        self.definition = {s.out: s for s in statements(function.body) if isinstance(s, Op)}
        branches = (s for s in statements(function.body) if isinstance(s, If))
        self.arms = {out: pair for s in branches for out, *pair in zip(s.outs, s.then.results, s.orelse.results)}
        self.shared = shared
        self.given = EXTERNAL  # what the caller has, or has been given

    def made(self, atom: Atom) -> Op | None:
        return self.definition.get(atom) if isinstance(atom, Var) else None

    def own_all(self, atom: Atom, names: list[str]) -> Atom:
        """The one derivative, or the tuple of several."""
        op = self.made(atom)
        if len(names) == 1 or op is None or op.fn != "tuple" or len(op.args) != len(names):
            return self.own(atom, names[0] if len(names) == 1 else "")
        new = [self.own(a, name) for a, name in zip(op.args, names)]
        same = all(a is b for a, b in zip(new, op.args))
        return atom if same else self.builder.emit("tuple", *new)

    def own(self, atom: Atom, name: str = "") -> Atom:
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
        return self._leaf(atom, op, name)

    def _leaf(self, atom: Atom, op: Op | None, name: str) -> Atom:
        if not isinstance(atom, Var) or is_scalar(atom.type) or isinstance(atom.type, Opaque):
            return atom
        mask = self.shared.of(atom)
        taken = mask & self.given
        self.given |= self.shared.bits.get(atom, 0)
        if taken or self.read_only(atom):
            return self.builder.emit("srcdiff.copy", atom, hint=name or atom.hint)
        return atom

    def read_only(self, atom: Atom) -> bool:
        """Whether what a branch gives, too, is made of arrays that NumPy lets nobody write to, or may be."""
        op = self.made(atom)
        if op is not None:
            parts = op.args if op.fn in CONTAINERS else ()
            return op.fn in READ_ONLY or any(self.read_only(part) for part in parts)
        return isinstance(atom, Var) and any(self.read_only(part) for part in self.arms.get(atom, ()))
