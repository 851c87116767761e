"""Statements: each block of them yields an exit code."""

from __future__ import annotations

import ast
from collections.abc import Callable as Function

from srcdiff.frontend import (
    attempts,
    calls,
    containers,
    expressions,
    generators,
    guards,
    iteration,
    loops,
    operators,
    patterns,
    targets,
)
from srcdiff.frontend.changes import import_bindings
from srcdiff.frontend.context import Context, constant_type
from srcdiff.frontend.library import changes_nothing, library_object
from srcdiff.frontend.liveness import (
    RETURN_NAME,
    Names,
    always_exits,
    ends_once,
    is_endless,
    may_break,
    may_exit,
    may_return,
)
from srcdiff.frontend.merge import RAISE, Exit, branch
from srcdiff.frontend.names import Ambiguous, Module, imported
from srcdiff.frontend.patterns import PatternBinding
from srcdiff.frontend.storage import bind, in_cells, read
from srcdiff.frontend.values import ClassValue, Closure, LibraryValue, ModuleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import BREAK, CONTINUE, NEXT, RETURN, Atom, Const, Lit

HINTS = {
    ast.ClassDef: "define the class outside of the function",
    ast.AsyncFunctionDef: "use a plain function",
    ast.AsyncFor: "use a plain for",
    ast.AsyncWith: "use a plain with",
    ast.TryStar: "use a plain `except`",
}
NAMES = {ast.TryStar: "except*", ast.ClassDef: "class", ast.AsyncFunctionDef: "async def"}

MAXIMUM_UNROLLED = 4000  # iterations of loops that are written out, in all of a function


def condition(ctx: Context, node: ast.expr) -> Atom:
    """A test's atom."""
    return operators.tested(ctx, node)


def block(ctx: Context, body: list[ast.stmt], live_out: Names, rest: Function[[], Exit] | None = None) -> Exit:
    """Lower statements, and then the rest; the exit code."""
    before, ctx.block_live = ctx.block_live, live_out
    region = guards.open_region(ctx)
    try:
        return guards.close_region(ctx, region, _block(ctx, body, rest or (lambda: NEXT)))
    finally:
        ctx.block_live = before


def _block(ctx: Context, body: list[ast.stmt], rest: Function[[], Exit]) -> Exit:
    live_out = ctx.block_live
    for k, stmt in enumerate(body):
        ctx.frame.calling, ctx.frame.statement = ctx.frame.live.at(stmt), stmt

        def remaining(k: int = k) -> Exit:
            return block(ctx, body[k + 1 :], live_out, rest)

        with ctx.at(stmt):
            if isinstance(stmt, ast.If):
                code = if_statement(ctx, stmt, remaining, k + 1 == len(body))
                if code is not None:
                    return code
                continue
            if isinstance(stmt, ast.With):
                return attempts.with_statement(ctx, stmt, remaining)
            if isinstance(stmt, ast.Try):
                return attempts.try_statement(ctx, stmt, remaining)
            if isinstance(stmt, ast.For) and (yielded := generators.generated(ctx, stmt.iter)) is not None:
                after = generators.walk(ctx, stmt, *yielded)
                if stmt.orelse or after:
                    return block(ctx, [*stmt.orelse, *after], live_out, remaining)
                continue
            if isinstance(stmt, (ast.For, ast.While)):
                code = loop(ctx, stmt, remaining)
                if code is not None:
                    return code
                continue
            code = statement(ctx, stmt)
        if code != NEXT:
            return code
    return rest()


