"""Operations within a try that may raise what it catches: each is tried first, and goes on only where it can.

    try: y = math.log(x)            if raises(ValueError, math.log, x): y = 0.0
    except ValueError: y = 0.0  ->  else: y = math.log(x)

A region is what a block of the try's body lowers to. When it is done, it is parted at each of these operations: what
follows goes into the other arm of a branch, whose first arm starts from the state in which the operation found things.
"""

from __future__ import annotations

from collections.abc import Callable as Function

import numpy as np

from srcdiff.frontend.context import Attempt, Context, Guard, Region
from srcdiff.frontend.library import is_library_module, library_object
from srcdiff.frontend.merge import Exit, branch
from srcdiff.frontend.sameness import same_value
from srcdiff.frontend.storage import read
from srcdiff.frontend.values import LibraryValue, Value, is_shared
from srcdiff.ir.builder import is_effect, literal
from srcdiff.ir.nodes import RETURN, Atom, If, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import BOOL, SLICE, Array, Dict, Sequence, Tuple, is_scalar
from srcdiff.ir.walk import operands, outs

Kinds = tuple[type[BaseException], ...]

SAFE = frozenset("""
    operator.add operator.sub operator.mul operator.neg operator.pos operator.lt operator.le operator.gt operator.ge
    operator.eq operator.ne operator.not_ operator.is_ operator.is_not operator.contains srcdiff.stop_gradient
    """.split())
MAKERS = frozenset("""
    tuple list dict set slice getattr list.append builtins.len builtins.range builtins.print fstring builtins.format raise
    exception srcdiff.copy srcdiff.raises srcdiff.raised numpy.zeros numpy.ones builtins.list builtins.tuple numpy.ndindex
    numpy.shape numpy.ndim numpy.size
    """.split())
DIVISIONS = ("operator.truediv", "operator.floordiv", "operator.mod")
WRITES = ("operator.setitem", "srcdiff.addto")
REDUCTIONS = ("numpy.sum", "numpy.mean", "numpy.prod", "numpy.zeros_like", "numpy.ones_like", "numpy.transpose")


def may_raise(stmt: Stmt) -> Kinds:
    """The exceptions that a statement of the program might raise on values of the right kind."""
    if isinstance(stmt, (If, Loop)):
        return ()
    if not isinstance(stmt, Op):
        return (BaseException,)
    if stmt.fn in MAKERS or stmt.fn.startswith("logging."):
        return ()
    if stmt.fn == "assert":
        return (AssertionError,)
    if stmt.fn == "operator.contains" and isinstance(stmt.args[0].type, Dict):
        return ()
    if stmt.fn == "operator.getitem":
        return _by_index(stmt)
    if stmt.fn in WRITES:
        return () if isinstance(stmt.args[0].type, Dict) else (IndexError, KeyError)
    scalars = [is_scalar(a.type) for a in operands(stmt)]
    if stmt.fn in SAFE:
        return () if scalars.count(False) <= 1 else (ValueError,)
    if stmt.fn == "operator.pow" and isinstance(stmt.args[1], Lit) and stmt.args[1].value > 0:
        return (OverflowError,)
    if stmt.fn in (*DIVISIONS, "operator.pow"):
        return (ZeroDivisionError, OverflowError, *(() if scalars.count(False) <= 1 else (ValueError,)))
    if stmt.fn.startswith("math.") or stmt.fn in ("builtins.float", "builtins.int"):
        return (ValueError, OverflowError)
    if all(isinstance(a.type, Array) for a in operands(stmt)) and len(stmt.args) == 1 and not stmt.kwargs:
        if stmt.fn in REDUCTIONS or isinstance(library_object(stmt.fn), np.ufunc):
            return ()
    if stmt.fn.startswith("numpy."):
        return (ValueError, IndexError)
    return (BaseException,)


def _by_index(op: Op) -> Kinds:
    """What reading an element may raise."""
    base, index = op.args
    if index.type == SLICE:
        return ()
    if isinstance(base.type, Dict):
        known = base.type.items is not None and isinstance(index, Lit) and index.value in dict(base.type.items)
        return () if known else (KeyError,)
    if isinstance(base.type, Tuple) and isinstance(index, Lit):
        return ()
    return (IndexError,) if isinstance(base.type, Array | Sequence | Tuple) else (IndexError, KeyError)


