"""Tables of functions that a module has as constants."""

from __future__ import annotations

import ast
from dataclasses import replace

from srcdiff.frontend import derived, expressions
from srcdiff.frontend.context import Context
from srcdiff.frontend.liveness import Liveness
from srcdiff.frontend.names import Library, Resolver, named
from srcdiff.frontend.static_containers import is_static
from srcdiff.frontend.values import Frame, Value, is_shared


def holds_functions(value: object) -> bool:
    """Whether a global or closure variable is a table of functions."""
    values = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return bool(values) and all(map(callable, values))


def _makes_function(node: ast.expr, resolver: Resolver) -> bool:
    """Whether a call of this makes a function: functools.partial, srcdiff.grad."""
    if isinstance(node, ast.Call):
        return _makes_function(node.func, resolver)
    meaning = named(resolver, node)
    return isinstance(meaning, Library) and meaning.name in ("functools.partial", *derived.MODES)


def table(ctx: Context, node: ast.expr, resolver: Resolver) -> Value | None:
    """A file's table of functions, or what it makes of a function; None for other constants."""
    values = node.values if isinstance(node, ast.Dict) else node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
    is_table = bool(values) and all(isinstance(v, (ast.Lambda, ast.Name, ast.Attribute)) for v in values)
    if not is_table and not (isinstance(node, ast.Call) and _makes_function(node.func, resolver)):
        return None
    source = expressions.outermost(ctx).source
    if source.resolver is not resolver:
        source = replace(source, resolver=resolver, place=ctx.builder.loc)
    module = Frame(source, {}, frozenset(), Liveness())
    ctx.frames.append(module)
    try:
        found = expressions.evaluate(ctx, node)
    finally:
        ctx.frames.pop()
    ctx.frame.names.update({name: value for name, value in module.names.items() if is_shared(name)})
    return found if is_static(found) else None
