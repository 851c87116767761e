"""What is taped in one arm of a branch only: pushed in that arm, and popped in the adjoint's arm of the same test.

    for j in ...: if t: d = ...; c = d  else: c = None      for j in ...:
        collecting c                                  ->        if t: d = ...; tape.append(d)
    for c in reversed tape: if t: ... c ...                 for j in reversed ...:
                                                                if t: d = tape.pop(); ...

Both branches must take the same arm in the same iteration. That is proved from their tests, which are equal operations on
equal values: targets of one range, what one tape holds, what is defined outside of both loops.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.analysis.same import Same, undefined
from srcdiff.emit.places import Nesting, Use, number
from srcdiff.ir.nodes import Atom, Block, Function, If, Iter, Loop, Var
from srcdiff.ir.types import INT, Opaque
from srcdiff.ir.walk import statements, walks_all

Path = list[tuple[str, Loop, bool]]  # the loops that collect, then those that walk, a tape
Chain = list[tuple[If, Block]]  # arms within arms, outermost first


@dataclass
class Member:
    """A collected result that is something in one arm only, and is read in one arm only."""

    out: Var  # the collected result
    target: Var  # its element, where the adjoint walks
    primal: Loop
    adjoint: Loop
    leaves: list[Var]  # the results of branches by which it leaves the arm
    arm: Block
    place: int  # among the results of the arm
    reader: Block  # the adjoint's arm


@dataclass
class Arms:
    """Where members of tapes are pushed and popped, other than at the level of the loops."""

    push_in: dict[Var, Member] = field(default_factory=dict)  # by the collected result
    pop_in: dict[Var, Member] = field(default_factory=dict)  # by the target of the walk
    passed: set[Var] = field(default_factory=set)  # results of branches that no longer leave them
    popping: set[If] = field(default_factory=set)  # branches that take from a tape, which no expression can

    def add(self, member: Member, nesting: Nesting) -> None:
        self.push_in[member.out] = self.pop_in[member.target] = member
        self.passed.update(member.leaves)
        node = nesting.owner[member.reader]
        assert isinstance(node, If)
        self.popping.add(node)


def find_arms(function: Function, nesting: Nesting) -> tuple[Nesting, Arms]:
    """The tapes that are pushed and popped in arms; a loop that walks nothing else gets a range to walk, or keeps them."""
    kept: set[Loop] = set()  # the loops that walk their tapes themselves, having nothing else to walk
    while True:
        arms = Arms()
        members: dict[Loop, list[Member]] = {}
        for loop in statements(function.body):
            if isinstance(loop, Loop):
                for k in range(1 + len(loop.inits), len(loop.outs)):
                    member = _member(loop, k, nesting, arms.passed)
                    if member is not None and member.adjoint not in kept:
                        members.setdefault(member.adjoint, []).append(member)
                        arms.add(member, nesting)
        idle = {loop for loop, found in members.items() if not _walks(loop, found, nesting)}
        if not idle:
            return (number(function, nesting.sharing) if members else nesting), arms
        kept |= idle


def _member(loop: Loop, k: int, nesting: Nesting, passed: set[Var]) -> Member | None:
    """A collected result, where it can be pushed and popped in arms."""
    pushed = _primal_chain(loop, k, nesting)
    if not pushed:
        return None
    path, through = tape_path(loop.outs[k], nesting, passed)
    if not path or not all(reverse for kind, _, reverse in path if kind == "walked"):
        return None
    adjoint = path[-1][1]
    if nesting.home(through[-1]) is not nesting.region[nesting.block_of[adjoint]]:
        return None
    target = next(t for t, it in zip(adjoint.targets, adjoint.iters) if it.seq is through[-1])
    popped = _adjoint_chain(adjoint, target, nesting)
    proof = _Proof(nesting, _pairs(loop, path))
    leaves: list[Var] = []
    arm, place, reader = loop.body, k, adjoint.body
    for (mine, inner), (theirs, other) in zip(pushed, popped):
        if (inner is mine.then) is not (other is theirs.then) or not proof.same(mine.test, theirs.test):
            break
        out = arm.results[place]
        assert isinstance(out, Var)
        leaves.append(out)
        arm, place, reader = inner, mine.outs.index(out), other
    return Member(loop.outs[k], target, loop, adjoint, leaves, arm, place, reader) if leaves else None


def tape_path(out: Var, nesting: Nesting, passed: set[Var]) -> tuple[Path, list[Var]]:
    """From a collected result to the loop that walks its elements, by outer tapes; empty if it has other uses.

    `passed` are results of branches by which a tape that is made in an arm gets to an outer tape."""
    path: Path = []
    through = [out]
    depth, current = 1, out
    while True:
        uses = nesting.used(current)
        if len(uses) != 1:
            return [], []
        branch = nesting.owner.get(uses[0].block) if uses[0].stmt is None else None
        if isinstance(branch, If) and branch.outs[uses[0].position] in passed:
            current = branch.outs[uses[0].position]
            through.append(current)
            continue
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


def _primal_chain(loop: Loop, k: int, nesting: Nesting) -> Chain:
    """The arms, from the loop's body inwards, outside of which a collected result is nothing."""
    chain: Chain = []
    block, atom = loop.body, loop.body.results[k]
    while isinstance(atom, Var):
        node = nesting.made.get(atom)
        if not isinstance(node, If) or nesting.block_of[node] is not block or len(nesting.used(atom)) != 1:
            break
        place = node.outs.index(atom)
        absent = [undefined(arm.results[place]) for arm in (node.then, node.orelse)]
        if absent[0] == absent[1]:
            break
        block = node.orelse if absent[0] else node.then
        chain.append((node, block))
        atom = block.results[place]
    return chain


