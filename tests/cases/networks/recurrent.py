"""A recurrent cell with its parameters in a dict."""

import numpy as np


def last_state(cell, xs):
    h = np.zeros(cell["b"].shape[0])
    for x in xs:
        z = cell["W"] @ x + cell["U"] @ h + cell["b"]
        h = (1 - 0.5) * h + 0.5 * np.tanh(z)
    return np.sum(h)


WRT = "cell"
_rng = np.random.default_rng(3)
ARGS = ({"W": _rng.normal(size=(3, 2)), "U": _rng.normal(size=(3, 3)), "b": _rng.normal(size=3)}, _rng.normal(size=(4, 2)))

# output
import numpy as np

from srcdiff.runtime import complete


def last_state_grad(cell, xs):
    b = cell["b"]
    W = cell["W"]
    U = cell["U"]
    assert b.ndim == 1, f"b must be a vector, not of shape {np.shape(b)}"
    assert W.ndim == U.ndim == np.ndim(xs) == 2, "W, U and xs must be matrices"
    assert len(b) == len(W) == len(U) == U.shape[1], "these lengths must be equal"
    h = np.zeros(b.shape[0])
    tape = []
    for x in xs:
        z = W @ x + U @ h + b
        tanh = np.tanh(z)
        tape.append((h, tanh))
        h = 0.5 * h + 0.5 * tanh
    h_bar = np.full_like(h, 1.0)
    W_bar = np.zeros_like(W, dtype=np.result_type(W, 0.0))
    U_bar = np.zeros_like(U, dtype=np.result_type(U, 0.0))
    b_bar = np.zeros_like(b, dtype=np.result_type(b, 0.0))
    for x in reversed(xs):
        h, tanh = tape.pop()
        tanh_bar = 0.5 * h_bar
        z_bar = tanh_bar * (1 - tanh**2)
        h_bar = U.T @ z_bar + tanh_bar
        W_bar += z_bar[:, None] * x
        U_bar += z_bar[:, None] * h
        b_bar += z_bar
    return complete({"b": b_bar, "W": W_bar, "U": U_bar}, cell)
