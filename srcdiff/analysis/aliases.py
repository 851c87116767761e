"""Which values may share storage, were every write done in place: a relation between pairs of variables.

Pairs, not sites of allocation: two buffers that a loop swaps (`v, w = w, v`) stay apart, by induction over the
iterations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from srcdiff.analysis.storage_kinds import (
    CONTAINERS,
    REPEATED,
    WRITES,
    is_container,
    keeps_arguments,
    makes_arrays_of_no_dimension,
    makes_number,
    makes_storage,
    repeats_number,
    shared_arguments,
)
from srcdiff.ir.nodes import Atom, Block, Call, Const, Function, If, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import Array, Opaque, is_scalar
from srcdiff.ir.walk import flows, outs, statements

RESIDUALS = Opaque("residuals")  # what a reversed call hands over: it may hold anything
EXTERNAL = 1  # the bit of everything that the function did not make: arguments, constants, globals
HELD = 2  # the bit of containers that hold something external, and are not external themselves
NUMBERS = 4  # the bit of containers that hold numbers from outside, which may be arrays of no dimension
OUTSIDE = EXTERNAL | HELD
NOT_VARIABLES = OUTSIDE | NUMBERS


@dataclass
class Sharing:
    """`masks[v]` has the bits of all variables that may share storage with v, its own included; 0 where it has none."""

    bits: dict[Var, int] = field(default_factory=dict)
    variables: list[Var | None] = field(default_factory=lambda: [None] * 3)
    masks: dict[Var, int] = field(default_factory=dict)
    inner: dict[Loop, int] = field(default_factory=dict)  # what the blocks of a loop define
    again: dict[Block, list[Stmt]] = field(default_factory=dict)  # the statements of a block that share anything
    changed: bool = False
    boxed: set[Var] = field(default_factory=set)  # numbers that may be arrays of no dimension, which `+=` changes

    def of(self, atom: Atom) -> int:
        if isinstance(atom, Var):
            return self.masks.get(atom, 0)
        return EXTERNAL if isinstance(atom, Const) and not isinstance(atom.type, Opaque) else 0

    def members(self, mask: int) -> list[Var]:
        """The variables of a mask, in the order of their definitions."""
        found = []
        mask &= ~NOT_VARIABLES
        while mask:
            low = mask & -mask
            variable = self.variables[low.bit_length() - 1]
            assert variable is not None
            found.append(variable)
            mask ^= low
        return found

    def number(self, variable: Var) -> None:
        if variable not in self.bits:
            self.bits[variable] = 1 << len(self.variables)
            self.variables.append(variable)

    def fresh(self, out: Var) -> None:
        self.link(out, 0)

    def link(self, out: Var, mask: int) -> None:
        """Let `out` share with all of `mask`."""
        bit = self.bits[out]
        old = self.masks.get(out, 0)
        new = (mask | bit) & ~old
        if not new:
            return
        self.changed = True
        self.masks[out] = old | new
        for other in self.members(new & ~bit):
            self.masks[other] = self.masks.get(other, 0) | bit | self.bits[other]


def sharing(function: Function) -> Sharing:
    """Which variables of a function may share storage, to a fixpoint."""
    found = Sharing()
    for param in function.params:
        found.number(param.var)
        if param.own:
            if not is_scalar(param.var.type):
                found.fresh(param.var)
        elif not isinstance(param.var.type, Opaque) or param.var.type == RESIDUALS:
            found.link(param.var, EXTERNAL)
    _number(function.body, found)
    every = list(statements(function.body))
    numbers = {stmt.out for stmt in every if isinstance(stmt, Op) and makes_number(stmt)}
    found.boxed = _boxed(every, numbers)
    _settle(function, found)
    return found


def _boxed(every: list[Stmt], numbers: set[Var]) -> set[Var]:
    """The numbers that may be arrays of no dimension, and those that may be one of them."""
    found = {out for stmt in every if makes_arrays_of_no_dimension(stmt, numbers) for out in outs(stmt)}
    if not found:
        return found
    for stmt in every:
        if isinstance(stmt, Op) and stmt.fn == "operator.getitem" and is_container(stmt.args[0]):
            found.add(stmt.out)
        if isinstance(stmt, Loop):
            found.update(target for target, walked in zip(stmt.targets, stmt.iters) if is_container(walked.seq))
    passed = [pair for stmt in every for pair in flows(stmt)]
    while True:
        more = {out for out, atom in passed if atom in found} - found
        if not more:
            return found
        found |= more


def sharing_of_more(found: Sharing, writes: list[tuple[Op, Block]], function: Function) -> Sharing:
    """What variables share now that operations, each of a block, have become writes."""
    again = dict(found.again)
    for op, block in writes:
        again[block] = [*again[block], op]
    more = replace(found, masks=dict(found.masks), again=again)
    _settle(function, more)
    return more


def _settle(function: Function, found: Sharing) -> None:
    found.changed = True
    while found.changed:
        found.changed = False
        _block(function.body, found)


def _number(block: Block, found: Sharing) -> None:
    """Number the variables so that those of a loop's body are neighbours."""
    for param in block.params:
        found.number(param)
    for stmt in block.body:
        match stmt:
            case Op():
                found.number(stmt.out)
                continue
            case If():
                _number(stmt.then, found)
                _number(stmt.orelse, found)
            case Loop():
                first = len(found.variables)
                if stmt.cond is not None:
                    _number(stmt.cond, found)
                _number(stmt.body, found)
                found.inner[stmt] = (1 << len(found.variables)) - (1 << first)
        for out in stmt.outs:
            found.number(out)


