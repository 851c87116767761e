"""Calls: of the library, which become operations, and of the user's functions, which are inlined or stay calls."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable
from functools import cache

import numpy as np

from srcdiff.errors import readable
from srcdiff.frontend import (
    array_operands,
    attributes,
    boxes,
    containers,
    derived,
    dicts,
    expressions,
    functions,
    generators,
    library_calls,
    library_classes,
    methods,
    numpy_calls,
    objects,
    operators,
    passing,
    specialised,
    static_containers,
    views,
)
from srcdiff.frontend.context import Context, is_mutable
from srcdiff.frontend.library import library_object
from srcdiff.frontend.names import Value as Outside
from srcdiff.frontend.static_containers import is_container
from srcdiff.frontend.storage import new_cell, present, reach, read, shared_by
from srcdiff.frontend.subscripts import get_item, set_item
from srcdiff.frontend.values import (
    BoundMethod,
    Choice,
    ClassValue,
    Closure,
    Initialiser,
    Instance,
    LibraryValue,
    Partial,
    Ref,
    TupleValue,
    UserFunction,
    Value,
)
from srcdiff.frontend.writes import update
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Var
from srcdiff.ir.types import Any, Array, Sequence, Tuple

# functions whose result may share memory with their first argument
VIEWS = frozenset(f"numpy.{name}" for name in """
        asarray asanyarray ascontiguousarray asfortranarray ravel reshape transpose permute_dims squeeze swapaxes moveaxis rollaxis
        broadcast_to broadcast_arrays
        atleast_1d atleast_2d atleast_3d diag diagonal real imag split array_split hsplit vsplit dsplit
        flip flipud fliplr rot90 expand_dims require matrix_transpose real_if_close lib.stride_tricks.as_strided
        lib.stride_tricks.sliding_window_view nan_to_num
    """.split())
# functions that write to their first argument, in ways that are not understood
WRITERS = frozenset("""
    numpy.place numpy.putmask numpy.put numpy.put_along_axis numpy.random.shuffle
    operator.setitem operator.delitem
    operator.iadd operator.isub operator.imul operator.itruediv operator.ifloordiv operator.imod operator.ipow
    operator.imatmul operator.iconcat operator.iand operator.ior operator.ixor operator.ilshift operator.irshift
    builtins.delattr random.shuffle
