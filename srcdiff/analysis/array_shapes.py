"""The types of NumPy's creation and manipulation routines."""

from __future__ import annotations

from srcdiff.analysis.dimensions import (
    added,
    array_of,
    broadcast_all,
    derived,
    element,
    lengthened,
    product,
    promote,
    shape_key,
    transposed,
    unknown_shape,
)
from srcdiff.analysis.linear import polynomial, symbol, symbols
from srcdiff.analysis.site import NotStatic, Site, axes_of, names, types
from srcdiff.ir.nodes import Atom, Const, Lit
from srcdiff.ir.types import Any, Array, Dim, Opaque, Sequence, Shape, Tuple, Type, fresh, rank, unknown

__all__ = ["shape_key"]

DTYPES = {
    "bool": "bool",
    "bool_": "bool",
    "int": "int",
    "float": "float",
    "double": "float",
    "single": "float",
    "complex": "complex",
}


def dtype_named(atom: Atom | None, default: str | None) -> str | None:
    """The kind of number that a dtype argument names."""
    if atom is None or (isinstance(atom, Lit) and atom.value is None):
        return default
    name = atom.name if isinstance(atom, Const) else atom.value if isinstance(atom, Lit) else None
    if not isinstance(name, str):
        return None
    stem = (
        name.rpartition(".")[2]
        .rstrip("0123456789_")
        .removeprefix("u" if name.rpartition(".")[2].startswith("uint") else "")
    )
    return DTYPES.get(stem)


@types("zeros", "ones", "empty", "full")
def filled(site: Site) -> Type:
    """zeros((n, m)), zeros(n), zeros(x.shape)."""
    default = site.array(1).dtype if site.fn == "numpy.full" else "float"
    given = site.option(2 if site.fn == "numpy.full" else 1, "dtype")
    shape = site.shape_value(site.option(0, "shape"))
    for dim in shape if isinstance(shape, tuple) else ():
        site.builder.note(polynomial(dim))  # of fewer than 0 there is no array
    return Array(dtype_named(given, default), unknown_shape() if shape is None else shape)


@types("zeros_like", "ones_like", "empty_like", "full_like")
def filled_like(site: Site) -> Type:
    x = site.array(0)
    if "shape" in site.kwargs:
        return Array(None, unknown_shape())
    given = site.option(2 if site.fn == "numpy.full_like" else 1, "dtype")
    if given is not None and site.defined(given, "numpy.result_type") is not None:
        return Array(promote("float", x.dtype), x.shape)  # of x beside a float
    return Array(dtype_named(given, x.dtype), x.shape)


@types("eye", "identity")
def identity(site: Site) -> Type:
    rows = site.length(site.args[0])
    columns = site.option(1, "M") if site.fn == "numpy.eye" else None
    wide = rows if columns is None or (isinstance(columns, Lit) and columns.value is None) else site.length(columns)
    return Array(dtype_named(site.kwargs.get("dtype"), "float"), (rows, wide))


@types("arange")
def arange(site: Site) -> Type:
    dtype = dtype_named(site.kwargs.get("dtype"), promote(*(a.dtype for a in site.arrays())))
    if len(site.args) != 1 or site.array(0).dtype != "int":
        return Array(dtype, (fresh(),))
    number = site.number(site.args[0])
    dim = symbol(number)
    alone = symbols(number) == [dim]  # the symbol for what an int is as a length
    if not isinstance(dim, int) and not alone and not site.surely_positive(number):
        return Array(dtype, (fresh(),))
    return Array(dtype, (max(0, dim) if isinstance(dim, int) else dim,))


@types("linspace", "logspace", "geomspace")
def linspace(site: Site) -> Type:
    count = site.option(2, "num")
    scalars = (
        rank(site.type(0)) == 0 and rank(site.type(1)) == 0 and "retstep" not in site.kwargs and len(site.args) <= 3
    )
    shape: Shape = (50 if count is None else site.length(count),) if scalars else unknown_shape()
    return Array("float" if scalars else None, shape) if "retstep" not in site.kwargs else unknown()


@types("array", "asarray", "ascontiguousarray", "asfarray", "copy", "atleast_1d")
def array(site: Site) -> Type:
    x = array_of(site.type(0))
    if site.fn == "numpy.atleast_1d":
        shape = (x.shape or (1,)) if isinstance(x.shape, tuple) else derived(x.shape, "atleast_1d")
        return Array(x.dtype, shape) if len(site.args) == 1 else unknown()
    if "ndmin" in site.kwargs:
        return Array(None, unknown_shape())
    given = site.option(1, "dtype") if site.fn != "numpy.copy" else None
    return Array(dtype_named(given, x.dtype), x.shape)


@types(*names("numpy", "float64 float32 float16 int64 int32 complex128 bool_"), "srcdiff.astype")
def astype(site: Site) -> Type:
    x = site.array(0)
    named = site.args[1] if site.fn == "srcdiff.astype" else Lit(site.fn, Opaque("str"))
    return Array(dtype_named(named, x.dtype), x.shape)


