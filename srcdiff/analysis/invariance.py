"""Finds what is subtracted only for the range of numbers: the maximum in a softmax, or in the logarithm of a sum of exponentials.

    m = max(x);  e = exp(x - m);  e / sum(e)        m + log(sum(exp(x - m)))

Nothing depends on m here, though all of it is computed from m. Where that is proven, m is a constant for the derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush

from srcdiff.analysis.activity import SHAPE_ONLY
from srcdiff.analysis.forms import EMPTY, ZERO, Escapes, Form, State, Zero, joined, of, view_of
from srcdiff.analysis.transfers import TRANSFERS, VIEWS, ZEROS, Use
from srcdiff.ir.builder import is_effect
from srcdiff.ir.nodes import UNDEF, Atom, Block, Call, If, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import may_vary
from srcdiff.ir.walk import blocks_of, definitions, operands, outs, reads

SHAPES = frozenset({"getattr", "builtins.len", "numpy.shape", "numpy.ndim", "numpy.size"})
MOST = 6  # operations between a difference and its exponential


class _Walk:
    """How what is computed from one variable depends on it."""

    def __init__(self, stops: Callable[[Op], bool], definition: dict[Var, Op]) -> None:
        self.stops, self.definition = stops, definition
        self.states: dict[Var, State] = {}

    def state(self, atom: Atom) -> State:
        if isinstance(atom, Var):
            op = self.definition.get(atom) if atom not in self.states else None
            return _neutral(op) if op is not None else self.states.get(atom)
        return ZERO if isinstance(atom, Lit) and atom.value == 0 and not isinstance(atom.value, bool) else None

    def block(self, block: Block) -> None:
        for stmt in block.body:
            self.stmt(stmt)

    def stmt(self, stmt: Stmt) -> None:
        match stmt:
            case Op():
                self.states[stmt.out] = self.op(stmt)
            case If():
                self.block(stmt.then)
                self.block(stmt.orelse)
                for out, a, b in zip(stmt.outs, stmt.then.results, stmt.orelse.results):
                    self.states[out] = self.either(a, b)
            case Loop():
                self.loop(stmt)
            case Call():
                if any(isinstance(self.state(a), Form) for a in stmt.args):
                    raise Escapes

    def either(self, a: Atom, b: Atom) -> State:
        for one, other in ((a, b), (b, a)):
            if isinstance(one, Lit) and one.value is UNDEF:
                return self.state(other)
        return joined(self.state(a), self.state(b))

    def op(self, op: Op) -> State:
        given = SHAPE_ONLY.get(op.fn, ())
        states = [None if i in given else self.state(a) for i, a in enumerate(operands(op))]
        if not any(isinstance(s, Form) for s in states):
            return _neutral(op)
        if self.stops(op) or is_effect(op.fn) or op.fn in SHAPES or not may_vary(op.out.type):
            return None
        if op.fn not in TRANSFERS:
            raise Escapes
        return TRANSFERS[op.fn](Use(op, states, self.definition))

    def loop(self, loop: Loop) -> None:
        """The same form in each iteration, and for what all of them collect."""
        for it, target in zip(loop.iters, loop.targets):
            state = self.state(it.seq)
            if isinstance(state, Form) and state.view != ():
                raise Escapes
            self.states[target] = state
        carried = [self.state(a) for a in loop.inits]
        for _ in range(3):
            self.states.update(zip(loop.carried, carried))
            if loop.cond is not None:
                self.block(loop.cond)
            self.block(loop.body)
            after = [self.either(p, r) for p, r in zip(loop.carried, loop.body.results[1:])]
            if after == carried:
                break
            carried = after
        else:
            raise Escapes
        inside = set(definitions(loop.body))
        results = [None, *carried, *(self.state(r) for r in loop.body.results[len(carried) + 1 :])]
        if isinstance(self.state(loop.body.results[0]), Form):
            raise Escapes
        for i, (out, state) in enumerate(zip(loop.outs, results)):
            if isinstance(state, Form):
                # a factor of one iteration is not that of another; a list has its elements' form
                if any(var in inside for var, _ in state.factors) or (i > len(carried) and state.view != ()):
                    raise Escapes
            self.states[out] = None if isinstance(state, Zero) and i > len(carried) else state


def _neutral(op: Op) -> State:
    return ZERO if op.fn in ZEROS else EMPTY if op.fn == "list" and not op.args else None


class _Region:
    """One block, with the statements that use each variable: a walk visits those that it must."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.users: dict[Var, list[int]] = {}
        for i, stmt in enumerate(block.body):
            for atom in dict.fromkeys(reads(stmt)):
                if isinstance(atom, Var):
                    self.users.setdefault(atom, []).append(i)
        self.results = {a for a in block.results if isinstance(a, Var)}

    def depends_on(self, m: Var, walk: _Walk) -> bool:
        """Whether something that leaves the block depends on m by a derivative, or may do so."""
        walk.states = {m: of(view_of(m, walk.definition.get(m)))}
        todo: list[int] = []
        seen: set[int] = set()
        news = [m]
        try:
            while True:
                for var in news:
                    if isinstance(walk.states.get(var), Form):
                        if var in self.results:
                            return True
                        for i in self.users.get(var, ()):
                            if i not in seen:
                                seen.add(i)
                                heappush(todo, i)
                if not todo:
                    return False
                stmt = self.block.body[heappop(todo)]
                walk.stmt(stmt)
                news = outs(stmt)
        except Escapes:
            return True


def shifts(block: Block, active: dict[Var, None], stops: Callable[[Op], bool]) -> set[Var]:
    """The active variables on which nothing depends: what is subtracted before exponentials are taken."""
    definition: dict[Var, Op] = {}
    home: dict[Var, Block] = {}
    exponents: list[Atom] = []

    def visit(blk: Block) -> None:
        home.update((p, blk) for p in blk.params)
        for stmt in blk.body:
            home.update((out, blk) for out in outs(stmt))
            if isinstance(stmt, Op):
                definition[stmt.out] = stmt
                if stmt.fn in ("numpy.exp", "math.exp") and stmt.out in active:
                    exponents.append(stmt.args[0])
            for inner in blocks_of(stmt):
                visit(inner)

    visit(block)
    regions: dict[Block, _Region] = {}
    decided: dict[Var, bool] = {}
    walk = _Walk(stops, definition)
    for chain in _subtracted(exponents, definition):
        for m in chain:
            if m not in decided:
                where = home.get(m) if m in active else None
                if where is not None and where not in regions:
                    regions[where] = _Region(where)
                decided[m] = where is not None and not regions[where].depends_on(m, walk)
            if decided[m]:
                break
    return {m for m, constant in decided.items() if constant}


def _subtracted(exponents: list[Atom], definition: dict[Var, Op]) -> Iterator[list[Var]]:
    """What is subtracted in the exponents, each as what it is made from by views: m before m[:, None]."""
    for exponent in exponents:
        todo = [exponent]
        for _ in range(MOST):
            op = definition.get(todo[0]) if todo and isinstance(todo[0], Var) else None
            todo = todo[1:]
            if op is None or op.fn not in ("operator.sub", "operator.mul", "operator.truediv", "operator.iadd"):
                continue
            todo += op.args
            if op.fn in ("operator.sub", "operator.iadd"):
                yield _sources(op.args[1], definition)


def _sources(atom: Atom, definition: dict[Var, Op]) -> list[Var]:
    chain: list[Var] = []
    while isinstance(atom, Var) and len(chain) < MOST:
        chain.append(atom)
        op = definition.get(atom)
        if op is None or op.fn not in VIEWS:
            break
        atom = op.args[0]
    return chain[::-1]
