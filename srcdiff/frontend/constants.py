"""The text of a module's constant, by itself."""

from __future__ import annotations

import ast
from math import inf
from typing import TYPE_CHECKING

from srcdiff.frontend.names import Decorated, Expression, Library, Resolver, TextResolver, User, UserType, named
from srcdiff.frontend.names import Value as Outside
from srcdiff.ir.nodes import Const
from srcdiff.ir.types import Any

if TYPE_CHECKING:
    from srcdiff.frontend.classes import UserClass
    from srcdiff.frontend.context import Context


def is_own(node: ast.expr, resolver: TextResolver) -> bool:
    """Whether an expression needs functions or classes of the file, or what a name meant before: only the file has it."""
    todo = [(node, resolver)]
    seen: set[tuple[str, int]] = set()
    while todo:
        part, scope = todo.pop()
        for name in (n for n in ast.walk(part) if isinstance(n, ast.Name)):
            if scope.holding(name.id, (name.lineno, name.col_offset)) != scope.holding(name.id):
                return True
            if (name.id, id(scope)) in seen:
                continue
            seen.add((name.id, id(scope)))
            meaning = scope.resolve(name.id)
            if isinstance(meaning, User | Decorated | UserType) or isinstance(meaning, Expression) and meaning.changed:
                return True
            if isinstance(meaning, Expression):
                todo.append((meaning.node, meaning.resolver))
    return False


def class_made(node: ast.expr, resolver: TextResolver) -> UserClass | None:
    """The class of the object that an expression makes, `Model(3.0)`, where its attributes can be read one by one."""
    match named(resolver, node.func) if isinstance(node, ast.Call) else None:
        case UserType(cls) if not (cls.trouble() or cls.is_tuple or cls.is_dict or cls.is_enumeration or cls.exception):
            return cls
    return None


LONGEST = 10_000  # nodes of a constant that is written out


def is_long(node: ast.expr, resolver: TextResolver) -> bool:
    """Whether an expression is far longer with the file's other constants put in, or never ends: `A = B + B`, `B = C + C`."""
    sizes: dict[tuple[str, int], float] = {}
    own = 0

    def size(part: ast.expr, scope: TextResolver) -> float:
        nonlocal own
        total: float = 0
        for n in ast.walk(part):
            total, own = total + 1, own + 1
            if isinstance(n, ast.Name):
                key = n.id, id(scope)
                if key not in sizes:
                    sizes[key] = inf  # until it is known: what is defined by itself has no end
                    meaning = scope.resolve(n.id)
                    sizes[key] = size(meaning.node, meaning.resolver) if isinstance(meaning, Expression) else 0
                total += sizes[key]
        return total

    return size(node, resolver) > LONGEST + 4 * own


def own_name(ctx: Context, name: str, resolver: Resolver | None, identity: object = None) -> Const:
    """What only the file itself can make, by the name that it has there; a class may be imported under its own."""
    here = ctx.home.resolve(name) if ctx.home is not None else None
    imported = isinstance(here, UserType) and here.cls.identity == identity
    if resolver is not ctx.home and not imported:
        ctx.refuse(
            f"{name} is computed in another file, which is not run when it is only read", "pass it as an argument"
        )
    return Const(name, Any(name), None)


def written_out(node: ast.expr, resolver: TextResolver) -> str:
    """The names of libraries in full, the file's other constants put in.

    `GRID = 2 * step * linspace(0, 1)`, step = 0.5   ->   2 * 0.5 * numpy.linspace(0, 1)
    """
    if is_long(node, resolver):
        return ast.unparse(node)
    return ast.unparse(_WrittenOut(resolver).visit(ast.parse(ast.unparse(node), mode="eval").body))


class _WrittenOut(ast.NodeTransformer):
    def __init__(self, resolver: TextResolver) -> None:
        self.resolver = resolver

    def visit_Name(self, node: ast.Name) -> ast.expr:
        match self.resolver.resolve(node.id):
            case Library(dotted) if not dotted.startswith("builtins."):
                return ast.parse(dotted, mode="eval").body
            case Outside(_, text) if text:
                return ast.parse(text, mode="eval").body
            case Expression(inner, resolver):
                found: ast.expr = _WrittenOut(resolver).visit(ast.parse(ast.unparse(inner), mode="eval").body)
                return found
        return node
