"""Whose shapes a value's contains, and so which arguments must be numbers, or arrays of numbers of a certain rank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from srcdiff.analysis.evidence import (
    ARRAY_ONLY,
    NUMBERS,
    READS,
    WRITES,
    Evidence,
    is_extremum,
    is_shape,
    is_slice,
    takes_numbers,
)
from srcdiff.errors import Loc
from srcdiff.ir.nodes import Atom, Block, Call, Function, If, Lit, Loop, Op, Program, Var
from srcdiff.ir.types import Dict, Opaque, is_scalar, rank
from srcdiff.ir.walk import blocks_of, outs, statements
from srcdiff.rules import RULES

SAME_SHAPE = WRITES | {"srcdiff.copy", "numpy.zeros_like", "numpy.ones_like", "numpy.empty_like", "numpy.full_like"}
CREATIONS = frozenset({"numpy.zeros", "numpy.ones", "numpy.empty", "numpy.full"})

COPIES = frozenset({"builtins.list", "builtins.tuple"})

Parts = dict[tuple[Var, int], bool] | None
MANY_ROUNDS = 20
DEEP = 3  # containers within containers: of what is deeper nothing is known
FEW = 8  # elements of a list that are told apart
ELEMENT = "element"  # stands for any index of a list


@dataclass
class Inside:
    """What is known of a container's values, by their keys; of a list's elements together, and one by one at its start."""

    entries: dict[object, Parts | Inside]
    depth: int = field(init=False)

    def __post_init__(self) -> None:
        self.depth = 1 + max((v.depth for v in self.entries.values() if isinstance(v, Inside)), default=0)


Known = Parts | Inside


class Reach:
    """Which parameters' shapes, or their elements', are contained in a value's: those that only elementwise operations
    lead to it.

    `(x, 2): True` says that the value has the shape of `x[i, j]`; False, that it has that shape or, by broadcasting, a
    larger one. None stands for everything: what a literal says, and what a loop's value says before its body is known.
    Of what a container holds the same is known, by key.
    The greatest solution is found by going over the function until nothing changes.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.params = {p.var for p in evidence.function.params}
        self.found: dict[Var, Known] = {p.var: {(p.var, 0): True} for p in evidence.function.params}
        self.entries: dict[tuple[Var, int, int], Var] = {}  # stand for what is read by a written number, at a depth
        flowing = evidence.source.keys() | evidence.definition.keys()
        variables = [v for v in _as_they_run(evidence.function.body) if v in flowing]
        changed, rounds = True, 0
        while changed:
            changed, rounds = False, rounds + 1
            for var in variables:
                new = self._compute(var)
                if (
                    rounds > MANY_ROUNDS
                ):  # a sum takes what is not known yet for nothing: two values may chase each other
                    new = _either([self.found.get(var), new])
                changed = changed or new != self.found.get(var)
                self.found[var] = new

    def numbers(self, scalar_output: bool) -> dict[Var, set[int]]:
        """The depths at which parameters must be numbers: they lead to the output, to a test, or where only numbers are."""
        atoms: list[Atom] = list(self.evidence.function.body.results[:1]) if scalar_output else []
        for stmt in statements(self.evidence.function.body):
            match stmt:
                case If():
                    atoms.append(stmt.test)
                case Loop(cond=cond) if cond is not None:
                    atoms += cond.results
                case Op(fn) if takes_numbers(fn) or fn == "builtins.range":
                    atoms += stmt.args
                case Op("math.dist", args):
                    ends = [self.evidence.definition.get(a) for a in args if isinstance(a, Var)]
                    atoms += [a for end in ends if end is not None and end.fn in ("tuple", "list") for a in end.args]
                case Op(fn, args) if fn in WRITES and isinstance(args[0].type, Dict):
                    if isinstance(args[1], Var) and self._divided(args[1]):
                        atoms.append(args[1])
                case Op(fn, args) if fn in WRITES and rank(args[0].type) == self.evidence.ints(args[1]) is not None:
                    atoms.append(args[2])
        found: dict[Var, set[int]] = {}
        for atom in atoms:
            for param, depth in self.of(atom) or {}:
                found.setdefault(param, set()).add(depth)
        return found

    def _divided(self, var: Var) -> bool:
        """Whether an operation is done on a value that of all keys of dicts only numbers have."""
        return any(isinstance(s, Op) and s.fn in ARRAY_ONLY for s, _ in self.evidence.uses.get(var, []))

    def of(self, atom: Atom) -> Parts:
        found = self._known(atom)
        return {} if isinstance(found, Inside) else found

    def _known(self, atom: Atom) -> Known:
        if isinstance(atom, Var):
            return self.found.get(atom)
        return None if isinstance(atom, Lit) else {}

    def _compute(self, var: Var) -> Known:
        if var in self.evidence.source:
            return _either([self._known(a) for a in self.evidence.source[var]])
        op = self.evidence.definition.get(var)
        if op is None:
            return {}
        held = self._held(op)
        if held is not None:
            return held
        if op.fn in READS:
            return self._element(op)
        if op.fn in SAME_SHAPE:
            return self.of(op.args[0])
        if op.fn in CREATIONS:
            shape = self.evidence.definition.get(op.args[0]) if isinstance(op.args[0], Var) else None
            return self.of(shape.args[0]) if shape is not None and is_shape(shape) else {}
        if op.fn == "builtins.sum":
            element = _elements(self._known(op.args[0]))
            return element if element is None or isinstance(element, Inside) else dict.fromkeys(element, False)
        if is_extremum(op):
            whole = self.of(op.args[0])
            return None if whole is None else {(param, d + 1): True for (param, d), same in whole.items() if same}
        rule = RULES.get(op.fn)
        elementwise = (rule is not None and rule.kind == "elementwise") or op.fn in NUMBERS
        return self._together(op) if elementwise or op.fn in ("operator.not_", "operator.iadd") else {}

    def _held(self, op: Op) -> Inside | None:
        """What is inside of a container that an operation makes, or changes; None where it makes none."""
        values = [_put_in(self._known(a)) for a in op.args]
        if op.fn == "list":
            return Inside({ELEMENT: _either(values), **dict(enumerate(values[:FEW]))})
        if op.fn == "tuple":
            return Inside(dict(enumerate(values)))
        if op.fn == "dict" and all(isinstance(k, Lit) for k in op.args[::2]):
            return Inside({k.value: v for k, v in zip(op.args[::2], values[1::2])})  # type: ignore[union-attr]
        before = values[0] if values else None
        if op.fn in COPIES and len(op.args) == 1:
            return Inside({ELEMENT: _elements(before)})
        if not isinstance(before, Inside):
            return None
        if op.fn == "srcdiff.copy":
            return before
        known = before.entries
        if op.fn in ("operator.mul", "srcdiff.drop_last"):
            return Inside({ELEMENT: known[ELEMENT]}) if ELEMENT in known else None
        if op.fn == "list.append":
            return Inside({**known, ELEMENT: _either([known[ELEMENT], values[1]])}) if ELEMENT in known else None
        if op.fn != "operator.setitem":
            return None
        any_element: dict[object, Known] = {}
        if ELEMENT in known:
            any_element[ELEMENT] = _either([known[ELEMENT], values[2]])
        key = op.args[1].value if isinstance(op.args[1], Lit) else None
        if key is None or any_element and not (isinstance(key, int) and key >= 0):
            return Inside(any_element)  # one of those that are told apart, perhaps
        return Inside({**known, **any_element, key: values[2]})

    def _element(self, op: Op) -> Known:
        whole = self._known(op.args[0])
        if not isinstance(whole, Inside):
            return self._part(op)
        other = whole.entries.get(ELEMENT, {})
        if is_slice(op.args[1]):
            return Inside({ELEMENT: other})
        return whole.entries.get(op.args[1].value, other) if isinstance(op.args[1], Lit) else other

    def _part(self, op: Op) -> Parts:
        """An element of a value of just a parameter's shape, or a slice of any value."""
        taken = 0 if is_slice(op.args[1]) else self.evidence.ints(op.args[1])
        whole = self.of(op.args[0])
        if taken is None or whole is None:
            return {} if taken is None else None
        if taken == 0:
            return whole
        parts = {(param, depth + taken): True for (param, depth), same in whole.items() if same}
        for param, depth in list(parts):
            if isinstance(op.args[1], Lit) and param in self.params:
                place = param, depth - 1, op.args[1].value
                parts[self.entries.setdefault(place, Var("", param.type)), 0] = True
        return parts

    def of_one_kind(self, param: Var, depth: int, numbers: dict[Var, set[int]]) -> bool:
        """Whether what is read at a depth of a parameter is of one kind: by an int that varies, or all of it numbers."""
        indices: set[int] = set()
        for op in self.evidence.definition.values():
            if op.fn in READS and (self.of(op.args[0]) or {}).get((param, depth)):
                if not isinstance(op.args[1], Lit):
                    return True
                indices.add(op.args[1].value)
        entries = [self.entries.get((param, depth, index)) for index in range(len(indices))]
        return len(entries) != 1 and all(entry is not None and 0 in numbers.get(entry, ()) for entry in entries)

    def _together(self, op: Op) -> Parts:
        if any(isinstance(a.type, Opaque) for a in op.args):
            return {}  # compared with a string, say
        parts = [p for p in map(self.of, op.args) if p is not None]
        if not parts and any(isinstance(a, Var) and self.of(a) is None for a in op.args):
            return None
        alone = len([a for a in op.args if not is_scalar(a.type)]) == 1
        return {part: same and alone for p in parts for part, same in p.items()}