def loop(ctx: Context, stmt: ast.For | ast.While, remaining: Function[[], Exit]) -> Exit | None:
    """Lower a loop, one over known elements one by one, and the rest of the block where it must; None if that goes on after it."""
    before = guards.raised_so_far(ctx)
    once: iteration.Once = {}
    items = iteration.static_items(ctx, stmt, once) if isinstance(stmt, ast.For) else None
    if items is None or isinstance(stmt, ast.While):
        code: Exit = loops.lower_loop(ctx, iteration.plan(ctx, stmt, once))
    elif may_return(stmt.body) and not may_break(stmt.body) and ends_once(stmt.body):
        live_out, orelse = ctx.block_live, stmt.orelse
        return unrolled(ctx, stmt, items, once, lambda: block(ctx, orelse, live_out, remaining))
    else:
        code = unrolled(ctx, stmt, items, once)
    raised = bool(guards.raised_since(ctx, before))
    if code == RAISE:
        return code
    if _falls_through(stmt) and not raised:
        return None
    return loops.go_on(ctx, stmt, literal(code) if isinstance(code, int) else code, remaining, raised)


def unrolled(
    ctx: Context, stmt: ast.For, items: list[Value], once: iteration.Once, rest: Function[[], Exit] | None = None
) -> Exit:
    """Lower a loop over known elements, each where the one before has not left it; and the rest, into its one open end."""
    live, frame = iteration.walks_live(stmt), ctx.frame
    leaves = may_break(stmt.body) or may_return(stmt.body) or bool(ctx.attempts)
    head = frame.live.head.get(stmt, frozenset()) | ctx.block_live
    beyond = ctx.live(head | frame.live.at(stmt) | {RETURN_NAME})
    frame.leaving.append(frame.live.leaving.get(stmt, frozenset()) | head)

    def from_element(k: int) -> Exit:
        now = iteration.static_items(ctx, stmt, once) if live and k else items
        if k == len(items):
            if now is not None and len(now) != k:
                ctx.refuse(
                    "this loop changes how many elements it walks through", "walk through a copy: `list(x)`", stmt.iter
                )
            return rest() if rest is not None else NEXT
        ctx.unrolled[0] += 1
        if ctx.unrolled[0] > MAXIMUM_UNROLLED:
            ctx.refuse(
                "loops within one another over elements that are written out would be a text without end",
                "loop over a range or an array",
                stmt.iter,
            )
        targets.assign(ctx, stmt.target, now[k] if now is not None and k < len(now) else items[k])
        if rest is not None:
            return block(ctx, stmt.body, head, lambda: from_element(k + 1))
        code = block(ctx, stmt.body, head)
        if not leaves or code in (NEXT, CONTINUE):
            return from_element(k + 1)
        if isinstance(code, int):
            return code
        goes_on = ctx.emit("operator.lt", code, literal(BREAK))
        return branch(ctx, goes_on, lambda: from_element(k + 1), lambda: code, beyond)

    code = from_element(0)
    frame.leaving.pop()
    return code


def _falls_through(stmt: ast.For | ast.While) -> bool:
    """Whether nothing but the end of a loop, or break, leads on, and there is no else."""
    endless = isinstance(stmt, ast.While) and is_endless(stmt) and always_exits([stmt])
    return not (stmt.orelse or endless or may_return([stmt]))


def if_statement(ctx: Context, stmt: ast.If, remaining: Function[[], Exit], last: bool) -> Exit | None:
    """Lower an If, with the rest of the block in it where an arm exits; None if the block goes on after it."""
    test = condition(ctx, stmt.test)
    frame = ctx.frame
    after = frame.live.after.get(stmt, frozenset())
    live_out = ctx.block_live

    def arm(body: list[ast.stmt], then: Function[[], Exit] | None) -> Function[[], Exit]:
        return lambda: block(ctx, body, live_out if then is not None else after, then)

    exits = may_exit(stmt.body) or may_exit(stmt.orelse) or bool(ctx.attempts)  # an arm may end in a handler
    if not exits:
        branch(
            ctx,
            test,
            arm(stmt.body, None),
            arm(stmt.orelse, None),
            ctx.live(after) if frame.leaving else after | frame.live.always,
        )
        return None
    live = ctx.live(live_out | {RETURN_NAME})
    then_exits, else_exits = always_exits(stmt.body), always_exits(stmt.orelse)
    if then_exits or else_exits or last:
        then = arm(stmt.body, None if then_exits else remaining)
        orelse = arm(stmt.orelse, None if else_exits else remaining)
        return branch(ctx, test, then, orelse, live)
    code = branch(ctx, test, arm(stmt.body, None), arm(stmt.orelse, None), ctx.live(live | after))
    return resume(ctx, code, remaining, live)


