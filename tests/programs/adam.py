"""Training by Adam inside of the function: how the loss after training depends on the learning rate."""

import numpy as np


def trained_loss(rate: float, w0: np.ndarray, X: np.ndarray, y: np.ndarray, steps: int = 10) -> float:
    """The mean squared error of a linear model after some steps of Adam."""
    w = w0.copy()
    m = np.zeros_like(w)
    v = np.zeros_like(w)
    for t in range(1, steps + 1):
        error = X @ w - y
        g = 2 * X.T @ error / len(y)
        m = 0.9 * m + 0.1 * g
        v = 0.99 * v + 0.01 * g**2
        m_hat = m / (1 - 0.9**t)
        v_hat = v / (1 - 0.99**t)
        w -= rate * m_hat / (np.sqrt(v_hat) + 1e-8)
    return np.mean((X @ w - y) ** 2)


_rng = np.random.default_rng(17)
WRT = ("rate", "w0")
ARGS = (0.05, _rng.normal(size=3), _rng.normal(size=(8, 3)), _rng.normal(size=8))
