# ruff: noqa: F601
"""Programs as people write them who never saw this project: each once broke the compiler, and stands for a class."""

import math

import numpy as np


def key_made_of_text(x):
    name = "val_" + str(3)
    d = {name: x * 2}
    return d["val_3"]


def key_of_an_argument(x: float, key: str):
    d = {key: x * 2, "b": x}
    return d["b"] * d["c"] if "c" in d else d["b"]


def key_twice(x: float):
    d = {"a": x, "b": 1.0, "a": x * x}
    return sum(d.values())


def equal_keys(x: float):
    d = {1: x * x, True: x, 1.0: x**3}
    return d[1]


def number_or_array(x):
    if isinstance(x, (int, float)):
        return x * 2.0
    return np.sum(x * 3.0)


def number_on_one_path(x: np.ndarray, c: float, doubled: bool):
    y = x + c
    if doubled:
        return y * 2.0
    return np.sum(y * 3.0)


def sorted_middle(xs):
    s = sorted(xs)
    n = len(s)
    middle = n // 2
    return s[middle] if n % 2 else 0.5 * (s[middle - 1] + s[middle])


def bond_price(rate: float, coupons=(5, 5, 105)):
    return sum(c / (1 + rate) ** (t + 1) for t, c in enumerate(coupons))


def bond_price_of_a_list(rate: float, coupons=[5, 5, 105]):
    return sum(c / (1 + rate) ** (t + 1) for t, c in enumerate(coupons))


def nearest(x, points):
    best = np.inf
    for p in points:
        d = (x - p) ** 2
        if d < best:
            best = d
    return best


def infinite_where_negative(x):
    if x < 0:
        return np.inf
    return np.sqrt(x)


def nested_tries(x: float, y: float):
    try:
        a = math.log(x)
        try:
            b = math.sqrt(y) / x
        except (ValueError, ZeroDivisionError):
            b = y * y
        c = a * b
        if c > 10.0:
            c = math.log(c - 20.0)
    except (ValueError, ZeroDivisionError):
        c = x * y
    return c * x


STEP = 0.5
GRID = np.linspace(0.0, STEP, 5)
WEIGHTS = [1.0, 2.0]
TABLE = {"gain": 3.0}


def constants_of_the_file(x: float):
    return np.sum(x**2 * GRID) + WEIGHTS[1] * x**3 + TABLE["gain"] * x


def function_by_its_name(x: float, kind: str):
    table = {"exp": math.exp, "sin": math.sin, "square": lambda t: t * t}
    return table[kind](x)


def relu(z):
    return np.maximum(z, 0)


ACTIVATIONS = {"relu": relu, "tanh": np.tanh, "id": lambda z: z}


def activated(w, x, kind):
    relu = 1.0
    return np.sum(ACTIVATIONS[kind](x @ w)) * relu


def function_by_its_number(x: float, n: int):
    table = [math.sin, math.cos, math.exp]
    y = 0.0
    for i in range(n):
        y = y + table[i](x)
    return y * table[-1](x) * table[n - 4](x)


def columns(rows):
    found = list(zip(*rows))
    return sum(c[0] * c[1] for c in found)


def slope(points):
    xs, ys = zip(*points)
    n = len(xs)
    mx, my = sum(xs) / n, sum(ys) / n
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / sum((x - mx) ** 2 for x in xs)


def products(rows):
    total = 0.0
    for a, b in zip(*rows):
        total += a * b
    return total


def span(xs):
    return max(xs) - min(xs)


def log_sum_exp(xs):
    m = max(xs)
    return m + math.log(sum(math.exp(x - m) for x in xs))


VECTOR = np.array([0.4, -1.3, 2.2])

PROGRAMS = [
    (key_made_of_text, (1.5,), "x"),
    (key_of_an_argument, (1.5, "b"), "x"),
    (key_of_an_argument, (1.5, "c"), "x"),
    (key_of_an_argument, (1.5, "d"), "x"),
    (key_twice, (1.5,), "x"),
    (equal_keys, (1.5,), "x"),
    (number_or_array, (1.5,), "x"),
    (number_or_array, (VECTOR,), "x"),
    (number_on_one_path, (VECTOR, 0.5, False), ("x", "c")),
    (sorted_middle, ([3.0, 1.0, 2.0],), "xs"),
    (sorted_middle, ([3.0, 1.0, 2.0, 5.0],), "xs"),
    (sorted_middle, (VECTOR,), "xs"),
    (bond_price, (0.04, (5, 5, 105)), "rate"),
    (bond_price_of_a_list, (0.04, [5, 5, 105]), "rate"),
    (nearest, (0.7, VECTOR), ("x", "points")),
    (infinite_where_negative, (2.5,), "x"),
    (nested_tries, (2.0, 3.0), ("x", "y")),
    (nested_tries, (2.0, -3.0), ("x", "y")),
    (nested_tries, (-2.0, -3.0), ("x", "y")),
    (nested_tries, (30.0, 90.0), ("x", "y")),
    (nested_tries, (3.0, -20.0), ("x", "y")),
    (nested_tries, (3.0, -4.0), ("x", "y")),
    (function_by_its_name, (0.5, "sin"), "x"),
    (function_by_its_name, (0.5, "square"), "x"),
    (activated, (np.array([[0.5, -1.0], [0.3, 0.2]]), np.array([0.3, 0.4]), "relu"), ("w", "x")),
    (activated, (np.array([[0.5, -1.0], [0.3, 0.2]]), np.array([0.3, 0.4]), "tanh"), ("w", "x")),
    (function_by_its_number, (0.4, 3), "x"),
    (columns, ([[1.0, 2.0, 3.0], [2.0, 4.0, 7.0]],), "rows"),
    (slope, ([(1.0, 2.0), (2.0, 3.5), (3.0, 3.0)],), "points"),
    (products, (np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 7.0]]),), "rows"),
    (span, ([3.0, 1.0, 2.0],), "xs"),
    (span, (VECTOR,), "xs"),
    (log_sum_exp, ([3.0, 1.0, 2.0],), "xs"),
    (constants_of_the_file, (1.5,), "x"),
]
