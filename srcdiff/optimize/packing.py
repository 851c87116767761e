"""Residuals of a reversed call, packed arm by arm: each arm of the forward gives what its own adjoint needs.

if t: a = ...; c = None                       if t: residuals = a, b
else: c = ...; a = b = None            ->     else: residuals = c
residuals = a, b, c                           ...; in the reverse: if t: a, b = residuals ... else: c = residuals
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from srcdiff.analysis.aliases import RESIDUALS
from srcdiff.analysis.same import Same, undefined
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import UNDEF, Atom, Block, Function, If, Iter, Loop, Op, Stmt, Var
from srcdiff.ir.types import Sequence
from srcdiff.ir.walk import blocks_of, operands, outs, statements, substitute

Item = TypeVar("Item")


@dataclass
class Saved:
    """A residual: what the forward saves, and the variables by which the reverse reads it."""

    value: Atom
    reads: list[Var]


@dataclass
class _Level:
    """What one arm of the forward hands to one arm of the reverse: values, and what arms within it hand over."""

    forward: Block
    reverse: Block
    saved: list[Saved] = field(default_factory=list)
    inner: dict[If, tuple[If, dict[bool, _Level]]] = field(default_factory=dict)  # by the branch of the forward


def pack(forward: Function, reverse: Function, params: dict[Var, Var], saved: list[Saved], given: Var) -> Atom:
    """Pack what the forward saves, and unpack it in the reverse from `given`; the forward's value for it.

    `params` gives for parameters of the reverse those of the forward."""
    here, there = _Places(forward.body), _Places(reverse.body)
    proof = _Proof(here, there, params, saved)
    top = _Level(forward.body, reverse.body)
    for item in saved:
        level = top
        for (mine, arm), (theirs, other) in zip(here.arms_of(item.value), there.arms_around(item.reads)):
            side = arm is mine.then
            if side is not (other is theirs.then) or not proof.same(mine.test, theirs.test):
                break
            node, arms = level.inner.setdefault(mine, (theirs, {}))
            if node is not theirs:
                break
            level = arms.setdefault(side, _Level(arm, other))
            item.value = arm.results[mine.outs.index(item.value)]  # type: ignore[arg-type]
        level.saved.append(item)
    if len(saved) == 1 and top.saved:
        given.hint, given.type = _hint(saved[0].value), saved[0].value.type
    return _hand_over(top, given)


def _join_tapes(level: _Level) -> None:
    """One tape of tuples in place of several tapes of one loop that one loop of the reverse walks backwards."""
    collected = {
        out: stmt for stmt in level.forward.body if isinstance(stmt, Loop) for out in stmt.outs[1 + len(stmt.inits) :]
    }
    walks: dict[Atom, list[Loop | None]] = {}
    for stmt in statements(level.reverse):
        for atom in operands(stmt):
            walked = isinstance(stmt, Loop) and any(it.seq is atom and it.reverse for it in stmt.iters)
            walks.setdefault(atom, []).append(stmt if walked else None)  # type: ignore[arg-type]
    groups: dict[tuple[Loop, Loop], list[Saved]] = {}
    for item in level.saved:
        pushing = collected.get(item.value)  # type: ignore[arg-type]
        walking = [loop for read in item.reads for loop in walks.get(read, [])]
        if pushing is not None and len(walking) == 1 and walking[0] is not None:
            groups.setdefault((pushing, walking[0]), []).append(item)
    for (pushing, last), items in groups.items():
        if len(items) > 1:
            level.saved = [item for item in level.saved if item not in items] + [_joined(pushing, last, items)]


def _joined(pushing: Loop, walking: Loop, items: list[Saved]) -> Saved:
    """Let a loop push tuples, and the other one unpack them; what it pushed before is dead."""
    made = {out: k for k, stmt in enumerate(pushing.body.body) for out in outs(stmt)}
    pushed_by = dict(zip(pushing.outs, pushing.body.results))
    items.sort(key=lambda item: made.get(pushed_by[item.value], -1))  # type: ignore[arg-type, index]
    elements = [pushed_by[item.value] for item in items]  # type: ignore[index]
    places = [next(k for k, it in enumerate(walking.iters) if it.seq in item.reads) for item in items]
    targets = [walking.targets[k] for k in places]
    pushed, popped = Var("", RESIDUALS), Var("", RESIDUALS)
    tape, read = (Var("tape", Sequence("list", RESIDUALS)) for _ in range(2))
    pushing.body.body.append(Op("tuple", tuple(elements), (), pushed, pushing.loc))
    pushing.body.results.append(pushed)
    pushing.outs.append(tape)
    walking.body.body[:0] = [Op("operator.getitem", (popped, literal(k)), (), t) for k, t in enumerate(targets)]
    carried = walking.carried
    walking.body.params = [*_without(walking.targets, places), popped, *carried]
    walking.iters = [*_without(walking.iters, places), Iter(read, reverse=True)]
    return Saved(tape, [read])


def _without(items: list[Item], places: list[int]) -> list[Item]:
    return [item for k, item in enumerate(items) if k not in places]


def _hand_over(level: _Level, given: Var) -> Atom:
    """Write a level's packing and unpacking; its value in the forward."""
    values: list[Atom] = []
    targets: list[Var] = []
    renamed: dict[Var, Atom] = {}
    _join_tapes(level)
    place = {out: k for k, stmt in enumerate(level.forward.body) for out in outs(stmt)}
    level.saved.sort(key=lambda item: place.get(item.value, -1) if isinstance(item.value, Var) else -1)
    several = len(level.saved) + len(level.inner) > 1
    for item in level.saved:
        target = Var(_hint(item.value), item.value.type) if several else given
        values.append(item.value)
        targets.append(target)
        renamed.update(dict.fromkeys(item.reads, target))
    for node, (_, arms) in level.inner.items():
        target = Var("residuals", RESIDUALS) if several else given
        packed = Var("", RESIDUALS)
        for side, arm in ((True, node.then), (False, node.orelse)):
            arm.results.append(_hand_over(arms[side], target) if side in arms else literal(UNDEF))
        node.outs.append(packed)
        values.append(packed)
        targets.append(target)
    substitute(level.reverse, renamed)
    if not several:
        return values[0]
    unpack = [Op("operator.getitem", (given, literal(k)), (), target) for k, target in enumerate(targets)]
    level.reverse.body[:0] = unpack
    whole = Var("", RESIDUALS)
    level.forward.body.append(Op("tuple", tuple(values), (), whole))
    return whole


