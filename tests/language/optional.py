"""None or a tuple, None or an object: what is found in a loop, what was there before, what a function may not give."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Peak(NamedTuple):
    height: float
    at: np.ndarray


@dataclass
class Ball:
    centre: float
    radius: float

    def top(self):
        return self.centre + self.radius

    def __call__(self, x):
        return np.sin(self.radius * x)


class Tracker:
    def __init__(self):
        self.best = None

    def see(self, value, weight):
        if self.best is None or value < self.best[0]:
            self.best = value, weight


def none_or_named_tuple(x: np.ndarray):
    best = None
    for i in range(len(x)):
        peak = Peak(x[i] * x[0], x * i)
        if best is None or peak.height > best.height:
            best = peak
    if best is None:
        return 0.0
    return best.height * np.sum(best.at**2)


def none_or_tuple(x: float, n: int):
    best = None
    for i in range(n):
        v = (x - i) ** 2
        if best is None or v < best[0]:
            best = v, x * i
    if best is None:
        return 3.0 * x
    distance, product = best
    return distance * product


def none_or_object(x: float, n: int):
    highest = None
    for i in range(n):
        ball = Ball(x * i, 1.0 + x)
        if not highest or ball.top() > highest.top():
            highest = ball
    return highest.top() * highest(x) if isinstance(highest, Ball) else x


def none_before_the_first(x: float, n: int):
    before = None
    total = 0.0
    for i in range(n):
        now = x * i, x + i
        if before is not None:
            total += (now[0] - before[0]) * before[1]
        before = None if i % 3 == 2 else now
    return total


def none_in_an_attribute(x: float, n: int):
    tracker = Tracker()
    for i in range(n):
        tracker.see((x * 3 - i) ** 2, x * i)
    return tracker.best[0] * tracker.best[1] if tracker.best is not None else x


def none_of_a_function(x: float, n: int):
    def find(k):
        return None if k % 2 else (x * k, [x + k, x])

    total = 0.0
    for k in range(n):
        if (found := find(k)) is not None:
            a, b = found
            b[0] *= a
            total += sum(b)
    return total


def none_matched(x: float, n: int):
    pair = None
    if n > 3:
        pair = x, x * x
    match pair:
        case None:
            return 2 * x
        case (a, b):
            return a * b


def none_written_through(x: np.ndarray, n: int):
    best = None
    for i in range(n):
        if best is None:
            best = x[0], [x[1], 1.0]
        best[1][0] *= x[i]
    print(best)
    return best[0] * sum(best[1]) if best is not None else x[0]


V = np.array([0.7, 1.4, 0.9])
PROGRAMS = [
    (none_or_named_tuple, (V,)),
    (none_or_tuple, (0.6, 4)),
    (none_or_object, (0.6, 3)),
    (none_before_the_first, (0.6, 5)),
    (none_in_an_attribute, (0.6, 4)),
    (none_of_a_function, (0.6, 4)),
    (none_matched, (0.6, 4)),
    (none_written_through, (V, 3)),
]
# where nothing is found
OTHER_PATHS = [
    (none_or_named_tuple, (V[:0],)),
    (none_or_tuple, (0.6, 0)),
    (none_or_object, (0.6, 0)),
    (none_in_an_attribute, (0.6, 0)),
    (none_of_a_function, (0.6, 0)),
    (none_matched, (0.6, 2)),
    (none_written_through, (V, 0)),
]