def resume(ctx: Context, code: Exit, remaining: Function[[], Exit], live: Names) -> Exit:
    """Go on with the rest of a block only where the code is NEXT."""
    if isinstance(code, int):
        return remaining() if code == NEXT else code
    test = ctx.emit("operator.eq", code, literal(NEXT))
    return branch(ctx, test, remaining, lambda: code, live)


def statement(ctx: Context, stmt: ast.stmt) -> Exit:
    match stmt:
        case ast.Assign(targets=places, value=value):
            found = expressions.evaluate(ctx, value)
            if len(places) > 1:  # all mean the same storage
                found = in_cells(ctx, found)
            for place in places:
                targets.assign(ctx, place, found)
        case ast.AugAssign():
            targets.augmented(ctx, stmt)
        case ast.AnnAssign(target=place, value=ast.expr() as value):
            targets.assign(ctx, place, expressions.evaluate(ctx, value))
        case ast.AnnAssign() | ast.Pass() | ast.Global() | ast.Nonlocal():
            pass
        case PatternBinding():
            patterns.bind_pattern(ctx, stmt)
        case ast.Expr(value=ast.Constant()):
            pass
        case ast.Expr(value=value):
            expressions.evaluate(ctx, value)
        case ast.Return(value=value):
            found = expressions.evaluate(ctx, value) if value is not None else literal(None)
            bind(ctx, RETURN_NAME, found)
            return RETURN
        case ast.Break():
            return BREAK
        case ast.Continue():
            return CONTINUE
        case ast.Assert(test=test, msg=message):
            parts = [condition(ctx, test)] + ([expressions.atom(ctx, message)] if message is not None else [])
            if not (isinstance(parts[0], Lit) and parts[0].value):
                ctx.emit("assert", *parts)
        case ast.Raise():
            return raise_statement(ctx, stmt)
        case ast.Delete(targets=places):
            for place in places:
                delete(ctx, place)
        case ast.Import() | ast.ImportFrom():
            local_import(ctx, stmt)
        case ast.FunctionDef():
            inner_function(ctx, stmt)
        case _:
            keyword = NAMES.get(type(stmt)) or type(stmt).__name__.lower()
            ctx.refuse(
                f"`{keyword}` is not supported in a function to be differentiated", HINTS.get(type(stmt), ""), stmt
            )
    return NEXT


def raise_statement(ctx: Context, stmt: ast.Raise) -> Exit:
    if stmt.exc is None:
        error = ctx.frame.names.get(ctx.handling[-1].error) if ctx.handling else None
        if error is None or ctx.attempts:
            ctx.refuse("a bare `raise` has nothing to raise here", "name the exception", stmt)
        ctx.emit("raise", read(ctx, error))
        return RAISE
    exc = stmt.exc
    kind = exception_kind(ctx, exc)
    if kind is not None and attempts.caught_by(ctx, kind, lambda: caught_value(ctx, exc)) is not None:
        return RETURN
    ctx.emit("raise", raised_value(ctx, exc))
    return RAISE


def raised_value(ctx: Context, node: ast.expr) -> Atom:
    """The exception that a raise makes."""
    own = expressions.evaluate(ctx, node.func if isinstance(node, ast.Call) else node)
    if isinstance(own, ClassValue):
        return own_exception(ctx, own, node)
    value = expressions.evaluate(ctx, node)
    return ctx.emit(value.name) if isinstance(value, LibraryValue) else read(ctx, value)


