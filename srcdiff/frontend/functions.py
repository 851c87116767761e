"""Functions of the user's own: inlined where they are called, or lowered as functions of the program."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count

from srcdiff.errors import Refusal, counted
from srcdiff.frontend import (
    boxes,
    changes_of_arguments,
    expressions,
    generators,
    guards,
    knots,
    outside_objects,
    parameters,
    passing,
    patterns,
    specialised,
    statements,
)
from srcdiff.frontend.annotations import type_of_annotation
from srcdiff.frontend.callgraph import parameters_of
from srcdiff.frontend.context import Changed, Context, may_hold
from srcdiff.frontend.defaults import default_values
from srcdiff.frontend.liveness import RETURN_NAME, Liveness, always_exits, assigned, children, liveness, nodes
from srcdiff.frontend.merge import is_outside, reachable
from srcdiff.frontend.source import FunctionSource
from srcdiff.frontend.static_containers import is_static
from srcdiff.frontend.storage import bind, new_cell, peek, read, shared_by
from srcdiff.frontend.values import Frame, Generated, Ref, State, TupleValue, Value, is_shared, next_number
from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Atom, Call, Function, Var
from srcdiff.ir.types import SCALAR, Any, Array, Type, is_scalar, unknown

AWAITING = (ast.Await, ast.AsyncFor, ast.AsyncWith)
_frames = count()


@dataclass(frozen=True)
class Prepared:
    """A function's statements, ending in an explicit return, and what is known of its names."""

    body: list[ast.stmt]
    live: Liveness
    local: frozenset[str]
    captured: tuple[str, ...]  # the variables that inner functions assign
    outer: frozenset[str]  # the names that are declared nonlocal
    outside: frozenset[str]  # the names that are declared global
    foreign: tuple[ast.AST, ...]  # what makes it a generator or a coroutine
    returned: tuple[ast.expr, ...]  # what its return statements, and those of inner functions, give


@lru_cache(maxsize=512)
def prepare(node: ast.FunctionDef | ast.Lambda) -> Prepared:
    if isinstance(node, ast.Lambda):
        body: list[ast.stmt] = [ast.copy_location(ast.Return(node.body), node.body)]
    else:
        body = list(node.body)
    if (
        body
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    ):
        body = body[1:]
    if not always_exits(body):
        end = body[-1] if body else node
        nothing = ast.copy_location(ast.Constant(None), end)
        body.append(ast.copy_location(ast.Return(nothing), end))
    body = patterns.desugared(body)
    outer = declared(body, ast.Nonlocal)
    outside = declared(body, ast.Global)
    local = frozenset({*parameters_of(node), *assigned(body)}) - outer - outside
    inner = {n for stmt in body for f in nodes(stmt) if isinstance(f, ast.Nonlocal) for n in f.names}
    foreign: tuple[ast.AST, ...] = tuple(n for n in nodes(node) if isinstance(n, AWAITING))
    foreign += tuple(n for n in generators.own_nodes(node) if isinstance(n, ast.Yield | ast.YieldFrom))
    captured = tuple(sorted((inner & local) - outer))
    returns = (n.value for stmt in body for n in nodes(stmt) if isinstance(n, ast.Return))
    returned = tuple(value for value in returns if value is not None)
    return Prepared(body, liveness(body), local, captured, outer, outside, foreign, returned)


