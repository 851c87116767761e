"""The types of products and of linear algebra, by rank."""

from __future__ import annotations

from srcdiff.analysis.dimensions import (
    broadcast,
    broadcast_dim,
    derived,
    derived_of_two,
    product,
    promote,
    unknown_shape,
)
from srcdiff.analysis.site import NotStatic, Site, axes_of, types
from srcdiff.ir.types import Array, Dim, Shape, Tuple, Type, fresh
from srcdiff.rules.linalg import einsum_terms


@types("operator.matmul", "matmul")
def matmul(site: Site) -> Type:
    a, b = site.array(0), site.array(1)
    return Array(promote(a.dtype, b.dtype), matmul_shape(a.shape, b.shape))


def matmul_shape(a: Shape, b: Shape) -> Shape:
    if not isinstance(a, tuple) or not isinstance(b, tuple) or not a or not b:
        found = derived_of_two(a, "@", b)  # of one point or of many, each is as long as the matrix has columns
        return found | {b[-1:]} if isinstance(b, tuple) and len(b) == 2 else found
    batch = broadcast(a[:-2], b[:-2])
    if not isinstance(batch, tuple):
        return unknown_shape()
    return (*batch, *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))


@types("dot")
def dot(site: Site) -> Type:
    a, b = site.array(0), site.array(1)
    dtype = promote(a.dtype, b.dtype)
    if a.shape == () or b.shape == ():
        return Array(dtype, broadcast(a.shape, b.shape))
    if not isinstance(a.shape, tuple) or not isinstance(b.shape, tuple):
        return Array(dtype, unknown_shape())
    if len(b.shape) == 1:
        return Array(dtype, a.shape[:-1])
    return Array(dtype, (*a.shape[:-1], *b.shape[:-2], b.shape[-1]))


@types("vdot")
def vdot(site: Site) -> Type:
    return Array(promote(site.array(0).dtype, site.array(1).dtype), ())


@types("outer")
def outer(site: Site) -> Type:
    a, b = site.array(0), site.array(1)
    dtype = promote(a.dtype, b.dtype)
    if not isinstance(a.shape, tuple) or not isinstance(b.shape, tuple):
        return Array(dtype, unknown_shape())
    return Array(dtype, (product(a.shape), product(b.shape)))


@types("inner")
def inner(site: Site) -> Type:
    a, b = site.array(0), site.array(1)
    dtype = promote(a.dtype, b.dtype)
    if a.shape == () or b.shape == ():
        return Array(dtype, broadcast(a.shape, b.shape))
    if not isinstance(a.shape, tuple) or not isinstance(b.shape, tuple):
        return Array(dtype, unknown_shape())
    return Array(dtype, (*a.shape[:-1], *b.shape[:-1]))


@types("tensordot")
def tensordot(site: Site) -> Type:
    a, b = site.array(0), site.array(1)
    dtype = promote(a.dtype, b.dtype)
    try:
        if not isinstance(a.shape, tuple) or not isinstance(b.shape, tuple):
            raise NotStatic
        axes = site.value(2, "axes", 2)
        if isinstance(axes, int):
            left, right = tuple(range(len(a.shape) - axes, len(a.shape))), tuple(range(axes))
        else:
            left, right = axes_of(axes[0], len(a.shape)), axes_of(axes[1], len(b.shape))
    except NotStatic:
        return Array(dtype, unknown_shape())
    kept = [d for i, d in enumerate(a.shape) if i not in left] + [d for i, d in enumerate(b.shape) if i not in right]
    return Array(dtype, tuple(kept))


@types("einsum")
def einsum(site: Site) -> Type:
    """By the letters of a literal specification without an ellipsis."""
    operands = [site.array(i) for i in range(1, len(site.args))]
    dtype = promote(*(x.dtype for x in operands))
    try:
        spec = site.static(site.args[0])
    except NotStatic:
        spec = None
    if not isinstance(spec, str) or "." in spec:
        return Array(dtype, unknown_shape())
    terms, right = einsum_terms(spec)
    if len(terms) != len(operands):
        return Array(dtype, unknown_shape())
    lengths: dict[str, Dim] = {}
    for term, x in zip(terms, operands):
        if isinstance(x.shape, tuple) and len(x.shape) == len(term):
            for letter, dim in zip(term, x.shape):
                before = lengths.get(letter, 1)
                both = broadcast_dim(before, dim)
                # not as in a sum, where they are taken to be equal: the author of "ij,ij->ij" may mean a column
                lengths[letter] = both if both in (before, dim) else str(both).replace("|", "&")
    if any(letter not in lengths for letter in right):
        return Array(dtype, unknown_shape())
    return Array(dtype, tuple(lengths[letter] for letter in right))


@types("numpy.linalg.solve")
def solve(site: Site) -> Type:
    a, b = site.array(0), site.array(1)
    plain = isinstance(a.shape, tuple) and isinstance(b.shape, tuple) and len(a.shape) == 2 and len(b.shape) in (1, 2)
    dtype = promote("float", a.dtype, b.dtype)
    return Array(dtype, b.shape if plain else derived_of_two(a.shape, "\\", b.shape))


@types("numpy.linalg.inv", "numpy.linalg.cholesky", "numpy.linalg.matrix_power")
def matrix_function(site: Site) -> Type:
    a = site.array(0)
    return Array(promote("float", a.dtype), a.shape)


@types("numpy.linalg.det")
def det(site: Site) -> Type:
    a = site.array(0)
    return Array(promote("float", a.dtype), a.shape[:-2] if isinstance(a.shape, tuple) else derived(a.shape, "det"))


@types("numpy.linalg.slogdet")
def slogdet(site: Site) -> Type:
    """The sign and the logarithm."""
    value = det(site)
    return Tuple((value, value))


@types("numpy.linalg.eigh")
def eigh(site: Site) -> Type:
    a = site.array(0)
    values = a.shape[:-1] if isinstance(a.shape, tuple) else unknown_shape()
    return Tuple((Array("float", values), Array(promote("float", a.dtype), a.shape)))


@types("numpy.linalg.eigvalsh")
def eigvalsh(site: Site) -> Type:
    a = site.array(0)
    return Array("float", a.shape[:-1] if isinstance(a.shape, tuple) else unknown_shape())


@types("numpy.linalg.svd", "numpy.linalg.svdvals")
def svd(site: Site) -> Type:
    """The singular values are as many as the shorter side is long."""
    x = site.array(0)
    known = isinstance(x.shape, tuple) and len(x.shape) >= 2
    values = Array("float", (*x.shape[:-2], fresh()) if known else unknown_shape())  # type: ignore[index]
    if site.fn == "numpy.linalg.svdvals" or site.value(2, "compute_uv", True) is False:
        return values
    vectors = Array(promote("float", x.dtype), unknown_shape())
    return Tuple((vectors, values, Array(vectors.dtype, unknown_shape())))


@types("numpy.linalg.qr")
def qr(site: Site) -> Type:
    x = site.array(0)
    return (
        Tuple((Array(x.dtype, unknown_shape()), Array(x.dtype, unknown_shape())))
        if len(site.args) == 1
        else Array(x.dtype, unknown_shape())
    )
