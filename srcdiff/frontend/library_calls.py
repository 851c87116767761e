"""Functions of the library that the compiler knows itself: of types and attributes, or that take functions."""

from __future__ import annotations

from collections.abc import Callable as Function
from dataclasses import replace
from pathlib import Path

from srcdiff.frontend import (
    attributes,
    boxes,
    calls,
    containers,
    dicts,
    expressions,
    functions,
    objects,
    operators,
    sorting,
    targets,
)
from srcdiff.frontend.context import Context, is_mutable
from srcdiff.frontend.source import read_module
from srcdiff.frontend.static_containers import is_container
from srcdiff.frontend.storage import is_callable, memory, new_cell, reach, read, shared_by
from srcdiff.frontend.values import ClassValue, Instance, LibraryValue, Ref, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Lit, Var
from srcdiff.ir.types import Array, Dict, Opaque, Sequence

Special = Function[[Context, list[Value], dict[str, Value]], Value | None]
PRELUDE = Path(__file__).with_name("prelude.py")


# those whose result holds each element of their arguments once at most
EACH_ONCE = frozenset("""
    filter_ chain chain_2 chain_3 extend without inserted spliced spliced_end backwards sorted_ sorted_down sorted_by sorted_down_by
""".split())


WALKED = ("xs", "ys", "zs", "rows")  # the parameters of the prelude that are walked through
UNTAKEN = "this call has arguments that srcdiff does not take"


def from_prelude(ctx: Context, name: str, args: list[Value], prelude: Path = PRELUDE) -> Value:
    """Inline a function of the prelude; its errors are the call's."""
    source = replace(read_module(str(prelude)).functions[name], place=ctx.builder.loc)
    if len(args) > len(source.node.args.args):
        ctx.refuse(UNTAKEN, "write a loop")
    names = [parameter.arg for parameter in source.node.args.args]
    args = [walked(ctx, a) if parameter in WALKED else a for a, parameter in zip(args, names)]
    once = name in EACH_ONCE and not any(
        memory(shared_by(ctx, a)) & memory(shared_by(ctx, b)) for k, a in enumerate(args) for b in args[:k]
    )
    known = frozenset().union(*(reach(ctx, a) for a in args))
    found = functions.inline(ctx, source, source.node, args, {}, None, None)
    for ref in [found, *args] if once else []:
        if isinstance(ref, Ref):
            held = reach(ctx, ref)
            ctx.state.reach[ref.cell] = memory(held) | (held & known)
    return found


def walked(ctx: Context, value: Value) -> Value:
    """What a function of the prelude walks through by its index: of a dict, its keys; a set's elements, listed."""
    if isinstance(value, Instance) and value.cls is None and value.keys is not None:
        return TupleValue(tuple(targets.elements(ctx, value) or ()))
    t = read(ctx, value).type if isinstance(value, Ref | Var) else None
    if not isinstance(t, Dict) and t != Opaque("set"):
        return value
    return Ref(new_cell(ctx, "", ctx.emit("builtins.list", read(ctx, value))))


