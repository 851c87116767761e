"""Sums along the same axes are one sum, of what they are the sums of.

    np.sum(a, axis=0) + np.sum(b, axis=0)        ->  np.sum(a + b, axis=0)
    unbroadcast(a, x) - unbroadcast(b, x)        ->  unbroadcast(a - b, x)
    np.real(a) + np.real(b)                      ->  np.real(a + b)

A sum over all of an array stays: it reads the array once, and makes no other.
"""

from __future__ import annotations

from collections.abc import Callable

from srcdiff.ir.builder import Builder, atom_key
from srcdiff.ir.nodes import Atom, Op
from srcdiff.ir.types import Array
from srcdiff.optimize.terms import Product

LINEAR = frozenset({"numpy.sum", "numpy.squeeze", "numpy.transpose", "numpy.real", "srcdiff.unbroadcast"})

OPTIONS = {"axis", "keepdims"}  # with `initial=` a sum is not linear

Term = tuple[int, Product]  # a sign, and what has it


def gathered(b: Builder, own: Callable[[Atom], Op | None], terms: list[Term]) -> list[Term]:
    """The terms of a sum with those that are sums along the same axes put together; `own` finds what only they use."""
    groups: dict[object, list[tuple[int, Op]]] = {}
    places: list[tuple[Term, object]] = []
    for term in terms:
        op = _alone(own, term[1])
        key = None if op is None else _key(op)
        if op is not None and key is not None:
            if key in groups:
                groups[key].append((term[0], op))
                continue
            groups[key] = [(term[0], op)]
        places.append((term, key))
    if len(places) == len(terms):
        return terms
    return [term if key is None or len(groups[key]) == 1 else _together(b, groups[key]) for term, key in places]


def _alone(own: Callable[[Atom], Op | None], p: Product) -> Op | None:
    plain = p.coefficient == 1 and p.divisor == 1 and not p.under and len(p.over) == 1
    return own(p.over[0]) if plain else None


def is_linear(op: Op) -> bool:
    """Whether an operation is linear in its first argument."""
    plain = len(op.args) == 1 or op.fn in ("numpy.transpose", "srcdiff.unbroadcast")
    return op.fn in LINEAR and plain and {name for name, _ in op.kwargs} <= OPTIONS


def _key(op: Op) -> object:
    """What two such operations have in common that can be one."""
    whole = op.fn == "numpy.sum" and "axis" not in dict(op.kwargs)
    t = op.args[0].type if op.args else None
    kind = "complex" if op.fn == "numpy.real" else "float"
    if whole or not isinstance(t, Array) or t.dtype != kind or not is_linear(op):
        return None
    return op.fn, t.shape, op.out.type, tuple(map(atom_key, op.args[1:])), tuple((k, atom_key(a)) for k, a in op.kwargs)


def _together(b: Builder, group: list[tuple[int, Op]]) -> Term:
    taken = all(sign < 0 for sign, _ in group)
    ordered = group if taken else sorted(group, key=lambda signed: -signed[0])
    inner = ordered[0][1].args[0]
    for sign, op in ordered[1:]:
        inner = b.emit("operator.add" if taken or sign > 0 else "operator.sub", inner, op.args[0])
    first = ordered[0][1]
    whole = b.emit_op(first.fn, (inner, *first.args[1:]), first.kwargs)
    return (-1 if taken else 1), Product(over=[whole])


def drop_squeeze(op: Op, own: Callable[[Atom], Op | None]) -> None:
    """Make a sum that keeps its axis as 1 and is squeezed along it the sum along the axis (in place)."""
    inner = own(op.args[0]) if op.fn == "numpy.squeeze" and len(op.args) == 1 else None
    if inner is None or inner.fn != "numpy.sum" or len(inner.args) != 1:
        return
    options, axis = dict(inner.kwargs), dict(op.kwargs).get("axis")
    if set(options) == {"axis", "keepdims"} and axis is not None and atom_key(options["axis"]) == atom_key(axis):
        op.fn, op.args = "numpy.sum", inner.args
