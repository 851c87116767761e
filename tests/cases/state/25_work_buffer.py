"""A work buffer that is used again."""

import numpy as np


def f(x: np.ndarray) -> float:
    buffer = np.zeros(3)
    s = 0.0
    for i in range(3):
        buffer[:] = i + 1
        s += (x * buffer).sum()
    return s


WRT = "x"
ARGS = (np.array([3.0, 4.0, 5.0]),)

# output
import numpy as np

from srcdiff.runtime import unbroadcast


def f_grad(x):
    buffer = np.zeros(3)
    tape = []
    for i in range(3):
        buffer[:] = i + 1
        buffer_copy = buffer.copy()
        tape.append((x * buffer, buffer_copy))
    x_bar = np.zeros_like(x, dtype=np.result_type(x, 0.0))
    while tape:
        product, buffer_copy = tape.pop()
        x_bar += unbroadcast(buffer_copy, x, product.shape)
    return x_bar
