"""Python to SSA: the whole frontend behind one function.

def f(x): y = x * x; return y    ->    function f(x): y = operator.mul(x, x); return y
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from srcdiff.errors import Loc, Refusal
from srcdiff.frontend.callgraph import CallGraph, call_graph
from srcdiff.frontend.context import Context, Derive, Growing
from srcdiff.frontend.functions import program_name, settle
from srcdiff.frontend.source import FunctionSource, Target
from srcdiff.ir.builder import Builder, Infer, Rewrite
from srcdiff.ir.nodes import Program
from srcdiff.ir.types import Type


@dataclass
class Lowered:
    """A program, and what is only right of it if some values are numbers."""

    program: Program
    doubts: list[Refusal]


def lower(
    source: FunctionSource,
    infer: Infer,
    rewrite: Rewrite | None,
    types: Mapping[str, Type] = {},
    graph: CallGraph | None = None,
    derive: Derive | None = None,
) -> Lowered:
    """The program of a function and of what it calls; `types` overrides what its annotations say of its parameters.

    `graph` is the function's, where it is known already; `derive` makes the derivatives that the function calls.
    """
    home = source.resolver.inner if isinstance(source.resolver, Target) else source.resolver
    graph, growing = graph or call_graph(source), frozenset[Loc | None]()
    while True:
        ctx = Context(Builder(infer, rewrite), graph, types, derive, home=home, growing=growing)
        ctx.main = program_name(ctx, source)
        try:
            ctx.functions[ctx.main] = settle(ctx, source, dict(types), 1, is_main=True)
            return Lowered(Program(ctx.main, ctx.functions), ctx.doubts)
        except Growing as found:
            growing |= {found.place}
