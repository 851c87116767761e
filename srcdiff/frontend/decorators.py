"""The decorators of functions that are only read."""

from __future__ import annotations

import ast
from dataclasses import replace

from srcdiff.frontend import calls, derived, expressions
from srcdiff.frontend.changes import bound_names
from srcdiff.frontend.context import Context
from srcdiff.frontend.generators import own_nodes
from srcdiff.frontend.library import changes_nothing
from srcdiff.frontend.names import Decorated, Library, Meaning, User, named
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


def parameters_taken(source: FunctionSource, decorated: Decorated) -> FunctionSource | None:
    """The function whose parameters a decorated one has: the outermost wrapper that does not pass on all it is given.

    None where the text does not tell what a decorator gives.
    """
    for node, meaning in decorated.decorators:
        if not isinstance(meaning, User):
            return None
        wrapper = _returned(meaning.source, meaning.source.node)
        if isinstance(node, ast.Call) and wrapper is not None:
            wrapper = _returned(meaning.source, wrapper)
        if wrapper is None:
            return None
        if wrapper.args.vararg is None and wrapper.args.kwarg is None:
            constant = all(
                isinstance(d, ast.Constant) for d in (*wrapper.args.defaults, *wrapper.args.kw_defaults) if d
            )
            return replace(meaning.source, name=source.name, node=wrapper) if constant else None
    return source


def _returned(source: FunctionSource, node: ast.FunctionDef | ast.Lambda) -> ast.FunctionDef | None:
    """The inner function that a function returns, if it is one and nothing else has its name."""
    inner = own_nodes(node)
    names = [n.value.id for n in inner if isinstance(n, ast.Return) and isinstance(n.value, ast.Name)]
    returns = sum(isinstance(n, ast.Return) for n in inner)
    bound = [n for n in inner if isinstance(n, ast.stmt) and any(name in names for name, _ in bound_names(n))]
    if returns != 1 or len(bound) != 1 or not isinstance(found := bound[0], ast.FunctionDef):
        return None
    for decorator in found.decorator_list:
        meaning = named(source.resolver, decorator.func if isinstance(decorator, ast.Call) else decorator)
        if not isinstance(meaning, Library) or not changes_nothing(decorator, meaning.name):
            return None
    return found
