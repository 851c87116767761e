"""Methods of arrays, lists, dicts and strings: `x.sum(axis=0)` is `numpy.sum(x, axis=0)`."""

from __future__ import annotations

import ast
import builtins

from srcdiff.frontend import calls, containers, dicts, library_calls, objects, outside_objects, passing
from srcdiff.frontend.context import Context
from srcdiff.frontend.storage import read
from srcdiff.frontend.subscripts import set_item
from srcdiff.frontend.values import TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Lit
from srcdiff.ir.types import SCALAR, Any, Array, Dict, Opaque, Sequence, Tuple, is_complex
from srcdiff.rules.logging_calls import ASKS, LOGGER, LOGGERS, SAYS
from srcdiff.rules.random_draws import DRAWS, GENERATORS

SAME_NAME = frozenset("""
    sum mean std var max min prod cumsum cumprod argmax argmin argsort clip round repeat squeeze swapaxes trace diagonal
    dot nonzero take any all ravel searchsorted compress choose ptp argpartition
    """.split())
RENAMED = {"conj": "conj", "conjugate": "conj", "flatten": "ravel"}
OF_TEXT = frozenset(
    "split rsplit splitlines strip lstrip rstrip lower upper title capitalize startswith endswith isdigit isalpha isalnum".split()
)
DICT_METHODS = ("get", "items", "keys", "values", "update", "setdefault")


def method(ctx: Context, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.Call) -> Value:
    """base.name(*args, **kwargs)."""
    t = read(ctx, base).type
    if isinstance(t, Opaque) and t.name in GENERATORS or isinstance(t, Any) and name in DRAWS:
        return draw(ctx, base, name, args, kwargs, node)
    if isinstance(t, Opaque) and t.name in LOGGERS or isinstance(t, Any) and name in (*SAYS, *ASKS):
        options = {k: read(ctx, v) for k, v in kwargs.items()}
        return ctx.emit(LOGGER + name, read(ctx, base), *(read(ctx, a) for a in args), **options)
    if isinstance(t, Any) and name in OF_TEXT:
        return ctx.emit(f"str.{name}", read(ctx, base), *(read(ctx, a) for a in args))
    if t == Opaque("set"):
        return dicts.set_method(ctx, base, name, args, node)
    if isinstance(t, Opaque) and t.name not in ("array", "None", "undef"):
        element = outside_objects.element_of_outside(ctx, read(ctx, base))
        if element is not None:
            return objects.call_method(ctx, element, name, args, kwargs)
        kind = "str" if t.name == "key" else t.name  # keys that have methods are strings
        if not hasattr(builtins, kind):
            hint = "compute it outside, and pass its result as an argument"
            ctx.refuse(f"the class of the object whose method .{name}() is called is not known", hint, node)
        if kwargs:
            ctx.refuse(f"the method .{name}() is not supported with keywords", "name its arguments by position", node)
        return ctx.emit(f"{kind}.{name}", read(ctx, base), *(read(ctx, a) for a in args))
    if name == "sort" and isinstance(t, Sequence) and not args:
        return containers.sort(ctx, base, kwargs)
    if isinstance(t, Dict) and name == "pop" and args:
        return dicts.dict_pop(ctx, base, args)
    if isinstance(t, Tuple) and name in ("count", "index"):
        return ctx.emit(f"tuple.{name}", read(ctx, base), *(read(ctx, a) for a in args))
    if name in containers.LIST_METHODS and not isinstance(t, (Array, Dict, Tuple)) and not kwargs:
        if isinstance(t, Sequence) or name in ("append", "extend"):
            return containers.LIST_METHODS[name](ctx, base, args)
    if isinstance(t, (Dict, Any)) and name in DICT_METHODS:
        return dict_method(ctx, base, name, args, kwargs, node)
    if name == "copy" and not args:
        return containers.shallow_copy(ctx, base)
    if isinstance(t, (Array, Any)):
        return array_method(ctx, base, name, args, kwargs, node)
    kind = {Sequence: "a list", Tuple: "a tuple", Dict: "a dict"}.get(type(t), "this value")
    with_keywords = " with keywords" if kwargs and name in containers.LIST_METHODS else ""
    ctx.refuse(
        f"the method .{name}() of {kind}{with_keywords} is not supported",
        "write it with indexing, append or a loop",
        node,
    )


