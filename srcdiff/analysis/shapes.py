"""The type of every operation: kind, dtype and shape, computed as the operation is made.

What no function here knows is `unknown()`. A fact that might not hold would become a derivative that is silently wrong,
so lengths are equal only where every run makes them equal (see `dimensions.py`).
"""

from __future__ import annotations

from srcdiff.analysis import array_shapes, container_types, index_shapes, linalg_shapes, numerical_shapes
from srcdiff.analysis.dimensions import array_of, broadcast, broadcast_all, element, join_all, promote, same_shape
from srcdiff.analysis.helper_types import helper_type
from srcdiff.analysis.random_types import random_type
from srcdiff.analysis.site import TYPING, NotStatic, Site, axes_of, names, types
from srcdiff.ir.builder import Builder, Kwargs
from srcdiff.ir.nodes import Atom, Lit
from srcdiff.ir.types import (
    BOOL,
    INT,
    SCALAR,
    Any,
    Array,
    Opaque,
    Sequence,
    Shape,
    Tuple,
    Type,
    fresh,
    is_complex,
    join,
    rank,
    unknown,
    with_dtype,
)

__all__ = ["array_of", "broadcast", "element", "infer", "join", "join_all", "promote", "same_shape"]

PARTS = (array_shapes, container_types, index_shapes, linalg_shapes, numerical_shapes)  # importing them fills TYPING


def infer(fn: str, args: tuple[Atom, ...], kwargs: Kwargs, builder: Builder) -> Type:
    """The type of fn(*args, **kwargs)."""
    typing = TYPING.get(fn)
    if typing is None and fn.startswith("srcdiff."):
        typing = helper_type
    if typing is None:
        return random_type(Site(fn, args, dict(kwargs), builder)) or unknown()
    try:
        found = typing(Site(fn, args, dict(kwargs), builder))
    except (NotStatic, IndexError):
        return unknown()
    if isinstance(found, Array) and found.dtype is None and any(is_complex(a.type) for a in args):
        return with_dtype(found, "complex")
    return found


def elementwise(site: Site, dtype: str | None) -> Array:
    """The broadcast of the arguments, and of `where=` and `out=`, which widen it too."""
    if "dtype" in site.kwargs:
        dtype = None
    extra = [array_of(site.kwargs[k].type).shape for k in ("where", "out") if k in site.kwargs]
    return Array(dtype, broadcast_all([a.shape for a in site.arrays()] + extra))


FLOATING = (
    "sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh exp exp2 expm1 "
    "log log2 log10 log1p sqrt cbrt hypot logaddexp logaddexp2 true_divide divide float_power "
    "deg2rad rad2deg degrees radians sinc heaviside fabs copysign i0"
)
KEEPING = (
    "add subtract multiply negative positive square reciprocal sign floor ceil rint trunc fix round around "
    "maximum minimum fmax fmin clip mod remainder fmod floor_divide conj conjugate nan_to_num"
)
TESTING = (
    "isnan isinf isfinite isclose less greater less_equal greater_equal equal not_equal "
    "logical_and logical_or logical_not logical_xor signbit"
)


SPECIAL = (
    "expit logit log_expit erf erfc ndtr log_ndtr gamma gammaln digamma psi polygamma betaln xlogy xlog1py entr "
    "softmax log_softmax"
)


@types(*names("numpy", FLOATING), *names("scipy.special", SPECIAL), "operator.truediv")
def floating(site: Site) -> Type:
    """int / int is a float."""
    return elementwise(site, promote("float", *(a.dtype for a in site.arrays())))


@types(*names("numpy", KEEPING))
def keeping(site: Site) -> Type:
    dtypes = [a.dtype for a in site.arrays()]
    if site.fn in ("numpy.round", "numpy.around"):
        return Array(dtypes[0], site.array(0).shape)
    if site.fn == "numpy.clip":
        operands = [site.option(i, n) for i, n in enumerate(("a", "a_min", "a_max"))] + [
            site.kwargs.get("min"),
            site.kwargs.get("max"),
        ]
        given = [array_of(a.type) for a in operands if a is not None and not _is_none(a)]
        return Array(promote(*(a.dtype for a in given)), broadcast_all([a.shape for a in given]))
    return elementwise(site, promote(*dtypes))


def _is_none(atom: Atom) -> bool:
    return isinstance(atom, Lit) and atom.value is None


