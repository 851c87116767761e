"""The algebra of shapes: broadcasting, lengths of slices, and joins of types.

A symbol for a length is a function of what it is made from (`n~1`, `m|n`, `m*n`), so that two ways to the same length
agree where that is cheap to see. Nothing here claims that two lengths are equal unless they are equal in every run.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import reduce

from srcdiff.analysis.linear import add, is_polynomial, polynomial, symbol
from srcdiff.ir.types import (
    UNDEFINED,
    Any,
    Array,
    Dict,
    Dim,
    Opaque,
    Sequence,
    Shape,
    Tuple,
    Type,
    as_array,
    fresh,
    join,
    unknown,
)

LONGEST = 120  # characters of a shape's symbol
WITHIN = re.compile(r"\w+<([^<>]+)")
ORDER = {"bool": 0, "int": 1, "float": 2, "complex": 3}


def same_shape(a: Shape, b: Shape) -> bool:
    """Whether two shapes are known to be equal."""
    return a == b


def unknown_shape() -> frozenset:
    return frozenset({fresh()})


def broadcast(a: Shape, b: Shape) -> Shape:
    """The shape of an elementwise operation: `("n", 1)` with `("d",)` is `("n", "d")`; opaque shapes join in a set."""
    if a == b:
        return a
    known: tuple[Dim, ...] = ()
    atoms: set[str] = set()
    for shape in (a, b):
        for member in (shape,) if isinstance(shape, tuple) else shape:
            if isinstance(member, tuple):
                known = _broadcast_known(known, member)
            else:
                atoms.add(member)
    atoms = {atom for atom in atoms if not _covers(known, bound_of(atom))}
    if not atoms:
        return known
    return frozenset(atoms | {known}) if known else frozenset(atoms)


def within(name: str, dims: tuple[Dim, ...]) -> frozenset[str]:
    """The shape of an argument that is a number, or has this shape."""
    return frozenset({f"{name}<{','.join(map(str, dims))}"})


def bound_of(symbol: str) -> tuple[Dim, ...] | None:
    """The shape that an argument has if it is no number, where that was asserted."""
    found = WITHIN.fullmatch(symbol)
    return tuple(int(d) if d.isdigit() else d for d in found[1].split(",")) if found else None


def _covers(shape: tuple[Dim, ...], other: tuple[Dim, ...] | None) -> bool:
    """Whether a shape does not grow by broadcasting with another."""
    return other is not None and _broadcast_known(shape, other) == shape


def broadcast_all(shapes: list[Shape]) -> Shape:
    result: Shape = ()
    for shape in shapes:
        result = broadcast(result, shape)
    return result


def _broadcast_known(a: tuple[Dim, ...], b: tuple[Dim, ...]) -> tuple[Dim, ...]:
    rank = max(len(a), len(b))
    padded = zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b)
    return tuple(broadcast_dim(m, n) for m, n in padded)


def broadcast_dim(m: Dim, n: Dim) -> Dim:
    if m == n or n == 1:
        return m
    if m == 1 or isinstance(n, int):
        return n
    if isinstance(m, int):
        return m
    return "|".join(sorted({*m.split("|"), *n.split("|")}))


def shape_key(shape: Shape) -> str:
    """One text for equal shapes, whatever the order of a set."""
    if isinstance(shape, tuple):
        return f"({','.join(map(str, shape))})"
    return "&".join(sorted(shape_key(m) if isinstance(m, tuple) else m for m in shape))


def derived(shape: Shape, what: str) -> frozenset:
    """The opaque shape that a function of `shape` alone has: `derived({"a"}, "^T")` is `{"a^T"}`."""
    return _named(f"?{shape_key(shape)}{what}")


def derived_of_two(a: Shape, what: str, b: Shape) -> frozenset:
    """The opaque shape that a function of two shapes alone has, while it can be said shortly."""
    return _named(f"?({shape_key(a)}{what}{shape_key(b)})")


def _named(text: str) -> frozenset:
    """The opaque shape of this symbol, while it is short; its length does not depend on how many symbols came before."""
    return frozenset({text}) if len(re.sub(r"\d+", "0", text)) <= LONGEST else unknown_shape()


def row_shape(shape: Shape) -> Shape:
    """The shape of one element along the first axis."""
    return shape[1:] if isinstance(shape, tuple) else derived(shape, "[]")


def transposed(shape: Shape) -> Shape:
    if isinstance(shape, tuple):
        return shape[::-1]
    if len(shape) == 1:
        (atom,) = shape
        if isinstance(atom, str) and atom.endswith("^T"):
            return frozenset({atom[1:-2]})
    return derived(shape, "^T")


def product(dims: tuple[Dim, ...]) -> Dim:
    """How many elements an array of these dimensions has."""
    number = math.prod(d for d in dims if isinstance(d, int))
    symbols = sorted(d for d in dims if isinstance(d, str))
    if not symbols or number == 0:
        return number
    parts = symbols if number == 1 else [str(number), *symbols]
    return parts[0] if len(parts) == 1 else "*".join(f"({p})" if re.search(r"[|\-+*]", p) else p for p in parts)


def added(dims: list[Dim]) -> Dim:
    """The length of arrays laid end to end."""
    if all(map(is_polynomial, dims)):
        return symbol(reduce(add, map(polynomial, dims)))
    number = sum(d for d in dims if isinstance(d, int))
    symbols = sorted(d for d in dims if isinstance(d, str))
    if not symbols:
        return number
    parts = [*symbols, *([str(number)] if number else [])]
    return parts[0] if len(parts) == 1 else "+".join(f"({p})" for p in parts)


def shortened(dim: Dim, by: int) -> Dim:
    """The length left when `by` elements are taken off, never below 0: `x[1:]` and `x[:-1]` agree."""
    if isinstance(dim, int):
        return max(0, dim - by)
    found = re.fullmatch(r"(.*)~(\d+)", dim)
    if found:
        return f"{found[1]}~{int(found[2]) + by}"
    return f"{dim}~{by}" if by else dim


def lengthened(dim: Dim, by: int) -> Dim:
    """The length with `by` elements more; n again for n - 1 and one more."""
    if isinstance(dim, int):
        return dim + by
    found = re.fullmatch(r"([\w.?]+)-(\d+)", dim)
    if found and int(found[2]) >= by:
        rest = int(found[2]) - by
        return f"{found[1]}-{rest}" if rest else found[1]
    return added([dim, by])


def sliced(dim: Dim, bounds: tuple[int | None | str, int | None | str, int | None | str]) -> Dim:
    """The length of a slice whose bounds are literals, or symbols of unknown ints."""
    start, stop, step = bounds
    if isinstance(start, str) or isinstance(stop, str) or isinstance(step, str):
        return f"{dim}[{start}:{stop}:{step}]"
    if isinstance(dim, int):
        return len(range(*slice(start, stop, step).indices(max(0, dim))))
    if step in (None, 1):
        if (start is None or start >= 0) and (stop is None or stop < 0):
            return shortened(dim, (start or 0) - (stop or 0))
        if start is not None and start < 0 and stop is None and start == -1:
            return f"{dim}[-1:]"
    if step == -1 and start is None and stop is None:
        return dim
    return f"{dim}[{start}:{stop}:{step}]"


def promote(*dtypes: str | None) -> str | None:
    """The dtype of an arithmetic result. None is an unknown real number: complex values are known to be complex."""
    if "complex" in dtypes:
        return "complex"
    if "float" in dtypes:
        return "float"
    if None in dtypes:
        return None
    return max(dtypes, key=lambda d: ORDER.get(d or "", 2), default=None)


def join_all(types: list[Type]) -> Type:
    """The type of any one of several values; of none of them, where a list is empty."""
    result: Type = UNDEFINED
    for t in types:
        result = join(result, t)
    return result


def renewed(t: Type) -> Type:
    """One of many elements: where their lengths are not known, two of them need not agree."""
    match t:
        case Array(dtype, shape) if isinstance(shape, tuple):
            return Array(dtype, _renewed_lengths(shape))
        case Array(dtype, shape):
            return Array(dtype, unknown_shape())
        case Any(_, tuple(shape)):
            return Any(fresh(), _renewed_lengths(shape))
        case Any():
            return unknown()
        case Sequence(kind, elem, length):
            return Sequence(kind, renewed(elem), fresh() if isinstance(length, str) else length)
        case Tuple(elems):
            return replace(t, elems=tuple(map(renewed, elems)))
        case Dict(items, value):
            kept = None if items is None else tuple((k, renewed(v)) for k, v in items)
            return replace(t, items=kept, value=renewed(value))
    return t


def _renewed_lengths(shape: tuple[Dim, ...]) -> tuple[Dim, ...]:
    return tuple(fresh() if isinstance(d, str) and "?" in d else d for d in shape)


def element(t: Type) -> Type:
    """The type of what iterating over `t` gives."""
    match t:
        case Array(dtype, shape):
            return Array(dtype, row_shape(shape))
        case Sequence(_, elem):
            return renewed(elem)
        case Tuple(elems):
            return renewed(join_all(list(elems)))
        case Opaque("range"):
            return Array("int", ())
        case Any(_, tuple(shape)) if shape:
            return Any(fresh(), shape[1:]) if len(shape) > 1 else Array(None, ())
        case Dict(key=key) if key is not None:
            return key
    return unknown()


def array_of(t: Type) -> Array:
    """The type of `np.asarray(t)`: nested lists become dimensions."""
    match t:
        case Array():
            return t
        case Sequence(_, elem, length):
            inner = array_of(elem)
            first: Dim = fresh() if length is None else length
            return Array(inner.dtype, (first, *inner.shape) if isinstance(inner.shape, tuple) else unknown_shape())
        case Tuple(elems) if elems:
            inners = [array_of(e) for e in elems]
            shape = inners[0].shape
            for other in inners[1:]:
                shape = _join_rows(shape, other.shape)
            known = (len(elems), *shape) if isinstance(shape, tuple) else unknown_shape()
            return Array(promote(*(i.dtype for i in inners)), known)
        case Any():
            return as_array(t)
    return Array(None, unknown_shape())


def _join_rows(a: Shape, b: Shape) -> Shape:
    """The one shape of rows that np.array stacks: ragged rows raise when the function runs."""
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return a
    return a if isinstance(a, tuple) and not isinstance(b, tuple) else b
