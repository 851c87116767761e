"""Generators: walked through by a loop, summed, listed, in classes, within one another."""

import math

import numpy as np


def halves(x, n):
    for _ in range(n):
        yield x
        x = x / 2


def newton(x):
    y = x
    while True:
        yield y
        y = 0.5 * (y + x / y)


def pairs(xs):
    for i, a in enumerate(xs):
        for b in xs[i + 1 :]:
            yield a, b


class Path:
    def __init__(self, x, n):
        self.x = x
        self.n = n

    def points(self):
        p = self.x
        for i in range(self.n):
            if i != 1:
                yield p, i
            p = math.sin(p) + self.x

    def __iter__(self):
        for p, _ in self.points():
            yield p * p


def generator_in_a_loop(x: float, n: int):
    total, last = 0.0, 0.0
    for i, h in enumerate(halves(x, n), 1):
        if i == 2:
            continue
        total += h * math.sin(i * h)
        last = h
    else:
        total = 2 * total
    return total + last + i


def generator_without_end(x: float):
    before = x + 10.0
    for y in newton(x):
        if abs(y - before) < 1e-3:
            break
        before = y
    return y * before


def generator_returned_from(x: float):
    for k, y in enumerate(newton(x)):
        if k > 3:
            return y * k
    return 0.0


def generator_summed(xs: np.ndarray):
    return sum(a * b * b for a, b in pairs(xs)) + sum(halves(xs[0], 3)) + max(halves(xs[1], 2))


def generator_listed(x: float):
    first, second, third = halves(x, 3)
    return np.sum(np.array(list(halves(x, 4))) ** 2) + first * second * third


def generator_of_generators(x: float, n: int):
    def inner():
        yield from halves(x, n)
        if n > 2:
            for h in halves(x * x, n):
                yield h * x
            return
        yield x

    total = 1.0
    for v in inner():
        for w in halves(v, 2):
            total *= 1.0 + w
    return total


def generator_taking_turns(x: np.ndarray, n: int):
    kept = np.zeros(2)

    def states(v):
        for i in range(n):
            v = v * 1.5
            v[0] += kept[1] * i
            yield v

    total = 0.0
    for v in states(x.copy()):
        kept += v
        v[1] = v[0] * kept[0]
        total += np.sum(v * kept)
    return total


def generator_methods(x: float, n: int):
    path = Path(x, n)
    total = 0.0
    for p, i in path.points():
        total += p * (i + 1)
    for p in path:
        total += p * x
    return total


V = np.array([0.7, 1.4, 0.9])
PROGRAMS = [
    (generator_in_a_loop, (0.7, 4)),
    (generator_without_end, (2.3,)),
    (generator_returned_from, (2.3,)),
    (generator_summed, (V,)),
    (generator_listed, (0.7,)),
    (generator_of_generators, (0.7, 3)),
    (generator_taking_turns, (V[:2], 3)),
    (generator_methods, (0.7, 4)),
]
