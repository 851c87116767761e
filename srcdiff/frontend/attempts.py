"""with and try: what runs is lowered where it is known which path runs, and refused where only the run can tell."""

from __future__ import annotations

import ast
from collections.abc import Callable as Function

from srcdiff.errors import Refusal, readable
from srcdiff.frontend import expressions, objects, statements, targets
from srcdiff.frontend.calls import UNKNOWN_EFFECTS
from srcdiff.frontend.context import Attempt, Context
from srcdiff.frontend.guards import may_raise, meets, number_test, raised_since, raised_so_far
from srcdiff.frontend.library import library_object
from srcdiff.frontend.liveness import RETURN_NAME, Names, may_exit, reads
from srcdiff.frontend.merge import RAISE, Exit, branch
from srcdiff.frontend.storage import bind, read
from srcdiff.frontend.values import ClassValue, Instance, LibraryValue, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import NEXT, UNDEF, Atom, Block, Lit, Op, Stmt
from srcdiff.ir.walk import statements as all_statements

# context managers that change no value
SILENT = ("numpy.errstate", "warnings.catch_warnings", "contextlib.nullcontext", "numpy.printoptions")


def with_statement(ctx: Context, stmt: ast.With, remaining: Function[[], Exit]) -> Exit:
    """Lower a with, and the rest of the block after it."""
    leaving: list[Instance] = []
    for item in stmt.items:
        manager = enter(ctx, item, stmt)
        if manager is not None:
            leaving.append(manager)
    if leaving and may_exit(stmt.body):
        ctx.refuse(
            "a return, break or continue that leaves this `with` is not supported",
            "assign the result within it, and leave after it",
            stmt,
        )

    before = raised_so_far(ctx), tried(ctx)

    def rest() -> Exit:
        if leaving and (raised_since(ctx, before[0]) or tried(ctx) != before[1]):
            ctx.refuse(
                "an exception that leaves this `with` on its way to its handler is not supported",
                "put the try into the `with`",
                stmt,
            )
        for manager in reversed(leaving):
            nothing: list[Value] = [literal(None), literal(None), literal(None)]
            objects.call_method(ctx, manager, "__exit__", nothing, {})
        return remaining()

    return statements.block(ctx, stmt.body, ctx.block_live, rest)


def tried(ctx: Context) -> int:
    """How many operations are tried before they are done."""
    return sum(len(attempt.guarded) for attempt in ctx.attempts) + sum(len(region.guards) for region in ctx.regions)


def enter(ctx: Context, item: ast.withitem, stmt: ast.With) -> Instance | None:
    """Enter a context manager: an object of the user's, or one of the library's that changes no value."""
    call = item.context_expr
    if isinstance(call, ast.Call):
        name = expressions.evaluate(ctx, call.func) if isinstance(call.func, (ast.Name, ast.Attribute)) else None
        if isinstance(name, LibraryValue):
            if name.name not in SILENT:
                ctx.refuse(
                    f"`with {readable(name.name)}()` is not supported",
                    UNKNOWN_EFFECTS.get(name.name, "write what it does without `with`"),
                    call,
                )
            silent(ctx, name.name, call)
            if item.optional_vars is not None:
                ctx.refuse(f"{readable(name.name)}() gives nothing to name", "leave out the `as`", item.optional_vars)
            return None
    manager = expressions.evaluate(ctx, call)
    if not isinstance(manager, Instance) or manager.cls is None:
        ctx.refuse(
            "what this `with` enters and leaves is not known",
            "write what it does without `with`, or use an object of a class of your own",
            call,
        )
    entered = objects.call_method(ctx, manager, "__enter__", [], {})
    if item.optional_vars is not None:
        targets.assign(ctx, item.optional_vars, entered)
    return manager


def silent(ctx: Context, name: str, call: ast.Call) -> None:
    """Check that a context manager of the library only hides warnings."""
    for keyword in call.keywords:
        value = getattr(keyword.value, "value", None)
        if name == "numpy.errstate" and value not in ("ignore", "warn"):
            ctx.refuse(
                "np.errstate that raises or calls is not supported", "test for the condition with `if`", keyword.value
            )
    if name == "contextlib.nullcontext" and call.args:
        ctx.refuse("nullcontext() with a value is not supported", "assign the value: `y = x`", call)


# try


def try_statement(ctx: Context, stmt: ast.Try, remaining: Function[[], Exit]) -> Exit:
    """Lower a try: a raise within it goes to its handler; what else might raise what it catches is refused."""
    if may_exit(stmt.finalbody):
        ctx.refuse("leaving a `finally` is not supported", "return after the try", _leaving(stmt.finalbody))
    frame = ctx.frame
    live = ctx.block_live | frame.live.at(stmt) | {RETURN_NAME}
    kinds = [exceptions_of(ctx, handler) for handler in stmt.handlers]
    aside = frozenset().union(*(reads(n) for n in (*stmt.handlers, *stmt.finalbody)))
    attempt = Attempt(kinds, len(ctx.frames), live | aside)
    attempt.named = frozenset(k for k, handler in enumerate(stmt.handlers) if uses_exception(handler))
    outside = raised_so_far(ctx)
    ctx.attempts.append(attempt)
    frame.names |= {attempt.key: literal(-1), attempt.error: literal(UNDEF)}
    body = ctx.builder.blocks[-1].body
    start = len(body)
    try:
        code = statements.block(ctx, stmt.body, live)
    finally:
        ctx.attempts.pop()
    check_raises(ctx, attempt, body[start:])
    for outer in ctx.attempts:
        outer.guarded |= attempt.guarded
    code = dispatch(ctx, stmt, attempt, code, live, outside)
    ctx.frame.names.pop(attempt.key, None)
    ctx.frame.names.pop(attempt.error, None)
    if code == RAISE:
        return RAISE
    if stmt.finalbody:
        statements.block(ctx, stmt.finalbody, live)
    return statements.resume(ctx, code, remaining, ctx.live(live))


