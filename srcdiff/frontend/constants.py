"""A module's constants: the text of one by itself, and tables of functions."""

from __future__ import annotations

import ast

from srcdiff.frontend import expressions
from srcdiff.frontend.context import Context
from srcdiff.frontend.liveness import Liveness
from srcdiff.frontend.names import Expression, Library, Resolver
from srcdiff.frontend.names import Value as Outside
from srcdiff.frontend.static_containers import is_static
from srcdiff.frontend.values import Frame, Value, is_shared


def written_out(node: ast.expr, resolver: Resolver) -> str:
    """The names of libraries in full, the file's other constants put in.

    `GRID = 2 * step * linspace(0, 1)`, step = 0.5   ->   2 * 0.5 * numpy.linspace(0, 1)
    """
    return ast.unparse(_WrittenOut(resolver).visit(ast.parse(ast.unparse(node), mode="eval").body))


class _WrittenOut(ast.NodeTransformer):
    def __init__(self, resolver: Resolver, depth: int = 0) -> None:
        self.resolver, self.depth = resolver, depth

    def visit_Name(self, node: ast.Name) -> ast.expr:
        match self.resolver.resolve(node.id) if self.depth < 10 else None:
            case Library(dotted) if not dotted.startswith("builtins."):
                return ast.parse(dotted, mode="eval").body
            case Outside(_, text) if text:
                return ast.parse(text, mode="eval").body
            case Expression(inner):
                found: ast.expr = _WrittenOut(self.resolver, self.depth + 1).visit(
                    ast.parse(ast.unparse(inner), mode="eval").body
                )
                return found
        return node


def holds_functions(value: object) -> bool:
    """Whether a global or closure variable is a table of functions."""
    values = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return bool(values) and all(map(callable, values))


def table(ctx: Context, node: ast.expr) -> Value | None:
    """A file's table of functions; None for other constants."""
    values = node.values if isinstance(node, ast.Dict) else node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
    if not values or not all(isinstance(v, (ast.Lambda, ast.Name, ast.Attribute)) for v in values):
        return None
    module = Frame(expressions.outermost(ctx).source, {}, frozenset(), Liveness())
    ctx.frames.append(module)
    try:
        found = expressions.evaluate(ctx, node)
    finally:
        ctx.frames.pop()
    ctx.frame.names.update({name: value for name, value in module.names.items() if is_shared(name)})
    return found if is_static(found) else None
