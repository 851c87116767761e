"""Lines for a tree that has no text yet: a statement each."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def on_lines(tree: ast.Module) -> ast.Module:
    """The tree with one line for each statement, until the text says which; `statement_lines` shows them."""
    for line, (stmt, _, _) in enumerate(_layout(tree.body, 0), 1):
        if stmt is not None:
            _on_line(stmt, line)
    return tree


def _layout(stmts: list[ast.stmt], depth: int) -> Iterator[tuple[ast.stmt | None, int, str]]:
    """Each line of a module with one statement a line: the statement, its depth, and a keyword before it."""
    for stmt in stmts:
        yield stmt, depth, ""
        yield from _layout(getattr(stmt, "body", []), depth + 1)
        orelse = getattr(stmt, "orelse", [])
        if orelse:
            yield None, depth, "else:"
            yield from _layout(orelse, depth + 1)


def _on_line(node: ast.AST, line: int) -> None:
    """Put a statement with its expressions, but not the statements within it, on a line."""
    todo = [node]
    while todo:
        node = todo.pop()
        for value in vars(node).values():
            if isinstance(value, ast.AST):
                todo.append(value)
            elif isinstance(value, list):
                todo += [v for v in value if isinstance(v, ast.AST) and not isinstance(v, ast.stmt)]
        if node._attributes:
            node.lineno = node.end_lineno = line  # type: ignore[attr-defined]
            node.col_offset = node.end_col_offset = 0  # type: ignore[attr-defined]


def statement_lines(tree: ast.Module) -> str:
    """What the lines of `on_lines` are, for tracebacks of code that ran before its text was made."""
    lines = []
    for stmt, depth, word in _layout(tree.body, 0):
        lines.append("    " * depth + (word if stmt is None else ast.unparse(stmt).strip().split("\n")[0]))
    return "\n".join(lines) + "\n"
