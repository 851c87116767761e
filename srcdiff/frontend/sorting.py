"""What is sorted: by values, by keys, by tuples, upwards and downwards."""

from __future__ import annotations

from srcdiff.frontend import boxes, library_calls, targets
from srcdiff.frontend.context import Context
from srcdiff.frontend.storage import read
from srcdiff.frontend.values import Instance, Ref, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Lit
from srcdiff.ir.types import Array, Dict, Sequence, Tuple, rank


def order_of(ctx: Context, options: dict[str, Value]) -> tuple[str, list[Value]]:
    """The function of the prelude that sorts with these options, and what it takes besides the elements."""
    down, key = options.get("reverse", literal(False)), options.get("key")
    if not isinstance(down, Lit) or set(options) - {"key", "reverse"}:
        ctx.refuse(
            "sorting with a reverse= that is only known when it runs is not supported",
            "sort in both branches of an `if`",
        )
    name = "sorted_down" if down.value else "sorted_"
    if key is None or isinstance(key, Lit) and key.value is None:
        return name, []
    return f"{name.rstrip('_')}_by", [key]


def sorted_(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    return in_order(ctx, args[0], kwargs)


def size_of_tuples(ctx: Context, xs: Value) -> int | None:
    """How many elements the tuples have that a list holds; None where it holds none."""
    if isinstance(xs, Instance) or isinstance(xs, TupleValue) and not all(isinstance(v, TupleValue) for v in xs.items):
        return None
    t = read(ctx, xs).type
    if isinstance(t, Tuple):
        t = Sequence("tuple", t.elems[0], len(t.elems)) if t.elems else t
    return len(t.elem.elems) if isinstance(t, Sequence) and isinstance(t.elem, Tuple) else None


def holds_numbers(ctx: Context, xs: Value) -> bool:
    """Whether what a list holds is surely numbers, which may be negated."""
    items = targets.elements(ctx, xs)
    t = read(ctx, xs).type if items is None else None
    if isinstance(t, Dict):
        return t.key is not None
    if isinstance(t, Sequence):
        return isinstance(t.elem, Array)
    return isinstance(t, Array) or items is not None and all(isinstance(read(ctx, i).type, Array) for i in items)


def in_order(ctx: Context, xs: Value, options: dict[str, Value]) -> Value:
    """What is sorted, by a key which may be a pair."""
    name, key = order_of(ctx, options)
    xs = boxes.as_list(ctx, xs)
    keys = library_calls.from_prelude(ctx, "map_", [*key, xs]) if key else xs
    size = size_of_tuples(ctx, keys)
    t = read(ctx, keys).type if size is None and isinstance(keys, Ref) else None
    if isinstance(t, Array) and (rank(t) or 0) > 1:
        ctx.refuse(
            "what is sorted here are rows, or tuples of which nothing is declared",
            "annotate them: `points: list[tuple[float, float]]`",
        )
    if size is None and name.startswith("sorted_down") and not holds_numbers(ctx, keys):
        return library_calls.from_prelude(ctx, "sorted_down_by_texts", [xs, keys])
    if size is None:
        return library_calls.from_prelude(ctx, name, [xs, keys] if key else [xs])
    if size not in (2, 3):
        hint = "sort by one number at a time, the last one first"
        ctx.refuse("sorting by tuples is supported for pairs and triples", hint)
    stem = "sorted_down_by" if name.startswith("sorted_down") else "sorted_by"
    return library_calls.from_prelude(ctx, f"{stem}_{'pairs' if size == 2 else 'triples'}", [xs, keys])
