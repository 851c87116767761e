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