def _hint(value: Atom) -> str:
    return value.hint if isinstance(value, Var) else ""


class _Places:
    """Where the variables of a function are made and read."""

    def __init__(self, body: Block) -> None:
        self.body = body
        self.made: dict[Var, Stmt] = {}
        self.block_of: dict[Stmt, Block] = {}
        self.owner: dict[Block, Stmt] = {}
        self.readers: dict[Var, list[Block]] = {}
        self._visit(body)

    def _visit(self, block: Block) -> None:
        for stmt in block.body:
            self.block_of[stmt] = block
            self.made.update((out, stmt) for out in outs(stmt))
            self._read(operands(stmt), block)
            for inner in blocks_of(stmt):
                self.owner[inner] = stmt
                self._visit(inner)
        self._read(block.results, block)

    def _read(self, atoms: list[Atom], block: Block) -> None:
        for atom in atoms:
            if isinstance(atom, Var):
                self.readers.setdefault(atom, []).append(block)

    def arms_of(self, value: Atom) -> list[tuple[If, Block]]:
        """The arms, outermost first, outside of which a value is nothing."""
        found: list[tuple[If, Block]] = []
        block = self.body
        while isinstance(value, Var):
            node = self.made.get(value)
            if not isinstance(node, If) or self.block_of[node] is not block or len(self.readers.get(value, [])) > 1:
                break
            place = node.outs.index(value)
            absent = [undefined(arm.results[place]) for arm in (node.then, node.orelse)]
            if absent[0] == absent[1]:
                break
            block = node.orelse if absent[0] else node.then
            found.append((node, block))
            value = block.results[place]
        return found

    def arms_around(self, reads: list[Var]) -> list[tuple[If, Block]]:
        """The arms, outermost first, that hold every read of these variables."""
        common: list[tuple[If, Block]] | None = None
        for block in (b for read in reads for b in self.readers.get(read, [])):
            chain: list[tuple[If, Block]] = []
            while block is not self.body:
                owner = self.owner[block]
                if isinstance(owner, If):
                    chain.insert(0, (owner, block))
                elif isinstance(owner, Loop):
                    chain.clear()
                block = self.block_of[owner]
            common = chain if common is None else [a for a, b in zip(common, chain) if a[1] is b[1]]
        return common or []


class _Proof(Same):
    """Whether a value of the forward is that of the reverse."""

    def __init__(self, here: _Places, there: _Places, params: dict[Var, Var], saved: list[Saved]) -> None:
        super().__init__({**here.made, **there.made})
        self.params = params
        self.saved = {read: item.value for item in saved for read in item.reads}

    def corresponds(self, mine: Var, theirs: Var, depth: int) -> bool | None:
        if theirs in self.params:
            return self.params[theirs] is mine
        return self.is_held(mine, self.saved[theirs]) if theirs in self.saved else None
