"""Which collected results go on one tape: all those of one loop that one other loop walks in the same direction.

    xs, hs = for ... collecting x, h; for x in reversed xs, h in reversed hs
    ->   tape.append((x, h)); x, h = tape.pop()

A tape of an inner loop may itself be collected by the outer one, and be walked within the walk of that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.emit.arms import Arms, Path, tape_path
from srcdiff.emit.places import Nesting
from srcdiff.emit.steps import Push, Walk
from srcdiff.ir.nodes import Atom, Block, Function, Loop, Var
from srcdiff.ir.walk import outs, statements


@dataclass
class Tapes:
    """`of[v]` is the variable that stands for v's tape; `order[v]` is v's place in the tape's tuples."""

    of: dict[Var, Var] = field(default_factory=dict)
    order: dict[Var, int] = field(default_factory=dict)
    popped: set[Var] = field(default_factory=set)  # tapes that are walked once, backwards: taken from the end
    arms: Arms = field(default_factory=Arms)
    push_at: dict[Block, list[tuple[Var, list[int]]]] = field(default_factory=dict)  # by the block that pushes
    pop_at: dict[Block, list[Walk]] = field(default_factory=dict)  # by the arm that takes

    def tape(self, var: Var) -> Var:
        while self.of.get(var, var) is not var:
            var = self.of[var]
        return var

    def pushed(self, value: Atom) -> Atom:
        return self.tape(value) if isinstance(value, Var) and value in self.of else value

    def grouped(self, outs: list[tuple[Var, Atom, int]]) -> list[tuple[Var, list[int]]]:
        """Each tape of a loop with the places of its members among the body's results; those of arms are noted for these."""
        found: dict[Block | None, dict[Var, list[int]]] = {}
        seen: set[Var] = set()
        for out, value, place in outs:
            member = self.arms.push_in.get(out)
            if isinstance(value, Var) and value in self.of:
                inner = self.tape(value)
                if inner in seen:
                    continue
                seen.add(inner)
            own = found.setdefault(None if member is None else member.arm, {})
            own.setdefault(self.tape(out), []).append(place if member is None else member.place)
        for arm, tapes in found.items():
            if arm is not None:
                self.push_at.setdefault(arm, []).extend(tapes.items())
        return list(found.get(None, {}).items())

    def pushes(self, block: Block, tapes: list[tuple[Var, list[int]]]) -> list[tuple[int, Push]]:
        """What a block pushes, and the statements after which the values are there."""
        if not tapes:
            return []
        place = {out: i for i, stmt in enumerate(block.body) for out in outs(stmt)}
        found = []
        for tape, places in tapes:
            values = [block.results[k] for k in places]
            ready = max([place.get(v, -1) if isinstance(v, Var) else -1 for v in values], default=-1)
            found.append((ready, Push(tape, [self.pushed(v) for v in values])))
        return found

    def walks(self, loop: Loop) -> list[Walk]:
        """What a loop walks itself; what arms of its body take from tapes is noted for these."""
        found: list[Walk] = []
        by_tape: dict[Var, Walk] = {}
        targets: set[Var] = set()
        order = sorted(range(len(loop.iters)), key=lambda k: self.place(loop.iters[k].seq, k))
        for k in order:
            walked, target = loop.iters[k], loop.targets[k]
            member = self.arms.pop_in.get(target)
            seq = walked.seq
            if not isinstance(seq, Var) or seq not in self.of:
                found.append(Walk([target], seq, walked.reverse))
                continue
            tape, target = self.tape(seq), self.tape(target)
            if tape not in by_tape:
                by_tape[tape] = Walk([], tape, walked.reverse, tape in self.popped and walked.reverse)
                (found if member is None else self.pop_at.setdefault(member.reader, [])).append(by_tape[tape])
            if target not in targets:
                targets.add(target)
                by_tape[tape].targets.append(target)
        return found

    def place(self, seq: Atom, k: int) -> tuple[int, int]:
        """Where a walk stands among those of its loop: tapes come last, their members as they are pushed."""
        return (1, self.order[seq]) if isinstance(seq, Var) and seq in self.of else (0, k)


def find_tapes(function: Function, nesting: Nesting, arms: Arms) -> Tapes:
    """The tapes of a function; `arms` says which are pushed and popped in arms of branches."""
    tapes = Tapes(arms=arms)
    for loop in statements(function.body):
        if not isinstance(loop, Loop):
            continue
        known: list[tuple[tuple[Path, Block | None, Block | None], list[Var]]] = []
        for k, out in enumerate(loop.outs[1 + len(loop.inits) :]):
            tapes.order[out] = k
            path, through = tape_path(out, nesting, arms.passed)
            if not path:
                continue
            for var in through:
                tapes.of.setdefault(var, var)
                tapes.order.setdefault(var, k)
            member = arms.push_in.get(out)
            way = (path, None, None) if member is None else (path, member.arm, member.reader)
            first = next((vs for w, vs in known if w == way), None)
            if first is None:
                known.append((way, through))
            else:
                for mine, theirs in zip(through, first):
                    tapes.of[tapes.tape(mine)] = tapes.tape(theirs)
            _note_popped(through[-1], path[-1], nesting, tapes)
    return tapes


def _note_popped(walked: Var, last: tuple[str, Loop, bool], nesting: Nesting, tapes: Tapes) -> None:
    _, loop, reverse = last
    if reverse and nesting.home(walked) is nesting.region[nesting.block_of[loop]]:
        tapes.popped.add(tapes.tape(walked))