def uses_exception(handler: ast.ExceptHandler) -> bool:
    """Whether a handler names what was raised and reads it, or raises it again."""
    within = [n for stmt in handler.body for n in ast.walk(stmt)]
    return any(
        isinstance(n, ast.Raise) and n.exc is None or isinstance(n, ast.Name) and n.id == handler.name for n in within
    )


def exceptions_of(ctx: Context, handler: ast.ExceptHandler) -> tuple[type[BaseException], ...]:
    """The exceptions that a handler names."""
    if handler.type is None:
        return (BaseException,)
    value = expressions.evaluate(ctx, handler.type)
    found: list[type[BaseException]] = []
    for item in value.items if isinstance(value, TupleValue) else (value,):
        thing: object = library_object(item.name) if isinstance(item, LibraryValue) else None
        thing = item.cls.exception if isinstance(item, ClassValue) else thing
        if not isinstance(thing, type) or not issubclass(thing, BaseException):
            ctx.refuse("what this handler catches is not known", "name a class of exceptions", handler.type)
        found.append(thing)
    return tuple(found)


def caught_by(ctx: Context, raised: type[BaseException], error: Function[[], Atom]) -> Attempt | None:
    """The try whose handler takes an exception that is raised here; its number is noted, and `error`, where it is used."""
    for attempt in reversed(ctx.attempts):
        for k, kinds in enumerate(attempt.kinds):
            if issubclass(raised, kinds):
                attempt.caught = True
                ctx.frame.names[attempt.key] = literal(k)
                if k in attempt.named:
                    ctx.frame.names[attempt.error] = error()
                return attempt
    return None


def dispatch(
    ctx: Context, stmt: ast.Try, attempt: Attempt, code: Exit, live: Names, outside: list[Value | None]
) -> Exit:
    """Go on in the handler of what was raised, or in the else; `outside` is what the tries around it had caught."""

    beyond = any(ctx.frame.names.get(outer.key) is not before for outer, before in zip(ctx.attempts, outside))

    def normal() -> Exit:
        leaves = attempt.caught and not beyond and not leaves_normally(stmt.body)
        plain = NEXT if leaves and code != RAISE else code
        if not stmt.orelse:
            return plain
        return statements.resume(ctx, plain, lambda: statements.block(ctx, stmt.orelse, live), ctx.live(live))

    if not attempt.caught:
        return normal()
    raised = read(ctx, ctx.frame.names[attempt.key])

    def handle(k: int) -> Exit:
        if k == len(stmt.handlers):
            return normal()
        handler = stmt.handlers[k]

        def run() -> Exit:
            if handler.name is not None and k in attempt.named:
                bind(ctx, handler.name, ctx.frame.names[attempt.error])
            ctx.handling.append(attempt)
            try:
                return statements.block(ctx, handler.body, live)
            finally:
                ctx.handling.pop()

        if isinstance(raised, Lit):
            return run() if raised.value == k else handle(k + 1)
        test, _ = number_test(ctx, raised, range(k, k + 1))
        return branch(ctx, test, run, lambda: handle(k + 1), ctx.live(live))

    return handle(0)


def _leaving(body: list[ast.stmt]) -> ast.stmt:
    """The statement that leaves a body."""
    return next(
        (n for stmt in body for n in ast.walk(stmt) if isinstance(n, (ast.Return, ast.Break, ast.Continue))), body[0]
    )


def leaves_normally(body: list[ast.stmt]) -> bool:
    """Whether a body has a return, break or continue."""
    return any(isinstance(n, (ast.Return, ast.Break, ast.Continue)) for stmt in body for n in ast.walk(stmt))


def check_raises(ctx: Context, attempt: Attempt, body: list[Stmt]) -> None:
    """Refuse what might raise an exception that a handler catches, where only the run can tell."""
    caught = tuple(kind for kinds in attempt.kinds for kind in kinds)
    for stmt in all_statements(Block(body=list(body))):
        shield = attempt.guarded.get(stmt.out, ()) if isinstance(stmt, Op) else ()
        for kind in may_raise(stmt):
            if meets(kind, caught) and not (shield and (set(caught) <= set(shield) or issubclass(kind, shield))):
                what, way = "a call", "return a value that says so"
                if isinstance(stmt, Op):
                    what, way = readable(stmt.fn), "do it in a statement of its own"
                raise Refusal(
                    f"whether {what} raises an exception that is caught is only known when it runs",
                    stmt.loc,
                    f"{way}, or test for the condition with `if`",
                )
