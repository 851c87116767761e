"""SciPy's special functions, and NumPy's logarithm of a sum, by name: only a program that imports SciPy needs it."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from srcdiff.rules.declare import Unbound, UnknownRank, dispatch, elementwise, general


def special(name: str) -> Callable[..., Any]:
    """A function of scipy.special in a rule."""

    def compute(*args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module("scipy.special"), name)(*args, **kwargs)

    return lambda *args, **kwargs: dispatch(f"scipy.special.{name}", compute, args, kwargs)


digamma, polygamma, expit, ndtr, softmax = map(special, "digamma polygamma expit ndtr softmax".split())
GAUSS = 2 / math.sqrt(math.pi)

elementwise("scipy.special.expit", x=lambda z, x: z * (1 - z))
elementwise("scipy.special.logit", x=lambda z, x: 1 / (x * (1 - x)))
elementwise("scipy.special.log_expit", x=lambda z, x: expit(-x))
elementwise("scipy.special.erf", x=lambda z, x: GAUSS * np.exp(-(x**2)))
elementwise("scipy.special.erfc", x=lambda z, x: -GAUSS * np.exp(-(x**2)))
elementwise("scipy.special.ndtr", x=lambda z, x: np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))
elementwise("scipy.special.log_ndtr", x=lambda z, x: np.exp(-(x**2) / 2 - z) / math.sqrt(2 * math.pi))
elementwise("scipy.special.gamma", x=lambda z, x: z * digamma(x))
elementwise("scipy.special.gammaln", x=lambda z, x: digamma(x))
elementwise("scipy.special.digamma", "scipy.special.psi", x=lambda z, x: polygamma(1, x))
elementwise("scipy.special.polygamma", x=lambda z, n, x: polygamma(n + 1, x))
elementwise(
    "scipy.special.betaln", x=lambda z, x, y: digamma(x) - digamma(x + y), y=lambda z, x, y: digamma(y) - digamma(x + y)
)
# where y is 0, x is, too: anything else is infinite
elementwise("scipy.special.xlogy", x=lambda z, x, y: np.log(y), y=lambda z, x, y: x / (y + (y == 0)))
elementwise("scipy.special.xlog1py", x=lambda z, x, y: np.log1p(y), y=lambda z, x, y: x / (1 + y))
elementwise("scipy.special.entr", x=lambda z, x: -np.log(x) - 1)


def widened(z: Any, axis: Any, keepdims: Any) -> Any:
    """A reduction's result as it broadcasts to what was reduced."""
    if not isinstance(axis, int | tuple | None):
        raise Unbound("axis=")
    try:
        if np.ndim(z) == 0:
            return z
    except UnknownRank:
        pass
    return z if keepdims or axis is None else np.expand_dims(z, axis)


general(
    "scipy.special.logsumexp",
    "numpy.logaddexp.reduce",
    a=(
        lambda a_dot, z, a, axis=None, *, keepdims=False: np.sum(
            a_dot * np.exp(a - widened(z, axis, keepdims)), axis=axis, keepdims=keepdims
        ),
        lambda z_bar, z, a, axis=None, *, keepdims=False: (
            widened(z_bar, axis, keepdims) * np.exp(a - widened(z, axis, keepdims))
        ),
    ),
)


def softmax_x(bar: Any, z: Any, x: Any, axis: Any = None) -> Any:
    """Its matrix is symmetric."""
    return z * (bar - np.sum(z * bar, axis=axis, keepdims=axis is not None))


general("scipy.special.softmax", x=(softmax_x, softmax_x))
general(
    "scipy.special.log_softmax",
    x=(
        lambda x_dot, z, x, axis=None: x_dot - np.sum(np.exp(z) * x_dot, axis=axis, keepdims=axis is not None),
        lambda z_bar, z, x, axis=None: z_bar - np.exp(z) * np.sum(z_bar, axis=axis, keepdims=axis is not None),
    ),
)
