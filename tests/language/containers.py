"""Containers: lists, dicts, comprehensions, and what the library makes of them."""

import itertools
from collections import Counter, deque
from itertools import accumulate, chain, pairwise, product
from typing import Annotated

import numpy as np


def list_methods(x: float):
    values = [x, 2 * x]
    values.extend([x * x, 1.0])
    values.insert(1, 5 * x)
    values.reverse()
    last = values.pop(0)
    copied = values.copy()
    copied.append(x)
    return values[0] * values[1] * last + sum(copied) * len(values)


def slice_assignment(x: float):
    values = [x, 2 * x, 3 * x, 4 * x]
    values[1:3] = [x * x, x**3, 1.0]
    return values[1] * values[2] * values[4] * len(values)


def slice_of_any_length(x: np.ndarray, i: int):
    values = [v * v for v in x]
    values[1:3] = [x[0], x[1] * x[2], 1.0]
    values[i:i] = values[-2:]
    values[-1:] = (x[2], 2.0)
    values[:1] = x
    values[2:-4] = []
    return sum(k * v**2 for k, v in enumerate(values)) * len(values)


def slice_of_arrays(x: np.ndarray, n: int):
    rows = [k * x for k in range(n)]
    rows[1:n] = [x * x, np.sin(x)]
    rows[0][1] = rows[-1][0] * 3.0
    return (rows[0] * rows[1] * rows[2]).sum()


def list_concatenation(x: float):
    values = [x] * 3 + [x * x]
    values += [2.0 * x]
    return values[0] * values[3] * values[4]


def nested_lists(x: float):
    rows = [[x, 1.0], [2.0, x * x]]
    rows[0][1] = 3 * x
    total = 0.0
    for row in rows:
        for value in row:
            total += value * x
    return total


def dict_methods(x: float):
    table = {"a": x}
    table.update({"b": x * x})
    table.setdefault("c", 3 * x)
    taken = table.pop("a")
    more = {**table, "d": 2.0 * x}
    total = 0.0
    for _, value in more.items():
        total += value * x
    return total * taken * more.get("z", 2.0)


def dict_from_pairs(x: float):
    table = dict(zip(("a", "b"), (x, x * x)))
    return table["a"] * table["b"] + dict(k=x)["k"]


def star_unpacking(x: float):
    first, *middle, last = [x, 2 * x, 3 * x, 4.0]
    joined = [first, *middle, last]
    return first * middle[1] * last + joined[2]


def star_unpacking_of_any_length(x: np.ndarray, rows: np.ndarray):
    head, *rest = x
    rest[0] *= head
    values = list(x) + rest
    product = 1.0
    while values:
        *values, last = values
        product *= 1.0 + last * len(values)
    first, *others = rows
    for row in others:
        product += np.dot(first, row)
    return product * sum(rest) + x[1]


def list_grown_after_it_was_read(xs, k):
    values = [2 * x for x in xs]
    value = values[k]
    values.append(value * value)
    return sum(values) * value * values[k]


def comprehension_conditions(x: float):
    values = [i * j * x for i in range(3) for j in range(i + 1) if (i + j) % 2 == 0]
    return sum(values) * x


def dict_comprehension(x: float):
    table = {k: x**k for k in (1, 2, 3) if k != 2}
    return table[1] * table[3]


def generator_expressions(x: float):
    total = sum(x * k for k in range(4)) + max(x * k for k in range(3))
    return total + min(x, x * x) if any(k * x > 1 for k in range(3)) or all(k >= 0 for k in range(2)) else total


def map_filter(x: np.ndarray):
    values = list(map(lambda v: v * v, x))
    large = [v for v in filter(lambda v: v > 0.2, values)]
    return sum(large)


def sorted_values(x: np.ndarray):
    up = sorted([x[0] * 2, x[1], x[2]])
    down = sorted([x[0] * 2, x[1], x[2]], key=lambda v: v * v, reverse=True)
    return up[0] * 3 + up[1] * up[2] + down[0] * 5


def extrema_by_key(x: np.ndarray):
    values = [x[0], x[1], x[2]]
    return max(values, key=lambda v: -v) * 2 + min(values, key=lambda v: -v) ** 2


def itertools_functions(x: float):
    pairs = [a * b for a, b in product([x, 2.0], [1.0, x])]
    sums = list(accumulate([x, x * x, 1.0]))
    steps = [b - a for a, b in pairwise(sums)]
    return sum(pairs) + sums[2] * steps[0] + sum(chain([x], [x * x]))


def itertools_combinations(x: np.ndarray):
    total = 0.0
    for a, b in itertools.combinations(list(x), 2):
        total += a * b
    return total


