"""Expressions: each gives a value, which may be a reference into storage or exist only at compile time."""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping

from srcdiff.frontend import (
    attributes,
    boxes,
    calls,
    comprehensions,
    constants,
    decorators,
    knots,
    outside_objects,
    passing,
    patterns,
    tables,
    targets,
)
from srcdiff.frontend.classes import live_class, owned
from srcdiff.frontend.context import Context, constant_type, is_mutable
from srcdiff.frontend.library import library_object
from srcdiff.frontend.names import (
    Ambiguous,
    Decorated,
    Expression,
    Library,
    Meaning,
    Method,
    Module,
    User,
    UserType,
)
from srcdiff.frontend.names import Value as Outside
from srcdiff.frontend.operators import binary, boolean, comparison, either, tested, unary
from srcdiff.frontend.patterns import PatternTest
from srcdiff.frontend.sameness import is_undefined
from srcdiff.frontend.source import FunctionSource
from srcdiff.frontend.static_containers import is_static, static_dict, static_list
from srcdiff.frontend.storage import bind, fixed_cell, new_cell, present, read, shared_by, static_items, unalias
from srcdiff.frontend.subscripts import get_item, set_item, subscripted
from srcdiff.frontend.values import (
    BoundMethod,
    ClassValue,
    Closure,
    Frame,
    Instance,
    LibraryValue,
    ModuleValue,
    Ref,
    Storages,
    TupleValue,
    UserFunction,
    Value,
)
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Const, Lit
from srcdiff.ir.types import Any, Dict

COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp)


def evaluate(ctx: Context, node: ast.expr) -> Value:
    """The value of an expression."""
    builder = ctx.builder  # `ctx.at` written out: there is nothing that is done as often
    before = builder.loc
    if hasattr(node, "lineno"):
        builder.loc = ctx.frame.source.loc(node)
    try:
        found = _evaluate(ctx, node)
        return boxes.opened(ctx, found)
    finally:
        builder.loc = before


def atom(ctx: Context, node: ast.expr) -> Atom:
    return read(ctx, boxes.plain(ctx, evaluate(ctx, node)))


def _evaluate(ctx: Context, node: ast.expr) -> Value:
    match node:
        case ast.Constant(value=value):
            return literal(value)
        case ast.Name(id=name):
            return name_value(ctx, name)
        case ast.BinOp():
            return binary(ctx, node)
        case ast.UnaryOp():
            return unary(ctx, node)
        case ast.Compare():
            return comparison(ctx, node.left, list(zip(node.ops, node.comparators)), None)
        case PatternTest():
            return patterns.test(ctx, node)
        case ast.BoolOp(op=op, values=values):
            return boolean(ctx, isinstance(op, ast.And), values)
        case ast.IfExp(test=test, body=then, orelse=orelse):
            return either(ctx, tested(ctx, test), lambda: evaluate(ctx, then), lambda: evaluate(ctx, orelse))
        case ast.Call():
            return calls.call(ctx, node)
        case ast.Attribute():
            return attributes.attribute(ctx, node)
        case ast.Subscript(value=base, slice=index):
            container = present(evaluate(ctx, base))
            return subscripted(ctx, container, evaluate(ctx, index))
    return _display(ctx, node)


def _display(ctx: Context, node: ast.expr) -> Value:
    """Expressions that make something: tuples, lists, dicts, slices, strings, functions."""
    match node:
        case ast.Slice(lower=lower, upper=upper, step=step):
            return ctx.emit("slice", *(atom(ctx, n) if n is not None else literal(None) for n in (lower, upper, step)))
        case ast.Tuple(elts=elts):
            return TupleValue(tuple(expanded(ctx, elts)))
        case ast.List(elts=elts):
            return make_list(ctx, [passing.stored(ctx, item) for item in expanded(ctx, elts)])
        case ast.Set(elts=elts):
            return ctx.emit("set", *(atom(ctx, e) for e in elts))
        case ast.Dict(keys=keys, values=values):
            return make_dict(ctx, node, keys, values)
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            found = passing.stored(ctx, evaluate(ctx, value))
            bind(ctx, name, found)
            return unalias(ctx, ctx.frame.names[ctx.key(name)])
        case ast.JoinedStr(values=parts):
            return ctx.emit("fstring", *(_string_part(ctx, part) for part in parts))
        case ast.Lambda(args=args):
            return Closure(node, ctx.frame, defaults_of(ctx, args))
    if isinstance(node, COMPREHENSIONS):
        return comprehensions.comprehension(ctx, node)
    what = type(node).__name__.lower()
    ctx.refuse(f"`{what}` expressions are not supported", "write it in plain expressions and statements", node)


