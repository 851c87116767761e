"""The cotangent of an array."""

import numpy as np


def activation(x: np.ndarray, w: np.ndarray):
    return np.tanh(w @ x)


MODE = "vjp"
WRT = ("x", "w")
ARGS = (np.array([0.1, 0.2]), np.array([[1.0, 2.0], [0.5, -1.0], [0.3, 0.4]]), np.array([1.0, -2.0, 0.5]))

# output
import numpy as np

from srcdiff.runtime import matmul_x, matmul_y


def activation_vjp(x, w, y_bar):
    x, w = (a if a.dtype.kind in "fc" else a.astype(float) for a in (x, w))
    tanh = np.tanh(w @ x)
    wx_bar = y_bar * (1 - tanh**2)
    x_bar = matmul_y(wx_bar, w, x)
    w_bar = matmul_x(wx_bar, w, x).copy()
    return tanh, (x_bar, w_bar)
