"""What functions of the library mean that take functions or give iterators: plain Python, inlined at their calls.

They give lists where Python's give iterators; the difference is only seen by who stops half-way.
"""

# ruff: noqa: C416
# mypy: disable-error-code="no-untyped-def"

import cmath
import math

import numpy as np


def map_(function, xs):
    return [function(x) for x in xs]


def map_2(function, xs, ys):
    return [function(x, y) for x, y in zip(xs, ys)]


def map_3(function, xs, ys, zs):
    return [function(x, y, z) for x, y, z in zip(xs, ys, zs)]


def starmap(function, rows):
    return [function(*row) for row in rows]


def filter_(function, xs):
    return [x for x in xs if function(x)]


def listed(xs):
    return [x for x in xs]


def keys_of(entries):
    return [key for key, _ in entries.items()]


def values_of(entries):
    return [value for value in entries.values()]


def items_of(entries):
    return [(key, value) for key, value in entries.items()]


def reduce(function, xs):
    total = xs[0]
    for x in xs[1:]:
        total = function(total, x)
    return total


def reduce_from(function, xs, total):
    for x in xs:
        total = function(total, x)
    return total


def accumulate(xs):
    total = xs[0]
    totals = [total]
    for x in xs[1:]:
        total = total + x
        totals.append(total)
    return totals


def accumulate_by(xs, function):
    total = xs[0]
    totals = [total]
    for x in xs[1:]:
        total = function(total, x)
        totals.append(total)
    return totals


def accumulate_from(xs, function, total):
    totals = [total]
    for x in xs:
        total = function(total, x)
        totals.append(total)
    return totals


def pairwise(xs):
    return [(xs[i], xs[i + 1]) for i in range(len(xs) - 1)]


def combinations_of_2(xs):
    return [(xs[i], xs[j]) for i in range(len(xs)) for j in range(i + 1, len(xs))]


def product(xs):
    return [(x,) for x in xs]


def product_2(xs, ys):
    return [(x, y) for x in xs for y in ys]


def product_3(xs, ys, zs):
    return [(x, y, z) for x in xs for y in ys for z in zs]


def chain(xs):
    return [x for x in xs]


def chain_2(xs, ys):
    found = [x for x in xs]
    for y in ys:
        found.append(y)
    return found


def chain_3(xs, ys, zs):
    found = [x for x in xs]
    for y in ys:
        found.append(y)
    for z in zs:
        found.append(z)
    return found


def extend(found, xs):
    for x in xs:
        found.append(x)


def times(xs, number):
    return [x for _ in range(number) for x in xs]


def without(xs, at):
    gone = at if at >= 0 else at + len(xs)
    return xs[:gone] + xs[gone + 1 :]


def without_first(xs):
    return xs[1:]


def inserted(xs, at, x):
    return xs[:at] + [x] + xs[at:]


def inserted_first(xs, x):
    return [x] + xs


def spliced(xs, low, high, ys):
    start = low if low >= 0 else max(low + len(xs), 0)
    stop = high if high >= 0 else high + len(xs)
    found = [x for x in xs[:start]]
    for y in ys:
        found.append(y)
    for x in xs[max(start, stop) :]:
        found.append(x)
    return found


def spliced_end(xs, low, ys):
    found = [x for x in xs[:low]]
    for y in ys:
        found.append(y)
    return found


def backwards(xs):
    return [xs[len(xs) - 1 - i] for i in range(len(xs))]


def flattened(rows):
    return [x for row in rows for x in row]


def repeated(x, times):
    return [x for _ in range(times)]


def zip_(xs):
    return [(x,) for x in xs]


def zip_2(xs, ys):
    return [(x, y) for x, y in zip(xs, ys)]


def zip_3(xs, ys, zs):
    return [(x, y, z) for x, y, z in zip(xs, ys, zs)]


def column(rows, j):
    return [row[j] for row in rows]


def transposed(rows):
    return [[row[j] for row in rows] for j in range(len(rows[0]))]


def enumerate_(xs, start=0):
    return [(i, x) for i, x in enumerate(xs, start)]


