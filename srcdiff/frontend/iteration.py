"""What a for loop walks through: ranges, sequences by their index, enumerate, zip, reversed, dicts."""

from __future__ import annotations

import ast
from collections.abc import Callable as Function
from dataclasses import dataclass

from srcdiff.frontend import containers, expressions, objects, targets
from srcdiff.frontend.context import Context, definition
from srcdiff.frontend.liveness import assigned, is_endless, may_exit, nodes, reads
from srcdiff.frontend.loops import Plan, with_test
from srcdiff.frontend.static_containers import is_static
from srcdiff.frontend.storage import new_cell, read
from srcdiff.frontend.subscripts import get_item
from srcdiff.frontend.values import Instance, LibraryValue, Ref, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Iter, Lit, Var
from srcdiff.ir.types import INT, Any, Array, Dict, Opaque, Sequence, Tuple, Type, rank

ENDLESS = ("itertools.count", "itertools.cycle", "itertools.repeat")
UNROLLED = 4  # elements of a literal that a loop is unrolled for
INDICES = "ijklmn"

Once = dict[ast.expr, Value]  # what was computed before a loop, by its place in the text


@dataclass
class Stream:
    """Something that a loop walks through: its elements by their index, or all of them where they are known."""

    length: Function[[], Atom]
    item: Function[[Atom], Value]
    items: list[Value] | None = None
    sequence: Atom | None = None  # what is walked through itself, where it is no indexed sequence
    reverse: bool = False
    walked: tuple[Ref, ...] = ()  # the lists and dicts whose elements are read when the loop comes to them
    size: object = None  # the length, as types know it
    endless: bool = False


def plan(ctx: Context, stmt: ast.For | ast.While, once: Once) -> Plan:
    """How a loop is lowered."""
    if isinstance(stmt, ast.While):
        if is_endless(stmt):
            return Plan(stmt, stmt.body, [], [], lambda walked: None)
        if any(isinstance(n, ast.NamedExpr) for n in ast.walk(stmt.test)):
            return Plan(stmt, with_test(ctx, stmt), [], [], lambda walked: None)
        return Plan(stmt, stmt.body, [], [], lambda walked: None, stmt.test)
    with ctx.at(stmt.iter):
        stream = stream_of(ctx, stmt.iter, once)
    hint = stmt.target.id if isinstance(stmt.target, ast.Name) else ""
    if stream.sequence is not None:
        element: Type = INT if stream.sequence.type == Opaque("range") else Opaque("str")
        walked = [(ctx.hint(hint), element)]
        return Plan(
            stmt,
            stmt.body,
            [Iter(stream.sequence, stream.reverse)],
            walked,
            lambda v: targets.assign(ctx, stmt.target, v[0]),
        )
    indices = ctx.emit("builtins.range", stream.length())

    def start(walked: list[Var]) -> None:
        with ctx.at(stmt.target):
            targets.assign(ctx, stmt.target, stream.item(walked[0]))

    return Plan(
        stmt, stmt.body, [Iter(indices, stream.reverse)], [(index_name(ctx, stmt), INT)], start, walked=stream.walked
    )


def index_name(ctx: Context, stmt: ast.For) -> str:
    """A name for an index that the user did not name."""
    target = stmt.target
    if (
        isinstance(target, ast.Tuple)
        and target.elts
        and isinstance(target.elts[0], ast.Name)
        and _is_call(stmt.iter, "enumerate")
    ):
        return ctx.hint(target.elts[0].id)
    taken = set(ctx.own_names) | set(ctx.frame.local)
    return next((name for name in INDICES if name not in taken), "index")


def _is_call(node: ast.expr, name: str) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name and len(node.args) == 1
    )


def static_items(ctx: Context, stmt: ast.For, once: Once) -> list[Value] | None:
    """The elements of a loop that is unrolled: a dict's whose keys are known, a short literal's.

    A long literal, and what may be left before its end, is unrolled only where no list could hold its elements.
    """
    node, whole = stmt.iter, may_exit(stmt.body)
    if isinstance(node, (ast.Tuple, ast.List)):
        whole |= len(node.elts) > UNROLLED or any(isinstance(e, ast.Starred) for e in node.elts)
        if not whole:
            return [evaluated(ctx, e, once) for e in node.elts]
    if isinstance(node, ast.Call) and _over_range(node):
        return _indices(ctx, stmt, node, once)
    items = _known_items(ctx, node, once)
    return None if whole and items and _could_be_list(ctx, items) else items


