"""Loops: the values that one iteration hands to the next, found by lowering the body until nothing changes."""

from __future__ import annotations

import ast
from collections.abc import Callable as Function
from dataclasses import dataclass, replace
from functools import lru_cache

from srcdiff.frontend import statements
from srcdiff.frontend.context import Context, is_mutable
from srcdiff.frontend.liveness import (
    RETURN_NAME,
    Names,
    always_exits,
    assigned,
    is_endless,
    may_break,
    may_return,
    nodes,
)
from srcdiff.frontend.loop_storage import Body, Carried, ObjectTemplate, Template, storages_agree
from srcdiff.frontend.loop_templates import head_value, join_templates, leaves, of_each_iteration, template_of
from srcdiff.frontend.merge import RAISE, Exit, belongs, branch, default_of
from srcdiff.frontend.sameness import same_value
from srcdiff.frontend.static_containers import check_length
from srcdiff.frontend.storage import peek
from srcdiff.frontend.subscripts import get_item
from srcdiff.frontend.values import (
    STATIC,
    Instance,
    Ref,
    State,
    Storages,
    TupleValue,
    Value,
    is_shared,
)
from srcdiff.frontend.writes import cells_of
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import BREAK, CONTINUE, NEXT, RETURN, UNDEF, Atom, Block, Iter, Var
from srcdiff.ir.types import INT, Tuple, Type, fresh, join, rename, symbols

MAXIMUM_PASSES = 12


@dataclass(eq=False)
class Plan:
    """A loop as it was written."""

    node: ast.For | ast.While
    body: list[ast.stmt]
    iters: list[Iter]
    iter_types: list[tuple[str, Type]]  # the hint and type of each value that is walked through
    start: Function[[list[Var]], None]  # binds the targets
    test: ast.expr | None = None
    walked: tuple[Ref, ...] = ()  # the lists and dicts that it walks through


def lower_loop(ctx: Context, plan: Plan) -> Atom:
    """Lower a loop; its exit code."""
    loc, frame = ctx.builder.loc, ctx.frame
    after = frame.live.after.get(plan.node, frozenset()) | frame.live.always
    head_live = frame.live.head.get(plan.node, frozenset()) | frame.live.always
    frame.leaving.append(frame.live.leaving.get(plan.node, frozenset()) | head_live)
    names, state = frame.names, ctx.state
    doubts, functions = list(ctx.doubts), dict(ctx.functions)
    carried = first_guess(ctx, plan, head_live | after)
    for _ in range(MAXIMUM_PASSES):
        frame.names, ctx.state, ctx.doubts = dict(names), state.copy(), list(doubts)
        try:
            body = lower_body(ctx, plan, carried)
        except ChangingTest:
            assert isinstance(plan.node, ast.While)
            plan = replace(plan, body=with_test(ctx, plan.node), test=None)
            continue
        finally:
            ctx.builder.loc = loc
        if not changed(ctx, plan, carried, body, state, names):
            break
        ctx.functions = dict(functions)
    else:
        ctx.refuse(
            "a variable of this loop is of another type in each iteration", "give its variables one type throughout"
        )
    frame.leaving.pop()
    frame.names, ctx.state = dict(names), state
    return finish(ctx, plan, carried, body, names)


class ChangingTest(Exception):
    """The test of a loop changes what its iterations find."""


def with_test(ctx: Context, node: ast.While) -> list[ast.stmt]:
    """The body of a loop that tests at its start whether to leave."""
    if node.orelse:
        ctx.refuse(
            "the test of a while that has an else assigns or changes something", "do that in its body", node.test
        )
    leave = ast.If(ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test), [ast.Break()], [])
    ast.copy_location(leave.body[0], node)
    return [ast.copy_location(leave, node), *node.body]


def first_guess(ctx: Context, plan: Plan, live: Names) -> Carried:
    assigns, again = names_of(plan.node)
    shared = {*ctx.frame.shared, *ctx.frame.outer}  # these are found to be carried when they change
    carried_names = [n for n in assigns if n in live and n not in shared]
    if may_return(plan.body):
        carried_names.append(RETURN_NAME)
    templates: dict[str, Template] = {}
    types: dict[str, list[Type]] = {}
    kept = {n for n in carried_names if n not in again and is_array(ctx, ctx.frame.names.get(n))}
    for name in carried_names:
        if name in kept:
            continue
        value = ctx.frame.names.get(name)
        templates[name] = template_of(value)
        types[name] = [a.type for a in leaves(ctx, value, templates[name], ctx.frame.names)]
    return Carried(templates, types, live=live, kept=kept)


