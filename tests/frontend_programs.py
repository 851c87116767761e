"""Programs of every construct, each with arguments; what lowering makes of them must compute the same."""

import functools
import math
from math import exp

import numpy as np
from numpy import sin as sine

SCALE = 3.0
TABLE = np.array([1.0, 2.0, 4.0])
square = np.square
PROGRAMS = []
X = np.array([0.5, -1.2, 2.0, 0.7])
M = np.arange(12.0).reshape(3, 4) / 7


def program(*args):
    def register(function):
        PROGRAMS.append((function, args))
        return function

    return register


@program(1.3)
def overwritten(x):
    a = np.sin(x)
    b = a * a
    a = 3 * a
    return b + a


@program(1.3)
def own_condition(x):
    if x > 1:
        x = x * 0.1
        y = x * x
    else:
        y = 3 * x
    return y


@program(0.7)
def swaps(x):
    a, b = x, 2 * x
    a, b = b, a
    a, b = b, a
    a, b = b, a
    return a * 3 + b


@program(0.7, 5)
def swapped_in_loop(x, n):
    a, b = x, 2 * x
    for i in range(n):
        a, b = b, a + b * i
    return a * 3 + b


@program(0.7)
def loop_local(x):
    a = 0.0
    for i in range(3):
        t = x
        a += t
    return a


@program(0.7, 4)
def nested_loops(x, n):
    s = 0.0
    for i in range(n):
        for j in range(i + 1):
            s = s * x + j
    return s


@program(0.7, 5)
def continues(x, n):
    s = 1.0
    for i in range(n):
        if i % 2 == 0:
            continue
        s = s * x + i
    return s


@program(1.7)
@program(0.1)
def breaks(x):
    s = 0.0
    for i in range(10):
        s += x * x
        if s > 5:
            break
        s *= x
    else:
        s = s + 100
    return s


@program(1.3, 3)
@program(0.3, 3)
def early_returns(x, n):
    if x > 1:
        return x * x
    s = x
    for i in range(n):
        for j in range(n):
            s = s + x
            if s > 1.5:
                return s * 2
    return s


@program(0.3)
def counted_while(x):
    t, s, h = x, 0.0, 0.25
    while t < 2:
        s += t * t * h
        t += h
    return s


@program(X)
def counter_as_index(x):
    s, j = 0.0, 1
    while j < 3:
        s += x[j] * x[j - 1]
        j += 1
    return s


@program(0.7)
def target_reassigned(x):
    s = 0.0
    for i in range(3):
        i = i * 2 + 1
        s += x**i
    return s + i


@program(0.5, 3)
@program(2.5, 0)
def first_assigned_inside(x, n):
    if x > 1:
        y = x * 2
    for i in range(n):
        y = x * i
        n = 2
    return y + n


@program(0.0)
@program(2.5)
def boolean_values(x):
    y = x or 2.0
    z = x and y * 3
    w = 1.0 if 0 < y < 3 else 2.0
    if (q := x * 2) > 1 and not x > 100:
        w = w + q
    return y + z + w


@program(X)
def overwritten_element(x):
    y = np.zeros(3)
    y[0] = x[0]
    y[0] = 2 * x[1]
    y[1] = y[0] * 5
    y[1] = y[1] * 5
    return y.sum()


@program(X)
def two_names(x):
    y = 2 * x
    z = y
    z += x * x
    return (y * y).sum()


@program(X)
def view_written(x):
    y = 2 * x
    v = y[1:3]
    v[0] = x[0] ** 2
    return (y * y).sum() + v.sum()


@program(M)
def views_read_later(x):
    y = 2 * x
    t = y.T
    row = y[1]
    y[1, 2] = 7.0
    t[0][1] = 3.0
    row[3] += x[0, 1]
    row *= 2
    return (y * y).sum() + t[2, 1] + row.sum() + y[1][3]


@program(X)
def buffer_changed(x):
    w = np.ones(4)
    y = x * w
    w *= 5
    return y.sum()


@program(X)
def buffer_reused(x):
    buf = np.zeros(4)
    s = 0.0
    for i in range(3):
        buf[:] = i + 1
        s += (x * buf).sum()
    return s


@program(X)
def augmented_items(x):
    y = np.zeros((2, 2))
    y[0, 1] += x[0]
    y[0, 1] *= x[1]
    y[1, 0] -= y[0, 1]
    return y


@program(X)
def out_argument(x):
    y = np.zeros(4)
    z = y
    np.multiply(x, x, out=y)
    np.sin(z, z)
    return z + y


@program(X)
def argument_written(x):
    x[0] = x[0] * x[1]
    x += 1
    return x.sum()


@program(X)
def same_array(x):
    y = x
    z = x
    return y.sum() + (z * z).sum()


@program(X)
def fancy(x):
    y = x[[0, 0, 1]]
    z = np.zeros(3)
    z[[0, 0, 1]] += y
    np.add.at(z, [0, 0, 2], y)
    return (y * y).sum() + z.sum() + (x[::2] * x[::-2]).sum() + x[1:][0] * x[1:][1]


