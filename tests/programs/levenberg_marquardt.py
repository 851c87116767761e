"""Fitting a decay by Levenberg and Marquardt: a step is taken where it lowers the residuals, else it is damped more."""

import numpy as np


def damped_fit(p0, t, y, damping=0.01, steps=5):
    """The residuals' squares after some steps, and a penalty on the parameters."""

    def model(p):
        return p[0] * np.exp(-p[1] * t) + p[2]

    def jacobian(p):
        e = np.exp(-p[1] * t)
        return np.stack([e, -p[0] * t * e, np.ones_like(t)], axis=1)

    p = np.array(p0, dtype=float)
    r = model(p) - y
    cost = r @ r
    for _ in range(steps):
        J = jacobian(p)
        H = J.T @ J
        trial = p - np.linalg.solve(H + damping * np.diag(np.diag(H)), J.T @ r)
        trial_r = model(trial) - y
        trial_cost = trial_r @ trial_r
        if trial_cost < cost:
            p, r, cost = trial, trial_r, trial_cost
            damping *= 0.3
        else:
            damping *= 2.0
    return cost + 0.1 * (p**2).sum()


_t = np.linspace(0, 3, 8)
WRT = ("p0", "y", "damping")
ARGS = (np.array([1.5, 0.5, 0.2]), _t, 2.0 * np.exp(-0.7 * _t) + 0.5 + 0.1 * np.sin(5 * _t))
MORE_ARGS = [(np.array([0.2, 3.0, 1.5]), _t, np.exp(-0.3 * _t), 0.001)]
