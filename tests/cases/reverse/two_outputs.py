"""One sweep for two outputs."""

import numpy as np


def polar(r: float, phi: float):
    return r * np.cos(phi), r * np.sin(phi)


MODE = "vjp"
WRT = ("r", "phi")
ARGS = (1.2, 0.7, (0.5, -0.3))

# output
import numpy as np


def polar_vjp(r, phi, y_bar):
    cosine = np.cos(phi)
    sine = np.sin(phi)
    r_bar = y_bar[0] * cosine + y_bar[1] * sine
    phi_bar = r * (y_bar[1] * cosine - y_bar[0] * sine)
    return (r * cosine, r * sine), (r_bar, phi_bar)
