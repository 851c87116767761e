"""The text of a module's constant, by itself."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from srcdiff.frontend.names import Decorated, Expression, Library, Meaning, Resolver, User, UserType
from srcdiff.frontend.names import Value as Outside
from srcdiff.ir.nodes import Const
from srcdiff.ir.types import Any

if TYPE_CHECKING:
    from srcdiff.frontend.context import Context


def is_own(node: ast.expr, resolver: Resolver) -> bool:
    """Whether an expression needs functions or classes of the file, and so only the file itself can evaluate it."""
    todo: list[ast.expr] = [node]
    seen: set[str] = set()
    while todo:
        names = {n.id for n in ast.walk(todo.pop()) if isinstance(n, ast.Name)} - seen
        seen |= names
        meanings: list[Meaning | None] = [resolver.resolve(name) for name in sorted(names)]
        if any(isinstance(m, User | Decorated | UserType) or isinstance(m, Expression) and m.changed for m in meanings):
            return True
        todo += [m.node for m in meanings if isinstance(m, Expression)]
    return False


def own_name(ctx: Context, name: str, resolver: Resolver | None, identity: object = None) -> Const:
    """What only the file itself can make, by the name that it has there; a class may be imported under its own."""
    here = ctx.home.resolve(name) if ctx.home is not None else None
    imported = isinstance(here, UserType) and here.cls.identity == identity
    if resolver is not ctx.home and not imported:
        ctx.refuse(
            f"{name} is computed in another file, which is not run when it is only read", "pass it as an argument"
        )
    return Const(name, Any(name), None)


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
