"""Objects of the user's classes: at compile time they are taken apart into their attributes."""

from __future__ import annotations

from srcdiff.errors import counted, readable
from srcdiff.frontend import boxes, calls, decorators, defaults, expressions, functions
from srcdiff.frontend.classes import Field, Member, UserClass
from srcdiff.frontend.constants import own_name
from srcdiff.frontend.context import Context
from srcdiff.frontend.outside_objects import attribute_step, attributes_of, declared_attribute, outside_value
from srcdiff.frontend.storage import fixed_cell, in_cells, name_held, read, unalias
from srcdiff.frontend.values import (
    BoundMethod,
    ClassValue,
    Initialiser,
    Instance,
    LibraryValue,
    ModuleValue,
    Ref,
    Super,
    TupleValue,
    UserFunction,
    Value,
)
from srcdiff.ir.builder import literal
from srcdiff.ir.types import Array, Opaque

OBJECTS = (Instance, ClassValue, Super, ModuleValue)


# making instances


def construct(ctx: Context, cls: UserClass, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """The instance that a call of a class makes."""
    trouble = cls.trouble()
    if trouble:
        ctx.refuse(f"objects of class {cls.name} cannot be followed: {trouble}", "use a plain class or a dataclass")
    if cls.is_tuple:
        bound = bind_fields(ctx, cls, cls.fields or [], args, kwargs)
        return TupleValue(tuple(bound[f.name] for f in cls.fields or ()), cls)
    instance = Instance(cls, loop=ctx.loop)
    ctx.instances[instance.number] = instance
    initialise(ctx, instance, None, args, kwargs)
    return instance


def initialise(
    ctx: Context, instance: Instance, after: UserClass | None, args: list[Value], kwargs: dict[str, Value]
) -> None:
    """Run the constructor that the class, or what follows a class in its order, defines."""
    assert instance.cls is not None
    order = instance.cls.mro
    for cls in order[order.index(after) + 1 :] if after is not None else order:
        if "__init__" in cls.members:
            call_member(ctx, cls.members["__init__"], "__init__", instance, cls, args, kwargs)
            return
        if cls.makes_init:
            fields = cls.fields or []
            bound = bind_fields(ctx, cls, fields, args, kwargs)
            for name, value in bound.items():
                assign(ctx, instance, name, value)
            if instance.cls.find("__post_init__") is not None:
                call_method(ctx, instance, "__post_init__", [], {})
            return
    if args or kwargs:
        ctx.refuse(f"{instance.cls.name}() takes no arguments", "give the class an __init__, or make it a dataclass")


def bind_fields(
    ctx: Context, cls: UserClass, fields: list[Field], args: list[Value], kwargs: dict[str, Value]
) -> dict[str, Value]:
    """Each field's value, as the constructor made of the fields binds it."""
    positional = [f for f in fields if f.init and not f.keyword_only]
    takes = "its arguments are " + ", ".join(f.name for f in fields if f.init)
    if len(args) > len(positional):
        ctx.refuse(f"{cls.name}() takes {counted(len(positional), 'argument')}, and is given {len(args)}", takes)
    given = {f.name: a for f, a in zip(positional, args)}
    for name, value in kwargs.items():
        if name in given or name not in [f.name for f in fields if f.init]:
            why = f"gets its argument {name} twice" if name in given else f"has no argument {name}"
            ctx.refuse(f"{cls.name}() {why}", takes)
        given[name] = value
    bound: dict[str, Value] = {}
    for field in fields:
        if field.name in given:
            bound[field.name] = given[field.name]
        elif field.default is not None:
            bound[field.name] = defaults.default_value(ctx, field.default, f"{cls.name}_{field.name}")
        elif field.factory is not None:
            factory = expressions.meaning_value(ctx, field.factory, f"{cls.name}_{field.name}")
            bound[field.name] = calls.apply(ctx, factory, [], {}, None)
        elif field.init:
            ctx.refuse(f"{cls.name}() is called without its argument {field.name}", takes)
    return bound


# attributes


def attribute(ctx: Context, base: Value, name: str) -> Value:
    """base.name, of an object, a class, a module of the user's, or super()."""
    match base:
        case ModuleValue(meaning, resolver):
            return expressions.meaning_value(ctx, resolver.attribute(meaning, name), name)
        case ClassValue(cls):
            return class_attribute(ctx, cls, name)
        case Super(owner, bound):
            return super_attribute(ctx, owner, bound, name)
        case Instance(cls=cls):
            found = instance_attribute(ctx, base, name)
            if found is None:
                what = cls.name if cls is not None else "this object"
                ctx.refuse(f"{what} has no attribute {name}", "assign it before it is read, in __init__ for example")
            return found
    raise AssertionError(f"no object: {base}")


def instance_attribute(ctx: Context, instance: Instance, name: str) -> Value | None:
    """An attribute as Python looks it up: properties, the object's own, its class's; None where there is none."""
    cls = instance.cls
    if cls is None:
        return None
    if name == "__class__":
        return ClassValue(cls)
    found = cls.find(name)
    if found is not None and found[0].kind == "property":
        return call_member(ctx, found[0], name, instance, found[1], [], {})
    if instance.boxed and (own := boxes.attribute(ctx, instance, name)) is not None:
        return own
    key = instance.key(name)
    if key in ctx.frame.names:
        return unalias(ctx, ctx.frame.names[key])
    return default_attribute(ctx, instance, name)


def default_attribute(ctx: Context, instance: Instance, name: str) -> Value | None:
    """What an attribute is that was not assigned here: the outside object's, or the class's."""
    cls = instance.cls
    assert cls is not None
    found = cls.find(name)
    if instance.live is not None and instance.base is not None:
        own = attributes_of(instance.live)
        if name in own:
            return outside_value(ctx, own[name], attribute_step(instance.base, name), instance.is_argument)
    elif (
        instance.base is not None and instance.is_declared and (found is None or found[0].kind in ("value", "computed"))
    ):
        return declared_attribute(ctx, cls, instance.base, name)
    if found is None:
        return None
    return bound_member(ctx, found[0], name, instance, found[1])


def bound_member(ctx: Context, member: Member, name: str, bound: Value, owner: UserClass) -> Value:
    """A class's member as an instance, or the class, has it."""
    if member.problem:
        ctx.refuse(f"{owner.name}.{name} is not supported: {member.problem}", "write a plain method")
    if member.kind == "value":
        return expressions.meaning_value(ctx, member.meaning, f"{owner.name}_{name}")
    if member.kind == "computed":
        own = own_name(ctx, owner.name, owner.resolver, owner.identity)
        return attribute_step(Ref(fixed_cell(ctx, owner.name, own)), name)
    assert member.function is not None
    if member.kind == "cached":
        ctx.refuse(f"{owner.name}.{name} is a cached property, which may be out of date", "make it a property")
    function = function_of(ctx, member)
    if member.kind == "static":
        return function
    if member.kind == "class" and isinstance(bound, Instance) and bound.cls is not None:
        return BoundMethod(function, ClassValue(bound.cls))
    return BoundMethod(function, bound)


def function_of(ctx: Context, member: Member) -> Value:
    """A method, with what its decorators make of it."""
    assert member.function is not None
    if member.decorators:
        return decorators.decorated(ctx, member.function, member.decorators)
    from srcdiff.frontend.library_classes import at_call

    return UserFunction(at_call(ctx, member.function))


def class_attribute(ctx: Context, cls: UserClass, name: str) -> Value:
    if name == "__name__":
        return literal(cls.name)
    found = cls.find(name)
    if found is None:
        if name == "_make" and cls.is_tuple:
            ctx.refuse(f"{cls.name}._make is not supported", "call the class with the values")
        ctx.refuse(f"the class {cls.name} has no attribute {name}", "define it in the class")
    member, owner = found
    if member.kind in ("value", "computed", "class", "static"):
        return bound_member(ctx, member, name, ClassValue(cls), owner)
    if member.problem or member.function is None or member.kind != "method":
        ctx.refuse(f"{owner.name}.{name} is not supported here", "use it on an instance")
    return function_of(ctx, member)


def super_attribute(ctx: Context, owner: UserClass, bound: Value, name: str) -> Value:
    cls = bound.cls if isinstance(bound, (Instance, ClassValue)) else None
    if cls is None or owner not in cls.mro:
        ctx.refuse("super() is not supported here", "name the class whose method is meant")
    if name == "__init__" and isinstance(bound, Instance):
        return Initialiser(bound, owner)
    found = cls.find(name, owner)
    if found is None:
        ctx.refuse(f"no class that {owner.name} inherits from has {name}", "define it in the base class")
    if found[0].kind == "property":
        return call_member(ctx, found[0], name, bound, found[1], [], {})
    return bound_member(ctx, found[0], name, bound, found[1])


def is_property(instance: Value, name: str) -> bool:
    """Whether an attribute is set by a function of its class."""
    found = instance.cls.find(name) if isinstance(instance, Instance) and instance.cls is not None else None
    return found is not None and found[0].kind == "property"


def assign(ctx: Context, instance: Value, name: str, value: Value) -> None:
    """instance.name = value."""
    if not isinstance(instance, Instance) or instance.cls is None:
        ctx.refuse(
            "an attribute of an object that is not known is assigned",
            "return the new value; of an argument that is annotated with its class, attributes may be assigned",
        )
    found = instance.cls.find(name)
    if found is not None and is_property(instance, name):
        setter = found[0].setter
        if setter is None:
            ctx.refuse(f"the property {name} has no setter", "assign the attribute that it is computed from")
        functions.call_user(ctx, setter, [instance, value], {})
        return
    if instance.boxed:
        boxes.assign(ctx, instance, name, value)
        return
    if instance.merged:
        ctx.refuse(
            f"this object is one or another, by the path or the iteration, and its attribute {name} is assigned",
            "make a new object with the new value instead",
        )
    if instance.base is not None and not instance.is_argument:
        boxes.refuse_outside(ctx)
    ctx.instances[instance.number] = instance
    key = instance.key(name)
    if isinstance(value, Ref) or not isinstance(value, (TupleValue, Instance)):
        old = ctx.frame.names.get(key)
        expressions.bind(ctx, key, value)
        if name == instance.cls.held and isinstance(old, Ref):
            name_held(ctx, ctx.frame.names[key], old.cell.variable)
    else:
        ctx.frame.names[key] = in_cells(ctx, value)


def copied(ctx: Context, instance: Instance) -> Instance | None:
    """copy.copy(instance), of an object that was made in the function: another with the same attributes."""
    if instance.cls is None or instance.base is not None or instance.cls.find("__copy__") is not None:
        return None
    made = Instance(instance.cls, instance.hint, loop=ctx.loop)
    ctx.instances[made.number] = made
    for key, value in list(ctx.frame.names.items()):
        if key.startswith(instance.key("")):
            ctx.frame.names[made.key(key.removeprefix(instance.key("")))] = value
    return made


def tuple_attribute(ctx: Context, base: TupleValue, name: str) -> Value:
    """A field, a property or a method of a named tuple."""
    cls = base.cls
    assert cls is not None
    names = [f.name for f in cls.fields or ()]
    if name in names:
        return base.items[names.index(name)]
    if name == "_fields":
        return TupleValue(tuple(map(literal, names)))
    found = cls.find(name)
    if found is None:
        ctx.refuse(f"{cls.name} has no attribute {name}", "its fields are " + ", ".join(names))
    if found[0].kind == "property":
        return call_member(ctx, found[0], name, base, found[1], [], {})
    return bound_member(ctx, found[0], name, base, found[1])


def method_of(ctx: Context, value: Value, name: str) -> tuple[Member, UserClass] | None:
    return value.cls.find(name) if isinstance(value, (Instance, TupleValue)) and value.cls is not None else None


def call_method(ctx: Context, bound: Value, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """The special method of an object, which Python looks up in its class."""
    found = method_of(ctx, bound, name)
    if found is None:
        cls = getattr(bound, "cls", None)
        ctx.refuse(f"{cls.name if cls is not None else 'this value'} has no method {name}", "define it in the class")
    return call_member(ctx, found[0], name, bound, found[1], args, kwargs)


def call_member(
    ctx: Context,
    member: Member,
    name: str,
    bound: Value,
    owner: UserClass,
    args: list[Value],
    kwargs: dict[str, Value],
) -> Value:
    if member.problem or member.function is None:
        ctx.refuse(
            f"{owner.name}.{name} is not supported: {member.problem or 'it is no function'}", "write a plain method"
        )
    first = [] if member.kind == "static" else [bound]
    return calls.apply(ctx, function_of(ctx, member), [*first, *args], kwargs, None)


def super_of(ctx: Context, args: list[Value]) -> Value:
    """super(), in a method; super(cls, self)."""
    if len(args) == 2 and isinstance(args[0], ClassValue):
        return Super(args[0].cls, args[1])
    source = ctx.frame.source
    spec = source.node.args
    positional = [*spec.posonlyargs, *spec.args]
    found = ctx.lookup(positional[0].arg) if positional else None
    if args or source.owner is None or found is None:
        ctx.refuse("super() outside of a method is not supported", "name the class whose method is meant")
    return Super(source.owner, found[1])


# operators

REFLECTED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}


def operate(ctx: Context, fn: str, left: Value, right: Value) -> Value | None:
    """left fn right by the methods of one that is an object; None where neither is, or they are tuples that define none."""
    if not any(isinstance(v, Instance | TupleValue) and v.cls is not None for v in (left, right)):
        return None
    name = fn.strip("_")
    reflected = f"__{REFLECTED[name]}__" if name in REFLECTED else f"__r{name}__"
    tries = [(left, right, f"__{name}__"), (right, left, reflected)]
    if _is_special(left, right):
        tries.reverse()
    for bound, other, method in tries:
        if method_of(ctx, bound, method) is not None:
            if (
                bound is right
                and not isinstance(left, Instance | TupleValue)
                and not isinstance(read(ctx, left).type, (Array, Opaque))
            ):
                ctx.doubt(
                    "the left operand may be an array, which would combine each of its elements with the object",
                    "annotate it",
                )
            result = call_method(ctx, bound, method, [other], {})
            if not (isinstance(result, LibraryValue) and result.name == "builtins.NotImplemented"):
                return result
    if not any(isinstance(v, Instance) and v.cls is not None for v in (left, right)):
        return None
    if name in ("eq", "ne") and all(isinstance(v, Instance) and v.live is None for v in (left, right)):
        fields = [v.cls.all_fields() for v in (left, right) if isinstance(v, Instance) and v.cls is not None]
        if not any(fields):
            return literal((left is right) == (name == "eq"))
    symbol = readable(f"operator.{fn}")
    ctx.refuse(f"{symbol} is not defined between {_kind(left)} and {_kind(right)}", f"define __{name}__ in the class")


def _is_special(left: Value, right: Value) -> bool:
    """Whether the right operand's class comes first: it is a class derived from the left one's."""
    first, second = (v.cls if isinstance(v, Instance | TupleValue) else None for v in (left, right))
    return first is not None and second is not None and first is not second and second.inherits(first.identity)


def _kind(value: Value) -> str:
    return f"a {value.cls.name}" if isinstance(value, Instance) and value.cls is not None else "a value"
