"""The end of a list is taken and put as one writes it.

x = xs[-1]; del xs[-1]                ->   x = xs.pop()
x_bar.append(0.0); x_bar[-1] += v     ->   x_bar.append(v)
"""

from __future__ import annotations

import ast


def tidy_ends(body: list[ast.stmt]) -> None:
    """Join such statements of a body, and of the bodies within it (changes it in place)."""
    for stmt in body:
        for field in ("body", "orelse"):
            inner = getattr(stmt, field, None)
            if isinstance(inner, list):
                tidy_ends(inner)
    for position in reversed(range(len(body) - 1)):
        match body[position]:
            case ast.Assign([ast.Name(target)], ast.Subscript(ast.Name(xs), index)) as taken if _is_last(index):
                at = _deleted(body, position + 1, xs)
                if at is not None and target != xs:
                    taken.value = _method(xs, "pop", [])
                    del body[at]
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(xs), "append"), [ast.Constant(0.0)], [])) as put:
                # a cotangent is a float; what the user adds to 0.0 may be an int
                value = _added(body[position + 1], xs) if xs.endswith("_bar") else None
                if value is not None:
                    put.value = _method(xs, "append", [value])
                    del body[position + 1]


def _is_last(index: ast.expr) -> bool:
    match index:
        case ast.Constant(-1) | ast.UnaryOp(ast.USub(), ast.Constant(1)):
            return True
    return False


def _deleted(body: list[ast.stmt], start: int, xs: str) -> int | None:
    """Where the last element of a list is deleted, with nothing in between but what pushes names on other lists."""
    for at in range(start, len(body)):
        match body[at]:
            case ast.Delete([ast.Subscript(ast.Name(name), index)]) if name == xs and _is_last(index):
                return at
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(other), "append"), [ast.Name() | ast.Tuple() as pushed], [])):
                parts = pushed.elts if isinstance(pushed, ast.Tuple) else [pushed]
                if other != xs and all(isinstance(part, ast.Name) for part in parts):
                    continue
        return None
    return None


def _added(stmt: ast.stmt, xs: str) -> ast.expr | None:
    """What is added to the last element of a list, where it is a new number."""
    match stmt:
        case ast.AugAssign(ast.Subscript(ast.Name(name), index), ast.Add() | ast.Sub() as op, value):
            names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
            if name == xs and _is_last(index) and xs not in names and isinstance(value, ast.BinOp):
                return value if isinstance(op, ast.Add) else ast.UnaryOp(ast.USub(), value)
    return None


def _method(xs: str, name: str, args: list[ast.expr]) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name(xs, ast.Load()), name, ast.Load()), args, [])
