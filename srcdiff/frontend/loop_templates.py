"""How values that a loop carries are made of atoms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from srcdiff.frontend.context import Context
from srcdiff.frontend.loop_storage import ObjectTemplate, Template
from srcdiff.frontend.merge import attribute_names, default_of, is_undefined, same_value
from srcdiff.frontend.storage import peek
from srcdiff.frontend.values import STATIC, Instance, Poison, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import UNDEF, Atom


def template_of(value: Value | None) -> Template:
    if isinstance(value, TupleValue):
        parts = tuple(template_of(item) for item in value.items)
        return parts if value.cls is None else ObjectTemplate(value.cls, (), parts, is_tuple=True)
    if isinstance(value, Poison):
        return "static"
    return "undefined" if is_undefined(value) else value if isinstance(value, (Instance, *STATIC)) else None


def opened(template: Template, names: Mapping[str, Value]) -> Template:
    """The template of an object that is another one in each iteration."""
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


def _is_same(a: Template, b: Template) -> bool:
    if isinstance(a, (Instance, *STATIC)) and isinstance(b, (Instance, *STATIC)):
        return same_value(a, b)
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
    if isinstance(template, (Instance, *STATIC)) or template == "static":
        return []
    return [literal(UNDEF) if value is None else peek(ctx, value)]
