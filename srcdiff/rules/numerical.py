"""Interpolation, quadrature, polynomials, convolution, selection."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcdiff import runtime
from srcdiff.rules.declare import Unbound, bilinear, called, general, linear, nondifferentiable, summed_to

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
general(math.prod, x=(called(runtime.prod_items_dot), called(runtime.prod_items_x)))


def pad_x(z_bar: Any, x: Any, pad_width: Any, mode: Any = "constant") -> Any:
    """The margins are zero, or repeat elements."""
    if mode not in ("constant", "edge", "reflect", "symmetric", "wrap"):
        raise Unbound("mode=", "np.concatenate what is written out for the margins with x")
    return called(runtime.pad_x)(z_bar, x, pad_width, *(() if mode == "constant" else (mode,)))


linear(np.pad, x=pad_x)
linear(np.fliplr, x=lambda z_bar, x: np.fliplr(z_bar))
linear(np.flipud, x=lambda z_bar, x: np.flipud(z_bar))
nondifferentiable(np.ravel_multi_index, np.unravel_index, np.lexsort, np.argpartition, np.indices, np.tril_indices)
nondifferentiable(np.triu_indices, np.diag_indices, np.isin, np.may_share_memory)

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
