"""A loop that does nothing but append to a new list is written as a comprehension, where that fits on a line.

squares = []
for x in xs:                 ->   squares = [x**2 for x in xs]
    squares.append(x**2)

[x for x in xs]              ->   list(xs)
"""

from __future__ import annotations

import ast

LINE = 96


def comprehend(body: list[ast.stmt], has_list: bool, indent: int = 4) -> None:
    """Write such loops of a body, and of the bodies within it, as comprehensions (changes it in place).

    `has_list` says whether `list` is the builtin there."""
    for stmt in body:
        for inner in _bodies(stmt):
            comprehend(inner, has_list, indent + 4)
    for stmt in [s for s in body if isinstance(s, ast.For)]:
        element = _appended(stmt)
        if element is None:
            continue
        name, value, tests = element
        position = body.index(stmt)
        start = _start(body, position, name)
        written: ast.expr = ast.ListComp(value, [ast.comprehension(stmt.target, stmt.iter, tests, 0)])
        match stmt.target, value:
            case ast.Name(target), ast.Name(same) if target == same and has_list and not tests:
                written = ast.Call(ast.Name("list", ast.Load()), [stmt.iter], [])
        new = ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], written), stmt)
        fits = len(ast.unparse(ast.fix_missing_locations(new))) + indent <= LINE
        if start is not None and fits and name not in _names(written):
            body[position] = new
            del body[start]


def _bodies(stmt: ast.stmt) -> list[list[ast.stmt]]:
    return [found for field in ("body", "orelse") if isinstance(found := getattr(stmt, field, None), list) and found]


def _appended(loop: ast.For) -> tuple[str, ast.expr, list[ast.expr]] | None:
    """The list, the element and the condition, of a loop that is `for ...: name.append(element)`, perhaps in an `if`."""
    if loop.orelse or len(loop.body) != 1:
        return None
    body, tests = loop.body, []
    match body:
        case [ast.If(test, [inner], [])]:
            body, tests = [inner], [test]
    match body:
        case [ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "append"), [element], []))]:
            return name, element, tests
    return None


def _start(body: list[ast.stmt], position: int, name: str) -> int | None:
    """Where `name = []` stands, with nothing but other such beginnings between it and the loop."""
    for k in range(position - 1, -1, -1):
        match body[k]:
            case ast.Assign([ast.Name(target)], ast.List([])) if target == name:
                return k
            case ast.Assign([ast.Name(target)], ast.List([]) | ast.Constant()) if target != name:
                continue
        return None
    return None


def _names(expression: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
