"""Taking, sorting and searching; subscripts are structural, and no rules (see `transform/`)."""

from __future__ import annotations

import numpy as np

from srcdiff import runtime
from srcdiff.rules.declare import called, general, linear, nondifferentiable

linear(np.take, x=called(runtime.take_x))
linear(np.bincount, weights=lambda z_bar, x, weights=None, minlength=0: z_bar[x])
linear(np.take_along_axis, x=called(runtime.take_along_axis_x))
general(np.sort, x=(called(runtime.sort_dot), called(runtime.sort_x)))
general(
    np.unique,
    x=(
        lambda x_dot, z, x: called(runtime.unique_dot)(x_dot, z, x),
        lambda z_bar, z, x: called(runtime.unique_x)(z_bar, z, x),
    ),
)
nondifferentiable(np.argsort, np.nonzero, np.flatnonzero, np.searchsorted, np.digitize, np.argwhere)
