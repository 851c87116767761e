"""Which collected results go on one tape: all those of one loop that one other loop walks in the same direction.

    xs, hs = for ... collecting x, h; for x in reversed xs, h in reversed hs
    ->   tape.append((x, h)); x, h = tape.pop()

A tape of an inner loop may itself be collected by the outer one, and be walked within the walk of that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.emit.nesting import Nesting, Use
from srcdiff.ir.nodes import Block, Function, Loop, Var
from srcdiff.ir.walk import statements

Path = list[tuple[str, Loop, bool]]


@dataclass
class Tapes:
    """`of[v]` is the variable that stands for v's tape; `order[v]` is v's place in the tape's tuples."""

    of: dict[Var, Var] = field(default_factory=dict)
    order: dict[Var, int] = field(default_factory=dict)
    popped: set[Var] = field(default_factory=set)  # tapes that are walked once, backwards: taken from the end

    def tape(self, var: Var) -> Var:
        while self.of.get(var, var) is not var:
            var = self.of[var]
        return var


def find_tapes(function: Function, nesting: Nesting) -> Tapes:
    tapes = Tapes()
    for loop in statements(function.body):
        if not isinstance(loop, Loop):
            continue
        known: list[tuple[Path, list[Var]]] = []
        for k, out in enumerate(loop.outs[1 + len(loop.inits) :]):
            tapes.order[out] = k
            path, through = _path(out, nesting)
            if not path:
                continue
            for var in through:
                tapes.of.setdefault(var, var)
                tapes.order.setdefault(var, k)
            first = next((vs for p, vs in known if p == path), None)
            if first is None:
                known.append((path, through))
            else:
                for mine, theirs in zip(through, first):
                    tapes.of[tapes.tape(mine)] = tapes.tape(theirs)
            _note_popped(through[-1], path[-1], nesting, tapes)
    return tapes


def _path(out: Var, nesting: Nesting) -> tuple[Path, list[Var]]:
    """From a collected result to the loop that walks its elements, by outer tapes; empty if it has other uses."""
    path: Path = []
    through = [out]
    depth, current = 1, out
    while True:
        uses = nesting.used(current)
        if len(uses) != 1:
            return [], []
        step = _hop(uses[0], nesting)
        if step is None:
            return [], []
        kind, loop, reverse, current = step
        path.append((kind, loop, reverse))
        depth += 1 if kind == "collected" else -1
        if depth == 0:
            return path, through
        through.append(current)


def _hop(use: Use, nesting: Nesting) -> tuple[str, Loop, bool, Var] | None:
    if isinstance(use.stmt, Loop) and use.position < len(use.stmt.iters):
        return "walked", use.stmt, use.stmt.iters[use.position].reverse, use.stmt.body.params[use.position]
    owner = nesting.owner.get(use.block)
    if use.stmt is None and isinstance(owner, Loop) and use.block is owner.body and use.position > len(owner.inits):
        return "collected", owner, False, owner.outs[use.position]
    return None


def _note_popped(walked: Var, last: tuple[str, Loop, bool], nesting: Nesting, tapes: Tapes) -> None:
    _, loop, reverse = last
    if reverse and _home(walked, nesting) is nesting.region[nesting.block_of[loop]]:
        tapes.popped.add(tapes.tape(walked))


def _home(var: Var, nesting: Nesting) -> Block | None:
    """The loop's body in which a variable is defined anew in each iteration."""
    made = nesting.made.get(var)
    if made is not None:
        return nesting.region[nesting.block_of[made]]
    for block in nesting.owner:
        if var in block.params:
            return block
    return None
