"""The text of a module's constant, by itself."""

from __future__ import annotations

import ast

from srcdiff.frontend.names import Expression, Library, Resolver
from srcdiff.frontend.names import Value as Outside


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
