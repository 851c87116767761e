"""A GRU as a class without state, its parameters in a dict."""

import numpy as np


class GRU:
    """One gated recurrent layer."""

    def __init__(self, params):
        self.params = params

    @staticmethod
    def sigmoid(z):
        return 1.0 / (1.0 + np.exp(-z))

    def gate(self, name, x, h):
        p = self.params
        return p["W" + name] @ x + p["U" + name] @ h + p["b" + name]

    def step(self, x, h):
        z = self.sigmoid(self.gate("z", x, h))
        r = self.sigmoid(self.gate("r", x, h))
        candidate = np.tanh(self.gate("h", x, r * h))
        return (1 - z) * h + z * candidate

    def run(self, xs, h):
        for x in xs:
            h = self.step(x, h)
        return h


def loss(params, xs, h0, target):
    """The squared error of the last state."""
    layer = GRU(params)
    h = layer.run(xs, h0)
    return np.mean((h - target) ** 2)


_rng = np.random.default_rng(11)
WRT = ("params", "h0")
ARGS = (
    {
        **{f"W{g}": _rng.normal(size=(3, 2)) for g in "zrh"},
        **{f"U{g}": _rng.normal(size=(3, 3)) for g in "zrh"},
        **{f"b{g}": _rng.normal(size=3) for g in "zrh"},
    },
    _rng.normal(size=(4, 2)),
    _rng.normal(size=3),
    _rng.normal(size=3),
)
