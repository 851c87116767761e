"""A mixture of normal distributions fitted by expectation maximisation; its likelihood after a few steps."""

import numpy as np


def em(mu0, sig0, pi0, x, iters=4):
    mu, sig, pi = mu0.copy(), sig0.copy(), pi0.copy()
    for _ in range(iters):
        dens = pi * np.exp(-0.5 * ((x[:, None] - mu) / sig) ** 2) / (sig * np.sqrt(2 * np.pi))
        resp = dens / dens.sum(axis=1, keepdims=True)
        Nk = resp.sum(axis=0)
        mu = (resp * x[:, None]).sum(axis=0) / Nk
        sig = np.sqrt((resp * (x[:, None] - mu) ** 2).sum(axis=0) / Nk)
        pi = Nk / len(x)
    return np.sum(np.log((pi * np.exp(-0.5 * ((x[:, None] - mu) / sig) ** 2) / (sig * np.sqrt(2 * np.pi))).sum(axis=1)))


WRT = ("mu0", "sig0", "pi0", "x")
ARGS = (
    np.array([-1.0, 1.0]),
    np.array([0.8, 0.9]),
    np.array([0.4, 0.6]),
    np.random.default_rng(1).normal(size=12) * 1.5,
)