def _known_items(ctx: Context, node: ast.expr, once: Once) -> list[Value] | None:
    """The elements of what is walked through, where they are known one by one."""
    if isinstance(node, ast.Call):
        return stream_of(ctx, node, once).items
    value = evaluated(ctx, node, once)
    if isinstance(value, (TupleValue, Instance)):
        return targets.elements(ctx, value)
    atom = read(ctx, value)
    if isinstance(atom.type, Sequence) and atom.type.length == 0:
        return []
    return value_stream(ctx, value).items if isinstance(atom.type, (Tuple, Dict)) else None


def _indices(ctx: Context, stmt: ast.For, node: ast.Call, once: Once) -> list[Value] | None:
    """The indices of a loop over a known range, in which what only exists at compile time is indexed by them."""
    if not isinstance(stmt.target, ast.Name) or not any(
        _takes_objects(ctx, part, stmt.target.id) for part in stmt.body
    ):
        return None
    made = definition(ctx, read(ctx, evaluated(ctx, node, once)))
    bounds = [a.value for a in made.args if isinstance(a, Lit)] if made is not None else []
    if made is None or len(bounds) < len(made.args):
        return None
    return [literal(k) for k in range(*bounds)]


def _takes_objects(ctx: Context, body: ast.stmt, index: str) -> bool:
    """Whether a list of objects or functions is indexed by a name, or by what is calculated with it."""
    for node in nodes(body):
        if isinstance(node, ast.Subscript) and index in reads(node.slice):
            base = node.value
            name = base.value if isinstance(base, ast.Attribute) else base
            found = ctx.lookup(name.id) if isinstance(name, ast.Name) else None
            value = found[1] if found is not None else None
            if isinstance(base, ast.Attribute):
                value = ctx.frame.names.get(value.key(base.attr)) if isinstance(value, Instance) else None
            if isinstance(value, Instance) and value.cls is None:
                return True
    return False


def _could_be_list(ctx: Context, items: list[Value]) -> bool:
    """Whether elements are of one type, and values of the program."""

    def types(value: Value) -> tuple[object, ...]:
        return tuple(map(types, value.items)) if isinstance(value, TupleValue) else (read(ctx, value).type,)

    return not any(map(is_static, items)) and len(set(map(types, items))) == 1


def walks_live(stmt: ast.For) -> bool:
    """Whether a loop over known elements sees what its body writes to later ones: `for k, v in d.items()` does."""
    rebound = assigned(stmt.body)

    def live(node: ast.expr) -> bool:
        if not isinstance(node, ast.Call):
            return False
        match node.func:
            case ast.Name("enumerate" | "zip" | "reversed"):
                return any(map(live, node.args))
            case ast.Attribute(ast.Name(name), "items" | "values"):
                return name not in rebound
        return False

    return isinstance(stmt.iter, ast.Name) and stmt.iter.id not in rebound or live(stmt.iter)


