"""Replaces the functions of a file that are decorated with srcdiff by their derivatives; the rest stays as it was.

    @srcdiff.grad                       def square(x):
    def square(x): return x**2    ->        return 2 * x

The file is read, never imported or run. What remains needs numpy and what the file itself imports, never srcdiff.
"""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass
from typing import NoReturn

from srcdiff import runtime
from srcdiff.api import Wrt
from srcdiff.carried import carry_definitions
from srcdiff.emit.emit import emit
from srcdiff.emit.render import render
from srcdiff.errors import Refusal, Refusals, SrcdiffError
from srcdiff.frontend.source import ModuleSource, location, module_source, split_lines
from srcdiff.pipeline import compile_derivative, within_depth
from srcdiff.requests import Names, Request, derivative_program, named_function, requests, srcdiff_names

DERIVED = re.compile(
    r"_(grad|value_and_grad|vjp|jvp|forward|reverse)(_\d+)?$"
)  # the names of functions that are generated


@dataclass(order=True)
class Edit:
    """A text in the place of some lines (of none, where the last is before the first); a function stands two lines apart."""

    first: int
    last: int
    text: str
    apart: bool = False


def transpiled(text: str, file: str) -> str:
    """The text with its decorated functions replaced; Refusals with every construct that has no derivative."""
    module = module_source(text, file)
    names = srcdiff_names(module.tree)
    if not names.imports:
        return text
    refusals: list[Refusal] = []
    edits: list[Edit] = []
    header = Header(module)
    replaced: set[ast.AST] = set()
    for request in requests(module, names, refusals, replaced):
        replaced.update(ast.walk(request.node))
        try:
            edits += _edits(request, _derivative(request, header))
        except Refusal as refusal:
            refusals.append(refusal)
        except SrcdiffError as error:
            refusals.append(Refusal(str(error), location(request.node, file, module.lines)))
    _refuse_other_uses(module, names, replaced, refusals)
    if refusals:
        raise Refusals(sorted(refusals, key=lambda r: (r.loc.line, r.loc.column) if r.loc else (0, 0)))
    edits += _import_edits(module, names, header)
    return _apply(module.lines, edits)


def derivative_text(module: ModuleSource, name: str, mode: str, wrt: Wrt) -> str:
    """The derivative of one of a file's functions, as a module of its own."""
    source = named_function(module, name)
    with within_depth(source):
        compiled = compile_derivative(source, mode, wrt)
        emitted = emit(compiled.program, runtime="copy")
        return carry_definitions(module, render(emitted.tree), emitted.unwritten)


class Header:
    """What the generated functions need at the top of the file: imports and helpers that it does not have."""

    def __init__(self, module: ModuleSource) -> None:
        self.module = module
        self.own = {name: node for node in module.tree.body for name in _names_bound(node)}
        self.imported = {
            alias.asname or alias.name.partition(".")[0]: node
            for node in module.tree.body
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names
        }
        self.added: dict[str, str] = {}  # what earlier derivatives brought along
        self.lines: list[str] = []
        self.helpers: list[str] = []

    def take(self, node: ast.stmt, text: str) -> bool:
        """Whether a top-level statement of a generated module belongs to the file's header (or is there already)."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if not self._has(node) and text not in self.lines:
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    if name in self.own or name in self.imported:
                        self.refuse(
                            f"this file's own {name} is something else than the {alias.name} that a derivative needs",
                            name,
                        )
                self.lines.append(text)
            return True
        return False

    def has(self, name: str, text: str, is_generated: bool) -> bool:
        """Whether the file has what a derivative needs under a name: its own, or what an earlier derivative brought."""
        if name in self.own and is_generated or self.added.get(name, text) != text:
            self.refuse(f"{name} would be the name of two different functions", name)
        if name in self.own or name in self.added or name in self.imported and not is_generated:
            return True
        self.added[name] = text
        return False

    def refuse(self, message: str, name: str) -> NoReturn:
        node = self.own.get(name) or self.imported.get(name) or self.module.tree.body[0]
        where = location(node, self.module.file, self.module.lines)
        raise Refusal(message, where, "rename it in this file, or use --function, which writes a module of its own")

    def _has(self, node: ast.Import | ast.ImportFrom) -> bool:
        wanted = [_import_key(node, alias) for alias in node.names]
        imports = [n for n in self.module.tree.body if isinstance(n, (ast.Import, ast.ImportFrom))]
        present = [_import_key(n, alias) for n in imports for alias in n.names]
        return all(key in present for key in wanted)


def _import_key(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> tuple[str, str, str | None]:
    module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
    return module, alias.name, alias.asname


def _names_bound(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def _edits(request: Request, definitions: list[str]) -> list[Edit]:
    """The derivative in the place of the function; what it needs above it, and above what belongs to it."""
    *needed, own = definitions
    last = request.node.end_lineno or request.first_line
    if not request.apart:
        return [Edit(request.first_line, last, "\n\n\n".join(definitions) + "\n", apart=True)]
    found = [Edit(request.first_line, last, textwrap.indent(own, request.indent) + "\n")]
    if needed:
        found.append(Edit(request.top, request.top - 1, "".join(f"{text}\n\n\n" for text in needed), apart=True))
    return found


def _derivative(request: Request, header: Header) -> list[str]:
    """The derivative under the request's name, as the last, after the functions and constants that only it needs."""
    program = derivative_program(request.source, request.mode, request.wrt, request.name)
    with within_depth(request.source):
        text = render(emit(program, runtime="copy").tree)
    tree = ast.parse(text)
    lines = split_lines(text)
    kept: list[str] = []
    for node in tree.body:
        own = "".join(lines[node.lineno - 1 : node.end_lineno]).rstrip("\n")
        if header.take(node, own):
            continue
        name = node.name if isinstance(node, ast.FunctionDef) else None
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        if name is not None and name != request.name and header.has(name, own, is_generated(node)):
            continue
        kept.append(own)
    return kept