def _string_part(ctx: Context, part: ast.expr) -> Atom:
    if not isinstance(part, ast.FormattedValue):
        return atom(ctx, part)
    value = atom(ctx, part.value)
    if part.conversion in (ord("r"), ord("a")):
        value = ctx.emit("builtins.repr", value)
    spec = part.format_spec
    text = (
        "".join(str(v.value) for v in spec.values if isinstance(v, ast.Constant))
        if isinstance(spec, ast.JoinedStr)
        else ""
    )
    if isinstance(spec, ast.JoinedStr) and not all(isinstance(v, ast.Constant) for v in spec.values):
        ctx.refuse("a format that is computed is not supported", "write the format out")
    return ctx.emit("builtins.format", value, literal(text))


def expanded(ctx: Context, elts: list[ast.expr]) -> list[Value]:
    """The values of a display's elements, starred ones spread out."""
    holding = len(ctx.held)
    for element in elts:
        if isinstance(element, ast.Starred):
            items = targets.elements(ctx, evaluate(ctx, element.value))
            if items is None:
                ctx.refuse("a starred value needs a known number of elements", "write the elements out", element)
            ctx.held += items
        else:
            ctx.held.append(unalias(ctx, evaluate(ctx, element)))
    found = ctx.held[holding:]
    del ctx.held[holding:]
    return found


def make_list(ctx: Context, items: list[Value]) -> Value:
    """A new list, which shares the storage of what is put into it."""
    if any(map(is_static, items)):
        return static_list(ctx, items)
    shares = frozenset().union(*(shared_by(ctx, item) for item in items))
    made = Ref(new_cell(ctx, "", ctx.emit("list", *(read(ctx, item) for item in items)), shares))
    knots.tie_items(ctx, made.cell, items)
    return made


def make_dict(ctx: Context, node: ast.expr, keys: list[ast.expr | None], values: list[ast.expr]) -> Value:
    entries: list[tuple[Atom, Value]] = []
    for key, value in zip(keys, values):
        if key is None:
            entries += [(literal(k), v) for k, v in known_entries(ctx, evaluate(ctx, value), node).items()]
        else:
            entries.append((atom(ctx, key), passing.stored(ctx, evaluate(ctx, value))))
    if len(entries) == 1 and not isinstance(entries[0][0], Lit):
        return _dict_of(ctx, entries)
    # of equal keys the last counts: what comes after a key that is not known is written in turn
    unknown = next((i for i, (k, _) in enumerate(entries) if not isinstance(k, Lit)), len(entries))
    made = dict_of(ctx, {k.value: v for k, v in entries[:unknown] if isinstance(k, Lit)})
    for at, entry in entries[unknown:]:
        set_item(ctx, made, at, entry)
    return made


def dict_of(ctx: Context, entries: Mapping[str, Value]) -> Value:
    """A new dict of known keys."""
    if any(map(is_static, entries.values())):
        return static_dict(ctx, tuple(entries), list(entries.values()))
    return _dict_of(ctx, [(literal(k), v) for k, v in entries.items()])


def _dict_of(ctx: Context, entries: list[tuple[Atom, Value]]) -> Value:
    shares = frozenset().union(*(shared_by(ctx, v) for _, v in entries))
    parts = [part for key, value in entries for part in (key, read(ctx, value))]
    made = Ref(new_cell(ctx, "", ctx.emit("dict", *parts), shares))
    knots.tie_items(ctx, made.cell, [v for _, v in entries])
    return made


def known_entries(ctx: Context, value: Value, node: ast.AST) -> dict[str, Value]:
    """The entries of a dict whose keys are known."""
    if isinstance(value, Instance) and value.keys is not None:
        return dict(zip(value.keys, static_items(ctx, value)))  # type: ignore[arg-type]
    t = read(ctx, value).type
    if not isinstance(t, Dict) or t.items is None:
        if isinstance(node, ast.MatchMapping):
            ctx.refuse("this pattern needs a dict whose keys are known", "test for the keys with `if`", node)
        ctx.refuse("`**` needs a dict whose keys are known", "write the entries out", node)
    return {key: get_item(ctx, value, literal(key)) for key, _ in t.items}