def reversed_(xs):
    return [x for x in reversed(xs)]


def united(left, right):
    found = left.copy()
    for key, y in right.items():
        found[key] = y
    return found


def updated(found, entries):
    for key, y in entries.items():
        found[key] = y


def dict_(pairs):
    return {key: value for key, value in pairs}


def sorted_(xs):
    order = np.argsort(np.array(xs), axis=None, kind="stable")
    return [xs[i] for i in order]


def sorted_down(xs):
    order = np.argsort(-np.array(xs), axis=None, kind="stable")
    return [xs[i] for i in order]


def sorted_by(xs, keys):
    order = np.argsort(np.array(keys), axis=None, kind="stable")
    return [xs[i] for i in order]


def sorted_down_by(xs, keys):
    order = np.argsort(-np.array(keys), axis=None, kind="stable")
    return [xs[i] for i in order]


def max_of_tuples(xs):
    best = xs[0]
    for x in xs[1:]:
        if x > best:
            best = x
    return best


def min_of_tuples(xs):
    best = xs[0]
    for x in xs[1:]:
        if x < best:
            best = x
    return best


def sorted_by_pairs(xs, ys):
    order = np.lexsort(([y[1] for y in ys], [y[0] for y in ys]))
    return [xs[i] for i in order]


def sorted_by_triples(xs, ys):
    order = np.lexsort(([y[2] for y in ys], [y[1] for y in ys], [y[0] for y in ys]))
    return [xs[i] for i in order]


def sorted_down_by_pairs(xs, ys):
    order = np.lexsort(([y[1] for y in ys[::-1]], [y[0] for y in ys[::-1]]))
    return [xs[len(xs) - 1 - i] for i in order[::-1]]


def sorted_down_by_triples(xs, ys):
    order = np.lexsort(([y[2] for y in ys[::-1]], [y[1] for y in ys[::-1]], [y[0] for y in ys[::-1]]))
    return [xs[len(xs) - 1 - i] for i in order[::-1]]


def sorted_down_by_texts(xs, ys):
    order = np.argsort(ys[::-1], axis=None, kind="stable")
    return [xs[len(xs) - 1 - i] for i in order[::-1]]


def joined_from(rows, start):
    found = [x for x in start]
    for row in rows:
        for x in row:
            found.append(x)
    return found


def islice_2(xs, stop):
    return [x for x in xs[:stop]]


def islice_3(xs, start, stop):
    return [x for x in xs[start:stop]]


def zip_longest_2(xs, ys, fill):
    n = max(len(xs), len(ys))
    return [(xs[i] if i < len(xs) else fill, ys[i] if i < len(ys) else fill) for i in range(n)]


def zip_longest_3(xs, ys, zs, fill):
    n = max(len(xs), len(ys), len(zs))
    return [
        (xs[i] if i < len(xs) else fill, ys[i] if i < len(ys) else fill, zs[i] if i < len(zs) else fill)
        for i in range(n)
    ]


def taken_while(test, xs):
    found = []
    for x in xs:
        if not test(x):
            break
        found.append(x)
    return found


def dropped_while(test, xs):
    found = []
    dropping = True
    for x in xs:
        dropping = dropping and test(x)
        if not dropping:
            found.append(x)
    return found


def permutations_of_2(xs):
    return [(xs[i], xs[j]) for i in range(len(xs)) for j in range(len(xs)) if i != j]


def combinations_of_3(xs):
    n = len(xs)
    return [(xs[i], xs[j], xs[k]) for i in range(n) for j in range(i + 1, n) for k in range(j + 1, n)]


def max_by(xs, key):
    best = xs[0]
    score = key(best)
    for x in xs[1:]:
        other = key(x)
        if other > score:
            best, score = x, other
    return best


def min_by(xs, key):
    best = xs[0]
    score = key(best)
    for x in xs[1:]:
        other = key(x)
        if other < score:
            best, score = x, other
    return best


def polar(z):
    return abs(z), cmath.phase(z)


def rect(r, phi):
    return complex(r * math.cos(phi), r * math.sin(phi))
