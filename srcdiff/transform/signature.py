"""The parameters of derivatives: those of the function, and the tangents or the cotangent that come with them."""

from __future__ import annotations

from srcdiff.ir.nodes import Atom, Param, Var

SPELLED_OUT = {"_dot": "_tangent", "_bar": "_cotangent"}


def rename_taken(params: list[Param], extra: list[Param]) -> None:
    """Spell a (co)tangent's name out where the user has a parameter of the short one: f(x, x_dot) -> x_tangent."""
    taken = {p.var.hint for p in params}
    for param in extra:
        stem = param.var.hint
        for short, long in SPELLED_OUT.items():
            if stem in taken and stem.endswith(short):
                stem = stem.removesuffix(short) + long
        name, k = stem, 1
        while name in taken:
            k += 1
            name = f"{stem}_{k}"
        param.var.hint = name
        taken.add(name)


def with_extra(params: list[Param], extra: list[Param]) -> list[Param]:
    """The parameters with further ones behind the positional ones, which then cannot be left out."""
    rename_taken(params, extra)
    if not extra:
        return params
    positional = [Param(p.var, p.kind) for p in params if p.kind in ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")]
    rest = [p for p in params if p.kind not in ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")]
    return [*positional, *extra, *rest]


def seed_name(result: Atom) -> str:
    """What the cotangent of a result is called."""
    return f"{result.plain}_bar" if isinstance(result, Var) and result.hint else "y_bar"
