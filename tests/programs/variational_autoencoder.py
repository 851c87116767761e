"""A variational autoencoder on given noise; its layers are pairs in a dict."""

import numpy as np

_rng = np.random.default_rng(1)
_LAYERS = [("enc", 4, 3), ("mu", 3, 2), ("logvar", 3, 2), ("dec1", 2, 3), ("dec2", 3, 4)]


def dense(x, layer):
    W, b = layer
    return x @ W + b


def vae(params, x, eps, beta=0.5):
    h = np.tanh(dense(x, params["enc"]))
    mu = dense(h, params["mu"])
    logvar = dense(h, params["logvar"])
    z = mu + np.exp(0.5 * logvar) * eps
    h = np.tanh(dense(z, params["dec1"]))
    logits = dense(h, params["dec2"])
    bce = np.sum(np.maximum(logits, 0) - logits * x + np.log1p(np.exp(-np.abs(logits))))
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return (bce + beta * kl) / len(x)


WRT = "params"
ARGS = (
    {name: (_rng.normal(size=(i, o)) * 0.5, _rng.normal(size=o) * 0.1) for name, i, o in _LAYERS},
    _rng.random((3, 4)),
    _rng.normal(size=(3, 2)),
)
