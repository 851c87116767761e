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

# output
import numpy as np


def energy_at_receiver_grad(c2, source, steps):
    """The gradient of energy_at_receiver with respect to c2 and source.

    energy_at_receiver: The energy that a receiver in the corner sees; c2 is the squared Courant number at each point.
    """
    assert c2.ndim == 2, f"c2 must be a matrix, not of shape {np.shape(c2)}"
    assert source.ndim == 1, f"source must be a vector, not of shape {np.shape(source)}"
    if c2.dtype.kind not in "fc":
        c2 = c2.astype(float)
    previous = np.zeros(c2.shape)
    current = np.zeros(c2.shape)
    following = np.zeros(c2.shape)
    tape = []
    for t in range(steps):
        current_part = current[1:-1, 1:-1]
        laplacian = (
            current[2:, 1:-1] + current[:-2, 1:-1] + current[1:-1, 2:] + current[1:-1, :-2] - 4 * current_part
        )
        following_part = 2 * current_part - previous[1:-1, 1:-1] + c2[1:-1, 1:-1] * laplacian
        following[1:-1, 1:-1] = following_part
        following[2, 2] += source[t]
        tape.append((laplacian, following[-2, -2]))
        previous, current, following = current, following, previous
    previous_bar = np.zeros_like(previous)
    current_bar = np.zeros_like(current)
    following_bar = np.zeros_like(following)
    c2_bar = np.zeros_like(c2)
    source_bar = np.zeros_like(source, dtype=np.result_type(source, 0.0))
    for t in reversed(range(steps)):
        laplacian, following_part = tape.pop()
        current_bar[-2, -2] += 2 * following_part
        source_bar[t] += current_bar[2, 2]
        current_part_bar = current_bar[1:-1, 1:-1]
        laplacian_bar = current_part_bar * c2[1:-1, 1:-1]
        c2_bar[1:-1, 1:-1] += current_part_bar * laplacian
        following_bar[1:-1, 1:-1] -= current_part_bar
        previous_bar[1:-1, 1:-1] += 2 * current_part_bar - 4 * laplacian_bar
        previous_bar[1:-1, :-2] += laplacian_bar
        previous_bar[1:-1, 2:] += laplacian_bar
        previous_bar[:-2, 1:-1] += laplacian_bar
        previous_bar[2:, 1:-1] += laplacian_bar
        current_bar[1:-1, 1:-1] = 0.0
        previous_bar, current_bar, following_bar = following_bar, previous_bar, current_bar
    return c2_bar, source_bar
