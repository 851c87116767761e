"""NumPy's objects that are subscripted in place of a call: np.r_, np.c_, np.s_, np.mgrid and np.ogrid."""

from __future__ import annotations

from srcdiff.frontend import numpy_calls
from srcdiff.frontend.context import Context, definition
from srcdiff.frontend.storage import read
from srcdiff.frontend.values import LibraryValue, TupleValue, Value
from srcdiff.ir.nodes import Atom, Const, Lit, Var
from srcdiff.ir.types import INT, SLICE

JOINED = {"numpy.r_": "laid_end_to_end", "numpy.c_": "laid_side_by_side"}
GRIDS = ("numpy.mgrid", "numpy.ogrid")
INDICES = ("numpy.s_", "numpy.index_exp")


def subscripted(ctx: Context, base: LibraryValue, index: Value) -> Value | None:
    """base[index], of such an object; None of any other."""
    if base.name in INDICES:
        return index
    parts = list(index.items) if isinstance(index, TupleValue) else [index]
    if base.name in GRIDS:
        for part in parts:
            check_grid(ctx, read(ctx, part))
    if base.name not in JOINED:
        return None
    return numpy_calls.inlined(ctx, JOINED[base.name], [TupleValue(tuple(spread(ctx, p) for p in parts))])


def check_grid(ctx: Context, part: Atom) -> None:
    """Refuse bounds that may be numbers that vary."""
    made = definition(ctx, part)
    for bound in made.args if made is not None and made.fn == "slice" else (part,):
        if isinstance(bound, Var) and bound.type != INT:
            ctx.refuse(
                "a grid whose bounds may vary is not supported",
                "use np.meshgrid with np.linspace or np.arange, or annotate the bounds with int",
            )


def spread(ctx: Context, part: Value) -> Value:
    """What an element of the subscript adds: a range stands for its numbers."""
    atom = read(ctx, part)
    if isinstance(atom, Lit) and isinstance(atom.value, str):
        ctx.refuse("a directive in np.r_ is not supported", "use np.concatenate, np.stack or np.column_stack")
    if atom.type != SLICE:
        return part
    made = definition(ctx, atom)
    known = made is not None and all(isinstance(a, (Lit, Const)) or a.type == INT for a in made.args)
    if made is None or not known or any(isinstance(a, Lit) and isinstance(a.value, complex) for a in made.args):
        ctx.refuse("a range of other than integers is not supported here", "use np.linspace or np.arange")
    start, stop, step = made.args
    whole = isinstance(step, Lit) and step.value is None
    first = ctx.builder.lit(0) if isinstance(start, Lit) and start.value is None else start
    return ctx.emit("numpy.arange", first, stop) if whole else ctx.emit("numpy.arange", first, stop, step)