@lru_cache(maxsize=512)
def names_of(node: ast.For | ast.While) -> tuple[list[str], set[str]]:
    """The names that an iteration assigns; those that it assigns other than by `name += value`."""
    walked = [node.target if isinstance(node, ast.For) else node.test, *node.body]
    within = [n for each in walked for n in nodes(each)]
    added_to = {n.target for n in within if isinstance(n, ast.AugAssign)}
    stores = [n for n in within if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)]
    return assigned(walked), {n.id for n in stores if n not in added_to}


@lru_cache(maxsize=512)
def body_names(node: ast.For | ast.While) -> list[str]:
    return assigned(node.body if isinstance(node, ast.For) else [node.test, *node.body])


def is_array(ctx: Context, value: Value | None) -> bool:
    """Whether `name += value` writes to what the name refers to."""
    return isinstance(value, Ref) and is_mutable(peek(ctx, value).type) is True


def lower_body(ctx: Context, plan: Plan, carried: Carried) -> Body:
    """Lower the test and the body once, from what is believed to be carried."""
    cond: Block | None = None
    saved_names, saved_state = ctx.frame.names, ctx.state
    if plan.test is not None:
        ctx.frame.names, ctx.state = dict(saved_names), saved_state.copy()
        params = head(ctx, carried)[0]
        names, values = dict(ctx.frame.names), dict(ctx.state.values)
        with ctx.builder.block(params) as cond:
            cond.results = [statements.condition(ctx, plan.test)]
        if any(ctx.state.values[c] is not v for c, v in values.items()) or attributes_changed(
            ctx, names, ctx.frame.names
        ):
            raise ChangingTest
        ctx.frame.names, ctx.state = saved_names, saved_state
    walked = [Var(hint, t) for hint, t in plan.iter_types]
    ctx.builder.walks.update((target, it.seq) for target, it in zip(walked, plan.iters))
    params, heads = head(ctx, carried)
    with ctx.builder.block([*walked, *params]) as block:
        walking, around, ctx.loop = len(ctx.iterating), ctx.loop, object()
        ctx.iterating += plan.walked
        plan.start(walked)
        exit_code = statements.block(ctx, plan.body, ctx.frame.live.head.get(plan.node, frozenset()))
        ctx.loop = around
        del ctx.iterating[walking:]
    return Body(block, cond, exit_code, ctx.frame.names, ctx.state, heads)


def head(ctx: Context, carried: Carried) -> tuple[list[Var], dict[str, Value]]:
    """Fresh parameters for all that is carried, bound to its names and cells."""
    params: list[Var] = []
    heads: dict[str, Value] = {}
    for cell, more in carried.grown.items():
        ctx.state.reach[cell] = ctx.state.reach.get(cell, cell.own) | more
    for cell, cell_type in carried.cells.items():
        params.append(Var(cell.variable, cell_type))
        ctx.state.values[cell] = params[-1]
    for name, template in carried.templates.items():
        if template == "static":
            ctx.frame.names[name] = heads[name] = of_each_iteration(name)
            continue
        if isinstance(template, (Instance, *STATIC)):
            heads[name] = ctx.frame.names[name] = template
            continue
        types = iter(carried.types[name])
        heads[name] = ctx.frame.names[name] = head_value(ctx, name, ctx.hint(name), template, types, params)
    for name in carried.tangled:
        for cell in cells_of(heads[name], set()):
            cell.own = carried.common
            ctx.state.reach[cell] = carried.common
    for name, marks in carried.knots.items():
        mark_knots(ctx, heads[name], marks)
    return params, heads


