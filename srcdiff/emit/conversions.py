"""Writes the conversions of several arrays to floats as one statement.

if x.dtype.kind not in "fc":                x, y = (
    x = x.astype(float)                ->       a if a.dtype.kind in "fc" else a.astype(float) for a in (x, y)
if y.dtype.kind not in "fc":                )
    y = y.astype(float)
"""

from __future__ import annotations

import ast

ONE = ast.parse('if x.dtype.kind not in "fc":\n    x = x.astype(float)').body[0]
ALL = 'a if a.dtype.kind in "fc" else a.astype(float) for a in values'


def join_conversions(body: list[ast.stmt]) -> None:
    """Join the conversions that follow one another (changes the block in place)."""
    at = 0
    while at < len(body):
        names: list[str] = []
        while at + len(names) < len(body) and (name := _converted(body[at + len(names)])):
            names.append(name)
        if len(names) > 1:
            generator = ast.parse(f"({ALL})", mode="eval").body
            assert isinstance(generator, ast.GeneratorExp)
            generator.generators[0].iter = ast.Tuple([ast.Name(n, ast.Load()) for n in names], ast.Load())
            target = ast.Tuple([ast.Name(n, ast.Store()) for n in names], ast.Store())
            body[at : at + len(names)] = [ast.Assign([target], generator)]
        at += 1


def _converted(stmt: ast.stmt) -> str:
    """The array that a statement converts to floats, if that is all it does."""
    if not isinstance(stmt, ast.If) or len(stmt.body) != 1 or stmt.orelse or not isinstance(stmt.body[0], ast.Assign):
        return ""
    target = stmt.body[0].targets[0]
    name = target.id if isinstance(target, ast.Name) else ""
    return name if name and ast.dump(stmt) == ast.dump(ONE).replace("id='x'", f"id='{name}'") else ""
