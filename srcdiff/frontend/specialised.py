"""Functions that call themselves and see more than their arguments: inner ones, and those that are passed functions.

    def series(k): return 0.0 if k == n else x**k + series(k + 1)      ->    def series(k, n, x): ...

What such a function sees of numbers and arrays becomes parameters, after its own; the functions that it sees exist at
compile time, and so there is one of it for each choice of them. The way through both is the same at each call, and
where the function itself is lowered, so that the order of the parameters is, too.
"""

from __future__ import annotations

import ast
from collections.abc import Callable as Function
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any as AnyValue

from srcdiff.errors import Refusal
from srcdiff.frontend import functions
from srcdiff.frontend.callgraph import parameters_of
from srcdiff.frontend.classes import UserClass
from srcdiff.frontend.context import Context
from srcdiff.frontend.liveness import Liveness, captures, nodes, reads
from srcdiff.frontend.merge import attribute_names, parts_of
from srcdiff.frontend.source import FunctionSource
from srcdiff.frontend.static_containers import is_static
from srcdiff.frontend.storage import peek, read
from srcdiff.frontend.values import (
    STATIC,
    ClassValue,
    Closure,
    Frame,
    Instance,
    LibraryValue,
    ModuleValue,
    Partial,
    Special,
    TupleValue,
    UserFunction,
    Value,
    is_shared,
)
from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import Block, Lit
from srcdiff.ir.types import Array, Opaque, Sequence, Type, rank, surely_array, unknown

Node = ast.FunctionDef | ast.Lambda
MAXIMUM_DEPTH = 40  # of calls within calls, and how many are written out
MAXIMUM_INLINED = 4000


class Unsettled(Exception):
    """What a function sees cannot become a parameter: an object, a variable that inner functions assign."""


def call(
    ctx: Context,
    source: FunctionSource,
    node: Node,
    closure: Closure | None,
    args: list[Value],
    kwargs: dict[str, Value],
) -> Value:
    """A call of a function that calls itself: written out where its depth is known, else of a function of the program."""
    parent, defaults = (closure.frame, closure.defaults) if closure is not None else (None, None)

    def unroll() -> Value:
        return functions.inline(ctx, source, node, args, kwargs, parent, defaults)

    if ends_here(ctx, node, [*args, *kwargs.values()], unroll):
        ctx.unrolling.append(id(node))
        try:
            return unroll()
        finally:
            ctx.unrolling.pop()
    try:
        special, given = special_for(
            ctx, source, node, closure, functions.bind_arguments(ctx, source, node, args, kwargs, defaults)
        )
    except Unsettled:
        return unroll()  # which is refused at its depth
    return functions.call_function(ctx, special.source, given, {})


