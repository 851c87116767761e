"""What one arm needs is pushed in that arm, and popped in that arm of the reverse loop."""

import numpy as np


def repulsion(x: np.ndarray) -> float:
    total = 0.0
    for i in range(len(x)):
        for j in range(len(x)):
            if i != j:
                d = x[j] - x[i]
                total += np.exp(-(d**2)) * np.sin(d)
    return total


WRT = "x"
ARGS = (np.array([0.4, -0.3, 1.2, 0.7, -0.9]),)

# output
import numpy as np


def repulsion_grad(x):
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    if x.dtype.kind not in "fc":
        x = x.astype(float)
    tape = []
    for i in range(len(x)):
        inner_tape = []
        for j in range(len(x)):
            if i != j:
                d = x[j] - x[i]
                inner_tape.append((np.exp(-(d**2)), np.sin(d)))
        tape.append(inner_tape)
    x_bar = np.zeros_like(x)
    for i in reversed(range(len(x))):
        inner_tape = tape.pop()
        for j in reversed(range(len(x))):
            if i != j:
                ed, sine = inner_tape.pop()
                d = x[j] - x[i]
                product = ed * np.cos(d)
                product_d = 2 * sine * ed * d
                x_bar[i] += product_d - product
                x_bar[j] += product - product_d
    return x_bar
