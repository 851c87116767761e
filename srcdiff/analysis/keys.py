"""Keys of dicts that vary with what is differentiated: they may be looked up, but no derivative goes through them.

seen[x] = 1.0; total += seen[x]          is differentiated: the entry is found by the same key
for k, v in seen.items(): total += k     is refused: what k contributes would be lost
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Flag, auto

from srcdiff.analysis.evidence import WRITES, Evidence
from srcdiff.errors import Refusal
from srcdiff.ir.nodes import Atom, Block, Call, Function, Loop, Op, Program, Stmt, Var
from srcdiff.ir.types import Any, Array, Dict, Opaque, may_vary
from srcdiff.ir.walk import blocks_of, flows, statements

# what walks through a dict gives its keys
WALKS = frozenset(f"builtins.{name}" for name in "list tuple sorted reversed max min sum any all".split())
SUMS = frozenset({"builtins.sum"})
HOLDING = WALKS - SUMS | {
    "operator.getitem",
    "tuple",
    "list",
    "list.append",
    "srcdiff.copy",
}  # what may give what they take


def walks_keys(op: Op) -> bool:
    """Whether an operation walks through the keys of what surely is a dict."""
    return op.fn in WALKS and len(op.args) == 1 and isinstance(op.args[0].type, Dict)


def walked_by_keys(evidence: Evidence, var: Var) -> bool:
    """Whether the function loops over `var.keys()`, `.items()` or `.values()`, and reads what stands there."""
    return any(
        isinstance(use, Op) and k == 0 and use.fn == "operator.getitem" and use.args[1].type == Opaque("key")
        for use, k in evidence.uses.get(var, ())
    )


class Kind(Flag):
    """What a value is, or holds."""

    PLAIN = 0
    VARYING = auto()
    KEYED = auto()  # a dict with keys that vary
    KEY = auto()  # such a key


class _Keys:
    def __init__(self, program: Program, stops: Callable[[Op], bool]) -> None:
        self.program, self.stops = program, stops
        self.kinds: dict[Var, Kind] = {}
        self.changed = False

    def of(self, *atoms: Atom) -> Kind:
        found = Kind.PLAIN
        for atom in atoms:
            if isinstance(atom, Var):
                found |= self.kinds.get(atom, Kind.PLAIN)
        return found

    def mark(self, var: Var, kind: Kind) -> None:
        before = self.kinds.get(var, Kind.PLAIN)
        if before | kind != before:
            self.kinds[var] = before | kind
            self.changed = True

    def flow(self, pairs: Iterable[tuple[Var, Atom]]) -> None:
        for target, source in pairs:
            self.mark(target, self.of(source))

    def block(self, block: Block) -> None:
        for stmt in block.body:
            self.stmt(stmt)

    def stmt(self, stmt: Stmt) -> None:
        match stmt:
            case Op():
                self.mark(stmt.out, self.op(stmt))
            case Loop():
                self.flow((target, it.seq) for target, it in zip(stmt.targets, stmt.iters))
            case Call(callee, args, outs):
                function = self.program.functions[callee]
                self.flow(zip((p.var for p in function.params), args))
                self.flow(zip(outs, function.body.results))
        for inner in blocks_of(stmt):
            self.block(inner)
        self.flow(flows(stmt))

    def op(self, op: Op) -> Kind:
        if op.fn in WRITES:
            base, key, value = op.args
            indexed = isinstance(base.type, Array) or not self.of(key)
            return self.of(base, value) | (Kind.PLAIN if indexed else Kind.KEYED)
        if op.fn == "dict":
            return self.of(*op.args[1::2]) | (Kind.KEYED if self.of(*op.args[::2]) else Kind.PLAIN)
        if op.fn == "operator.getitem":
            return self.of(op.args[0])
        kind = self.of(*op.args, *(a for _, a in op.kwargs))
        if op.fn in WALKS and Kind.KEYED in kind and isinstance(op.args[0].type, Dict | Any):
            kind |= Kind.KEY
        if op.fn in HOLDING:
            return kind
        if not may_vary(op.out.type) and not isinstance(op.out.type, Opaque):
            return Kind.PLAIN
        if Kind.KEY in kind and (op.fn in WALKS or not self.stops(op)):
            refuse(op)
        return kind & (Kind.VARYING | Kind.KEYED)


def refuse(place: Op | Function) -> None:
    raise Refusal(
        "the keys of a dict vary with what is differentiated, and a value is computed from them",
        place.loc,
        "keep the numbers in a list beside the dict, and compute from these",
    )


def check_keys(program: Program, wrt: list[int], stops: Callable[[Op], bool]) -> None:
    """Refuse what computes with the keys of dicts that vary with the main function's arguments at `wrt`."""
    every = [s for f in program.functions.values() for s in statements(f.body) if isinstance(s, Op)]
    if not any(op.fn in WALKS and isinstance(op.args[0].type, Dict | Any) for op in every if op.args):
        return
    main = program.functions[program.main]
    keys = _Keys(program, stops)
    keys.kinds = {main.params[i].var: Kind.VARYING for i in wrt}
    keys.changed = True
    while keys.changed:
        keys.changed = False
        for function in program.functions.values():
            keys.block(function.body)
    if Kind.KEY in keys.of(*main.body.results):
        refuse(main)