def caught_value(ctx: Context, node: ast.expr) -> Atom:
    """The exception that a raise makes, for a handler that uses it."""
    value = expressions.evaluate(ctx, node.func if isinstance(node, ast.Call) else node)
    if isinstance(value, ClassValue):
        return own_exception(ctx, value, node)
    args, kwargs = calls.arguments(ctx, node) if isinstance(node, ast.Call) else ([], {})
    named = {name: read(ctx, v) for name, v in kwargs.items()}
    return ctx.emit("exception", read(ctx, value), *(read(ctx, a) for a in args), **named)


def own_exception(ctx: Context, value: ClassValue, node: ast.expr) -> Atom:
    """An exception of a class of the user's: made by the class itself, when it is raised."""
    cls = value.cls
    if cls.exception is None:
        ctx.refuse(f"{cls.name} is no exception", "derive it from Exception", node)
    made = Const(cls.name, constant_type(cls.exception), cls.live)
    args, kwargs = calls.arguments(ctx, node) if isinstance(node, ast.Call) else ([], {})
    named = {name: read(ctx, v) for name, v in kwargs.items()}
    return ctx.emit("exception", made, *(read(ctx, a) for a in args), **named)


def exception_kind(ctx: Context, node: ast.expr) -> type[BaseException] | None:
    """The class of an exception that is raised by its name, or by a call of it."""
    value = expressions.evaluate(ctx, node.func if isinstance(node, ast.Call) else node)
    if isinstance(value, ClassValue):
        return value.cls.exception
    thing = library_object(value.name) if isinstance(value, LibraryValue) else None
    if isinstance(thing, type) and issubclass(thing, BaseException):
        return thing
    if ctx.attempts:
        ctx.refuse("what is raised here is not known", "raise one of Python's own exceptions by its name", node)
    return None


def delete(ctx: Context, place: ast.expr) -> None:
    if isinstance(place, ast.Tuple):
        for inner in place.elts:
            delete(ctx, inner)
        return
    if isinstance(place, ast.Subscript):
        base = expressions.evaluate(ctx, place.value)
        containers.delete_item(ctx, base, expressions.evaluate(ctx, place.slice))
        return
    if not isinstance(place, ast.Name):
        ctx.refuse("`del` of an attribute is not supported", "make a new object without it", place)
    if ctx.key(place.id) != place.id:
        ctx.refuse(f"`del` of {place.id}, which inner functions use, is not supported", "leave the del out", place)
    if place.id not in ctx.frame.names:
        ctx.refuse(f"{place.id} is deleted before it is assigned", "leave the del out", place)
    del ctx.frame.names[place.id]


def local_import(ctx: Context, stmt: ast.Import | ast.ImportFrom) -> None:
    if any(alias.name == "*" for alias in stmt.names):
        ctx.refuse("`import *` is not possible within a function", "name what you import", stmt)
    for name, dotted in import_bindings(stmt):
        found = imported(dotted, ctx.frame.source.file)
        if isinstance(found, Ambiguous):
            ctx.refuse(found.why, "keep its file beside this one, or pass what you need of it as an argument", stmt)
        if isinstance(found, Module):
            ctx.frame.names[name] = ModuleValue(found, found.source.resolver)
        else:
            bind(ctx, name, expressions.meaning_value(ctx, found, name))


def inner_function(ctx: Context, stmt: ast.FunctionDef) -> None:
    value: Value = Closure(stmt, ctx.frame, expressions.defaults_of(ctx, stmt.args))
    for decorator in reversed(stmt.decorator_list):
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        found = expressions.evaluate(ctx, function)
        if isinstance(found, LibraryValue) and changes_nothing(decorator, found.name):
            continue
        value = calls.apply(ctx, expressions.evaluate(ctx, decorator), [value], {}, decorator)
    bind(ctx, stmt.name, value)
