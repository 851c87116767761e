"""How far a projectile flies against the drag of the air: its path is a generator, the flight ends where it is below ground."""

import math

import numpy as np


def flight(position, velocity, drag, step):
    """The path by the midpoint rule, without an end."""

    def acceleration(v):
        return np.array([0.0, -9.81]) - drag * np.linalg.norm(v) * v

    time = 0.0
    while True:
        yield time, position
        middle = velocity + 0.5 * step * acceleration(velocity)
        position = position + step * middle
        velocity = velocity + step * acceleration(middle)
        time += step


def distance(speed: float, angle: float, drag: float):
    velocity = np.array([speed * math.cos(angle), speed * math.sin(angle)])
    before, highest = np.zeros(2), 0.0
    for time, here in flight(np.zeros(2), velocity, drag, 0.02):
        if here[1] < 0.0:
            break
        highest = max(highest, here[1])
        before = here
    fraction = before[1] / (before[1] - here[1])  # of the last step, to the ground
    return before[0] + fraction * (here[0] - before[0]) + 0.1 * highest + 0.01 * time


FUNCTION = distance
WRT = ("speed", "angle", "drag")
ARGS = (12.0, 0.7, 0.02)
MORE_ARGS = ((5.0, 1.1, 0.3),)