def declared(body: list[ast.stmt], kind: type[ast.Nonlocal] | type[ast.Global]) -> frozenset[str]:
    """The names that a function's own statements declare nonlocal or global."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, (ast.Nonlocal, ast.Global)):
            found.update(node.names if isinstance(node, kind) else ())
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            for child in children(node):
                visit(child)

    for stmt in body:
        visit(stmt)
    return frozenset(found)


def check_kind(source: FunctionSource, node: ast.FunctionDef | ast.Lambda) -> None:
    name = getattr(node, "name", "this function")
    if isinstance(node, ast.AsyncFunctionDef):
        raise Refusal(f"{name} is an async function", source.loc(node), "write a plain function: `def`, without await")
    for inner in prepare(node).foreign:
        if isinstance(inner, (ast.Yield, ast.YieldFrom)):
            raise Refusal(f"{name} is a generator", source.loc(inner), "build a list, and return it")
        raise Refusal("await is not supported", source.loc(inner), "call a plain function")


def new_frame(source: FunctionSource, prepared: Prepared, parent: Frame | None) -> Frame:
    number = next(_frames)
    shared = {name: f"<frame {number}>.{name}" for name in prepared.captured}
    return Frame(
        source,
        {},
        prepared.local,
        prepared.live,
        parent,
        shared=shared,
        outer=prepared.outer,
        outside=prepared.outside,
    )


def call_user(ctx: Context, source: FunctionSource, args: list[Value], kwargs: dict[str, Value]) -> Value:
    takes_objects = any(is_static(v) for v in (*args, *kwargs.values()))
    stays = ctx.graph.stays_function(source) and source.owner is None and not takes_objects
    if stays and not generators.is_generator(source.node) and source.identity not in ctx.changing:
        functions, doubts, opened = dict(ctx.functions), list(ctx.doubts), (len(ctx.regions), len(ctx.handling))
        try:
            return call_function(ctx, source, args, kwargs)
        except (Changed, Refusal) as error:
            if isinstance(error, Changed) and error.identity != source.identity:
                raise
            ctx.changing.add(source.identity)  # of the types that it is given its elements are known
            ctx.names.pop(source.identity, None)
            first = error
        ctx.functions, ctx.doubts = functions, doubts
        del ctx.regions[opened[0] :], ctx.handling[opened[1] :]
        try:
            return call_user(ctx, source, args, kwargs)
        except Refusal:
            if isinstance(first, Refusal):
                raise first from None
            raise
    if specialised.is_recursive(ctx, source):
        return specialised.call(ctx, source, source.node, None, args, kwargs)
    return inline(ctx, source, source.node, args, kwargs, None, None)


def inline(
    ctx: Context,
    source: FunctionSource,
    node: ast.FunctionDef | ast.Lambda,
    args: list[Value],
    kwargs: dict[str, Value],
    parent: Frame | None,
    defaults: dict[str, Value] | None,
) -> Value:
    """Lower a function's body in place of its call, its parameters bound to the caller's storage."""
    if isinstance(node, ast.FunctionDef) and generators.is_generator(node):
        return Generated(source, node, tuple(args), tuple(kwargs.items()), parent, defaults)
    check_kind(source, node)
    bound = bind_arguments(ctx, source, node, args, kwargs, defaults)
    for value in bound.values() if source.place is None else ():
        if isinstance(value, Generated):
            read(ctx, value)  # which refuses it: it may be walked through twice
    for name, value in bound.items() if source.place is None else ():
        passing.check_kept(ctx, name, value, None, node)
    prepared = prepare(node)
    caller = ctx.frame
    frame = new_frame(source, prepared, parent)
    specialised.check_length(ctx, frame, node)
    frame.names = {name: value for name, value in caller.names.items() if is_shared(name)}
    frame.depth, frame.called, first = len(ctx.builder.blocks), ctx.builder.loc, next_number()
    loc, block_live, raised = ctx.builder.loc, ctx.block_live, guards.raised_so_far(ctx)
    ctx.frames.append(frame)
    try:
        for name, value in bound.items():
            bind(ctx, name, value)
        statements.block(ctx, prepared.body, frozenset({RETURN_NAME}))
    finally:
        ctx.frames.pop()
        ctx.builder.loc, ctx.block_live = loc, block_live
    result = frame.names.get(RETURN_NAME, literal(None))
    hand_back(ctx, caller, frame, [result, *bound.values()], first)
    guards.pass_on(ctx, raised)
    return result


def hand_back(ctx: Context, caller: Frame, frame: Frame, known: list[Value], first: int) -> None:
    """Give the caller the shared names, without those of objects that only the function itself knew: `first` and later."""
    shared = {name: value for name, value in frame.names.items() if is_shared(name)}
    kept = reachable({**shared, RETURN_NAME: TupleValue(tuple(known))}, caller.names)
    for name, value in shared.items():
        number = name[1:].partition(">.")[0]
        known_outside = not number.isdigit() or int(number) < first or is_outside(ctx, int(number))
        if known_outside or name in caller.names or int(number) in kept:
            caller.names[name] = value


def bind_arguments(
    ctx: Context,
    source: FunctionSource,
    node: ast.FunctionDef | ast.Lambda,
    args: list[Value],
    kwargs: dict[str, Value],
    defaults: dict[str, Value] | None,
) -> dict[str, Value]:
    """Each parameter's value, as a call binds them."""
    spec, name = node.args, getattr(node, "name", "the function")
    positional = [*spec.posonlyargs, *spec.args]
    bound: dict[str, Value] = {p.arg: a for p, a in zip(positional, args)}
    extra = args[len(positional) :]
    if spec.vararg is not None:
        bound[spec.vararg.arg] = TupleValue(tuple(extra))
    elif extra:
        ctx.refuse(f"{name}() takes {counted(len(positional), 'argument')}, and is given {len(args)}", _takes(spec))
    allowed = {p.arg for p in (*spec.args, *spec.kwonlyargs)}
    further: dict[str, Value] = {}
    for key, value in kwargs.items():
        if spec.kwarg is not None and key not in allowed:
            further[key] = value
            continue
        if key not in allowed or key in bound:
            why = f"{name}() has no argument {key}" if key not in allowed else f"{name}() gets its argument {key} twice"
            ctx.refuse(why, _takes(spec))
        bound[key] = value
    if spec.kwarg is not None:
        bound[spec.kwarg.arg] = expressions.dict_of(ctx, further)
    given = defaults if defaults is not None else default_values(ctx, source, node)
    for parameter in (*positional, *spec.kwonlyargs):
        if parameter.arg not in bound:
            if parameter.arg not in given:
                ctx.refuse(f"{name}() is called without its argument {parameter.arg}", _takes(spec))
            bound[parameter.arg] = given[parameter.arg]
    return bound


