"""Which variables are needed where, over statements; which of them must not share a name."""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.analysis.storage_kinds import WRITES
from srcdiff.emit.steps import (
    Branch,
    CallStep,
    Compute,
    Exit,
    Move,
    NewTape,
    Pop,
    Push,
    Repeat,
    Step,
    Walk,
    Write,
    inner_steps,
)
from srcdiff.ir.builder import is_effect
from srcdiff.ir.nodes import Atom, Function, If, Op, Var


@dataclass
class Liveness:
    """`conflicts[v]` has the bits of what lives where v is assigned; versions of one buffer are one variable."""

    inside: dict[Var, Op | If]
    version_of: dict[Var, Var] = field(default_factory=dict)
    version_hint: dict[Var, str] = field(
        default_factory=dict
    )  # for a buffer without a hint, that of its first version with one
    bits: dict[Var, int] = field(default_factory=dict)
    variables: list[Var] = field(default_factory=list)
    conflicts: dict[Var, int] = field(default_factory=dict)
    dead: set[tuple[Step, int]] = field(default_factory=set)  # assignments that nobody reads
    heads: dict[Repeat, int] = field(default_factory=dict)
    masks: dict[Var, int] = field(default_factory=dict)
    news: bool = False

    def variable(self, var: Var) -> Var:
        """The variable that stands for all versions of a buffer that is written in place."""
        while var in self.version_of:
            var = self.version_of[var]
        return var

    def bit(self, var: Var) -> int:
        var = self.variable(var)
        if var not in self.bits:
            self.bits[var] = 1 << len(self.variables)
            self.variables.append(var)
        return self.bits[var]

    def reads(self, atom: Atom) -> int:
        """The variables that an atom, printed, reads."""
        if not isinstance(atom, Var):
            return 0
        if atom not in self.inside:
            return self.bit(atom)
        if atom not in self.masks:
            self.masks[atom] = self.value_reads(self.inside[atom])
        return self.masks[atom]

    def value_reads(self, value: Op | If) -> int:
        mask = 0
        for atom in parts(value):
            mask |= self.reads(atom)
        return mask

    def assign(self, var: Var, live: int) -> None:
        own = self.bit(var)
        var = self.variable(var)
        self.conflicts[var] = self.conflicts.get(var, 0) | (live & ~own)


def parts(value: Op | If) -> list[Atom]:
    """The atoms of an operation, or of a conditional expression."""
    if isinstance(value, Op):
        return [*value.args, *(v for _, v in value.kwargs)]
    return [value.test, value.then.results[0], value.orelse.results[0]]


def liveness(function: Function, steps: list[Step], inside: dict[Var, Op | If]) -> Liveness:
    found = Liveness(inside)
    _versions(steps, found)
    found.news = True
    while found.news:
        found.news = False
        found.dead.clear()
        entry = _flow(steps, 0, 0, 0, found)
    everything = 0
    for param in function.params:
        everything |= found.bit(param.var)
    for param in function.params:
        found.assign(param.var, entry | everything)
    return found


def _versions(steps: list[Step], found: Liveness) -> None:
    for step in steps:
        if isinstance(step, Write) and isinstance(step.op.args[0], Var):
            found.version_of[step.op.out] = step.op.args[0]
            if step.op.out.hint:
                found.version_hint.setdefault(found.variable(step.op.out), step.op.out.hint)
        for inner in inner_steps(step):
            _versions(inner, found)


def _flow(steps: list[Step], live: int, on_break: int, on_continue: int, found: Liveness) -> int:
    for step in reversed(steps):
        match step:
            case Compute(out, value):
                own = found.bit(out)
                if not live & own and is_pure(value):
                    found.dead.add((step, 0))
                    continue
                found.assign(out, live)
                live = (live & ~own) | found.value_reads(value)
            case Write(op):
                live |= found.value_reads(op)
            case Move():
                live = _move(step, live, found)
            case CallStep(call):
                own = 0
                for out in call.outs:
                    own |= found.bit(out)
                for out in call.outs:
                    found.assign(out, live | own)
                live &= ~own
                for atom in call.args:
                    live |= found.reads(atom)
            case NewTape(tape):
                found.assign(tape, live)
                live &= ~found.bit(tape)
            case Push(tape, values):
                live |= found.bit(tape)
                for atom in values:
                    live |= found.reads(atom)
            case Pop(walk):
                live = _pop(walk, live, found)
            case Exit(kind, values):
                live = on_break if kind == "break" else on_continue if kind == "continue" else 0
                for atom in values:
                    live |= found.reads(atom)
            case Branch():
                then = _flow(step.then, live, on_break, on_continue, found)
                orelse = _flow(step.orelse, live, on_break, on_continue, found)
                live = then | orelse | found.reads(step.test)
            case Repeat():
                live = _repeat(step, live, found)
    return live


def step_reads(step: Step, live: Liveness) -> int:
    """The variables that a statement itself reads, not those within it."""
    atoms: list[Atom] = []
    match step:
        case Compute(_, value):
            return live.value_reads(value) if (step, 0) not in live.dead else 0
        case Write(op):
            return live.value_reads(op)
        case Move(_, values):
            atoms += [value for k, value in enumerate(values) if (step, k) not in live.dead]
        case CallStep(call):
            atoms += call.args
        case Push(tape, values):
            atoms += [tape, *values]
        case Pop(walk):
            atoms.append(walk.seq)
        case Exit(_, values):
            atoms += values
        case Branch(test):
            atoms.append(test)
        case Repeat():
            atoms += [walk.seq for walk in step.walks]
            if step.test is not None:
                atoms.append(step.test)
    mask = 0
    for atom in atoms:
        mask |= live.reads(atom)
    return mask


def is_pure(value: Op | If) -> bool:
    if isinstance(value, If):
        return True
    return not (value.fn in WRITES or is_effect(value.fn) or value.fn == "srcdiff.check_rank")


def _move(step: Move, live: int, found: Liveness) -> int:
    own = read = 0
    for k, (target, value) in enumerate(zip(step.targets, step.values)):
        bit = found.bit(target)
        if live & bit:
            own |= bit
            read |= found.reads(value)
        else:
            found.dead.add((step, k))
    for target, value in zip(step.targets, step.values):
        if own & found.bit(target):
            same = found.bit(value) if isinstance(value, Var) and value not in found.inside else 0
            found.assign(target, (live | own) & ~same)
    return (live & ~own) | read


def _pop(walk: Walk, live: int, found: Liveness) -> int:
    own = 0
    for target in walk.targets:
        own |= found.bit(target)
    source = found.reads(walk.seq)
    for target in walk.targets:
        found.assign(target, live | own | (source if walk.popped else 0))
    return (live & ~own) | source


def _repeat(step: Repeat, after: int, found: Liveness) -> int:
    head = found.heads.get(step, 0)
    entry = _flow(step.body, head, after, head, found)
    seqs = targets = kept = 0
    for walk in step.walks:
        if walk.popped:
            kept |= found.reads(walk.seq)
        else:
            seqs |= found.reads(walk.seq)
        for target in walk.targets:
            targets |= found.bit(target)
    for walk in step.walks:
        for target in walk.targets:
            found.assign(target, entry | targets | kept | after)
    top = (entry & ~targets) | kept
    if step.walks or step.test is not None:
        top |= after
    if step.test is not None:
        top |= found.reads(step.test)
    top = _flow(step.head, top, after, head, found)
    if top | head != head:
        found.heads[step] = top | head
        found.news = True
    return top | seqs
