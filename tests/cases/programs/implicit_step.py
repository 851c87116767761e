"""What stands beside a number in a matrix that is written out is a number; what multiplies it and a vector is one, too."""

import numpy as np


def stiff(y0, k, h, n):
    y = y0
    for _ in range(n):
        a, b = y
        slope = np.array([-k * a, k * a - b**2])
        jacobian = np.array([[-k, 0.0], [k, -2 * b]])
        y = y + np.linalg.solve(np.eye(2) - h * jacobian, h * slope)
    return y[1]


WRT = ("y0", "h")
ARGS = (np.array([1.0, 0.2]), 3.0, 0.1, 4)

# output
import numpy as np


def stiff_grad(y0, k, h, n):
    assert y0.ndim == 1, f"y0 must be a vector, not of shape {np.shape(y0)}"
    assert np.ndim(k) == np.ndim(h) == 0, "k and h must be scalars"
    assert len(y0) == 2, "y0 must have 2 elements"
    tape = []
    y = y0
    for _ in range(n):
        a, b = y
        slope = np.array([-k * a, k * a - b**2])
        jacobian = np.array([[-k, 0.0], [k, -2 * b]])
        diff = np.eye(2) - h * jacobian
        solution = np.linalg.solve(diff, h * slope)
        tape.append((b, slope, jacobian, diff, solution))
        y = y + solution
    y_bar = np.zeros_like(y, dtype=np.result_type(y, 0.0))
    y_bar[1] = 1.0
    h_bar = 0.0
    while tape:
        b, slope, jacobian, diff, solution = tape.pop()
        product_bar = np.linalg.solve(diff.T, y_bar)
        product_h_bar = product_bar[:, None] * solution
        slope_bar = h * product_bar
        slope_1_bar = slope_bar[1]
        y_bar[1] -= 2 * (h * product_h_bar)[1][1] + 2 * slope_1_bar * b
        y_bar[0] += k * (slope_1_bar - slope_bar[0])
        h_bar += np.sum(product_h_bar * jacobian) + product_bar @ slope
    return y_bar, h_bar