def draw(ctx: Context, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.Call) -> Atom:
    """A draw of a generator's: a constant, drawn where the function draws it."""
    if name in ("shuffle", "setstate", "set_state"):
        hint = "take x[rng.permutation(len(x))]" if name == "shuffle" else "make a generator of its own"
        ctx.refuse(f"the generator's method .{name}() writes in a way that is not supported", hint, node)
    generator = read(ctx, base)
    kind = generator.type.name if isinstance(generator.type, Opaque) else "Generator"
    options = {k: read(ctx, v) for k, v in kwargs.items()}
    return ctx.emit(f"{GENERATORS[kind]}.{name}", generator, *(read(ctx, a) for a in args), **options)


def dict_method(
    ctx: Context, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Value:
    if name == "get" and args and not kwargs:
        return dicts.dict_get(ctx, base, args)
    if name == "update":
        return dicts.dict_update(ctx, base, args, kwargs)
    if name == "setdefault" and len(args) == 2:
        return dicts.set_default(ctx, base, args)
    if name in ("keys", "values", "items") and not args:
        atom = read(ctx, base)
        if isinstance(atom.type, Dict) and atom.type.items is not None:
            from srcdiff.frontend.iteration import dict_stream

            return passing.marked(ctx, TupleValue(tuple(dict_stream(ctx, base, name).items or ())), "view")
        return passing.marked(ctx, library_calls.from_prelude(ctx, f"{name}_of", [base]), "view")
    ctx.refuse(f".{name}() of a dict is not supported here", "loop over it", node)


def array_method(
    ctx: Context, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Value:
    if name in SAME_NAME:
        return calls.operation(ctx, f"numpy.{name}", [base, *args], kwargs)
    if name in RENAMED:
        found = read(ctx, calls.operation(ctx, f"numpy.{RENAMED[name]}", [base, *args], kwargs))
        # of real numbers the method, but not the function, gives the array itself
        return calls.linked(ctx, found, base) if RENAMED[name] == "conj" and not is_complex(found.type) else found
    atom = read(ctx, base)
    match name:
        case "reshape" | "transpose":
            if len(args) > 1:
                args = [TupleValue(tuple(args))]
            elif name == "transpose" and args and isinstance(args[0], Lit) and args[0].value is None:
                args = []
            return calls.operation(ctx, f"numpy.{name}", [base, *args], kwargs)
        case "astype" if len(args) == 1 and set(kwargs) <= {"copy"}:
            made = ctx.emit("srcdiff.astype", atom, read(ctx, args[0]))
            return calls.linked(ctx, made, base) if kwargs else made
        case "item" if len(args) <= 1:
            return item(ctx, base, args)
        case "fill" if len(args) == 1:
            set_item(ctx, base, literal(Ellipsis), args[0])
            return literal(None)
        case "sort" if not args and not kwargs:
            if not isinstance(atom.type, Array):
                ctx.refuse("whether .sort() sorts an array or a list is not known", "write `x = np.sort(x)`", node)
            set_item(ctx, base, literal(Ellipsis), ctx.emit("numpy.sort", atom))
            return literal(None)
        case "tolist":
            return ctx.emit("builtins.list", atom)
    what = "an array" if isinstance(atom.type, Array) and atom.type != SCALAR else "this value"
    way_out = "use a function of NumPy's"
    if isinstance(atom.type, Any):
        way_out += "; if it is an object, annotate the argument with its class, or pass its attributes"
    ctx.refuse(f"the method .{name}() of {what} is not supported", way_out, node)


def item(ctx: Context, base: Value, args: list[Value]) -> Value:
    atom = read(ctx, base)
    if args:
        atom = ctx.emit("operator.getitem", atom, read(ctx, args[0]))
    dtype = atom.type.dtype if isinstance(atom.type, Array) else None
    return ctx.emit(
        {"int": "builtins.int", "bool": "builtins.bool", "complex": "builtins.complex"}.get(
            dtype or "", "builtins.float"
        ),
        atom,
    )
