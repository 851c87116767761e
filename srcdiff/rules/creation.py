"""What makes arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcdiff.rules.declare import UnknownRank, in_text, linear, nondifferentiable, summed_to


def full_x(z_bar: Any, shape: Any, fill_value: Any) -> Any:
    return summed_to(z_bar, fill_value)


linear(np.full, fill_value=full_x)
linear(np.full_like, fill_value=lambda z_bar, x, fill_value: summed_to(z_bar, fill_value))


def weighted(weights: Any, z_bar: Any) -> Any:
    """The sum over what stands between the ends, which may be arrays."""
    try:
        return weights @ z_bar if np.ndim(z_bar) < 3 else np.tensordot(weights, z_bar, 1)
    except UnknownRank:
        return np.tensordot(weights, z_bar, 1)


linear(
    np.linspace,
    start=lambda z_bar, start, stop, num=50: summed_to(weighted(in_text(z_bar, np.linspace, 1, 0, num), z_bar), start),
    stop=lambda z_bar, start, stop, num=50: summed_to(weighted(in_text(z_bar, np.linspace, 0, 1, num), z_bar), stop),
)
nondifferentiable(np.zeros, np.ones, np.empty, np.eye, np.identity, np.zeros_like, np.ones_like, np.empty_like)
