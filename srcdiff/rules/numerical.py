"""Interpolation, quadrature, polynomials, convolution, selection."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcdiff import runtime
from srcdiff.rules.declare import Unbound, bilinear, called, dispatch, general, linear, nondifferentiable, summed_to
from srcdiff.rules.manipulation import converted

bilinear(np.trapezoid, y=called(runtime.trapezoid_y), x=called(runtime.trapezoid_x))

interp_slope, interp_fp = called(runtime.interp_slope), called(runtime.interp_fp)
# a point that moves to the right takes its segment's height along: as if x moved to the left
general(
    np.interp,
    x=(
        lambda x_dot, z, x, xp, fp: x_dot * interp_slope(x, xp, fp),
        lambda z_bar, z, x, xp, fp: z_bar * interp_slope(x, xp, fp),
    ),
    xp=(
        lambda xp_dot, z, x, xp, fp: -np.interp(x, xp, xp_dot) * interp_slope(x, xp, fp),
        lambda z_bar, z, x, xp, fp: -interp_fp(z_bar * interp_slope(x, xp, fp), x, xp, fp),
    ),
    fp=(
        lambda fp_dot, z, x, xp, fp: np.interp(x, xp, fp_dot),
        lambda z_bar, z, x, xp, fp: interp_fp(z_bar, x, xp, fp),
    ),
)
polynomial_slope = called(runtime.polynomial_slope)
general(
    np.polyval,
    p=(lambda p_dot, z, p, x: np.polyval(p_dot, x), lambda z_bar, z, p, x: called(runtime.polyval_p)(z_bar, p, x)),
    x=(
        lambda x_dot, z, p, x: x_dot * polynomial_slope(p, x),
        lambda z_bar, z, p, x: z_bar * polynomial_slope(p, x),
    ),
)
bilinear(np.convolve, a=called(runtime.convolve_a), v=called(runtime.convolve_v))
bilinear(
    np.cross,
    a=lambda z_bar, a, b: summed_to(np.cross(b, z_bar), a),
    b=lambda z_bar, a, b: summed_to(np.cross(z_bar, a), b),
)
linear(np.select, choicelist=called(runtime.select_choicelist), default=called(runtime.select_default))


def keyed(function: Any) -> Any:
    def rule(bar: Any, z: Any, x: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
        if isinstance(axis, tuple):
            raise Unbound("several axes")
        return called(function)(bar, z, x, axis, keepdims)

    return rule


general(np.median, x=(keyed(runtime.median_dot), keyed(runtime.median_x)))


def steps(p: Any, q: Any) -> list[Any]:
    """From q to p, coordinate by coordinate, where those of one of them are in sight."""
    return [p[i] - q[i] for i in range(len(p if isinstance(p, (list, tuple)) else q))]


def distance_dot(end_dot: Any, z: Any, end: Any, other: Any) -> Any:
    """How the distance grows as one end moves: along the way from the other."""
    scale = z + (z == 0)
    if isinstance(end, (list, tuple)) or isinstance(other, (list, tuple)):
        return sum(step * end_dot[i] for i, step in enumerate(steps(end, other))) / scale
    return (as_array(end) - as_array(other)) @ as_array(end_dot) / scale


def distance_end(z_bar: Any, z: Any, end: Any, other: Any) -> Any:
    scale = z_bar / (z + (z == 0))
    if isinstance(end, (list, tuple)):
        return type(end)([scale * step for step in steps(end, other)])
    return converted(scale * (as_array(end) - as_array(other)), end)


def as_array(x: Any) -> Any:
    return x if getattr(x, "known_shape", None) else dispatch("numpy.asarray", np.asarray, (x,), {})


general(
    math.dist,
    p=(
        lambda p_dot, z, p, q: distance_dot(p_dot, z, p, q),
        lambda z_bar, z, p, q: distance_end(z_bar, z, p, q),
    ),
    q=(
        lambda q_dot, z, p, q: distance_dot(q_dot, z, q, p),
        lambda z_bar, z, p, q: distance_end(z_bar, z, q, p),
    ),
)
general(math.prod, x=(called(runtime.prod_items_dot), called(runtime.prod_items_x)))


MARGINS = ("constant", "edge", "reflect", "symmetric", "wrap")  # of numbers, or of the array's own elements


def padded(v: Any, pad_width: Any, mode: Any) -> Any:
    if mode not in MARGINS:
        raise Unbound("mode=", "np.concatenate what is written out for the margins with x")
    return np.pad(v, pad_width) if mode == "constant" else np.pad(v, pad_width, mode)


def pad_dot(x_dot: Any, z: Any, x: Any, pad_width: Any, mode: Any = "constant", *, constant_values: Any = 0) -> Any:
    return padded(x_dot, pad_width, mode)


def pad_x(z_bar: Any, z: Any, x: Any, pad_width: Any, mode: Any = "constant", *, constant_values: Any = 0) -> Any:
    if mode not in MARGINS:
        raise Unbound("mode=", "np.concatenate what is written out for the margins with x")
    return called(runtime.pad_x)(z_bar, x, pad_width, *([] if mode == "constant" else [mode]))


general(np.pad, x=(pad_dot, pad_x))
linear(np.fliplr, x=lambda z_bar, x: np.fliplr(z_bar))
linear(np.flipud, x=lambda z_bar, x: np.flipud(z_bar))
nondifferentiable(np.ravel_multi_index, np.unravel_index, np.lexsort, np.argpartition, np.indices, np.tril_indices)
nondifferentiable(np.triu_indices, np.diag_indices, np.isin, np.may_share_memory)
nondifferentiable(np.diag_indices_from, np.tril_indices_from, np.triu_indices_from, np.shares_memory)

nansum_x, nanmean_x = called(runtime.nansum_x), called(runtime.nanmean_x)
linear(np.nansum, x=lambda z_bar, x, axis=None, *, keepdims=False: nansum_x(z_bar, x, axis, keepdims))
general(
    np.nanmean,
    x=(
        lambda x_dot, z, x, axis=None, *, keepdims=False: np.nanmean(
            np.where(np.isnan(x), np.nan, x_dot), axis=axis, keepdims=keepdims
        ),
        lambda z_bar, z, x, axis=None, *, keepdims=False: nanmean_x(z_bar, x, axis, keepdims),
    ),
)
general(np.ptp, x=(keyed(runtime.ptp_dot), keyed(runtime.ptp_x)))
average_a, average_w = called(runtime.average_a), called(runtime.average_w)
general(
    np.average,
    a=(
        lambda a_dot, z, a, axis=None, weights=None: np.average(a_dot, axis=axis, weights=weights),
        lambda z_bar, z, a, axis=None, weights=None: average_a(z_bar, z, a, axis, weights),
    ),
    weights=(
        lambda w_dot, z, a, axis=None, weights=None: called(runtime.average_w_dot)(w_dot, z, a, axis, weights),
        lambda z_bar, z, a, axis=None, weights=None: average_w(z_bar, z, a, axis, weights),
    ),
)


def quantile(function: Any, scale: float) -> Any:
    """One quantile, by linear interpolation between elements."""

    def rule(bar: Any, z: Any, x: Any, q: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
        if isinstance(axis, tuple) or np.ndim(q) != 0:
            raise Unbound("several axes, or several quantiles")
        return called(function)(bar, z, x, q / scale, axis, keepdims)

    return rule


for _name, _scale in (("quantile", 1), ("percentile", 100)):
    general(getattr(np, _name), x=(quantile(runtime.quantile_dot, _scale), quantile(runtime.quantile_x, _scale)))

linear(np.fft.fft, x=lambda z_bar, x, *, axis=-1: called(runtime.fft_x)(z_bar, x, axis))
linear(np.fft.ifft, x=lambda z_bar, x, *, axis=-1: called(runtime.ifft_x)(z_bar, x, axis))
linear(np.fft.rfft, x=lambda z_bar, x, *, axis=-1: called(runtime.rfft_x)(z_bar, x, axis))
linear(np.fft.irfft, x=lambda z_bar, x, n=None, axis=-1: called(runtime.irfft_x)(z_bar, x, axis))