def raveled(shape: Shape) -> tuple[Dim, ...]:
    return (product(shape),) if isinstance(shape, tuple) else (f"size({shape_key(shape)})",)


@types("ravel")
def ravel(site: Site) -> Type:
    return Array(site.array(0).dtype, raveled(site.array(0).shape))


@types("reshape")
def reshape(site: Site) -> Type:
    """To a literal shape, or another array's; -1 is the length that is left."""
    x = site.array(0)
    shape = site.shape_value(site.option(1, "shape"))
    if not isinstance(shape, tuple):
        return Array(x.dtype, unknown_shape() if shape is None else shape)
    # an int that only the run knows may be -1, and then stands for what is left of this array
    shape = tuple(d if site.surely_positive(polynomial(d)) or d == -1 else f"({d}@{shape_key(x.shape)})" for d in shape)
    if -1 not in shape:
        return Array(x.dtype, shape)
    left: Dim = raveled(x.shape)[0] if len(shape) == 1 else _left_over(x.shape, shape)
    return Array(x.dtype, tuple(left if d == -1 else d for d in shape))


def _left_over(whole: Shape, shape: tuple[Dim, ...]) -> Dim:
    size = product(whole) if isinstance(whole, tuple) else ""
    rest = product(tuple(d for d in shape if d != -1))
    if rest == 1:
        return raveled(whole)[0]
    return size // rest if isinstance(size, int) and isinstance(rest, int) and rest else f"({shape_key(whole)})/{rest}"


@types("transpose", "permute_dims")
def transpose(site: Site) -> Type:
    x = site.array(0)
    axes = site.value(1, "axes")
    if axes is None:
        return Array(x.dtype, transposed(x.shape))
    if not isinstance(x.shape, tuple):
        return Array(x.dtype, unknown_shape())
    return Array(x.dtype, tuple(x.shape[a] for a in axes_of(axes, len(x.shape))))


def known(site: Site, position: int = 0) -> tuple[Dim, ...]:
    """The argument's shape, where its rank is known; NotStatic otherwise."""
    shape = site.array(position).shape
    if not isinstance(shape, tuple):
        raise NotStatic
    return shape


@types("swapaxes", "moveaxis", "squeeze", "expand_dims")
def rearranged(site: Site) -> Type:
    x = site.array(0)
    try:
        return Array(x.dtype, _rearranged(site, known(site)))
    except NotStatic:
        return Array(x.dtype, unknown_shape())


def _rearranged(site: Site, shape: tuple[Dim, ...]) -> tuple[Dim, ...]:
    n = len(shape)
    match site.fn:
        case "numpy.swapaxes":
            i, j = axes_of((site.static(site.args[1]), site.static(site.args[2])), n)
            order = [j if k == i else i if k == j else k for k in range(n)]
        case "numpy.moveaxis":
            source, target = axes_of(site.static(site.args[1]), n), axes_of(site.static(site.args[2]), n)
            order = [k for k in range(n) if k not in source]
            for to, of in sorted(zip(target, source)):
                order.insert(to, of)
        case "numpy.squeeze":
            axis = site.value(1, "axis")
            if axis is None and any(isinstance(d, str) for d in shape):
                raise NotStatic
            gone = [i for i, d in enumerate(shape) if d == 1] if axis is None else axes_of(axis, n)
            order = [k for k in range(n) if k not in gone]
        case _:
            axis = site.value(1, "axis")
            new = axes_of(axis, n + (len(axis) if isinstance(axis, tuple) else 1))
            rest = iter(shape)
            return tuple(1 if k in new else next(rest) for k in range(n + len(new)))
    return tuple(shape[k] for k in order)


@types("broadcast_to")
def broadcast_to(site: Site) -> Type:
    shape = site.shape_value(site.option(1, "shape"))
    return Array(site.array(0).dtype, unknown_shape() if shape is None else shape)


def parts_of(site: Site) -> list[Array]:
    """The arrays of a sequence argument; NotStatic where how many there are is not known."""
    op = site.defined(site.args[0], "tuple", "list")
    if op is not None:
        return [array_of(a.type) for a in op.args]
    if isinstance(site.type(0), Tuple):
        return [array_of(t) for t in site.type(0).elems]  # type: ignore[attr-defined]
    raise NotStatic


@types("concatenate", "stack", "vstack", "hstack", "column_stack", "append")
def joined(site: Site) -> Type:
    """Arrays laid end to end along an axis, or along a new one."""
    try:
        parts = site.arrays()[:2] if site.fn == "numpy.append" else parts_of(site)
        dtype = promote(*(p.dtype for p in parts))
    except NotStatic:
        elem = element(site.type(0))
        dtype = elem.dtype if isinstance(elem, Array) else None
        scalars = site.fn == "numpy.stack" and rank(elem) == 0
        shape: Shape = (
            (fresh(),) if scalars or (site.fn == "numpy.concatenate" and rank(elem) == 1) else unknown_shape()
        )
        return Array(dtype, shape)
    if not parts or any(not isinstance(p.shape, tuple) for p in parts):
        return Array(dtype, unknown_shape())
    try:
        return Array(dtype, _joined(site, [tuple(p.shape) for p in parts]))
    except NotStatic:
        return Array(dtype, unknown_shape())


