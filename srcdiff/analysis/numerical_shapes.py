"""The types of interpolation, polynomials, convolution, selection and grids."""

from __future__ import annotations

from srcdiff.analysis.array_shapes import parts_of
from srcdiff.analysis.dimensions import array_of, broadcast_all, promote
from srcdiff.analysis.site import NotStatic, Site, types
from srcdiff.ir.types import Array, Tuple, Type, fresh, rank, unknown


@types("interp")
def interp(site: Site) -> Type:
    """One value for each x."""
    return Array("float" if site.array(2).dtype == "float" else None, site.array(0).shape)


@types("srcdiff.polygamma")
def polygamma(site: Site) -> Type:
    return Array("float", site.array(1).shape)


@types("bincount")
def bincount(site: Site) -> Type:
    """As many as the greatest index says."""
    return Array("int" if site.option(1, "weights") is None else "float", (fresh(),))


@types("polyval")
def polyval(site: Site) -> Type:
    return Array(promote(site.array(0).dtype, site.array(1).dtype), site.array(1).shape)


@types("convolve", "correlate")
def convolve(site: Site) -> Type:
    return Array(promote(site.array(0).dtype, site.array(1).dtype), (fresh(),))


@types("numpy.fft.fft", "numpy.fft.ifft", "numpy.fft.rfft", "numpy.fft.irfft")
def fourier(site: Site) -> Type:
    """As long as what is transformed; real sequences have half as many frequencies."""
    x = site.array(0)
    dtype = "float" if site.fn == "numpy.fft.irfft" else "complex"
    whole = site.fn in ("numpy.fft.fft", "numpy.fft.ifft") and len(site.args) == 1 and set(site.kwargs) <= {"axis"}
    if whole:
        return Array(dtype, x.shape)
    known = isinstance(x.shape, tuple)
    return Array(dtype, tuple(fresh() for _ in x.shape) if known else array_of(unknown()).shape)


@types("select")
def select(site: Site) -> Type:
    """The broadcast of everything that it is given."""
    default = site.option(2, "default")
    try:
        choices = [array_of(a.type) for a in site.defined(site.args[1], "tuple", "list").args]  # type: ignore[union-attr]
        shapes = [part.shape for part in parts_of(site)] + [c.shape for c in choices]
    except (NotStatic, AttributeError):
        return Array(None, array_of(unknown()).shape)
    last = array_of(default.type) if default is not None else Array("int", ())
    return Array(promote(*(c.dtype for c in choices), last.dtype), broadcast_all([*shapes, last.shape]))


@types("gradient")
def gradient(site: Site) -> Type:
    """Along one axis: which it is, is written where there are several."""
    return Array("float" if site.array(0).dtype in ("int", "float") else None, site.array(0).shape)


@types("unique")
def unique(site: Site) -> Type:
    """A vector, where it is not asked for more."""
    return Array(site.array(0).dtype, (fresh(),)) if len(site.args) == 1 and not site.kwargs else unknown()


@types("meshgrid")
def meshgrid(site: Site) -> Type:
    """One array for each axis, all of one shape: the rows follow the second axis, unless indexing="ij"."""
    if set(site.kwargs) - {"indexing"} or any(rank(a.type) != 1 for a in site.args):
        return unknown()
    dims = [a.shape[0] for a in site.arrays() if isinstance(a.shape, tuple)]
    if site.value(len(site.args), "indexing", "xy") == "xy":
        dims[:2] = dims[1::-1]
    grid = Array(promote(*(a.dtype for a in site.arrays())), tuple(dims))
    return Tuple((grid,) * len(site.args))
