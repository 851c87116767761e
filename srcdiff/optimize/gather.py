"""Sums along the same axes are one sum, of what they are the sums of, and products with the same matrix are one product.

    np.sum(a, axis=0) + np.sum(b, axis=0)        ->  np.sum(a + b, axis=0)
    unbroadcast(a, x) - unbroadcast(b, x)        ->  unbroadcast(a - b, x)
    np.real(a) + np.real(b)                      ->  np.real(a + b)
    A @ b + A @ c                                ->  A @ (b + c)

A sum over all of an array stays: it reads the array once, and makes no other. So do products of matrices and one vector.
"""

from __future__ import annotations

from collections.abc import Callable

from srcdiff.ir.builder import Builder, atom_key
from srcdiff.ir.nodes import Atom, Op
from srcdiff.ir.types import Array, rank
from srcdiff.optimize.atoms import is_float
from srcdiff.optimize.terms import Product

LINEAR = frozenset({"numpy.sum", "numpy.squeeze", "numpy.transpose", "numpy.real", "srcdiff.unbroadcast"})

OPTIONS = {"axis", "keepdims"}  # with `initial=` a sum is not linear

Term = tuple[int, Product]  # a sign, and what has it
Own = Callable[[Atom], Op | None]
Key = tuple[int, object]  # which operand is summed, and what else the operations have in common


def gathered(b: Builder, own: Own, terms: list[Term]) -> list[Term]:
    """The terms of a sum with those that can be one operation put together; `own` finds what only they use."""
    for key in (_of_sums, _of_products_left, _of_products_right):
        terms = _gathered(b, own, terms, key)
    return terms


def _gathered(b: Builder, own: Own, terms: list[Term], key_of: Callable[[Own, Op], Key | None]) -> list[Term]:
    groups: dict[Key, list[tuple[int, Op]]] = {}
    places: list[tuple[Term, Key | None]] = []
    for term in terms:
        op = _alone(own, term[1])
        key = None if op is None else key_of(own, op)
        if op is not None and key is not None:
            if key in groups:
                groups[key].append((term[0], op))
                continue
            groups[key] = [(term[0], op)]
        places.append((term, key))
    if len(places) == len(terms):
        return terms
    return [term if key is None or len(groups[key]) == 1 else _together(b, groups[key], key[0]) for term, key in places]


def _alone(own: Own, p: Product) -> Op | None:
    plain = p.coefficient == 1 and p.divisor == 1 and not p.under and len(p.over) == 1
    return own(p.over[0]) if plain else None


def is_linear(op: Op) -> bool:
    """Whether an operation is linear in its first argument."""
    plain = len(op.args) == 1 or op.fn in ("numpy.transpose", "srcdiff.unbroadcast")
    return op.fn in LINEAR and plain and {name for name, _ in op.kwargs} <= OPTIONS


def _of_sums(own: Own, op: Op) -> Key | None:
    """What two sums have in common that can be one."""
    whole = op.fn == "numpy.sum" and "axis" not in dict(op.kwargs)
    t = op.args[0].type if op.args else None
    kind = "complex" if op.fn == "numpy.real" else "float"
    if whole or not isinstance(t, Array) or t.dtype != kind or not is_linear(op):
        return None
    options = tuple((k, atom_key(a)) for k, a in op.kwargs)
    return 0, (op.fn, t.shape, op.out.type, tuple(map(atom_key, op.args[1:])), options)


def _of_products_left(own: Own, op: Op) -> Key | None:
    return _of_products(own, op, 1)


def _of_products_right(own: Own, op: Op) -> Key | None:
    return _of_products(own, op, 0)


def _of_products(own: Own, op: Op, k: int) -> Key | None:
    """What two products have in common that can be one, of a matrix and the sum of their k-th operands."""
    if op.fn != "operator.matmul" or rank(op.args[1 - k].type) != 2 or rank(op.args[k].type) not in (1, 2):
        return None
    t, shared = op.args[k].type, op.args[1 - k]
    if not isinstance(t, Array) or t.dtype != "float" or not is_float(shared):
        return None
    turned = own(shared)
    of = turned.args[0] if turned is not None and turned.fn == "numpy.transpose" and len(turned.args) == 1 else None
    return k, (t.shape, atom_key(shared) if of is None else ("transposed", atom_key(of)))


def _together(b: Builder, group: list[tuple[int, Op]], k: int) -> Term:
    taken = all(sign < 0 for sign, _ in group)
    ordered = group if taken else sorted(group, key=lambda signed: -signed[0])
    inner = ordered[0][1].args[k]
    for sign, op in ordered[1:]:
        inner = b.emit("operator.add" if taken or sign > 0 else "operator.sub", inner, op.args[k])
    first = ordered[0][1]
    whole = b.emit_op(first.fn, (*first.args[:k], inner, *first.args[k + 1 :]), first.kwargs)
    return (-1 if taken else 1), Product(over=[whole])


def drop_squeeze(op: Op, own: Own) -> None:
    """Make a sum that keeps its axis as 1 and is squeezed along it the sum along the axis (in place)."""
    inner = own(op.args[0]) if op.fn == "numpy.squeeze" and len(op.args) == 1 else None
    if inner is None or inner.fn != "numpy.sum" or len(inner.args) != 1:
        return
    options, axis = dict(inner.kwargs), dict(op.kwargs).get("axis")
    if set(options) == {"axis", "keepdims"} and axis is not None and atom_key(options["axis"]) == atom_key(axis):
        op.fn, op.args = "numpy.sum", inner.args