@dataclass(eq=False)
class Transfer:
    """Goes through functions that exist at compile time, and makes them again around other values: `take` gives these."""

    ctx: Context
    take: Function[[str, Value], Value]
    frames: dict[int, Frame] = field(default_factory=dict)
    made: dict[int, Value] = field(default_factory=dict)
    key: list[object] = field(default_factory=list)  # equal where the same is seen
    attributes: Mapping[str, Value] = field(default_factory=dict)  # of the objects that are gone through
    shared: dict[str, Value] = field(default_factory=dict)  # and of those that are made
    direct: bool = False  # whether what is gone through is what a name of the function itself means

    def value(self, name: str, value: Value) -> Value:
        if not isinstance(value, (*STATIC, TupleValue, Instance)):
            return self.take(name if self.direct else f"{name}_", value)
        direct, self.direct = self.direct, False
        found = self.parts(name, value)
        self.direct = direct
        return found

    def parts(self, name: str, value: Value) -> Value:
        match value:
            case Closure():
                return self.closure(value)
            case Partial(function, args, kwargs):
                self.key.append(("partial", len(args), *(k for k, _ in kwargs)))
                parts = [self.value(name, part) for part in (function, *args, *(v for _, v in kwargs))]
                named = tuple(zip((k for k, _ in kwargs), parts[len(args) + 1 :]))
                return Partial(parts[0], tuple(parts[1 : len(args) + 1]), named)
            case TupleValue(items, cls):
                self.key.append(("tuple", len(items), id(cls)))
                names = [f.name for f in cls.fields or ()] if cls is not None else [name] * len(items)
                return TupleValue(tuple(self.value(n, item) for n, item in zip(names, items)), cls)
            case Instance(cls=UserClass(), base=None):
                return self.object(value)
            case UserFunction(source):
                self.key.append(("function", source.identity))
                return value
            case LibraryValue(library):
                self.key.append(("library", library))
                return value
            case ClassValue() | ModuleValue():
                self.key.append(id(value.cls if isinstance(value, ClassValue) else value.resolver))
                return value
        raise Unsettled

    def closure(self, value: Closure) -> Value:
        if id(value) in self.made:
            self.key.append(("again", list(self.made).index(id(value))))
            return self.made[id(value)]
        frame = self.frames.setdefault(id(value.frame), Frame(value.frame.source, {}, frozenset(), Liveness()))
        defaults: dict[str, Value] = {}
        made = self.made[id(value)] = Closure(value.node, frame, defaults)
        self.key.append(("closure", id(value.node)))
        if any(isinstance(n, ast.Nonlocal) for n in nodes(value.node)):
            raise Unsettled
        itself = len(self.made) == 1
        for name in sorted(captures(value.node)):
            found = seen_by(self.ctx, value.frame, name)
            if found is not None and name not in frame.names:
                self.key.append(name)
                self.direct = itself
                frame.names[name] = self.value(name, found)
        self.direct = False
        defaults.update({name: self.value(name, default) for name, default in value.defaults.items()})
        return made

    def object(self, value: Instance) -> Value:
        """An object whose attributes are known; the function may read them."""
        if id(value) in self.made:
            self.key.append(("again", list(self.made).index(id(value))))
            return self.made[id(value)]
        names = sorted(attribute_names(value, self.attributes))
        self.key.append(("object", id(value.cls), *names))
        made = self.made[id(value)] = Instance(value.cls, value.hint, names=tuple(names), merged=True)
        for name in names:
            self.shared[made.key(name)] = self.value(name, self.attributes[value.key(name)])
        return made


def seen_by(ctx: Context, frame: Frame | None, name: str) -> Value | None:
    """What an inner function's frame has a name for."""
    while frame is not None:
        if name in frame.shared:
            raise Unsettled
        if name in frame.names:
            return frame.names[name]
        if name in frame.local:
            return None
        frame = frame.parent
    return None


def is_recursive(ctx: Context, source: FunctionSource) -> bool:
    """Whether a function may call itself, or a method the one of its name."""
    if source.owner is None:
        return ctx.graph.is_recursive(source)
    first = [p.arg for p in (*source.node.args.posonlyargs, *source.node.args.args)][:1]
    calls = (n.func for n in nodes(source.node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute))
    return any(f.attr == source.name and isinstance(f.value, ast.Name) and [f.value.id] == first for f in calls)


def calls_itself(ctx: Context, closure: Closure) -> bool:
    """Whether an inner function may call itself, through others too; another one of its text is another function."""
    seen: set[tuple[int, int]] = set()
    todo: list[tuple[ast.AST, Value]] = [(closure.node, closure)]
    while todo:
        _, value = todo.pop()
        if isinstance(value, Closure) and (id(value.node), id(value.frame)) not in seen:
            seen.add((id(value.node), id(value.frame)))
            for name in sorted(captures(value.node)):
                try:
                    found = seen_by(ctx, value.frame, name)
                except Unsettled:
                    continue
                if isinstance(found, Closure) and found.node is closure.node and found.frame is closure.frame:
                    return True
                if found is not None:
                    todo.append((value.node, found))
        else:
            todo += [(closure.node, part) for part in parts_of(value)]
    return False