def _block(block: Block, found: Sharing) -> None:
    again = found.again.get(block)
    if again is not None:
        for stmt in again:
            _stmt(stmt, found)
        return
    again = found.again[block] = []
    for stmt in block.body:
        if _stmt(stmt, found):
            again.append(stmt)


def _stmt(stmt: Stmt, found: Sharing) -> bool:
    """Bring a statement's results up to date; whether they may have to be again."""
    match stmt:
        case Op():
            return _op(stmt, found)
        case If():
            _block(stmt.then, found)
            _block(stmt.orelse, found)
            _join(stmt.outs, [stmt.then.results, stmt.orelse.results], found, ~0)
        case Call():
            mask = 0
            for atom in () if stmt.apart else stmt.args:  # what it takes is nobody else's
                mask |= found.of(atom)
            for out in stmt.outs:
                found.link(out, mask)
        case Loop():
            _loop(stmt, found)
    return True


def _join(outs: list[Var], ways: list[list[Atom]], found: Sharing, visible: int) -> None:
    """Let each of `outs` be what it is on any of the ways (arms, say): two share where they do on one of them."""
    own = 0
    for out in outs:
        own |= found.bits[out]
    holders = [_holders(outs, sources, found) for sources in ways]
    for i, out in enumerate(outs):
        storage = others = 0
        for sources, (held, external) in zip(ways, holders):
            mask = found.of(sources[i])
            storage |= mask
            if isinstance(sources[i], Var):
                others |= _of_bits(mask, held)
            elif mask:
                others |= external
        if storage:  # else a plain number, which shares nothing
            found.link(out, storage & visible & ~own | others)


def _holders(outs: list[Var], sources: list[Atom], found: Sharing) -> tuple[dict[int, int], int]:
    """The outs that each bit of the sources (one for all constants) goes to, and those that get something external."""
    held: dict[int, int] = {}
    external = 0
    for out, source in zip(outs, sources):
        mask, bit = found.of(source), found.bits[out]
        if mask:
            key = found.bits[source] if isinstance(source, Var) else EXTERNAL
            held[key] = held.get(key, 0) | bit
            external |= bit if mask & EXTERNAL else 0
    return held, external


def _of_bits(mask: int, held: dict[int, int]) -> int:
    """All that is held by the bits of a mask."""
    found = 0
    for key in held if len(held) < 8 else _bits_of(mask):
        if mask & key:
            found |= held.get(key, 0)
    return found


def _bits_of(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low
        mask ^= low


def _loop(loop: Loop, found: Sharing) -> None:
    """A carried variable is its start, or what an iteration hands on: all that the next one knows of it."""
    n = len(loop.inits)
    for target, walked in zip(loop.targets, loop.iters):
        if not is_scalar(target.type) or not isinstance(walked.seq.type, Array):
            mask = found.of(walked.seq)
            if mask:
                found.link(target, taken_out(mask, target))
    carried, handed, tapes = loop.carried, loop.body.results[1:], loop.outs[n + 1 :]
    inner = found.inner[loop]
    nothing: list[Atom] = [Lit(None, Opaque("None"))] * len(tapes)
    _join([*carried, *tapes], [[*loop.inits, *nothing], handed], found, ~inner)
    _push(carried, tapes, handed, found, ~inner)
    if loop.cond is not None:
        for param, variable in zip(loop.cond.params, carried):
            if found.of(variable):
                found.link(param, found.of(variable))
        _block(loop.cond, found)
    _block(loop.body, found)
    _join(loop.outs[1 : n + 1], [[*carried], handed[:n]], found, ~inner)


def _push(carried: list[Var], tapes: list[Var], handed: list[Atom], found: Sharing, visible: int) -> None:
    """A tape shares with what was pushed, and with what is carried on that was pushed in an iteration before."""
    n = len(carried)
    for tape, element in zip(tapes, handed[n:]):  # a list of its own, which more may be appended to
        found.link(tape, _held(element, found.of(element)) & visible if found.of(element) else 0)
    held = {found.bits[tape]: tape for tape in tapes}
    union = sum(held)
    for variable, result in zip(carried, handed):
        mask = found.of(result)
        if isinstance(result, Var):
            pushed = [held[bit] for bit in _bits_of(mask & union)]
        else:
            pushed = [tape for tape in tapes if mask & found.of(tape) & EXTERNAL]
        for tape in pushed:
            found.link(tape, found.bits[variable])


def _op(op: Op, found: Sharing) -> bool:
    if repeats_number(op):
        found.link(op.out, _held(op.args[0], found.of(op.args[0])))
        return True
    sources = shared_arguments(op)
    if not sources:
        if sources is not None and makes_storage(op):
            found.link(op.out, EXTERNAL if op.fn in REPEATED else 0)
        return False
    keeps = keeps_arguments(op.fn)
    holds = op.fn in CONTAINERS or op.fn in WRITES and is_container(op.args[0])
    mask = 0
    for k, atom in enumerate(sources):
        own = found.of(atom) if keeps else taken_out(found.of(atom), op.out)
        if holds and (k or op.fn in CONTAINERS):
            own = _held(atom, own & ~EXTERNAL | HELD if own & OUTSIDE else own)
        mask |= own
    if op.fn in REPEATED:
        mask |= EXTERNAL
    if mask or makes_storage(op):
        found.link(op.out, mask)
    return True


def _held(atom: Atom, mask: int) -> int:
    """What a container shares with for holding a value: of numbers it matters only whether they are from outside."""
    if not is_scalar(atom.type):
        return mask
    return NUMBERS if mask & NOT_VARIABLES else 0


def taken_out(mask: int, out: Var) -> int:
    """What a value shares with that was perhaps taken out of a container."""
    return mask | EXTERNAL if mask & HELD or mask & NUMBERS and is_scalar(out.type) else mask
