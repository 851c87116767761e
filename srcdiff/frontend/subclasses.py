"""Arguments that are annotated with a class that others are derived from: an object is of the class itself, or asserted to be.

def loss(shape: Shape, x): return shape.area() * x      which area() it is depends on the class of the object
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srcdiff.frontend.classes import UserClass, live_class
from srcdiff.frontend.context import Context
from srcdiff.frontend.names import TextResolver, UserType
from srcdiff.frontend.storage import read
from srcdiff.frontend.values import Attribute, Ref
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Op

FUNCTIONS = ("method", "property", "static", "class", "cached")
MAKERS = ("__init__", "__post_init__")  # no object that is given is made again


def derived(cls: UserClass) -> Iterator[UserClass]:
    """The known classes that inherit from a class: those that exist, or those of its file."""
    if cls.live is not None:
        live: list[Any] = type.__subclasses__(cls.live)
        for sub in [live_class(kind) for kind in live]:
            yield sub
            yield from derived(sub)
    elif isinstance(cls.resolver, TextResolver):
        for name in cls.resolver.classes:
            found = cls.resolver.resolve(name)
            if isinstance(found, UserType) and found.cls is not cls and found.cls.inherits(cls.identity):
                yield found.cls


def overrides(sub: UserClass, cls: UserClass) -> bool:
    """Whether a class that inherits from another has a method of its own in the place of one of that."""
    own = (m for owner in sub.mro if owner is not cls and owner.inherits(cls.identity) for m in owner.members.items())
    return any(m.kind in FUNCTIONS and name not in MAKERS and cls.find(name) is not None for name, m in own)


def check_class(ctx: Context, cls: UserClass, base: Ref) -> None:
    """Assert that an object has the methods of the class that it is annotated with, where one derived from it has others."""
    subs = list(derived(cls))
    others = [sub.name for sub in subs if overrides(sub, cls)]
    if not others:
        return
    names = list(dict.fromkeys([cls.name, *(sub.name for sub in subs if sub.name not in others)]))
    kind = ctx.emit("getattr", ctx.emit("builtins.type", read(ctx, base)), literal("__name__"))
    if len(names) == 1:
        test = ctx.emit("operator.eq", kind, literal(cls.name))
    else:
        test = ctx.emit("operator.contains", ctx.emit("tuple", *map(literal, names)), kind)
    made = (stmt for block in ctx.builder.blocks for stmt in block.body)
    if not any(isinstance(stmt, Op) and stmt.fn == "assert" and stmt.args[0] is test for stmt in made):
        what = ".".join([base.cell.hint, *(step.name for step in base.path if isinstance(step, Attribute))])
        ctx.emit("assert", test, literal(f"annotate {what} with its own class, not with {cls.name}"))
