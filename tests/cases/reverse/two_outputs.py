"""One sweep for two outputs."""

import numpy as np


def polar(r: float, phi: float):
    return r * np.cos(phi), r * np.sin(phi)


MODE = "vjp"
WRT = ("r", "phi")
ARGS = (1.2, 0.7, (0.5, -0.3))

# output
