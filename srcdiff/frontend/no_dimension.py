"""Numbers that NumPy made arrays of: `+=` changes such an array for all names that mean it."""

from __future__ import annotations

import ast

from srcdiff.frontend.context import Context
from srcdiff.frontend.values import Cell, Ref, Value


def has_no_dimension(value: Value) -> bool:
    """Whether a number is an array, that += changes in its storage."""
    return isinstance(value, Ref) and value.cell.no_dimension and not value.path


def check_second_name(ctx: Context, name: str, cell: Cell) -> None:
    """Refuse `t = s` of an array of no dimension that a loop or a branch adds to in place: there, each has its own."""
    names = {n for frame in ctx.frames for n, v in frame.names.items() if isinstance(v, Ref) and v.cell is cell} | {
        name
    }
    if len(names) == 1:
        return
    for frame in ctx.frames:
        for changed in sorted(names & _added_to(frame.source.node, len(ctx.builder.blocks) > 1)):
            ctx.refuse(
                f"{name} is another name of an array of no dimension, to which a loop or a branch adds",
                f"write `{changed} = {changed} + ...`",
            )


def check_kept(ctx: Context, name: str) -> None:
    """Refuse a loop that adds to an array of no dimension and keeps it: in each iteration, it is the same array."""
    for loop in ast.walk(ctx.frame.source.node):
        if isinstance(loop, ast.For | ast.While) and name in _kept_in(loop) & _added_to(loop, True):
            made_anew = any(isinstance(n, ast.Name) and n.id == name for s in _assigned(loop) for n in s.targets)
            if not made_anew:
                ctx.refuse(
                    f"{name} is an array of no dimension, which a loop adds to and keeps under another name",
                    f"write `{name} = {name} + ...`",
                )


def _assigned(node: ast.AST) -> list[ast.Assign]:
    return [n for n in ast.walk(node) if isinstance(n, ast.Assign)]


def _kept_in(node: ast.AST) -> set[str]:
    """The names whose values get another name, or are put into a container."""
    kept: list[ast.expr] = [n.value for n in _assigned(node)]
    for n in ast.walk(node):
        if isinstance(n, ast.List | ast.Tuple | ast.Set):
            kept += n.elts
        elif isinstance(n, ast.Dict):
            kept += n.values
        elif isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in ("append", "insert"):
            kept += n.args
    return {n.id for n in kept if isinstance(n, ast.Name)}


def _added_to(node: ast.AST, everywhere: bool) -> set[str]:
    """The names that a function changes by += and its like: in loops and branches, or everywhere."""
    places = [node] if everywhere else [s for s in ast.walk(node) if isinstance(s, ast.For | ast.While | ast.If)]
    changes = (n.target for place in places for n in ast.walk(place) if isinstance(n, ast.AugAssign))
    return {target.id for target in changes if isinstance(target, ast.Name)}
