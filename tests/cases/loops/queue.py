"""A list that is filled at its end and emptied at its front: slices, no loops."""

import numpy as np


def windows(x: np.ndarray, n: int) -> float:
    recent = []
    s = 0.0
    for v in x:
        recent.append(v)
        if len(recent) > n:
            recent.pop(0)
        s += sum(recent) ** 2
    return s


WRT = "x"
ARGS = (np.array([0.5, -1.0, 2.0, 0.3, 0.8]), 3)

# output
import numpy as np

from srcdiff.runtime import add, copy


def windows_grad(x, n):
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    if x.dtype.kind not in "fc":
        x = x.astype(float)
    recent = []
    tape = []
    for v in x:
        recent.append(v)
        chosen = recent[1:] if len(recent) > n else recent
        xs_copy = recent.copy()
        tape.append((copy(sum(chosen)), chosen.copy(), xs_copy))
        recent = chosen
    recent_bar = [0.0] * len(recent)
    x_bar = np.zeros_like(x)
    for i in reversed(range(len(x))):
        total, chosen_copy, xs_copy = tape.pop()
        xs_bar = add(recent_bar, [2.0 * total] * len(chosen_copy))
        if len(xs_copy) > n:
            recent_bar = [0.0] * len(xs_copy)
            recent_bar[1:] = xs_bar
        else:
            recent_bar = xs_bar
        v_bar = recent_bar.pop()
        x_bar[i] += v_bar
    return x_bar