@types(*names("numpy", TESTING))
def testing(site: Site) -> Type:
    return elementwise(site, "bool")


@types("abs", "absolute", "real", "imag", "angle", "builtins.abs")
def real_part(site: Site) -> Type:
    """abs of a complex array is real; `angle` is always a float."""
    x = site.array(0)
    dtype = "float" if x.dtype == "complex" or site.fn == "numpy.angle" else "int" if x.dtype == "bool" else x.dtype
    return Array(dtype, x.shape)


@types(*names("operator", "add sub mul mod floordiv iadd and_ or_ xor lshift rshift"))
def arithmetic(site: Site) -> Type:
    """Numbers and arrays; lists and tuples where `+` and `*` mean to join and to repeat."""
    left, right = site.type(0), site.type(1)
    if site.fn == "operator.mod" and left == Opaque("str"):  # "step %d: %g" % (i, x)
        return left
    if isinstance(left, (Sequence, Tuple)) or isinstance(right, (Sequence, Tuple)):
        joined = container_types.joined(site.fn, left, right)
        if joined is not None:
            return joined
    if isinstance(left, Opaque) or isinstance(right, Opaque):
        return Opaque("str") if Opaque("str") in (left, right) else unknown()
    if site.fn == "operator.iadd":
        return left if isinstance(left, Any) else _iadd(site)
    dtype = promote(site.array(0).dtype, site.array(1).dtype)
    logical = site.fn in ("operator.and_", "operator.or_", "operator.xor")
    return elementwise(site, "int" if dtype == "bool" and not logical else dtype)


def _iadd(site: Site) -> Array:
    """An array keeps shape and dtype; a number, or what may prove to be one, is simply added to."""
    left, right = site.array(0), site.array(1)
    if isinstance(left.shape, tuple) and left.shape:
        return left
    return Array(promote(left.dtype, right.dtype), broadcast(left.shape, right.shape))


@types("operator.pow", "builtins.pow", "power")
def power(site: Site) -> Type:
    base, exponent = site.array(0), site.array(1)
    dtype = promote(base.dtype, exponent.dtype)
    if dtype in ("int", "bool") and site.fn != "numpy.power":
        literal = site.args[1]
        natural = isinstance(literal, Lit) and literal.value >= 0
        dtype = "int" if natural or base.shape != () or exponent.shape != () else None
    return elementwise(site, dtype)


@types("operator.neg", "operator.pos", "operator.invert")
def sign(site: Site) -> Type:
    x = site.array(0)
    return Array("int" if x.dtype == "bool" and x.shape == () and site.fn != "numpy.invert" else x.dtype, x.shape)


@types(*names("operator", "lt le gt ge eq ne"))
def comparison(site: Site) -> Type:
    if all(isinstance(a.type, (Array, Any)) for a in site.args):
        return elementwise(site, "bool")
    if all(isinstance(a.type, (Opaque, Sequence, Tuple)) or a.type == BOOL for a in site.args):
        return BOOL
    return BOOL if any(isinstance(a.type, Opaque) for a in site.args) else unknown()


@types(
    *names("operator", "not_ is_ is_not contains truth"),
    *names("builtins", "bool isinstance issubclass callable hasattr all any"),
    *names("math", "isnan isinf isfinite isclose"),
    *names("numpy", "allclose array_equal isscalar iterable shares_memory may_share_memory"),
)
def truth(site: Site) -> Type:
    return BOOL


@types(
    *names("math", "floor ceil trunc comb perm factorial gcd lcm isqrt"),
    "builtins.int",
    "builtins.ord",
    "builtins.hash",
    "builtins.id",
    "size",
    "ndim",
)
def integer(site: Site) -> Type:
    return INT


MATH = (
    "sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp exp2 expm1 log log2 log10 log1p "
    "sqrt cbrt pow hypot fabs erf erfc gamma lgamma "
    "degrees radians copysign fmod remainder fsum ldexp dist prod"
)


@types(*names("math", MATH), "builtins.float", "srcdiff.digamma", "cmath.phase", "statistics.mean", "statistics.fmean")
def scalar(site: Site) -> Type:
    return SCALAR


@types("math.modf", "math.frexp")
def pair(site: Site) -> Type:
    return Tuple((SCALAR, SCALAR if site.fn == "math.modf" else INT))


@types(
    *names("cmath", "exp log log10 sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh rect"),
    "builtins.complex",
)
def complex_scalar(site: Site) -> Type:
    return Array("complex", ())


