"""How values that a loop carries are made of atoms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from srcdiff.frontend.context import Context
from srcdiff.frontend.loop_storage import MaybeTemplate, ObjectTemplate, Template
from srcdiff.frontend.merge import attribute_names, default_of
from srcdiff.frontend.sameness import is_none, is_undefined, same_value
from srcdiff.frontend.storage import new_cell, peek
from srcdiff.frontend.values import STATIC, Instance, Maybe, Poison, Ref, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import UNDEF, Atom, Var


def template_of(value: Value | None) -> Template:
    if is_none(value):
        return "none"
    if isinstance(value, Maybe):
        return MaybeTemplate(template_of(value.value))
    if isinstance(value, TupleValue):
        parts = tuple(template_of(item) for item in value.items)
        return parts if value.cls is None else ObjectTemplate(value.cls, (), parts, is_tuple=True)
    if isinstance(value, Poison):
        return "static"
    return "undefined" if is_undefined(value) else value if isinstance(value, (Instance, *STATIC)) else None


def of_each_iteration(name: str) -> Poison:
    """What a name holds that is no value, and another one in each iteration."""
    return Poison(
        f"{name} is another function, or a tuple of another length, in each iteration",
        "define a function before the loop; annotate a tuple (`x: tuple[float, float]`); collect values in a list",
    )


def opened(template: Template, names: Mapping[str, Value]) -> Template:
    """The template of an object that is another one in each iteration."""
    if isinstance(template, MaybeTemplate):
        return MaybeTemplate(opened(template.part, names))
    if not isinstance(template, Instance):
        return template
    attributes = sorted(attribute_names(template, names))
    parts = tuple(template_of(names.get(template.key(n))) for n in attributes)
    return ObjectTemplate(template.cls, tuple(attributes), parts, template.keys)


def join_templates(a: Template, b: Template, starts: Mapping[str, Value], ends: Mapping[str, Value]) -> Template:
    """What holds of the value at the start and at the end; the names tell the attributes of objects."""
    if a is b or b == "undefined" or _is_same(a, b):
        return a
    if a == "undefined":
        return "static" if isinstance(b, STATIC) else opened(b, ends)
    if isinstance(a, MaybeTemplate) or isinstance(b, MaybeTemplate) or "none" in (a, b):
        return _join_with_none(a, b, starts, ends)
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return tuple(join_templates(x, y, starts, ends) for x, y in zip(a, b))
    first, second = opened(a, starts), opened(b, ends)
    if isinstance(first, ObjectTemplate) and isinstance(second, ObjectTemplate):
        if (first.cls, first.names, first.keys, len(first.parts)) == (
            second.cls,
            second.names,
            second.keys,
            len(second.parts),
        ):
            parts = tuple(join_templates(x, y, starts, ends) for x, y in zip(first.parts, second.parts))
            return replace(first, parts=parts)
    return None if first is None and second is None else "static"


def _join_with_none(a: Template, b: Template, starts: Mapping[str, Value], ends: Mapping[str, Value]) -> Template:
    """The template where one of two may be None."""
    if a is None or b is None:
        return None if "none" in (a, b) else "static"
    if any(part == "static" or isinstance(part, STATIC) for part in (a, b)):
        return "static"
    if a == "none" or b == "none":
        part = opened(b, ends) if a == "none" else opened(a, starts)
        return part if isinstance(part, MaybeTemplate) else MaybeTemplate(part)
    first, second = (t.part if isinstance(t, MaybeTemplate) else t for t in (a, b))
    return MaybeTemplate(join_templates(first, second, starts, ends))


def _is_same(a: Template, b: Template) -> bool:
    if isinstance(a, (Instance, *STATIC)) and isinstance(b, (Instance, *STATIC)):
        return same_value(a, b)
    if isinstance(a, MaybeTemplate) and isinstance(b, MaybeTemplate):
        return _is_same(a.part, b.part)
    return a is None and b is None or isinstance(a, str) and isinstance(b, str) and a == b


def leaves(ctx: Context, value: Value | None, template: Template, names: Mapping[str, Value]) -> list[Atom]:
    """The atoms of a value, in the form of its template."""
    if isinstance(template, ObjectTemplate) and not template.is_tuple:
        if isinstance(value, Instance):
            parts = [names.get(value.key(n)) for n in template.names]
            parts = [default_of(ctx, value.key(n), value) if p is None else p for n, p in zip(template.names, parts)]
        else:
            parts = [None] * len(template.parts)
        return [leaf for part, inner in zip(parts, template.parts) for leaf in leaves(ctx, part, inner, names)]
    if isinstance(template, (tuple, ObjectTemplate)):
        inners = template if isinstance(template, tuple) else template.parts
        items = value.items if isinstance(value, TupleValue) else [None] * len(inners)
        return [leaf for item, inner in zip(items, inners) for leaf in leaves(ctx, item, inner, names)]
    if isinstance(template, MaybeTemplate):
        if isinstance(value, Maybe):
            return [peek(ctx, value.missing), *leaves(ctx, value.value, template.part, names)]
        missing = literal(UNDEF if is_undefined(value) else is_none(value))
        return [missing, *leaves(ctx, None if is_none(value) else value, template.part, names)]
    if isinstance(template, (Instance, *STATIC)) or template in ("static", "none"):
        return []
    return [literal(UNDEF) if value is None else peek(ctx, value)]


def head_value(ctx: Context, name: str, hint: str, template: Template, types: object, params: list[Var]) -> Value:
    """What a carried name is bound to: fresh parameters, one for each atom of its template."""
    if isinstance(template, (Instance, *STATIC)):
        return template
    if template == "none":
        return literal(None)
    if isinstance(template, MaybeTemplate):
        missing = head_value(ctx, name, f"no_{hint}" if hint else "", None, types, params)
        return Maybe(missing, head_value(ctx, name, hint, template.part, types, params))
    if template == "static":
        return of_each_iteration(name)
    if isinstance(template, ObjectTemplate) and not template.is_tuple:
        made = Instance(template.cls, hint, names=template.names, keys=template.keys, merged=True)
        for attribute, part in zip(template.names, template.parts):
            key = made.key(attribute)
            ctx.frame.names[key] = head_value(ctx, key, ctx.hint(key), part, types, params)
        return made
    if isinstance(template, (tuple, ObjectTemplate)):
        parts = template if isinstance(template, tuple) else template.parts
        fields = template.cls.fields if isinstance(template, ObjectTemplate) and template.cls is not None else None
        hints = [f.name for f in fields] if fields is not None else [f"{hint}{i}" for i in range(len(parts))]
        return TupleValue(
            tuple(head_value(ctx, name, h if hint else "", t, types, params) for h, t in zip(hints, parts)),
            template.cls if isinstance(template, ObjectTemplate) else None,
        )
    param = Var(hint, next(types))  # type: ignore[call-overload]
    params.append(param)
    return Ref(new_cell(ctx, name, param))
