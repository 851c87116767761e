"""Interpolation, quadrature, polynomials, convolution, selection."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcdiff import runtime
from srcdiff.rules.declare import Unbound, bilinear, called, general, linear, nondifferentiable, summed_to

bilinear(np.trapezoid, y=called(runtime.trapezoid_y), x=called(runtime.trapezoid_x))

interp_slope, interp_fp = called(runtime.interp_slope), called(runtime.interp_fp)
general(
    np.interp,
    x=(
        lambda x_dot, z, x, xp, fp: x_dot * interp_slope(x, xp, fp),
        lambda z_bar, z, x, xp, fp: z_bar * interp_slope(x, xp, fp),
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
    if mode != "constant":
        raise Unbound("mode=")
    return called(runtime.pad_x)(z_bar, x, pad_width)


linear(np.pad, x=pad_x)
linear(np.fliplr, x=lambda z_bar, x: np.fliplr(z_bar))
linear(np.flipud, x=lambda z_bar, x: np.flipud(z_bar))
nondifferentiable(np.ravel_multi_index, np.unravel_index, np.lexsort, np.argpartition, np.indices, np.tril_indices)
nondifferentiable(np.triu_indices, np.diag_indices, np.isin, np.may_share_memory)
