"""Attributes: of arrays, objects and modules."""

from __future__ import annotations

import ast
from types import ModuleType

from srcdiff.errors import readable
from srcdiff.frontend import boxes, calls, expressions, objects, outside_objects, views
from srcdiff.frontend.context import Context, constant_type
from srcdiff.frontend.library import similar
from srcdiff.frontend.names import Library, Meaning
from srcdiff.frontend.names import Value as Outside
from srcdiff.frontend.static_containers import is_container
from srcdiff.frontend.storage import present, read
from srcdiff.frontend.values import LibraryValue, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom
from srcdiff.ir.types import SCALAR, Any, Array, Dict, Opaque, Sequence, Tuple, Type
from srcdiff.rules.logging_calls import LOGGERS
from srcdiff.rules.random_draws import GENERATORS

ATTRIBUTES = ("shape", "ndim", "size", "dtype", "nbytes", "itemsize")


def attribute(ctx: Context, node: ast.Attribute) -> Value:
    base = evaluate_base(ctx, node.value)
    if isinstance(base, Outside):
        return outside_attribute(ctx, base, node)
    if isinstance(base, LibraryValue):
        return library_attribute(ctx, base, node.attr)
    if isinstance(base, objects.OBJECTS) and not is_container(base):
        return objects.attribute(ctx, base, node.attr)
    if isinstance(base, TupleValue) and base.cls is not None:
        return objects.tuple_attribute(ctx, base, node.attr)
    value = read(ctx, base)
    if value.type == Opaque("exception"):
        ctx.refuse("what an exception holds is used as a value", "name the value itself", node)
    if isinstance(value.type, Opaque) and value.type.name not in ("None", "array"):  # of an empty list it is "undef"
        return ctx.emit("getattr", value, literal(node.attr))
    if node.attr == "T":
        return transposed(ctx, base, value)
    if node.attr == "flat" and isinstance(value.type, (Array, Any)):
        return calls.operation(ctx, "numpy.ravel", [base], {})
    if node.attr in ("real", "imag"):
        return calls.linked(ctx, ctx.emit(f"numpy.{node.attr}", value), base)
    named = isinstance(value.type, Tuple) and not isinstance(base, TupleValue)  # perhaps by its fields
    if node.attr in ATTRIBUTES or isinstance(value.type, Any) and not boxes.may_be_box(ctx, value) or named:
        return ctx.emit("getattr", value, literal(node.attr))
    if value.type == SCALAR:
        ctx.refuse(f"a number has no attribute .{node.attr}", "annotate the argument, if it is no number", node)
    ctx.refuse(f"the attribute .{node.attr} is not supported", boxes.way_out(ctx), node)


def transposed(ctx: Context, base: Value, value: Atom) -> Value:
    made = ctx.emit("numpy.transpose", value)
    return views.view(ctx, "numpy.transpose", [base], {}, made) or made


def evaluate_base(ctx: Context, node: ast.expr) -> Value | Outside:
    """What an attribute is taken of: an object from outside stays an object, a module too."""
    meaning = _outside(ctx, node)
    if meaning is not None and isinstance(node, ast.Name) and outside_objects.is_user_object(meaning.value):
        return outside_objects.from_outside(ctx, meaning.value, node.id)
    if meaning is not None and not _is_data(constant_type(meaning.value)):
        return meaning
    return present(expressions.evaluate(ctx, node))


def _outside(ctx: Context, node: ast.expr) -> Outside | None:
    """The object outside of the function that a name, or a module's module, is."""
    frame = expressions.outermost(ctx)
    meaning: Meaning | None = None
    if isinstance(node, ast.Name) and ctx.lookup(node.id) is None:
        if node.id not in ctx.frame.local and node.id not in frame.local:
            meaning = frame.source.resolver.resolve(node.id)
    elif isinstance(node, ast.Attribute):
        base = _outside(ctx, node.value)
        if base is not None and isinstance(base.value, ModuleType):
            meaning = frame.source.resolver.attribute(base, node.attr)
            if not isinstance(meaning, Outside) or not isinstance(meaning.value, ModuleType):
                return None
    return meaning if isinstance(meaning, Outside) else None


def _is_data(t: Type) -> bool:
    if isinstance(t, Opaque):
        return t.name in ("str", "None", *GENERATORS, *LOGGERS)
    return isinstance(t, Array | Tuple | Sequence | Dict)


def outside_attribute(ctx: Context, base: Outside, node: ast.Attribute) -> Value:
    """An attribute of a module, or an object, of the user's."""
    meaning = ctx.frame.source.resolver.attribute(base, node.attr)
    if isinstance(meaning, Outside):
        if meaning.text and isinstance(meaning.value, (bool, int, float, str)):
            return literal(meaning.value)
        return expressions.meaning_value(ctx, meaning, node.attr)
    if meaning is None:
        ctx.refuse(
            f"{ast.unparse(node.value)} has no attribute {node.attr}", "define it before the derivative is made", node
        )
    return expressions.meaning_value(ctx, meaning, node.attr)


def library_attribute(ctx: Context, base: LibraryValue, name: str) -> Value:
    meaning = expressions.outermost(ctx).source.resolver.attribute(Library(base.name), name)
    if meaning is None:
        ctx.refuse(f"{readable(base.name)} has no {name}", similar(base.name, name))
    if isinstance(meaning, Library) and meaning.name == "numpy.newaxis":
        return literal(None)
    return expressions.meaning_value(ctx, meaning, name)
