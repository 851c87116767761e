"""Generators of the user's own, where something walks through all that they yield.

    for x in halves(a, n):          def halves(x, n):                       def body(x):
        total += x                      for i in range(n):          and         nonlocal total
                                            body(x)                             total += x
                                            x = x / 2

The generator runs as a function that calls the body of the loop where it yields, so that both take turns as they do in
Python. Where Python makes a list, or a sum, of what is yielded, it is a list.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from srcdiff.frontend import attributes, expressions, functions, library_calls, objects
from srcdiff.frontend.classes import UserClass
from srcdiff.frontend.context import Context, is_mutable
from srcdiff.frontend.liveness import Scope, assigned, is_endless, may_break, may_exit, may_return
from srcdiff.frontend.sameness import is_undefined
from srcdiff.frontend.source import FunctionSource
from srcdiff.frontend.storage import bind, read
from srcdiff.frontend.values import (
    BoundMethod,
    ClassValue,
    Closure,
    Generated,
    Instance,
    LibraryValue,
    UserFunction,
    Value,
)
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import UNDEF
from srcdiff.ir.types import Sequence

BODY, ITEM = "<body>", "<item>"
OF_ARRAYS = ("builtins.list", "builtins.tuple", "builtins.sum")
TAKEN_WHOLE = (*OF_ARRAYS, *(f"builtins.{name}" for name in "min max any all sorted".split()), "math.fsum", "math.prod")
_walks = count()
Node = ast.FunctionDef | ast.Lambda


def own_nodes(node: ast.AST) -> list[ast.AST]:
    """The nodes of a function, without those of functions within it."""
    found = list(ast.iter_child_nodes(node))
    for each in found:
        if not isinstance(each, Scope):
            found += ast.iter_child_nodes(each)
    return found


@lru_cache(maxsize=512)
def is_generator(node: Node) -> bool:
    return isinstance(node, ast.FunctionDef) and any(isinstance(n, ast.Yield | ast.YieldFrom) for n in own_nodes(node))


# what is walked through


def generated(ctx: Context, node: ast.expr) -> tuple[Generated, ast.expr | None] | None:
    """What a call of a generator, or enumerate of one, yields, and from where it is counted; None of all else."""
    if isinstance(node, ast.Name):
        known = ctx.lookup(node.id)
        found = of_object(known[1]) if known is not None else None
        return (found, None) if found is not None else None
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name) and node.func.id == "enumerate" and 1 <= len(node.args) <= 2:
        callee = expressions.evaluate(ctx, node.func)
        if isinstance(callee, LibraryValue) and callee.name == "builtins.enumerate" and not node.keywords:
            inner = generated(ctx, node.args[0])
            start = node.args[1] if len(node.args) == 2 else ast.copy_location(ast.Constant(0), node)
            return (inner[0], start) if inner is not None and inner[1] is None else None
    if not gives_generator(ctx, node.func):
        return None
    found = of_object(expressions.evaluate(ctx, node))
    return (found, None) if found is not None else None


def of_object(value: Value) -> Generated | None:
    """What a generator yields, or the __iter__ of an object."""
    if isinstance(value, Generated):  # the argument of a function that takes all that is yielded
        return value
    function = iterator_of(value.cls) if isinstance(value, Instance) else None
    if function is None:
        return None
    assert isinstance(function.node, ast.FunctionDef)
    return Generated(function, function.node, (value,), (), None, None)


def iterator_of(cls: UserClass | None) -> FunctionSource | None:
    """The __iter__ of a class, if it is a generator."""
    found = cls.find("__iter__") if cls is not None else None
    function = found[0].function if found is not None else None
    return function if function is not None and is_generator(function.node) else None


def gives_generator(ctx: Context, node: ast.expr) -> bool:
    """Whether what is called is a generator."""
    if isinstance(node, ast.Attribute):
        base = attributes.evaluate_base(ctx, node.value)
        if not isinstance(base, objects.OBJECTS) or getattr(base, "cls", base) is None:
            return False
        callee: Value = objects.attribute(ctx, base, node.attr)
    elif isinstance(node, ast.Name):
        callee = expressions.evaluate(ctx, node)
    else:
        return False
    while isinstance(callee, BoundMethod):
        callee = callee.function
    if isinstance(callee, ClassValue):
        return iterator_of(callee.cls) is not None
    if isinstance(callee, UserFunction):
        return is_generator(callee.source.node)
    return isinstance(callee, Closure) and is_generator(callee.node)


def walk(ctx: Context, stmt: ast.For, value: Generated, start: ast.expr | None) -> list[ast.stmt]:
    """Lower a loop over what a generator yields; the statements that follow where the loop may return."""
    returns = may_return(stmt.body)
    breaks = may_break(stmt.body) or returns
    if stmt.orelse and breaks:
        ctx.refuse(
            "an `else` after a loop over a generator that may be left is not supported",
            "test what the loop found with `if`",
            stmt,
        )
    frame = ctx.frame
    live = frame.live.head.get(stmt, frozenset()) | frame.live.at(stmt)
    names = assigned([stmt.target, *stmt.body])
    kept = [name for name in names if name in live or ctx.key(name) != name or name in frame.outer]
    counter = f"<count {place_of(stmt)}>" if start is not None else ""
    if start is not None:
        bind(ctx, counter, expressions.evaluate(ctx, start))
        kept.append(counter)
    left, found_value = f"<left {place_of(stmt)}>", f"<found {place_of(stmt)}>"
    if returns:
        bind(ctx, left, literal(False))
        kept += [left, found_value]
    own = [name for name in kept if ctx.key(name) == name and name not in frame.outer]
    number = next(_walks)
    for name in own:  # the body assigns these as an inner function assigns what is around it
        frame.shared[name] = f"<walk {number}>.{name.strip('<>').partition(' ')[0]}"
        frame.names[frame.shared[name]] = frame.names.pop(name, literal(UNDEF))
    calling, frame.calling = frame.calling, frame.calling | live
    body = Closure(body_of(stmt, tuple(kept), counter), frame, {})
    functions.inline(
        ctx,
        value.source,
        pushing(value.node, breaks),
        [*value.args],
        {**dict(value.kwargs), BODY: body},
        value.parent,
        value.defaults,
    )
    frame.calling = calling
    for name in own:
        found = frame.names.pop(frame.shared.pop(name), None)
        if not is_undefined(found):
            frame.names[name] = found  # type: ignore[assignment]
    frame.names.pop(counter, None)
    if not returns:
        return []
    leave = ast.Return(ast.Name(found_value, ast.Load()))
    return [located(ast.If(ast.Name(left, ast.Load()), [leave], []), stmt)]


def place_of(stmt: ast.stmt) -> str:
    """Where a statement is, as a part of a name that no other has."""
    return f"{stmt.lineno} {stmt.col_offset}"


@lru_cache(maxsize=512)
def pushing(node: ast.FunctionDef, breaks: bool) -> ast.FunctionDef:
    """A generator that calls the body of a loop where it yields, and ends where that says so."""
    found = Pushing(breaks).visit(copy.deepcopy(node))
    found.args.kwonlyargs.append(ast.arg(BODY))
    found.args.kw_defaults.append(None)
    found.decorator_list = []
    return located(found, node)


@dataclass
class Pushing(ast.NodeTransformer):
    """yield v   ->   <body>(v), or `if <body>(v): return`"""

    breaks: bool
    outermost: bool = True

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if not self.outermost:
            return node
        self.outermost = False
        return self.generic_visit(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        match node.value:
            case ast.Yield(value=value):
                return located(self.handed(value or ast.Constant(None)), node)
            case ast.YieldFrom(value=value):
                step = self.handed(ast.Name(ITEM, ast.Load()))
                return located(ast.For(ast.Name(ITEM, ast.Store()), value, [step], []), node)
        return node

    def handed(self, value: ast.expr) -> ast.stmt:
        call = ast.Call(ast.Name(BODY, ast.Load()), [value], [])
        return ast.If(call, [ast.Return(None)], []) if self.breaks else ast.Expr(call)


@lru_cache(maxsize=512)
def body_of(stmt: ast.For, kept: tuple[str, ...], counter: str) -> ast.FunctionDef:
    """The body of a loop as an inner function, which says whether the loop is left."""
    item: ast.expr = ast.Name(ITEM, ast.Load())
    first: list[ast.stmt] = [ast.Nonlocal([*kept])] if kept else []
    if counter:
        first.append(ast.Assign([stmt.target], ast.Tuple([ast.Name(counter, ast.Load()), item], ast.Load())))
        first.append(ast.AugAssign(ast.Name(counter, ast.Store()), ast.Add(), ast.Constant(1)))
    else:
        first.append(ast.Assign([stmt.target], item))
    body = Leaving(place_of(stmt)).block(copy.deepcopy(stmt.body)) if may_exit(stmt.body) else stmt.body
    arguments = ast.arguments([], [ast.arg(ITEM)], None, [], [], None, [])
    last = ast.Return(ast.Constant(False))
    return located(ast.FunctionDef(BODY, arguments, [*first, *body, last], []), stmt)


@dataclass
class Leaving(ast.NodeTransformer):
    """break, return v   ->   return True, after v was kept; continue   ->   return False"""

    place: str
    loops: int = 0

    def visit_Break(self, node: ast.Break) -> Any:
        return node if self.loops else located(ast.Return(ast.Constant(True)), node)

    def visit_Continue(self, node: ast.Continue) -> Any:
        return node if self.loops else located(ast.Return(ast.Constant(False)), node)

    def visit_Return(self, node: ast.Return) -> Any:
        left: ast.stmt = ast.Assign([ast.Name(f"<left {self.place}>", ast.Store())], ast.Constant(True))
        value = node.value or ast.Constant(None)
        found: ast.stmt = ast.Assign([ast.Name(f"<found {self.place}>", ast.Store())], value)
        return [located(made, node) for made in (left, found, ast.Return(ast.Constant(True)))]

    def inner_loop(self, node: ast.For | ast.While) -> Any:
        self.loops += 1
        node.body = self.block(node.body)
        self.loops -= 1
        node.orelse = self.block(node.orelse)
        return node

    visit_For = visit_While = inner_loop

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return node

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for stmt in body:
            new = self.visit(stmt)
            found += new if isinstance(new, list) else [new]
        return found


def located(made: Any, node: ast.AST) -> Any:
    """Nodes that are made, at the place of that for which they stand."""
    for each in ast.walk(made):
        if "lineno" in each._attributes and not hasattr(each, "lineno"):
            ast.copy_location(each, node)
    return made


# what is made of all values


def listed(ctx: Context, name: str, args: list[Value]) -> list[Value]:
    """The arguments of a function that takes all that a generator yields, with a list in place of it."""
    found: list[Value] = []
    for value in args:
        value = (of_object(value) if name in TAKEN_WHOLE else None) or value
        if isinstance(value, Generated) and name in TAKEN_WHOLE:
            if any(
                isinstance(n, ast.While) and is_endless(n) and not may_break(n.body) and not may_return(n.body)
                for n in own_nodes(value.node)
            ):
                ctx.refuse(f"{value.node.name} never ends", "leave a loop over it with `break`")
            value = library_calls.from_prelude(ctx, "listed", [value])
            t = read(ctx, value).type
            if name not in OF_ARRAYS and isinstance(t, Sequence) and is_mutable(t.elem) is True:
                ctx.refuse(
                    f"{name.removeprefix('builtins.')}() of arrays that a generator yields is not supported",
                    "loop over them",
                )
        found.append(value)
    return found
