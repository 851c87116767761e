"""The parameters of a function that stays one, and what their annotations declare."""

from __future__ import annotations

from srcdiff.frontend.annotations import class_of_annotation, record_type, type_of_annotation
from srcdiff.frontend.classes import UserClass
from srcdiff.frontend.context import Context
from srcdiff.frontend.defaults import default_atom, default_values
from srcdiff.frontend.source import FunctionSource
from srcdiff.frontend.walked_by_key import walked_by_key
from srcdiff.ir.nodes import Lit, Param, Var
from srcdiff.ir.types import Any, Dict, Type, fresh


def argument_classes(source: FunctionSource) -> dict[str, UserClass]:
    """The parameters that are annotated with a class of the user's."""
    spec = source.node.args
    found: dict[str, UserClass] = {}
    for parameter in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs):
        cls = class_of_annotation(parameter.annotation, source.resolver)
        if cls is not None:
            found[parameter.arg] = cls
    return found


def parameters(
    ctx: Context, source: FunctionSource, types: dict[str, Type], classes: dict[str, UserClass]
) -> list[Param]:
    """The parameters of a function, with the types that were inferred, or that annotations declare."""
    spec = source.node.args
    if spec.kwarg is not None:
        ctx.refuse(
            f"**{spec.kwarg.arg} is not supported in a function that is differentiated or calls itself",
            "name the arguments",
            spec.kwarg,
        )
    defaults = default_values(ctx, source, source.node)
    found: list[Param] = []
    groups = [("POSITIONAL_ONLY", spec.posonlyargs), ("POSITIONAL_OR_KEYWORD", spec.args)]
    groups += [("VAR_POSITIONAL", [spec.vararg] if spec.vararg else []), ("KEYWORD_ONLY", spec.kwonlyargs)]
    for kind, group in groups:
        for parameter in group:
            name = parameter.arg
            declared_type = type_of_annotation(parameter.annotation, name, source.resolver)
            if isinstance(declared_type, Any) and name in walked_by_key(source.node):
                declared_type = Dict(None, Any(fresh()))
            default = default_atom(ctx, source, name, defaults) if name in defaults else None
            if isinstance(default, Lit) and default.value is None:
                declared_type = Any(name)  # `w: np.ndarray = None` may be None, whatever the annotation says
            if name in classes:
                declared_type = record_type(classes[name], name)
            declared_type = types.get(name) or declared_type
            if kind == "VAR_POSITIONAL":
                ctx.refuse(
                    f"*{name} is not supported in the function that is differentiated", "take a list instead", parameter
                )
            found.append(Param(Var(name, declared_type), kind, default))
    return found
