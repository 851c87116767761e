"""The derivatives of the run-time helpers themselves, so that what they are part of can be differentiated again.

The transpose of a transpose is the function; for a bilinear f, `<u, f_x(z_bar, x, y)> = <z_bar, f(u, y)>`, which is
`<y, f_y(z_bar, u, y)>`, too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcdiff import runtime
from srcdiff.rules.declare import bilinear, called, dispatch, helper, linear, summed_to

max_x, max_dot, prod_dot = helper(runtime.max_x), helper(runtime.max_dot), called(runtime.prod_dot)


def windows(x: Any, window_shape: Any, axis: Any) -> Any:
    name = "numpy.lib.stride_tricks.sliding_window_view"
    return dispatch(
        name, np.lib.stride_tricks.sliding_window_view, (x, window_shape, *(() if axis is None else (axis,))), {}
    )


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
linear("srcdiff.unbroadcast", v=lambda u, v, like: u)
linear("srcdiff.broadcast_like", v=lambda u, v, like: summed_to(u, v))
linear("srcdiff.flip", x=lambda u, x: called(runtime.flip)(u))
linear("srcdiff.max_x", z_bar=lambda u, z_bar, z, x, axis=None, keepdims=False: max_dot(u, z, x, axis, keepdims))
linear("srcdiff.max_dot", x_dot=lambda u, x_dot, z, x, axis=None, keepdims=False: max_x(u, z, x, axis, keepdims))
linear("srcdiff.append_x", z_bar=lambda u, z_bar, x, y, axis=None: np.append(u, 0 * y, axis))
linear("srcdiff.append_y", z_bar=lambda u, z_bar, x, y, axis=None: np.append(0 * x, u, axis))
linear("srcdiff.sort_dot", x_dot=lambda u, x_dot, z, x, axis=-1: called(runtime.sort_x)(u, z, x, axis))
linear("srcdiff.sort_x", z_bar=lambda u, z_bar, z, x, axis=-1: called(runtime.sort_dot)(u, z, x, axis))
linear("srcdiff.prod_x", z_bar=lambda u, z_bar, z, x, axis=None, keepdims=False: prod_dot(u, z, x, axis, keepdims))
linear("srcdiff.cumsum_x", z_bar=lambda u, z_bar, x, axis=None: np.cumsum(u, axis=axis))
linear("srcdiff.transpose_x", z_bar=lambda u, z_bar, x, axes=None: np.transpose(u, axes))
linear("srcdiff.concatenate_x", z_bar=lambda u, z_bar, arrays, axis=0: np.concatenate(u, axis=axis))
linear("srcdiff.stack_x", z_bar=lambda u, z_bar, arrays, axis=0: np.stack(u, axis=axis))
linear("srcdiff.vstack_x", z_bar=lambda u, z_bar, tup: np.vstack(u))
linear("srcdiff.hstack_x", z_bar=lambda u, z_bar, tup: np.hstack(u))
linear("srcdiff.column_stack_x", z_bar=lambda u, z_bar, tup: np.column_stack(u))
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
linear("srcdiff.spread_diagonal", bar=lambda u, bar, own, x: np.einsum(own + "->" + "".join(dict.fromkeys(own)), u))
linear("srcdiff.astype_x", z_bar=lambda u, z_bar, x, dtype: called(runtime.astype)(u, dtype))
