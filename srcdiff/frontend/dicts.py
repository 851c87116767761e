"""Dicts and sets: their methods, and the operators that join them."""

from __future__ import annotations

import ast
from dataclasses import replace

from srcdiff.frontend import expressions, library_calls, operators, targets
from srcdiff.frontend.context import Context
from srcdiff.frontend.merge import branch
from srcdiff.frontend.storage import new_cell, read
from srcdiff.frontend.subscripts import get_item, set_item
from srcdiff.frontend.values import Instance, LibraryValue, Ref, TupleValue, Value
from srcdiff.frontend.writes import update
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import NEXT, Atom, Lit, Var
from srcdiff.ir.types import Dict, Opaque

SET = Opaque("set")
WRITTEN = ("add", "discard", "remove", "update")  # each has one argument here
ASKED = ("union", "intersection", "difference", "issubset", "issuperset", "isdisjoint", "copy")


def dict_pop(ctx: Context, base: Value, args: list[Value]) -> Value:
    """d.pop(key), of a dict whose keys are known."""
    key, t = read(ctx, args[0]), read(ctx, base).type
    if not isinstance(t, Dict) or t.items is None or not isinstance(key, Lit):
        ctx.refuse("removing a key that is only known when it runs is not supported", "make a new dict without it")
    if key.value not in dict(t.items):
        if len(args) > 1:
            return args[1]
        hint = "give a default, as in `d.pop(key, 0.0)`, or test for it with `in`"
        ctx.refuse(f"there is no key {key.value!r} here", hint)
    taken = get_item(ctx, base, key)
    held = read(ctx, taken)
    kept = [literal(k) for k, _ in t.items if k != key.value]

    def without(old: Atom) -> Atom:
        return ctx.emit("dict", *(p for k in kept for p in (k, ctx.emit("operator.getitem", old, k))))

    update(ctx, base, without, slot=True)
    return taken if isinstance(taken, Ref) and taken.cell is not getattr(base, "cell", None) else held


def dict_get(ctx: Context, base: Value, args: list[Value]) -> Value:
    """d.get(key, default)."""
    key = read(ctx, args[0])
    default = args[1] if len(args) > 1 else literal(None)
    atom = read(ctx, base)
    if isinstance(atom.type, Dict) and atom.type.items is not None and isinstance(key, Lit):
        return get_item(ctx, base, key) if key.value in dict(atom.type.items) else default
    test = ctx.emit("operator.contains", atom, key)
    return operators.either(ctx, test, lambda: get_item(ctx, base, key), lambda: default)


def dict_update(ctx: Context, base: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
    for other in args:
        if not known_keys(ctx, other) and targets.elements(ctx, other) is None:
            library_calls.from_prelude(ctx, "updated", [base, other])
            continue
        for name, value in expressions.known_entries(ctx, other, ctx.frame.source.node).items():
            set_item(ctx, base, literal(name), value)
    for name, value in kwargs.items():
        set_item(ctx, base, literal(name), value)
    return literal(None)


def set_default(ctx: Context, base: Value, args: list[Value]) -> Value:
    key, t = read(ctx, args[0]), read(ctx, base).type
    if isinstance(t, Dict) and t.items is not None and isinstance(key, Lit):
        if key.value not in dict(t.items):
            set_item(ctx, base, key, args[1])
        return get_item(ctx, base, key)
    test = ctx.emit("operator.contains", read(ctx, base), key)

    def assign() -> int:
        set_item(ctx, base, key, args[1])
        return NEXT

    branch(ctx, test, lambda: NEXT, assign, ctx.live(ctx.frame.calling | frozenset(ctx.frame.names)))
    return get_item(ctx, base, key)


DEFAULTS = {"builtins.float": 0.0, "builtins.int": 0, "builtins.list": None}


def default_of(ctx: Context, kind: str) -> Value:
    """What a missing entry of a defaultdict is at first."""
    number = DEFAULTS[kind]
    return expressions.make_list(ctx, []) if number is None else literal(number)


def default_dict(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """collections.defaultdict(float): a dict, whose type says what an entry is at first."""
    name = args[0].name if len(args) == 1 and isinstance(args[0], LibraryValue) else ""
    if name not in DEFAULTS or kwargs:
        ctx.refuse(
            "a defaultdict of other than float, int or list is not supported",
            "use a dict, and .setdefault(key, []) or .get(key, 0.0)",
        )
    ctx.defaults.add(name)
    made = ctx.emit("dict")
    assert isinstance(made, Var) and isinstance(made.type, Dict)
    made.type = replace(made.type, default=name)
    return Ref(new_cell(ctx, "", made))


def is_dict(ctx: Context, value: Value) -> bool:
    """Whether a value is surely a dict."""
    if isinstance(value, Instance):
        return value.cls is None and value.keys is not None
    return not isinstance(value, TupleValue) and isinstance(read(ctx, value).type, Dict)


def known_keys(ctx: Context, value: Value) -> bool:
    """Whether the keys of a dict are known."""
    if isinstance(value, Instance):
        return True
    t = read(ctx, value).type
    return isinstance(t, Dict) and t.items is not None


def united(ctx: Context, left: Value, right: Value) -> Value | None:
    """left | right, where either is a dict."""
    if not is_dict(ctx, left) and not is_dict(ctx, right):
        return None
    if known_keys(ctx, left) and known_keys(ctx, right):
        node = ctx.frame.source.node
        entries = {**expressions.known_entries(ctx, left, node), **expressions.known_entries(ctx, right, node)}
        return expressions.dict_of(ctx, entries)
    return library_calls.from_prelude(ctx, "united", [left, right])


def add_all(ctx: Context, base: Value, others: Value) -> None:
    """base |= others, of a set."""
    items = read(ctx, others)
    update(ctx, base, lambda old: ctx.emit("set.update", old, items))


def set_method(ctx: Context, base: Value, name: str, args: list[Value], node: ast.Call) -> Value:
    """base.name(*args), of a set."""
    if name in WRITTEN and len(args) == 1:
        item = read(ctx, args[0])
        update(ctx, base, lambda old: ctx.emit(f"set.{name}", old, item))
        return literal(None)
    if name in ASKED and len(args) <= 1:
        found = ctx.emit(f"set.{name}", read(ctx, base), *(read(ctx, a) for a in args))
        return Ref(new_cell(ctx, "", found)) if found.type == SET else found
    ctx.refuse(f"the method .{name} of a set is not supported", "use its operators: `a | b`, `a - b`", node)