""".split())
# the operands of functions of two that may be outside of the domain
PARTIAL = {**dict.fromkeys("divide true_divide floor_divide mod fmod remainder".split(), (1,)), "power": (0, 1)}
UNKNOWN_EFFECTS = {
    "builtins.iter": "write a loop",
    "builtins.next": "write a loop",
    "builtins.eval": "write the expression out",
    "builtins.exec": "write the statements out",
    "builtins.globals": "pass the value as an argument",
    "builtins.locals": "name the variable",
    "builtins.vars": "name the attribute",
    "builtins.input": "pass the value as an argument",
    "builtins.open": "pass the data as an argument",
}


def call(ctx: Context, node: ast.Call) -> Value:
    """The value of a call."""
    if isinstance(node.func, ast.Attribute):
        base = attributes.evaluate_base(ctx, node.func.value)
        if isinstance(base, Outside):
            callee = attributes.outside_attribute(ctx, base, node.func)
        elif isinstance(base, LibraryValue):
            callee = attributes.library_attribute(ctx, base, node.func.attr)
        elif isinstance(base, objects.OBJECTS) and not is_container(base):
            callee = objects.attribute(ctx, base, node.func.attr)
        elif isinstance(base, TupleValue) and base.cls is not None:
            return tuple_method(ctx, base, node)
        elif isinstance(base, Instance):
            if node.func.attr == "sort" and isinstance(made := boxes.as_list(ctx, base), Ref):
                return methods.method(ctx, made, "sort", *arguments(ctx, node), node)
            args, kwargs = arguments(ctx, node)
            return static_containers.method(ctx, base, node.func.attr, [*args, *kwargs.values()])
        else:
            return methods.method(ctx, base, node.func.attr, *arguments(ctx, node), node)
    else:
        callee = present(expressions.evaluate(ctx, node.func))
    if isinstance(callee, LibraryValue) and (callee.name == "builtins.zip" or callee.name in WHOLE):
        spread = spread_out(ctx, callee.name, node)
        if spread is not None:
            return spread
    return apply(ctx, callee, *arguments(ctx, node, callee), node)


# what f(*xs) is of a sequence of unknown length
WHOLE = {
    "builtins.max": "builtins.max",
    "builtins.min": "builtins.min",
    "math.hypot": "numpy.linalg.norm",
    "numpy.ndindex": "numpy.ndindex",
    "itertools.chain": "itertools.chain.from_iterable",
}


def spread_out(ctx: Context, name: str, node: ast.Call) -> Value | None:
    """f(*xs), of elements whose number is not known; None for any other call."""
    if len(node.args) != 1 or not isinstance(node.args[0], ast.Starred) or node.keywords:
        return None
    from srcdiff.frontend import targets

    rows = expressions.evaluate(ctx, node.args[0].value)
    if targets.elements(ctx, rows) is not None:
        return None
    if name in WHOLE:
        return library_call(ctx, WHOLE[name], [rows], {}, node)
    held = read(ctx, rows).type
    if isinstance(held, Sequence) and isinstance(held.elem, Tuple):
        width = range(len(held.elem.elems))
        return TupleValue(tuple(library_calls.from_prelude(ctx, "column", [rows, literal(j)]) for j in width))
    return library_calls.from_prelude(ctx, "transposed", [rows])


def tuple_method(ctx: Context, base: TupleValue, node: ast.Call) -> Value:
    """A method of a named tuple."""
    assert isinstance(node.func, ast.Attribute) and base.cls is not None
    args, kwargs = arguments(ctx, node)
    names = [f.name for f in base.cls.fields or ()]
    if node.func.attr == "_replace" and not args and set(kwargs) <= set(names):
        return TupleValue(tuple(kwargs.get(n, v) for n, v in zip(names, base.items)), base.cls)
    if node.func.attr == "_asdict":
        return expressions.dict_of(ctx, dict(zip(names, base.items)))
    return apply(ctx, objects.tuple_attribute(ctx, base, node.func.attr), args, kwargs, node)


def arguments(ctx: Context, node: ast.Call, callee: Value | None = None) -> tuple[list[Value], dict[str, Value]]:
    args = expressions.expanded(ctx, node.args)
    kwargs: dict[str, Value] = {}
    spread: list[Value] = []  # dicts of which the parameters say what is in them
    for keyword in node.keywords:
        if keyword.arg is not None:
            kwargs[keyword.arg] = expressions.evaluate(ctx, by_key(ctx, keyword))
            continue
        entries = expressions.evaluate(ctx, keyword.value)
        if isinstance(callee, (UserFunction, Closure)) and not dicts.known_keys(ctx, entries) and not spread:
            spread.append(entries)
        else:
            kwargs |= expressions.known_entries(ctx, entries, keyword.value)
    if spread and isinstance(callee, (UserFunction, Closure)):
        kwargs |= entries_for(ctx, callee, spread[0], len(args), kwargs)
    return args, kwargs


def by_key(ctx: Context, keyword: ast.keyword) -> ast.expr:
    """The value of a keyword; of `key=d.get` and `key=xs.__getitem__`, a function of the key."""
    node = keyword.value
    if keyword.arg != "key" or not isinstance(node, ast.Attribute) or node.attr not in ("get", "__getitem__"):
        return node
    if not isinstance(attributes.evaluate_base(ctx, node.value), Ref | TupleValue | Var):
        return node
    key = ast.Name("<key>", ast.Load())
    arguments = ast.arguments([], [ast.arg(key.id)], None, [], [], None, [])
    made: ast.expr = ast.Lambda(arguments, ast.Subscript(node.value, key, ast.Load()))
    for part in (made, arguments.args[0], made.body, key):  # type: ignore[attr-defined]
        ast.copy_location(part, node)
    return made


def entries_for(
    ctx: Context, callee: UserFunction | Closure, entries: Value, given: int, named: dict[str, Value]
) -> dict[str, Value]:
    """What **entries gives a function: an entry for each parameter that nothing else gives, or its default."""
    node = callee.source.node if isinstance(callee, UserFunction) else callee.node
    spec = node.args
    if (
        spec.kwarg is not None
        or spec.vararg is not None
        or isinstance(read(ctx, entries).type, (Array, Sequence, Tuple))
    ):
        ctx.refuse("`**` needs a dict whose keys are known", "write the entries out")
    defaults = (
        callee.defaults
        if isinstance(callee, Closure)
        else functions.default_values(ctx, callee.source, callee.source.node)
    )
    wanted = [p.arg for p in (*[*spec.posonlyargs, *spec.args][given:], *spec.kwonlyargs) if p.arg not in named]
    return {
        name: (
            dicts.dict_get(ctx, entries, [literal(name), defaults[name]])
            if name in defaults
            else get_item(ctx, entries, literal(name))
        )
        for name in wanted
    }


def apply(ctx: Context, callee: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST | None) -> Value:
    match callee:
        case LibraryValue(name):
            return library_call(ctx, name, args, kwargs, node)
        case UserFunction(source):
            return functions.call_user(ctx, source, args, kwargs)
        case Closure():
            return inline_closure(ctx, callee, args, kwargs)
        case Partial(function, first, keywords):
            return apply(ctx, function, [*first, *args], {**dict(keywords), **kwargs}, node)
        case BoundMethod(function, bound):
            return apply(ctx, function, [bound, *args], kwargs, node)
        case ClassValue(cls):
            return objects.construct(ctx, cls, args, kwargs)
        case Initialiser(bound, after):
            objects.initialise(ctx, bound, after, args, kwargs)
            return literal(None)
        case Instance():
            return objects.call_method(ctx, callee, "__call__", args, kwargs)
        case Choice(test, then, orelse):
            return operators.either(
                ctx,
                test,
                lambda: apply(ctx, then, args, kwargs, node),
                lambda: apply(ctx, orelse, args, kwargs, node),
            )
    atom = read(ctx, callee)
    name = getattr(atom, "name", "")
    ctx.refuse(
        f"{name} is no function whose text can be read" if name else "what is called here is not known",
        "call a function by its name; a function that is an argument cannot be differentiated through",
        node,
    )


def inline_closure(ctx: Context, closure: Closure, args: list[Value], kwargs: dict[str, Value]) -> Value:
    source = closure.frame.source
    if specialised.calls_itself(ctx, closure):
        return specialised.call(ctx, source, closure.node, closure, args, kwargs)
    return functions.inline(ctx, source, closure.node, args, kwargs, closure.frame, closure.defaults)


def library_call(ctx: Context, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST | None) -> Value:
    """An operation of the library, or what a few functions are to the compiler itself."""
    if name in ("collections.deque", "collections.Counter"):
        return library_classes.made(ctx, name.removeprefix("collections."), args, kwargs)
    args = [library_classes.held(ctx, a) for a in args]
    if any(generators.of_object(a) for a in args):
        args = generators.listed(ctx, name, args)
    if name in UNKNOWN_EFFECTS:
        ctx.refuse(f"{name.removeprefix('builtins.')}() is not supported here", UNKNOWN_EFFECTS[name], node)
    of_objects = library_calls.library_operator(ctx, name, args)
    if of_objects is not None:
        return of_objects
    if name in WRITERS:
        ctx.refuse(
            f"{readable(name)} writes to its argument in a way that is not supported",
            "assign to a subscript instead: `y[i] = v`",
            node,
        )
    special = library_calls.SPECIAL.get(name) or containers.BUILTINS.get(name) or numpy_calls.special(name)
    if special is not None:
        found = special(ctx, args, kwargs)
        if found is not None:
            return passing.marked(ctx, found, "iterator") if name in passing.ITERATORS else found
    if name in derived.MODES:
        return derived.derivative(ctx, name, args, kwargs)
    if name == "functools.partial":
        return Partial(args[0], tuple(args[1:]), tuple(kwargs.items()))
    if name == "srcdiff.stop_gradient" and len(args) == 1:
        return ctx.emit(name, read(ctx, args[0]))
    if name == "numpy.copyto" and len(args) == 2 and not kwargs:
        set_item(ctx, args[0], literal(Ellipsis), args[1])
        return literal(None)
    if name in ("numpy.add.at", "numpy.subtract.at") and len(args) == 3:
        index, value = read(ctx, args[1]), array_operands.as_array(ctx, read(ctx, args[2]))
        value = value if name == "numpy.add.at" else ctx.emit("operator.neg", value)
        update(ctx, args[0], lambda old: ctx.emit("srcdiff.scatter_add", old, index, value))
        return literal(None)
    if name.startswith(("operator.", "builtins.", "math.")) and "out" in kwargs:
        ctx.refuse(f"{readable(name)}() has no argument out", "assign its result: `y[...] = v`", node)
    if name.startswith("itertools.") and name != "itertools.count":
        ctx.refuse(f"{readable(name)} is not supported here", "write a loop", node)
    return operation(ctx, name, args, kwargs)


def operation(ctx: Context, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    for value in args:
        boxes.plain(ctx, value)
    args, kwargs = split_out(name, args, kwargs)
    out = kwargs.pop("out", None)
    if isinstance(out, TupleValue) and len(out.items) == 1:
        out = out.items[0]
    if isinstance(out, Ref | Var) and "where" in kwargs and isinstance(library_object(name), np.ufunc):
        where = read(ctx, kwargs["where"])
        at_risk = PARTIAL.get(name.removeprefix("numpy."), (0,) if len(args) == 1 else ())
        args = [
            ctx.emit("numpy.where", where, read(ctx, arg), literal(1)) if k in at_risk else arg
            for k, arg in enumerate(args)
        ]
        chosen = operation(ctx, name, args, {k: v for k, v in kwargs.items() if k != "where"})
        return written_out(ctx, out, ctx.emit("numpy.where", where, read(ctx, chosen), read(ctx, out)))
    atoms, options = array_operands.arguments(
        ctx, name, [read(ctx, a) for a in args], {k: read(ctx, v) for k, v in kwargs.items()}
    )
    result = ctx.emit(name, *atoms, **options)
    if isinstance(out, Ref):
        return written_out(ctx, out, result)
    if out is not None and getattr(out, "value", out) is not None:
        ctx.refuse("`out=` needs an array that has a name", "assign it to a variable first")
    viewed = views.view(ctx, name, args, kwargs, result)
    if viewed is not None:
        return viewed
    if name == "numpy.einsum" and len(args) == 2:  # a diagonal, or other axes
        return linked(ctx, result, args[1])
    no_copy = "copy" in kwargs or name in VIEWS
    if no_copy and args:
        return linked(ctx, result, *args[:1]) if name != "numpy.broadcast_arrays" else linked(ctx, result, *args)
    if name == "numpy.array" or not isinstance(result.type, (Array, Any)):
        return linked(ctx, result, *args) if not isinstance(result.type, Array) else result
    return result


def written_out(ctx: Context, out: Ref | Var, result: Atom) -> Value:
    """A result in the array that `out=` names; one that has no name is not there any more."""
    if not isinstance(out, Ref):
        return result
    set_item(ctx, out, literal(Ellipsis), result)
    return out


def split_out(name: str, args: list[Value], kwargs: dict[str, Value]) -> tuple[list[Value], dict[str, Value]]:
    """A positional `out` as the keyword."""
    names = _positional(name)
    if "out" not in names or names.index("out") >= len(args):
        return args, kwargs
    k = names.index("out")
    return args[:k], {**kwargs, **dict(zip(names[k:], args[k:]))}


@cache
def _positional(name: str) -> tuple[str, ...]:
    """The names of a function's arguments that may be given by position; none where there may be any number of them."""
    thing = library_object(name) if name.startswith("numpy.") else None
    if isinstance(thing, np.ufunc):
        return (*(f"x{k + 1}" for k in range(thing.nin)), "out")
    try:
        parameters = inspect.signature(thing).parameters.values() if callable(thing) else ()
    except (TypeError, ValueError):
        return ()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return ()
    return tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD))


def linked(ctx: Context, result: Atom, *sources: Value) -> Value:
    """A result that may share storage with what it was made from."""
    if is_mutable(result.type) is False and not isinstance(result.type, Tuple):
        return result
    shares = frozenset().union(*(reach(ctx, s) for s in sources if isinstance(s, TupleValue) or shared_by(ctx, s)))
    if not shares:
        return result
    cell = new_cell(ctx, "", result)
    cell.own = cell.own | shares
    ctx.state.reach[cell] = ctx.state.reach[cell] | shares
    return Ref(cell)


def shares_of(ctx: Context, values: Iterable[Value]) -> frozenset[int]:
    return frozenset().union(*(shared_by(ctx, v) for v in values))
