"""An American put by a binomial tree, rolled back in place."""

import numpy as np


def put_price(S: float, K: float, T: float, r: float, sigma: float, n: int) -> float:
    """The price of an American put on a tree of n steps."""
    dt = T / n
    u = np.exp(sigma * np.sqrt(dt))
    d = 1 / u
    p = (np.exp(r * dt) - d) / (u - d)
    discount = np.exp(-r * dt)
    values = np.zeros(n + 1)
    for j in range(n + 1):
        values[j] = max(K - S * u**j * d ** (n - j), 0.0)
    for i in range(n - 1, -1, -1):
        for j in range(i + 1):
            hold = discount * (p * values[j + 1] + (1 - p) * values[j])
            exercise = K - S * u**j * d ** (i - j)
            values[j] = max(hold, exercise)
    return values[0]


WRT = ("S", "r", "sigma")
ARGS = (100.0, 105.0, 0.5, 0.03, 0.25, 7)
