"""The free energy of an Ising model in the mean-field approximation: a damped fixed point with early exit."""

import numpy as np


def ising(J, h, beta, n_iter=30):
    n = len(h)
    m = np.full(n, 0.1)
    for k in range(n_iter):
        m_new = np.tanh(beta * (J @ m + h))
        if np.max(np.abs(m_new - m)) < 1e-10:
            break
        m = 0.5 * m + 0.5 * m_new
    entropy = -np.sum((1 + m) / 2 * np.log((1 + m) / 2) + (1 - m) / 2 * np.log((1 - m) / 2))
    return -0.5 * m @ J @ m - h @ m - entropy / beta


WRT = ("J", "h", "beta")
ARGS = (0.2 * np.array([[0.0, 1.0, -0.5], [1.0, 0.0, 0.3], [-0.5, 0.3, 0.0]]), np.array([0.4, -0.3, 0.8]), 0.7)
