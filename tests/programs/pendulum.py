"""A pendulum held upright by a PID controller whose motor saturates; the gains are to be tuned."""

import math


class PID:
    def __init__(self, kp, ki, kd, limit):
        self.kp, self.ki, self.kd = kp, ki, kd
        self.limit = limit
        self.integral = 0.0
        self.last_error = None

    def update(self, error, dt):
        self.integral += error * dt
        if self.last_error is None:
            derivative = 0.0
        else:
            derivative = (error - self.last_error) / dt
        self.last_error = error
        output = self.kp * error + self.ki * self.integral + self.kd * derivative
        return max(-self.limit, min(self.limit, output))


def cost(kp: float, ki: float, kd: float, theta0: float, dt: float = 0.02, steps: int = 40) -> float:
    """The squared angle over time, and the effort."""
    controller = PID(kp, ki, kd, limit=4.0)
    theta, omega = theta0, 0.0
    total = 0.0
    for _ in range(steps):
        torque = controller.update(-theta, dt)
        omega += dt * (9.81 * math.sin(theta) + torque - 0.1 * omega)
        theta += dt * omega
        total += dt * (theta**2 + 0.001 * torque**2)
    return total


WRT = ("kp", "ki", "kd", "theta0")
ARGS = (25.0, 3.0, 2.0, 0.3)
MORE_ARGS = ((8.0, 1.0, 1.0, 0.1),)
