"""What is walked through: dicts whose keys only the run knows, their views, iterators with a name."""

import math
from collections import defaultdict
from itertools import combinations, count, cycle, dropwhile, islice, permutations, repeat, takewhile, zip_longest

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


def pairs_in_order(x: np.ndarray):
    pairs = [(v * v, k) for k, v in enumerate(x)]
    pairs.sort()
    low, at = min((abs(v - 1.2), k) for k, v in enumerate(x))
    order = sorted(range(len(x)), key=lambda k: (-round(x[k]), x[k]))
    return sum(v * (k + 1) for k, (v, _) in enumerate(pairs)) + low * x[at] + max(pairs)[0] * x[order[0]]


def triples_in_order(x: np.ndarray):
    triples = sorted(((round(v), v * v, k) for k, v in enumerate(x)), reverse=True)
    ups = sorted((k % 2, v, k) for k, v in enumerate(x))
    total = sum(k * v for k, (_, v, _) in enumerate(triples))
    return total + ups[0][1] * ups[-1][1] * x[sorted(range(3), key=x.__getitem__)[0]]


def walked_by_its_keys(x: float, weights):
    total = 0.0
    for number, name in enumerate(sorted(weights)):
        if name.startswith("w"):
            total += number * weights[name] * x
    smallest = min(weights, key=weights.get)
    named = sorted(weights.items(), reverse=True)
    return total * weights[smallest] * x + sum(k * v * x for k, (_, v) in enumerate(named))


def extrema_of_nothing(x: np.ndarray):
    large = [v for v in x if v > 100]
    return max(large, default=x[0] ** 2) + min(x, default=0.0)


def lists_summed(x: np.ndarray):
    flat = sum([[v, v * v] for v in x], [])
    flat.remove(flat[2])
    places = [1, 2, 0]
    places.remove(2)
    return sum(v * k for k, v in enumerate(flat)) + x[places[1]]


def parts_of_iterators(x: np.ndarray):
    total = sum(islice(x, 2)) + sum(v * v for v in islice(x, 1, 3))
    total += sum(a * b * c for a, b, c in zip_longest(x, x[1:], x[2:], fillvalue=1.0))
    total += sum(a * b**2 for a, b in permutations(x, 2)) + sum(a * b * c for a, b, c in combinations(x, 3))
    return total * (sum(takewhile(lambda v: v < 2, x)) + sum(dropwhile(lambda v: v < 1, x)))


def beside_what_never_ends(x: np.ndarray):
    total = 0.0
    for k, v in zip(count(1), x):
        total += k * v * v
    for w, v in zip(cycle([1.0, 2.0]), x):
        total += w * v
    return total + sum(a * b for a, b in zip(x, repeat(x[0])))


def sums_by_key(x: np.ndarray, keys: list):
    counts = defaultdict(int)
    sums = defaultdict(float)
    for key, v in zip(keys, x):
        counts[key] += 1
        sums[key] += v**2
    return sum(sums[key] / counts[key] for key in sums) * (x[0] + sums["none"] + len(sums))


def lists_by_key(x: np.ndarray, keys: list):
    found = defaultdict(list)
    for i, key in enumerate(keys):
        found[key].append((i, x[i]))
    total = 0.0
    for key in found:
        for i, w in found[key]:
            total += w * x[i] * (key + 1)
    return total


def words_of_a_text(x: np.ndarray, text):
    total = 0.0
    for word in text.split(","):
        word = word.strip().lower()
        if word.startswith("a"):
            total += x[0]
        elif word == "mul":
            total *= x[1]
        else:
            total = total - float(word) * x[2]
    return total


def rows_changed_while_walked(x: float, n: int):
    rows = [[x * k, x + k] for k in range(n)]
    for row in rows:
        row.append(row[0] * row[1])
        row.sort()
        row.pop(0)
    halves = [[x], [2 * x]]
    for v in halves[0]:
        halves[1].append(v * x)
    return sum(row[0] * row[1] for row in rows) + sum(halves[1])


def lists_in_a_dict_changed(lists: dict[str, list[float]], x: float):
    for key, values in lists.items():
        values.append(x * values[0] * len(key))
    return sum(sum(values) for values in lists.values()) * x


class Record:
    def __init__(self, start: float):
        self.value, self.log = start, [start]

    def step(self, by: float) -> None:
        self.value = self.value * by
        self.log.append(self.value)


def lists_in_objects_changed(x: float, n: int):
    records = [Record(x * (k + 1)) for k in range(n)]
    for record in records:
        record.step(x)
    return records[0].log[-1] * records[1].value


def extended_by_itself(x: np.ndarray):
    values = list(x)
    values.extend(values)
    values += values
    values *= 2
    return sum(v * v * k for k, v in enumerate(values))


def sets_of_places(x: np.ndarray, places: list[int]):
    chosen = set(places)
    total = sum(x[i] ** 2 for i in chosen)
    for i in {0, 2}:
        if i in chosen:
            continue
        total += x[i] ** 3
    return total


PROGRAMS = [
    (sets_of_places, (np.array([0.3, 0.7, 1.2]), [1, 0, 1])),
    (rows_changed_while_walked, (0.7, 3)),
    (lists_in_a_dict_changed, ({"a": [0.3], "bc": [0.5, 0.2]}, 0.7)),
    (lists_in_objects_changed, (0.7, 3)),
    (extended_by_itself, (np.array([0.3, 0.7]),)),
    (triples_in_order, (np.array([0.3, 1.2, 0.9]),)),
    (walked_by_its_keys, (0.7, {"w2": 0.5, "bias": 2.0, "w1": 1.5})),
    (pairs_in_order, (np.array([0.7, 1.3, 2.1]),)),
    (extrema_of_nothing, (np.array([0.7, 1.3, 2.1]),)),
    (lists_summed, (np.array([0.7, 1.3, 2.1]),)),
    (parts_of_iterators, (np.array([0.7, 1.3, 2.1]),)),
    (beside_what_never_ends, (np.array([0.7, 1.3, 2.1]),)),
    (sums_by_key, (np.array([0.7, 1.3, 2.1, 0.4]), KEYS)),
    (lists_by_key, (np.array([0.7, 1.3, 2.1, 0.4]), KEYS)),
    (words_of_a_text, (np.array([0.7, 1.3, 2.1]), "add, MUL,2.5")),
    (dict_of_unknown_keys, (np.array([0.7, 1.3, 2.1, 0.4]), KEYS)),
    (views_of_unknown_keys, (np.array([0.7, 1.3, 2.1, 0.4]), KEYS)),
    (dict_walked_in_order, (np.array([0.7, 1.3, 2.1, 0.4]), KEYS)),
    (dict_argument, ({"w1": 0.7, "b": 1.1, "w": 0.3}, 0.7)),
    (iterator_with_a_name, (np.array([0.7, 1.3, 2.1]),)),
]
