"""Operators, comparisons, and what is chosen by a test."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable as Function
from typing import Any as AnyValue

from srcdiff.frontend import array_operands, boxes, containers, dicts, expressions, objects, targets
from srcdiff.frontend.context import Context
from srcdiff.frontend.liveness import RETURN_NAME
from srcdiff.frontend.merge import branch
from srcdiff.frontend.sameness import is_none, same_value
from srcdiff.frontend.static_containers import is_container, is_static, known_index
from srcdiff.frontend.storage import is_callable, new_cell, present, read, shared_by, static_items, unalias
from srcdiff.frontend.values import (
    CALLABLES,
    NO_ATOMS,
    Choice,
    Instance,
    Maybe,
    Poison,
    Ref,
    TupleValue,
    Value,
)
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import NEXT, Atom, Lit
from srcdiff.ir.types import Any, Array, Opaque, Sequence

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Is: "is_",
    ast.IsNot: "is_not",
}


FOLDED: dict[type[ast.cmpop], Function[[AnyValue, AnyValue], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.UAdd: "pos", ast.Not: "not_", ast.Invert: "invert"}


def truth(ctx: Context, value: Value) -> Atom:
    """Whether a value counts as true, as a test takes it."""
    if isinstance(value, Instance) and value.cls is not None:
        if value.cls.find("__bool__") is not None:
            return read(ctx, objects.call_method(ctx, value, "__bool__", [], {}))
        if value.cls.find("__len__") is not None:
            return read(ctx, objects.call_method(ctx, value, "__len__", [], {}))
        return literal(True)
    if isinstance(value, Instance):
        return literal(bool(static_items(ctx, value)))
    if isinstance(value, TupleValue):
        return literal(bool(value.items))
    if isinstance(value, Maybe):
        return either_truth(ctx, read(ctx, value.missing), lambda: literal(False), lambda: truth(ctx, value.value))
    if is_callable(value):
        return literal(True)
    return read(ctx, value)


def binary(ctx: Context, node: ast.BinOp) -> Value:
    left = expressions.evaluate(ctx, node.left)
    ctx.held.append(left)
    right = expressions.evaluate(ctx, node.right)
    left = ctx.held.pop()
    fn = targets.OPERATORS[type(node.op)]
    if isinstance(left, TupleValue) and isinstance(right, TupleValue) and fn == "add":
        own = objects.operate(ctx, fn, left, right)
        return TupleValue((*left.items, *right.items)) if own is None else own
    if is_container(left) or is_container(right):
        joined = targets.elements(ctx, left), targets.elements(ctx, right)
        if fn == "add" and joined[0] is not None and joined[1] is not None:
            return expressions.make_list(ctx, [*joined[0], *joined[1]])
    found = objects.operate(ctx, fn, left, right)
    if found is not None:
        return found
    joined_dict = dicts.united(ctx, left, right) if fn == "or_" else None
    if joined_dict is not None:
        return joined_dict
    first, second = read(ctx, left), read(ctx, right)
    lists = [isinstance(t, Sequence) and t.kind == "list" for t in (first.type, second.type)]
    if all(lists) and fn == "add":
        return containers.concatenated(ctx, left, right)
    first, second = array_operands.operands(ctx, fn, first, second)
    lists = [isinstance(t, Sequence) and t.kind == "list" for t in (first.type, second.type)]
    if any(lists) and fn == "mul":
        return containers.repeated(ctx, *((left, right) if lists[0] else (right, left)))
    tuples = containers.repeated_tuple(ctx, left, right) if fn == "mul" else None
    if tuples is not None:
        return tuples
    result = ctx.emit(f"operator.{fn}", first, second)
    shares = frozenset() if isinstance(result.type, (Array, Any)) else shared_by(ctx, left) | shared_by(ctx, right)
    return Ref(new_cell(ctx, "", result, shares)) if shares else result


def unary(ctx: Context, node: ast.UnaryOp) -> Value:
    value = expressions.evaluate(ctx, node.operand)
    if isinstance(node.op, ast.Not):
        return negated(ctx, truth(ctx, value))
    elif isinstance(value, Instance | TupleValue) and value.cls is not None:
        return objects.call_method(ctx, value, f"__{UNARY[type(node.op)]}__", [], {})
    else:
        operand = read(ctx, value)
    if isinstance(operand, Lit) and isinstance(node.op, ast.USub) and type(operand.value) in (int, float, complex):
        return literal(-operand.value)
    return ctx.emit(f"operator.{UNARY[type(node.op)]}", operand)


def compare(ctx: Context, op: ast.cmpop, left: Value, right: Value) -> Atom:
    if isinstance(op, (ast.In, ast.NotIn)):
        found = contains(ctx, right, left)
        if isinstance(found, Lit):
            return literal(bool(found.value) == isinstance(op, ast.In))
        return found if isinstance(op, ast.In) else ctx.emit("operator.not_", found)
    missing = compared_with_none(ctx, left, right)
    if missing is not None and not isinstance(op, ORDERED):
        return missing if isinstance(op, (ast.Is, ast.Eq)) else negated(ctx, missing)
    left, right = settled(ctx, op, left), settled(ctx, op, right)
    if isinstance(op, (ast.Is, ast.IsNot)):
        known = identical(ctx, left, right)
        if known is not None:
            return literal(known == isinstance(op, ast.Is))
    elif type(op) in COMPARISONS:
        result = objects.operate(ctx, COMPARISONS[type(op)], left, right)
        if result is not None:
            return truth(ctx, result)
    first, second = read(ctx, left), read(ctx, right)
    if isinstance(first, Lit) and isinstance(second, Lit):
        return literal(FOLDED[type(op)](first.value, second.value))
    return ctx.emit(f"operator.{COMPARISONS[type(op)]}", first, second)


def compared_with_none(ctx: Context, left: Value, right: Value) -> Atom | None:
    """The comparison with None of what may be None."""
    for value, other in ((left, right), (right, left)):
        if isinstance(value, Maybe) and is_none(other):
            return read(ctx, value.missing)
    return None


def settled(ctx: Context, op: ast.cmpop, value: Value) -> Value:
    """What is compared with something other than None."""
    if not isinstance(value, Maybe) or isinstance(op, ORDERED):
        return present(value)
    if isinstance(op, (ast.Is, ast.IsNot)) or is_static(value):
        ctx.refuse("whether two objects are the same is only known when it runs", "compare an attribute")
    return value


def negated(ctx: Context, test: Atom) -> Atom:
    return literal(not test.value) if isinstance(test, Lit) else ctx.emit("operator.not_", test)


def contains(ctx: Context, container: Value, item: Value) -> Atom:
    """item in container."""
    if isinstance(container, Instance) and container.cls is not None:
        return truth(ctx, objects.call_method(ctx, container, "__contains__", [item], {}))
    if isinstance(container, Instance) and container.keys is not None:
        return literal(known_index(ctx, item) in container.keys)
    return ctx.emit("operator.contains", read(ctx, container), read(ctx, boxes.plain(ctx, item)))


def identical(ctx: Context, left: Value, right: Value) -> bool | None:
    """Whether two values are the same object, where it is known."""
    for value in (left, right):
        if isinstance(value, Poison):
            read(ctx, value)
    static = (Instance, TupleValue, *CALLABLES)
    if isinstance(left, static) or isinstance(right, static):
        if isinstance(left, Choice) or isinstance(right, Choice):
            return None
        both = isinstance(left, Instance) and isinstance(right, Instance)
        if both and any(v.merged or v.boxed for v in (left, right) if isinstance(v, Instance)):
            ctx.refuse("whether two objects are the same is only known when it runs", "compare an attribute")
        return left is right or same_value(left, right)
    return _identical(read(ctx, left), read(ctx, right))


def _identical(left: Atom, right: Atom) -> bool | None:
    """Whether two values are the same object, where types tell: for `x is None`."""
    none = Opaque("None")
    if left.type == none and right.type == none:
        return True
    if none in (left.type, right.type):
        other = right.type if left.type == none else left.type
        if not isinstance(other, (Any, Opaque)):
            return False
    return None


def comparison(ctx: Context, left: ast.expr, rest: list[tuple[ast.cmpop, ast.expr]], value: Value | None) -> Value:
    """A chain of comparisons, each operand evaluated once."""
    first = value if value is not None else expressions.evaluate(ctx, left)
    (op, right), *more = rest
    ctx.held.append(first)
    second = expressions.evaluate(ctx, right)
    first = ctx.held.pop()
    test = compare(ctx, op, first, second)
    if not more:
        return test
    return either(ctx, test, lambda: comparison(ctx, right, more, second), lambda: literal(False))


def tested(ctx: Context, node: ast.expr) -> Atom:
    """Whether an expression counts as true, where nothing else of it is asked for."""
    if isinstance(node, ast.BoolOp):
        return read(ctx, boolean(ctx, isinstance(node.op, ast.And), node.values, True))
    return truth(ctx, expressions.evaluate(ctx, node))


def boolean(ctx: Context, is_and: bool, values: list[ast.expr], in_test: bool = False) -> Value:
    """`a and b` and `a or b`, with their values; of objects in a test, whether they count as true."""
    if in_test and isinstance(values[0], ast.BoolOp):
        first: Value = tested(ctx, values[0])
    else:
        first = expressions.evaluate(ctx, values[0])
    if in_test and isinstance(first, Instance):
        first = truth(ctx, first)
    if len(values) == 1:
        return first
    test = truth(ctx, first)

    def rest() -> Value:
        return boolean(ctx, is_and, values[1:], in_test)

    return either(ctx, test, rest, lambda: first) if is_and else either(ctx, test, lambda: first, rest)


def either_truth(ctx: Context, test: Atom, then: Function[[], Atom], orelse: Function[[], Atom]) -> Atom:
    """One of two truths by a test: the test itself, or its opposite, where both are known."""
    known: list[Atom] = []

    def noted(arm: Function[[], Atom]) -> Function[[], Atom]:
        return lambda: known.append(arm()) or known[-1]  # type: ignore[func-returns-value]

    found = read(ctx, either(ctx, test, noted(then), noted(orelse)))
    if len(known) < 2 or not all(isinstance(truth, Lit) for truth in known):
        return found
    first, second = (bool(truth.value) for truth in known if isinstance(truth, Lit))
    return literal(first) if first == second else test if first else negated(ctx, test)


def either(ctx: Context, test: Atom, then: object, orelse: object) -> Value:
    """The value of one of two expressions."""
    place = "<value>"
    frame = ctx.frame
    outer = frame.names.pop(place, None)

    def arm(value: object) -> object:
        def lower() -> int:
            frame.names[place] = _held(ctx, value())  # type: ignore[operator]
            return NEXT

        return lower

    live = frame.calling | {place, RETURN_NAME} | frozenset(frame.names)
    branch(ctx, test, arm(then), arm(orelse), live)  # type: ignore[arg-type]
    found = frame.names.pop(place)
    if outer is not None:
        frame.names[place] = outer
    return unalias(ctx, found)


def _held(ctx: Context, value: Value) -> Value:
    return value if isinstance(value, NO_ATOMS) or is_none(value) else Ref(new_cell(ctx, "", read(ctx, value)))
