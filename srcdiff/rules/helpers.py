"""The derivatives of the run-time helpers themselves, so that what they are part of can be differentiated again.

The transpose of a transpose is the function; for a bilinear f, `<u, f_x(z_bar, x, y)> = <z_bar, f(u, y)>`, which is
`<y, f_y(z_bar, u, y)>`, too.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from srcdiff import runtime
from srcdiff.rules.declare import Symbolic, bilinear, called, dispatch, general, helper, linear, summed_to

max_x, max_dot = helper(runtime.max_x), helper(runtime.max_dot)
prod_x, prod_dot, prod_second = called(runtime.prod_x), called(runtime.prod_dot), called(runtime.prod_second_x)
cumprod_x, cumprod_dot = called(runtime.cumprod_x), called(runtime.cumprod_dot)
cumprod_second_x, cumprod_second_dot = called(runtime.cumprod_second_x), called(runtime.cumprod_second_dot)
chosen_item, chosen_item_dot = called(runtime.chosen_item), called(runtime.chosen_item_dot)
replaced = called(runtime.replaced)
median_x, median_dot = called(runtime.median_x), called(runtime.median_dot)
convolve_a, convolve_v = called(runtime.convolve_a), called(runtime.convolve_v)
trapezoid_x, trapezoid_y = called(runtime.trapezoid_x), called(runtime.trapezoid_y)
ptp_x, ptp_dot = called(runtime.ptp_x), called(runtime.ptp_dot)
quantile_x, quantile_dot = called(runtime.quantile_x), called(runtime.quantile_dot)
unreduce = runtime.unreduce


def windows(x: Any, window_shape: Any, axis: Any) -> Any:
    name = "numpy.lib.stride_tricks.sliding_window_view"
    return dispatch(
        name, np.lib.stride_tricks.sliding_window_view, (x, window_shape, *(() if axis is None else (axis,))), {}
    )


def joined(name: str, parts: Any, **options: Any) -> Any:
    return dispatch(f"numpy.{name}", getattr(np, name), (parts,), options)


def _product(name: str) -> None:
    """Declare the two transposes of a product."""
    f, f_x, f_y = getattr(np, name), *(helper(getattr(runtime, f"{name}_{side}")) for side in "xy")
    bilinear(
        f"srcdiff.{name}_x",
        z_bar=lambda u, z_bar, x, y: f(u, y),
        y=lambda u, z_bar, x, y: f_y(z_bar, u, y),
    )
    bilinear(
        f"srcdiff.{name}_y",
        z_bar=lambda u, z_bar, x, y: f(x, u),
        x=lambda u, z_bar, x, y: f_x(z_bar, x, u),
    )


for _name in ("matmul", "dot", "outer", "inner", "kron"):
    _product(_name)
bilinear(
    "srcdiff.tensordot_x",
    z_bar=lambda u, z_bar, x, y, axes=2: np.tensordot(u, y, axes),
    y=lambda u, z_bar, x, y, axes=2: called(runtime.tensordot_y)(z_bar, u, y, axes),
)
bilinear(
    "srcdiff.tensordot_y",
    z_bar=lambda u, z_bar, x, y, axes=2: np.tensordot(x, u, axes),
    x=lambda u, z_bar, x, y, axes=2: called(runtime.tensordot_x)(z_bar, x, u, axes),
)
# what is summed was broadcast: the cotangent may stay as small as it is
linear(
    "srcdiff.unbroadcast",
    v=lambda u, v, like, whole=None: u if whole is None else summed_to(np.broadcast_to(u, whole), v),
)
linear("srcdiff.sum_to", v=lambda u, v, shape: u)
linear("srcdiff.broadcast_like", v=lambda u, v, like: summed_to(u, v))
linear("srcdiff.flip", x=lambda u, x: called(runtime.flip)(u))
linear("srcdiff.max_x", z_bar=lambda u, z_bar, z, x, axis=None, keepdims=False: max_dot(u, z, x, axis, keepdims))
linear("srcdiff.max_dot", x_dot=lambda u, x_dot, z, x, axis=None, keepdims=False: max_x(u, z, x, axis, keepdims))
linear("srcdiff.append_x", z_bar=lambda u, z_bar, x, y, axis=None: np.append(u, 0 * y, axis))
linear("srcdiff.append_y", z_bar=lambda u, z_bar, x, y, axis=None: np.append(0 * x, u, axis))
linear("srcdiff.sort_dot", x_dot=lambda u, x_dot, z, x, axis=-1: called(runtime.sort_x)(u, z, x, axis))
linear("srcdiff.sort_x", z_bar=lambda u, z_bar, z, x, axis=-1: called(runtime.sort_dot)(u, z, x, axis))
linear("srcdiff.unique_dot", x_dot=lambda u, x_dot, z, x: called(runtime.unique_x)(u, z, x))
linear("srcdiff.unique_x", z_bar=lambda u, z_bar, z, x: called(runtime.unique_dot)(u, z, x))
linear("srcdiff.gradient_x", z_bar=lambda u, z_bar, x, *spacing, axis=-1: np.gradient(u, *spacing, axis=axis))
linear("srcdiff.cumsum_x", z_bar=lambda u, z_bar, x, axis=None: np.cumsum(u, axis=axis))
linear("srcdiff.transpose_x", z_bar=lambda u, z_bar, x, axes=None: np.transpose(u, axes))
linear("srcdiff.concatenate_x", z_bar=lambda u, z_bar, arrays, axis=0: joined("concatenate", u, axis=axis))
linear("srcdiff.stack_x", z_bar=lambda u, z_bar, arrays, axis=0: joined("stack", u, axis=axis))
linear("srcdiff.vstack_x", z_bar=lambda u, z_bar, tup: joined("vstack", u))
linear("srcdiff.hstack_x", z_bar=lambda u, z_bar, tup: joined("hstack", u))
linear("srcdiff.column_stack_x", z_bar=lambda u, z_bar, tup: joined("column_stack", u))
linear("srcdiff.array_x", z_bar=lambda u, z_bar, x: np.array(u))
linear("srcdiff.repeat_x", z_bar=lambda u, z_bar, x, repeats, axis=None: np.repeat(u, repeats, axis=axis))
linear("srcdiff.tile_x", z_bar=lambda u, z_bar, x, reps: np.tile(u, reps))
linear("srcdiff.roll_x", z_bar=lambda u, z_bar, x, shift, axis=None: np.roll(u, shift, axis=axis))
linear(
    "srcdiff.sliding_window_view_x",
    z_bar=lambda u, z_bar, x, window_shape, axis=None: windows(u, window_shape, axis),
)
linear("srcdiff.take_x", z_bar=lambda u, z_bar, x, indices, axis=None: np.take(u, indices, axis=axis))
linear("srcdiff.take_along_axis_x", z_bar=lambda u, z_bar, x, indices, axis: np.take_along_axis(u, indices, axis))
linear("srcdiff.diff_x", z_bar=lambda u, z_bar, x, n=1, axis=-1: np.diff(u, n, axis))
linear("srcdiff.diag_x", z_bar=lambda u, z_bar, x, k=0: np.diag(u, k))
linear("srcdiff.diagonal_x", z_bar=lambda u, z_bar, x, offset=0, axis1=0, axis2=1: np.diagonal(u, offset, axis1, axis2))
linear("srcdiff.trace_x", z_bar=lambda u, z_bar, x, offset=0, axis1=0, axis2=1: np.trace(u, offset, axis1, axis2))
linear("srcdiff.spread_diagonal_x", bar=lambda u, bar, own, x: np.einsum(own + "->" + "".join(dict.fromkeys(own)), u))
linear("srcdiff.astype_x", z_bar=lambda u, z_bar, x, dtype: called(runtime.astype)(u, dtype))

linear("srcdiff.sum_x", z_bar=lambda u, z_bar, x, start=0: Symbolic(builtins).sum(u))
linear("srcdiff.add", x=lambda u, x, y: u, y=lambda u, x, y: u)
linear("srcdiff.add_at", x=lambda u, x, index, v: u, v=lambda u, x, index, v: summed_to(u[index], v))
linear("srcdiff.complete", entries=lambda u, entries, x: u)
linear("srcdiff.with_fields", entries=lambda u, x, entries: called(runtime.entries_of)(u))
linear("srcdiff.entries_of", x=lambda u, x: called(runtime.with_fields)(x, u))
linear("srcdiff.add_field", x=lambda u, x, name, v: u, v=lambda u, x, name, v: u.emit_call("getattr", u, name))
linear(
    "srcdiff.replaced",
    x=lambda u, x, index, v: replaced(u, index, called(runtime.zeros_like)(u[index])),
    v=lambda u, x, index, v: u[index],
)
linear("srcdiff.add_slice", x=lambda u, x, index, v: u, v=lambda u, x, index, v: u[index])
linear("srcdiff.chosen_item", z_bar=lambda u, z_bar, z, items, index=0: chosen_item_dot(u, z, items))
linear("srcdiff.chosen_item_dot", x_dot=lambda u, x_dot, z, items, index=0: chosen_item(u, z, items))
linear("srcdiff.median_x", z_bar=lambda u, z_bar, z, x, axis=None, keepdims=False: median_dot(u, z, x, axis, keepdims))
linear("srcdiff.median_dot", x_dot=lambda u, x_dot, z, x, axis=None, keepdims=False: median_x(u, z, x, axis, keepdims))
linear(
    "srcdiff.quantile_x",
    z_bar=lambda u, z_bar, z, x, q, axis=None, keepdims=False: quantile_dot(u, z, x, q, axis, keepdims),
)
linear(
    "srcdiff.quantile_dot",
    x_dot=lambda u, x_dot, z, x, q, axis=None, keepdims=False: quantile_x(u, z, x, q, axis, keepdims),
)
linear("srcdiff.ptp_x", z_bar=lambda u, z_bar, z, x, axis=None, keepdims=False: ptp_dot(u, z, x, axis, keepdims))
linear("srcdiff.ptp_dot", x_dot=lambda u, x_dot, z, x, axis=None, keepdims=False: ptp_x(u, z, x, axis, keepdims))
linear(
    "srcdiff.nansum_x",
    z_bar=lambda u, z_bar, x, axis=None, keepdims=False: np.sum(
        np.where(np.isnan(x), 0, u), axis=axis, keepdims=keepdims
    ),
)
linear(
    "srcdiff.nanmean_x",
    z_bar=lambda u, z_bar, x, axis=None, keepdims=False: np.nanmean(
        np.where(np.isnan(x), np.nan, u), axis=axis, keepdims=keepdims
    ),
)
linear("srcdiff.fft_x", z_bar=lambda u, z_bar, x, axis=-1: np.fft.fft(u, axis=axis))
linear("srcdiff.ifft_x", z_bar=lambda u, z_bar, x, axis=-1: np.fft.ifft(u, axis=axis))
linear("srcdiff.rfft_x", z_bar=lambda u, z_bar, x, axis=-1: np.fft.rfft(u, axis=axis))
linear("srcdiff.irfft_x", z_bar=lambda u, z_bar, x, axis=-1: np.fft.irfft(u, n=np.shape(z_bar)[axis], axis=axis))
interp_slope, interp_fp = called(runtime.interp_slope), called(runtime.interp_fp)
slope_fp = called(runtime.interp_slope_fp)
general(
    "srcdiff.interp_fp",
    z_bar=(
        lambda dot, y, z_bar, x, xp, fp: interp_fp(dot, x, xp, fp),
        lambda u, y, z_bar, x, xp, fp: np.interp(x, xp, u),
    ),
    x=(
        lambda dot, y, z_bar, x, xp, fp: slope_fp(z_bar * dot, x, xp, fp),
        lambda u, y, z_bar, x, xp, fp: z_bar * interp_slope(x, xp, u),
    ),
    xp=(
        lambda dot, y, z_bar, x, xp, fp: -slope_fp(z_bar * np.interp(x, xp, dot), x, xp, fp),
        lambda u, y, z_bar, x, xp, fp: -interp_fp(z_bar * interp_slope(x, xp, u), x, xp, fp),
    ),
)
linear("srcdiff.interp_slope_fp", z_bar=lambda u, z_bar, x, xp, fp: interp_slope(x, xp, u))
linear("srcdiff.polyval_p", z_bar=lambda u, z_bar, p, x: np.polyval(u, x))
linear(
    "srcdiff.pad_x",
    z_bar=lambda u, z_bar, x, pad_width, mode="constant": np.pad(
        u, pad_width, **({} if mode == "constant" else {"mode": mode})
    ),
)
linear("srcdiff.select_choicelist", z_bar=lambda u, z_bar, condlist, choicelist, default=0: np.select(condlist, u))
linear(
    "srcdiff.select_default",
    z_bar=lambda u, z_bar, condlist, choicelist, default=0: np.select(condlist, [0] * len(condlist), u),
)
bilinear(
    "srcdiff.convolve_a",
    z_bar=lambda u, z_bar, a, v, mode="full": np.convolve(u, v, mode),
    v=lambda u, z_bar, a, v, mode="full": convolve_v(z_bar, u, v, mode),
)
bilinear(
    "srcdiff.convolve_v",
    z_bar=lambda u, z_bar, a, v, mode="full": np.convolve(a, u, mode),
    a=lambda u, z_bar, a, v, mode="full": convolve_a(z_bar, a, u, mode),
)
bilinear(
    "srcdiff.trapezoid_y",
    z_bar=lambda u, z_bar, y, x=None, dx=1.0, axis=-1: np.trapezoid(u, x, dx, axis),
    x=lambda u, z_bar, y, x=None, dx=1.0, axis=-1: trapezoid_x(z_bar, u, x, dx, axis),
)
bilinear(
    "srcdiff.trapezoid_x",
    z_bar=lambda u, z_bar, y, x=None, dx=1.0, axis=-1: np.trapezoid(y, u, dx, axis),
    y=lambda u, z_bar, y, x=None, dx=1.0, axis=-1: trapezoid_y(z_bar, y, u, dx, axis),
)


def last_written_z(u: Any, z_bar: Any, index: Any) -> Any:
    """Back to the places from which it was read."""
    kept = u * called(runtime.last_written)(np.ones_like(z_bar), index)
    return kept.emit_call("srcdiff.scatter_add", np.zeros_like(z_bar), index, kept)


linear("srcdiff.last_written", z_bar=last_written_z)

# a cotangent x_bar(z_bar, x) is the gradient of <z_bar, f(x)>: its derivative by x is symmetric, and serves both modes
general(
    "srcdiff.prod_x",
    z_bar=(
        lambda dot, y, z_bar, z, x, axis=None, keepdims=False: prod_x(dot, z, x, axis, keepdims),
        lambda u, y, z_bar, z, x, axis=None, keepdims=False: prod_dot(u, z, x, axis, keepdims),
    ),
    x=(
        lambda dot, y, z_bar, z, x, axis=None, keepdims=False: (
            unreduce(z_bar, axis, keepdims) * prod_second(dot, x, axis)
        ),
        lambda u, y, z_bar, z, x, axis=None, keepdims=False: prod_second(unreduce(z_bar, axis, keepdims) * u, x, axis),
    ),
)
general(
    "srcdiff.prod_dot",
    x_dot=(
        lambda dot, y, x_dot, z, x, axis=None, keepdims=False: prod_dot(dot, z, x, axis, keepdims),
        lambda u, y, x_dot, z, x, axis=None, keepdims=False: prod_x(u, z, x, axis, keepdims),
    ),
    x=(
        lambda dot, y, x_dot, z, x, axis=None, keepdims=False: np.sum(
            x_dot * prod_second(dot, x, axis), axis=axis, keepdims=keepdims
        ),
        lambda u, y, x_dot, z, x, axis=None, keepdims=False: prod_second(unreduce(u, axis, keepdims) * x_dot, x, axis),
    ),
)
general(
    "srcdiff.cumprod_x",
    z_bar=(
        lambda dot, y, z_bar, z, x, axis=None: cumprod_x(dot, z, x, axis),
        lambda u, y, z_bar, z, x, axis=None: cumprod_dot(u, z, x, axis),
    ),
    x=(
        lambda dot, y, z_bar, z, x, axis=None: cumprod_second_x(dot, z_bar, z, x, axis),
        lambda u, y, z_bar, z, x, axis=None: cumprod_second_x(u, z_bar, z, x, axis),
    ),
)
general(
    "srcdiff.cumprod_dot",
    x_dot=(
        lambda dot, y, x_dot, z, x, axis=None: cumprod_dot(dot, z, x, axis),
        lambda u, y, x_dot, z, x, axis=None: cumprod_x(u, z, x, axis),
    ),
    x=(
        lambda dot, y, x_dot, z, x, axis=None: cumprod_second_dot(dot, x_dot, z, x, axis),
        lambda u, y, x_dot, z, x, axis=None: cumprod_second_x(x_dot, u, z, x, axis),
    ),
)


def _inv_a(z_bar: Any, z: Any, a: Any) -> Any:
    return -np.swapaxes(z, -1, -2) @ z_bar @ np.swapaxes(z, -1, -2)


def _det_a(z_bar: Any, z: Any, a: Any) -> Any:
    return np.expand_dims(z_bar * z, (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)


def _det_dot(a_dot: Any, z: Any, a: Any) -> Any:
    return z * np.trace(np.linalg.solve(a, a_dot), axis1=-2, axis2=-1)


def _slogdet_a(z_bar: Any, z: Any, a: Any) -> Any:
    return np.expand_dims(z_bar[1], (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)


# helpers that are written in functions with rules: where they are differentiated, they are written out
_WRITTEN_OUT = "cholesky_a cholesky_dot eigh_a eigh_dot eigvalsh_a eigvalsh_dot norm_x norm_dot solve_a solve_b"
_WRITTEN_OUT += (
    " matrix_power_a matrix_power_dot svd_x svd_dot qr_a qr_dot pinv_a pinv_dot singular_values_x singular_values_dot"
)
_WRITTEN_OUT += " average_a average_w average_w_dot var_x var_dot std_x std_dot interp_slope"
WRITTEN_OUT: dict[str, Callable[..., Any]] = {
    **{f"srcdiff.{name}": getattr(runtime, name) for name in _WRITTEN_OUT.split()},
    "srcdiff.inv_a": _inv_a,  # for matrices, and for stacks of them
    "srcdiff.det_a": _det_a,
    "srcdiff.det_dot": _det_dot,
    "srcdiff.slogdet_a": _slogdet_a,
}