def _as_they_run(block: Block) -> Iterator[Var]:
    """The variables of a block in the order in which they have values: what a loop makes comes behind its body."""
    yield from block.params
    for stmt in block.body:
        for inner in blocks_of(stmt):
            yield from _as_they_run(inner)
        yield from outs(stmt)


def _elements(whole: Known) -> Known:
    """What is known of all elements of a container together, or of an array."""
    if isinstance(whole, Inside):
        return whole.entries.get(ELEMENT, {})
    return None if whole is None else {(param, depth + 1): True for (param, depth), same in whole.items() if same}


def _put_in(value: Known) -> Known:
    """What a container tells of a value that is put into it."""
    return {} if isinstance(value, Inside) and value.depth >= DEEP else value


def _either(values: list[Known]) -> Known:
    """What is known of a value that is one of several: what they have in common."""
    ways = [v for v in values if v is not None]
    if not ways:
        return None
    containers = [w for w in ways if isinstance(w, Inside)]
    if containers:
        keys = [k for k in containers[0].entries if len(containers) == len(ways)]
        shared = [k for k in keys if all(k in c.entries for c in containers)]
        return Inside({k: _either([c.entries[k] for c in containers]) for k in shared})
    parts = [w for w in ways if not isinstance(w, Inside)]
    return {part: all(w[part] for w in parts) for part in parts[0] if all(part in w for w in parts)}


