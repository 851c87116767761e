"""The types of random draws, of NumPy's and of Python's: constants that are drawn once, in the order of the function.

A method of a generator is an operation of its class, `numpy.random.Generator.normal(rng, 0.0, 1.0)`.
"""

from __future__ import annotations

from srcdiff.analysis.dimensions import array_of
from srcdiff.analysis.site import NotStatic, Site
from srcdiff.ir.nodes import Lit
from srcdiff.ir.types import INT, SCALAR, Array, Opaque, Sequence, Type, rank, unknown
from srcdiff.rules.random_draws import (
    BY_DIMENSIONS,
    CONSTRUCTORS,
    METHODS,
    PYTHON_FLOATS,
    PYTHON_INTEGERS,
    SIZE_AFTER,
    WHOLE,
)


def random_type(site: Site) -> Type | None:
    """The type of a draw, of a generator that is made; None for any other function."""
    if site.fn in CONSTRUCTORS:
        return Opaque(CONSTRUCTORS[site.fn])
    if not site.fn.startswith(("numpy.random.", "random.")):
        return None
    name = site.fn.rpartition(".")[2]
    drawn = Site(site.fn, site.args[1:], site.kwargs, site.builder) if site.fn.startswith(METHODS) else site
    if site.fn.startswith("random."):
        return _python_draw(name)
    try:
        return _numpy_draw(drawn, name)
    except (NotStatic, IndexError):
        return array_of(unknown())


def _python_draw(name: str) -> Type:
    if name in PYTHON_INTEGERS:
        return INT
    return SCALAR if name in PYTHON_FLOATS else unknown()


def _numpy_draw(site: Site, name: str) -> Type:
    if name in SIZE_AFTER:
        dtype = "int" if name in WHOLE else "float"
        size = site.option(SIZE_AFTER[name], "size")
        if size is None or (isinstance(size, Lit) and size.value is None):
            parameters = [
                *site.args[: SIZE_AFTER[name]],
                *(v for k, v in site.kwargs.items() if k not in ("size", "dtype")),
            ]
            return Array(dtype, ()) if all(rank(a.type) == 0 for a in parameters) else array_of(unknown())
        return _sized(site, size, dtype)
    if name in BY_DIMENSIONS and all(rank(a.type) == 0 for a in site.args):
        return Array("float", tuple(site.length(a) for a in site.args))
    if name == "permutation":
        given = site.type(0)
        return Array("int", (site.length(site.args[0]),)) if rank(given) == 0 else given
    if name == "choice" and rank(site.type(0)) in (0, 1, None):
        return _choice(site)
    return array_of(unknown())


def _sized(site: Site, size: object, dtype: str | None) -> Type:
    shape = site.shape_value(size)  # type: ignore[arg-type]
    return Array(dtype, shape) if shape is not None else Array(dtype, array_of(unknown()).shape)


def _choice(site: Site) -> Type:
    """One of the first n numbers, or of the elements of a sequence; or several of them."""
    given = site.type(0)
    of = given.elem if isinstance(given, Sequence) else given
    if not isinstance(of, Array) or not isinstance(of.shape, tuple) or len(of.shape) > 1:
        return array_of(unknown())
    dtype = "int" if rank(given) == 0 else of.dtype
    size = site.option(1, "size")
    return Array(dtype, ()) if size is None else _sized(site, size, dtype)