def meets(kind: type[BaseException], caught: Kinds) -> bool:
    """Whether an exception that may be of a kind may be one that is caught."""
    return any(
        issubclass(kind, c) or issubclass(c, kind) and (kind is not BaseException or is_library_module(c.__module__))
        for c in caught
    )


def open_region(ctx: Context) -> Region | None:
    """A region of the innermost try, where what is lowered next belongs to its body and to no region yet."""
    attempt = ctx.attempts[-1] if ctx.attempts else None
    if attempt is None:
        return None
    block = ctx.builder.blocks[-1]
    if any(region.block is block and region.attempt is attempt for region in ctx.regions):
        return None
    region = Region(attempt, block, len(block.body), note, len(ctx.frames))
    ctx.regions.append(region)
    return region


def note(ctx: Context, region: Region, op: Op) -> None:
    """Remember how things stand before an operation that may raise what the open tries catch."""
    raised = may_raise(op)
    for attempt in reversed(ctx.attempts) if raised and trial(op) is not None else ():
        kinds = [k for k, caught in enumerate(attempt.kinds) if any(meets(kind, caught) for kind in raised)]
        if kinds:
            region.guards.append(Guard(op, attempt, kinds, ctx.state.copy(), names_at(ctx, region)))
        raised = tuple(kind for kind in raised if not any(issubclass(kind, caught) for caught in attempt.kinds))


def names_at(ctx: Context, region: Region) -> dict[str, Value]:
    """What the names of a region's frame mean now, perhaps within a call."""
    frame = ctx.frames[region.depth - 1]
    names = {**frame.names, **{name: value for name, value in ctx.frame.names.items() if is_shared(name)}}
    walked = {name: key for name, key in frame.shared.items() if key.startswith("<walk ")}
    return {**names, **{name: names[key] for name, key in walked.items() if key in names}}


def raised_so_far(ctx: Context) -> list[Value | None]:
    """What says, for each of the open trys, whether what it takes was raised."""
    return [ctx.frame.names.get(attempt.key) for attempt in ctx.attempts]


def raised_since(ctx: Context, before: list[Value | None]) -> list[tuple[Attempt, Value]]:
    """The trys for which a call or a loop may have raised something, and what says so now."""
    return [
        (attempt, value)
        for attempt, value, old in zip(ctx.attempts, raised_so_far(ctx), before)
        if value is not None and value is not old and (old is None or not same_value(value, old))
    ]


def pass_on(ctx: Context, before: list[Value | None]) -> None:
    """Go on after a call only where it was not left by a raise."""
    for attempt, now in raised_since(ctx, before):
        region = ctx.regions[-1] if ctx.regions else None
        if region is None or region.block is not ctx.builder.blocks[-1]:
            ctx.refuse(
                "an exception that leaves a part of an expression on its way to its handler is not supported",
                "call the function in a statement of its own",
            )
        state, names = ctx.state.copy(), names_at(ctx, region)
        raised, own = read(ctx, now), ctx.frame.names
        test, which = number_test(ctx, raised, range(len(attempt.kinds)))
        if which is not None:  # the number itself is not needed
            names[attempt.key], own[attempt.key] = literal(which), literal(-1)
        mark = Op("operator.pos", (test,), (), Var("", BOOL), ctx.builder.loc)
        ctx.builder.append(mark)
        region.guards.append(Guard(mark, attempt, [], state, names))


def number_test(ctx: Context, raised: Atom, numbers: range) -> tuple[Atom, int | None]:
    """The test of whether the number of a handler is one of some: that of the branch which says so, and then the number."""
    made = ctx.builder.blocks[-1].body[-1:]
    for node in made if not isinstance(raised, Lit) else ():
        if isinstance(node, If) and raised in node.outs:
            place = node.outs.index(raised)
            codes = [getattr(arm.results[place], "value", None) for arm in (node.then, node.orelse)]
            if codes[0] in numbers and isinstance(codes[1], int) and codes[1] not in numbers:
                return node.test, codes[0]
    fn = "operator.eq" if len(numbers) == 1 else "operator.ge"
    out = Var("", BOOL)
    ctx.builder.append(Op(fn, (raised, literal(numbers.start)), (), out, ctx.builder.loc))
    return out, None


