"""A gated recurrent network: what was concluded of its parameters is asserted on lines of their own."""

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

# output
import numpy as np

from srcdiff.runtime import complete


def loss_grad(params, xs, h0, target):
    """The gradient of loss with respect to params and h0.

    loss: The squared error of the last state."""
    Wz = params["Wz"]
    Uz = params["Uz"]
    Wr = params["Wr"]
    Ur = params["Ur"]
    Wh = params["Wh"]
    Uh = params["Uh"]
    bz = params["bz"]
    br = params["br"]
    bh = params["bh"]
    assert Wz.ndim == Uz.ndim == Wr.ndim == Ur.ndim == Wh.ndim == 2, "Wz, Uz, Wr, Ur and Wh must be matrices"
    assert Uh.ndim == np.ndim(xs) == 2, "Uh and xs must be matrices"
    assert bz.ndim == br.ndim == bh.ndim == np.ndim(h0) == 1, "bz, br, bh and h0 must be vectors"
    assert np.ndim(target) == 1, f"target must be a vector, not of shape {np.shape(target)}"
    assert len(Wz) == len(Uz) == Uz.shape[1] == len(bz) == len(Wr) == len(Ur), "these lengths must be equal"
    assert len(Wz) == Ur.shape[1] == len(br) == len(Wh) == len(Uh), "these lengths must be equal"
    assert len(Wz) == Uh.shape[1] == len(bh) == len(h0) == len(target), "these lengths must be equal"
    tape = []
    h = h0
    for x in xs:
        z = 1.0 / (1.0 + np.exp(-(Wz @ x + Uz @ h + bz)))
        r = 1.0 / (1.0 + np.exp(-(Wr @ x + Ur @ h + br)))
        h2 = r * h
        candidate = np.tanh(Wh @ x + Uh @ h2 + bh)
        diff = 1 - z
        tape.append((h, z, r, h2, candidate, diff))
        h = diff * h + z * candidate
    diff_h = h - target
    h_bar = 2 / diff_h.size * diff_h
    Wz_bar = np.zeros_like(Wz, dtype=np.result_type(Wz, 0.0))
    Uz_bar = np.zeros_like(Uz, dtype=np.result_type(Uz, 0.0))
    bz_bar = np.zeros_like(bz, dtype=np.result_type(bz, 0.0))
    Wr_bar = np.zeros_like(Wr, dtype=np.result_type(Wr, 0.0))
    Ur_bar = np.zeros_like(Ur, dtype=np.result_type(Ur, 0.0))
    br_bar = np.zeros_like(br, dtype=np.result_type(br, 0.0))
    Wh_bar = np.zeros_like(Wh, dtype=np.result_type(Wh, 0.0))
    Uh_bar = np.zeros_like(Uh, dtype=np.result_type(Uh, 0.0))
    bh_bar = np.zeros_like(bh, dtype=np.result_type(bh, 0.0))
    for x in reversed(xs):
        h, z, r, h2, candidate, diff = tape.pop()
        candidate_raw_bar = h_bar * z * (1 - candidate**2)
        h2_bar = Uh.T @ candidate_raw_bar
        z_bar = h2_bar * h * r * (1 - r)
        z2_bar = (candidate - h) * h_bar * z * diff
        h_bar = Uz.T @ z2_bar + Ur.T @ z_bar + h2_bar * r + h_bar * diff
        Wz_bar += z2_bar[:, None] * x
        Uz_bar += z2_bar[:, None] * h
        bz_bar += z2_bar
        Wr_bar += z_bar[:, None] * x
        Ur_bar += z_bar[:, None] * h
        br_bar += z_bar
        Wh_bar += candidate_raw_bar[:, None] * x
        Uh_bar += candidate_raw_bar[:, None] * h2
        bh_bar += candidate_raw_bar
    entries = {
        "Wz": Wz_bar,
        "Uz": Uz_bar,
        "bz": bz_bar,
        "Wr": Wr_bar,
        "Ur": Ur_bar,
        "br": br_bar,
        "Wh": Wh_bar,
        "Uh": Uh_bar,
        "bh": bh_bar,
    }
    params_bar = complete(entries, params)
    return params_bar, h_bar
