"""The decorators of functions that are only read."""

from __future__ import annotations

import ast

from srcdiff.frontend import calls, derived, expressions
from srcdiff.frontend.context import Context
from srcdiff.frontend.names import Meaning
from srcdiff.frontend.source import FunctionSource
from srcdiff.frontend.values import LibraryValue, UserFunction, Value
from srcdiff.ir.builder import literal


def decorated(ctx: Context, source: FunctionSource, decorators: tuple[tuple[ast.expr, Meaning], ...]) -> Value:
    """What the decorators of a function that is only read make of it; within itself it means what is differentiated."""
    value: Value = UserFunction(source)
    if ctx.names.get(source.identity) == ctx.main:
        return value
    for node, meaning in reversed(decorators):
        decorator = expressions.meaning_value(ctx, meaning, ast.unparse(node))
        known = ("numpy.vectorize", *derived.MODES)
        if isinstance(decorator, LibraryValue) and decorator.name not in known:
            ctx.refuse(
                f"{source.name} is decorated with {ast.unparse(node)}, and what that makes of it is not known",
                "call a function that is not decorated",
            )
        if isinstance(node, ast.Call):
            decorator = calls.apply(ctx, decorator, *constant_arguments(ctx, node), None)
        value = calls.apply(ctx, decorator, [value], {}, None)
    return value


def constant_arguments(ctx: Context, node: ast.Call) -> tuple[list[Value], dict[str, Value]]:
    """The arguments of a decorator, which are read where nothing is run."""

    def constant(argument: ast.expr) -> Value:
        try:
            return literal(ast.literal_eval(argument))
        except (ValueError, TypeError, SyntaxError):
            ctx.refuse(
                f"the argument {ast.unparse(argument)} of a decorator is only known when the file is run",
                "write a literal there, or call a function that is not decorated",
            )

    return [constant(a) for a in node.args], {k.arg: constant(k.value) for k in node.keywords if k.arg is not None}
