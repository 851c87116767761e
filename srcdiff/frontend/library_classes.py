"""Classes of the library whose objects hold values: they are objects as the user's are, of a class of the prelude."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from srcdiff.frontend import dicts, expressions, objects
from srcdiff.frontend.context import Context
from srcdiff.frontend.source import FunctionSource, read_module
from srcdiff.frontend.values import ClassValue, Instance, Value
from srcdiff.ir.builder import literal

PRELUDE = str(Path(__file__).with_name("class_prelude.py"))
HELD = {"deque": "items", "Counter": "counts"}  # the attribute that has what an object holds


def made(ctx: Context, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """The object that a call of a class of the library makes."""
    meaning = read_module(PRELUDE).resolver.resolve(name)
    cls = expressions.meaning_value(ctx, meaning, name)
    assert isinstance(cls, ClassValue)
    cls.cls.held = HELD[name]
    if name == "Counter" and (kwargs or args and dicts.is_dict(ctx, args[0])):
        ctx.refuse("Counter() of a dict or of keywords is not supported", "assign the counts one by one")
    if name == "deque" and not args:
        kwargs = {**kwargs, "filled": literal(False)}
    return objects.construct(ctx, cls.cls, args, kwargs)


def held(ctx: Context, value: Value) -> Value:
    """What functions of the library see of an object of theirs: the list, or the dict, that it is."""
    if not isinstance(value, Instance) or value.cls is None or not value.cls.held:
        return value
    return objects.attribute(ctx, value, value.cls.held)


def at_call(ctx: Context, source: FunctionSource) -> FunctionSource:
    """A method of the prelude, whose errors are the call's."""
    return replace(source, place=ctx.builder.loc) if source.file == PRELUDE else source
