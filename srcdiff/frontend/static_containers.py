"""Lists and dicts of what exists only at compile time: objects, functions, and tuples of them."""

from __future__ import annotations

from collections.abc import Sequence

from srcdiff.frontend import boxes
from srcdiff.frontend.context import Context, Growing, definition
from srcdiff.frontend.storage import in_cells, is_callable, read, refuse_growing, static_items
from srcdiff.frontend.subscripts import get_item
from srcdiff.frontend.values import Choice, Instance, Maybe, Ref, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Lit


def is_static(value: Value) -> bool:
    """Whether no list of the program can hold a value as it is: objects, functions, and tuples of them."""
    if isinstance(value, TupleValue):
        return value.cls is not None or any(map(is_static, value.items))
    if isinstance(value, Maybe):
        return is_static(value.value)
    return isinstance(value, Instance) and not value.boxed or is_callable(value)


MANY = 8  # the functions of a table, for each of which a branch is written


def static_list(ctx: Context, items: list[Value], hint: str = "") -> Value:
    """A list of objects or functions; of objects a value of the program, where it is known to grow."""
    made = Instance(None, hint)
    ctx.frame.names[made.key("items")] = in_cells(ctx, TupleValue(tuple(items)))
    ctx.lists[made.number] = ctx.builder.loc
    return boxes.boxed(ctx, made) if ctx.builder.loc in ctx.growing and _may_grow(items) else made


def check_length(ctx: Context, name: str, first: Value | None, second: Value | None) -> None:
    """Lower again where a list of objects, by the name of its elements, has two lengths, by the path or the iteration."""
    number = name[1:].partition(">.")[0]
    if not number.isdigit() or not isinstance(first, TupleValue) or not isinstance(second, TupleValue):
        return
    if len(first.items) != len(second.items) and _may_grow(second.items):
        grow(ctx, int(number), first.items)


def extend(ctx: Context, base: Instance, more: list[Value] | None) -> None:
    """Append elements to a list of objects; where their number is not known, it is lowered again."""
    items = static_items(ctx, base)
    if more is None:
        grow(ctx, base.number, items)
        refuse_growing(ctx)
    replace_items(ctx, base, [*items, *more])


def grow(ctx: Context, number: int, items: Sequence[Value]) -> None:
    """Lower again, with a list of objects of one class as a value of the program from where it is made."""
    place = ctx.lists.get(number)
    if place is not None and place not in ctx.growing and _may_grow(items):
        raise Growing(place)


def _may_grow(items: Sequence[Value]) -> bool:
    """Whether the elements of a list are of one class, each another object, which the program can have in a list."""
    objects = [item for item in items if is_static(item)]
    classes = {getattr(item, "cls", None) for item in objects}
    return all(map(boxes.can_be_boxed, objects)) and len(classes) <= 1 and len({*map(id, objects)}) == len(objects)


def static_dict(ctx: Context, keys: tuple[object, ...], items: list[Value], hint: str = "") -> Instance:
    made = Instance(None, hint, keys=keys)
    ctx.frame.names[made.key("items")] = in_cells(ctx, TupleValue(tuple(items)))
    return made


def known_index(ctx: Context, index: Value) -> object:
    """The Python value of an index that is a constant; refused where it is none."""
    atom = read(ctx, index)
    made = definition(ctx, atom)
    if made is not None and made.fn == "slice" and all(isinstance(a, Lit) for a in made.args):
        return slice(*(a.value for a in made.args if isinstance(a, Lit)))
    if not isinstance(atom, Lit):
        ctx.refuse(
            "a list or dict of objects or functions is indexed by what is only known when it runs",
            "loop over it, or choose with `if`",
        )
    return atom.value


def is_container(value: Value) -> bool:
    return isinstance(value, Instance) and value.cls is None


def replace_items(ctx: Context, base: Instance, items: list[Value]) -> None:
    ctx.frame.names[base.key("items")] = in_cells(ctx, TupleValue(tuple(items)))


