"""Comprehensions, which are loops that append: `[f(x) for x in xs]`."""

from __future__ import annotations

import ast

from srcdiff.frontend import calls, passing
from srcdiff.frontend.context import Context
from srcdiff.frontend.storage import new_cell, read
from srcdiff.frontend.values import Closure, Ref, Value

RESULT = "<result>"


def comprehension(ctx: Context, node: ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp) -> Value:
    """The list or dict of a comprehension, made by an inner function with the loop in it."""
    if any(isinstance(n, ast.NamedExpr) for n in ast.walk(node)):
        ctx.refuse("`:=` in a comprehension is not supported", "write the loop out", node)
    result = ast.Name(RESULT, ast.Load())
    if isinstance(node, ast.DictComp):
        empty: ast.expr = ast.Dict([], [])
        step: ast.stmt = ast.Assign([ast.Subscript(result, node.key, ast.Store())], node.value)
    else:
        empty = ast.List([], ast.Load())
        step = ast.Expr(ast.Call(ast.Attribute(result, "append", ast.Load()), [node.elt], []))
    for generator in reversed(node.generators):
        if generator.is_async:
            ctx.refuse("an async comprehension is not supported", "use a plain one", node)
        for test in reversed(generator.ifs):
            step = ast.If(test, [step], [])
        step = ast.For(generator.target, generator.iter, [step], [])
    body = [ast.Assign([ast.Name(RESULT, ast.Store())], empty), step, ast.Return(ast.Name(RESULT, ast.Load()))]
    arguments = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    inner = ast.FunctionDef("<comprehension>", arguments, body, [])
    for made in ast.walk(inner):
        if "lineno" in made._attributes and not hasattr(made, "lineno"):
            ast.copy_location(made, node)
    found = calls.inline_closure(ctx, Closure(inner, ctx.frame, {}), [], {})
    if isinstance(node, ast.SetComp):
        return Ref(new_cell(ctx, "", ctx.emit("builtins.set", read(ctx, found))))
    return passing.marked(ctx, found, "iterator") if isinstance(node, ast.GeneratorExp) else found
