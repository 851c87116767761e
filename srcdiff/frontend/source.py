"""Where a function's text is: of a live function, or of a file that is only read."""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import io
import linecache
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType, MethodType
from typing import Any, cast

from srcdiff.errors import Loc, Refusal, UsageError
from srcdiff.frontend.class_reader import ClassReader
from srcdiff.frontend.classes import UserClass
from srcdiff.frontend.library import is_derivative, is_library_module, without_errstate
from srcdiff.frontend.loaded import is_loaded
from srcdiff.frontend.names import LiveResolver, Meaning, Method, Resolver, TextResolver, User, calls_python
from srcdiff.reading import file_text


@dataclass(eq=False)
class FunctionSource:
    """A function's tree, with what is needed to say where it is and what its names mean."""

    name: str
    node: ast.FunctionDef | ast.Lambda
    file: str
    lines: list[str]
    line_offset: int
    resolver: Resolver
    identity: object = None  # equal for sources of the same function
    defaults: dict[str, Any] | None = None  # the evaluated defaults of a live function
    owner: UserClass | None = None  # the class that a method is defined in
    place: Loc | None = (
        None  # where everything of it is said to be: the call of a function that has no text of the user's
    )
    places: dict[ast.AST, Loc] = field(default_factory=dict, repr=False)  # of the nodes that were asked for

    def loc(self, node: ast.AST) -> Loc:
        if self.place is not None:
            return self.place
        found = self.places.get(node)
        if found is None:
            found = self.places[node] = location(node, self.file, self.lines, self.line_offset)
        return found


@dataclass(eq=False)
class ModuleSource:
    """A file that is read but never run."""

    tree: ast.Module
    file: str
    lines: list[str]
    functions: dict[str, FunctionSource]
    resolver: TextResolver


def location(node: ast.AST, file: str, lines: list[str], line_offset: int = 0) -> Loc:
    """A node's span, in characters where the tree has bytes."""
    line: int = getattr(node, "lineno", 1)
    end_line: int = getattr(node, "end_lineno", None) or line

    def text(number: int) -> str:
        return lines[number - 1].rstrip("\n") if 0 < number <= len(lines) else ""

    def characters(number: int, offset: int) -> int:
        line_text = text(number)
        if line_text.isascii():
            return min(offset, len(line_text))
        return len(line_text.encode()[:offset].decode(errors="ignore"))

    column = characters(line, getattr(node, "col_offset", 0))
    end_column = characters(end_line, getattr(node, "end_col_offset", None) or 0)
    return Loc(file, line + line_offset, column, end_line + line_offset, end_column, text(line))


def source_of(function: Callable[..., Any]) -> FunctionSource:
    """The source of a live function; a UsageError says why there is none."""
    plain = plain_function(function)
    source = function_source(plain)
    if inspect.ismethod(function) or _is_generic_wrapper(plain):
        return forwarding(source, function)
    return source


def _is_generic_wrapper(plain: FunctionType) -> bool:
    """Whether a function is a decorator's, that takes whatever the function takes that it wraps."""
    variable = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
    return isinstance(getattr(plain, "__wrapped__", None), FunctionType) and bool(plain.__code__.co_flags & variable)


TARGET = "<target>"


class Target:
    """Resolves the one name of a function that only forwards its arguments."""

    def __init__(self, meaning: Meaning, inner: Resolver) -> None:
        self.meaning, self.inner = meaning, inner

    def resolve(self, name: str) -> Meaning | None:
        return self.meaning if name == TARGET else self.inner.resolve(name)

    def attribute(self, meaning: Meaning, name: str) -> Meaning | None:
        return self.inner.attribute(meaning, name)


def forwarding(source: FunctionSource, function: Callable[..., Any]) -> FunctionSource:
    """`def loss(x): return <target>(x)`, with the parameters that a bound method or a wrapped function is called with."""
    if isinstance(function, MethodType):
        return forward(source, Method(source, function.__self__), source, True)
    return forward(function_source(plain_function(inspect.unwrap(function))), User(source), source)


def forward(
    signed: FunctionSource, meaning: Meaning, source: FunctionSource, is_method: bool = False
) -> FunctionSource:
    """A function of the parameters of `signed` that calls what `meaning` makes of `source`."""
    node = signed.node
    assert isinstance(node, ast.FunctionDef)
    spec = copy.deepcopy(node.args)
    positional = spec.posonlyargs or spec.args
    dropped = positional.pop(0).arg if is_method else ""
    passed: list[ast.expr] = [ast.Name(a.arg, ast.Load()) for a in (*spec.posonlyargs, *spec.args)]
    passed += [ast.Starred(ast.Name(spec.vararg.arg, ast.Load()), ast.Load())] if spec.vararg is not None else []
    named = [ast.keyword(a.arg, ast.Name(a.arg, ast.Load())) for a in spec.kwonlyargs]
    call = ast.Call(ast.Name(TARGET, ast.Load()), passed, named)
    made = ast.FunctionDef(signed.name, spec, [ast.Return(call)], [], node.returns)
    for part in ast.walk(made):
        if "lineno" in part._attributes and not hasattr(part, "lineno"):
            ast.copy_location(part, node)
    given = signed.defaults
    defaults = {name: value for name, value in given.items() if name != dropped} if given is not None else None
    resolver = Target(meaning, signed.resolver)
    identity = (TARGET, source.identity)
    return FunctionSource(signed.name, made, signed.file, signed.lines, 0, resolver, identity, defaults)


