"""The types of lists, tuples, dicts, attributes, and of the built-in functions that make or take them."""

from __future__ import annotations

from srcdiff.analysis.dimensions import array_of, broadcast, element, join_all, promote, transposed, unknown_shape
from srcdiff.analysis.site import Site, names, types
from srcdiff.ir.nodes import Lit
from srcdiff.ir.types import BOOL, INT, Any, Array, Dict, Opaque, Record, Sequence, Tuple, Type, join, unknown
from srcdiff.rules.logging_calls import LOGGER, SAYS


@types("tuple")
def make_tuple(site: Site) -> Type:
    return Tuple(tuple(a.type for a in site.args))


@types("list")
def make_list(site: Site) -> Type:
    return Sequence("list", join_all([a.type for a in site.args]), len(site.args))


@types("dict")
def make_dict(site: Site) -> Type:
    keys, values = site.args[::2], [a.type for a in site.args[1::2]]
    if all(isinstance(k, Lit) for k in keys):
        items = dict(zip((k.value for k in keys if isinstance(k, Lit)), values))
        return Dict(tuple(items.items()), join_all(values))
    found = Dict((), join_all([]))
    for key, value in zip(site.args[::2], values):
        found = found.with_key(key.type, value)
    return found


@types("set", "slice", "builtins.range", "builtins.slice", "builtins.set")
def opaque(site: Site) -> Type:
    return Opaque(site.fn.removeprefix("builtins."))


@types(*(f"set.{name}" for name in "add discard remove update union intersection difference copy".split()))
def changed_set(site: Site) -> Type:
    return Opaque("set")


@types("set.issubset", "set.issuperset", "set.isdisjoint")
def compared_sets(site: Site) -> Type:
    return BOOL


@types("list.append")
def append(site: Site) -> Type:
    base, new = site.type(0), site.type(1)
    if isinstance(base, Sequence):
        return Sequence(base.kind, join(base.elem, new), base.length + 1 if isinstance(base.length, int) else None)
    return base


@types("srcdiff.drop_last")
def drop_last(site: Site) -> Type:
    base = site.type(0)
    if isinstance(base, Sequence):
        return Sequence(base.kind, base.elem, max(0, base.length - 1) if isinstance(base.length, int) else None)
    return base


@types(
    "srcdiff.copy",
    "srcdiff.stop_gradient",
    "srcdiff.add_at",
    "srcdiff.add_slice",
    "srcdiff.add_field",
    "srcdiff.replaced",
)
def same(site: Site) -> Type:
    return site.type(0)


@types("srcdiff.zeros_like", "srcdiff.zero_arrays", "srcdiff.zero_vector")
def zeros_like(site: Site) -> Type:
    """The same structure; a derivative is never of ints."""
    return derivative(site.type(0))


def derivative(t: Type) -> Type:
    """The type of a derivative of a `t`."""
    match t:
        case Array(dtype, shape):
            return Array("complex" if dtype == "complex" else "float", shape)
        case Sequence(kind, elem, length):
            return Sequence(kind, derivative(elem), length)
        case Tuple(elems):
            return Tuple(tuple(map(derivative, elems)))
        case Dict(items, value, key):
            return Dict(None if items is None else tuple((k, derivative(v)) for k, v in items), derivative(value), key)
    return t


@types("srcdiff.add")
def add(site: Site) -> Type:
    left, right = site.type(0), site.type(1)
    if isinstance(left, Array) and isinstance(right, Array):
        return Array(promote(left.dtype, right.dtype), broadcast(left.shape, right.shape))
    return right if isinstance(left, (Any, Opaque)) else left


@types("srcdiff.unbroadcast")
def unbroadcast(site: Site) -> Type:
    if isinstance(site.type(0), Any) and isinstance(site.type(1), Any):
        return site.type(1)  # a container stays what it is
    return Array(site.array(0).dtype, site.array(1).shape)


@types("srcdiff.sum_to")
def sum_to(site: Site) -> Type:
    shape = site.shape_value(site.args[1])
    return Array(site.array(0).dtype, unknown_shape() if shape is None else shape)


@types("getattr")
def attribute(site: Site) -> Type:
    """The attributes of arrays; those of other objects are unknown."""
    base, name = site.type(0), site.args[1].value if isinstance(site.args[1], Lit) else ""
    if isinstance(base, Record):
        return dict(base.items).get(name) or unknown()
    x = array_of(base)
    match name:
        case "shape":
            return Tuple((INT,) * len(x.shape)) if isinstance(x.shape, tuple) else Sequence("tuple", INT)
        case "ndim" | "size" | "itemsize" | "nbytes" if isinstance(base, (Array, Any)):
            return INT
        case "dtype":
            return Opaque("dtype")
    if not isinstance(base, Array):
        return unknown()
    match name:
        case "T":
            return Array(x.dtype, transposed(x.shape))
        case "real" | "imag":
            return Array("float" if x.dtype == "complex" else x.dtype, x.shape)
        case "flat":
            return unknown()
    return unknown()


