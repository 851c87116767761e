"""A wave on a membrane by slices, with a source that is switched on; the buffers are swapped."""

import numpy as np


def energy_at_receiver(c2: np.ndarray, source: np.ndarray, steps: int) -> float:
    """The energy that a receiver in the corner sees; c2 is the squared Courant number at each point."""
    previous = np.zeros(c2.shape)
    current = np.zeros(c2.shape)
    following = np.zeros(c2.shape)
    energy = 0.0
    for t in range(steps):
        laplacian = (
            current[2:, 1:-1] + current[:-2, 1:-1] + current[1:-1, 2:] + current[1:-1, :-2] - 4 * current[1:-1, 1:-1]
        )
        following[1:-1, 1:-1] = 2 * current[1:-1, 1:-1] - previous[1:-1, 1:-1] + c2[1:-1, 1:-1] * laplacian
        following[2, 2] += source[t]
        previous, current, following = current, following, previous
        energy += current[-2, -2] ** 2
    return energy


_rng = np.random.default_rng(4)
WRT = ("c2", "source")
ARGS = (0.2 + 0.1 * _rng.random(size=(6, 7)), _rng.normal(size=9), 9)
