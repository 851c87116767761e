"""Replaces the functions of a file that are decorated with srcdiff by their derivatives; the rest stays as it was.

    @srcdiff.grad                       def square(x):
    def square(x): return x**2    ->        return 2 * x

The file is read, never imported or run. What remains needs numpy and what the file itself imports, never srcdiff.
"""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass, field
from typing import NoReturn

from srcdiff import runtime
from srcdiff.api import Wrt
from srcdiff.carried import carry_definitions
from srcdiff.emit.emit import emit
from srcdiff.emit.render import render
from srcdiff.errors import Refusal, Refusals, SrcdiffError, UsageError
from srcdiff.frontend import derived
from srcdiff.frontend.source import FunctionSource, ModuleSource, location, method_source, module_source, split_lines
from srcdiff.pipeline import compile_derivative, within_depth

MODES = tuple(derived.MODES.values())
DERIVED = re.compile(
    r"_(grad|value_and_grad|vjp|jvp|forward|reverse)(_\d+)?$"
)  # the names of functions that are generated


WRT = 'write a literal: `wrt="x"`, `wrt=0`, `wrt=("x", "y")`'


@dataclass
class Request:
    """A derivative that the file asks for: the lines that it replaces, and the name that it gets."""

    source: FunctionSource
    mode: str
    wrt: Wrt
    name: str
    node: ast.stmt
    first_line: int
    top: int  # where functions that it needs are put: above its own decorators, and those of its class
    indent: str = ""

    @property
    def apart(self) -> bool:
        """Whether something stands between the functions that it needs and its own."""
        return self.top != self.first_line


@dataclass(order=True)
class Edit:
    """A text in the place of some lines (of none, where the last is before the first); a function stands two lines apart."""

    first: int
    last: int
    text: str
    apart: bool = False


@dataclass
class Names:
    """What a file calls srcdiff, and what it imports from it."""

    modules: set[str] = field(default_factory=set)
    functions: dict[str, str] = field(default_factory=dict)  # the file's name -> srcdiff's
    imports: list[ast.stmt] = field(default_factory=list)

    def mode(self, node: ast.expr) -> str | None:
        """The mode that an expression names: `srcdiff.grad`, or `grad` where it was imported from srcdiff."""
        if isinstance(node, ast.Name):
            return self.functions.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self.modules:
            return node.attr
        return None


def transpiled(text: str, file: str) -> str:
    """The text with its decorated functions replaced; Refusals with every construct that has no derivative."""
    module = module_source(text, file)
    names = _srcdiff_names(module.tree)
    if not names.imports:
        return text
    refusals: list[Refusal] = []
    edits: list[Edit] = []
    header = Header(module)
    replaced: set[ast.AST] = set()
    for request in _requests(module, names, refusals, replaced):
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
    if name not in module.functions:
        raise unknown_function(module, name)
    with within_depth(module.functions[name]):
        compiled = compile_derivative(module.functions[name], mode, wrt)
        emitted = emit(compiled.program, runtime="copy")
        return carry_definitions(module, render(emitted.tree), emitted.unwritten)


def unknown_function(module: ModuleSource, name: str) -> UsageError:
    known = ", ".join(module.functions) or "none"
    return UsageError(f"{module.file} defines no function {name!r} at its top level; it defines {known}")


def decorated_request(module: ModuleSource, name: str) -> tuple[str, Wrt] | None:
    """The mode and wrt that the decorator of a file's function names."""
    names = _srcdiff_names(module.tree)
    for node in module.tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            request = _decorated(module, names, node)
            return None if request is None else (request.mode, request.wrt)
    return None


def _srcdiff_names(tree: ast.Module) -> Names:
    names = Names()
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] == "srcdiff":
                    names.modules.add(alias.asname or "srcdiff")
                    names.imports.append(node)
        elif isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").partition(".")[0] == "srcdiff":
            names.functions.update({alias.asname or alias.name: alias.name for alias in node.names})
            names.imports.append(node)
    return names


