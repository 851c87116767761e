"""Statements with names as Python's own tree."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from srcdiff.analysis.aliases import NOT_VARIABLES, OUTSIDE, Sharing
from srcdiff.analysis.contract import NO_LIST
from srcdiff.analysis.evidence import is_slice
from srcdiff.analysis.holdings import holds_number_at
from srcdiff.analysis.storage_kinds import is_container
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
from srcdiff.ir.types import Array, holds_arrays, is_scalar, rank, row_kind

ONE_LINE = 96  # characters of an assertion that fits on a line
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
            return [ast.AugAssign(store(target), AUGMENTED[value.fn](), self.atom(value.args[1]))]
        return [ast.Assign([store(target)], self.expressions.value(value))]

    def is_read(self, var: Var) -> bool:
        return bool(self.live.bit(var) & self.read_mask)

    read_mask: int = -1

    def adds_in_place(self, op: Op, target: str) -> bool:
        """`s = s + v` of plain numbers is `s += v`; one from outside might be an array of no dimension."""
        first = op.args[0] if op.args else None
        if (
            op.fn not in AUGMENTED
            or not isinstance(first, Var)
            or first in self.live.inside
            or self.name(first) != target
        ):
            return False
        return is_scalar(first.type) and is_scalar(op.out.type) and not self.sharing.of(first) & OUTSIDE

    def write(self, op: Op) -> list[ast.stmt]:
        args = op.args
        base = self.atom(args[0])
        match op.fn:
            case "operator.setitem":
                return [ast.Assign([self.expressions.subscript(args[0], args[1], ast.Store())], self.atom(args[2]))]
            case "srcdiff.addto":
                return self.addto(op)
            case "srcdiff.scatter_add":
                add = self.expressions.imports.dotted("numpy.add.at")
                return [ast.Expr(ast.Call(add, [base, self.atom(args[1]), self.atom(args[2])], []))]
            case "operator.iadd" | "operator.isub":
                assert isinstance(base, ast.Name)
                operator, value = self.signed(args[1]) if op.fn == "operator.iadd" else (ast.Sub(), args[1])
                return [ast.AugAssign(store(base.id), operator, self.atom(value))]
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
            old = self.expressions.subscript(op.args[0], op.args[1])
            both = ast.Call(self.expressions.imports.function("builtins.zip"), [old, self.atom(value)], [])
            return [ast.Assign([target], ast.ListComp(ast.BinOp(a, operator, b), [ast.comprehension(pair, both, [], 0)]))]
        if self.replaces_numbers(op.args[0], op.args[1]):
            old = self.expressions.subscript(op.args[0], op.args[1])
            return [ast.Assign([target], ast.BinOp(old, operator, self.atom(value)))]
        return [ast.AugAssign(target, operator, self.atom(value))]

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
        return not self.sharing.plain or bool(self.sharing.of(base) & NOT_VARIABLES)

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


def method(base: ast.expr, attribute: str, args: list[ast.expr]) -> ast.Call:
    return ast.Call(ast.Attribute(base, attribute, ast.Load()), args, [])


def _assert(printer: Statements, op: Op) -> ast.stmt:
    message = printer.atom(op.args[1]) if len(op.args) > 1 and not _is_none(op.args[1]) else None
    return ast.Assert(printer.atom(op.args[0]), message)


def _is_none(atom: Atom) -> bool:
    return isinstance(atom, Lit) and atom.value is None


def _raise(printer: Statements, op: Op) -> ast.stmt:
    return ast.Raise(
        printer.atom(op.args[0]) if op.args else None, printer.atom(op.args[1]) if len(op.args) > 1 else None
    )


def _check_rank(printer: Statements, op: Op) -> ast.stmt:
    x, k, message = op.args
    if isinstance(k, Lit) and k.value == NO_LIST:
        kinds = ast.Tuple([ast.Name("list", ast.Load()), ast.Name("tuple", ast.Load())], ast.Load())
        listed = ast.Call(ast.Name("isinstance", ast.Load()), [printer.atom(x), kinds], [])
        return ast.Assert(ast.UnaryOp(ast.Not(), listed), printer.atom(message))
    if holds_arrays(x.type):
        return _check_elements(printer, x, k, message)
    if rank(x.type):
        ndim: ast.expr = ast.Attribute(printer.atom(x), "ndim", ast.Load())
    else:
        ndim = ast.Call(printer.expressions.imports.function("numpy.ndim"), [printer.atom(x)], [])
    shape = ast.Call(printer.expressions.imports.function("numpy.shape"), [printer.atom(x)], [])
    text: ast.expr = ast.JoinedStr([printer.atom(message), ast.FormattedValue(shape, -1)])
    if isinstance(k, Lit) and k.value < 0:  # any number of dimensions but none
        test = ast.Compare(ndim, [ast.Gt()], [ast.Constant(0)])
    else:
        test = ast.Compare(ndim, [ast.Eq()], [printer.atom(k)])
    if isinstance(message, Lit) and len(ast.unparse(test)) + len(ast.unparse(text)) > ONE_LINE:
        text = ast.Constant(message.value.partition(", not ")[0])
    return ast.Assert(test, text)


def _check_elements(printer: Statements, x: Atom, k: Atom, message: Atom) -> ast.stmt:
    """assert all(np.ndim(W) == 2 for W in Ws), "Ws must hold matrices", or of lists: isinstance(row, list) and ..."""
    function = printer.expressions.imports.function
    sequence = printer.atom(x)
    plural = sequence.id if isinstance(sequence, ast.Name) else ""
    kind = row_kind(x.type)
    name = plural[:-1] if len(plural) > 1 and plural.endswith("s") else "row" if kind else "item"
    element = ast.Name(name, ast.Load())
    test: ast.expr = ast.Compare(ast.Call(function("numpy.ndim"), [element], []), [ast.Eq()], [printer.atom(k)])
    if kind == "list":
        is_list = ast.Call(function("builtins.isinstance"), [element, function("builtins.list")], [])
        test = ast.BoolOp(ast.And(), [is_list, test])
    walk = ast.comprehension(ast.Name(name, ast.Store()), sequence, [], 0)
    every = ast.Call(function("builtins.all"), [ast.GeneratorExp(test, [walk])], [])
    return ast.Assert(every, printer.atom(message))


def _check_equal(printer: Statements, op: Op) -> ast.stmt:
    chains: list[list[ast.expr]] = [[]]
    for atom in op.args[1:]:
        if _is_none(atom):
            chains.append([])
        else:
            chains[-1].append(printer.atom(atom))
    tests: list[ast.expr] = [ast.Compare(c[0], [ast.Eq() for _ in c[1:]], c[1:]) for c in chains]
    return ast.Assert(tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests), printer.atom(op.args[0]))


def _check_apart(printer: Statements, op: Op) -> ast.stmt:
    """assert not np.shares_memory(x, y), or, of what one container holds: assert len(set(map(id, xs))) == len(xs)"""
    message, *atoms = op.args
    values = [printer.atom(atom) for atom in atoms]
    function = printer.expressions.imports.function
    if len(values) == 1:
        ids = ast.Call(function("builtins.map"), [function("builtins.id"), values[0]], [])
        different = ast.Call(function("builtins.set"), [ids], [])
        lengths = [ast.Call(function("builtins.len"), [x], []) for x in (different, values[0])]
        test: ast.expr = ast.Compare(lengths[0], [ast.Eq()], [lengths[1]])
    elif all(isinstance(atom.type, Array) for atom in atoms):
        test = ast.UnaryOp(ast.Not(), ast.Call(function("numpy.shares_memory"), values, []))
    else:
        test = ast.Compare(values[0], [ast.IsNot()], [values[1]])
    return ast.Assert(test, printer.atom(message))


EFFECT_STATEMENTS: dict[str, Callable[[Statements, Op], ast.stmt]] = {
    "assert": _assert,
    "raise": _raise,
    "srcdiff.check_rank": _check_rank,
    "srcdiff.check_equal": _check_equal,
    "srcdiff.check_apart": _check_apart,
}


def place(stmt: ast.stmt, loc: Loc | None) -> None:
    """Remember where in the user's text a statement came from, beside its place in the generated text."""
    if loc is not None and not hasattr(stmt, "loc"):
        stmt.loc = loc  # type: ignore[attr-defined]