def _joined(site: Site, shapes: list[tuple[Dim, ...]]) -> tuple[Dim, ...]:
    axis = 0
    if site.fn in ("numpy.concatenate", "numpy.stack", "numpy.append"):
        axis = site.value(2 if site.fn == "numpy.append" else 1, "axis", None if site.fn == "numpy.append" else 0)
    if axis is None:
        return (added([product(s) for s in shapes]),)
    if site.fn == "numpy.stack":
        (at,) = axes_of(axis, len(shapes[0]) + 1)
        return (*shapes[0][:at], len(shapes), *shapes[0][at:])
    if site.fn == "numpy.vstack":
        shapes = [s if len(s) > 1 else (1, *(s or (1,))) for s in shapes]
    if site.fn == "numpy.column_stack":
        shapes = [s if len(s) > 1 else (*(s or (1,)), 1) for s in shapes]
    if site.fn == "numpy.hstack":
        shapes = [s or (1,) for s in shapes]
        axis = 0 if len(shapes[0]) == 1 else 1
    (at,) = axes_of(1 if site.fn == "numpy.column_stack" else axis, len(shapes[0]))
    if any(len(s) != len(shapes[0]) for s in shapes):
        raise NotStatic
    return (*shapes[0][:at], added([s[at] for s in shapes]), *shapes[0][at + 1 :])


@types("flip", "roll", "tril", "triu", "fliplr", "flipud", "nan_to_num")
def shape_stays(site: Site) -> Type:
    return site.array(0)


@types("repeat", "tile", "take", "diff", "diag", "diagonal", "trace", "kron", "pad", "delete", "insert")
def lengths_change(site: Site) -> Type:
    """The rank is often known where the lengths are not."""
    x = site.array(0)
    dtype = promote(x.dtype, site.array(1).dtype) if site.fn == "numpy.kron" else x.dtype
    dtype = None if site.fn == "numpy.insert" else dtype
    try:
        return Array(dtype, _changed(site, known(site)))
    except NotStatic:
        return Array(dtype, unknown_shape())


def _changed(site: Site, shape: tuple[Dim, ...]) -> Shape:
    n = len(shape)
    match site.fn.removeprefix("numpy."):
        case "repeat":
            axis = site.value(2, "axis")
            return (fresh(),) if axis is None else _with_axis(shape, axes_of(axis, n)[0], (fresh(),))
        case "take":
            axis = site.value(2, "axis")
            taken = known(site, 1)
            return taken if axis is None else _with_axis(shape, axes_of(axis, n)[0], taken)
        case "diff" if len(site.args) == 1 and set(site.kwargs) <= {"axis"}:
            (at,) = axes_of(site.value(2, "axis", -1), n)
            return _with_axis(shape, at, (fresh(),))
        case "diag" if len(site.args) == 1 and not site.kwargs:
            return (shape[0], shape[0]) if n == 1 else (shape[0] if shape[0] == shape[1] else fresh(),)
        case "diag" if n == 1 and isinstance(offset := site.value(1, "k", 0), int):
            side = lengthened(shape[0], abs(offset))
            return (side, side)
        case "trace" if n == 2:
            return ()
        case "kron" if len(known(site, 1)) == n:
            return tuple(product((a, b)) for a, b in zip(shape, known(site, 1)))
        case "diagonal" if n == 2:
            return (fresh(),)
        case "tile" if rank(site.type(1)) == 0:
            return (*shape[:-1], fresh()) if shape else (fresh(),)
        case "pad":
            return tuple(fresh() for _ in shape)
    raise NotStatic


def _with_axis(shape: tuple[Dim, ...], at: int, new: tuple[Dim, ...]) -> tuple[Dim, ...]:
    return (*shape[:at], *new, *shape[at + 1 :])


@types("numpy.lib.stride_tricks.sliding_window_view")
def windows(site: Site) -> Type:
    """The places where a window lies, then the window."""
    x, window = site.array(0), site.shape_value(site.option(1, "window_shape"))
    if not isinstance(x.shape, tuple) or not isinstance(window, tuple):
        return Array(x.dtype, unknown_shape())
    return Array(x.dtype, (*(fresh() for _ in x.shape), *window))


@types("broadcast_arrays")
def broadcast_arrays(site: Site) -> Type:
    shape = broadcast_all([a.shape for a in site.arrays()])
    return Sequence("tuple", Array(None, shape), len(site.args))


@types("searchsorted", "digitize")
def positions(site: Site) -> Type:
    v = site.type(1) if site.fn == "numpy.searchsorted" else site.type(0)
    return Array("int", array_of(v).shape) if isinstance(v, (Array, Any)) else unknown()