def plain_function(function: Any) -> FunctionType:
    """The Python function itself, or behind a wrapper that is not Python (a cache, a compiler).

    A wrapper written in Python is a function of its own, and may return something else than what it wraps.
    """
    if inspect.isclass(function):
        raise UsageError(f"{function.__name__} is a class, not a function")
    if isinstance(function, functools.partial):
        raise UsageError("a functools.partial has no text of its own; differentiate the function that it wraps")
    if not callable(function):
        raise UsageError(f"{function!r} is not callable")
    found: Any = function.__func__ if inspect.ismethod(function) else function
    while not isinstance(found, FunctionType) and getattr(found, "__wrapped__", None) is not None:
        if calls_python(found):
            break
        found = found.__wrapped__
    if isinstance(found, FunctionType):
        return without_errstate(found)
    name = getattr(found, "__name__", type(found).__name__)
    if inspect.isbuiltin(found) or type(found).__name__ in ("ufunc", "method_descriptor", "_ArrayFunctionDispatcher"):
        raise UsageError(f"{name} is built in and has no Python source; wrap it: `def f(x): return {name}(x)`")
    raise UsageError(f"{name} is an object that can be called; differentiate its method: {name}.__call__")


@lru_cache(maxsize=64)
def _parsed(text: str, file: str) -> ast.Module:
    return ast.parse(text, file)


def function_source(function: FunctionType) -> FunctionSource:
    """The source of a Python function, found by its first line in its file."""
    generated = is_derivative(function)  # its text is there from now on, and is what runs
    code = function.__code__
    library: str = function.__globals__.get("__name__", "")
    if not generated and is_library_module(library) and library != "__main__":
        raise UsageError(f"what {library} makes of {function.__name__} is not known")
    file = inspect.getsourcefile(function) or code.co_filename
    linecache.checkcache(file)
    lines = linecache.getlines(file, function.__globals__)
    no_source = f"the source of {function.__name__} is not to be found; define it in a file or a notebook cell"
    text = "".join(lines)
    # what `python -c` runs has lines from 3.13 on, under the name that all has that exec() makes
    if not lines or file == "<string>" and code.co_name.strip("<>") not in text:
        raise UsageError(no_source)
    try:
        tree = _parsed(text, file)
    except SyntaxError as error:
        raise UsageError(f"{no_source} ({file} does not parse: {error.msg})") from error
    node = _definition(text, file, function)
    if node is not None and endless_number(node, text) is not None:
        raise UsageError(f"a number of {function.__name__} has more digits than Python prints; write it as a float")
    if node is None or not is_loaded(function, node, text, file):
        raise UsageError(
            f"{function.__name__} is no longer what {file} says: the file has changed since it was loaded; load it again"
        )
    resolver = LiveResolver(function)
    given = function.__defaults__ or ()
    positional = code.co_varnames[: code.co_argcount]
    defaults = {**dict(zip(positional[len(positional) - len(given) :], given)), **(function.__kwdefaults__ or {})}
    name = function.__name__ if function.__name__ != "<lambda>" else _lambda_name(tree, node)
    return FunctionSource(name, node, file, lines, 0, resolver, function, defaults)


def _lambda_name(tree: ast.Module, node: ast.AST) -> str:
    """The name that a lambda is assigned to, if any."""
    for stmt in ast.walk(tree):
        if isinstance(stmt, ast.Assign) and stmt.value is node and isinstance(stmt.targets[0], ast.Name):
            return stmt.targets[0].id
    return "function"


@lru_cache(maxsize=64)
def _definitions(text: str, file: str) -> dict[str, list[ast.FunctionDef]]:
    """The functions of a file by their names; expressions hold none, and are not looked through."""
    found: dict[str, list[ast.FunctionDef]] = {}  # async ones too, which have the same fields, and are refused
    todo: list[ast.AST] = list(_parsed(text, file).body)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.setdefault(node.name, []).append(cast(ast.FunctionDef, node))
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            todo += getattr(node, block, ())
    return found


@lru_cache(maxsize=64)
def _lambdas(text: str, file: str) -> list[ast.Lambda]:
    return [node for node in ast.walk(_parsed(text, file)) if isinstance(node, ast.Lambda)]


