"""Writes to what a container holds: when they can be done in the container's own slot, and need not be put back.

    u = t[i]; u1 = setitem(u, j, v); t1 = setitem(t, i, u1)   ->   u = t[i]; u[j] = v

In place, the write to u changes the slot of t, so t1 is t. It changes nothing else of t where t holds each object once.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from srcdiff.analysis.aliases import NUMBERS, OUTSIDE, Sharing
from srcdiff.analysis.holdings import holds_numbers, holds_only_numbers
from srcdiff.analysis.storage_kinds import CONTAINERS, COPIES, REPEATED, WRITES
from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import Atom, Block, Call, Function, If, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import INT, SLICE, Array, Dict, Opaque, Sequence, is_scalar, surely_array
from srcdiff.ir.walk import blocks_of, operands


@dataclass
class Slots:
    """What is known of the containers of a function and of the writes to what they hold."""

    sharing: Sharing
    made: dict[Var, Op] = field(default_factory=dict)
    reads: dict[tuple[Var, object], list[Var]] = field(default_factory=dict)  # what is read from each slot
    repeated: set[Var] = field(default_factory=set)  # what may hold one object in several places
    taken: dict[Var, frozenset[Var]] = field(default_factory=dict)  # read from a version, and overwritten there since
    twice: dict[Var, object] = field(default_factory=dict)  # where an element stands still that was moved elsewhere
    back: dict[Op, Op] = field(default_factory=dict)  # a write to an element -> the write that puts it back
    home: dict[Op, Op] = field(default_factory=dict)  # a write that puts an element back -> where it was read
    exempt: dict[Op, int] = field(default_factory=dict)  # the containers that hold what a write changes, in its slot


def slots_of(function: Function, sharing: Sharing) -> Slots:
    """The slots of a function's containers, to a fixpoint: loops are taken to keep what they carry apart."""
    found = Slots(sharing)
    _find_made(function.body, found)
    _find_back(function.body, found)
    if not found.home:
        return found
    while True:
        before = len(found.repeated)
        _block(function.body, found)
        if len(found.repeated) == before:
            break
    for write in found.back:
        found.exempt[write] = _holders(write, found)
    return found


def _find_made(block: Block, found: Slots) -> None:
    for stmt in block.body:
        if isinstance(stmt, Op):
            found.made[stmt.out] = stmt
            if stmt.fn == "operator.getitem" and isinstance(stmt.args[0], Var):
                found.reads.setdefault((stmt.args[0], atom_key(stmt.args[1])), []).append(stmt.out)
        for inner in blocks_of(stmt):
            _find_made(inner, found)


# writes that put an element back


def _find_back(block: Block, found: Slots) -> None:
    """Note the writes of a block that put an element back where it was read."""
    places: dict[Var, list[int]] | None = None
    for position, stmt in enumerate(block.body):
        for inner in blocks_of(stmt):
            _find_back(inner, found)
        if not isinstance(stmt, Op) or stmt.fn != "operator.setitem" or not isinstance(stmt.args[2], Var):
            continue
        chain = _chain(stmt, found)
        if chain is None:
            continue
        places = _places(block) if places is None else places
        at = {s: k for k, s in enumerate(block.body[:position])}  # few blocks have such writes, and few of them
        if any(write not in at for write in chain[1:]):
            continue
        base, since = stmt.args[0], min(at[write] for write in chain[1:])
        assert isinstance(base, Var)
        used = places.get(base, [])
        if bisect_right(used, since) != bisect_right(used, position - 1):
            continue  # what reads the container in between sees the old element
        found.home[stmt] = chain[0]
        found.back.update(dict.fromkeys(chain[1:], stmt))


def _chain(put: Op, found: Slots) -> list[Op] | None:
    """From where an element is read to the last write to it, for a write that puts it back; None for other writes."""
    base, index, value = put.args
    chain: list[Op] = []
    while True:
        made = found.made.get(value) if isinstance(value, Var) else None
        if made is None:
            return None
        chain.append(made)
        if made.fn == "operator.getitem":
            break
        if made.fn not in WRITES:
            return None
        value = made.args[0]
    same = made.args[0] is base and atom_key(made.args[1]) == atom_key(index)
    return chain[::-1] if same and len(chain) > 1 and _is_slot(made, found) else None


def _is_slot(read: Op, found: Slots) -> bool:
    """Whether an element is an object in the container, or a view of it: what changes it changes the container."""
    base, index = read.args
    kinds = (Sequence, Dict)
    if not (isinstance(read.out.type, kinds) or surely_array(read.out.type)):
        return False
    if isinstance(base.type, Array):
        return surely_array(base.type) and _is_basic(index, found)
    return isinstance(base.type, kinds) and index.type != SLICE


def _is_basic(index: Atom, found: Slots) -> bool:
    made = found.made.get(index) if isinstance(index, Var) else None
    if made is not None and made.fn == "tuple":
        return all(_is_basic(part, found) for part in made.args)
    return index.type == INT or (isinstance(index.type, Opaque) and index.type.name in ("slice", "ellipsis"))


def _places(block: Block) -> dict[Var, list[int]]:
    """Where each variable is read in a block, within its inner blocks too."""
    found: dict[Var, list[int]] = {}

    def note(stmt: Stmt, position: int) -> None:
        for atom in operands(stmt):
            if isinstance(atom, Var):
                found.setdefault(atom, []).append(position)
        for inner in blocks_of(stmt):
            for atom in inner.results:
                if isinstance(atom, Var):
                    found.setdefault(atom, []).append(position)
            for nested in inner.body:
                note(nested, position)

    for position, stmt in enumerate(block.body):
        note(stmt, position)
    return found


