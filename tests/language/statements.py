"""Statements: with, try, match, del, assert, nonlocal, global, imports, formatting."""

import math
import random
import warnings
from dataclasses import dataclass

import numpy as np

RATE = 0.5
COUNTS = {"steps": 3}


@dataclass
class Circle:
    radius: float


@dataclass
class Box:
    width: float
    height: float


class Timer:
    def __init__(self, start):
        self.start = start
        self.closed = 0.0

    def __enter__(self):
        return self.start * 2

    def __exit__(self, kind, value, traceback):
        self.closed = self.start


def with_errstate(x: float):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = x * x
    return y * x


def with_errstate_and_return(x: float):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        if x > 1:
            return x * x
        y = np.sin(x)
    return y * x


def with_own_manager(x: float):
    timer = Timer(x)
    with timer as doubled:
        y = doubled * x
    return y * timer.closed


def try_raise(x: float):
    try:
        if x < 0:
            raise ValueError("negative")
        y = x * x
    except ValueError:
        y = -3 * x
    return y * x


def try_else_finally(x: float):
    y = x
    try:
        if x > 5:
            raise KeyError(x)
    except (KeyError, IndexError):
        y = 2 * x
    else:
        y = y * x
    finally:
        y = y + x
    return y * y


def try_return(x: float):
    try:
        if x > 1:
            return x * x
        y = 3 * x
    finally:
        print("done")
    return y * x


def try_that_cannot_fail(x: np.ndarray):
    try:
        y = np.sin(x)
    except ValueError:
        y = x
    return np.sum(y)


def raise_statement(x: float):
    if x < 0:
        raise ValueError(f"{x} is negative")
    return x * x


def match_literal(x: float, n: int):
    match n:
        case 0:
            return x
        case 1 | 2:
            return x * x
        case _:
            return x**3


def match_guard(x: float):
    match x * 2:
        case y if y > 3:
            return y * x
        case y:
            return -y


def match_class(x: float):
    area = 0.0
    for shape in (Circle(x), Box(x, 2 * x)):
        match shape:
            case Circle(radius=r):
                area += math.pi * r**2
            case Box(w, h) if w > 0:
                area += w * h
    return area


def match_sequence(x: float):
    match (x, 2 * x, 3 * x):
        case (a, b):
            return a * b
        case (a, *rest):
            return a * rest[0] * rest[1]


def match_mapping(x: float):
    match {"kind": "scale", "by": x}:
        case {"kind": "shift", "by": d}:
            return d + x
        case {"kind": "scale", "by": s, **others}:
            return s * x + len(others)


def del_name(x: float):
    y = x * x
    z = y * x
    del y
    return z


def del_item(x: float):
    values = [x, x * x, 3 * x]
    del values[1]
    table = {"a": x, "b": x * x}
    del table["a"]
    return values[0] * values[1] * table["b"] * len(table)


def assert_with_message(x: float):
    assert x > 0, f"x is {x}"
    return math.log(x)


def nonlocal_written(x: float):
    count = 0.0

    def bump(k):
        nonlocal count
        count += k * x
        return count

    for i in range(3):
        bump(i)
    return count * bump(2.0)


def global_read(x: float):
    global RATE
    return RATE * x * COUNTS["steps"]


def local_import(x: float):
    import math as m

    from numpy import sin as s

    return m.exp(x) * s(x)


def annotations_and_pass(x: float) -> float:
    y: float = x * x
    z: float
    pass
    z = y * x
    return z


def formatting(x: float):
    print(f"x = {x:.3f}, twice {2 * x!r}")
    return x * x


def random_draws(x: float):
    np.random.seed(3)
    random.seed(3)
    scale = np.random.normal() + random.gauss(0.0, 1.0)
    for _ in range(3):
        if np.random.rand() < 0.6:
            scale += x * random.uniform(0.5, 1.5)
    return scale * x + np.sum(x * np.random.randn(4))


def random_generator(x: float, mean: np.ndarray):
    rng = np.random.default_rng(3)
    old = np.random.RandomState(3)
    own = random.Random(3)
    z = mean + x * rng.standard_normal(mean.shape)
    chosen = z[rng.permutation(len(z))[0]] * rng.choice([1.0, 2.0])
    for i in rng.integers(0, len(z), size=3):
        chosen += z[i] * old.normal(0.0, 2.0) * own.random()
    return chosen + np.mean(np.exp(0.1 * x * rng.uniform(-1, 1, (3, 2))))


def walrus(x: float):
    if (y := x * x) > 0.1:
        return y * x
    return y


def while_else(x: float):
    t = x
    while t < 2:
        t = t * 1.5
    else:
        t = t * x
    return t


def match_type(x: float, kind: str, n):
    match kind:
        case "a":
            return x
        case str() as other:
            x = x ** len(other)
    match n:
        case int(k) if k > 1:
            return x * k
        case float():
            return x * x
    return 3 * x


PROGRAMS = [
    (match_type, (0.7, "bc", 2)),
    (with_errstate, (0.7,)),
    (with_errstate_and_return, (0.7,)),
    (with_own_manager, (0.7,)),
    (try_raise, (0.7,)),
    (try_else_finally, (0.7,)),
    (try_return, (0.7,)),
    (try_that_cannot_fail, (np.array([0.3, 0.7]),)),
    (raise_statement, (0.7,)),
    (match_literal, (0.7, 2)),
    (match_guard, (0.7,)),
    (match_class, (0.7,)),
    (match_sequence, (0.7,)),
    (match_mapping, (0.7,)),
    (del_name, (0.7,)),
    (del_item, (0.7,)),
    (assert_with_message, (0.7,)),
    (nonlocal_written, (0.7,)),
    (global_read, (0.7,)),
    (local_import, (0.7,)),
    (annotations_and_pass, (0.7,)),
    (formatting, (0.7,)),
    (random_draws, (0.7,)),
    (random_generator, (0.7, np.array([0.3, -0.2, 0.5]))),
    (walrus, (0.7,)),
    (while_else, (0.7,)),
]
