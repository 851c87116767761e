"""The defaults of parameters: objects of a live function, constants of a text."""

from __future__ import annotations

import ast

from srcdiff.frontend import expressions, outside_objects
from srcdiff.frontend.context import Context, constant_type
from srcdiff.frontend.liveness import Liveness
from srcdiff.frontend.names import Meaning, literal_text, meaning_of
from srcdiff.frontend.names import Value as Outside
from srcdiff.frontend.source import FunctionSource
from srcdiff.frontend.static_containers import is_static
from srcdiff.frontend.storage import read
from srcdiff.frontend.values import Frame, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Const, Var


def default_values(ctx: Context, source: FunctionSource, node: ast.FunctionDef | ast.Lambda) -> dict[str, Value]:
    """The defaults of a function that is defined outside: objects of a live one, else constants of the text."""
    if source.defaults is None:
        frame = Frame(source, {}, frozenset(), Liveness())
        ctx.frames.append(frame)
        try:
            return expressions.defaults_of(ctx, node.args)
        finally:
            ctx.frames.pop()
    found: dict[str, Value] = {}
    for name, value in source.defaults.items():
        if value is None or type(value) in (bool, int, float, str):
            found[name] = literal(value)
        elif callable(value) or outside_objects.is_user_object(value):
            found[name] = expressions.meaning_value(ctx, meaning_of(value), f"{source.name}_{name}")
        else:
            text = literal_text(value)
            outer = ctx.outer_name(f"{source.name}_{name}", value, text)
            found[name] = Const(outer, constant_type(value), value, text)
    return found


def default_atom(ctx: Context, source: FunctionSource, name: str, defaults: dict[str, Value]) -> Atom:
    """The default of a parameter of a function that is not inlined."""
    if is_static(defaults[name]):
        ctx.refuse(f"the default of {name} is an object or a function", "use it as a global of the module")
    atom = read(ctx, defaults[name])
    if not isinstance(atom, Var):
        return atom
    spec = source.node.args  # a tuple or a list that is written out: made once, where the module is loaded
    positional = [*spec.posonlyargs, *spec.args]
    given = [*zip(positional[::-1], spec.defaults[::-1]), *zip(spec.kwonlyargs, spec.kw_defaults)]
    text = next(ast.unparse(node) for parameter, node in given if parameter.arg == name and node is not None)
    return Const(ctx.outer_name(f"{source.name}_{name}", None, text), atom.type, None, text)


def default_value(ctx: Context, meaning: Meaning, name: str) -> Value:
    """The default of a field: a number is written out."""
    if isinstance(meaning, Outside) and type(meaning.value) in (bool, int, float, str):
        return literal(meaning.value)
    return expressions.meaning_value(ctx, meaning, name)
