"""The ranks that a function's operations imply, each by the others: `U @ h` is a vector for a vector h and a matrix U.

Every value has the set of the ranks that it may have, as a mask of bits. An operation allows some combinations of its
operands' ranks and its result's; what no combination allows is struck out, until nothing changes.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from srcdiff.analysis.evidence import WRITES, Evidence, calculates, is_extremum, is_slice, takes_numbers
from srcdiff.ir.nodes import UNDEF, Atom, Block, Call, Const, Function, If, Lit, Loop, Op, Var
from srcdiff.ir.types import Any, Array, Opaque, rank, surely_array
from srcdiff.ir.walk import statements
from srcdiff.rules import RULES

MOST = 4  # the highest rank that is thought of
RANKS = range(MOST + 1)
ANY = (1 << MOST + 1) - 1
ARRAY = ANY - 1
MATRIX = ARRAY - 2

Relation = tuple[tuple[int, ...], ...]


def _matmul(a: int, b: int) -> int:
    if a == 1 or b == 1:
        return a + b - 2
    return max(a, b)


def _shift(least: int, by: int) -> Relation:
    """An operand of at least this rank, and a result of so many dimensions more."""
    return tuple((r, r + by) for r in RANKS if r >= least and 0 <= r + by <= MOST)


WIDEST: Relation = tuple((a, b, max(a, b)) for a in RANKS for b in RANKS)
IN_PLACE: Relation = tuple((a, b, max(a, b)) for a in RANKS for b in RANKS if a == 0 or b <= a)
MATMUL: Relation = tuple((a, b, _matmul(a, b)) for a in RANKS[1:] for b in RANKS[1:])
DOT: Relation = tuple((0, b, b) for b in RANKS) + tuple((a, 0, a) for a in RANKS[1:])
DOT += tuple((a, b, a + b - 2) for a in RANKS[1:] for b in RANKS[1:] if a + b - 2 <= MOST)
SOLVE: Relation = ((2, 1, 1), (2, 2, 2)) + tuple((a, b, a) for a in RANKS[3:] for b in RANKS[1:] if b <= a)
SAME = _shift(0, 0)
DIAGONAL: Relation = ((1, 2), (2, 1))

ONE_RELATION = {
    "numpy.linalg.inv": _shift(2, 0),
    "numpy.linalg.cholesky": _shift(2, 0),
    "numpy.linalg.det": _shift(2, -2),
    "numpy.diag": DIAGONAL,
    "numpy.linalg.norm": tuple((r, 0) for r in RANKS[1:]),
}
TWO_RELATION = {
    "operator.matmul": MATMUL,
    "numpy.matmul": MATMUL,
    "numpy.dot": DOT,
    "numpy.linalg.solve": SOLVE,
    "operator.iadd": IN_PLACE,
}
STACKS = ("numpy.array", "numpy.asarray")
KEEPING = frozenset({"srcdiff.copy", "srcdiff.astype"}) | frozenset(
    f"numpy.{n}" for n in "zeros_like ones_like empty_like full_like copy array asarray flip roll tril triu pad".split()
)
REDUCTIONS = frozenset(f"numpy.{n}" for n in "sum prod mean var std max min amax amin argmax argmin all any".split())
WINDOWS = "numpy.lib.stride_tricks.sliding_window_view"
PRODUCTS = frozenset({"operator.matmul", "numpy.matmul", "numpy.dot", "numpy.linalg.solve"})


@cache
def _left(relation: Relation, masks: tuple[int, ...]) -> list[int]:
    """The ranks of each value that are part of a combination in which every value has one of its ranks."""
    found = [0] * len(masks)
    for row in relation:
        if all(mask >> r & 1 for mask, r in zip(masks, row)):
            for i, r in enumerate(row):
                found[i] |= 1 << r
    return found


class Contradiction(Exception):
    """No combination of ranks is left."""


class Ranks:
    """The ranks that each value of a function may have."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.function: Function = evidence.function
        self.masks: list[int] = []
        self.nodes: dict[object, int] = {}
        self.constraints: list[tuple[tuple[int, ...], Relation]] = []
        self.of_node: dict[int, list[int]] = {}
        self.trail: list[tuple[int, int]] = []
        self.todo: list[int] = []
        self.row_like: set[Var] = set()  # elements along an array's first axis
        self._collect(self.function.body)

    def solve(self, scalar_output: bool) -> bool:
        """Strike out what is not allowed; whether there is a solution."""
        try:
            if scalar_output:
                self._narrow(self.node(self.function.body.results[0]), 1)
            self.todo = list(range(len(self.constraints)))
            self._propagate()
        except Contradiction:
            return False
        return True

    def known(self, atom: Atom | tuple[str, ...]) -> int | None:
        """The only rank that a value, or a dict's entry, may have."""
        node = self.node(atom)
        mask = ANY if node is None else self.masks[node]
        return mask.bit_length() - 1 if mask.bit_count() == 1 else None

    def may_be(self, atom: Atom, wanted: int) -> bool:
        node = self.node(atom)
        return node is not None and bool(self.masks[node] & wanted)

    def assume(self, atom: Atom, wanted: int) -> bool:
        """Take a value to have one of these ranks, unless that contradicts: then it has another; whether it was taken."""
        node = self.node(atom)
        if node is None or self.masks[node] & ~wanted == 0 or not self.masks[node] & wanted:
            return False
        if self._try(node, wanted):
            return True
        self._try(node, ~wanted)
        return False

    def _try(self, node: int, wanted: int) -> bool:
        """Narrow a value's ranks, unless that contradicts; whether it was done."""
        self.trail, self.todo = [], []
        try:
            self._narrow(node, wanted)
            self._propagate()
        except Contradiction:
            for changed, mask in reversed(self.trail):
                self.masks[changed] = mask
            return False
        return True

    def node(self, atom: Atom | tuple[str, ...]) -> int | None:
        """The node of what may be a number or an array."""
        if isinstance(atom, Lit | Const):
            return self._fresh(1) if rank(atom.type) == 0 else None
        if atom in self.nodes:
            return self.nodes[atom]
        if isinstance(atom, Var):
            t = atom.type
            if not isinstance(t, Any | Array):
                return None
            known = rank(t)
            if known is not None and known > MOST:
                return None
            if isinstance(t, Any) and t.shape is not None:
                known = len(t.shape)
            mask = ANY if known is None else 1 << known
            self.nodes[atom] = self._fresh(ARRAY if known is None and surely_array(t) else mask)
        else:
            self.nodes[atom] = self._fresh(ANY)
        return self.nodes[atom]

    def _fresh(self, mask: int) -> int:
        self.masks.append(mask)
        return len(self.masks) - 1

    def _narrow(self, node: int | None, wanted: int) -> None:
        if node is None:
            return
        left = self.masks[node] & wanted
        if left == self.masks[node]:
            return
        if not left:
            raise Contradiction
        self.trail.append((node, self.masks[node]))
        self.masks[node] = left
        self.todo += self.of_node.get(node, [])

    def _propagate(self) -> None:
        while self.todo:
            nodes, relation = self.constraints[self.todo.pop()]
            for n, mask in zip(nodes, _left(relation, tuple([self.masks[n] for n in nodes]))):
                self._narrow(n, mask)

    def _relate(self, relation: Relation, *nodes: int | None) -> None:
        if any(n is None for n in nodes):
            return
        given = tuple(n for n in nodes if n is not None)
        for n in given:
            self.of_node.setdefault(n, []).append(len(self.constraints))
        self.constraints.append((given, relation))

    def _equate(self, atoms: list[Atom]) -> None:
        """Values of one rank: a variable that a loop carries, with what it starts from."""
        nodes = [self.node(a) for a in atoms if not (isinstance(a, Lit) and a.value in (UNDEF, None))]
        for a, b in pairwise(nodes):
            self._relate(SAME, a, b)

    def _collect(self, block: Block) -> None:
        for stmt in statements(block):
            match stmt:
                case Op():
                    self._op(stmt)
                case If():
                    self._relate(((0,),), self.node(stmt.test))
                    for out, *arms in zip(stmt.outs, stmt.then.results, stmt.orelse.results):
                        self._equate([out, *[a for a in arms if rank(a.type) != 0]])
                case Loop():
                    self._loop(stmt)
                case Call():
                    for out, before in stmt.versions:
                        self._equate([out, before])

    def _loop(self, loop: Loop) -> None:
        for it, target in zip(loop.iters, loop.targets):
            if isinstance(it.seq, Var) and isinstance(it.seq.type, Any | Array):
                self.row_like.add(target)
                self._relate(_shift(1, -1), self.node(it.seq), self.node(target))
        for i, (param, init) in enumerate(zip(loop.carried, loop.inits)):
            flows: list[Atom] = [param, loop.body.results[1 + i], loop.outs[1 + i]]
            if loop.cond is not None:
                flows.append(loop.cond.params[i])
            # a sum that starts from a number may become an array
            self._equate(flows if rank(init.type) == 0 else [*flows, init])

    def _op(self, op: Op) -> None:
        args, out = op.args, op.out
        keywords = {k for k, _ in op.kwargs}
        if op.fn == "operator.getitem":
            self._element(op)
        elif op.fn in WRITES:
            self._write(op)
        elif op.fn in TWO_RELATION and len(args) == 2 and not keywords:
            self._relate(TWO_RELATION[op.fn], self.node(args[0]), self.node(args[1]), self.node(out))
        elif op.fn in ONE_RELATION and len(args) == 1:
            self._relate(ONE_RELATION[op.fn], self.node(args[0]), self.node(out))
        elif op.fn in STACKS and (rows := self.stacked(op)):
            for row in rows:
                elements = self._listed(row)
                for element in elements or (row,):
                    self._relate(_shift(0, 2 if elements else 1), self.node(element), self.node(out))
        elif (
            op.fn == "numpy.transpose"
            and len(args) == 1
            and not keywords
            or op.fn in KEEPING
            and "ndmin" not in keywords
        ):
            self._relate(SAME, self.node(args[0]), self.node(out))
        elif op.fn == "numpy.linalg.eigh":
            self._relate(tuple((r,) for r in RANKS[2:]), self.node(args[0]))
        elif op.fn in REDUCTIONS:
            self._reduction(op)
        elif is_extremum(op) or op.fn == "builtins.sum" and len(args) == 1 and not keywords:
            self._relate(_shift(1, -1), self.node(args[0]), self.node(out))
        elif op.fn == "numpy.einsum":
            self._einsum(op)
        elif op.fn == "numpy.hstack":
            parts = self.evidence.definition.get(op.args[0]) if isinstance(op.args[0], Var) else None
            for part in parts.args if parts is not None and parts.fn in ("tuple", "list") else ():
                self._relate(tuple((r, max(r, 1)) for r in RANKS), self.node(part), self.node(op.out))
        elif op.fn == WINDOWS and len(args) == 2 and not keywords:
            self._windows(op)
        elif is_elementwise(op):
            if not keywords & {"where", "out"}:
                self._elementwise(op)
        elif takes_numbers(op.fn) or op.fn == "builtins.range":
            for a in args:
                self._relate(((0,),), self.node(a))
        elif op.fn == "builtins.len":
            self._relate(tuple((r,) for r in RANKS[1:]), self.node(args[0]))

    def _elementwise(self, op: Op) -> None:
        so_far = self.node(op.args[0])
        for a in op.args[1:-1]:
            wider = self._fresh(ANY)
            self._relate(WIDEST, so_far, self.node(a), wider)
            so_far = wider
        last = self._fresh(1) if len(op.args) == 1 else self.node(op.args[-1])
        self._relate(WIDEST, so_far, last, self.node(op.out))

    def _reduction(self, op: Op) -> None:
        keeps = dict(op.kwargs).get("keepdims")
        axis = axis_of(op)
        if axis is None:
            return
        least = axis + 1 if axis >= 0 else -axis
        kept = isinstance(keeps, Lit) and keeps.value is True
        if keeps is None or isinstance(keeps, Lit):
            self._relate(_shift(least, 0 if kept else -1), self.node(op.args[0]), self.node(op.out))

    def _einsum(self, op: Op) -> None:
        """By the letters of a literal specification without an ellipsis."""
        spec = op.args[0]
        if not isinstance(spec, Lit) or not isinstance(spec.value, str) or "." in spec.value:
            return
        terms = spec.value.replace(" ", "").partition("->")[0].split(",")
        if len(terms) == len(op.args) - 1 and max(map(len, terms)) <= MOST:
            for term, operand in zip(terms, op.args[1:]):
                self._relate(((len(term),),), self.node(operand))

    def _windows(self, op: Op) -> None:
        """A window as long as an array is, on each axis; or one length for a vector."""
        x, length = op.args
        shape = self.evidence.definition.get(length) if isinstance(length, Var) else None
        if shape is not None and shape.fn == "getattr" and shape.args[1].value == "shape":  # type: ignore[union-attr]
            doubled = tuple((r, r, 2 * r) for r in RANKS if 2 * r <= MOST)
            self._relate(doubled, self.node(x), self.node(shape.args[0]), self.node(op.out))
        elif self.evidence.ints(length) == 1:
            self._relate(((1, 2),), self.node(x), self.node(op.out))

    def _element(self, op: Op) -> None:
        base, key = op.args
        if isinstance(key, Lit) and isinstance(base, Var):
            if isinstance(key.value, str) and not isinstance(base.type, Array) or self.evidence.may_be_tuple(base):
                self._relate(SAME, self.node((base.hint, str(key.value))), self.node(op.out))
                return
        shape = self.evidence.definition.get(base) if isinstance(base, Var) else None
        if shape is not None and shape.fn == "getattr" and isinstance(key, Lit) and isinstance(key.value, int):
            if isinstance(shape.args[1], Lit) and shape.args[1].value == "shape":
                least = key.value + 1 if key.value >= 0 else -key.value
                self._relate(tuple((r,) for r in RANKS[least:]), self.node(shape.args[0]))
            return
        taken = self._taken(key)
        if taken is not None and isinstance(base.type, Any | Array):
            self._relate(_shift(taken[0], taken[1]), self.node(base), self.node(op.out))
            if taken == (1, -1):
                self.row_like.add(op.out)

    def _write(self, op: Op) -> None:
        base, key, value = op.args[:3]
        self._relate(SAME, self.node(base), self.node(op.out))
        taken = self._taken(key)
        if taken is not None and isinstance(base.type, Any | Array):
            allowed = tuple((r, v) for r in RANKS if r >= taken[0] for v in RANKS if v <= r + taken[1])
            self._relate(allowed, self.node(base), self.node(value))

    def stacked(self, op: Op) -> tuple[Atom, ...]:
        """The entries of the list that is written out for np.array, where it takes that alone."""
        return self._listed(op.args[0]) if len(op.args) == 1 and not op.kwargs else ()

    def _listed(self, atom: Atom) -> tuple[Atom, ...]:
        """The entries of a list that is written out."""
        made = self.evidence.definition.get(atom) if isinstance(atom, Var) else None
        return made.args if made is not None and made.fn == "list" else ()

    def axes_named(self, key: Atom) -> int:
        """How many axes a key of several parts names; 0 where it does not say how many there are."""
        op = self.evidence.definition.get(key) if isinstance(key, Var) else None
        parts = op.args if op is not None and op.fn == "tuple" else ()
        named = [a for a in parts if not (isinstance(a, Lit) and a.value is None)]
        several = any(is_several(a) for a in named) or len(named) == len(parts) - 1 == 1  # x[:, None] of rows, too
        return 0 if several else len(named)

    def _taken(self, key: Atom) -> tuple[int, int] | None:
        """The least rank of what is indexed, and how many dimensions more the element has; None of several arrays."""
        op = self.evidence.definition.get(key) if isinstance(key, Var) else None
        parts = op.args if op is not None and op.fn == "tuple" else (key,)
        t = key.type
        if isinstance(t, Array) and rank(t) and t.dtype in ("int", "bool"):
            return (1, len(t.shape) - 1) if t.dtype == "int" else (len(t.shape), 1 - len(t.shape))
        axes = more = 0
        for part in parts:
            if is_slice(part):
                axes += 1
            elif self.evidence.ints(part) == 1:
                axes, more = axes + 1, more - 1
            elif isinstance(part, Lit) and part.value is None:
                more += 1
            elif not (isinstance(part, Lit) and part.value is Ellipsis):
                return None
        return axes, more


def is_several(part: Atom) -> bool:
    """Whether a part of an index may stand for more than one axis: `...`, or a mask."""
    t = part.type
    return t == Opaque("ellipsis") or isinstance(t, Array) and t.dtype == "bool" and rank(t) != 1


def axis_of(op: Op) -> int | None:
    """The one axis that a reduction names."""
    axis = op.args[1] if len(op.args) == 2 else dict(op.kwargs).get("axis")
    return axis.value if isinstance(axis, Lit) and isinstance(axis.value, int) and len(op.args) <= 2 else None


def is_open(t: object) -> bool:
    """Whether a value of this type may be an array whose rank is not known."""
    return isinstance(t, Any) and t.shape is None or isinstance(t, Array) and rank(t) is None


def is_elementwise(op: Op) -> bool:
    """Whether a result has the widest of its operands' shapes."""
    return calculates(op) or not is_extremum(op) and (op.fn in RULES and RULES[op.fn].kind == "elementwise")
