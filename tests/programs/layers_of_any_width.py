"""A network whose layers have each their own width: weights and biases in lists, walked together."""

import numpy as np


def forward(Ws, bs, x):
    for W, b in zip(Ws[:-1], bs[:-1]):
        x = np.tanh(W @ x + b)
    return Ws[-1] @ x + bs[-1]


def energy(Ws, bs, x, decay):
    penalty = sum((W**2).sum() for W in Ws)
    return 0.5 * np.sum(forward(Ws, bs, x) ** 2) + decay * penalty


_rng = np.random.default_rng(5)
WRT = ("Ws", "bs", "x", "decay")
ARGS = (
    [_rng.normal(size=(4, 3)), _rng.normal(size=(2, 4))],
    [_rng.normal(size=4), _rng.normal(size=2)],
    np.array([0.3, -1.0, 0.7]),
    0.1,
)
MORE_ARGS = ((list(_rng.normal(size=(3, 2, 2))), list(_rng.normal(size=(3, 2))), np.array([0.3, -1.0]), 0.1),)