@types(*names("str", "isalpha isdigit isalnum isidentifier islower isupper isspace isnumeric startswith endswith"))
def of_text(site: Site) -> Type:
    return BOOL


@types(*names("str", "split rsplit splitlines"))
def parts_of_text(site: Site) -> Type:
    return Sequence("list", Opaque("str"))


@types(*names("str", "upper lower title strip lstrip rstrip format join replace capitalize center ljust rjust zfill"))
@types(*names("builtins", "str repr format chr input"), "fstring")
def text(site: Site) -> Type:
    return Opaque("str")


@types("where")
def where(site: Site) -> Type:
    if len(site.args) != 3:
        return unknown()
    return Array(promote(site.array(1).dtype, site.array(2).dtype), broadcast_all([a.shape for a in site.arrays()]))


def reduced(shape: Shape, site: Site, axis_position: int = 1, keepdims_position: int = 3) -> Shape:
    """The shape after reducing `axis`, with or without keepdims."""
    axis = site.value(axis_position, "axis")
    keepdims = site.value(keepdims_position, "keepdims", False)
    if axis is None and not keepdims:
        return ()
    if not isinstance(shape, tuple):
        return frozenset({f"?reduce({array_shapes.shape_key(shape)},{axis},{bool(keepdims)})"})
    gone = range(len(shape)) if axis is None else axes_of(axis, len(shape))
    if keepdims:
        return tuple(1 if i in gone else d for i, d in enumerate(shape))
    return tuple(d for i, d in enumerate(shape) if i not in gone)


# where NumPy puts keepdims among the positional arguments
KEEPDIMS_POSITION = {"mean": 4, "var": 5, "std": 5, "prod": 4, "sum": 4, "cumsum": 9, "argmax": 3, "argmin": 3}


@types(
    *names(
        "numpy",
        "sum prod mean var std max min amax amin median all any count_nonzero argmax argmin ptp nansum "
        "nanmean nanmax nanmin average",
    ),
    "scipy.special.logsumexp",
    "numpy.logaddexp.reduce",
)
def reduction(site: Site) -> Type:
    name = site.fn.rpartition(".")[2]
    x = site.array(0)
    dtype = x.dtype
    if name in ("logsumexp", "reduce", "mean", "var", "std", "median", "nanmean", "average"):
        dtype = "float" if x.dtype != "complex" or name in ("var", "std") else "complex"
    elif name in ("all", "any"):
        dtype = "bool"
    elif name in ("argmax", "argmin", "count_nonzero") or (name in ("sum", "prod", "nansum") and x.dtype == "bool"):
        dtype = "int"
    if "dtype" in site.kwargs:
        dtype = array_shapes.dtype_named(_dtype_of(site), None)
    try:
        return Array(dtype, reduced(x.shape, site, 1, KEEPDIMS_POSITION.get(name, 3)))
    except NotStatic:
        return Array(dtype, array_of(unknown()).shape)


def _dtype_of(site: Site) -> Atom:
    """The dtype asked for; that of `dtype=x.dtype` is named as a literal."""
    op = site.defined(site.kwargs["dtype"], "getattr")
    if op is None or site.static(op.args[1]) != "dtype":
        return site.kwargs["dtype"]
    return Lit(array_of(op.args[0].type).dtype, Opaque("str"))


@types("numpy.linalg.norm")
def norm(site: Site) -> Type:
    try:
        return Array("float", reduced(site.array(0).shape, site, 2, 3))
    except NotStatic:
        return Array("float", array_of(unknown()).shape)


@types("lexsort")
def order_by_keys(site: Site) -> Type:
    """The order of vectors of keys."""
    keys = site.type(0)
    of_vectors = isinstance(keys, Tuple) and all(rank(array_of(key)) == 1 for key in keys.elems)
    return Array("int", (fresh(),) if of_vectors else array_of(unknown()).shape)


@types("cumsum", "cumprod", "sort", "argsort")
def along_axis(site: Site) -> Type:
    """The shape stays, but cumsum of all axes flattens."""
    x = site.array(0)
    dtype = "int" if site.fn == "numpy.argsort" or x.dtype == "bool" else x.dtype
    default = None if site.fn in ("numpy.cumsum", "numpy.cumprod") else -1
    flat = site.value(1, "axis", default) is None
    return Array(None if "dtype" in site.kwargs else dtype, array_shapes.raveled(x.shape) if flat else x.shape)
