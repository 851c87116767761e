"""The types of the run-time helpers of rules: `foo_x` gives the cotangent of foo's argument x, `foo_dot` a tangent."""

from __future__ import annotations

import inspect

from srcdiff import runtime
from srcdiff.analysis.container_types import derivative
from srcdiff.analysis.site import NotStatic, Site
from srcdiff.ir.nodes import Lit
from srcdiff.ir.types import Any, Array, Type, is_complex, unknown, with_dtype


def helper_type(site: Site) -> Type:
    """The type of a helper's result, which is that of the argument it belongs to, but for what complex numbers make of it."""
    found = _like_argument(site)
    mixed = site.builder.mixed
    if isinstance(found, Array) and any(is_complex(a.type) or mixed and isinstance(a.type, Any) for a in site.args):
        return with_dtype(found, "complex")
    return found


def _like_argument(site: Site) -> Type:
    name = site.fn.removeprefix("srcdiff.")
    function = getattr(runtime, name, None)
    if function is None:
        return unknown()
    if "index" in site.kwargs:
        return _indexed(site, name)
    parameters = list(inspect.signature(function).parameters)
    suffix = name.rpartition("_")[2]
    like = "z" if suffix == "dot" else suffix if suffix in parameters else "arrays" if "arrays" in parameters else "tup"
    if like not in parameters or parameters.index(like) >= len(site.args):
        return unknown()
    return derivative(site.args[parameters.index(like)].type)


def _indexed(site: Site, name: str) -> Type:
    """Of one among `*operands`, which follow two other arguments."""
    index = site.kwargs["index"]
    if not isinstance(index, Lit):
        raise NotStatic
    return derivative(site.args[1 if name.endswith("_dot") else 2 + index.value].type)
