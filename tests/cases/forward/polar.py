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
    cosine = np.cos(phi)
    sine = np.sin(phi)
    diff = r_dot * cosine - r * phi_dot * sine
    return (r * cosine, r * sine), (diff, r_dot * sine + r * phi_dot * cosine)