def shared(ctx: Context, value: Value) -> Storages:
    return shared_by(ctx, value)


def defaults_of(ctx: Context, args: ast.arguments) -> dict[str, Value]:
    """The defaults of an inner function, evaluated where it is defined."""
    positional = [*args.posonlyargs, *args.args]
    found = {p.arg: evaluate(ctx, d) for p, d in zip(positional[len(positional) - len(args.defaults) :], args.defaults)}
    found |= {p.arg: evaluate(ctx, d) for p, d in zip(args.kwonlyargs, args.kw_defaults) if d is not None}
    return found


# names


def name_value(ctx: Context, name: str) -> Value:
    found = ctx.lookup(name)
    if found is not None and not is_undefined(found[1]):
        return unalias(ctx, found[1])
    frame = ctx.frame
    if name in frame.local:
        ctx.refuse(f"{name} is used before it is assigned", "assign it first")
    while frame.parent is not None:
        frame = frame.parent
        if name in frame.local:
            ctx.refuse(f"{name} is used before it is assigned", "assign it first")
    return meaning_value(ctx, frame.source.resolver.resolve(name), name)


def meaning_value(ctx: Context, meaning: Meaning | None, name: str) -> Value:
    """The value of what is outside of the function."""
    match meaning:
        case Library(dotted):
            value = LibraryValue(dotted)  # np.pi and its like are numbers as others are
            return read(ctx, value) if isinstance(library_object(dotted), (float, complex)) else value
        case User(source):
            return UserFunction(source)
        case Decorated(source, applied):
            return decorators.decorated(ctx, source, applied)
        case UserType(cls):
            return ClassValue(cls)
        case Module():
            return ModuleValue(meaning, outermost(ctx).source.resolver)
        case Method(source, bound):
            return bound_function(ctx, source, bound)
        case Outside(value, text) if outside_objects.is_user_object(value):
            return outside_objects.from_outside(ctx, value, name)
        case Outside(functools.partial() as value):
            return outside_objects.partial_value(ctx, value, name)
        case Outside(value) if tables.holds_functions(value):
            base = Ref(fixed_cell(ctx, name, Const(name, outside_objects.outside_type(value), value)))
            return outside_objects.outside_value(ctx, value, base, False)
        case Outside(value, text):
            if value is None:
                return literal(None)
            outside_objects.remember_classes(ctx, value)
            name = ctx.outer_name(name, value, text)
            constant = Const(name, constant_type(value), value, text)
            return Ref(fixed_cell(ctx, name, constant)) if is_mutable(constant.type) is not False else constant
        case Expression(node, resolver, changed):
            only_here = changed or constants.is_long(node, resolver)
            table = None if only_here else tables.table(ctx, node, resolver)
            if table is not None:
                return table
            if only_here or constants.is_own(node, resolver):
                base = Ref(fixed_cell(ctx, name, constants.own_name(ctx, name, resolver)))
                made = None if changed else constants.class_made(node, resolver)
                return base if made is None else outside_objects.of_module(ctx, made, node, base)
            text = constants.written_out(node, resolver)
            name = ctx.outer_name(name, None, text)
            return Ref(fixed_cell(ctx, name, Const(name, Any(name), None, text)))
        case Ambiguous(why):
            ctx.refuse(why, "pass it as an argument")
    ctx.refuse(f"{name} is not defined", "define or import it before it is used")


def bound_function(ctx: Context, source: FunctionSource, bound: object) -> Value:
    """A live bound method; the one that is differentiated takes its object as it takes an argument."""
    if isinstance(bound, type):
        return BoundMethod(UserFunction(source), ClassValue(live_class(bound)))
    owner = next((c for c in type(bound).__mro__ if source.identity in map(unwrapped, vars(c).values())), None)
    if owner is not None:
        source = owned(source, live_class(owner))
    first = len(ctx.frames) == 1 and ctx.frame.source.name == source.name
    return BoundMethod(UserFunction(source), outside_objects.from_outside(ctx, bound, "self", is_argument=first))


def unwrapped(thing: object) -> object:
    while getattr(thing, "__wrapped__", None) is not None:
        thing = thing.__wrapped__  # type: ignore[attr-defined]
    return thing


def outermost(ctx: Context) -> Frame:
    frame = ctx.frame
    while frame.parent is not None:
        frame = frame.parent
    return frame