def changed(ctx: Context, plan: Plan, carried: Carried, body: Body, before: State, names: dict[str, Value]) -> bool:
    """Bring the belief up to date with what the body did; whether it was wrong."""
    wrong = False
    if not may_arrive(body.exit):
        return False
    for name in shared_changes(ctx, plan, carried, body, names):
        carried.templates[name] = "new"
    for name, template in carried.templates.items():
        value = body.names.get(name)
        start = template_of(names.get(name)) if template == "new" else template
        new = join_templates(start, template_of(value), names, body.names)
        check_length(ctx, name, names.get(name), value)
        if new == "static" and isinstance(value, TupleValue) and taken_apart(ctx, name, names, value, before):
            new = join_templates(template_of(names[name]), template_of(value), names, body.names)
        if new != template:
            carried.templates[name] = new
            ctx.state = before
            with ctx.builder.within(Block()):
                starts = leaves(ctx, names.get(name), new, names)
            ctx.state = body.state
            carried.types[name] = [atom.type for atom in starts]
            wrong = True
    for name in sorted(carried.kept):
        if not same_value(names.get(name), body.names.get(name)):
            carried.kept.discard(name)
            carried.templates[name] = None
            carried.types[name] = [before_type(names.get(name), ctx, before, body.state)]
            wrong = True
    for cell in before.values:
        if cell not in carried.cells and body.state.values[cell] is not before.values[cell]:
            carried.cells[cell] = before.values[cell].type
            wrong = True
    if wrong:
        return True
    return widen(ctx, carried, body) or not storages_agree(
        ctx, carried, body, before, names, tuple(ref.cell for ref in plan.walked)
    )


def taken_apart(ctx: Context, name: str, names: dict[str, Value], end: TupleValue, before: State) -> bool:
    """Take apart what is a tuple before the loop, as the one is that an iteration makes; whether they are alike."""
    start = names.get(name)
    if not isinstance(start, Ref) or end.cls is not None:
        return False
    after, ctx.state = ctx.state, before
    parts = peek(ctx, start).type
    alike = isinstance(parts, Tuple) and len(parts.elems) == len(end.items)
    if alike:
        nothing = name == RETURN_NAME  # what was returned before the loop was not, where the loop runs
        items = (literal(UNDEF) if nothing else get_item(ctx, start, literal(k)) for k in range(len(end.items)))
        names[name] = TupleValue(tuple(items))
    ctx.state = after
    return alike


def shared_changes(ctx: Context, plan: Plan, carried: Carried, body: Body, names: dict[str, Value]) -> list[str]:
    """The attributes, and variables of outer functions, that the body assigns; what a container held that it changes."""
    found: list[str] = []
    assigned_here = set(body_names(plan.node))
    attributes = set(attributes_changed(ctx, names, body.names))
    for name, value in body.names.items():
        if name in carried.templates:
            continue
        before = names.get(name)
        changes = isinstance(before, Ref | TupleValue) and value is not before and name not in assigned_here
        if name in attributes or changes and not is_shared(name):
            found.append(name)
    return found


def attributes_changed(ctx: Context, before: dict[str, Value], after: dict[str, Value]) -> list[str]:
    """The shared names that were assigned; those that were not `before` are given what they were there."""
    found: list[str] = []
    for name, value in after.items():
        if not is_shared(name):
            continue
        if name not in before and name[1].isdigit() and belongs(ctx, name, before, before):
            default = default_of(ctx, name)
            if default is not None:
                before[name] = default
        was = before.get(name)
        if was is not None and value is not was and not same_value(was, value):
            found.append(name)
    return found


def before_type(value: Value | None, ctx: Context, before: State, after: State) -> Type:
    """The type that a value had before the loop."""
    ctx.state = before
    with ctx.builder.within(Block()):
        found = leaves(ctx, value, None, {})[0].type
    ctx.state = after
    return found


def may_arrive(exit_code: Exit) -> bool:
    return exit_code != RAISE


def widen(ctx: Context, carried: Carried, body: Body) -> bool:
    """Widen each type to what the body leaves; whether one was too narrow."""
    wrong = False

    def widened(old: Type, new: Type) -> Type:
        nonlocal wrong
        joined = join(old, new, carried.wide)
        if joined != old:
            wrong = True
            carried.wide |= symbols(joined) - symbols(old) - symbols(new)
        return joined

    for cell, old in carried.cells.items():
        carried.cells[cell] = widened(old, body.state.values[cell].type)
    for name, template in carried.templates.items():
        if template != "static":
            with ctx.builder.within(Block()):
                ends = leaves(ctx, body.names.get(name), template, body.names)
            carried.types[name] = [widened(old, atom.type) for old, atom in zip(carried.types[name], ends)]
    return wrong


