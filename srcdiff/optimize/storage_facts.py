"""What a write in place would change: for each write, the variables that share its storage and are read later."""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.analysis.aliases import HELD, OUTSIDE, Sharing, sharing
from srcdiff.analysis.holdings import may_reach
from srcdiff.analysis.slots import Slots, slots_of
from srcdiff.analysis.storage_kinds import changes_slots_only, uses_shape_only
from srcdiff.ir.nodes import Atom, Block, Call, Function, If, Loop, Op, Stmt, Var
from srcdiff.ir.types import Sequence
from srcdiff.ir.walk import blocks_of, outs, substitute


@dataclass
class Place:
    """Where a statement stands: its block and the statements that own the blocks around it, outermost first."""

    block: Block
    owners: tuple[Stmt, ...]


@dataclass
class Facts:
    """What one round of the pass knows of a function."""

    sharing: Sharing
    slots: Slots
    places: dict[Stmt, Place] = field(default_factory=dict)
    defined_by: dict[Var, Stmt] = field(default_factory=dict)
    tapes: set[Var] = field(default_factory=set)
    live_after: dict[Op | Call, int] = field(default_factory=dict)  # whose content is read after each write or call


def facts_of(function: Function) -> Facts:
    shared = sharing(function)
    facts = Facts(shared, slots_of(function, shared))
    _locate(function.body, (), facts)
    live_within(function.body, 0, facts)
    return facts


def _locate(block: Block, owners: tuple[Stmt, ...], facts: Facts) -> None:
    for stmt in block.body:
        facts.places[stmt] = Place(block, owners)
        for out in outs(stmt):
            facts.defined_by[out] = stmt
        if isinstance(stmt, Loop):
            facts.tapes.update(stmt.outs[1 + len(stmt.inits) :])
        for inner in blocks_of(stmt):
            _locate(inner, (*owners, stmt), facts)


def live_within(block: Block, live: int, facts: Facts) -> int:
    """Note what is live after each write of a block, given what is live after the block; what is live before it."""
    bits = facts.sharing.bits

    def bit(atom: Atom) -> int:
        return bits.get(atom, 0) if isinstance(atom, Var) else 0

    for atom in block.results:
        live |= bit(atom)
    for stmt in reversed(block.body):
        after = live
        for out in outs(stmt):
            live &= ~bits.get(out, 0)
        match stmt:
            case Op():
                facts.live_after[stmt] = live
                for i, atom in enumerate(stmt.args):
                    live |= 0 if uses_shape_only(stmt, i) else bit(atom)
                for _, atom in stmt.kwargs:
                    live |= bit(atom)
            case If():
                live &= ~_mask(stmt.outs, bits)
                live = live_within(stmt.then, live, facts) | live_within(stmt.orelse, live, facts) | bit(stmt.test)
            case Loop():
                tapes = 0
                for out in stmt.outs[1 + len(stmt.inits) :]:
                    tapes |= bits[out]
                live |= read_within(stmt, bits) & ~facts.sharing.inner[stmt]
                around = live | (tapes & after)
                if stmt.cond is not None:
                    live_within(stmt.cond, around, facts)
                live_within(stmt.body, around, facts)
                for atom in stmt.inits:
                    live |= bit(atom)
            case Call():
                live &= ~_mask(stmt.outs, bits)
                facts.live_after[stmt] = live
                for atom in stmt.args:
                    live |= bit(atom)
    return live


def _mask(variables: list[Var], bits: dict[Var, int]) -> int:
    mask = 0
    for variable in variables:
        mask |= bits[variable]
    return mask


def read_within(loop: Loop, bits: dict[Var, int]) -> int:
    """The variables from outside whose content the iterations of a loop read."""
    mask = 0
    for walked in loop.iters:
        mask |= bits.get(walked.seq, 0) if isinstance(walked.seq, Var) else 0
    for block in blocks_of(loop):
        mask |= _block_reads(block, bits)
    return mask


def _block_reads(block: Block, bits: dict[Var, int]) -> int:
    atoms: list[Atom] = list(block.results)
    mask = 0
    for stmt in block.body:
        match stmt:
            case Op():
                atoms += [a for i, a in enumerate(stmt.args) if not uses_shape_only(stmt, i)]
                atoms += [a for _, a in stmt.kwargs]
            case If():
                atoms.append(stmt.test)
            case Loop():
                atoms += [it.seq for it in stmt.iters] + stmt.inits
            case _:
                atoms += stmt.args
        for inner in blocks_of(stmt):
            mask |= _block_reads(inner, bits)
    for atom in atoms:
        mask |= bits.get(atom, 0) if isinstance(atom, Var) else 0
    return mask


def leave_in_slots(function: Function, shared: Sharing) -> None:
    """Leave out the writes that put an element back where it is, once all are in place: u = t[i]; u[j] = v; t[i] = u."""
    slots = slots_of(function, shared)
    kept: dict[Var, Atom] = {}
    for put in slots.home:
        base = put.args[0]
        kept[put.out] = kept.get(base, base) if isinstance(base, Var) else base
    if kept:
        _leave_out(function.body, slots)
        substitute(function.body, kept)


def _leave_out(block: Block, slots: Slots) -> None:
    block.body = [stmt for stmt in block.body if stmt not in slots.home]
    for stmt in block.body:
        for inner in blocks_of(stmt):
            _leave_out(inner, slots)


def taken_from_others(call: Call, facts: Facts) -> list[int]:
    """The arguments that a call may change, and that somebody else has who reads them later, or the call itself."""
    found = []
    for k in call.taken:
        others = facts.live_after[call]
        for i, atom in enumerate(call.args):
            if i != k and isinstance(atom, Var):
                others |= facts.sharing.bits[atom]
        if facts.sharing.of(call.args[k]) & (others | OUTSIDE):
            found.append(k)
    return found


def seen_by(write: Op, facts: Facts) -> int:
    """The variables that a write in place would change, and that are read later."""
    conflict = facts.sharing.of(write.args[0]) & (facts.live_after[write] | OUTSIDE)
    conflict &= ~facts.slots.exempt.get(write, 0)
    if not changes_slots_only(write):
        return conflict
    conflict &= ~HELD
    for variable in facts.sharing.members(conflict):
        types = [variable.type]
        if variable in facts.tapes and isinstance(variable.type, Sequence):  # shares what each element does
            types.append(variable.type.elem)
        if not any(may_reach(t, write.args[0].type) for t in types):  # it shares what is held, not the container
            conflict &= ~facts.sharing.bits[variable]
    return conflict
