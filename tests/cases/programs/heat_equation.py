"""The heat equation in place: one array, one saved neighbour, no copy for each step."""

import numpy as np


def diffuse(u: np.ndarray, k: np.ndarray, steps: int) -> float:
    """Relax a rod by explicit sweeps, and measure what is left."""
    u = u.copy()
    n = len(u)
    for _ in range(steps):
        left = u[0]
        for i in range(1, n - 1):
            here = u[i]
            u[i] = here + k[i] * (left - 2 * here + u[i + 1])
            left = here
    return np.sum(u**2)


_rng = np.random.default_rng(3)
WRT = ("u", "k")
ARGS = (_rng.normal(size=8), 0.1 + 0.2 * _rng.random(size=8), 5)

# output
import numpy as np


def diffuse_grad(u, k, steps):
    """The gradient of diffuse with respect to u and k.

    diffuse: Relax a rod by explicit sweeps, and measure what is left."""
    assert np.ndim(u) == np.ndim(k) == 1, "u and k must be vectors"
    if u.dtype.kind not in "fc":
        u = u.astype(float)
    u = u.copy()
    n = len(u)
    tape = []
    for _ in range(steps):
        left = u[0]
        inner_tape = []
        for i in range(1, n - 1):
            here = u[i]
            total = left - 2 * here + u[i + 1]
            inner_tape.append(total)
            u[i] = here + k[i] * total
            left = here
        tape.append(inner_tape)
    u_bar = 2 * u
    k_bar = np.zeros_like(k, dtype=np.result_type(k, 0.0))
    while tape:
        inner_tape = tape.pop()
        left_bar = 0.0
        for i in reversed(range(1, n - 1)):
            total = inner_tape.pop()
            left_bar_prev = left_bar
            ui_bar = u_bar[i]
            left_bar = ui_bar * k[i]
            u_bar[i + 1] += left_bar
            k_bar[i] += ui_bar * total
            u_bar[i] += left_bar_prev - 2 * left_bar
        u_bar[0] += left_bar
    return u_bar, k_bar
