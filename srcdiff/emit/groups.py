"""Which variables get one name: what is moved from one to another, where they are not needed at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from srcdiff.emit.liveness import Liveness, step_reads
from srcdiff.emit.steps import Branch, Move, Repeat, Step, inner_steps
from srcdiff.emit.vocabulary import split_suffix
from srcdiff.ir.nodes import PRIME, Function, Var

Arm = tuple[Branch, int]
Places = tuple[Repeat | Arm, ...]


@dataclass
class Groups:
    """Variables that get one name: a union-find with the conflicts of each group."""

    live: Liveness
    parent: dict[Var, Var] = field(default_factory=dict)
    members: dict[Var, int] = field(default_factory=dict)
    conflicts: dict[Var, int] = field(default_factory=dict)
    hints: dict[Var, str] = field(default_factory=dict)
    fixed: set[Var] = field(default_factory=set)  # groups that hold a parameter

    def find(self, var: Var) -> Var:
        var = self.live.variable(var)
        while self.parent.get(var, var) is not var:
            var = self.parent[var]
        if var not in self.members:
            self.members[var] = self.live.bit(var)
            self.conflicts[var] = self.live.conflicts.get(var, 0)
            self.hints[var] = var.hint or self.live.version_hint.get(var, "")
        return var

    def apart(self, a: Var, b: Var) -> bool:
        """Whether two groups are needed at once."""
        return bool(self.conflicts[a] & self.members[b] or self.conflicts[b] & self.members[a])

    def join(self, a: Var, b: Var) -> bool:
        a, b = self.find(a), self.find(b)
        if a is b:
            return True
        if self.apart(a, b) or (a in self.fixed and b in self.fixed):
            return False
        if b in self.fixed:
            a, b = b, a
        self.parent[b] = a
        self.members[a] |= self.members[b]
        self.conflicts[a] |= self.conflicts[b]
        self.hints[a] = min(self.hints[a] or self.hints[b], self.hints[b] or self.hints[a], key=depth)
        return True


def depth(hint: str) -> int:
    """How many calls deep the function is that gave this name."""
    return hint.count(PRIME)


def suffix_of(hint: str) -> str:
    """What says that a name is a cotangent's or a tangent's, which is no version of its primal."""
    return split_suffix(plain(hint))[1]


def plain(hint: str) -> str:
    return hint.replace(PRIME, "")


def join_moved(function: Function, steps: list[Step], live: Liveness) -> tuple[Groups, dict[Var, Var]]:
    """The groups, and for those that are moved to another one: which."""
    groups = Groups(live)
    for param in function.params:
        groups.fixed.add(groups.find(param.var))
    moves = _moves(steps, live)
    reads = _read_counts(steps, live)
    for exact in (True, False):
        for target, value in moves:
            a, b = groups.find(target), groups.find(value)
            one, other = groups.hints[a], groups.hints[b]
            same = plain(one) == plain(other)
            if (a in groups.fixed or b in groups.fixed) and not same and other:
                continue
            if one and other and suffix_of(one) != suffix_of(other):
                continue
            alike = same or not one or not other or depth(one) != depth(other)
            if same if exact else (alike or reads.get(live.variable(value), 0) <= 1):
                groups.join(a, b)
    handed_on = {groups.find(v): groups.find(t) for t, v in moves if groups.find(v) is not groups.find(t)}
    return groups, handed_on


def placed_steps(steps: list[Step], places: Places = ()) -> Iterable[tuple[Step, Places]]:
    """Every statement, with the loops and the arms of branches around it."""
    for step in steps:
        yield step, places
        for arm, inner in enumerate(inner_steps(step)):
            around = (step,) if isinstance(step, Repeat) else ((step, arm),) if isinstance(step, Branch) else ()
            yield from placed_steps(inner, (*places, *around))


def all_steps(steps: list[Step]) -> Iterable[Step]:
    return (step for step, _ in placed_steps(steps))


def _moves(steps: list[Step], live: Liveness) -> list[tuple[Var, Var]]:
    found = []
    for step in all_steps(steps):
        if isinstance(step, Move):
            for k, (target, value) in enumerate(zip(step.targets, step.values)):
                if (step, k) not in live.dead and isinstance(value, Var) and value not in live.inside:
                    found.append((target, value))
    return found


def _read_counts(steps: list[Step], live: Liveness) -> dict[Var, int]:
    """By how many statements each variable is read."""
    counts: dict[Var, int] = {}
    for step in all_steps(steps):
        mask = step_reads(step, live)
        while mask:
            low = mask & -mask
            var = live.variables[low.bit_length() - 1]
            counts[var] = counts.get(var, 0) + 1
            mask ^= low
    return counts
