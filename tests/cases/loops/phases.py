"""Complex values in a loop of real ones: sines beside cosines are kept once, real parts are taken of sums."""

import math

import numpy as np


def brightness(angles, gain):
    a, b = 1 + 0j, 0.5j
    for angle in angles:
        c, s = math.cos(angle), math.sin(angle)
        a, b = gain * (a * c + 1j * b * s), gain * (b * c + 1j * a * s)
    return abs(a + b) ** 2


WRT = ("angles", "gain")
ARGS = (np.array([0.3, 0.1, -0.4]), 0.9)

# output
import math

import numpy as np

from srcdiff.runtime import zero_vector


def brightness_grad(angles, gain):
    assert np.ndim(angles) == 1, f"angles must be a vector, not of shape {np.shape(angles)}"
    assert np.ndim(gain) == 0, f"gain must be a scalar, not of shape {np.shape(gain)}"
    a = 1 + 0j
    tape = []
    b = 0.5j
    for angle in angles:
        c = math.cos(angle)
        s = math.sin(angle)
        tape.append((b, a, c, s))
        a, b = gain * (a * c + 1j * b * s), gain * (b * c + 1j * a * s)
    magnitude = abs(a + b)
    a_bar = 2 * magnitude * np.conj(a + b) / (magnitude + (magnitude == 0))
    angles_bar = zero_vector(angles)
    b_bar = a_bar
    gain_bar = 0.0
    for i in reversed(range(len(angles))):
        b, a, c, s = tape.pop()
        total_bar = gain * b_bar
        total_a_bar = gain * a_bar
        angle_bar = (total_a_bar * (1j * b) + total_bar * (1j * a)).real * c - (
            total_a_bar * a + total_bar * b
        ).real * s
        angles_bar[i] += angle_bar
        gain_bar += (a_bar * (a * c + 1j * b * s) + b_bar * (b * c + 1j * a * s)).real
        a_bar = total_a_bar * c + total_bar * s * 1j
        b_bar = total_a_bar * s * 1j + total_bar * c
    return angles_bar, gain_bar
