"""What rearranges, joins and repeats arrays."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from srcdiff import runtime
from srcdiff.rules.declare import Unbound, UnknownRank, called, dispatch, helper, linear, nondifferentiable, summed_to

array_x = helper(runtime.array_x, containers=True)
astype_x = called(runtime.astype_x)
windows_x = called(runtime.sliding_window_view_x)
joined = {name: helper(getattr(runtime, f"{name}_x"), containers=True) for name in ("concatenate", "stack")}


def reshaped(z_bar: Any, x: Any) -> Any:
    """z_bar in the shape of x; a plain number broadcasts."""
    return z_bar if isinstance(z_bar, (int, float)) else np.reshape(z_bar, np.shape(x))


def one_axis(axis: Any) -> tuple[Any, ...]:
    return () if axis is None else (axis,)


def converted(z_bar: Any, x: Any, dtype: Any = None) -> Any:
    """The cotangent of what becomes an array, perhaps of another precision."""
    containers = isinstance(x, (list, tuple)) or getattr(x, "may_be_container", False)
    return array_x(z_bar, x) if dtype is None or containers else astype_x(z_bar, x, dtype)


def side_by_side(z_bar: Any, tup: Any) -> Any:
    """The pieces of what np.hstack made: slices, of arrays whose widths are known."""
    parts = tup if isinstance(tup, (list, tuple)) else ()
    shapes: list[Any] = [getattr(part, "known_shape", None) for part in parts]
    ranks = {len(shape) if isinstance(shape, tuple) else 0 for shape in shapes}
    axis = 0 if ranks == {1} else 1
    if len(ranks) != 1 or 0 in ranks or not all(isinstance(shape[axis], int) for shape in shapes):
        return called(runtime.hstack_x)(z_bar, tup)
    stops = list(accumulate(shape[axis] for shape in shapes))
    before = (slice(None),) * axis
    return type(tup)([z_bar[(*before, slice(*ends))] for ends in pairwise([0, *stops])])


linear(np.reshape, x=lambda z_bar, x, shape: reshaped(z_bar, x))
linear(np.ravel, x=lambda z_bar, x: reshaped(z_bar, x))
linear(np.transpose, x=helper(runtime.transpose_x))
linear(np.squeeze, x=lambda z_bar, x, axis=None: reshaped(z_bar, x))
linear(np.expand_dims, x=lambda z_bar, x, axis: reshaped(z_bar, x))
linear(np.swapaxes, x=lambda z_bar, x, axis1, axis2: np.swapaxes(z_bar, axis1, axis2))
linear(np.moveaxis, x=lambda z_bar, x, source, destination: np.moveaxis(z_bar, destination, source))
linear(np.broadcast_to, x=lambda z_bar, x, shape: summed_to(z_bar, x))
linear(np.atleast_1d, x=lambda z_bar, x: reshaped(z_bar, x))
linear(np.atleast_2d, x=lambda z_bar, x: reshaped(z_bar, x))

linear(np.concatenate, arrays=joined["concatenate"])
linear(np.stack, arrays=joined["stack"])
linear(np.vstack, tup=called(runtime.vstack_x))
linear(np.hstack, tup=side_by_side)
linear(np.column_stack, tup=called(runtime.column_stack_x))
linear(np.append, x=called(runtime.append_x), y=called(runtime.append_y))
linear(np.repeat, x=called(runtime.repeat_x))
linear(np.tile, x=called(runtime.tile_x))
linear(np.flip, x=lambda z_bar, x, axis=None: np.flip(z_bar, axis))
linear(np.roll, x=helper(runtime.roll_x))
linear(
    "numpy.lib.stride_tricks.sliding_window_view",
    x=lambda z_bar, x, window_shape, axis=None: windows_x(z_bar, x, window_shape, *one_axis(axis)),
)


def concatenated(pieces: Any, axis: Any) -> Any:
    return dispatch("numpy.concatenate", np.concatenate, (pieces,), {"axis": axis})


def diag_x(z_bar: Any, x: Any, k: Any = 0) -> Any:
    """The diagonal, of a matrix that was made of a vector; else a matrix with the cotangent on it."""
    try:
        vector = x.ndim == 1
    except UnknownRank:
        vector = False
    shape = getattr(x, "known_shape", None)
    main = isinstance(k, int) and k == 0
    square = main and isinstance(shape, tuple) and len(shape) == 2 and shape[0] == shape[1]
    if vector or square:
        return np.diag(z_bar) if main else np.diag(z_bar, k)
    return called(runtime.diag_x)(z_bar, x, k)


linear(np.rot90, x=lambda z_bar, x, k=1, axes=(0, 1): np.rot90(z_bar, -k, axes))
linear(np.split, np.array_split, x=lambda z_bar, x, indices, axis=0: concatenated(z_bar, axis))
linear(np.tril, x=lambda z_bar, x, k=0: np.tril(z_bar, k))
linear(np.triu, x=lambda z_bar, x, k=0: np.triu(z_bar, k))
linear(np.diag, x=diag_x)
linear(np.diff, x=called(runtime.diff_x))


def gradient_x(z_bar: Any, x: Any, *spacing: Any, axis: Any = -1, edge_order: Any = 1) -> Any:
    if edge_order != 1 or not isinstance(axis, int):
        raise Unbound("edge_order=" if isinstance(axis, int) else "several axes")
    return called(runtime.gradient_x)(z_bar, x, *spacing, axis=axis)


def meshgrid_x(z_bar: Any, *x: Any, indexing: Any = "xy", index: int) -> Any:
    """The sum over all axes of the grid but the argument's own."""
    own = 1 - index if indexing == "xy" and index < 2 else index
    return np.sum(z_bar[index], axis=tuple(k for k in range(len(x)) if k != own))


linear(np.gradient, x=gradient_x)
linear(np.meshgrid, x=meshgrid_x)

linear(np.array, np.asarray, x=converted)
linear(np.ascontiguousarray, np.copy, x=array_x)
linear("srcdiff.astype", x=astype_x)
nondifferentiable(np.shape, np.ndim, np.size, np.result_type, np.broadcast_shapes)