def is_generated(node: ast.stmt) -> bool:
    """Whether a definition of a generated module is a helper's or a derivative's, not one of the user's own."""
    return isinstance(node, ast.FunctionDef) and (hasattr(runtime, node.name) or DERIVED.search(node.name) is not None)


def _refuse_other_uses(module: ModuleSource, names: Names, replaced: set[ast.AST], refusals: list[Refusal]) -> None:
    own = {id(n) for stmt in names.imports for n in ast.walk(stmt)}
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Name) or node in replaced or id(node) in own:
            continue
        if node.id in names.modules or node.id in names.functions:
            where = location(node, module.file, module.lines)
            hint = "decorate a function or a method with it, or write `name = srcdiff.grad(f)` at the top level"
            refusals.append(Refusal("this use of srcdiff cannot be replaced by text", where, hint))


def _import_edits(module: ModuleSource, names: Names, header: Header) -> list[Edit]:
    """Remove the imports of srcdiff; put what the derivatives import in the place of the first."""
    edits = []
    new = "".join(f"{line}\n" for line in header.lines)
    for i, node in enumerate(dict.fromkeys(names.imports)):
        others = [a for a in node.names if isinstance(node, ast.Import) and a.name.partition(".")[0] != "srcdiff"]  # type: ignore[attr-defined]
        kept = ast.unparse(ast.Import(others)) + "\n" if others else ""
        edits.append(Edit(node.lineno, node.end_lineno or node.lineno, kept + (new if i == 0 else "")))
    return edits


def _apply(lines: list[str], edits: list[Edit]) -> str:
    """The text with line ranges replaced; of the blank lines around one that is removed, the more stay."""
    result = list(lines)
    for edit in sorted(edits, reverse=True):
        first, last, text = edit.first, edit.last, edit.text
        if not text:
            after = _blank_lines_from(result[last:])
            last += after if first == 1 else min(after, _blank_lines_from(result[first - 2 :: -1]))
        if edit.apart:
            before = "".join(result[: first - 1])
            text = "\n" * max(0, 2 - _blank_lines(before)) + text if before else text
        result[first - 1 : last] = [text]
    whole = "".join(result)
    return whole if lines and not lines[0].strip() else whole.lstrip("\n")  # nothing is left of a first import


def _blank_lines_from(lines: list[str]) -> int:
    """How many lines are blank before the first that is not."""
    return next((i for i, line in enumerate(lines) if line.strip()), len(lines))


def _blank_lines(text: str) -> int:
    """How many lines are blank at the end of a text."""
    return len(text) - len(text.rstrip("\n")) - 1