def _may_be(node: ast.Lambda, code: CodeType) -> bool:
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    count = code.co_argcount + code.co_kwonlyargcount
    return node.lineno == code.co_firstlineno and names == list(code.co_varnames[:count])


def _innermost(lambdas: list[ast.Lambda], code: CodeType) -> list[ast.Lambda]:
    """Of the lambdas of one line, the one that a code object was made from, by where its instructions stand."""
    spans = [p for p in code.co_positions() if None not in p and p[2] != p[3]]  # the function's start has no width
    if not spans:  # python -X no_debug_ranges
        return lambdas
    start, end = min((p[0], p[2]) for p in spans), max((p[1], p[3]) for p in spans)
    around = [
        node
        for node in lambdas
        if (node.body.lineno, node.body.col_offset) <= start and end <= (node.body.end_lineno, node.body.end_col_offset)
    ]
    return sorted(around, key=lambda node: (node.lineno, node.col_offset))[-1:]


def _definition(text: str, file: str, function: FunctionType) -> ast.FunctionDef | ast.Lambda | None:
    """The node of a function, found by the line that its code starts at."""
    code = function.__code__
    first_line = code.co_firstlineno
    found: list[ast.FunctionDef | ast.Lambda] = []
    if code.co_name == "<lambda>":
        found += _innermost([node for node in _lambdas(text, file) if _may_be(node, code)], code)
    for defined in _definitions(text, file).get(code.co_name, ()):
        if first_line in (defined.lineno, *(d.lineno for d in defined.decorator_list)):
            found.append(defined)
    return found[0] if len(found) == 1 else None


MANY_DIGITS = "this number has more digits than Python prints"
ANY_DIGITS = re.compile(r"0[xXoObB][0-9a-fA-F_]{2000}")  # of decimal ones Python's parser takes no more


def endless_number(tree: ast.AST, text: str) -> ast.Constant | None:
    """The first integer of a text that Python reads but does not print."""
    if ANY_DIGITS.search(text) is None:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            try:
                str(node.value)
            except ValueError:
                return node
    return None


def split_lines(text: str) -> list[str]:
    """The lines as Python's parser counts them: a form feed or a Unicode separator ends none."""
    return list(io.StringIO(text, newline=""))


def module_source(text: str, file: str) -> ModuleSource:
    """A file's functions and names, from its text alone."""
    lines = split_lines(text)
    try:
        tree = ast.parse(text, file)
    except SyntaxError as error:
        line, column = error.lineno or 1, (error.offset or 1) - 1
        shown = lines[line - 1].rstrip("\n") if 0 < line <= len(lines) else ""
        raise Refusal(error.msg, Loc(file, line, max(column, 0), line, max(column, 0) + 1, shown)) from None
    except ValueError as error:
        raise Refusal(str(error), Loc(file, 1, 0, 1, 1, "")) from None
    except (RecursionError, MemoryError):  # a MemoryError is what the parser calls its own stack's end
        raise Refusal("this file is nested too deeply", Loc(file, 1, 0, 1, 1, "")) from None
    if (number := endless_number(tree, text)) is not None:
        raise Refusal(MANY_DIGITS, location(number, file, lines), "write it as a float, or as a power")
    functions: dict[str, FunctionSource] = {}
    classes: dict[str, ClassReader] = {}
    resolver = TextResolver(tree, functions, classes, file)

    def make(node: ast.FunctionDef | ast.Lambda) -> FunctionSource:
        identity = (file, node.lineno, node.col_offset) if isinstance(node, ast.Lambda) else (file, node.lineno)
        return FunctionSource(getattr(node, "name", "function"), node, file, lines, 0, resolver, identity)

    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            functions[node.name] = make(cast(ast.FunctionDef, node))
        elif isinstance(node, ast.ClassDef):
            classes[node.name] = ClassReader(node, resolver, (file, node.lineno), make)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Lambda):
            place = (file, node.value.lineno, node.value.col_offset)
            name = _lambda_name(ast.Module([node], []), node.value)
            resolver.lambdas[node.value] = FunctionSource(name, node.value, file, lines, 0, resolver, place)
    return ModuleSource(tree, file, lines, functions, resolver)


def definition_source(module: ModuleSource, node: ast.FunctionDef | ast.AsyncFunctionDef) -> FunctionSource:
    """A function that a file defines; one of a class is a function of what is passed to it, its object too."""
    definition = cast(ast.FunctionDef, node)
    identity = (module.file, node.lineno)
    return FunctionSource(node.name, definition, module.file, module.lines, 0, module.resolver, identity)


@lru_cache(maxsize=64)
def _read_module(path: str, modified: int) -> ModuleSource:
    return module_source(file_text(path), path)


def read_module(path: str) -> ModuleSource:
    """Another file of the user's."""
    return _read_module(path, Path(path).stat().st_mtime_ns)