@program(0.5)
def containers(x):
    items = [x * i for i in range(4)]
    items.append(x)
    items.extend([1.0, x])
    last = items.pop()
    d = {"a": x, "b": 2 * x}
    d["c"] = d["a"] * d["b"] + last
    d["a"] += 1
    total = 0.0
    for k, v in d.items():
        total += v * len(k)
    for v in d.values():
        total += v
    for k in d:
        total += d[k]
    if "a" in d and "z" not in d:
        total = total + d.get("z", x) + d.get("a")
    return sum(items) + total + sum(v * v for v in items if v > 0.1)


@program(X)
def softmax(x):
    e = np.exp(x - np.max(x))
    p = e / e.sum()
    return -np.log(p[1])


@program(X, X * 2)
def iterations(xs, ys):
    s = 0.0
    for x in xs:
        s = s + x * x
    for i, x in enumerate(xs):
        s = s + i * x
    for i, (x, y) in enumerate(zip(xs, ys), 1):
        s = s + i * x * y
    for x in reversed(xs):
        s = s * 0.5 + x
    for i in reversed(range(3)):
        s = s * 0.5 + i
    for a, b in ((1.0, xs[0]), (2.0, xs[1])):
        s = s + a * b
    for k in [1, 2, 3]:
        s = s + k
    for i in range(1, 7, 2):
        s = s * 0.9 + i
    return s


@program(M)
def rows(m):
    s = 0.0
    for row in m:
        s = s + row[0] * row[1]
    return s


def helper(a, b=2.0, *rest, c=0.5):
    total = a * b + c
    for r in rest:
        total = total + r
    return total


@program(0.4)
def helpers(x):
    pair = (x, 2.0)
    return helper(x) + helper(x, 3.0, x, x, c=x) + helper(*pair) + helper(b=x, a=1.0)


def scale_in_place(v, k):
    v *= k
    v[0] = 9.0


@program(X)
def writing_helper(x):
    y = x.copy()
    z = y[1:]
    scale_in_place(z, 3)
    return y.sum()


def even(x, n):
    return x if n == 0 else x * odd(x, n - 1)


def odd(x, n):
    if n == 0:
        return 1.0
    return even(x, n - 1) + x


@program(0.4, 5)
def mutual(x, n):
    return even(x, n)


@program(0.4, 5)
def factorial(x, n):
    if n < 2:
        return x
    return n * x * factorial(x, n - 1)


def minmax(x, n):
    if n == 0:
        return x, x * x
    a, b = minmax(x, n - 1)
    return a + x, b * x


@program(0.4, 3)
def recursive_pairs(x, n):
    a, b = minmax(x, n)
    return a + b


@program(0.4)
def globals_used(x):
    return SCALE * x + TABLE.sum() * TABLE[1] + math.pi * exp(x) + sine(x) + square(x) + np.e


@program(0.4)
def functions_as_values(x):
    import math as m

    def power(y, n=2):
        return y**n * x

    double = lambda y: 2 * y  # noqa: E731
    cubes = functools.partial(power, n=3)
    fs = (np.sin, double, power, cubes)
    total = m.sin(x)
    for f in fs:
        total = total + f(x + 1)
    return total


@program(0.4)
def statements(x):
    assert x < 3, f"too large: {x:.2f}"
    "a string"
    a = b = x * 2
    c: float = a
    [d, e] = (b, c)
    first, *rest = a, b, c, d
    del e
    pass
    if x > 100:
        raise ValueError("too large")
    return first + rest[0] + rest[2] + (not a) + (a is None)


@program(X)
def methods(x):
    y = x.reshape(2, 2)
    return y.T.dot(y).sum() + x.mean() * y.sum(axis=0)[0] + x.size + y.shape[1] + x.max() + len(x)


@program(X, 3)
def buffers_swapped(x, n):
    u = x.copy()
    v = np.zeros_like(u)
    for _ in range(n):
        for i in range(1, 3):
            v[i] = u[i - 1] + u[i + 1] * 0.5
        u, v = v, u
    return u.sum() + 2 * v.sum()


@program(X)
def bubble(x: np.ndarray):
    y = x.copy()
    for i in range(len(y)):
        for j in range(len(y) - 1 - i):
            if y[j] > y[j + 1]:
                y[j], y[j + 1] = y[j + 1], y[j]
    return y[0] + 2 * y[1] + 3 * y[2]


@program(3.7)
def searching(x):
    best = None
    for i in range(5):
        d = (x - i) ** 2
        if best is None or d < best:
            best = d
    while True:
        x = x / 2
        if x < 1:
            return x + best
        if x > 1e9:
            break
    return best


@program(X)
def returned_tuple(x):
    if x[0] > 100:
        return x, x * 2
    y = x * 3
    return y, y + 1


@program(X)
def matrices(x):
    grid = [[0.0 for _ in range(3)] for _ in range(2)]
    for i in range(2):
        for j in range(3):
            grid[i][j] = x[i] * x[j]
    return grid[1][2] + grid[0][1] + sum(sum(r) for r in grid)


@program(X)
def while_walrus(x):
    i, s = 0, 0.0
    while (v := x[i]) > -1 and i < 3:
        s = s + v
        i += 1
    return s + v


@program(2.0)
def flags(x, training=True, rate=None):
    if rate is None:
        rate = 0.5
    if training:
        x = x * rate
    else:
        x = x + rate
    return x


@program(X)
def maybe_break(x):
    s = 0.0
    for i in range(4):
        if x[i] > 0.6:
            if x[i] > 1.5:
                break
            s = s + 1
        s = s + x[i]
    return s
