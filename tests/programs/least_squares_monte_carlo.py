"""An American put by least-squares Monte Carlo on given draws: the exercise rule is a regression on the paths."""

import math

import numpy as np


def lsmc(S0, r, sigma, K, Z, T=1.0):
    n_steps, n_paths = Z.shape
    dt = T / n_steps
    S = np.empty((n_steps + 1, n_paths))
    S[0] = S0
    for t in range(n_steps):
        S[t + 1] = S[t] * np.exp((r - 0.5 * sigma**2) * dt + sigma * math.sqrt(dt) * Z[t])
    cash = np.maximum(K - S[-1], 0)
    for t in range(n_steps - 1, 0, -1):
        cash = cash * np.exp(-r * dt)
        itm = S[t] < K
        x = S[t][itm] / K
        A = np.stack([np.ones_like(x), x, x**2], axis=1)
        coef = np.linalg.solve(A.T @ A, A.T @ cash[itm])
        cont = A @ coef
        ex = K - S[t][itm]
        cash[itm] = np.where(ex > cont, ex, cash[itm])
    return np.mean(cash) * np.exp(-r * dt)


WRT = ("S0", "r", "sigma", "K")
ARGS = (1.0, 0.05, 0.3, 1.05, np.random.default_rng(1).normal(size=(4, 25)))
