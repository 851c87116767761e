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

# output
import math

import numpy as np


def cost_grad(kp, ki, kd, theta0, dt=0.02, steps=40):
    """The gradient of cost with respect to kp, ki, kd and theta0.

    cost: The squared angle over time, and the effort."""
    tape = []
    omega = 0.0
    theta = theta0
    total = 0.0
    integral = 0.0
    last_error = None
    for _ in range(steps):
        theta_prev = theta
        error = -theta
        integral += error * dt
        no_last_error = last_error is None
        if no_last_error:
            derivative = 0.0
        else:
            derivative = (error - last_error) / dt
        output = kp * error + ki * integral + kd * derivative
        lowest = min(4.0, output)
        torque = max(-4.0, lowest)
        omega += dt * (9.81 * math.sin(theta) + torque - 0.1 * omega)
        theta = theta + dt * omega
        tape.append((theta_prev, integral, no_last_error, derivative, output, lowest, torque, theta))
        total += dt * (theta**2 + 0.001 * torque**2)
        last_error = error
    assert np.ndim(total) == 0, f"cost must return a scalar, not an array of shape {np.shape(total)}"
    omega_bar = 0.0
    theta_bar = 0.0
    integral_bar = 0.0
    last_error_bar = 0.0
    kp_bar = 0.0
    ki_bar = 0.0
    kd_bar = 0.0
    while tape:
        theta_prev, integral, no_last_error, derivative, output, lowest, torque, theta = tape.pop()
        theta_bar += 2 * dt * theta
        omega_bar += dt * theta_bar
        diff_bar = dt * omega_bar
        output_bar = (diff_bar + 0.002 * dt * torque) * (lowest > -4.0) * (output < 4.0)
        error_bar = last_error_bar + kp * output_bar
        if no_last_error:
            last_error_bar = 0.0
        else:
            diff_error_bar = kd * output_bar / dt
            last_error_bar = -diff_error_bar
            error_bar += diff_error_bar
        integral_bar += ki * output_bar
        omega_bar -= 0.1 * diff_bar
        theta_bar += 9.81 * diff_bar * math.cos(theta_prev) - error_bar - dt * integral_bar
        kp_bar -= output_bar * theta_prev
        ki_bar += output_bar * integral
        kd_bar += output_bar * derivative
    return kp_bar, ki_bar, kd_bar, theta_bar
