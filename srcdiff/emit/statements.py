"""Statements with names as Python's own tree."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from srcdiff.analysis.aliases import NOT_VARIABLES, OUTSIDE, Sharing
from srcdiff.analysis.evidence import is_slice
from srcdiff.analysis.holdings import holds_number_at
from srcdiff.analysis.storage_kinds import is_container
from srcdiff.emit.effects import EFFECT_STATEMENTS
from srcdiff.emit.expressions import Expressions, literal, name
from srcdiff.emit.liveness import Liveness
from srcdiff.emit.loops import counts
from srcdiff.emit.steps import (
    Branch,
    CallStep,
    Compute,
    Exit,
    Move,
    NewTape,
    Pop,
    Push,
    Repeat,
    Step,
    Walk,
    Write,
)
from srcdiff.errors import Loc
from srcdiff.ir.nodes import UNDEF, Atom, Iter, Lit, Op, Var
from srcdiff.ir.types import Array, Opaque, is_scalar
from srcdiff.optimize.atoms import is_float

AUGMENTED: dict[str, type[ast.operator]] = {"operator.add": ast.Add, "operator.sub": ast.Sub}


def store(target: str) -> ast.Name:
    return ast.Name(target, ast.Store())


@dataclass
class Statements:
    expressions: Expressions
    live: Liveness
    sharing: Sharing
    made: dict[Var, Op]
    needs_none: set[str] = field(default_factory=set)  # names that must be bound even where nothing was assigned

    def block(self, steps: list[Step]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for k, step in enumerate(steps):
            handed_on = self.returned_call(steps, k)
            if handed_on is not None:
                place(handed_on, step.loc)
                return [*found, handed_on]
            for stmt in self.step(step):
                place(stmt, step.loc)
                found.append(stmt)
        return found

    def returned_call(self, steps: list[Step], k: int) -> ast.stmt | None:
        """x, y = f(a); return y   ->   return f(a)[1]"""
        call, leave = steps[k], steps[k + 1] if k + 2 == len(steps) else None
        if not isinstance(call, CallStep) or not isinstance(leave, Exit) or leave.kind != "return":
            return None
        places = [j for j, out in enumerate(call.call.outs) if leave.values == [out]]
        if not places:
            return None
        value: ast.expr = ast.Call(name(call.call.callee), [self.atom(a) for a in call.call.args], [])
        if len(call.call.outs) > 1:
            value = ast.Subscript(value, literal(places[0]), ast.Load())
        return ast.Return(value)

    def suite(self, steps: list[Step]) -> list[ast.stmt]:
        return self.block(steps) or [ast.Pass()]

    def step(self, step: Step) -> list[ast.stmt]:
        match step:
            case Compute():
                return [] if (step, 0) in self.live.dead else self.compute(step)
            case Write(op):
                return self.write(op)
            case Move():
                return self.move(step)
            case CallStep():
                return self.call(step)
            case NewTape(tape):
                return [ast.Assign([store(self.name(tape))], ast.List([], ast.Load()))]
            case Push(tape, values):
                items = [self.atom(v) for v in values]
                value = items[0] if len(items) == 1 else ast.Tuple(items, ast.Load())
                return [ast.Expr(method(name(self.name(tape)), "append", [value]))]
            case Pop(walk):
                return [self.pop(walk) if walk.popped else ast.Assign([self.targets(walk)], self.atom(walk.seq))]
            case Exit():
                return self.exit(step)
            case Branch():
                return self.branch(step)
        return self.repeat(step)

    def name(self, var: Var) -> str:
        return self.expressions.name_of(var)

    def atom(self, atom: Atom) -> ast.expr:
        return self.expressions.atom(atom)

    def compute(self, step: Compute) -> list[ast.stmt]:
        value = step.value
        if isinstance(value, Op) and value.fn in EFFECT_STATEMENTS:
            return [EFFECT_STATEMENTS[value.fn](self, value)]
        used = step.out in self.expressions.names and self.is_read(step.out)
        if not used:
            return [ast.Expr(self.expressions.value(value))]
        target = self.name(step.out)
        if isinstance(value, Op) and self.adds_in_place(value, target):
            return [_augmented(store(target), AUGMENTED[value.fn](), self.atom(value.args[1]), is_float(value.args[1]))]
        return [ast.Assign([store(target)], self.expressions.value(value))]

    def is_read(self, var: Var) -> bool:
        return bool(self.live.bit(var) & self.read_mask)

    read_mask: int = -1

    def adds_in_place(self, op: Op, target: str) -> bool:
        """`s = s + v` of plain numbers is `s += v`; one from outside, and what else is boxed, might be an array."""
        first = op.args[0] if op.args else None
        if (
            op.fn not in AUGMENTED
            or not isinstance(first, Var)
            or first in self.live.inside
            or self.name(first) != target
            or first in self.sharing.boxed
        ):
            return False
        return is_scalar(first.type) and is_scalar(op.out.type) and not self.sharing.of(first) & OUTSIDE

    def write(self, op: Op) -> list[ast.stmt]:
        args = op.args
        base = self.atom(args[0])
        match op.fn:
            case "operator.setitem":
                target = self.expressions.subscript(args[0], args[1], ast.Store())
                added = self.added_to_number(op)
                if added is not None:
                    return [ast.AugAssign(target, AUGMENTED[added.fn](), self.atom(added.args[1]))]
                return [ast.Assign([target], self.atom(args[2]))]
            case "srcdiff.addto":
                return self.addto(op)
            case "srcdiff.scatter_add":
                add = self.expressions.imports.dotted("numpy.add.at")
                return [ast.Expr(ast.Call(add, [base, self.atom(args[1]), self.atom(args[2])], []))]
            case "operator.iadd" | "operator.isub":
                assert isinstance(base, ast.Name)
                operator, value = self.signed(args[1]) if op.fn == "operator.iadd" else (ast.Sub(), args[1])
                return [_augmented(store(base.id), operator, self.atom(value), is_float(args[1]))]
            case "list.append":
                return [ast.Expr(method(base, "append", [self.atom(args[1])]))]
            case fn if fn.startswith("set."):
                return [ast.Expr(method(base, fn.removeprefix("set."), [self.atom(args[1])]))]
        return [ast.Delete([ast.Subscript(base, literal(-1), ast.Del())])]

    def addto(self, op: Op) -> list[ast.stmt]:
        target = self.expressions.subscript(op.args[0], op.args[1], ast.Store())
        operator, value = self.signed(op.args[2])
        if is_container(op.args[0]) and is_slice(op.args[1]):  # x[1:] = [a + b for a, b in zip(x[1:], v)]
            a, b = ast.Name("a", ast.Load()), ast.Name("b", ast.Load())
            pair = ast.Tuple([store("a"), store("b")], ast.Store())
            part = self.expressions.subscript(op.args[0], op.args[1])
            old = part.value if ast.unparse(part.slice) == ":" else part
            both = ast.Call(self.expressions.imports.function("builtins.zip"), [old, self.atom(value)], [])
            total = ast.BinOp(a, operator, b)
            return [ast.Assign([target], ast.ListComp(total, [ast.comprehension(pair, both, [], 0)]))]
        if self.replaces_numbers(op.args[0], op.args[1]):
            old = self.expressions.subscript(op.args[0], op.args[1])
            return [ast.Assign([target], ast.BinOp(old, operator, self.atom(value)))]
        return [_augmented(target, operator, self.atom(value), is_float(op.args[2]))]

    def added_to_number(self, write: Op) -> Op | None:
        """The sum in `x[i] = x[i] + v` of an array, which is `x[i] += v`."""
        base, index, value = write.args
        added = self.live.inside.get(value) if isinstance(value, Var) else None
        if not isinstance(added, Op) or added.fn not in ("operator.add", "operator.sub"):
            return None
        old = self.live.inside.get(added.args[0]) if isinstance(added.args[0], Var) else None
        if not isinstance(old, Op) or old.fn != "operator.getitem" or not is_scalar(old.out.type):
            return None
        same = self.atom(base), self.expressions.atom(old.args[0])
        at_index = old.args[1] is index or isinstance(index, Lit) and old.args[1] == index
        return added if isinstance(base.type, Array) and at_index and ast.dump(same[0]) == ast.dump(same[1]) else None

    def signed(self, value: Atom) -> tuple[ast.operator, Atom]:
        """What is added, or what is subtracted where the value has a sign."""
        inside = self.live.inside.get(value) if isinstance(value, Var) else None
        if isinstance(inside, Op) and inside.fn == "operator.neg":
            return ast.Sub(), inside.args[0]
        return ast.Add(), value

    def replaces_numbers(self, base: Atom, index: Atom) -> bool:
        """Whether a container may hold a number that is an array of no dimension, which `+=` would change for all to see."""
        if not is_container(base) or not holds_number_at(base.type, index):
            return False
        return bool(self.sharing.boxed) or bool(self.sharing.of(base) & NOT_VARIABLES)

    def move(self, step: Move) -> list[ast.stmt]:
        """One assignment a line where the order allows it, all at once where it does not."""
        pending: list[tuple[str, Atom]] = []
        for k, (target, value) in enumerate(zip(step.targets, step.values)):
            if (step, k) in self.live.dead or (
                isinstance(value, Lit) and value.value is UNDEF and self.name(target) not in self.needs_none
            ):
                continue
            if isinstance(value, Var) and value not in self.live.inside and self.name(value) == self.name(target):
                continue
            pending.append((self.name(target), value))
        found: list[ast.stmt] = []
        while pending:
            ready = next((k for k, (t, _) in enumerate(pending) if not self.read_by_others(t, k, pending)), None)
            if ready is None:
                left = ast.Tuple([store(t) for t, _ in pending], ast.Store())
                return [*found, ast.Assign([left], ast.Tuple([self.atom(v) for _, v in pending], ast.Load()))]
            found.append(self.assign(*pending.pop(ready)))
        return found

    def assign(self, target: str, value: Atom) -> ast.stmt:
        op = self.live.inside.get(value) if isinstance(value, Var) else None
        if isinstance(op, Op) and self.adds_in_place(op, target):
            return ast.AugAssign(store(target), AUGMENTED[op.fn](), self.atom(op.args[1]))
        return ast.Assign([store(target)], self.atom(value))

    def read_by_others(self, target: str, own: int, pending: list[tuple[str, Atom]]) -> bool:
        for k, (_, value) in enumerate(pending):
            mask = self.live.reads(value) if k != own else 0
            while mask:
                low = mask & -mask
                if self.name(self.live.variables[low.bit_length() - 1]) == target:
                    return True
                mask ^= low
        return False

    def call(self, step: CallStep) -> list[ast.stmt]:
        value = ast.Call(name(step.call.callee), [self.atom(a) for a in step.call.args], [])
        if not step.call.outs:
            return [ast.Expr(value)]
        targets: list[ast.expr] = [store(self.target(out)) for out in step.call.outs]
        return [ast.Assign([targets[0] if len(targets) == 1 else ast.Tuple(targets, ast.Store())], value)]

    def target(self, var: Var) -> str:
        return self.name(var) if self.is_read(var) or var.hint else "_"

    def exit(self, step: Exit) -> list[ast.stmt]:
        if step.kind == "break":
            return [ast.Break()]
        if step.kind == "continue":
            return [ast.Continue()]
        values = [self.atom(v) for v in step.values]
        if len(values) == 1 and isinstance(values[0], ast.Constant) and values[0].value is None:
            return [ast.Return(None)]
        return [ast.Return(values[0] if len(values) == 1 else ast.Tuple(values, ast.Load()))]

    def branch(self, step: Branch) -> list[ast.stmt]:
        then, orelse = self.block(step.then), self.block(step.orelse)
        test = self.atom(step.test)
        if step.inverted:
            test = self.expressions.negated(test)
        if not then and not orelse:
            return []
        if not then:
            test, then, orelse = self.expressions.negated(test), orelse, []
        return [ast.If(test, then, orelse)]

    # loops

    def repeat(self, step: Repeat) -> list[ast.stmt]:
        popped = [w for w in step.walks if w.popped]
        walked = [w for w in step.walks if not w.popped]
        pops: list[ast.stmt] = [self.pop(w) for w in popped]
        body = pops + self.block(step.body)
        if walked:
            target, seq = self.walked(walked)
            return [ast.For(target, seq, body or [ast.Pass()], [])]
        if popped:
            return [ast.While(self.atom(popped[0].seq), body, [])]
        if step.test is None:
            return [ast.While(ast.Constant(True), body or [ast.Pass()], [])]
        head = self.block(step.head)
        if head:
            leave = ast.If(self.expressions.negated(self.atom(step.test)), [ast.Break()], [])
            return [ast.While(ast.Constant(True), [*head, leave, *body], [])]
        return [ast.While(self.atom(step.test), body or [ast.Pass()], [])]

    def pop(self, walk: Walk) -> ast.stmt:
        value = method(self.atom(walk.seq), "pop", [])
        if not any(self.is_read(t) for t in walk.targets):
            return ast.Expr(value)
        return ast.Assign([self.targets(walk)], value)

    def targets(self, walk: Walk) -> ast.expr:
        targets: list[ast.expr] = [store(self.target(t)) for t in walk.targets]
        return targets[0] if len(targets) == 1 else ast.Tuple(targets, ast.Store())

    def walked(self, walks: list[Walk]) -> tuple[ast.expr, ast.expr]:
        if len(walks) == 1:
            only_counts = not any(map(self.is_read, walks[0].targets)) and walks[0].seq.type == Opaque("range")
            if only_counts and walks[0].reverse:
                return store("_"), self.atom(walks[0].seq)
            return self.targets(walks[0]), self.sequence(walks[0])
        if len(walks) == 2 and not walks[0].reverse and not walks[1].reverse:
            counted = counts(Iter(walks[0].seq), self.made)
            if counted is not None and counted is walks[1].seq:
                enumerate_ = self.expressions.imports.function("builtins.enumerate")
                pair = ast.Tuple([self.targets(walks[0]), self.targets(walks[1])], ast.Store())
                return pair, ast.Call(enumerate_, [self.atom(counted)], [])
        zip_ = self.expressions.imports.function("builtins.zip")
        return ast.Tuple([self.targets(w) for w in walks], ast.Store()), ast.Call(
            zip_, [self.sequence(w) for w in walks], []
        )

    def sequence(self, walk: Walk) -> ast.expr:
        seq = self.atom(walk.seq)
        return ast.Call(self.expressions.imports.function("builtins.reversed"), [seq], []) if walk.reverse else seq


def _augmented(target: ast.expr, operator: ast.operator, value: ast.expr, of_floats: bool) -> ast.AugAssign:
    """`x += -2 * y` of floats is `x -= 2 * y`."""
    first: ast.expr = value
    holder: ast.BinOp | None = None
    while isinstance(first, ast.BinOp) and isinstance(first.op, ast.Mult | ast.Div):
        holder, first = first, first.left
    if of_floats and isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.USub):
        operator = ast.Sub() if isinstance(operator, ast.Add) else ast.Add()
        if holder is None:
            value = first.operand
        else:
            holder.left = first.operand
    return ast.AugAssign(target, operator, value)  # type: ignore[arg-type]


def method(base: ast.expr, attribute: str, args: list[ast.expr]) -> ast.Call:
    return ast.Call(ast.Attribute(base, attribute, ast.Load()), args, [])


def place(stmt: ast.stmt, loc: Loc | None) -> None:
    """Remember where in the user's text a statement came from, beside its place in the generated text."""
    if loc is not None and not hasattr(stmt, "loc"):
        stmt.loc = loc  # type: ignore[attr-defined]
