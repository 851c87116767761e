"""What a subscript gives: a copy, a view of memory, an element of a container, or any of these."""

from __future__ import annotations

from srcdiff.frontend.context import Context, definition
from srcdiff.ir.nodes import Atom, Lit
from srcdiff.ir.types import Array, Opaque, Type, as_array, rank


def index_kind(index: Atom, ctx: Context) -> str:
    """ "int", "basic" (slices and the like), "fancy" (a copy), or "unknown"."""
    made = definition(ctx, index)
    if made is not None and made.fn == "tuple":
        kinds = {index_kind(a, ctx) for a in made.args}
        for kind in ("fancy", "unknown", "basic"):
            if kind in kinds:
                return kind
        return "int"
    if (made is not None and made.fn == "slice") or isinstance(index, Lit) and index.value in (None, Ellipsis):
        return "basic"
    match index.type:
        case Array(dtype, ()):
            return "fancy" if dtype == "bool" else "int"
        case Array(_, tuple()) | Opaque("list"):
            return "fancy"
        case Opaque("slice" | "None" | "ellipsis"):
            return "basic"
        case Opaque("str" | "key"):
            return "key"
    return "fancy" if type(index.type).__name__ == "Sequence" else "unknown"


def is_of_arrays(ctx: Context, index: Atom) -> bool:
    """Whether only arrays have an index: slices among several parts, a list, a mask."""
    made, kind = definition(ctx, index), index_kind(index, ctx)
    return kind == "fancy" or kind == "basic" and made is not None and made.fn == "tuple"


def index_length(index: Atom, ctx: Context) -> int:
    made = definition(ctx, index)
    return len(made.args) if made is not None and made.fn == "tuple" else 1


def access(ctx: Context, base: Type, index: Atom) -> str:
    """What base[index] is: a "copy", a "view", an "element" of a container, or "maybe" one of these."""
    kind = index_kind(index, ctx)
    name = type(base).__name__
    if kind == "key" or name == "Dict":
        return "element"
    if name in ("Sequence", "Tuple"):
        return "element" if kind == "int" else "copy" if kind == "basic" else "maybe"
    if kind == "fancy":
        return "copy"
    if name == "Array":
        known = rank(as_array(base))
        if kind == "basic":
            return "view"
        if kind == "int" and known is not None:
            return "copy" if index_length(index, ctx) >= known else "view"
    return "maybe"
