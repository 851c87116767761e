"""A small GPT whose parameters are dicts within lists within a dict; layers take them by `**`."""

import numpy as np


def layer_norm(x, g, b, eps=1e-5):
    mu = x.mean(-1, keepdims=True)
    var = x.var(-1, keepdims=True)
    return g * (x - mu) / np.sqrt(var + eps) + b


def softmax(x, axis=-1):
    x = x - x.max(axis=axis, keepdims=True)
    e = np.exp(x)
    return e / e.sum(axis=axis, keepdims=True)


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def mha(x, p, n_head):
    q, k, v = np.split(x @ p["c_attn"]["w"] + p["c_attn"]["b"], 3, axis=-1)
    qs, ks, vs = [np.split(a, n_head, axis=-1) for a in (q, k, v)]
    mask = (1 - np.tri(x.shape[0])) * -1e10
    out = [softmax(qh @ kh.T / np.sqrt(qh.shape[-1]) + mask) @ vh for qh, kh, vh in zip(qs, ks, vs)]
    return np.hstack(out) @ p["c_proj"]["w"] + p["c_proj"]["b"]


def gpt(params, tokens, targets, n_head=2):
    x = params["wte"][tokens] + params["wpe"][range(len(tokens))]
    for blk in params["blocks"]:
        x = x + mha(layer_norm(x, **blk["ln_1"]), blk["attn"], n_head)
        h = layer_norm(x, **blk["ln_2"])
        x = x + gelu(h @ blk["mlp"]["c_fc"]) @ blk["mlp"]["c_proj"]
    logits = layer_norm(x, **params["ln_f"]) @ params["wte"].T
    lp = logits - np.log(np.sum(np.exp(logits), axis=-1, keepdims=True))
    return -np.mean(lp[np.arange(len(targets)), targets])


_rng = np.random.default_rng(1)


def _norm():
    return {"g": np.ones(4), "b": np.zeros(4)}


def _block():
    attn = {
        "c_attn": {"w": _rng.normal(size=(4, 12)) * 0.3, "b": np.zeros(12)},
        "c_proj": {"w": _rng.normal(size=(4, 4)) * 0.3, "b": np.zeros(4)},
    }
    mlp = {"c_fc": _rng.normal(size=(4, 8)) * 0.3, "c_proj": _rng.normal(size=(8, 4)) * 0.3}
    return {"ln_1": _norm(), "ln_2": _norm(), "attn": attn, "mlp": mlp}


FUNCTION = gpt
WRT = "params"
ARGS = (
    {"wte": _rng.normal(size=(5, 4)), "wpe": _rng.normal(size=(3, 4)), "blocks": [_block(), _block()], "ln_f": _norm()},
    [0, 3, 1],
    [3, 1, 2],
)
