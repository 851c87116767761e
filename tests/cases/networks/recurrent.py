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

from srcdiff.runtime import broadcast_like, complete, matmul_x, matmul_y, unbroadcast, zeros_like


def last_state_grad(cell, xs):
    h = np.zeros(cell["b"].shape[0])
    tape = []
    for x in xs:
        t = cell["W"] @ x
        u = cell["U"] @ h
        v = np.tanh(t + u + cell["b"])
        w = 0.5 * v
        tape.append((h, t, u, v, w))
        h = 0.5 * h + w
    h_bar = broadcast_like(1.0, h)
    W_bar = zeros_like(cell["W"])
    U_bar = zeros_like(cell["U"])
    b_bar = zeros_like(cell["b"])
    for x in reversed(xs):
        h, t, u, v, w = tape.pop()
        z_bar = 0.5 * unbroadcast(h_bar, w) * (1 - v**2)
        u_bar = unbroadcast(z_bar, u)
        h_bar = matmul_y(u_bar, cell["U"], h) + 0.5 * unbroadcast(h_bar, h)
        W_bar += matmul_x(unbroadcast(z_bar, t), cell["W"], x)
        U_bar += matmul_x(u_bar, cell["U"], h)
        b_bar += unbroadcast(z_bar, cell["b"])
    return complete({"b": b_bar, "W": W_bar, "U": U_bar}, cell)