def plain_type(t: Type, name: str) -> Type:
    """What holds of a value's type in every call: kind and rank, not its lengths."""
    if isinstance(t, Opaque):
        return t
    if isinstance(t, Sequence) and t.kind == "list":
        return Sequence("list", plain_type(unknown() if t.length == 0 else t.elem, f"{name}[]" if name else ""), None)
    known = rank(t)
    if isinstance(t, Array) and known is None and surely_array(t):
        return Array(t.dtype, frozenset({name, (1,)}))
    if not isinstance(t, Array) or known is None:
        return unknown() if name else Opaque("any")
    return Array(t.dtype, tuple(f"{name}.{axis}" for axis in range(known)))


def special_for(
    ctx: Context, source: FunctionSource, node: Node, closure: Closure | None, bound: dict[str, Value]
) -> tuple[Special, list[Value]]:
    """The function for what a call has it see, and the arguments for it; raises Unsettled."""
    if node.args.vararg is not None or node.args.kwarg is not None:
        raise Unsettled
    leaves: list[tuple[str, Value]] = []
    literals: list[Lit | None] = []

    def note(name: str, value: Value) -> Value:
        atom = peek(ctx, value)
        literals.append(atom if isinstance(atom, Lit) else None)
        transfer.key.append(atom_key(atom) if isinstance(atom, Lit) else repr(plain_type(atom.type, "")))
        if literals[-1] is None:
            leaves.append((name, value))
        return value

    attributes = {name: value for name, value in ctx.frame.names.items() if is_shared(name)}
    transfer = Transfer(ctx, note, attributes=attributes)
    if closure is not None:
        transfer.value("", closure)
    fixed = {name: value for name, value in bound.items() if is_static(value)}
    for name, value in fixed.items():
        transfer.key.append(name)
        transfer.value(name, value)
    own = [name for name in parameters_of(node) if name not in fixed]
    annotated = {p.arg for p in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs) if p.annotation}
    types = {name: plain_type(read(ctx, bound[name]).type, name) for name in own if name not in annotated}
    transfer.key += [repr(plain_type(t, "")) for t in types.values()]
    identity = ("special", id(node), tuple(transfer.key))
    special = ctx.specials.get(identity)
    if special is None:
        names = distinct([name for name, _ in leaves], node, own)
        types |= {name: plain_type(read(ctx, value).type, name) for name, (_, value) in zip(names, leaves)}
        made = replace(source, node=with_parameters(node, own, names), identity=identity, owner=None, defaults=None)
        made.name = getattr(node, "name", "inner")
        special = ctx.specials[identity] = Special(made, closure, fixed, types, names)
        ctx.changed.setdefault(identity, {})
        ctx.graph.edges[identity] = {identity}
    if identity not in ctx.lowering:  # what is seen from there is the function's own
        special.closure, special.fixed, special.literals = closure, fixed, literals
        special.attributes = attributes
    return special, [*(bound[name] for name in own), *(value for _, value in leaves)]


def distinct(names: list[str], node: Node, own: list[str]) -> list[str]:
    """A parameter's name for each value that a function sees: what it calls it itself, where it does."""
    taken = {*own, *reads(node), *(n.id for n in ast.walk(node) if isinstance(n, ast.Name))}
    found: list[str] = []
    for name in names:
        new, number = name.rstrip("_") or "seen", 1
        while new in found or new in taken and not (new == name and number == 1):
            number += 1
            new = f"{name.rstrip('_')}{number}"
        found.append(new)
    return found


