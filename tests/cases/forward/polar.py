"""Two outputs and their tangents."""

import numpy as np


def polar(r: float, phi: float):
    return r * np.cos(phi), r * np.sin(phi)


MODE = "jvp"
WRT = ("r", "phi")
ARGS = (1.2, 0.7, 0.5, -0.3)

# output
import numpy as np


def polar_jvp(r, phi, r_dot, phi_dot):
    t = np.cos(phi)
    u = np.sin(phi)
    v = r_dot * t - r * phi_dot * u
    return (r * t, r * u), (v, r_dot * u + r * phi_dot * t)
