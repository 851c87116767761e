"""Derivatives that are called within what is differentiated: `srcdiff.grad(g)(x)`, or a name that stands for one."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from srcdiff.api import Wrt
from srcdiff.frontend.context import Context
from srcdiff.frontend.names import Meaning, Resolver, TextResolver, meaning_of
from srcdiff.frontend.source import FunctionSource
from srcdiff.frontend.values import LibraryValue, Partial, TupleValue, UserFunction, Value
from srcdiff.ir.nodes import Lit

MODES = {f"srcdiff.{mode}": mode for mode in ("grad", "value_and_grad", "vjp", "jvp")}


def derivative(ctx: Context, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """The function that `srcdiff.grad` gives for a function, or, without one, the decorator."""
    if not args:
        return Partial(LibraryValue(name), (), tuple(kwargs.items()))
    function, *options = args
    if not isinstance(function, UserFunction):
        ctx.refuse(
            "within a function, a derivative is only made of a function that a module defines",
            "define the function at the top level, and pass it what it uses as arguments",
        )
    given = [*options, *kwargs.values()]
    wrt = _constant(given[0]) if given else 0
    if len(given) > 1 or set(kwargs) - {"wrt"} or wrt is None:
        ctx.refuse("the only option of a derivative is wrt, which is a literal", 'write `wrt="x"`, `wrt=0`, or a tuple')
    assert ctx.derive is not None
    found = ctx.derive(function.source, MODES[name], wrt)
    ctx.graph.add(found)
    return UserFunction(replace(found, place=ctx.builder.loc))


def _constant(value: Value) -> Wrt | None:
    """A literal wrt."""
    if isinstance(value, Lit) and isinstance(value.value, int | str):
        return value.value
    entries = [_constant(v) for v in value.items] if isinstance(value, TupleValue) else []
    return tuple(e for e in entries if isinstance(e, int | str)) or None


class _Names:
    """What names mean in a derivative's text: its own functions and imports, its constants, else what they meant before."""

    def __init__(self, own: TextResolver, bindings: Mapping[str, object], before: Resolver) -> None:
        self.own, self.bindings, self.before = own, bindings, before

    def resolve(self, name: str) -> Meaning | None:
        if name in self.bindings:
            return meaning_of(self.bindings[name])
        return (self.own if name in self.own.bindings else self.before).resolve(name)

    def attribute(self, meaning: Meaning, name: str) -> Meaning | None:
        return self.before.attribute(meaning, name)


def derivative_source(
    tree: ast.Module, main: str, bindings: Mapping[str, object], of: FunctionSource, request: tuple[str, Wrt]
) -> FunctionSource:
    """The source of a derivative that exists as a tree only; what is refused in it is refused at its function."""
    functions: dict[str, FunctionSource] = {}
    names = _Names(TextResolver(tree, functions, {}, of.file), bindings, of.resolver)
    place = of.loc(of.node)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            identity = (of.identity, request, node.name)
            functions[node.name] = FunctionSource(node.name, node, of.file, of.lines, 0, names, identity, place=place)
    return functions[main]