def unpacked_rank(evidence: Evidence, var: Var) -> int | None:
    """The rank of an array whose shape is unpacked: `rows, columns = x.shape`."""
    for stmt, k in evidence.uses.get(var, []):
        if k == 0 and isinstance(stmt, Op) and is_shape(stmt):
            places: dict[Loc | None, set[object]] = {}
            for read, _ in evidence.uses.get(stmt.out, []):
                if isinstance(read, Op) and read.fn in READS and isinstance(read.args[1], Lit):
                    places.setdefault(read.loc, set()).add(read.args[1].value)
            for indices in places.values():
                if len(indices) > 1 and indices == set(range(len(indices))):
                    return len(indices)
    return None


def has_rows(function: Function, var: Var) -> bool:
    """Whether elements of a parameter, read by a number or walked through, are used as arrays."""
    evidence = Evidence(function)
    if evidence.may_be_tuple(var):
        return False
    reach = Reach(evidence)
    for op in statements(function.body):
        if isinstance(op, Op) and op.fn in READS and any(p is var for p, _ in reach.of(op.args[0]) or ()):
            if evidence.ints(op.args[1]) and evidence.used_as_array(op.out):
                return True
    return False


def indexed_ranks(evidence: Evidence, program: Program) -> dict[Var, int]:
    """The ranks of parameters whose elements, or those of sums with them, are numbers: the most ints that read them.

    Last come those that only sums are read of: they may be numbers beside the array that is indexed.
    None where elements of one are used as rows: of what is added to it nothing is known, then.
    What functions of the program that are called read of their parameters, they read of the arguments.
    """
    reach = Reach(evidence)
    others = {name: f for name, f in program.functions.items() if f is not evidence.function}
    found: dict[Var, int] = {}
    in_sums: dict[Var, int] = {}
    for stmt in statements(evidence.function.body):
        reads: list[tuple[Atom, int]] = []  # what is read, and by how many ints
        if isinstance(stmt, Call) and stmt.callee in others:
            callee = others[stmt.callee]
            theirs = indexed_ranks(Evidence(callee), Program(callee.name, others))
            reads = [(arg, theirs[p.var]) for p, arg in zip(callee.params, stmt.args) if p.var in theirs]
        elif isinstance(stmt, Op) and stmt.fn in READS | WRITES:
            ints = evidence.ints(stmt.args[1]) or 0
            if ints and stmt.fn in READS and reach.of(stmt.args[0]) and evidence.used_as_array(stmt.out):
                return {}
            reads = [(stmt.args[0], ints)]
        for whole, ints in reads:
            reached = reach.of(whole) or {}
            for (param, depth), same in reached.items():
                if any((param, d) in reached for d in range(depth)):
                    continue  # broadcast to what has more dimensions
                ranks = found if same or depth else in_sums
                ranks[param] = max(ranks.get(param, 0), depth + ints)
    for param, depth in in_sums.items():
        found[param] = max(found.get(param, 0), depth)
    return {param: depth for param, depth in found.items() if depth > 0 and param in reach.params}
