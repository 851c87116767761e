"""What a stack of thin films reflects: characteristic matrices of complex numbers, layers as pairs in a list."""

import numpy as np


def reflectance(wavelength, layers, n_sub=1.52, angle=0.0):
    m11, m12, m21, m22 = 1 + 0j, 0j, 0j, 1 + 0j
    for n, d in layers:
        cos_t = np.sqrt(1 - (np.sin(angle) / n) ** 2)
        delta = 2 * np.pi * n * d * cos_t / wavelength
        c, s = np.cos(delta), np.sin(delta)
        q = n * cos_t
        a, b, g, e = c, 1j * s / q, 1j * q * s, c
        m11, m12, m21, m22 = m11 * a + m12 * g, m11 * b + m12 * e, m21 * a + m22 * g, m21 * b + m22 * e
    B = m11 + m12 * n_sub
    C = m21 + m22 * n_sub
    r = (B - C) / (B + C)
    return abs(r) ** 2


WRT = ("wavelength", "layers", "n_sub", "angle")
ARGS = (0.55, [(1.38, 0.1), (2.1, 0.06)], 1.52, 0.2)
