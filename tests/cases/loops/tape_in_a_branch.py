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
