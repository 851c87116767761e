"""Arguments that a function writes to while it still reads others: the caller must not pass one memory for both.

def f(x, y): x[0] = 1.0; return x @ y    ->    [("x", "y")]: with f(a, a), the write to x would be seen in y

A list whose rows are written to is such a pair with itself: it must not hold one row twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from srcdiff.analysis.storage_kinds import WRITES, uses_shape_only
from srcdiff.ir.nodes import Atom, Block, Call, Function, Loop, Op, Stmt, Var
from srcdiff.ir.types import Opaque, Sequence, is_scalar
from srcdiff.ir.walk import blocks_of, flows, operands

# what always gives a view, or may give one
VIEWS = frozenset(f"numpy.{name}" for name in """
        asarray asanyarray ascontiguousarray asfortranarray reshape ravel transpose squeeze swapaxes moveaxis
        expand_dims atleast_1d atleast_2d atleast_3d flip fliplr flipud rot90 matrix_transpose
    """.split())


def written_while_read(function: Function) -> list[tuple[str, str]]:
    """The pairs of parameters of which one is written to before the other is read, in the order of their definitions."""
    found = _Written(function)
    if not found.writes:
        return []
    params = [p.var for p in function.params]
    pairs = [(x, y) for x, y in combinations(params, 2) if found.is_seen(x, y) or found.is_seen(y, x)]
    pairs += [(x, x) for x in params if x in found.within]
    return [(x.hint, y.hint) for x, y in pairs]


class _Written:
    """Where each parameter is written to, and where it is read: all that a loop does is done at its place."""

    def __init__(self, function: Function) -> None:
        self.roots: dict[Var, set[Var]] = {
            p.var: {p.var} for p in function.params if not is_scalar(p.var.type) and not isinstance(p.var.type, Opaque)
        }
        self.reads: dict[Var, int] = {}  # the last of each
        self.parts: dict[Var, set[Var]] = {}  # what a value is an element of
        self.within: set[Var] = set()  # containers of which an element is written to
        self.writes: dict[Var, tuple[int, bool]] = {}  # the first of each, and whether a loop repeats it
        before = -1
        while before != (before := sum(map(len, self.roots.values()))):
            self.place = 0
            self._block(function.body, False)
        self._read(function.body.results)

    def is_seen(self, written: Var, read: Var) -> bool:
        place, repeated = self.writes.get(written, (self.place + 1, False))
        return self.reads.get(read, -1) >= place + (not repeated)

    def _read(self, atoms: Iterable[Atom]) -> None:
        for atom in atoms:
            for param in self._of(atom):
                self.reads[param] = max(self.reads.get(param, 0), self.place)

    def _of(self, atom: Atom) -> set[Var]:
        return self.roots.get(atom, set()) if isinstance(atom, Var) else set()

    def _block(self, block: Block, repeated: bool) -> None:
        for stmt in block.body:
            self.place += not repeated
            shapes = [k for k in range(len(stmt.args)) if uses_shape_only(stmt, k)] if isinstance(stmt, Op) else []
            self._read([atom for k, atom in enumerate(operands(stmt)) if k not in shapes])
            if isinstance(stmt, Op):
                self._op(stmt, repeated)
            elif isinstance(stmt, Call):
                self._call(stmt, repeated)
            self._flow(stmt)
            for inner in blocks_of(stmt):
                self._block(inner, repeated or isinstance(stmt, Loop))
            self._flow(stmt)

    def _op(self, op: Op, repeated: bool) -> None:
        if not op.args or not isinstance(op.args[0], Var):
            return
        roots = self._of(op.args[0])
        if op.fn == "operator.getitem" and isinstance(op.args[0].type, Sequence) and not is_scalar(op.out.type):
            self.parts.setdefault(op.out, set()).update(roots)
        if op.fn not in WRITES and op.fn not in VIEWS:
            return
        if op.fn in WRITES and op.args[0] in self.parts:
            self.within |= self.parts[op.args[0]]
            self.parts.setdefault(op.out, set()).update(self.parts[op.args[0]])
        if roots:
            self.roots.setdefault(op.out, set()).update(roots)
        for param in roots if op.fn in WRITES else ():
            self.writes.setdefault(param, (self.place, repeated))

    def _call(self, call: Call, repeated: bool) -> None:
        for out, before in call.versions:
            roots = self._of(before)
            self.roots.setdefault(out, set()).update(roots)
            for param in roots:
                self.writes.setdefault(param, (self.place, repeated))
            if isinstance(before, Var):
                self.within |= self.parts.get(before, set())

    def _flow(self, stmt: Stmt) -> None:
        """What leaves a branch, or goes from one iteration to the next, is what came in."""
        for out, atom in flows(stmt):
            roots = self._of(atom)
            if roots:
                self.roots.setdefault(out, set()).update(roots)
