"""A convolutional layer by loops over the output, with stride, padding and a rectifier."""

import numpy as np


def loss(image: np.ndarray, kernels: np.ndarray, bias: np.ndarray, stride: int = 2, pad: int = 1) -> float:
    """The mean activation's square of a layer; image is (channels, h, w), kernels (out, channels, kh, kw)."""
    channels, h, w = image.shape
    outs, _, kh, kw = kernels.shape
    padded = np.zeros((channels, h + 2 * pad, w + 2 * pad))
    padded[:, pad : pad + h, pad : pad + w] = image
    rows = (h + 2 * pad - kh) // stride + 1
    columns = (w + 2 * pad - kw) // stride + 1
    out = np.zeros((outs, rows, columns))
    for o in range(outs):
        for i in range(rows):
            for j in range(columns):
                patch = padded[:, i * stride : i * stride + kh, j * stride : j * stride + kw]
                out[o, i, j] = max(0.0, np.sum(patch * kernels[o]) + bias[o])
    return np.mean(out**2)


_rng = np.random.default_rng(14)
WRT = ("image", "kernels", "bias")
ARGS = (_rng.normal(size=(2, 5, 6)), _rng.normal(size=(3, 2, 3, 3)), _rng.normal(size=3))
