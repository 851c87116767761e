"""The angle of a pendulum by an extended Kalman filter, kept in an object; its likelihood."""

import numpy as np


class EKF:
    def __init__(self, x, P, Q, Rm):
        self.x = x
        self.P = P
        self.Q = Q
        self.R = Rm
        self.nll = 0.0

    def predict(self, dt):
        th, om = self.x
        self.x = np.array([th + om * dt, om - 9.81 * np.sin(th) * dt])
        F = np.array([[1.0, dt], [-9.81 * np.cos(th) * dt, 1.0]])
        self.P = F @ self.P @ F.T + self.Q

    def update(self, z):
        y = z - np.sin(self.x[0])
        H = np.array([[np.cos(self.x[0]), 0.0]])
        S = (H @ self.P @ H.T)[0, 0] + self.R
        K = self.P @ H.T / S
        self.x = self.x + K[:, 0] * y
        self.P = (np.eye(2) - K @ H) @ self.P
        self.nll += 0.5 * (y**2 / S + np.log(S))


def ekf(x0, q: float, r: float, zs):
    f = EKF(x0, np.eye(2) * 0.1, q * np.eye(2), r)
    for z in zs:
        f.predict(0.05)
        f.update(z)
    return f.nll


WRT = ("x0", "q", "r")
ARGS = (np.array([0.3, 0.1]), 0.01, 0.05, [0.3, 0.25, 0.2])
