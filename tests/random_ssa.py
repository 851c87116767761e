"""Random structured SSA: loops, branches, exits, swaps, writes, views, tapes; what emission must print right."""

from __future__ import annotations

import random

from srcdiff.ir.nodes import BREAK, CONTINUE, NEXT, Atom, Block, Function, If, Iter, Loop, Op, Param, Program, Stmt, Var
from srcdiff.ir.types import BOOL, INT, SCALAR, Array, Opaque, Sequence, Type
from srcdiff.ir.builder import literal

VECTOR = Array("float", (4,))
HALF = Array("float", (2,))
HINTS = ["", "", "x", "y", "s", "h", "acc"]


class Generator:
    """Makes one function; `scope` holds the variables that may be read, by type."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

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

    def program(self) -> Program:
        x, v = Var("x", SCALAR), Var("v", VECTOR)
        body = Block()
        scope = [x, v]
        scope.append(self.op(body.body, "numpy.zeros", VECTOR, literal(4), hint="y"))
        self.statements(body.body, scope, 3, self.random.randint(3, 12))
        body.results = [self.some(scope, t) for t in self.random.choices([SCALAR, VECTOR], k=self.random.randint(1, 4))]
        return Program("f", {"f": Function("f", [Param(x), Param(v)], body)})


def random_program(seed: int) -> Program:
    return Generator(seed).program()
