"""Whether two indices surely name different elements: by the ranges of the loops around them, and the order of iterations.

    for j in range(n):
        for k in range(j):
            ... L[j, k] ...     # is not what a later iteration writes, whose j' is greater: k < j < j'
        L[j, j] = ...

An int is a polynomial of the ints it is calculated from; the target of a loop over a range lies within the range, and in a
later iteration it is greater (or smaller, where the range goes down). Only what is surely not negative is compared: -1 may
name any element.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.analysis.linear import ZERO, Polynomial, add, multiply, polynomial, replaced, symbols
from srcdiff.ir.nodes import Atom, Block, Const, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import INT
from srcdiff.ir.walk import blocks_of, outs

DEEPEST = 8  # operations that an int is calculated by, and bounds that a proof puts in
LATER = "'"  # stands behind the symbol of what a later iteration calculates

COUNTS = frozenset("builtins.len numpy.size numpy.argmax numpy.argmin numpy.count_nonzero numpy.searchsorted".split())

Part = tuple[Polynomial, Polynomial | None]  # from, and up to where an index goes along an axis; None for its end
ONE = polynomial(1)


@dataclass(eq=False)
class Indices:
    """What is known of the ints of a function."""

    made: dict[Var, Stmt] = field(default_factory=dict)
    blocks: dict[Var, Block] = field(default_factory=dict)  # the block that each variable is defined in
    loops: dict[Var, tuple[Loop, ...]] = field(default_factory=dict)  # the loops that each variable is defined within
    place: dict[Var, int] = field(default_factory=dict)
    named: dict[str, Var] = field(default_factory=dict)
    known: dict[Var, Polynomial] = field(default_factory=dict)

    def read(self, block: Block, around: tuple[Loop, ...] = ()) -> None:
        """Note what a block defines."""
        for var in block.params:
            self._note(var, block, around)
        for stmt in block.body:
            within = (*around, stmt) if isinstance(stmt, Loop) else around
            for inner in blocks_of(stmt):
                self.read(inner, within)
            for var in outs(stmt):
                self.made[var] = stmt
                self._note(var, block, around)

    def _note(self, var: Var, block: Block, around: tuple[Loop, ...]) -> None:
        self.blocks[var] = block
        self.loops[var] = around
        self.place[var] = len(self.place)

    # ints

    def number(self, atom: Atom, depth: int = 0) -> Polynomial | None:
        """An int as a polynomial; None of what is no int."""
        if isinstance(atom, Lit):
            return polynomial(atom.value) if type(atom.value) is int else None
        if atom.type != INT:
            return None
        if isinstance(atom, Const):
            return polynomial(atom.value) if type(atom.value) is int else None
        if atom not in self.known:
            self.known[atom] = self._calculated(atom, depth)
        return self.known[atom]

    def _calculated(self, var: Var, depth: int) -> Polynomial:
        op = self.made.get(var)
        if isinstance(op, Op) and depth < DEEPEST:
            parts = [self.number(a, depth + 1) for a in op.args]
            match op.fn, parts:
                case "operator.add" | "operator.sub", [tuple() as a, tuple() as b]:
                    return add(a, b, 1 if op.fn == "operator.add" else -1)
                case "operator.mul", [tuple() as a, tuple() as b]:
                    return multiply(a, b)
                case "operator.neg", [tuple() as a]:
                    return add(ZERO, a, -1)
        name = f"v{len(self.named)}"
        self.named[name] = var
        return (((name,), 1),)

    def items(self, index: Atom) -> list[Atom]:
        """What an index says of each axis."""
        made = self._maker(index)
        return list(made.args) if isinstance(made, Op) and made.fn == "tuple" else [index]

    def are_ints(self, index: Atom) -> bool:
        return all(item.type == INT for item in self.items(index))

    def parts(self, path: list[Atom]) -> list[list[Part | None]]:
        """Where indices that follow one another go along the leading axes; None where that cannot be told."""
        found: list[list[Part | None]] = []
        for item in (item for index in path for item in self.items(index)):
            made = self._maker(item)
            if item.type == INT:
                found.append([self._of_int(item)])
            elif isinstance(made, Op) and made.fn == "slice":
                found.append([self._of_slice(made)])
            elif isinstance(made, Op) and made.fn == "list" and all(a.type == INT for a in made.args):
                found.append([self._of_int(a) for a in made.args])
            else:
                break  # which axes follow cannot be told
        return found

    def _of_int(self, item: Atom) -> Part | None:
        at = self.number(item)
        return None if at is None else (at, add(at, ONE))

    def _of_slice(self, made: Op) -> Part | None:
        start, stop, step = made.args
        if not isinstance(step, Lit) or step.value is not None and (type(step.value) is not int or step.value < 1):
            return None
        first = ZERO if isinstance(start, Lit) and start.value is None else self.number(start)
        last = None if isinstance(stop, Lit) and stop.value is None else self.number(stop)
        if first is None:
            return None
        return first, last if last is not None and self.is_positive(last) else None

    # proofs

    def are_apart(self, path: list[Atom], other: list[Atom], shared: int, at: int | None) -> bool:
        """Whether two paths lead to different elements: the other is of a later iteration of the loop `at`, or of the same.

        The iterations of the first `shared` of the loops around both are the same."""
        return any(
            all(self._are_apart(a, b, shared, at) for a in mine for b in theirs)
            for mine, theirs in zip(self.parts(path), self.parts(other))
        )

    def _are_apart(self, mine: Part | None, theirs: Part | None, shared: int, at: int | None) -> bool:
        if mine is None or theirs is None or not self.is_positive(mine[0]) or not self.is_positive(theirs[0]):
            return False
        start, stop = (None if p is None else self._renamed(p, shared) for p in theirs)
        assert start is not None
        before = mine[1] is not None and self.is_positive(add(start, mine[1], -1), shared, at)
        return before or stop is not None and self.is_positive(add(mine[0], stop, -1), shared, at)

    def _renamed(self, p: Polynomial, shared: int) -> Polynomial:
        """With other symbols for what more than the shared loops are around: another iteration calculates it."""
        for symbol in symbols(p):
            if len(self.loops.get(self.named[symbol], ())) > shared:
                p = replaced(p, symbol, (((symbol + LATER,), 1),))
        return p

    def is_positive(self, p: Polynomial, shared: int = 0, at: int | None = None, depth: int = 0) -> bool:
        """Whether a polynomial is 0 at least: what is defined last is replaced by its bounds, one after the other."""
        open_ = [s for f, number in p for s in f if number < 0 or not self._is_length(s)]
        if not open_:
            return all(number > 0 for _, number in p)
        last = max(open_, key=lambda s: (s.endswith(LATER), self.place.get(self.named[s.rstrip(LATER)], -1), s))
        signs = {number > 0 for f, number in p if last in f}
        if depth > DEEPEST or len(signs) > 1 or any(len(f) > 1 for f, _ in p if last in f):
            return False
        bounds = self._bounds(last, signs == {True}, shared, at)
        return any(self.is_positive(replaced(p, last, bound), shared, at, depth + 1) for bound in bounds)

    def _is_length(self, symbol: str) -> bool:
        """Whether a symbol stands for a length, or a place that is counted from the start."""
        match self._maker(self.named[symbol.rstrip(LATER)]):
            case Op("operator.getitem", (shape, _)):  # x.shape[0]
                return self._asks(shape, "shape")
            case Op("builtins.int", (number,)):
                return self._counts(number)
        return self._counts(self.named[symbol.rstrip(LATER)])

    def _maker(self, atom: Atom) -> Stmt | None:
        return self.made.get(atom) if isinstance(atom, Var) else None

    def _asks(self, atom: Atom, attribute: str) -> bool:
        """Whether this is an attribute that was read."""
        made = self._maker(atom)
        is_attribute = isinstance(made, Op) and made.fn == "getattr" and isinstance(made.args[1], Lit)
        return is_attribute and made.args[1].value == attribute  # type: ignore[union-attr]

    def _counts(self, atom: Atom) -> bool:
        made = self._maker(atom)
        return isinstance(made, Op) and made.fn in COUNTS or self._asks(atom, "size")

    def _bounds(self, symbol: str, lower: bool, shared: int, at: int | None) -> list[Polynomial]:
        """What a target is at least (or at most), in the iterations that are compared."""
        var = self.named[symbol.rstrip(LATER)]
        around = self.loops.get(var, ())
        loop = around[-1] if around else None
        if loop is None or var not in loop.body.params:
            return []
        walk = self._walk(loop, var)
        if walk is None:
            return []
        least, greatest, up = walk
        bound = least if lower else greatest
        found = [] if bound is None else [bound]
        if symbol.endswith(LATER):
            found = [self._renamed(b, shared) for b in found]
            if at == len(around) - 1 and up is lower:
                found.insert(0, add((((symbol.rstrip(LATER),), 1),), ONE, 1 if lower else -1))
        return found

    def _walk(self, loop: Loop, var: Var) -> tuple[Polynomial | None, Polynomial | None, bool] | None:
        """The least and the greatest value of a target, or of what a loop counts up, and whether it grows."""
        if var not in loop.targets:
            return self._counted(loop, var)
        walked = loop.iters[loop.targets.index(var)]
        made = self._maker(walked.seq)
        if not isinstance(made, Op) or made.fn != "builtins.range":
            return None
        args = made.args
        step = args[2].value if len(args) > 2 and isinstance(args[2], Lit) else 1 if len(args) < 3 else 0
        start = self.number(args[0]) if len(args) > 1 else ZERO
        stop = self.number(args[min(1, len(args) - 1)])
        if type(step) is not int or step == 0 or start is None or stop is None:
            return None
        if step > 0:
            return start, add(stop, ONE, -1), not walked.reverse
        return add(stop, ONE), start, walked.reverse

    def _counted(self, loop: Loop, var: Var) -> tuple[Polynomial | None, Polynomial | None, bool] | None:
        """Of what each iteration adds a number to: where it starts is its least, or its greatest value."""
        k = loop.carried.index(var)
        after, start = self.number(loop.body.results[k + 1]), self.number(loop.inits[k])
        mine = self.number(var)
        if after is None or start is None or mine is None:
            return None
        step = dict(add(after, mine, -1))
        if list(step) != [()]:
            return None
        return (start, None, True) if step[()] > 0 else (None, start, False)