def get(ctx: Context, base: Instance, index: Value) -> Value:
    """base[index], by an index that is known; one of a few functions, by one that is not."""
    items = static_items(ctx, base)
    if 1 < len(items) <= MANY and all(map(is_callable, items)) and not _is_known(ctx, index):
        return one_of(ctx, base, items, read(ctx, index))
    if not _is_known(ctx, index) and isinstance(made := boxes.as_list(ctx, base), Ref):
        return get_item(ctx, made, index)
    if not _is_known(ctx, index):
        grow(ctx, base.number, items)
    at = known_index(ctx, index)
    if base.keys is not None:
        if at not in base.keys:
            ctx.refuse(f"there is no key {at!r} here", "the keys are " + ", ".join(map(repr, base.keys)))
        return items[base.keys.index(at)]
    if isinstance(at, slice):
        return static_list(ctx, list(items[at]))
    if type(at) is not int or not -len(items) <= at < len(items):
        ctx.refuse(f"the index {at} is out of range", f"there are {len(items)} elements")
    return items[at]


def _is_known(ctx: Context, index: Value) -> bool:
    atom = read(ctx, index)
    made = definition(ctx, atom)
    return isinstance(atom, Lit) or made is not None and made.fn == "slice"


def one_of(ctx: Context, base: Instance, items: tuple[Value, ...], index: Atom) -> Value:
    """One of the functions of a table, as a branch for each of them; that the index is one of them is asserted."""
    if base.keys is not None:
        keys: list[Atom] = [literal(key) for key in base.keys]
        known = ctx.emit("operator.contains", ctx.emit("tuple", *keys), index)
    else:
        keys = [literal(k) for k in range(len(items))]
        known = ctx.emit(
            "operator.contains", ctx.emit("builtins.range", literal(-len(items)), literal(len(items))), index
        )
    ctx.emit("assert", known, index)
    if base.keys is None:
        index = ctx.emit("operator.mod", index, literal(len(items)))
    return chosen(ctx, keys[:-1], items[:-1], index, items[-1])


def chosen(ctx: Context, keys: list[Atom], items: Sequence[Value], index: Atom, found: Value) -> Value:
    """The item whose key the index is; else the one that is given."""
    for key, item in zip(reversed(keys), reversed(items)):
        found = Choice(ctx.emit("operator.eq", index, key), item, found)
    return found


def put(ctx: Context, base: Instance, index: Value, value: Value) -> None:
    """base[index] = value, by an index that is known."""
    items, at = list(static_items(ctx, base)), known_index(ctx, index)
    if base.keys is not None:
        if at not in base.keys:
            ctx.refuse("a new key of a dict of objects or functions is not supported", "write the dict out at once")
        items[base.keys.index(at)] = value
    elif type(at) is int and -len(items) <= at < len(items):
        items[at] = value
    else:
        ctx.refuse(f"the index {at} is out of range", f"there are {len(items)} elements; append adds one")
    replace_items(ctx, base, items)


def method(ctx: Context, base: Instance, name: str, args: list[Value]) -> Value:
    """The methods of a list or dict of objects or functions."""
    items = list(static_items(ctx, base))
    if base.keys is not None:
        keys: list[Value] = [literal(k) for k in base.keys]
        match name, args:
            case "items", []:
                return TupleValue(tuple(TupleValue(pair) for pair in zip(keys, items)))
            case "values", []:
                return TupleValue(tuple(items))
            case "keys", []:
                return TupleValue(tuple(keys))
            case "get", [key, default] if (
                not _is_known(ctx, key) and 1 < len(items) <= MANY and all(map(is_callable, [*items, default]))
            ):
                return chosen(ctx, [literal(k) for k in base.keys], items, read(ctx, key), default)
            case "get", [key, *default]:
                if known_index(ctx, key) in base.keys:
                    return get(ctx, base, key)
                return default[0] if default else literal(None)
    else:
        match name, args:
            case "append", [value]:
                items.append(value)
            case "extend", [more]:
                from srcdiff.frontend.targets import elements

                extend(ctx, base, elements(ctx, more))
                return literal(None)
            case "insert", [at, value] if type(known := known_index(ctx, at)) is int:
                items.insert(known, value)
            case "pop", []:
                value = items.pop()
                replace_items(ctx, base, items)
                return value
            case "reverse", []:
                items.reverse()
            case "copy", []:
                return static_list(ctx, items)
            case _:
                ctx.refuse(f"the method .{name} of a list of objects is not supported", "use append, or a new list")
        replace_items(ctx, base, items)
        return literal(None)
    ctx.refuse(f"the method .{name} of a dict of objects or functions is not supported", "index it by its keys")