def trial(op: Op) -> tuple[str, tuple[Atom, ...]] | None:
    """The function that raises what an operation raises, and does nothing else; None where there is none."""
    if op.fn in WRITES:
        known = isinstance(op.args[0].type, Array | Sequence)
        return ("operator.getitem", op.args[:2]) if known else None
    if op.fn == "operator.iadd":
        return "operator.add", op.args
    root = op.fn.partition(".")[0]
    named = root in ("operator", "math", "numpy", "builtins", "scipy") and not is_effect(op.fn)
    return (op.fn, op.args) if named else None


def close_region(ctx: Context, region: Region | None, code: Exit) -> Exit:
    """Part what the region's block was lowered to; the exit code of the whole."""
    if region is None:
        return code
    ctx.regions.remove(region)
    body = region.block.body
    places = {id(stmt): i for i, stmt in enumerate(body)}
    guards = [guard for guard in region.guards if places.get(id(guard.op), -1) >= region.start]
    if not guards:
        return code
    starts = [places[id(guard.op)] + (not guard.kinds) for guard in guards]
    rest = body[starts[0] :]
    del body[starts[0] :]
    moved = {out for stmt in rest for out in outs(stmt)}
    shared = ctx.builder.shared[-1]
    for key in [key for key, out in shared.items() if out in moved]:
        del shared[key]
    for guard in guards:
        tried = region.attempt.guarded.get(guard.op.out, ())
        region.attempt.guarded[guard.op.out] = (*tried, *(k for kinds in guard.attempt.kinds for k in kinds))
    cuts = [start - starts[0] for start in starts]
    pieces = [rest[a:b] for a, b in zip(cuts, [*cuts[1:], len(rest)])]
    return _parted(ctx, region, list(zip(guards, pieces)), code)


def _parted(ctx: Context, region: Region, pieces: list[tuple[Guard, list[Stmt]]], code: Exit) -> Exit:
    final = (ctx.state, ctx.frame.names)

    def go(i: int) -> Exit:
        if i == len(pieces):
            ctx.state, ctx.frame.names = final
            return code
        guard, piece = pieces[i]

        def goes_on() -> Exit:
            ctx.builder.blocks[-1].body += piece
            return go(i + 1)

        def handled(k: int) -> Exit:
            if k == len(guard.kinds) > 0:
                return goes_on()
            ctx.state, ctx.frame.names = guard.state.copy(), dict(guard.names)
            live = ctx.live(frozenset(ctx.frame.names) | frozenset(final[1]))
            if not guard.kinds:
                return branch(ctx, guard.op.args[0], lambda: RETURN, goes_on, live)
            return branch(ctx, _raises(ctx, guard, guard.kinds[k]), caught(k), lambda: handled(k + 1), live)

        def caught(k: int) -> Function[[], Exit]:
            def run() -> Exit:
                guard.attempt.caught = True
                ctx.frame.names[guard.attempt.key] = literal(guard.kinds[k])
                if guard.kinds[k] in guard.attempt.named:
                    ctx.frame.names[guard.attempt.error] = _raises(ctx, guard, guard.kinds[k], "srcdiff.raised")
                return RETURN

            return run

        return handled(0)

    return go(0)


def _raises(ctx: Context, guard: Guard, which: int, helper: str = "srcdiff.raises") -> Atom:
    """Whether an operation raises what one of the handlers takes, or that exception."""
    loc, ctx.builder.loc = ctx.builder.loc, guard.op.loc
    found = trial(guard.op)
    assert found is not None
    fn, args = found
    kinds = [k for k in guard.attempt.kinds[which] if is_library_module(k.__module__)]
    names = [read(ctx, LibraryValue(_exception_name(k))) for k in kinds]
    one = names[0] if len(names) == 1 else ctx.emit("tuple", *names)
    function = read(ctx, LibraryValue(fn))
    test = ctx.emit(helper, one, function, *args, **dict(guard.op.kwargs))
    ctx.builder.loc = loc
    return test


def _exception_name(kind: type[BaseException]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
