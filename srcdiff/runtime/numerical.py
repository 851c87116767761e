"""The derivatives of interpolation, quadrature, polynomials, convolution and selection."""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import numpy as np

from srcdiff.runtime.broadcasting import unbroadcast


def segments(z_bar, d, axis):
    """Half of each segment's length times its cotangent, with the axis last."""
    return np.expand_dims(z_bar, -1) * (np.moveaxis(d, axis, -1) if np.ndim(d) > 1 else d) / 2


def trapezoid_y(z_bar, y, x=None, dx=1.0, axis=-1):
    """Each segment's half to both of its ends."""
    d = dx if x is None else np.diff(x, axis=axis if x.ndim > 1 else -1)
    y_bar = np.zeros(np.moveaxis(y, axis, -1).shape, np.result_type(z_bar, y, 0.0))
    half = segments(z_bar, d, axis)
    y_bar[..., 1:] += half
    y_bar[..., :-1] += half
    return np.moveaxis(y_bar, -1, axis)


def trapezoid_x(z_bar, y, x=None, dx=1.0, axis=-1):
    """The mean height of each segment, to its end, and taken from its start."""
    y = np.moveaxis(y, axis, -1)
    mean = np.expand_dims(z_bar, -1) * (y[..., 1:] + y[..., :-1]) / 2
    x_bar = np.zeros(y.shape, mean.dtype)
    x_bar[..., 1:] += mean
    x_bar[..., :-1] -= mean
    return unbroadcast(np.moveaxis(x_bar, -1, axis) if x.ndim > 1 else x_bar, x)


def interp_slope(x, xp, fp):
    """The slope of the segment in which each x lies, and 0 outside."""
    xp, fp = np.asarray(xp), np.asarray(fp)
    k = np.clip(np.searchsorted(xp, x, side="right"), 1, len(xp) - 1)
    return (fp[k] - fp[k - 1]) / (xp[k] - xp[k - 1]) * ((x >= xp[0]) & (x <= xp[-1]))


def interp_fp(z_bar, x, xp, fp):
    """The two ends of each segment share by nearness; outside, the end has all."""
    xp = np.asarray(xp)
    inside = np.clip(x, xp[0], xp[-1])
    k = np.clip(np.searchsorted(xp, inside, side="right"), 1, len(xp) - 1)
    share = (inside - xp[k - 1]) / (xp[k] - xp[k - 1])
    fp_bar = np.zeros(len(xp), np.result_type(z_bar, 0.0))
    np.add.at(fp_bar, k - 1, z_bar * (1 - share))
    np.add.at(fp_bar, k, z_bar * share)
    return fp_bar


def polyval_p(z_bar, p, x):
    """The powers of x, from the highest down."""
    return np.array([np.sum(z_bar * x**k) for k in reversed(range(len(p)))])


def polynomial_slope(p, x):
    """The derivative of np.polyval(p, x) by x, by Horner's rule."""
    slope = 0 * x
    for k in range(len(p) - 1):
        slope = slope * x + (len(p) - 1 - k) * p[k]
    return slope


def whole_convolution(z_bar, n, m, mode):
    """The cotangent of the "full" convolution, of which the other modes give the middle."""
    if mode == "full":
        return z_bar
    full = np.zeros(n + m - 1, z_bar.dtype)
    start = (min(n, m) - 1) // (2 if mode == "same" else 1)
    full[start : start + len(z_bar)] = z_bar
    return full


def convolve_a(z_bar, a, v, mode="full"):
    """The correlation with the other argument."""
    return np.correlate(whole_convolution(z_bar, len(a), len(v), mode), v, "valid")


def convolve_v(z_bar, a, v, mode="full"):
    return np.correlate(whole_convolution(z_bar, len(a), len(v), mode), a, "valid")


def select_choicelist(z_bar, condlist, choicelist, default=0):
    """The first choice whose condition holds has the cotangent."""
    left = np.True_
    bars = []
    for condition, choice in zip(condlist, choicelist):
        bars.append(unbroadcast(np.where(left & condition, z_bar, 0), choice))
        left = left & ~condition
    return type(choicelist)(bars)


def select_default(z_bar, condlist, choicelist, default=0):
    return unbroadcast(np.where(np.any(np.broadcast_arrays(*condlist), axis=0), 0, z_bar), default)


def median_weights(x, axis):
    """Along the last axis: 1 for the middle element, or 1/2 for each of the middle two, in the order of x."""
    flat = np.reshape(x, (1, -1)) if axis is None else np.moveaxis(x, axis, -1)
    n = flat.shape[-1]
    middle = np.zeros(n, flat.dtype)
    middle[(n - 1) // 2] += 0.5
    middle[n // 2] += 0.5
    order = np.argsort(flat, axis=-1, kind="stable")
    weights = np.empty_like(flat)
    np.put_along_axis(weights, order, np.broadcast_to(middle, flat.shape), axis=-1)
    return np.reshape(weights, x.shape) if axis is None else np.moveaxis(weights, -1, axis)


def median_x(z_bar, z, x, axis=None, keepdims=False):
    """To the middle element, or half to each of the middle two."""
    spread = z_bar if keepdims or axis is None else np.expand_dims(z_bar, axis)
    return spread * median_weights(x, axis)


def median_dot(x_dot, z, x, axis=None, keepdims=False):
    return np.sum(x_dot * median_weights(x, axis), axis=axis, keepdims=keepdims)


def product_of_items(z_bar, x, start=1):
    """Each item's cotangent in math.prod: the product of the others, right for any number of zeros."""
    bars = []
    for i in range(len(x)):
        others = start
        for k, item in enumerate(x):
            others = others if k == i else others * item
        bars.append(z_bar * others)
    return np.array(bars) if isinstance(x, np.ndarray) else type(x)(bars)


def prod_items_x(z_bar, z, x, start=1):
    return product_of_items(z_bar, x, start)


def prod_items_dot(x_dot, z, x, start=1):
    return sum(dot * partial for dot, partial in zip(x_dot, product_of_items(1.0, x, start)))


def pad_x(z_bar, x, pad_width):
    """What lies between the margins."""
    widths = np.broadcast_to(pad_width, (x.ndim, 2))
    return z_bar[tuple(slice(before, before + n) for (before, _), n in zip(widths, x.shape))]
