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

from srcdiff.runtime import add, add_slice, copy, sum_x, zeros_like


def windows_grad(x, n):
    if x.dtype.kind not in "fc":
        x = x.astype(float)
    recent = []
    recent = copy(recent)
    tape = []
    s = 0.0
    for i in range(len(x)):
        xs = copy(recent)
        xs.append(x[i])
        recent = xs[1:] if len(xs) > n else xs
        total = sum(recent)
        tape.append((xs, recent, total))
        s += total**2
    assert np.ndim(s) == 0, f"windows must return a scalar, not an array of shape {np.shape(s)}"
    xs_bar = zeros_like(recent)
    x_bar = np.zeros_like(x)
    for i in reversed(range(len(x))):
        xs, recent, total = tape.pop()
        xs_bar = add(xs_bar, sum_x(2 * total, recent))
        if len(xs) > n:
            xs_bar = add_slice(zeros_like(xs), slice(1, None, None), xs_bar)
        v_bar = xs_bar[-1]
        del xs_bar[-1]
        x_bar[i] += v_bar
    return x_bar
