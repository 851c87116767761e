"""Definitions that a derivative's module takes over from the user's file, word for word, with what they need in turn."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from srcdiff.errors import Refusal
from srcdiff.frontend.changes import changed_names, import_bindings
from srcdiff.frontend.source import ModuleSource, location


def carry_definitions(module: ModuleSource, text: str, names: Iterable[str]) -> str:
    """The text of a module with the file's own definitions of these names after its imports."""
    definitions = _definitions(module, dict.fromkeys(names))
    if not definitions:
        return text
    tree = ast.parse(text)
    lines = text.splitlines(keepends=True)
    known = {ast.unparse(stmt) for stmt in tree.body if isinstance(stmt, ast.Import | ast.ImportFrom)}
    last = max((s.end_lineno or 0 for s in tree.body if isinstance(s, ast.Import | ast.ImportFrom)), default=0)
    imports = [d for d in definitions if isinstance(d, ast.Import | ast.ImportFrom)]
    new = [line for line in dict.fromkeys(map(ast.unparse, imports)) if line not in known]
    others = [_lines(module, d) for d in definitions if not isinstance(d, ast.Import | ast.ImportFrom)]
    head = "".join(lines[:last]) + "".join(f"{line}\n" for line in new)
    return head + "\n" + "".join(f"\n{other}\n\n" for other in others) + "\n" + "".join(lines[last:]).lstrip("\n")


def _definitions(module: ModuleSource, todo: dict[str, None]) -> list[ast.stmt]:
    """The statements of the file that define names, and the names that these use, in the order of the file."""
    binding: dict[str, list[ast.stmt]] = {}
    for stmt in module.tree.body:
        for name in _bound(stmt):
            binding.setdefault(name, []).append(stmt)
    for name, stmts in changed_names(module.tree).items():
        binding.setdefault(name, []).extend(s for s in stmts if s not in binding.get(name, ()))
    found: dict[ast.stmt, None] = {}
    names = list(todo)
    for name in names:
        for stmt in binding.get(name, ()):
            if isinstance(stmt, ast.Import | ast.ImportFrom):
                found[_import_of(module, stmt, name)] = None
            elif stmt not in found:
                found[stmt] = None
                _refuse_changes_elsewhere(module, name)
                names += [n for n in _bound(stmt) if n not in names]
                used = dict.fromkeys(n.id for n in ast.walk(stmt) if isinstance(n, ast.Name))
                names += [n for n in used if n not in names]
    return sorted(found, key=lambda stmt: stmt.lineno)


def _refuse_changes_elsewhere(module: ModuleSource, name: str) -> None:
    """What functions of the file change holds what only a run of the file can tell."""
    for stmt in changed_names(module.tree).get(name, ()):
        if isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            raise Refusal(
                f"{name} is changed by {stmt.name}, which this module of the derivative's own does not call",
                location(stmt, module.file, module.lines),
                "transpile the whole file, which leaves the rest of it as it is",
            )


def _bound(stmt: ast.stmt) -> list[str]:
    """The names that a statement of a module binds."""
    if isinstance(stmt, ast.Import | ast.ImportFrom):
        return [name for name, _ in import_bindings(stmt)]
    if isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [stmt.name]
    inner = [s for s in ast.walk(stmt) if isinstance(s, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)]
    stored = [n.id for n in ast.walk(stmt) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return stored + [name for s in inner for name in _bound(s)]


def _import_of(module: ModuleSource, stmt: ast.Import | ast.ImportFrom, name: str) -> ast.stmt:
    """The import of one of the names that a statement binds."""
    bound, dotted = next((b, d) for b, d in import_bindings(stmt) if b == name)
    if dotted.partition(".")[0] == "srcdiff":
        raise Refusal(
            f"what the derivative takes from the file uses {dotted}",
            location(stmt, module.file, module.lines),
            "use transpile, which leaves the rest of the file as it is",
        )
    alias = next(a for a in stmt.names if (a.asname or a.name.partition(".")[0]) == bound or a.name == bound)
    single: ast.stmt = ast.Import([alias])
    if isinstance(stmt, ast.ImportFrom):
        single = ast.ImportFrom(stmt.module, [alias], stmt.level)
    return ast.copy_location(single, stmt)


def _lines(module: ModuleSource, stmt: ast.stmt) -> str:
    """A statement as the file has it, decorators and all."""
    first = min([stmt.lineno, *(d.lineno for d in getattr(stmt, "decorator_list", ()))])
    return "".join(module.lines[first - 1 : stmt.end_lineno]).rstrip("\n")
