"""Random structured SSA: loops, branches, exits, swaps, writes, views, tapes; what emission must print right."""

from __future__ import annotations

import random

from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import (
    BREAK,
    CONTINUE,
    NEXT,
    RETURN,
    UNDEF,
    Atom,
    Block,
    Call,
    Function,
    If,
    Iter,
    Loop,
    Op,
    Param,
    Program,
    Stmt,
    Var,
)
from srcdiff.ir.types import BOOL, INT, SCALAR, Array, Dict, Opaque, Sequence, Type

VECTOR = Array("float", (4,))
HALF = Array("float", (2,))
TABLE = Dict((("a", SCALAR), ("w", VECTOR)), VECTOR)
HINTS = ["", "", "x", "y", "s", "h", "acc"]


class Generator:
    """Makes one function; `scope` holds the variables that may be read, by type."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.calls = True

    def op(self, body: list[Stmt], fn: str, type_: Type, *args: Atom, hint: str | None = None) -> Var:
        out = Var(self.random.choice(HINTS) if hint is None else hint, type_)
        body.append(Op(fn, args, (), out))
        return out

    def pick(self, scope: list[Var], type_: Type) -> Atom:
        found = [v for v in scope if v.type == type_]
        if found and self.random.random() < 0.93:
            return self.random.choice(found[-6:])
        if type_ == SCALAR:
            return literal(round(self.random.uniform(-1, 1), 2))
        return self.random.choice(found) if found else literal(0)

    def value(self, body: list[Stmt], scope: list[Var]) -> None:
        """One more operation."""
        choose = self.random.random()
        vectors = [v for v in scope if v.type == VECTOR]
        if choose < 0.35:
            fn = self.random.choice(["operator.add", "operator.sub", "operator.mul", "numpy.maximum"])
            out = self.op(body, fn, SCALAR, self.pick(scope, SCALAR), self.pick(scope, SCALAR))
        elif choose < 0.42:
            out = self.op(body, "numpy.tanh", SCALAR, self.pick(scope, SCALAR))
        elif choose < 0.5 or not vectors:
            out = self.op(body, "numpy.full", VECTOR, literal(4), self.pick(scope, SCALAR))
        elif choose < 0.6:
            out = self.op(body, "operator.getitem", SCALAR, self.pick(scope, VECTOR), literal(self.random.randrange(4)))
        elif choose < 0.68:
            part = self.op(body, "slice", Opaque("slice"), literal(1), literal(3), literal(None), hint="")
            out = self.op(body, "operator.getitem", HALF, self.pick(scope, VECTOR), part)
        elif choose < 0.82:
            out = self.write(body, scope)
        elif choose < 0.9:
            out = self.op(body, "operator.add", VECTOR, self.pick(scope, VECTOR), self.pick(scope, VECTOR))
        elif choose < 0.95:
            out = self.op(body, "numpy.tanh", VECTOR, self.pick(scope, VECTOR))
        else:
            halves = [v for v in scope if v.type == HALF] or None
            if halves is None:
                return
            if self.random.random() < 0.5:
                out = self.op(
                    body, "operator.setitem", HALF, self.random.choice(halves), literal(0), self.pick(scope, SCALAR)
                )
            else:
                out = self.op(body, "numpy.sum", SCALAR, self.random.choice(halves))
        scope.append(out)

    def write(self, body: list[Stmt], scope: list[Var]) -> Var:
        x = self.pick(scope, VECTOR)
        hint = x.hint if isinstance(x, Var) and self.random.random() < 0.7 else None
        fn = self.random.choice(["operator.setitem", "srcdiff.addto", "operator.iadd"])
        if fn == "operator.iadd":
            return self.op(body, fn, VECTOR, x, self.pick(scope, VECTOR), hint=hint)
        return self.op(body, fn, VECTOR, x, literal(self.random.randrange(4)), self.pick(scope, SCALAR), hint=hint)

    def test(self, body: list[Stmt], scope: list[Var]) -> Var:
        return self.op(body, "operator.lt", BOOL, self.pick(scope, SCALAR), self.pick(scope, SCALAR), hint="")

    def statements(self, body: list[Stmt], scope: list[Var], depth: int, count: int) -> None:
        for _ in range(count):
            choose = self.random.random()
            if depth and choose < 0.14:
                self.branch(body, scope, depth - 1)
            elif depth and choose < 0.3:
                self.loop(body, scope, depth - 1)
            elif depth and choose < 0.35:
                self.while_loop(body, scope, depth - 1)
            elif choose < 0.4:
                self.conditional(body, scope)
            elif choose < 0.44 and self.calls:
                self.call(body, scope)
            elif choose < 0.5:
                self.table(body, scope)
            elif depth and choose < 0.54:
                self.nested_tapes(body, scope)
            else:
                self.value(body, scope)

    def branch(self, body: list[Stmt], scope: list[Var], depth: int) -> None:
        test = self.test(body, scope)
        types = [self.random.choice([SCALAR, VECTOR]) for _ in range(self.random.randint(1, 3))]
        arms = []
        for _ in range(2):
            arm, inner = Block(), list(scope)
            self.statements(arm.body, inner, depth, self.random.randint(0, 3))
            arm.results = [self.some(inner, t) for t in types]
            arms.append(arm)
        hint = self.random.choice(HINTS)
        outs = [Var(hint if k == 0 else self.random.choice(HINTS), t) for k, t in enumerate(types)]
        body.append(If(test, arms[0], arms[1], outs))
        scope += outs

    def some(self, scope: list[Var], type_: Type) -> Atom:
        found = [v for v in scope if v.type == type_]
        return self.random.choice(found[-4:] if self.random.random() < 0.7 else found)

    def exit(self, block: Block, scope: list[Var]) -> Atom:
        """An exit code that is a literal, or decided by a branch at the end."""
        if self.random.random() < 0.5:
            return literal(self.random.choice([NEXT, NEXT, CONTINUE]))
        test = self.test(block.body, scope)
        code = Var("", INT)
        arms = [Block([], [], [literal(self.random.choice([NEXT, CONTINUE, BREAK]))]) for _ in range(2)]
        block.body.append(If(test, arms[0], arms[1], [code]))
        return code

    def loop(self, body: list[Stmt], scope: list[Var], depth: int) -> None:
        numbers = self.op(body, "builtins.range", Opaque("range"), literal(self.random.randint(0, 4)), hint="")
        types = [self.random.choice([SCALAR, VECTOR]) for _ in range(self.random.randint(1, 3))]
        inits = [self.some(scope, t) for t in types]
        hints = [
            v.hint if isinstance(v, Var) and self.random.random() < 0.6 else self.random.choice(HINTS) for v in inits
        ]
        carried = [Var(h, t) for h, t in zip(hints, types)]
        target = Var("i", INT)
        inner = Block([target, *carried])
        known = [*scope, *carried, *carried]
        self.statements(inner.body, known, depth, self.random.randint(1, 5))
        results = [self.some(known, t) for t in types]
        if self.random.random() < 0.2:
            results = [self.random.choice([c for c in carried if c.type == t]) for t in types]
        elements = [
            self.random.choice([v for v in known if v.type in (SCALAR, VECTOR)])
            for _ in range(self.random.randint(0, 3))
        ]
        code = self.exit(inner, known)
        if isinstance(code, Var) and self.random.random() < 0.5:
            last = inner.body[-1]
            assert isinstance(last, If)
            for k, t in enumerate(types):
                out = Var(hints[k], t)
                last.outs.append(out)
                last.then.results.append(self.some(known, t))
                last.orelse.results.append(results[k])
                results[k] = out
        inner.results = [code, *results, *elements]
        tapes = [Var("", Sequence("list", e.type)) for e in elements]
        outs = [Var("", INT), *(Var(c.hint, c.type) for c in carried), *tapes]
        body.append(Loop([Iter(numbers)], None, inner, inits, outs))
        scope += outs[1 : 1 + len(carried)]
        if self.random.random() < 0.8:
            self.walk(body, scope, tapes)

    def walk(self, body: list[Stmt], scope: list[Var], tapes: list[Var]) -> None:
        """Walk tapes, mostly all at once and backwards."""
        if not tapes:
            return
        targets = [Var(self.random.choice(HINTS), t.type.elem) for t in tapes]  # type: ignore[attr-defined]
        carried = Var(self.random.choice(HINTS), SCALAR)
        inner = Block([*targets, carried])
        known = [*scope, *targets, carried]
        self.statements(inner.body, known, 0, self.random.randint(1, 4))
        for target in targets:
            if target.type == VECTOR:
                known.append(self.op(inner.body, "numpy.sum", SCALAR, target, hint=""))
        result = self.op(inner.body, "operator.add", SCALAR, carried, self.some(known, SCALAR), hint=carried.hint)
        inner.results = [literal(NEXT), result]
        reverse = self.random.random() < 0.7
        out = Var(carried.hint, SCALAR)
        start = self.some(scope, SCALAR)
        body.append(Loop([Iter(t, reverse) for t in tapes], None, inner, [start], [Var("", INT), out]))
        scope.append(out)

    def while_loop(self, body: list[Stmt], scope: list[Var], depth: int) -> None:
        """`while k < n`, with more in the test now and then."""
        count, carried = Var("k", INT), Var(self.random.choice(HINTS), self.random.choice([SCALAR, VECTOR]))
        tested = [Var("k", INT), Var(carried.hint, carried.type)]
        cond = Block(tested)
        test: Atom = self.op(cond.body, "operator.lt", BOOL, tested[0], literal(self.random.randint(0, 4)), hint="")
        if carried.type == VECTOR and self.random.random() < 0.5:
            total = self.op(cond.body, "numpy.sum", SCALAR, tested[1], hint="")
            small = self.op(cond.body, "operator.lt", BOOL, total, literal(3.0), hint="")
            out = Var("", BOOL)
            cond.body.append(If(test, Block([], [], [small]), Block([], [], [literal(False)]), [out]))
            test = out
        cond.results = [test]
        inner, known = Block([count, carried]), [*scope, carried, carried]
        self.statements(inner.body, known, depth, self.random.randint(1, 4))
        after = self.op(inner.body, "operator.add", INT, count, literal(1), hint="k")
        result, element = self.some(known, carried.type), self.some(known, self.random.choice([SCALAR, VECTOR]))
        code = self.exit(inner, known)
        inner.results = [code, after, result, element]
        tape = Var("", Sequence("list", element.type))
        outs = [Var("", INT), Var("k", INT), Var(carried.hint, carried.type), tape]
        body.append(Loop([], cond, inner, [literal(0), self.some(scope, carried.type)], outs))
        scope.append(outs[2])
        if self.random.random() < 0.8:
            self.walk(body, scope, [tape])

    def conditional(self, body: list[Stmt], scope: list[Var]) -> None:
        """a if t else b"""
        test, out = self.test(body, scope), Var("", SCALAR)
        arms = [Block(), Block()]
        for arm in arms:
            if self.random.random() < 0.6:
                arm.results = [self.op(arm.body, "numpy.tanh", SCALAR, self.pick(scope, SCALAR), hint="")]
            else:
                arm.results = [self.pick(scope, SCALAR)]
        body.append(If(test, arms[0], arms[1], [out]))
        scope.append(out)

    def call(self, body: list[Stmt], scope: list[Var]) -> None:
        outs = [Var(self.random.choice(HINTS), SCALAR), Var(self.random.choice(HINTS), VECTOR)]
        body.append(Call("g", (self.pick(scope, SCALAR), self.pick(scope, VECTOR)), list(outs)))
        scope += outs

    def table(self, body: list[Stmt], scope: list[Var]) -> None:
        """A dict of a number and an array: made, read, written."""
        tables = [v for v in scope if v.type == TABLE]
        if not tables or self.random.random() < 0.2:
            items = (literal("a"), self.pick(scope, SCALAR), literal("w"), self.pick(scope, VECTOR))
            scope.append(self.op(body, "dict", TABLE, *items))
            return
        key, type_ = self.random.choice([("a", SCALAR), ("w", VECTOR)])
        table = self.random.choice(tables[-3:])
        match self.random.randrange(3):
            case 0:
                out = self.op(body, "operator.getitem", type_, table, literal(key))
            case 1:
                hint = table.hint if self.random.random() < 0.7 else None
                out = self.op(body, "operator.setitem", TABLE, table, literal(key), self.pick(scope, type_), hint=hint)
            case _:
                hint = table.hint if self.random.random() < 0.7 else None
                out = self.op(body, "srcdiff.addto", TABLE, table, literal(key), self.pick(scope, type_), hint=hint)
        scope.append(out)

    def nested_tapes(self, body: list[Stmt], scope: list[Var]) -> None:
        """Two loops within one another that collect, and two that walk the tapes back."""
        type_ = self.random.choice([SCALAR, VECTOR])
        hint = self.random.choice(HINTS)
        tape, nested = Sequence("list", type_), Sequence("list", Sequence("list", type_))
        numbers = [
            self.op(body, "builtins.range", Opaque("range"), literal(self.random.randint(0, 3)), hint="") for _ in "ab"
        ]
        outer, inner = [Var(hint, type_) for _ in "ab"]
        inner_body, known = Block([Var("j", INT), inner]), [*scope, inner]
        self.statements(inner_body.body, known, 0, self.random.randint(1, 3))
        inner_body.results = [literal(NEXT), self.some(known, type_), self.some(known, type_)]
        inner_outs = [Var("", INT), Var(hint, type_), Var("", tape)]
        outer_body = Block([Var("i", INT), outer], [Loop([Iter(numbers[1])], None, inner_body, [outer], inner_outs)])
        known = [*scope, outer, inner_outs[1]]
        self.statements(outer_body.body, known, 0, self.random.randint(0, 2))
        ends = [self.some(known, type_), inner_outs[2], self.some(known, type_)]
        outer_body.results = [self.exit(outer_body, known), *ends]
        outs = [Var("", INT), Var(hint, type_), Var("", nested), Var("", tape)]
        body.append(Loop([Iter(numbers[0])], None, outer_body, [self.some(scope, type_)], outs))
        scope.append(outs[1])
        # back
        walked, element, both = Var("", tape), Var("", type_), Var(hint, type_)
        totals = [Var("acc", SCALAR) for _ in "abcd"]
        back = Block([element, totals[2]])
        known = [*scope, element]
        self.statements(back.body, known, 0, self.random.randint(0, 2))
        value = element if type_ == SCALAR else self.op(back.body, "numpy.sum", SCALAR, element, hint="")
        back.results = [literal(NEXT), self.op(back.body, "operator.add", SCALAR, totals[2], value, hint="acc")]
        reverse = self.random.random() < 0.7
        within = Block(
            [walked, both, totals[1]],
            [Loop([Iter(walked, reverse)], None, back, [totals[1]], [Var("", INT), totals[3]])],
        )
        more = both if type_ == SCALAR else self.op(within.body, "numpy.sum", SCALAR, both, hint="")
        within.results = [literal(NEXT), self.op(within.body, "operator.sub", SCALAR, totals[3], more, hint="acc")]
        result = Var("acc", SCALAR)
        iters = [Iter(outs[2], reverse), Iter(outs[3], reverse)]
        body.append(Loop(iters, None, within, [self.some(scope, SCALAR)], [Var("", INT), result]))
        scope.append(result)

    def finish(self, block: Block, scope: list[Var], types: list[Type], depth: int) -> None:
        """The rest of a function, which may return from within loops."""
        self.statements(block.body, scope, depth, self.random.randint(1, 8))
        if depth == 0 or self.random.random() < 0.5:
            block.results = [self.some(scope, t) for t in types]
            return
        outs = self.returning_loop(block, scope, types, self.random.randint(0, 2))
        test = self.op(block.body, "operator.eq", BOOL, outs[0], literal(RETURN), hint="")
        then, orelse = Block([], [], list(outs[1 : 1 + len(types)])), Block()
        self.finish(orelse, list(scope), types, depth - 1)
        final = [Var("", t) for t in types]
        block.body.append(If(test, then, orelse, list(final)))
        block.results = list(final)
        if self.random.random() < 0.4:  # more to do after the return: it cannot stand within the loop
            for k, out in enumerate(final):
                block.results[k] = self.op(block.body, "numpy.tanh", out.type, out)
            if len(outs) > 2 + len(types):
                self.walk(block.body, list(scope), outs[2 + len(types) :])
                again = Var("", SCALAR)
                block.body.append(
                    If(test, Block([], [], [literal(0.5)]), Block([], [], [self.some(scope, SCALAR)]), [again])
                )
                added = self.op(block.body, "operator.add", types[0], block.results[0], again)
                block.results[0] = added

    def returning_loop(self, block: Block, scope: list[Var], types: list[Type], depth: int) -> list[Var]:
        """A loop that carries what it returns, and the same of a loop within it."""
        numbers = self.op(block.body, "builtins.range", Opaque("range"), literal(self.random.randint(0, 4)), hint="")
        kept = [Var("", t) for t in types]
        state = Var(self.random.choice(HINTS), SCALAR)
        body = Block([Var("i", INT), *kept, state])
        known = [*scope, state, state]
        self.statements(body.body, known, 1, self.random.randint(1, 3))
        code: Atom
        if depth:
            inner = self.returning_loop(body, known, types, depth - 1)
            test = self.op(body.body, "operator.eq", BOOL, inner[0], literal(RETURN), hint="")
            then, orelse = Block([], [], [literal(RETURN), inner[1 + len(types)]]), Block()
            after = list(known)
            self.statements(orelse.body, after, 0, self.random.randint(0, 2))
            orelse.results = [literal(NEXT), self.some(after, SCALAR)]
            code, end = Var("", INT), Var(state.hint, SCALAR)
            body.body.append(If(test, then, orelse, [code, end]))
            results: list[Atom] = [*inner[1 : 1 + len(types)], end]
        else:
            test = self.test(body.body, known)
            then, orelse, inner_scope = Block(), Block(), list(known)
            self.statements(then.body, inner_scope, 0, self.random.randint(0, 2))
            then.results = [literal(RETURN), *(self.some(inner_scope, t) for t in types), state]
            after = list(known)
            self.statements(orelse.body, after, 0, self.random.randint(0, 2))
            other = literal(self.random.choice([NEXT, NEXT, CONTINUE, BREAK]))
            orelse.results = [other, *kept, self.some(after, SCALAR)]
            made = [Var("", INT), *(Var("", t) for t in types), Var(state.hint, SCALAR)]
            body.body.append(If(test, then, orelse, list(made)))
            code, results = made[0], list(made[1:])
        elements = [self.some(known, SCALAR), self.some(known, VECTOR)] if self.random.random() < 0.4 else []
        body.results = [code, *results, *elements]
        outs = [Var("", INT), *(Var("", t) for t in types), Var(state.hint, SCALAR)]
        tapes = [Var("", Sequence("list", e.type)) for e in elements]
        inits = [*(literal(UNDEF) for _ in types), self.some(scope, SCALAR)]
        block.body.append(Loop([Iter(numbers)], None, body, inits, [*outs, *tapes]))
        scope.append(outs[-1])
        if depth == 0:
            self.walk(block.body, scope, tapes)
            return outs
        return [*outs, *tapes]

    def function(self, name: str, types: list[Type], depth: int) -> Function:
        x, v = Var("x", SCALAR), Var("v", VECTOR)
        body = Block()
        scope = [x, v]
        scope.append(self.op(body.body, "numpy.zeros", VECTOR, literal(4), hint="y"))
        if depth < 2:
            self.calls = False
        self.finish(body, scope, types, depth)
        self.calls = True
        return Function(name, [Param(x), Param(v)], body)

    def program(self) -> Program:
        types = self.random.choices([SCALAR, VECTOR], k=self.random.randint(1, 4))
        callee = self.function("g", [SCALAR, VECTOR], 1)
        return Program("f", {"g": callee, "f": self.function("f", types, 3)})


def random_program(seed: int) -> Program:
    return Generator(seed).program()