def _requests(module: ModuleSource, names: Names, refusals: list[Refusal], replaced: set[ast.AST]) -> list[Request]:
    found = []
    within: list[tuple[ast.stmt, ast.ClassDef | None]] = [(node, None) for node in module.tree.body]
    within += [(stmt, node) for node in module.tree.body if isinstance(node, ast.ClassDef) for stmt in node.body]
    for node, cls in sorted(within, key=lambda pair: pair[0].lineno):
        try:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                request = _decorated(module, names, node, cls)
            elif isinstance(node, ast.Assign) and cls is None:
                request = _assigned(module, names, node)
            else:
                continue
        except Refusal as refusal:
            refusals.append(refusal)
            replaced.update(ast.walk(node))
            continue
        if request is not None:
            found.append(request)
    return found


def _decorated(
    module: ModuleSource,
    names: Names,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    cls: ast.ClassDef | None = None,
) -> Request | None:
    """The derivative that a function's decorator asks for; decorators above it stay, they are the derivative's."""
    for k, decorator in enumerate(node.decorator_list):
        call = decorator if isinstance(decorator, ast.Call) else None
        mode = names.mode(call.func if call else decorator)
        if mode in MODES:
            if k + 1 < len(node.decorator_list):
                where = location(node.decorator_list[k + 1], module.file, module.lines)
                raise Refusal(
                    "a derivative of what another decorator makes is not transpiled",
                    where,
                    "put srcdiff's decorator below it, next to the function",
                )
            wrt = _wrt(module, call.args, call.keywords) if call else 0
            above: list[ast.expr | ast.stmt] = [*cls.decorator_list, cls] if cls else [*node.decorator_list]
            source = module.functions[node.name] if cls is None else method_source(module, node)
            first, indent = decorator.lineno, " " * node.col_offset
            return Request(source, mode, wrt, node.name, node, first, above[0].lineno, indent)
    return None


def _assigned(module: ModuleSource, names: Names, node: ast.Assign) -> Request | None:
    """`df = srcdiff.grad(f, wrt="x")` at the top level of the file."""
    call = node.value
    if not isinstance(call, ast.Call) or names.mode(call.func) not in MODES:
        return None
    mode = names.mode(call.func)
    where = location(node, module.file, module.lines)
    target = node.targets[0]
    if len(node.targets) > 1 or not isinstance(target, ast.Name):
        raise Refusal("a derivative must be given one name to be transpiled", where, "write `name = srcdiff.grad(f)`")
    function = call.args[0] if call.args else None
    if not isinstance(function, ast.Name) or function.id not in module.functions:
        raise Refusal(
            "only a function that this file defines at its top level is transpiled",
            where,
            "define it there, with `def`",
        )
    assert mode is not None
    wrt = _wrt(module, call.args[1:], call.keywords)
    return Request(module.functions[function.id], mode, wrt, target.id, node, node.lineno, node.lineno)


def _wrt(module: ModuleSource, args: list[ast.expr], keywords: list[ast.keyword]) -> Wrt:
    given = [*args, *(k.value for k in keywords)]
    if not given:
        return 0
    where = location(given[0], module.file, module.lines)
    if len(given) > 1 or any(k.arg != "wrt" for k in keywords):
        raise Refusal("the only option of a derivative is wrt", where, WRT)
    try:
        value = ast.literal_eval(given[0])
    except ValueError:
        raise Refusal("wrt is only known when the file is run", where, WRT) from None
    entries = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(e, (int, str)) and not isinstance(e, bool) for e in entries):
        raise Refusal("wrt is neither a position nor a name, nor a tuple of these", where, WRT)
    result: Wrt = value
    return result


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
        if name in self.own or name in self.added:
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
    with within_depth(request.source):
        program = compile_derivative(request.source, request.mode, request.wrt).program
        main = program.functions.pop(program.main)
        main.name = program.main = request.name
        program.functions[request.name] = main
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
