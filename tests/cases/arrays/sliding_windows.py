"""The variation of a signal's moving averages: windows are a view, in which each element is in many places."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def roughness(x: np.ndarray, width: int) -> float:
    averages = sliding_window_view(x, width).mean(axis=1)
    return np.sum(averages**2)


WRT = "x"
ARGS = (np.array([0.4, -1.0, 2.0, 0.5, 1.5]), 3)

# output
import numpy as np

from srcdiff.runtime import sliding_window_view_x


def roughness_grad(x, width):
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    if x.dtype.kind not in "fc":
        x = x.astype(float)
    windows = np.lib.stride_tricks.sliding_window_view(x, width)
    averages = np.mean(windows, axis=1)
    expanded = np.broadcast_to((2 * averages)[:, None] / windows.shape[1], windows.shape)
    return sliding_window_view_x(expanded, x, width).copy()
