"""The log-likelihood of observations under a linear Gaussian model, by the Kalman filter."""

import numpy as np


def log_likelihood(F, Q, H, R, x0, P0, observations):
    """Predict, compare, update: the sum of the innovations' log-densities."""
    x = x0
    P = P0
    identity = np.eye(len(x0))
    total = 0.0
    for z in observations:
        # predict
        x = F @ x
        P = F @ P @ F.T + Q
        # compare
        innovation = z - H @ x
        S = H @ P @ H.T + R
        total -= 0.5 * (innovation @ np.linalg.solve(S, innovation) + np.log(np.linalg.det(2 * np.pi * S)))
        # update
        K = P @ H.T @ np.linalg.inv(S)
        x = x + K @ innovation
        P = (identity - K @ H) @ P
    return total


_rng = np.random.default_rng(5)
WRT = ("F", "Q", "R", "x0")
ARGS = (
    np.array([[1.0, 0.1], [-0.2, 0.95]]),
    0.1 * np.eye(2),
    np.array([[1.0, 0.3]]),
    np.array([[0.5]]),
    np.array([0.3, -0.2]),
    np.eye(2),
    _rng.normal(size=(7, 1)),
)
