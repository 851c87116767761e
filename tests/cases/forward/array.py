"""The tangent of an array."""

import numpy as np


def activation(x: np.ndarray, w: np.ndarray):
    return np.tanh(w @ x)


MODE = "jvp"
WRT = "x"
ARGS = (np.array([0.1, 0.2]), np.array([[1.0, 2.0], [0.5, -1.0], [0.3, 0.4]]), np.array([1.0, -2.0]))

# output
import numpy as np


def activation_jvp(x, w, x_dot):
    tanh = np.tanh(w @ x)
    return tanh, (1 - tanh**2) * (w @ x_dot)