def _takes(spec: ast.arguments) -> str:
    """The way out for a call that does not fit."""
    names = [p.arg for p in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
    return f"its arguments are {', '.join(names)}" if names else "it has no arguments"


# functions that stay functions


def program_name(ctx: Context, source: FunctionSource) -> str:
    """The name of a function within the program, different from those of others."""
    if source.identity not in ctx.names:
        taken = set(ctx.names.values())
        name, k = source.name, 2
        # one for the types of its arguments is another function than the module's own of its name
        special = source.identity in ctx.specials and ctx.home is not None
        while name in taken or special and ctx.home.resolve(name) is not None:  # type: ignore[union-attr]
            name, k = f"{source.name}_{k}", k + 1
        ctx.names[source.identity] = name
    return ctx.names[source.identity]


def result_count(node: ast.FunctionDef | ast.Lambda) -> int:
    """How many values a function returns, if every return has a tuple of as many."""
    returns = [n.value for n in ast.walk(node) if isinstance(n, ast.Return)]
    sizes = {len(r.elts) if isinstance(r, ast.Tuple) else -1 for r in returns if not isinstance(r, ast.Call)}
    return sizes.pop() if len(sizes) == 1 and -1 not in sizes and isinstance(node, ast.FunctionDef) else 1


def call_function(ctx: Context, source: FunctionSource, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """A call of a function that stays one."""
    name = program_name(ctx, source)
    bound = bind_arguments(ctx, source, source.node, args, kwargs, None)
    if source.node.args.vararg is not None:
        ctx.refuse(
            f"{source.name}() has *{source.node.args.vararg.arg} and is recursive or large", "name its arguments"
        )
    if name not in ctx.functions and source.identity not in ctx.lowering:
        count = 1 if name == ctx.main else result_count(source.node)
        special = ctx.specials.get(source.identity)
        ctx.functions[name] = settle(ctx, source, special.types if special is not None else {}, count)
    types = ctx.results[source.identity]
    order = parameters_of(source.node)
    outs = [Var("", t) for t in types]
    changes = ctx.changed.get(source.identity, {})
    changes_of_arguments.check(ctx, source.name, bound, changes)
    atoms = tuple(read(ctx, bound[parameter]) for parameter in order)
    versions = {p: Var("", changes_of_arguments.later_type(read(ctx, bound[p]).type)) for p in changes}
    call = Call(name, atoms, [*outs, *versions.values()], ctx.builder.loc)
    call.changes = tuple((len(outs) + k, order.index(parameter)) for k, parameter in enumerate(changes))
    call.taken = tuple(i for _, i in call.changes)
    ctx.builder.append(call)
    shares = frozenset().union(*(shared_by(ctx, bound[parameter]) for parameter in order))
    results = [_result(ctx, out, shares) for out in outs]
    changes_of_arguments.put_back(ctx, source.name, bound, changes, versions)
    if source.identity in ctx.knotted:
        results = [knots.tied_result(ctx, result) for result in results]
    return results[0] if len(results) == 1 else TupleValue(tuple(results))


def _result(ctx: Context, out: Var, shares: frozenset[int]) -> Value:
    if not shares or not (may_hold(out.type) or out.type != SCALAR):
        return out
    cell = new_cell(ctx, "", out, shares)
    cell.own = cell.own | shares
    return Ref(cell)


def settle(ctx: Context, source: FunctionSource, types: dict[str, Type], count: int, is_main: bool = False) -> Function:
    """Lower a function; if it calls itself, with result types that hold of themselves."""
    declared = (
        type_of_annotation(source.node.returns, "?", source.resolver)
        if isinstance(source.node, ast.FunctionDef)
        else Any("?")
    )
    first: list[Type] = [unknown() if isinstance(declared, Any) or count > 1 else declared] * count
    number: list[Type] = [Array(None, ())] * count
    # that the result is a number holds by induction, if it holds where the calls within are taken to give one
    guesses: list[list[Type]] = (
        [first] if first[0] == SCALAR or not ctx.graph.is_recursive(source) else [number, first, [SCALAR] * count]
    )
    for guess in guesses:
        ctx.results[source.identity] = guess
        functions, doubts = dict(ctx.functions), list(ctx.doubts)
        opened = len(ctx.regions), len(ctx.handling)
        try:
            lowered, found = lower_function(ctx, source, types, count, is_main)
        except (Refusal, Changed) as error:
            if guess is first and isinstance(error, Refusal):
                raise
            del ctx.regions[opened[0] :], ctx.handling[opened[1] :]
            ctx.functions, ctx.doubts = functions, doubts
            if isinstance(error, Refusal):
                continue  # what is not said of a number may be said of a list
            if error.identity != source.identity or source.identity not in ctx.changed:
                raise
            changes = ctx.changed[source.identity]
            for parameter, taken in error.changes.items():
                changes[parameter] = changes.get(parameter, frozenset()) | taken
            ctx.changed[source.identity] = {p: changes[p] for p in parameters_of(source.node) if p in changes}
            return settle(ctx, source, types, count, is_main)
        if not ctx.graph.is_recursive(source):
            if not any(isinstance(t, Any) for t in found) or first[0] == SCALAR:
                ctx.results[source.identity] = found
                return lowered
        elif found == guess or (guess is number and all(is_scalar(t) for t in found)):
            return lowered
        ctx.functions, ctx.doubts = functions, doubts
    ctx.results[source.identity] = [unknown() for _ in range(count)]
    lowered, _ = lower_function(ctx, source, types, count, is_main)
    return lowered


def lower_function(
    outer: Context, source: FunctionSource, types: dict[str, Type], count: int, is_main: bool
) -> tuple[Function, list[Type]]:
    """Lower a function on its own; its result types too."""
    node = source.node
    check_kind(source, node)
    prepared = prepare(node)
    ctx = replace(
        outer,
        builder=Builder(outer.builder.infer, outer.builder.rewrite),
        frames=[],
        state=State(),
        constants={},
        instances={},
        outside={},
        attempts=[],
        iterating=[],
        held=[],
    )
    ctx.own_names = prepared.local
    ctx.lowering = outer.lowering | {source.identity}
    ctx.frozen, ctx.lent = frozenset(), {}
    frame = new_frame(source, prepared, None)
    ctx.frames.append(frame)
    ctx.builder.loc = source.loc(node)
    with ctx.builder.block() as block:
        classes = parameters.argument_classes(source)
        ctx.argument_classes = list(classes.values())
        params = parameters.parameters(ctx, source, types, classes)
        ctx.given = frozenset(param.var for param in params)
        for param in params:
            name = param.var.hint
            param.own = name in ctx.changed.get(source.identity, {})
            cell = new_cell(ctx, name, param.var)
            cls = classes.get(name)
            frame.names[ctx.key(name)] = outside_objects.argument(ctx, cls, Ref(cell)) if cls is not None else Ref(cell)
            if not is_main:
                changes_of_arguments.lend(ctx, source.identity, name, cell)
            elif ctx.graph.is_recursive(source):  # its callers would see its arguments written to
                ctx.frozen |= ctx.state.reach[cell]
        if (special := ctx.specials.get(source.identity)) is not None:
            specialised.enter(ctx, special, frame)
        statements.block(ctx, prepared.body, frozenset({RETURN_NAME}))
        value = frame.names.get(RETURN_NAME, literal(None))
        if len(prepared.returned) == 1:
            ctx.builder.loc = source.loc(prepared.returned[0])
        block.results = results_of(ctx, value, count) + changes_of_arguments.given_back(ctx, source.identity)
    if is_main and any(boxes.holds_objects(a.type) for a in block.results):
        ctx.refuse(
            "objects are returned", "return their attributes", prepared.returned[0] if prepared.returned else node
        )
    if source.identity not in ctx.knotted and knots.is_knotted(ctx, value):
        ctx.knotted.add(source.identity)
        if ctx.graph.is_recursive(source):
            return lower_function(outer, source, types, count, is_main)  # its calls of itself give such a container too
    outer.doubts, outer.functions = ctx.doubts, ctx.functions
    doc = ast.get_docstring(node) or "" if isinstance(node, ast.FunctionDef) else ""
    name = outer.names.get(source.identity, source.name)
    changed = [i for i, param in enumerate(params) if param.own]
    made = Function(name, params, block, doc, source.loc(node), tuple(enumerate(changed, count)))
    return made, [a.type for a in block.results[:count]]


def results_of(ctx: Context, value: Value, count: int) -> list[Atom]:
    if count == 1:
        return [read(ctx, value)]
    if isinstance(value, TupleValue) and len(value.items) == count:
        return [read(ctx, item) for item in value.items]
    atom = peek(ctx, value)
    return [ctx.emit("operator.getitem", atom, literal(k)) for k in range(count)]
