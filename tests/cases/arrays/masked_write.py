"""A power of what a mask selects, written back: set at once in the adjoint, and no power is taken again."""

from typing import Annotated

import numpy as np


def force(x: Annotated[np.ndarray, "n"], r2: Annotated[np.ndarray, "n"]) -> float:
    r2 = r2.copy()
    r2[r2 > 0] = r2[r2 > 0] ** -1.5
    return np.sum(x * r2)


WRT = ("x", "r2")
ARGS = (np.array([0.3, -0.8, 1.4]), np.array([0.5, -0.3, 1.7]))

# output
def force_grad(x, r2):
    r2 = r2.copy()
    above = r2 > 0
    r2_part = r2[above]
    r2_above = r2_part**-1.5
    r2[above] = r2_above
    r2_bar = x.copy()
    r2_bar[above] = -1.5 * x[above] * r2_above / r2_part
    return r2, r2_bar