def zip_enumerate_reversed(x: np.ndarray):
    total = 0.0
    for i, (a, b) in enumerate(zip(x, reversed(x))):
        total += i * a * b
    return total + list(reversed(list(x)))[0]


def tuples(x: float):
    pair = (x, x * x)
    a, b = pair + (2.0,), pair[::-1]
    return a[0] * a[2] * b[0]


def membership(x: float):
    table = {"a": x}
    return table["a"] * x if "a" in table and 3 in [1, 2, 3] else x


def dicts_joined(x: float, more: dict[str, float]):
    p = {"a": x}
    p |= {"b": x * x}
    q = p | {"c": 3 * x}
    r = more | p
    return q["b"] * q["c"] * r["a"] + len(r)


def moving_means(xs: np.ndarray, n: int):
    window: deque = deque(maxlen=n)
    total = 0.0
    for x in xs:
        window.append(x)
        total += (sum(window) / len(window)) ** 2 * max(window)
    return total + np.dot(np.array(window), np.arange(len(window)))


def queue_of_pairs(x: float, n: int):
    queue = deque([(x, 0)])
    total = 0.0
    while queue and total < 50.0:
        value, depth = queue.popleft()
        total += value * value
        if depth < n:
            queue.append((0.5 * value, depth + 1))
            queue.append((value + x, depth + 1))
    return total


def ends_of_a_deque(xs: Annotated[np.ndarray, "n"]):
    d = deque(xs)
    d.appendleft(xs[0] * xs[1])
    d.rotate(2)
    last = d.pop()
    d.extend([last * last, 2.0])
    d.extendleft([xs[1], d[0]])
    d[1] *= d[-2]
    e = d.copy()
    d.reverse()
    e[0] = e[0] * d[0]
    return sum(v * w for v, w in zip(d, e)) + len(d) * e[0]


class Memory:
    def __init__(self, size):
        self.steps = deque(maxlen=size)

    def remember(self, step):
        self.steps.append(step)

    def slope(self):
        return sum(s * t for s, t in self.steps) / len(self.steps)


def memory_of_an_object(x: float, n: int):
    memory = Memory(2)
    for i in range(n):
        memory.remember((x, x * i))
        x = x - 0.1 * memory.slope()
    return x


def counted_words(x: float, text: str):
    counts, sums = Counter(text.split()), Counter()
    product = 1.0
    for word, number in counts.items():
        product *= (x + len(word)) ** number
        sums[word[:1]] += x * product
    common = sum(x**number for _, number in counts.most_common(2))
    return product * sums["a"] + sums["missing"] + common + len(sums)


PROGRAMS = [
    (moving_means, (np.array([0.3, 1.2, 0.7, 0.9]), 2)),
    (queue_of_pairs, (0.7, 2)),
    (ends_of_a_deque, (np.array([0.3, 1.2, 0.7]),)),
    (memory_of_an_object, (0.7, 4)),
    (counted_words, (0.7, "a bb a c bb a")),
    (dicts_joined, (0.7, {"z": 2.0})),
    (list_methods, (0.7,)),
    (slice_assignment, (0.7,)),
    (slice_of_any_length, (np.array([0.3, 0.7, 1.1]), 1)),
    (slice_of_any_length, (np.array([0.3, 0.7, 1.1]), -2)),
    (slice_of_any_length, (np.array([0.3, 0.7, 1.1]), 9)),
    (slice_of_arrays, (np.array([0.3, 0.7, 1.1]), 4)),
    (list_concatenation, (0.7,)),
    (nested_lists, (0.7,)),
    (dict_methods, (0.7,)),
    (dict_from_pairs, (0.7,)),
    (list_grown_after_it_was_read, (np.array([0.7, 1.2]), -1)),
    (star_unpacking, (0.7,)),
    (star_unpacking_of_any_length, (np.array([0.7, 1.2, 0.4]), np.array([[0.7, 1.2], [0.4, 0.3], [0.9, 0.1]]))),
    (comprehension_conditions, (0.7,)),
    (dict_comprehension, (0.7,)),
    (generator_expressions, (0.7,)),
    (map_filter, (np.array([0.3, 0.7, 1.1]),)),
    (sorted_values, (np.array([0.9, 0.7, 1.1]),)),
    (extrema_by_key, (np.array([0.9, 0.7, 1.1]),)),
    (itertools_functions, (0.7,)),
    (itertools_combinations, (np.array([0.9, 0.7, 1.1]),)),
    (zip_enumerate_reversed, (np.array([0.9, 0.7, 1.1]),)),
    (tuples, (0.7,)),
    (membership, (0.7,)),
]
