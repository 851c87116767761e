"""What a write to an entry of a container replaces, where that is of another shape or length than what is written.

The cotangent of the entry before is a zero of its own size then, to which what earlier reads of it give is added.
"""

from __future__ import annotations

from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import Atom, Lit, Var
from srcdiff.ir.types import Dict, Sequence, Type
from srcdiff.transform.cotangents import Cotangents, is_container, shape_of


def replaced_by_another_size(x: Var, index: Atom, value: Atom, bars: Cotangents) -> Atom | None:
    """The entry of a container that a write replaces, where that may have another shape or length; None else."""
    old: Atom | None = bars.reads.get((x, atom_key(index)))
    if old is None and isinstance(index, Lit) and isinstance(x.type, Dict) and x.type.items is not None:
        known = dict(x.type.items).get(index.value)
        if known is not None and not same_size(known, value.type):
            old = bars.builder.emit("operator.getitem", x, index)
    listed = bars.builder.defined_by(x, "list") if old is None else None
    if listed is not None and isinstance(index, Lit) and -len(listed.args) <= index.value < len(listed.args):
        old = listed.args[index.value]
    return None if old is None or same_size(old.type, value.type) else old


def same_size(a: Type, b: Type) -> bool:
    """Whether two entries surely have one shape, or one length."""
    if isinstance(a, Sequence) and isinstance(b, Sequence):
        return a.length is not None and a.length == b.length and (a.elem == b.elem or same_size(a.elem, b.elem))
    if isinstance(a, Dict) and isinstance(b, Dict) and a.items and b.items and len(a.items) == len(b.items):
        return all(key == other and same_size(v, w) for (key, v), (other, w) in zip(a.items, b.items))
    if is_container(a) or is_container(b):
        return True
    return shape_of(a) == shape_of(b)
