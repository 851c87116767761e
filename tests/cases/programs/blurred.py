"""A padded image has the image's rank: nothing is kept for its shape."""

import numpy as np


def blurred(image, kernel):
    kh, kw = kernel.shape
    padded = np.pad(image, ((kh // 2, kh // 2), (kw // 2, kw // 2)))
    out = np.zeros_like(image)
    for i in range(kh):
        for j in range(kw):
            out += kernel[i, j] * padded[i : i + image.shape[0], j : j + image.shape[1]]
    return np.sum((out - image) ** 2)


WRT = ("image", "kernel")
_rng = np.random.default_rng(4)
ARGS = (_rng.normal(size=(4, 5)), _rng.normal(size=(3, 3)))

# output
import numpy as np

from srcdiff.runtime import pad_x, unbroadcast


def blurred_grad(image, kernel):
    assert np.ndim(image) == np.ndim(kernel) == 2, "image and kernel must be matrices"
    kh, kw = kernel.shape
    quotient = kh // 2
    quotient_kw = kw // 2
    pair = (quotient, quotient), (quotient_kw, quotient_kw)
    padded = np.pad(image, pair)
    out = np.zeros_like(image, dtype=np.result_type(image, 0.0))
    for i in range(kh):
        for j in range(kw):
            out += kernel[i, j] * padded[i : i + image.shape[0], j : j + image.shape[1]]
    out_bar = 2 * (out - image)
    kernel_bar = np.zeros_like(kernel, dtype=np.result_type(kernel, 0.0))
    padded_bar = np.zeros_like(padded, dtype=np.result_type(padded, 0.0))
    for i in range(kh):
        for j in range(kw):
            padded_part = padded[i : i + image.shape[0], j : j + image.shape[1]]
            padded_part_bar = kernel[i, j] * unbroadcast(out_bar, padded_part)
            padded_bar[i : i + image.shape[0], j : j + image.shape[1]] += padded_part_bar
            kernel_bar[i, j] += np.sum(out_bar * padded_part)
    image_bar = pad_x(padded_bar, image, pair) - out_bar
    return image_bar, kernel_bar