def finish(ctx: Context, plan: Plan, carried: Carried, body: Body, names: dict[str, Value]) -> Atom:
    """Append the loop, and bind what it leaves."""
    inits: list[Atom] = [ctx.state.values[cell] for cell in carried.cells]
    for name, template in carried.templates.items():
        if template != "static":
            inits += leaves(ctx, names.get(name), template, names)
    end_state, after_state = body.state, ctx.state
    ctx.state = end_state
    arrives = may_arrive(body.exit)
    with ctx.builder.within(body.block):
        results: list[Atom] = [literal(exit_literal(body.exit)) if isinstance(body.exit, int) else body.exit]
        for cell in carried.cells:
            results.append(end_state.values[cell] if arrives else literal(UNDEF))
        for name, template in carried.templates.items():
            if template != "static":
                results += leaves(ctx, body.names.get(name) if arrives else None, template, body.names)
    body.block.results = results
    ctx.state = after_state
    renamed = {symbol: fresh() for symbol in sorted(carried.wide)}
    outs = [Var("", INT)]
    for cell, t in carried.cells.items():
        outs.append(Var(cell.variable, rename(t, renamed)))
        ctx.state.values[cell] = outs[-1]
        for table, ends in ((ctx.state.reach, end_state.reach), (ctx.state.maybe, end_state.maybe)):
            if cell in ends:
                table[cell] = table.get(cell, frozenset()) | ends[cell]
    leave_names(ctx, plan, carried, body, names, outs, renamed)
    ctx.builder.loop(plan.iters, body.cond, body.block, inits, outs)
    return literal(NEXT) if body.exit in (NEXT, CONTINUE) else outs[0]


def exit_literal(exit_code: int) -> int:
    return BREAK if exit_code == RAISE else NEXT if exit_code == 1 else exit_code


def leave_names(
    ctx: Context,
    plan: Plan,
    carried: Carried,
    body: Body,
    names: dict[str, Value],
    outs: list[Var],
    renamed: dict[str, str],
) -> None:
    """Bind the carried names to the loop's outs; the other names that the body assigns are not live."""
    frame = ctx.frame
    for name in body.names:
        if name not in names and name not in carried.templates:
            frame.names.pop(name, None)
    for name in body_names(plan.node):
        if name not in carried.templates and name not in carried.kept:
            frame.names.pop(name, None)
    for name, template in carried.templates.items():
        if template == "static":
            frame.names[name] = static_after(names.get(name), body.names.get(name), name)
            continue
        if isinstance(template, (Instance, *STATIC)):
            frame.names[name] = template
            continue
        for value_then in (names.get(name), body.names.get(name)):
            if isinstance(template, ObjectTemplate) and isinstance(value_then, Instance):
                value_then.merged = True
        types = iter([rename(t, renamed) for t in carried.types[name]])
        params: list[Var] = []
        value = head_value(ctx, name, ctx.hint(name), template, types, params)
        outs += params
        frame.names[name] = value
        if name in carried.tangled:
            for cell in cells_of(value, set()):
                cell.own = cell.own | carried.common
                ctx.state.reach[cell] = ctx.state.reach.get(cell, cell.own) | carried.common
        mark_knots(ctx, value, carried.knots.get(name, frozenset()))


def mark_knots(ctx: Context, value: Value, marks: Storages) -> None:
    for cell in cells_of(value, set()):
        ctx.state.reach[cell] = ctx.state.reach.get(cell, cell.own) | marks


def static_after(before: Value | None, end: Value | None, name: str) -> Value:
    if before is end and end is not None:
        return end
    return of_each_iteration(name)


def go_on(ctx: Context, node: ast.For | ast.While, exit_out: Atom, rest: Function[[], Exit], raised: bool) -> Exit:
    """What follows a loop: the return that it may have made, or the raise, its else, and the rest of the block."""
    returns, breaks = raised or may_return(node.body), may_break(node.body)
    live = ctx.live(ctx.block_live | {RETURN_NAME})
    if isinstance(node, ast.While) and is_endless(node) and not breaks:
        return RETURN if returns else RAISE

    def beyond() -> Exit:
        if not node.orelse:
            return rest()
        if not breaks:
            return statements.block(ctx, [*node.orelse], ctx.block_live, rest)
        test = ctx.emit("operator.lt", exit_out, literal(BREAK))
        orelse = node.orelse
        if always_exits(orelse):
            return branch(ctx, test, lambda: statements.block(ctx, orelse, ctx.block_live), rest, live)
        code = branch(
            ctx,
            test,
            lambda: statements.block(ctx, orelse, ctx.block_live),
            lambda: NEXT,
            live | ctx.frame.live.at(node),
        )
        return statements.resume(ctx, code, rest, live)

    if not returns:
        return beyond()
    test = ctx.emit("operator.eq", exit_out, literal(RETURN))
    return branch(ctx, test, lambda: RETURN, beyond, live)
