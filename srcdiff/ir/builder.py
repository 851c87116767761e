"""Builds blocks: the one place where operations are made.

Each operation is rewritten locally, shared with an equal one in scope (hash-consing), and typed as it is made. How to
rewrite and how to type are handed in, since those are passes of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any as AnyValue

from srcdiff.errors import Loc
from srcdiff.ir.nodes import UNDEF, Atom, Block, Const, If, Iter, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import BOOL, INT, Array, Opaque, Type

Kwargs = tuple[tuple[str, Atom], ...]
Infer = Callable[[str, tuple[Atom, ...], Kwargs, "Builder"], Type]
Rewrite = Callable[["Builder", str, tuple[Atom, ...], Kwargs], Atom | None]

# operations that make something new, or do something, each time: never shared
UNSHARED = frozenset(
    f"numpy.{name}"
    for name in "zeros ones full empty zeros_like ones_like full_like empty_like eye identity array copy".split()
) | frozenset(
    {"list", "dict", "set", "srcdiff.copy", "srcdiff.zeros_like", "srcdiff.zero_arrays", "srcdiff.zero_vector"}
)
# what makes arrays of no dimension where NumPy's other functions make numbers
OF_NO_DIMENSION = frozenset(
    f"numpy.{name}"
    for name in "where select piecewise array asarray asanyarray require copy squeeze reshape resize tile roll tensordot "
    "cross cov i0 real_if_close vectorize apply_along_axis apply_over_axes zeros ones full empty "
    "zeros_like ones_like full_like empty_like".split()
) | {"scipy.special.polygamma"}
# operations with an effect: never shared, moved or removed
EFFECTS = frozenset({"builtins.print", "assert", "raise", "srcdiff.check_rank", "srcdiff.check_equal"}) | {
    "srcdiff.check_apart"
}

FACT = Var("", BOOL)  # stands for a fact among the values in scope


@cache
def is_effect(fn: str) -> bool:
    return fn in EFFECTS or fn.startswith("numpy.random.") or fn.startswith("random.") or fn.startswith("logging.")


def literal(value: AnyValue) -> Lit:
    """The literal for a Python value."""
    match value:
        case bool():
            return Lit(value, BOOL)
        case int():
            return Lit(value, INT)
        case float():
            return Lit(value, Array("float", ()))
        case complex():
            return Lit(value, Array("complex", ()))
    return Lit(value, Opaque("undef" if value is UNDEF else "None" if value is None else type(value).__name__))


def atom_key(atom: Atom) -> object:
    """Equal for atoms that are the same value."""
    if isinstance(atom, Var):
        return id(atom)
    match atom:
        case Lit(value):
            return ("lit", type(value), repr(value))
        case Const(name):
            return ("const", name)
    return id(atom)


def operation_key(fn: str, args: tuple[Atom, ...], kwargs: Kwargs) -> object:
    """Equal for operations that give the same value."""
    return (fn, *map(atom_key, args), *((name, atom_key(value)) for name, value in kwargs))


NEAR = 12


class Builder:
    """Appends to the innermost open block."""

    def __init__(self, infer: Infer, rewrite: Rewrite | None = None) -> None:
        self.infer, self.rewrite = infer, rewrite
        self.blocks: list[Block] = []
        self.shared: list[dict[object, Var]] = []
        self.closed: dict[Block, dict[object, Var]] = {}  # what blocks shared when they were closed
        self.definition: dict[Var, Op] = {}  # the operation that defines each variable made here
        self.walks: dict[Var, Atom] = {}  # what each loop's target walks through
        self.primal: set[Var] = set()  # in a derivative, the variables of the primal: they are at hand
        self.loc: Loc | None = None
        self.mixed = False  # in a derivative, whether some of the program's values are complex

    @contextmanager
    def block(self, params: list[Var] | None = None) -> Iterator[Block]:
        """Open a new block; what is emitted within goes there."""
        new = Block(list(params or []))
        self.blocks.append(new)
        self.shared.append({})
        try:
            yield new
        finally:
            self.blocks.pop()
            self.closed[new] = self.shared.pop()

    @contextmanager
    def resume(self, block: Block) -> Iterator[Block]:
        """Append to a block that was closed; what it computed is shared still."""
        self.blocks.append(block)
        self.shared.append(self.closed.get(block, {}))
        try:
            yield block
        finally:
            self.blocks.pop()
            self.closed[block] = self.shared.pop()

    @contextmanager
    def within(self, block: Block) -> Iterator[Block]:
        """Open an existing block again, to append to it."""
        self.blocks.append(block)
        self.shared.append({})
        try:
            yield block
        finally:
            self.blocks.pop()
            self.shared.pop()

    def emit(self, fn: str, *args: Atom, hint: str = "", **kwargs: Atom) -> Atom:
        """The value of fn(*args, **kwargs): a new operation, an equal one in scope, or what it simplifies to."""
        return self.emit_op(fn, args, tuple(kwargs.items()), hint)

    def emit_op(self, fn: str, args: tuple[Atom, ...], kwargs: Kwargs = (), hint: str = "") -> Atom:
        if self.rewrite is not None:
            simpler = self.rewrite(self, fn, args, kwargs)
            if simpler is not None:
                if hint and isinstance(simpler, Var) and not simpler.hint:
                    simpler.hint = hint
                return simpler
        key: object = None
        if fn not in UNSHARED and not is_effect(fn):
            key = operation_key(fn, args, kwargs)
            found = self._in_scope(key)
            if found is not None:
                found.hint = found.hint or hint
                return found
        out = Var(hint, self.infer(fn, args, kwargs, self))
        op = Op(fn, args, kwargs, out, self.loc)
        self.append(op)
        self.definition[out] = op
        if key is not None:
            self.shared[-1][key] = out
        return out

    def _in_scope(self, key: object) -> Var | None:
        return next((scope[key] for scope in reversed(self.shared) if key in scope), None)

    def note(self, fact: Hashable) -> None:
        """Remember what holds from here to the end of the innermost open block."""
        self.shared[-1]["fact", fact] = FACT

    def holds(self, fact: Hashable) -> bool:
        return self._in_scope(("fact", fact)) is not None

    def at_hand(self, fn: str, *args: Atom) -> Var | None:
        """The value of fn(*args), where it is in scope already."""
        return self._in_scope(operation_key(fn, args, ()))

    def append(self, stmt: Stmt) -> None:
        self.blocks[-1].body.append(stmt)

    def last(self) -> Stmt | None:
        """The statement that was made last in the innermost open block."""
        body = self.blocks[-1].body
        return body[-1] if body else None

    def is_near(self, op: Op) -> bool:
        """Whether an operation is one of the last few of the innermost open block."""
        return op in self.blocks[-1].body[-NEAR:]

    def if_(self, test: Atom, then: Block, orelse: Block, outs: list[Var]) -> If:
        node = If(test, then, orelse, outs, self.loc)
        self.append(node)
        return node

    def loop(self, iters: list[Iter], cond: Block | None, body: Block, inits: list[Atom], outs: list[Var]) -> Loop:
        node = Loop(iters, cond, body, inits, outs, self.loc)
        self.append(node)
        return node

    def lit(self, value: AnyValue) -> Lit:
        return literal(value)

    def defined_by(self, atom: Atom, fn: str) -> Op | None:
        """The operation that defines the atom, if it is a `fn`."""
        op = self.definition.get(atom) if isinstance(atom, Var) else None
        return op if op is not None and op.fn == fn else None