def by_number(name: str, most: int, fixed: int = 0) -> Special:
    """A function of the prelude for each number of sequences: zip_, zip_2, zip_3."""

    def special(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
        number = len(args) - fixed
        if not 1 <= number <= most or kwargs:
            ctx.refuse(UNTAKEN, "write a loop")
        suffix = "" if number == 1 else f"_{number}"
        stem = name if number == 1 else name.rstrip("_")
        return from_prelude(ctx, stem + suffix, args)

    return special


def plain(name: str, number: int = 1, most: int = 0) -> Special:
    def special(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
        given = [*args, *kwargs.values()] if set(kwargs) <= {"start"} else []
        if not number <= len(given) <= max(most, number):
            ctx.refuse(UNTAKEN, "write a loop")
        return from_prelude(ctx, name, given)

    return special


def filter_(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if len(args) == 2 and isinstance(args[0], Lit):
        ctx.refuse("filter() by the truth of the elements is not supported", "write a list comprehension")
    return from_prelude(ctx, "filter_", args)


def reduce(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    return from_prelude(ctx, "reduce" if len(args) == 2 else "reduce_from", args)


def accumulate(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    given = [*args, *(v for k, v in kwargs.items() if k == "func")]
    if "initial" in kwargs:
        function = given[1] if len(given) > 1 else LibraryValue("operator.add")
        return from_prelude(ctx, "accumulate_from", [given[0], function, kwargs["initial"]])
    return from_prelude(ctx, "accumulate" if len(given) == 1 else "accumulate_by", given)


def product(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    times = kwargs.get("repeat")
    if isinstance(times, Lit) and type(times.value) is int:
        args = args * times.value
    elif kwargs:
        ctx.refuse("product() with a repeat= that is only known when it runs is not supported", "write loops")
    return by_number("product", 3)(ctx, args, {})


def choices(name: str, *numbers: int) -> Special:
    """Combinations or permutations, of as many elements as the prelude has functions for."""

    def special(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
        number = args[1].value if len(args) == 2 and isinstance(args[1], Lit) else None
        if number not in numbers:
            ctx.refuse(
                f"{name}() of other than {' or '.join(map(str, numbers))} elements is not supported", "write loops"
            )
        return from_prelude(ctx, f"{name}_of_{number}", args[:1])

    return special


def islice(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if len(args) not in (2, 3):
        ctx.refuse(UNTAKEN, "write a loop")
    return from_prelude(ctx, f"islice_{len(args)}", args)


def zip_longest(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if len(args) not in (2, 3):
        ctx.refuse(UNTAKEN, "write a loop")
    return from_prelude(ctx, f"zip_longest_{len(args)}", [*args, kwargs.get("fillvalue", literal(None))])


def extremum(name: str) -> Special:
    def special(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
        if "default" in kwargs and len(args) == 1:
            options = {k: v for k, v in kwargs.items() if k != "default"}
            return operators.either(
                ctx,
                operators.truth(ctx, calls.library_call(ctx, "builtins.len", args, {}, None)),
                lambda: calls.library_call(ctx, f"builtins.{name}", args, options, None),
                lambda: kwargs["default"],
            )
        xs = args[0] if len(args) == 1 else TupleValue(tuple(args))
        if "key" in kwargs:
            return from_prelude(ctx, f"{name}_by", [xs, kwargs["key"]])
        return from_prelude(ctx, f"{name}_of_tuples", [xs]) if sorting.size_of_tuples(ctx, xs) is not None else None

    return special


# types and attributes


def is_instance(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    return containers.instance_of(ctx, args[0], args[1])


def is_subclass(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if not all(isinstance(a, ClassValue) for a in args):
        ctx.refuse("the classes that issubclass() compares are only known when it runs", "name them in the text")
    first, second = args
    assert isinstance(first, ClassValue) and isinstance(second, ClassValue)
    return literal(first.cls.inherits(second.cls.identity))


def _attribute_name(ctx: Context, value: Value) -> str:
    atom = read(ctx, value)
    if not isinstance(atom, Lit) or not isinstance(atom.value, str):
        ctx.refuse("the name of this attribute is only known when it runs", "write it out: `x.name`")
    return atom.value


def get_attribute(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    name = _attribute_name(ctx, args[1])
    if isinstance(args[0], Instance):
        found = objects.instance_attribute(ctx, args[0], name)
        if found is not None:
            return found
        if len(args) > 2:
            return args[2]
    if isinstance(args[0], TupleValue) and args[0].cls is not None:
        return objects.tuple_attribute(ctx, args[0], name)
    if isinstance(args[0], objects.OBJECTS):
        return objects.attribute(ctx, args[0], name)
    if isinstance(args[0], LibraryValue):
        return attributes.library_attribute(ctx, args[0], name)
    ctx.refuse("getattr() of this value is not supported", "write the attribute out")


def has_attribute(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    name = _attribute_name(ctx, args[1])
    if not isinstance(args[0], Instance) or args[0].cls is None:
        ctx.refuse("hasattr() of this value is not supported", "annotate it with its class")
    return literal(objects.instance_attribute(ctx, args[0], name) is not None)


def set_attribute(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    objects.assign(ctx, args[0], _attribute_name(ctx, args[1]), args[2])
    return literal(None)


def is_callable_(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    value = args[0]
    if isinstance(value, Instance) and value.cls is not None:
        return literal(value.cls.find("__call__") is not None)
    return literal(is_callable(value))


def type_(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    value = args[0]
    if isinstance(value, (Instance, TupleValue)) and value.cls is not None:
        return ClassValue(value.cls)
    ctx.refuse("type() of this value is not supported", "use isinstance(), or annotate the argument")


def super_(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    return objects.super_of(ctx, args)


def dataclass_replace(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """dataclasses.replace(instance, **changes)"""
    instance = args[0]
    fields = instance.cls.all_fields() if isinstance(instance, Instance) and instance.cls is not None else None
    if fields is None or not isinstance(instance, Instance) or instance.cls is None:
        ctx.refuse("dataclasses.replace of what is no dataclass is not supported", "make the object anew")
    kept = {f.name: objects.attribute(ctx, instance, f.name) for f in fields if f.init}
    return objects.construct(ctx, instance.cls, [], {**kept, **kwargs})


def dataclass_dict(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """dataclasses.asdict(instance)"""
    fields = args[0].cls.all_fields() if isinstance(args[0], Instance) and args[0].cls is not None else None
    if fields is None:
        ctx.refuse("dataclasses.asdict of what is no dataclass is not supported", "write the dict out")
    return expressions.dict_of(
        ctx, {f.name: _copy_of_field(ctx, objects.attribute(ctx, args[0], f.name)) for f in fields}
    )


def dataclass_tuple(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """dataclasses.astuple(instance)"""
    fields = args[0].cls.all_fields() if isinstance(args[0], Instance) and args[0].cls is not None else None
    if fields is None:
        return None
    values = [objects.attribute(ctx, args[0], f.name) for f in fields]
    return TupleValue(tuple(dataclass_tuple(ctx, [value], {}) or _copy_of_field(ctx, value) for value in values))


def _copy_of_field(ctx: Context, value: Value) -> Value:
    """What asdict() and astuple() give of a field: a copy of what can be changed."""
    if not isinstance(value, Ref) or is_mutable(read(ctx, value).type) is False:
        return value
    return containers.shallow_copy(ctx, value)


def copied(ctx: Context, args: list[Value], kwargs: dict[str, Value], deep: bool = False) -> Value | None:
    if isinstance(args[0], Instance):
        made = None if deep else objects.copied(ctx, args[0])
        if made is None:
            ctx.refuse("a copy of this object is not supported", "make the object anew")
        return made
    t = read(ctx, args[0]).type
    if isinstance(t, Array):
        return containers.shallow_copy(ctx, args[0])
    ctx.refuse("a copy of this value is not supported", "use .copy() of an array or a list")


def dict_(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if not args:
        return expressions.dict_of(ctx, kwargs)
    value = args[0]
    if len(args) == 1 and isinstance(value, TupleValue | Ref):
        t = read(ctx, value).type
        if isinstance(t, Sequence) or isinstance(value, TupleValue):
            if kwargs:
                ctx.refuse("dict() of pairs and keywords together is not supported", "assign the keys one by one")
            return pairs_dict(ctx, value) or from_prelude(ctx, "dict_", [value])
        if not kwargs:
            return containers.shallow_copy(ctx, value)
    return expressions.dict_of(ctx, {**expressions.known_entries(ctx, value, ctx.frame.source.node), **kwargs})


def pairs_dict(ctx: Context, value: Value) -> Value | None:
    """The dict of pairs whose keys are known."""
    found: dict[str, Value] = {}
    for item in targets.elements(ctx, value) or ():
        pair = targets.elements(ctx, item)
        key = read(ctx, pair[0]) if pair is not None and len(pair) == 2 else None
        if pair is None or not isinstance(key, Lit):
            return None
        found[key.value] = pair[1]
    return expressions.dict_of(ctx, found) if found else None


def sum_(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """The sum of objects, by their own operators."""
    if len(args) == 2 and isinstance(args[1], Ref) and isinstance(read(ctx, args[1]).type, Sequence):
        return from_prelude(ctx, "joined_from", args)
    if not args or not (is_container(args[0]) or _holds_objects(ctx, args[0])):
        return None
    start = [*args[1:], *kwargs.values()] or [literal(0)]
    return from_prelude(ctx, "reduce_from", [LibraryValue("operator.add"), args[0], start[0]])


def _holds_objects(ctx: Context, value: Value) -> bool:
    if isinstance(value, TupleValue):
        return any(isinstance(v, Instance) for v in value.items)
    return isinstance(value, Ref) and boxes.holds_objects(read(ctx, value).type)


def default_dict(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    return dicts.default_dict(ctx, args, kwargs)


def set_(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    return Ref(new_cell(ctx, "", ctx.emit("builtins.set", *(read(ctx, a) for a in args))))


SPECIAL: dict[str, Special] = {
    "builtins.map": by_number("map_", 3, fixed=1),
    "builtins.filter": filter_,
    "builtins.zip": by_number("zip_", 3),
    "builtins.enumerate": plain("enumerate_", 1, 2),
    "builtins.reversed": plain("reversed_"),
    "builtins.sorted": sorting.sorted_,
    "builtins.max": extremum("max"),
    "builtins.min": extremum("min"),
    "builtins.sum": sum_,
    "builtins.dict": dict_,
    "collections.defaultdict": default_dict,
    "builtins.set": set_,
    "builtins.isinstance": is_instance,
    "builtins.issubclass": is_subclass,
    "builtins.getattr": get_attribute,
    "builtins.hasattr": has_attribute,
    "builtins.setattr": set_attribute,
    "builtins.callable": is_callable_,
    "builtins.type": type_,
    "builtins.super": super_,
    "functools.reduce": reduce,
    "itertools.accumulate": accumulate,
    "itertools.pairwise": plain("pairwise"),
    "itertools.product": product,
    "itertools.combinations": choices("combinations", 2, 3),
    "itertools.permutations": choices("permutations", 2),
    "itertools.islice": islice,
    "itertools.zip_longest": zip_longest,
    "itertools.takewhile": plain("taken_while", 2),
    "itertools.dropwhile": plain("dropped_while", 2),
    "itertools.chain": by_number("chain", 3),
    "itertools.chain.from_iterable": plain("flattened"),
    "itertools.starmap": plain("starmap", 2),
    "itertools.repeat": plain("repeated", 2),
    "cmath.polar": plain("polar"),
    "cmath.rect": plain("rect", 2),
    "dataclasses.replace": dataclass_replace,
    "dataclasses.asdict": dataclass_dict,
    "dataclasses.astuple": dataclass_tuple,
    "copy.copy": copied,
    "copy.deepcopy": lambda ctx, args, kwargs: copied(ctx, args, kwargs, True),
}


def library_operator(ctx: Context, name: str, args: list[Value]) -> Value | None:
    """operator.add and the like, of objects."""
    root, _, fn = name.rpartition(".")
    if root == "operator" and len(args) == 2:
        return objects.operate(ctx, fn, args[0], args[1])
    if name in ("builtins.abs", "builtins.len", "builtins.float", "builtins.int", "builtins.bool") and len(args) == 1:
        value = args[0]
        if isinstance(value, Instance) and value.cls is not None:
            if fn == "bool":
                return operators.truth(ctx, value)
            return objects.call_method(ctx, value, f"__{fn}__", [], {})
    return None
