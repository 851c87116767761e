"""What statements bind and change: of what a file changes after it has defined it, its text does not say what it holds."""

from __future__ import annotations

import ast
from dataclasses import dataclass

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
            found.update(dict.fromkeys(_outside(node)))
            local = local | _locals(node)
        elif isinstance(node, ast.ClassDef):
            owner = node.name
        target = _target(node)
        if isinstance(target, ast.Name):
            name = owner if target.id == "cls" and owner else target.id
            if name not in local:
                found[name] = None
                if (attribute := _attribute(node)) is not None:
                    found[f"{name}.{attribute}"] = None
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


def _attribute(node: ast.AST) -> str | None:
    """The attribute that is assigned, or "*" where the text does not name it."""
    match node:
        case ast.Attribute(value=ast.Name(), attr=name):
            return name
        case ast.Attribute():
            return "*"
        case ast.Call(func=ast.Name(), args=[_, ast.Constant(value=str(name)), *_]):
            return name
        case ast.Call(func=ast.Name()):
            return "*"
    return None


def rebound_names(tree: ast.Module) -> frozenset[str]:
    """The names that a function binds as globals, or that `globals()["f"] = g` does: whether and when, only a run says."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                found |= _outside(node)
            case ast.Subscript(
                value=ast.Call(func=ast.Name(id="globals")), slice=ast.Constant(value=str(name)), ctx=ast.Store()
            ):
                found.add(name)
    return frozenset(found)


def _locals(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    """The names that belong to a function: its parameters, and what it assigns but does not declare global."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return frozenset({a.arg for a in named if a is not None} - {"cls"} | (_stored(node) - _outside(node)))


def _stored(node: ast.AST) -> set[str]:
    """The names that statements within a function bind."""
    return {name for stmt in ast.walk(node) if isinstance(stmt, ast.stmt) for name, _ in bound_names(stmt)}


def _outside(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The globals that a function binds."""
    declared = {name for n in ast.walk(node) if isinstance(n, ast.Global) for name in n.names}
    return declared & _stored(node) if declared else declared


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


@dataclass(frozen=True, eq=False)
class Binding:
    """What a statement of a module binds a name to; it may not run where it is not `certain`."""

    node: ast.AST
    place: tuple[int, int]
    certain: bool


def bindings(body: list[ast.stmt], certain: bool = True) -> dict[str, list[Binding]]:
    """All that a module's statements bind names to, in the order of its text; a star import under "*"."""
    found: dict[str, list[Binding]] = {}
    for node in body:
        for name, bound in bound_names(node):
            found.setdefault(name, []).append(Binding(bound, (node.lineno, node.col_offset), certain))
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            parts = [node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())]
            for part in parts:
                for block in ("body", "orelse", "finalbody"):
                    for name, inner in bindings(getattr(part, block, []), False).items():
                        found.setdefault(name, []).extend(inner)
    return found


BLOCKS = (ast.If, ast.Try, ast.TryStar, ast.With, ast.Match)  # of what is bound in their blocks, they say nothing
SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _assigned(target: ast.expr, value: ast.expr, whole: ast.stmt) -> list[tuple[str, ast.AST]]:
    """The names of a target, `a, b = 2.0, 3.0` one by one; where the text does not tell what, bound to the statement."""
    match target, value:
        case ast.Name(id=name), _:
            return [(name, value)]
        case ast.Tuple(elts=targets) | ast.List(elts=targets), ast.Tuple(elts=values) | ast.List(elts=values) if len(
            targets
        ) == len(values) and not any(isinstance(e, ast.Starred) for e in (*targets, *values)):
            return [pair for t, v in zip(targets, values) for pair in _assigned(t, v, whole)]
    return [(n.id, whole) for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def bound_names(node: ast.stmt) -> list[tuple[str, ast.AST]]:
    """The names that a statement of a module binds, each with what it is bound to."""
    match node:
        case ast.ImportFrom(names=[ast.alias(name="*")]):
            return [("*", Imported("." * node.level + (node.module or "")))]
        case ast.Import() | ast.ImportFrom():
            return [(name, Imported(dotted)) for name, dotted in import_bindings(node)]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [(name, node)]
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return [(name, value)]
        case ast.Assign(targets, value):
            return [pair for target in targets for pair in _assigned(target, value, node)]
    found: list[tuple[str, ast.AST]] = []
    todo: list[ast.AST] = [node]
    while todo:
        part = todo.pop()
        match part:
            case (
                ast.Name(id=name, ctx=ast.Store())
                | ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
                | ast.MatchMapping(rest=str(name))
            ):
                found.append((name, node))
        inner = (child for child in ast.iter_child_nodes(part) if not isinstance(child, SCOPES))
        todo += (child for child in inner if not (isinstance(node, BLOCKS) and isinstance(child, ast.stmt)))
    return found