def _adjoint_chain(loop: Loop, target: Var, nesting: Nesting) -> Chain:
    """The arms, from the loop's body inwards, that hold every read of a target."""
    common: Chain | None = None
    for use in nesting.used(target):
        chain: Chain = []
        block = use.block
        while block is not loop.body:
            owner = nesting.owner[block]
            if isinstance(owner, If):
                chain.insert(0, (owner, block))
            else:
                chain.clear()  # an inner loop reads it in each of its iterations
            block = nesting.block_of[owner]
        common = chain if common is None else [a for a, b in zip(common, chain) if a[1] is b[1]]
    return common or []


def _pairs(loop: Loop, path: Path) -> dict[Loop, Loop]:
    """Each loop that walks backwards, with the one whose iterations it walks."""
    collecting = [loop]
    pairs: dict[Loop, Loop] = {}
    for kind, other, _ in path:
        if kind == "collected":
            collecting.append(other)
        else:
            pairs[other] = collecting.pop()
    return pairs


class _Proof(Same):
    """Whether a value of the primal's iteration is that of the adjoint's."""

    def __init__(self, nesting: Nesting, pairs: dict[Loop, Loop]) -> None:
        super().__init__(nesting.made)
        self.nesting, self.pairs = nesting, pairs

    def corresponds(self, mine: Var, theirs: Var, depth: int) -> bool | None:
        return self.same_target(mine, theirs, depth) if theirs in self.nesting.param_of else None

    def same_target(self, mine: Var, theirs: Var, depth: int) -> bool:
        """Whether the adjoint's loop walks what the primal's collected, or the same range the other way."""
        adjoint = self.nesting.owner.get(self.nesting.param_of[theirs])
        if not isinstance(adjoint, Loop) or adjoint not in self.pairs or theirs not in adjoint.targets:
            return False
        primal = self.pairs[adjoint]
        walked = adjoint.iters[adjoint.targets.index(theirs)]
        if mine in primal.targets:
            walk = primal.iters[primal.targets.index(mine)]
            if walks_all(primal) and walk.reverse is not walked.reverse and self.same(walk.seq, walked.seq, depth + 1):
                return True
        return walked.reverse and self.is_held(mine, self.collected(walked.seq, primal))

    def collected(self, seq: Atom, primal: Loop) -> Atom | None:
        """What the primal's loop collects on a tape that the adjoint's loop walks."""
        out: Atom | None = seq
        if isinstance(seq, Var) and seq in self.nesting.param_of:
            outer = self.nesting.owner.get(self.nesting.param_of[seq])
            if not isinstance(outer, Loop) or outer not in self.pairs or seq not in outer.targets:
                return None
            walked = outer.iters[outer.targets.index(seq)]
            out = self.collected(walked.seq, self.pairs[outer]) if walked.reverse else None
        places = [k for k, o in enumerate(primal.outs) if o is out and k > len(primal.inits)]
        return primal.body.results[places[0]] if places else None


def _walks(loop: Loop, found: list[Member], nesting: Nesting) -> bool:
    """Whether a loop walks something else than these, or can: a range that its primal walked."""
    targets = {member.target for member in found}
    if not all(target in targets for target in loop.targets):
        return True
    primal = found[0].primal
    for walk, target in zip(primal.iters, primal.targets):
        if _is_range(walk) and walks_all(primal) and _in_scope(walk.seq, loop, nesting):
            loop.iters.insert(0, Iter(walk.seq, not walk.reverse))
            loop.body.params.insert(0, Var(target.hint, INT))
            return True
    return False


def _is_range(walk: Iter) -> bool:
    return isinstance(walk.seq.type, Opaque) and walk.seq.type.name == "range"


def _in_scope(atom: Atom, loop: Loop, nesting: Nesting) -> bool:
    """Whether an operation's result can be read where a loop stands."""
    made = nesting.made.get(atom) if isinstance(atom, Var) else None
    block: Block | None = nesting.block_of[loop] if made is not None else None
    while made is not None and block is not None and block is not nesting.block_of[made]:
        block = nesting.block_of[nesting.owner[block]] if block in nesting.owner else None
    return block is not None