@types("shape")
def shape(site: Site) -> Type:
    x = site.array(0)
    return Tuple((INT,) * len(x.shape)) if isinstance(x.shape, tuple) else Sequence("tuple", INT)


@types(*names("str", "count find rfind index rindex"))
@types("builtins.len", "tuple.count", "tuple.index", "list.count", "list.index")
def length(site: Site) -> Type:
    return INT


@types("builtins.max", "builtins.min")
def extremum(site: Site) -> Type:
    """Of several numbers, or of the elements of one list or array."""
    found = [a.type for a in site.args] if len(site.args) > 1 else [element(site.type(0))]
    return join_all([*found, site.kwargs["default"].type] if "default" in site.kwargs else found)


@types("builtins.sum")
def total(site: Site) -> Type:
    """The sum of the elements, added to 0."""
    start = site.option(1, "start")
    elem, first = element(site.type(0)), Array("int", ()) if start is None else start.type
    if isinstance(elem, (Array, Any)) and isinstance(first, (Array, Any)):
        x, y = array_of(elem), array_of(first)
        dtype = promote(x.dtype, y.dtype)
        if start is None and dtype == "float" and not _has_items(site.type(0)):
            dtype = None  # of nothing it is the int 0
        return Array(dtype, broadcast(x.shape, y.shape))
    return unknown()


def _has_items(t: Type) -> bool:
    return (
        isinstance(t, Tuple) and bool(t.elems) or isinstance(t, Sequence) and isinstance(t.length, int) and t.length > 0
    )


@types("builtins.round")
def rounded(site: Site) -> Type:
    return INT if len(site.args) == 1 and not site.kwargs else site.array(0)


@types("ndindex")
def indices(site: Site) -> Type:
    """Tuples of as many ints as the shape has."""
    shape = site.shape_value(site.args[0])
    return Sequence("list", Tuple((INT,) * len(shape)) if isinstance(shape, tuple) else Sequence("tuple", INT))


@types("builtins.sorted", "builtins.list", "builtins.tuple", "builtins.reversed")
def sequence(site: Site) -> Type:
    kind = "tuple" if site.fn == "builtins.tuple" else "list"
    if not site.args:
        return Tuple(()) if kind == "tuple" else Sequence("list", join_all([]), 0)
    base = site.type(0)
    if isinstance(base, Tuple) and kind == "tuple":
        return base
    known = base.length if isinstance(base, Sequence) else len(base.elems) if isinstance(base, Tuple) else None
    return Sequence(kind, element(base), known)


def joined(fn: str, left: Type, right: Type) -> Type | None:
    """What `+` and `*` make of lists and tuples; None where they are arithmetic, because the other side is an array."""
    if fn in ("operator.add", "operator.iadd"):
        if isinstance(left, Tuple) and isinstance(right, Tuple):
            return Tuple(left.elems + right.elems)
        if isinstance(left, Sequence) and isinstance(right, Sequence) and left.kind == right.kind:
            sized = isinstance(left.length, int) and isinstance(right.length, int)
            return Sequence(left.kind, join(left.elem, right.elem), left.length + right.length if sized else None)  # type: ignore[operator]
        if isinstance(left, Sequence) and fn == "operator.iadd":
            return Sequence(left.kind, join(left.elem, element(right)))
        if isinstance(left, (Sequence, Tuple)) and isinstance(right, (Sequence, Tuple)):
            return Sequence("tuple", join(element(left), element(right)))
    if fn == "operator.mul":
        repeated, times = (left, right) if isinstance(left, (Sequence, Tuple)) else (right, left)
        if isinstance(times, Array) and times.dtype in ("int", "bool", None) and times.shape == ():
            kind = repeated.kind if isinstance(repeated, Sequence) else "tuple"
            return Sequence(kind, element(repeated))
    other = right if isinstance(left, (Sequence, Tuple)) else left
    return None if isinstance(other, Array) and other.shape != () else unknown()


@types("builtins.divmod")
def divmod_(site: Site) -> Type:
    x = Array(promote(site.array(0).dtype, site.array(1).dtype), broadcast(site.array(0).shape, site.array(1).shape))
    return Tuple((x, x))


@types(
    "assert",
    "raise",
    "builtins.print",
    *(prefix + name for prefix in ("logging.", LOGGER) for name in SAYS),
)
def effect(site: Site) -> Type:
    return Opaque("None")


@types("exception", "srcdiff.raised")
def exception(site: Site) -> Type:
    return Opaque("exception")


@types("numpy.issubdtype", "srcdiff.raises")
def test_of_dtype(site: Site) -> Type:
    return BOOL


@types("numpy.result_type", "numpy.dtype", "numpy.promote_types")
def dtype(site: Site) -> Type:
    return Opaque("dtype")
