"""What the index of a read or of a write names: single elements, each once, or some of them twice."""

from __future__ import annotations

from srcdiff.ir.builder import Builder
from srcdiff.ir.nodes import Atom, Lit, Op, Var
from srcdiff.ir.types import Any, Array, Opaque, Sequence, Tuple, Type, is_scalar
from srcdiff.transform.cotangents import shape_of


def index_kind(definition: dict[Var, Op], index: Atom) -> str:
    """ "basic" (ints, slices, a key), "mask" (no element twice), "fancy" (an element may be named twice), or "unknown"."""
    op = definition.get(index) if isinstance(index, Var) else None
    if not isinstance(index.type, Tuple):
        return _kind(index.type)
    if op is None or op.fn != "tuple":
        parts = [_kind(t) for t in index.type.elems]
    else:
        parts = [index_kind(definition, a) for a in op.args]
    if "fancy" in parts:
        return "mask" if op is not None and op.fn == "tuple" and _distinct(definition, op) else "fancy"
    return next((kind for kind in ("unknown", "mask") if kind in parts), "basic")


def _kind(t: Type) -> str:
    if isinstance(t, Array) and t.shape != ():
        return "mask" if t.dtype == "bool" else "fancy"
    return "fancy" if isinstance(t, Sequence) else "unknown" if isinstance(t, Any) else "basic"


def _distinct(definition: dict[Var, Op], index: Op) -> bool:
    """Whether the arrays of an index name no element twice: one counts up, and none is longer than it."""
    arrays = [a for a in index.args if not (isinstance(a.type, Opaque) or is_scalar(a.type))]
    made = [definition.get(a) for a in arrays if isinstance(a, Var)]
    counting = [op for op in made if op is not None and op.fn == "numpy.arange" and len(op.args) == 1 and not op.kwargs]
    return bool(counting) and all(shape_of(a.type) == shape_of(counting[0].out.type) for a in arrays)


def new_axes(builder: Builder, index: Atom) -> list[int] | None:
    """Where x[:, None] has new axes, for an index that does nothing else."""
    op = builder.definition.get(index) if isinstance(index, Var) else None
    items = list(op.args) if op is not None and op.fn == "tuple" else [index]
    found = [i for i, a in enumerate(items) if isinstance(a, Lit) and a.value is None]
    rest = [builder.defined_by(a, "slice") for i, a in enumerate(items) if i not in found]
    whole = all(s is not None and all(isinstance(b, Lit) and b.value is None for b in s.args) for s in rest)
    return found if found and whole else None


def is_whole(index: Atom) -> bool:
    """Whether an index takes all of a number: x[...], x[()]."""
    return isinstance(index, Lit) and index.value is Ellipsis or isinstance(index.type, Tuple) and not index.type.elems
