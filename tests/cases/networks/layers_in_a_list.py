"""A network of any depth: its parameters are a list of dicts."""

import numpy as np


def loss(layers, x, t):
    for layer in layers:
        x = np.tanh(x @ layer["W"] + layer["b"])
    return np.sum((x - t) ** 2)


WRT = "layers"
_rng = np.random.default_rng(2)
ARGS = (
    [{"W": _rng.normal(size=(3, 4)), "b": _rng.normal(size=4)}, {"W": _rng.normal(size=(4, 2)), "b": _rng.normal(size=2)}],
    _rng.normal(size=(5, 3)),
    _rng.normal(size=(5, 2)),
)

# output
import numpy as np

from srcdiff.runtime import (
    add_at,
    broadcast_like,
    complete,
    matmul_x,
    matmul_y,
    sum_to,
    unbroadcast,
    zeros_like,
)


def loss_grad(layers, x, t):
    tape = []
    for layer in layers:
        x_prev = x
        product = x @ layer["W"]
        x = np.tanh(product + layer["b"])
        tape.append((x_prev, np.shape(product), x))
    x_bar = unbroadcast(2.0 * (x - t), x)
    layers_bar = zeros_like(layers)
    for i in reversed(range(len(layers))):
        x_prev, shape, x = tape.pop()
        layer = layers[i]
        x_raw_bar = x_bar * (1 - x**2)
        product_bar = sum_to(x_raw_bar, shape)
        x_bar = matmul_x(product_bar, x_prev, layer["W"])
        b_bar = broadcast_like(unbroadcast(x_raw_bar, layer["b"]), layer["b"])
        layer_bar = complete({"W": matmul_y(product_bar, x_prev, layer["W"]), "b": b_bar}, layer)
        layers_bar = add_at(layers_bar, i, layer_bar)
    return layers_bar