def _over_range(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "range"


def evaluated(ctx: Context, node: ast.expr, once: Once) -> Value:
    """The value of a part of what is iterated over: a name's as it is now, any other was computed before the loop."""
    if isinstance(node, ast.Name):
        return expressions.evaluate(ctx, node)
    if node not in once:
        once[node] = expressions.evaluate(ctx, node)
    return once[node]


def stream_of(ctx: Context, node: ast.expr, once: Once, kept: bool = False) -> Stream:
    """The stream of an expression that is iterated; where it is `kept`, of its elements as they are before the loop."""
    if isinstance(node, ast.Call) and not node.keywords and not any(isinstance(a, ast.Starred) for a in node.args):
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("items", "keys", "values") and not node.args:
            base = evaluated(ctx, node.func.value, once)
            if not isinstance(base, (Instance, LibraryValue, *objects.OBJECTS)):
                return dict_stream(ctx, base, node.func.attr)
        function = expressions.evaluate(ctx, node.func) if isinstance(node.func, ast.Name) else None
        name = function.name if isinstance(function, LibraryValue) else ""
        if name == "builtins.enumerate" and 1 <= len(node.args) <= 2:
            start = read(ctx, evaluated(ctx, node.args[1], once)) if len(node.args) == 2 else literal(0)
            return enumerate_stream(ctx, stream_of(ctx, node.args[0], once, kept), start)
        if name == "builtins.zip" and node.args and not any(isinstance(a, ast.Starred) for a in node.args):
            return zip_stream(
                ctx, [endless(ctx, a, once) or indexed(ctx, stream_of(ctx, a, once, kept)) for a in node.args]
            )
        if name == "builtins.reversed" and len(node.args) == 1:
            return reversed_stream(ctx, stream_of(ctx, node.args[0], once, kept))
        if name in ("builtins.list", "builtins.tuple") and len(node.args) == 1:
            return stream_of(ctx, node.args[0], once, kept=True)
    value = evaluated(ctx, node, once)
    return value_stream(ctx, kept_elements(ctx, value) if kept else value)


def endless(ctx: Context, node: ast.expr, once: Once) -> Stream | None:
    """itertools.count(start, step), cycle(xs) or repeat(x), beside what ends."""
    if not isinstance(node, ast.Call) or node.keywords or not isinstance(node.func, ast.Name | ast.Attribute):
        return None
    function = expressions.evaluate(ctx, node.func) if _may_be_endless(node.func) else None
    name = function.name if isinstance(function, LibraryValue) else ""
    args = [evaluated(ctx, a, once) for a in node.args] if name in ENDLESS else []
    match name, args:
        case "itertools.count", _ if len(args) <= 2:
            start, step = [read(ctx, a) for a in args] + [literal(0), literal(1)][len(args) :]
            return Stream(
                no_length, lambda i: ctx.emit("operator.add", start, ctx.emit("operator.mul", step, i)), endless=True
            )
        case "itertools.cycle", [walked]:
            inner = indexed(ctx, value_stream(ctx, walked))
            return Stream(
                no_length,
                lambda i: inner.item(ctx.emit("operator.mod", i, inner.length())),
                walked=inner.walked,
                endless=True,
            )
        case "itertools.repeat", [value]:
            return Stream(no_length, lambda i: value, endless=True)
    return None


def _may_be_endless(function: ast.Name | ast.Attribute) -> bool:
    return (function.id if isinstance(function, ast.Name) else function.attr) in ("count", "cycle", "repeat")


def no_length() -> Atom:
    raise AssertionError("what never ends has no length")


def kept_elements(ctx: Context, value: Value) -> Value:
    """What `list(x)` holds, whatever is assigned to elements of x later; rows of an array stay views of it."""
    if not isinstance(value, Ref):
        return value
    t = read(ctx, value).type
    if isinstance(t, Sequence):
        return containers.shallow_copy(ctx, value) if t.kind == "list" else value
    if isinstance(t, Array):
        if rank(t) == 1:
            return Ref(new_cell(ctx, "", ctx.emit("srcdiff.copy", read(ctx, value))))
        return value if rank(t) is not None else containers.to_list(ctx, [value], {}) or value
    return containers.to_list(ctx, [value], {}) or value if isinstance(t, Any) else value


def value_stream(ctx: Context, value: Value) -> Stream:
    if isinstance(value, Instance):
        if value.cls is None:
            value = TupleValue(tuple(targets.elements(ctx, value) or ()))
        else:
            value = objects.call_method(ctx, value, "__iter__", [], {})
    if isinstance(value, TupleValue):
        return Stream(
            lambda: literal(len(value.items)),
            lambda i: get_item(ctx, read(ctx, value), i),
            list(value.items),
            size=len(value.items),
        )
    atom = read(ctx, value)
    walked = (value,) if isinstance(value, Ref) else ()
    match atom.type:
        case Opaque("range"):
            return Stream(lambda: ctx.emit("builtins.len", atom), lambda i: range_item(ctx, atom, i), sequence=atom)
        case Dict():
            return dict_stream(ctx, value, "keys")
        case Tuple(elems):
            items: list[Value] = [get_item(ctx, value, literal(k)) for k in range(len(elems))]
            return Stream(lambda: literal(len(elems)), lambda i: get_item(ctx, value, i), items, size=len(elems))
        case Array(_, ()):
            ctx.refuse("a number cannot be looped over", "annotate the argument, if it is an array: `x: np.ndarray`")
        case Array(_, shape):
            size = shape[0] if isinstance(shape, tuple) else None
        case Sequence(_, _, size):
            pass
        case Any():
            size = None
        case Opaque("set"):
            return value_stream(ctx, Ref(new_cell(ctx, "", ctx.emit("builtins.list", atom))))
        case Opaque("str"):
            return Stream(lambda: ctx.emit("builtins.len", atom), lambda i: get_item(ctx, atom, i), sequence=atom)
        case _:
            ctx.refuse("this cannot be looped over", "loop over a range, an array, a list or a dict")
    return Stream(
        lambda: ctx.emit("builtins.len", read(ctx, value)), lambda i: get_item(ctx, value, i), walked=walked, size=size
    )


def range_item(ctx: Context, ranged: Atom, index: Atom) -> Atom:
    """The element of a range at an index."""
    made = definition(ctx, ranged)
    args = made.args if made is not None and made.fn == "builtins.range" else ()
    if len(args) == 1:
        return index
    if len(args) == 2:
        return ctx.emit("operator.add", args[0], index)
    return ctx.emit("operator.getitem", ranged, index)


def indexed(ctx: Context, stream: Stream) -> Stream:
    """The stream, walked through forwards by an index."""
    if not stream.reverse:
        return Stream(stream.length, stream.item, stream.items, walked=stream.walked, size=stream.size)

    def item(i: Atom) -> Value:
        last = ctx.emit("operator.sub", stream.length(), literal(1))
        return stream.item(ctx.emit("operator.sub", last, i))

    items = stream.items[::-1] if stream.items is not None else None
    return Stream(stream.length, item, items, walked=stream.walked, size=stream.size)


def reversed_stream(ctx: Context, stream: Stream) -> Stream:
    items = stream.items[::-1] if stream.items is not None else None
    return Stream(stream.length, stream.item, items, stream.sequence, not stream.reverse, stream.walked, stream.size)


def enumerate_stream(ctx: Context, inner: Stream, start: Atom) -> Stream:
    stream = indexed(ctx, inner)

    def pair(i: Atom, item: Value) -> Value:
        zero = getattr(start, "value", None) == 0
        return TupleValue((i if zero else ctx.emit("operator.add", start, i), item))

    items = [pair(literal(k), item) for k, item in enumerate(stream.items)] if stream.items is not None else None
    return Stream(stream.length, lambda i: pair(i, stream.item(i)), items, walked=stream.walked, size=stream.size)


def zip_stream(ctx: Context, streams: list[Stream]) -> Stream:
    ending = [s for s in streams if not s.endless]
    if not ending:
        ctx.refuse("a zip() of what never ends has no end", "use `while True`")

    def length() -> Atom:
        first = ending[0].size
        if first is not None and all(s.size == first for s in ending):
            return ending[0].length()
        lengths = list(dict.fromkeys(s.length() for s in ending))
        return lengths[0] if len(lengths) == 1 else ctx.emit("builtins.min", *lengths)

    statics = [s.items for s in streams if s.items is not None]
    items: list[Value] | None = None
    if len(statics) == len(streams):
        items = [TupleValue(tuple(row)) for row in zip(*statics)]
    return Stream(
        length,
        lambda i: TupleValue(tuple(s.item(i) for s in streams)),
        items,
        walked=tuple(c for s in streams for c in s.walked),
        size=streams[0].size,
    )


def dict_stream(ctx: Context, value: Value, view: str) -> Stream:
    """A dict's keys, values or items."""
    atom = read(ctx, value)

    def element(key: Atom) -> Value:
        if view == "keys":
            return key
        item = get_item(ctx, value, key)
        return item if view == "values" else TupleValue((key, item))

    items: list[Value] | None = None
    if isinstance(atom.type, Dict) and atom.type.items is not None:
        items = [element(literal(key)) for key, _ in atom.type.items]
    elif not isinstance(atom.type, (Dict, Any)):
        ctx.refuse(f".{view}() is taken of what is no dict", "loop over the value itself")
    keys: list[Atom] = []

    def listed() -> Atom:
        if not keys:
            keys.append(ctx.emit("builtins.list", atom))
        return keys[0]

    def item(i: Atom) -> Value:
        key = ctx.emit("operator.getitem", listed(), i)
        if isinstance(key, Var) and isinstance(key.type, Any):
            key.type = Opaque("key")
        return element(key)

    return Stream(
        lambda: ctx.emit("builtins.len", listed()), item, items, walked=(value,) if isinstance(value, Ref) else ()
    )
