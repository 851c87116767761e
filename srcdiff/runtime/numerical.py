"""The derivatives of interpolation, quadrature, polynomials, convolution and selection."""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import numpy as np

from srcdiff.runtime.broadcasting import count, unbroadcast, unreduce
from srcdiff.runtime.reductions import max_dot, max_x


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


def interp_slope_fp(z_bar, x, xp, fp):
    """The cotangents of the ends of the segments whose slopes have a cotangent."""
    xp = np.asarray(xp)
    k = np.clip(np.searchsorted(xp, x, side="right"), 1, len(xp) - 1)
    share = z_bar / (xp[k] - xp[k - 1]) * ((x >= xp[0]) & (x <= xp[-1]))
    fp_bar = np.zeros(len(xp), np.result_type(share, 0.0))
    np.add.at(fp_bar, k, share)
    np.add.at(fp_bar, k - 1, -share)
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
    middle = np.zeros(n, np.result_type(flat, 0.0))
    middle[(n - 1) // 2] += 0.5
    middle[n // 2] += 0.5
    order = np.argsort(flat, axis=-1, kind="stable")
    weights = np.empty(flat.shape, middle.dtype)
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


def pad_x(z_bar, x, pad_width, mode="constant"):
    """What lies between the margins; what the margins repeat has their cotangents, too."""
    if mode != "constant":
        x_bar = np.zeros(x.size, z_bar.dtype)
        np.add.at(x_bar, np.pad(np.arange(x.size).reshape(x.shape), pad_width, mode), z_bar)
        return x_bar.reshape(x.shape)
    widths = np.broadcast_to(pad_width, (x.ndim, 2))
    return z_bar[tuple(slice(before, before + n) for (before, _), n in zip(widths, x.shape))]


def nansum_x(z_bar, x, axis=None, keepdims=False):
    """What is no number is left out."""
    return np.where(np.isnan(x), 0, unreduce(z_bar, axis, keepdims))


def nanmean_x(z_bar, x, axis=None, keepdims=False):
    counted = np.sum(~np.isnan(x), axis=axis, keepdims=axis is not None, dtype=x.dtype)
    return np.where(np.isnan(x), 0, unreduce(z_bar, axis, keepdims) / counted)


def ptp_x(z_bar, z, x, axis=None, keepdims=False):
    """The largest less the smallest."""
    highest, lowest = np.max(x, axis=axis, keepdims=keepdims), np.min(x, axis=axis, keepdims=keepdims)
    return max_x(z_bar, highest, x, axis, keepdims) - max_x(z_bar, lowest, x, axis, keepdims)


def ptp_dot(x_dot, z, x, axis=None, keepdims=False):
    highest, lowest = np.max(x, axis=axis, keepdims=keepdims), np.min(x, axis=axis, keepdims=keepdims)
    return max_dot(x_dot, highest, x, axis, keepdims) - max_dot(x_dot, lowest, x, axis, keepdims)


def average_weights(a, axis, weights):
    """The weights as they broadcast to a, and their sum along the axis."""
    if weights.ndim != a.ndim:
        weights = np.expand_dims(weights, tuple(i for i in range(a.ndim) if i != axis % a.ndim))
    weights = np.broadcast_to(weights, a.shape)
    return weights, np.sum(weights, axis=axis, keepdims=axis is not None)


def average_a(z_bar, z, a, axis=None, weights=None):
    """Each element's share of the weight."""
    if weights is None:
        return unreduce(z_bar, axis, False) * np.ones_like(a) / count(a, axis)
    w, total = average_weights(a, axis, weights)
    return unreduce(z_bar, axis, False) * w / total


def average_w(z_bar, z, a, axis, weights):
    """How far each element is from the average."""
    total = average_weights(a, axis, weights)[1]
    w_bar = unreduce(z_bar, axis, False) * (a - unreduce(z, axis, False)) / total
    if weights.ndim == a.ndim:
        return w_bar
    return np.sum(w_bar, axis=tuple(i for i in range(a.ndim) if i != axis % a.ndim))


def average_w_dot(w_dot, z, a, axis, weights):
    total = average_weights(a, axis, weights)[1]
    dot = average_weights(a, axis, w_dot)[0]
    return np.sum(dot * (a - unreduce(z, axis, False)) / total, axis=axis)


def fft_x(z_bar, x, axis=-1):
    """The same sums of the cotangents; of a real x the real part."""
    x_bar = np.fft.fft(z_bar, axis=axis)
    return x_bar if np.iscomplexobj(x) else np.real(x_bar)


def ifft_x(z_bar, x, axis=-1):
    x_bar = np.fft.ifft(z_bar, axis=axis)
    return x_bar if np.iscomplexobj(x) else np.real(x_bar)


def rfft_x(z_bar, x, axis=-1):
    """The frequencies that rfft leaves out have no cotangent."""
    return np.real(np.fft.fft(z_bar, n=x.shape[axis], axis=axis))


def irfft_x(z_bar, x, axis=-1):
    """Each frequency but the first and the last stands for two."""
    n, m = z_bar.shape[axis], x.shape[axis]
    x_bar = np.zeros(np.moveaxis(x, axis, -1).shape, np.result_type(x, 1j))
    x_bar[..., : n // 2 + 1] = np.moveaxis(np.fft.ifft(z_bar, axis=axis), axis, -1)[..., : min(m, n // 2 + 1)]
    x_bar[..., 1 : (n + 1) // 2] *= 2
    x_bar = np.moveaxis(x_bar, -1, axis)
    return x_bar if np.iscomplexobj(x) else np.real(x_bar)


def quantile_weights(x, q, axis):
    """Along the axis: how much of the quantile each element is, in the order of x."""
    flat = np.reshape(x, (1, -1)) if axis is None else np.moveaxis(x, axis, -1)
    n = flat.shape[-1]
    place = q * (n - 1)
    below = min(int(place), n - 1)
    share = np.zeros(n, np.result_type(flat, 0.0))
    share[below] += 1 - (place - below)
    share[min(below + 1, n - 1)] += place - below
    order = np.argsort(flat, axis=-1, kind="stable")
    weights = np.empty(flat.shape, share.dtype)
    np.put_along_axis(weights, order, np.broadcast_to(share, flat.shape), axis=-1)
    return np.reshape(weights, x.shape) if axis is None else np.moveaxis(weights, -1, axis)


def quantile_x(z_bar, z, x, q, axis=None, keepdims=False):
    return unreduce(z_bar, axis, keepdims) * quantile_weights(x, q, axis)


def quantile_dot(x_dot, z, x, q, axis=None, keepdims=False):
    return np.sum(x_dot * quantile_weights(x, q, axis), axis=axis, keepdims=keepdims)
