"""Checks, at the top of a derivative, what was concluded of arguments that the user did not annotate.

One assert for all arguments of one rank, one for all lengths that are equal; more where they are too long for a line:

    assert np.ndim(W) == np.ndim(U) == 2, "W and U must be matrices"
    assert len(W) == len(U) == len(b), "these lengths must be equal"
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from srcdiff.analysis.contract import ANY_RANK, NO_LIST, Contract, End, LengthSum, Place
from srcdiff.analysis.lengths import shape_of
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Block, Function, Lit, Op, Stmt, Var
from srcdiff.ir.types import INT, Any, Sequence, holds_arrays, row_kind, unknown
from srcdiff.ir.walk import blocks_of, operands, substitute

ONE = {ANY_RANK: "an array", 0: "a scalar", 1: "a vector", 2: "a matrix"}
ALL = {ANY_RANK: "arrays", 0: "scalars", 1: "vectors", 2: "matrices"}
ROOM = 95  # characters of a test and its message on a line with `assert`, a comma and quotes

Part = TypeVar("Part")


def guard(main: Function, contract: Contract, apart: list[tuple[str, str]]) -> None:
    """Put the checks before everything else; `apart` are arguments that must not share memory, or hold anything twice."""
    checks = Checks(main, contract.arrays, contract.optional)
    ranks: dict[int, list[Place]] = {}
    for param in main.params:
        for place, rank in contract.ranks.items():
            if place[0] == param.var.hint:
                ranks.setdefault(rank, []).append(place)
    counts = counted(main) if 0 in ranks else set()
    for rank, places in ranks.items():
        places = [p for p in places if rank or len(p) > 1 or checks.params[p[0]] not in counts]
        listed_arrays = [place for place in places if checks.holds_arrays(place)]
        checks.ranks(rank, [place for place in places if place not in listed_arrays])
        checks.elements(rank - 1, listed_arrays)
    numbers = {end: terms[0][0] for end, terms, exact in contract.sums if exact and len(terms) == 1 and not terms[0][1]}
    checks.lengths(merged([*contract.lengths, *([end, ((), number)] for end, number in numbers.items())]))
    for end, terms, exact in contract.sums:
        if end not in numbers:
            checks.sum(end, terms, exact)
    for name, state in contract.within.items():
        checks.within((name,), (state,))
    for one, other in apart:
        checks.apart(one, other)
    read_once(main, checks.entries)
    main.body.body[:0] = [*checks.reads, *checks.body]


def counted(main: Function) -> set[Var]:
    """The arguments that are only given to range(), which takes nothing but whole numbers."""
    by_range: dict[Var, bool] = {}

    def visit(block: Block) -> None:
        for stmt in block.body:
            of_range = isinstance(stmt, Op) and stmt.fn == "builtins.range"
            for atom in operands(stmt):
                if isinstance(atom, Var):
                    by_range[atom] = of_range and by_range.get(atom, True)
            for inner in blocks_of(stmt):
                visit(inner)
        for atom in block.results:
            if isinstance(atom, Var):
                by_range[atom] = False

    visit(main.body)
    return {var for var, only in by_range.items() if only}


def read_once(main: Function, entries: dict[Place, Var]) -> None:
    """Take the entries of dicts that were read for their checks where the function reads them again."""
    params = {p.var: p.var.hint for p in main.params}
    again: dict[Var, Atom] = {}

    def visit(block: Block) -> None:
        kept: list[Stmt] = []
        for stmt in block.body:
            if isinstance(stmt, Op) and stmt.fn == "operator.getitem" and stmt.args[0] in params:
                key = stmt.args[1]
                entry = entries.get((params[stmt.args[0]], key.value)) if isinstance(key, Lit) else None
                if entry is not None:
                    again[stmt.out] = entry
                    entry.type = stmt.out.type
                    continue
            kept.append(stmt)
            for inner in blocks_of(stmt):
                visit(inner)
        block.body = kept

    if entries:
        visit(main.body)
        substitute(main.body, again)


class Checks:
    """The operations of the checks, in order."""

    def __init__(self, main: Function, arrays: set[str], optional: set[str]) -> None:
        self.arrays, self.optional = arrays, optional
        self.params = {p.var.hint: p.var for p in main.params}
        self.loc = main.loc
        self.reads: list[Op] = []
        self.body: list[Op] = []
        self.entries: dict[Place, Var] = {}

    def ranks(self, rank: int, places: list[Place]) -> None:
        if len(places) <= 1 or rank < 0:
            for place in places:
                message = f"{listed([place])} must be {ONE.get(rank, f'an array of {rank} dimensions')}, not of shape "
                if rank == NO_LIST:
                    message = f"{listed([place])} must be a number or an array, not a list"
                if rank == ANY_RANK and place[0] in self.arrays:  # a list's rows may be lists, which `+` would join
                    why = literal(f"{listed([place])} must be an array, not a list")
                    self._emit("srcdiff.check_rank", self._value(place), literal(NO_LIST), why)
                self._emit("srcdiff.check_rank", self._value(place), literal(rank), literal(message))
            return

        def wanted(some: list[Place]) -> str:
            return f"{listed(some)} must be {ALL.get(rank, f'of {rank} dimensions')}"

        def width(some: list[Place]) -> int:
            return sum(len(p[-1]) + (9 if self._has_rank(p, rank) else 14) for p in some) + 1 + len(wanted(some))

        for some in on_lines(places, width):
            if len(some) == 1:
                self.ranks(rank, some)
            else:
                found = [self._rank(place, rank) for place in some]
                self._emit("srcdiff.check_equal", literal(wanted(some)), *found, literal(rank))

    def holds_arrays(self, place: Place) -> bool:
        """Whether what stands there is taken for a list of arrays, each of its own shape."""
        return len(place) == 1 and holds_arrays(self.params[place[0]].type)

    def elements(self, rank: int, places: list[Place]) -> None:
        """Check the ranks of what lists hold."""
        for place in places:
            of_lists = row_kind(self.params[place[0]].type) == "list"
            held = "lists of numbers" if of_lists and rank == 1 else ALL.get(rank, f"arrays of {rank} dimensions")
            message = f"{listed([place])} must hold {held}"
            self._emit("srcdiff.check_rank", self._value(place), literal(rank), literal(message))

    def lengths(self, classes: list[list[End]]) -> None:
        if not classes:
            return
        if self._width(classes) > ROOM and len(classes) > 1:
            for ends in classes:
                self.lengths([ends])
            return
        if self._width(classes) > ROOM:
            first, *others = classes[0]
            for some in on_lines(others, lambda part: self._width([[first, *part]])):
                self._chains([[first, *some]])
        else:
            self._chains(classes)

    def sum(self, end: End, terms: LengthSum, exact: bool) -> None:
        """Check that a length is what it is taken for, or at least that."""
        own, total = self._length(*end), self._sum(terms)
        if exact:
            self._emit("srcdiff.check_equal", literal("these lengths must be equal"), own, total)
        else:
            enough = self._emit("operator.ge", own, total)
            self._emit("assert", enough, literal(self._enough(*end, total)))

    def _sum(self, terms: LengthSum) -> Atom:
        total: Atom | None = None
        for number, ends in terms:
            factors = [self._length(*end) for end in ends]
            if abs(number) != 1 or not ends:
                factors.insert(0, literal(abs(number)))
            term = factors[0]
            for factor in factors[1:]:
                term = self._emit("operator.mul", term, factor)
            total = term if total is None else self._emit(f"operator.{'add' if number > 0 else 'sub'}", total, term)
        assert total is not None
        return total

    def _enough(self, place: Place, axis: int, total: Atom) -> str:
        """What is asked of a length that must be some number at least, in words."""
        vector = len(shape_of(self._value(place).type)) == 1
        what = "element" if vector else ("row", "column")[axis] if axis < 2 else f"element along axis {axis}"
        if not isinstance(total, Lit):
            return f"{listed([place])} has too few {what.replace(what.split()[0], f'{what.split()[0]}s')}"
        several = what.replace(what.split()[0], f"{what.split()[0]}s") if total.value > 1 else what
        return f"{listed([place])} must have at least {total.value} {several}"

    def within(self, place: Place, state: Place) -> None:
        """Check that a factor is a number, or has the shape of the state to which its products are added."""
        like = self._value(state)
        listed_too = isinstance(like.type, Any | Sequence)
        shape = self._emit("numpy.shape", like) if listed_too else self._emit("getattr", like, literal("shape"))
        shapes = self._emit("tuple", self._emit("tuple"), shape)
        test = self._emit("operator.contains", shapes, self._emit("numpy.shape", self._value(place)))
        self._emit(
            "assert", test, literal(f"{listed([place])} must be a scalar, or have the shape of {listed([state])}")
        )

    def apart(self, one: str, other: str) -> None:
        """Check that what is written to is nowhere else: in another argument, or twice in the same container."""
        message = (
            f"{one} and {other} must not share memory" if one != other else f"{one} must not hold one object twice"
        )
        params = dict.fromkeys((self.params[one], self.params[other]))
        both_none = [literal(None)] if len(params) > 1 and {one, other} <= self.optional else []
        self._emit("srcdiff.check_apart", literal(message), *params, *both_none)

    def _chains(self, classes: list[list[End]]) -> None:
        chains: list[Atom] = []
        for ends in classes:
            chains += [literal(None), *(self._length(*end) for end in ends)]
        self._emit("srcdiff.check_equal", literal(lengths_wanted(classes)), *chains[1:])

    def _width(self, classes: list[list[End]]) -> int:
        """The characters of chains of equal lengths, with what is said where they are not."""
        ends = [end for chain in classes for end in chain]
        texts = sum(len(place[-1]) + (5 if axis == 0 else 9) if place else len(str(axis)) for place, axis in ends)
        return texts + 4 * (len(ends) - len(classes)) + 5 * (len(classes) - 1) + len(lengths_wanted(classes))

    def _emit(self, fn: str, *args: Atom) -> Var:
        out = Var("", INT)
        self.body.append(Op(fn, args, (), out, self.loc))
        return out

    def _value(self, place: Place) -> Var:
        if len(place) == 1:
            return self.params[place[0]]
        if place not in self.entries:
            entry = self.entries[place] = Var(place[1], unknown())
            self.reads.append(Op("operator.getitem", (self.params[place[0]], literal(place[1])), (), entry, self.loc))
        return self.entries[place]

    def _length(self, place: Place, axis: int) -> Atom:
        if not place:
            return literal(axis)
        value = self._value(place)
        if axis == 0:
            return self._emit("builtins.len", value)
        listed_too = len(place) == 1 and isinstance(value.type, Any | Sequence)
        shape = self._emit("numpy.shape", value) if listed_too else self._emit("getattr", value, literal("shape"))
        return self._emit("operator.getitem", shape, literal(axis))

    def _rank(self, place: Place, expected: int) -> Atom:
        value = self._value(place)
        if self._has_rank(place, expected):
            return self._emit("getattr", value, literal("ndim"))
        return self._emit("numpy.ndim", value)  # a list will do, as for the function

    def _has_rank(self, place: Place, expected: int) -> bool:
        """Whether what stands there is an array, which has a rank."""
        return expected != 0 and (len(place) > 1 or place[0] in self.arrays)


def merged(classes: list[list[End]]) -> list[list[End]]:
    """Classes of equal lengths, those with a common length as one; numbers come last."""
    found: list[list[End]] = []
    for ends in classes:
        known = next((each for each in found if any(end in each for end in ends if end[0])), None)
        if known is None:
            found.append(list(ends))
        else:
            known += [end for end in ends if end not in known]
    return [sorted(ends, key=lambda end: not end[0]) for ends in found if len(ends) > 1]


def on_lines(parts: list[Part], width: Callable[[list[Part]], int]) -> list[list[Part]]:
    """As few groups of consecutive parts as fit, each, on a line."""
    groups: list[list[Part]] = []
    for part in parts:
        if groups and width([*groups[-1], part]) <= ROOM:
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def lengths_wanted(classes: list[list[End]]) -> str:
    """What is asked of lengths, in words."""
    if len(classes) == 1 and all(axis == 0 for place, axis in classes[0] if place):
        places = [place for place, _ in classes[0] if place]
        numbers = [number for place, number in classes[0] if not place]
        if not numbers:
            return f"{listed(places)} must have equal lengths"
        if len(places) == 1:
            return f"{listed(places)} must have {numbers[0]} elements"
    if len(classes) == 1 and classes[0][0][1] == 1 and len(classes[0]) == 2 and not classes[0][1][0]:
        (place, _), (_, number) = classes[0]
        return f"{listed([place])} must have {number} column{'s' * (number != 1)}"
    return "these lengths must be equal"


def listed(places: list[Place]) -> str:
    """The arguments in words, each once."""
    names = list(dict.fromkeys(place[-1] for place in places))
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
