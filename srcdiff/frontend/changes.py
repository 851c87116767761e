"""What statements bind and change: of what a file changes after it has defined it, its text does not say what it holds."""

from __future__ import annotations

import ast

METHODS = frozenset(
    "append extend insert pop remove clear sort reverse update setdefault popitem add discard fill put resize".split()
)
INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def changed_names(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    """The module's variables, and the attributes of its classes as `C.gain`, that are changed: by which statements of it."""
    found: dict[str, list[ast.stmt]] = {}
    for stmt in tree.body:
        for name in _changes(stmt):
            found.setdefault(name, []).append(stmt)
    return found


def _changes(stmt: ast.stmt) -> dict[str, None]:
    """The names that a statement changes, or a function that it defines: those that are not local to it."""
    found: dict[str, None] = {}
    todo: list[tuple[ast.AST, frozenset[str], str]] = [(stmt, frozenset(), "")]
    while todo:
        node, local, owner = todo.pop()
        if isinstance(node, INNER):
            local = local | _locals(node)
        elif isinstance(node, ast.ClassDef):
            owner = node.name
        elif isinstance(node, ast.Global):
            found.update(dict.fromkeys(node.names))
        target = _target(node)
        if isinstance(target, ast.Name):
            name = owner if target.id == "cls" and owner else target.id
            if name not in local:
                found[name] = None
                if isinstance(node, ast.Attribute):
                    found[f"{name}.{node.attr}"] = None
        todo += [(child, local, owner) for child in ast.iter_child_nodes(node)]
    return found


def _target(node: ast.AST) -> ast.expr | None:
    """What a part of a statement changes: the innermost of `x[i].a = v`, `del x[i]`, `x.append(v)`, `np.add.at(x, i, v)`."""
    match node:
        case ast.Subscript(value=base, ctx=ast.Store() | ast.Del()) | ast.Attribute(
            value=base, ctx=ast.Store() | ast.Del()
        ):
            found: ast.expr = base
        case ast.Call(func=ast.Attribute(value=base, attr=attr)) if attr in METHODS:
            found = base
        case ast.Call(func=ast.Attribute(attr="at" | "copyto" | "fill_diagonal"), args=[base, *_]):
            found = base
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[base, *_]):
            found = base
        case ast.keyword(arg="out", value=base):
            found = base
        case _:
            return None
    while isinstance(found, ast.Subscript | ast.Attribute):
        found = found.value
    return found


def _locals(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    """The names that belong to a function: its parameters, and what it assigns but does not declare global."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    outside = {name for n in ast.walk(node) if isinstance(n, ast.Global) for name in n.names}
    stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return frozenset({a.arg for a in named if a is not None} - {"cls"} | (stored - outside))


def import_bindings(node: ast.Import | ast.ImportFrom) -> list[tuple[str, str]]:
    """The names that an import binds, each with the dotted name of what it means."""
    if isinstance(node, ast.Import):
        return [
            (a.asname or a.name.partition(".")[0], a.name if a.asname else a.name.partition(".")[0]) for a in node.names
        ]
    prefix = "." * node.level + (node.module or "")
    dot = "." if node.module else ""
    return [(a.asname or a.name, f"{prefix}{dot}{a.name}") for a in node.names if a.name != "*"]


class Imported(ast.AST):
    """Stands for an import in the bindings: the dotted name of what is imported."""

    __match_args__ = ("dotted",)

    def __init__(self, dotted: str) -> None:
        super().__init__()
        self.dotted = dotted


def bound_names(node: ast.stmt) -> list[tuple[str, ast.AST]]:
    """The names that a statement of a module binds, each with what it is bound to."""
    match node:
        case ast.Import() | ast.ImportFrom():
            return [(name, Imported(dotted)) for name, dotted in import_bindings(node)]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [(name, node)]
        case ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(
            target=ast.Name(id=name), value=ast.expr() as value
        ):
            return [(name, value)]
    stores = [n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return [(n.id, node) for n in stores] if not isinstance(node, (ast.If, ast.Try, ast.With)) else []
