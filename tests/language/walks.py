"""What is walked through: dicts whose keys only the run knows, their views, iterators with a name."""

import math

import numpy as np

KEYS = [3, 1, 3, 2]


def dict_of_unknown_keys(x: np.ndarray, keys: list):
    found = {}
    for key, v in zip(keys, x):
        if key in found:
            found[key] *= v
        else:
            found[key] = v
    total = 0.0
    for key, v in found.items():
        total += v * v * key
    return total


def views_of_unknown_keys(x: np.ndarray, keys: list):
    found = {}
    for key, v in zip(keys, x):
        found[key] = found.get(key, 0.0) + v * v
    values = found.values()
    scale = sum(values) * max(values)
    return scale + sum(key * v for key, v in found.items()) + sum(math.exp(-key) for key in found)


def dict_walked_in_order(x: np.ndarray, keys: list):
    found = {}
    for key, v in zip(keys, x):
        found[key] = found.get(key, 1.0) * v
    total = 0.0
    for key in sorted(found):
        total = 0.5 * total + found[key] * key
    best = max(found, key=lambda key: found[key])
    return total + found[best] * 2


def dict_argument(weights: dict[str, float], x: float):
    total = 0.0
    for name, w in weights.items():
        if name.startswith("w"):
            total += w * x * len(name)
    return total * x


def iterator_with_a_name(x: np.ndarray):
    pairs = zip(x, x[1:])
    slope = 0.5
    total = sum(a * b for a, b in pairs) * slope
    angles = map(math.sin, x)
    for k, a in enumerate(angles):
        total += a * k
    return total


PROGRAMS = [
    (dict_of_unknown_keys, (np.array([0.7, 1.3, 2.1, 0.4]), KEYS)),
    (views_of_unknown_keys, (np.array([0.7, 1.3, 2.1, 0.4]), KEYS)),
    (dict_walked_in_order, (np.array([0.7, 1.3, 2.1, 0.4]), KEYS)),
    (dict_argument, ({"w1": 0.7, "b": 1.1, "w": 0.3}, 0.7)),
    (iterator_with_a_name, (np.array([0.7, 1.3, 2.1]),)),
]
