"""Sums, products, extrema and statistics along axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcdiff import runtime
from srcdiff.rules.declare import called, general, helper, linear, nondifferentiable

unreduce = runtime.unreduce
max_pair = (helper(runtime.max_dot), helper(runtime.max_x))


def mean_x(z_bar: Any, x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The cotangent over the number of elements."""
    return unreduce(z_bar, axis, keepdims) / runtime.count(x, axis)


linear(np.sum, x=lambda z_bar, x, axis=None, keepdims=False: unreduce(z_bar, axis, keepdims))
linear(np.mean, x=mean_x)
general(np.max, x=max_pair)
general(np.min, x=max_pair)
general(np.prod, x=(called(runtime.prod_dot), called(runtime.prod_x)))
general(np.var, x=(helper(runtime.var_dot), helper(runtime.var_x)))
general(np.std, x=(helper(runtime.std_dot), helper(runtime.std_x)))
linear(np.cumsum, x=helper(runtime.cumsum_x))
general(np.cumprod, x=(called(runtime.cumprod_dot), called(runtime.cumprod_x)))
nondifferentiable(np.argmax, np.argmin, np.all, np.any, np.count_nonzero)
