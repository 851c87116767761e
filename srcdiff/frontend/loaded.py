"""Whether a live function is what its file says: the file may have changed since it was imported."""

from __future__ import annotations

import ast
import builtins
from functools import lru_cache
from types import CodeType, FunctionType, ModuleType

from srcdiff.frontend.library import is_library_module

PLAIN = (
    ast.expr_context,
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Tuple,
    ast.List,
    ast.Constant,
    ast.BinOp,
    ast.BitOr,
    ast.UnaryOp,
    ast.unaryop,
)


@lru_cache(maxsize=64)
def _compiled(text: str, file: str) -> dict[tuple[str, int], list[CodeType]]:
    """The code objects of a file's text, by name and first line."""
    found: dict[tuple[str, int], list[CodeType]] = {}
    todo = [compile(text, file, "exec", dont_inherit=True)]
    while todo:
        code = todo.pop()
        found.setdefault((code.co_name, code.co_firstlineno), []).append(code)
        todo += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return found


def is_loaded(function: FunctionType, node: ast.FunctionDef | ast.Lambda, text: str, file: str) -> bool:
    """Whether a function's code and annotations are what its text compiles to."""
    code = function.__code__
    if any(name.startswith("@py") for name in code.co_names):
        return True  # pytest rewrote its assertions
    alike = _compiled(text, file).get((code.co_name, code.co_firstlineno), [])
    return any(_same_code(code, other) for other in alike) and _same_annotations(function, node)


def _same_code(a: CodeType, b: CodeType) -> bool:
    if (a.co_code, a.co_names, a.co_varnames, len(a.co_consts)) != (
        b.co_code,
        b.co_names,
        b.co_varnames,
        len(b.co_consts),
    ):
        return False
    for x, y in zip(a.co_consts, b.co_consts):
        if isinstance(x, CodeType) and isinstance(y, CodeType):
            if not _same_code(x, y):
                return False
        elif repr(x) != repr(y):  # 1 and 1.0 and True are equal
            return False
    return True


def _same_annotations(function: FunctionType, node: ast.FunctionDef | ast.Lambda) -> bool:
    """Whether the annotations of the text are those that the function was defined with, which its code does not hold."""
    if hasattr(function, "__wrapped__") or isinstance(node, ast.Lambda):
        return True  # functools.wraps gives a wrapper those of what it wraps
    try:
        live = function.__annotations__
    except Exception:  # from Python 3.14 on they are evaluated now
        return True
    spec = node.args
    parameters = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *(p for p in (spec.vararg, spec.kwarg) if p)]
    written = {p.arg: p.annotation for p in parameters if not p.arg.startswith("__")} | {"return": node.returns}
    return all(_same_annotation(function, name in live, live.get(name), text) for name, text in written.items())


def _same_annotation(function: FunctionType, given: bool, live: object, text: ast.expr | None) -> bool:
    """Whether a parameter's annotation is what stands there, as far as that is told without calling anything."""
    if text is None or not given:
        return given == (text is not None)
    try:
        if isinstance(live, str) and live != getattr(text, "value", None):  # `from __future__ import annotations`
            return ast.dump(ast.parse(live, mode="eval").body) == ast.dump(text)
        if not all(isinstance(part, PLAIN) for part in ast.walk(text)):
            return True
        if "." in function.__qualname__ and not all(_is_of_a_library(function, name) for name in _names(text)):
            return True  # the function or class around it may give the name another meaning
        stands = eval(compile(ast.Expression(text), "<annotation>", "eval"), function.__globals__)
    except Exception:
        return True
    return repr(stands) == repr(live)


def _names(text: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(text) if isinstance(part, ast.Name)}


def _is_of_a_library(function: FunctionType, name: str) -> bool:
    meant = function.__globals__.get(name, getattr(builtins, name, None))
    if isinstance(meant, ModuleType):
        return is_library_module(meant.__name__)
    return getattr(meant, "__name__", "") == name and is_library_module(getattr(meant, "__module__", ""))