def _holders(write: Op, found: Slots) -> int:
    """The bits of the containers in whose own slots a write is done; 0 where one may hold the object elsewhere."""
    mask = 0
    put = found.back.get(write)
    while put is not None:
        base = put.args[0]
        if not isinstance(base, Var) or _repeats(base, found):
            return 0
        mask |= found.sharing.bits[base]
        put = found.back.get(put)
    return mask


# which containers hold each object once


def _block(block: Block, found: Slots) -> None:
    for stmt in block.body:
        match stmt:
            case Op():
                if _may_repeat(stmt.out) and not _once(stmt, found):
                    found.repeated.add(stmt.out)
            case If(_, then, orelse, results):
                _block(then, found)
                _block(orelse, found)
                for out, a, b in zip(results, then.results, orelse.results):
                    _join(out, [a, b], found)
            case Loop():
                _loop(stmt, found)
            case Call():
                found.repeated.update(out for out in stmt.outs if _may_repeat(out))


def _may_repeat(atom: Atom) -> bool:
    return not isinstance(atom.type, (Array, Opaque))


def _join(out: Var, sources: list[Atom], found: Slots) -> None:
    if _may_repeat(out) and any(_repeats(s, found) for s in sources):
        found.repeated.add(out)


def _repeats(atom: Atom, found: Slots) -> bool:
    if not _may_repeat(atom) or isinstance(atom, Lit):
        return False
    if not isinstance(atom, Var) or atom in found.repeated or atom in found.twice:
        return True
    return bool(found.sharing.of(atom) & OUTSIDE)


def _loop(loop: Loop, found: Slots) -> None:
    n = len(loop.inits)
    for target, walked in zip(loop.targets, loop.iters):
        _join(target, [walked.seq], found)
    for carried, init, result in zip(loop.carried, loop.inits, loop.body.results[1 : n + 1]):
        _join(carried, [init, result], found)
    if loop.cond is not None:
        for param, carried in zip(loop.cond.params, loop.carried):
            _join(param, [carried], found)
        _block(loop.cond, found)
    _block(loop.body, found)
    for out, carried in zip(loop.outs[1 : n + 1], loop.carried):
        _join(out, [carried], found)
    own = 0
    for out in loop.outs:
        own |= found.sharing.bits[out]
    handed = 0
    for carried in loop.carried:
        handed |= found.sharing.bits[carried]
    visible = (found.sharing.inner[loop] | own) & ~handed
    for tape, element in zip(loop.outs[n + 1 :], loop.body.results[n + 1 :]):
        # an element that lived before its iteration may be pushed in several of them
        if _repeats(element, found) or found.sharing.of(element) & ~(visible | NUMBERS):
            found.repeated.add(tape)


def _once(op: Op, found: Slots) -> bool:
    """Whether a container holds each object once, if its parts do."""
    if op.fn in COPIES or op.fn in ("srcdiff.zero_arrays", "srcdiff.zero_vector") or holds_numbers(op.out.type):
        return True
    if op.fn in REPEATED:
        return False
    parts = list(op.args[1::2]) if op.fn == "dict" else list(op.args)
    if op.fn in CONTAINERS or op.fn == "operator.add":
        return _apart(parts, found)
    if op.fn in ("operator.getitem", "srcdiff.drop_last", "srcdiff.addto"):
        return not _repeats(parts[0], found)
    if op.fn == "list.append":
        return _apart(parts, found)
    if op.fn in ("srcdiff.add_slice", "srcdiff.add_at"):  # what is not added to is the same, and the sums are new
        return not _repeats(parts[0], found) and all(holds_only_numbers(parts[k].type) for k in (0, 2))
    if op.fn == "srcdiff.add":
        return all(holds_only_numbers(a.type) for a in op.args)
    return op.fn == "operator.setitem" and _set(op, found)


def _apart(parts: list[Atom], found: Slots) -> bool:
    """Whether values hold each object once, all together."""
    seen = 0
    for part in parts:
        if isinstance(part, Lit) or is_scalar(part.type):
            continue
        shared = found.sharing.of(part)
        if _repeats(part, found) or shared & (seen | OUTSIDE) or not isinstance(part, Var):
            return False
        seen |= found.sharing.bits[part]
    return True


def _set(op: Op, found: Slots) -> bool:
    """Another element in a slot: a new one, the slot's own, or one that was taken out of another slot before."""
    base, index, value = op.args
    assert isinstance(base, Var)
    key, moved = atom_key(index), found.twice.get(base)
    taken = set(found.taken.get(base, ()))
    found.twice.pop(op.out, None)
    if base in found.repeated or found.sharing.of(base) & OUTSIDE or moved is not None and moved != key:
        return False
    if op not in found.home:
        here = found.reads.get((base, key), [])
        taken.update(here if len(here) == 1 else ())
        root, read = _root(value, found)
        if root in taken:
            taken.discard(root)
        elif read is not None and read.args[0] is base and moved is None:
            found.twice[op.out] = atom_key(read.args[1])
        elif not is_scalar(value.type):
            shared = found.sharing.of(value)
            if shared & (found.sharing.bits[base] | OUTSIDE) or _repeats(value, found):
                return False
    found.taken[op.out] = frozenset(taken)
    return True


def _root(value: Atom, found: Slots) -> tuple[Atom, Op | None]:
    """Where an element was read that is perhaps written since."""
    while True:
        made = found.made.get(value) if isinstance(value, Var) else None
        if made is not None and made.fn == "operator.getitem":
            return value, made
        if made is None or made.fn not in WRITES:
            return value, None
        value = made.args[0]
