"""The small fixed set of programs that must notice every mutant; those of the hazards are added to it."""

import numpy as np

V = np.array([0.5, -1.2, 2.0])
M = np.array([[0.3, -0.7, 1.1], [0.9, 0.4, -0.2]])
PROGRAMS = []


def program(*args):
    def register(function):
        PROGRAMS.append((function, args))
        return function

    return register


@program(0.7)
def many_uses(x: float):
    y = x * x
    return y * np.sin(y) + y - x / (2 - y)


@program(V)
def broadcasts(x: np.ndarray):
    m = np.ones((2, 3)) * x
    return np.sum(m * M) + np.sum(x[0] * M * x[1] ** 2)


@program(V)
def broadcast_scalar(x: np.ndarray):
    return np.sum(np.sin(x[0]) + M) + np.sum(x - np.mean(x)) + np.sum((x - x[1]) * (x * x))


@program(0.7)
def branches(x: float):
    y = x * x
    if x > 0.5:
        y = y * x
        z = np.sin(y) * x
    else:
        z = 3 * x
        y = 2 * y
    return y * z + x


@program(0.7, 4)
def horner(x: float, n: int):
    s = 1.0
    for i in range(n):
        s = np.sin(s * x) + i * x
    return s * x


@program(V)
def walks_elements(x: np.ndarray):
    s = 0.0
    for i, e in enumerate(x):
        s = s * 0.5 + e * e * (i + 1)
    return s


@program([0.5, -1.2, 2.0])
def walks_a_list(x: list[float]):
    s = 0.0
    for i, e in enumerate(x):
        s = s * 0.5 + e * e * (i + 1)
    return s


@program(0.7)
def rotates(x: float):
    a, b, c = x, 0.0, 0.0
    for _ in range(4):
        a, b, c = c, a * x, b * x
    return a + 2 * b + 3 * c


@program(0.7)
def leaves_early(x: float):
    s = 0.0
    for i in range(6):
        s += x * x * (i + 1)
        if s > 1.5:
            break
        s *= x
    return s


@program(V)
def overwrites(x: np.ndarray):
    y = np.sin(x)
    for i in range(3):
        t = y[i] * y[i]
        y[i] = t * x[i] + y[i - 1]
    y[1] = 3.0
    return np.sum(y * y)


@program(V)
def element_read_then_overwritten(x: np.ndarray):
    y = 2 * x
    s = 0.0
    for i in range(2):
        s += y[0] * y[0] * x[1]
        y[0] = s * x[i]
    return s + y[0]


@program(V)
def fancy(x: np.ndarray):
    y = np.zeros(3)
    y[[0, 0, 1]] = x * x
    z = x[[0, 0, 2]]
    return np.sum(y * x) + np.sum(z * z)


@program(V)
def adds_in_place(x: np.ndarray):
    y = x * x
    y += np.sin(x)
    y[0] += x[1] * x[2]
    y[1:] *= x[0]
    z = np.zeros((2, 3))
    z[:] = x
    z[:, 1] = x[2]
    return np.sum(y * y) + np.sum(z * M)


@program(0.7)
def lists(x: float):
    items = [x]
    for i in range(3):
        items.append(items[-1] * x + i)
    items.append(x * x)
    return sum(items) * items[2]


@program(V)
def views(x: np.ndarray):
    y = (x * x).reshape(1, 3)
    z = y.T
    y[0, 1] = x[0]
    row = y[0]
    row[2] += x[1]
    return np.sum(z * z) + row[2] * y[0, 2]


@program(V)
def buffer(x: np.ndarray):
    h = np.zeros(3)
    s = 0.0
    for i in range(3):
        h[:] = x * (i + 1)
        h *= x[i]
        s += np.sum(np.sin(h) * h)
    return s


@program(V)
def writes_argument(x: np.ndarray):
    x[0] = x[0] * x[1]
    x *= x[2]
    return np.sum(x * x)


def _power(z, n):
    if n == 0:
        return 1.0
    return z * _power(z, n - 1)


@program(0.7)
def recursion(x: float):
    return np.sin(x) * _power(x * x, 3) + _power(x, 2) ** 2


@program(V)
def masks(x: np.ndarray):
    return np.sum(np.where(x > 0, x * x, np.sin(x)) * x)


@program(V, np.array([0.4, 0.1, -0.3]))
def signs(x: np.ndarray, w: np.ndarray):
    y = x - -np.cos(w * x)
    z = -(y - x) * (1 * w - x * 1)
    return np.sum(z / (1 + w * w)) - (-np.sum(y))


@program(np.array([[0.4, 0.1, -0.3], [0.2, 0.9, 0.6], [-0.5, 0.3, 0.8]]))
def sums_to_a_broadcast(x: np.ndarray):
    s = 0.0
    for i in range(2):
        s = np.sin(s + np.linalg.det(np.tanh(x) + 4 * np.eye(3)))
    return x.sum() + s


@program(V)
def late_activity(x: np.ndarray):
    a, b, c = 0.0, 0.0, x[0]
    for e in x:
        a, b, c = b, c, c * e
    return a * b + c


@program(0.7)
def only_the_else(x: float):
    if x > 1:
        y = 2.0
    else:
        y = x * x
    return y * 3 + x


@program([0.5, -1.2, 2.0])
def each_of_a_list(x: list[float]):
    s = 1.0
    for e in x:
        s = s * 0.5 + np.sin(e) * s
    return s


@program(V)
def each_of_an_array(x: np.ndarray):
    s = 1.0
    for e in x:
        s = s * 0.5 + np.sin(e) * s
    return s


@program(V)
def transposed_in_a_loop(x: np.ndarray):
    m = np.outer(x, x)
    s = 0.0
    for i in range(3):
        t = m.T
        s += np.sum(np.sin(t) * t)
        m[0, 1] = s * x[i]
    return s


@program(V)
def reshaped(x: np.ndarray):
    y = np.zeros(3)
    y += x * x
    z = y.reshape(3, 1)
    t = np.sin(z) * z
    y[0] = x[1]
    return np.sum(t) * y[0] + np.sum(z * y)


@program(V)
def saved_before_the_write(x: np.ndarray):
    h = x * x
    s = 0.0
    for i in range(3):
        s += np.sum(np.sin(h) * h)
        h[i] = s * x[i]
    return s + np.sum(h)


@program(V)
def overwritten_by_the_next_iteration(x: np.ndarray):
    y = x.copy()
    s = 0.0
    for i in range(2):
        s += y[i + 1] * y[i + 1] * x[i]
        y[i] = np.sin(s)
    return s + np.sum(y)