def with_parameters(node: Node, own: list[str], more: list[str]) -> ast.FunctionDef:
    """The function with plain parameters: its own that exist when it runs, and more."""
    spec = node.args
    known = {p.arg: p for p in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
    args = [known[name] for name in own] + [ast.copy_location(ast.arg(name), node) for name in more]
    plain = ast.arguments([], args, None, [], [], None, [])
    if isinstance(node, ast.FunctionDef):
        body, returns = node.body, node.returns
    else:
        body, returns = [ast.copy_location(ast.Return(node.body), node.body)], None
    made = ast.FunctionDef(getattr(node, "name", "inner"), plain, body, [], returns)
    return ast.copy_location(made, node)


def enter(ctx: Context, special: Special, frame: Frame) -> None:
    """Let the function's frame, whose parameters are bound, have what it sees."""
    names, literals = iter(special.seen), iter(special.literals)

    def take(name: str, value: Value) -> Value:
        known = next(literals)
        return frame.names[ctx.key(next(names))] if known is None else known

    transfer = Transfer(ctx, take, attributes=special.attributes)
    if special.closure is not None:
        closure = transfer.value("", special.closure)
        assert isinstance(closure, Closure)
        frame.parent = closure.frame
    for name, value in special.fixed.items():
        frame.names[ctx.key(name)] = transfer.value(name, value)
    frame.names.update(transfer.shared)


@contextmanager
def trial(ctx: Context) -> Iterator[None]:
    """Lower to nowhere: whatever happens, nothing has happened."""
    state, functions, doubts = ctx.state.copy(), dict(ctx.functions), list(ctx.doubts)
    frames = [(frame, dict(frame.names), dict(frame.shared), frame.calling) for frame in ctx.frames]
    lists: tuple[list[AnyValue], ...] = (ctx.held, ctx.regions, ctx.attempts, ctx.iterating, ctx.frame.leaving)
    lengths = [len(each) for each in lists]
    instances, loc, block_live = dict(ctx.instances), ctx.builder.loc, ctx.block_live
    try:
        with ctx.builder.within(Block()):
            yield
    finally:
        ctx.state, ctx.functions, ctx.doubts, ctx.instances = state, functions, doubts, instances
        for frame, names, shared, calling in frames:
            frame.names, frame.shared, frame.calling = names, shared, calling
        for each, length in zip(lists, lengths):
            del each[length:]
        ctx.builder.loc, ctx.block_live = loc, block_live


def ends_here(ctx: Context, node: Node, values: list[Value], unroll: Function[[], Value]) -> bool:
    """Whether calls of a function that calls itself end while it is lowered: of a known depth, they are written out."""
    if id(node) in ctx.unrolling:
        return True
    if not any(is_static(v) or isinstance(v, Lit) for v in values):
        return False
    if any(isinstance(i, tuple) and i[:2] == ("special", id(node)) for i in ctx.lowering):
        return False
    inlined = ctx.inlined[0]
    ctx.unrolling.append(id(node))
    try:
        with trial(ctx):
            unroll()
    except (Refusal, RecursionError):
        return False
    finally:
        ctx.unrolling.pop()
        ctx.inlined[0] = inlined
    return True


def check_length(ctx: Context, frame: Frame, node: Node) -> None:
    """Refuse one call more that is written out where there are too many: of a function within itself, or of others."""
    ctx.inlined[0] += 1
    if len(ctx.frames) <= MAXIMUM_DEPTH and ctx.inlined[0] <= MAXIMUM_INLINED:
        return
    name, owner = getattr(node, "name", "this lambda"), frame.source.owner
    around = [(id(f.live), id(f.parent)) for f in (*ctx.frames, frame)]
    if len(set(around)) < len(around):
        ctx.refuse(
            f"{owner.name + '.' if owner is not None else ''}{name} calls itself, and sees objects, "
            "or assigns variables of the function around it",
            "pass it numbers and arrays, and return what it finds",
        )
    if len(ctx.frames) > MAXIMUM_DEPTH:
        ctx.refuse(
            f"{name} is called within {MAXIMUM_DEPTH} calls of other functions, and each is written out here",
            "make one function of several",
        )
    ctx.refuse(
        f"more than {MAXIMUM_INLINED} calls are written out here",
        "call the function in a loop, or keep what it gives for the next call",
    )
