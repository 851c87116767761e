"""Recursion that changes its arguments: arrays, lists and dicts, in place, in the derivative too."""

from __future__ import annotations

import math

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient

X = np.array([0.4, 1.1, 0.7, -0.3])


def fft(a, inv):
    n = len(a)
    if n == 1:
        return
    e, o = a[0::2].copy(), a[1::2].copy()
    fft(e, inv)
    fft(o, inv)
    for k in range(n // 2):
        w = math.cos(2 * math.pi * k / n)
        a[k] = e[k] + w * o[k]
        a[k + n // 2] = e[k] - w * o[k]


def transformed(x: np.ndarray):
    y = x * x
    fft(y, False)
    return np.sum(y**2 * np.arange(4))


def wavelets(a, n):
    if n < 2:
        return a
    half = n // 2
    s = [(a[2 * i] + a[2 * i + 1]) * 0.7 for i in range(half)]
    d = [(a[2 * i] - a[2 * i + 1]) * 0.7 for i in range(half)]
    a[:half] = s
    a[half:n] = d
    return wavelets(a, half)


def by_wavelets(x: np.ndarray):
    y = np.sin(x)
    z = wavelets(y, 4)
    return np.sum(z**3) + y[0]


def collected_in_an_array(x: np.ndarray, n: int):
    acc = np.zeros(4)

    def visit(k, w):
        if k == 0:
            acc[k] += w
            return
        acc[k] += w * w
        visit(k - 1, w * x[k])
        visit(k - 1, w + x[0])

    visit(n, x[1])
    return np.sum(acc**2)


def even(k, a):
    if k == 0:
        return
    a[0] = a[0] * a[1]
    odd(k - 1, a)


def odd(k, a):
    if k == 0:
        return
    a[1] = a[1] + a[0] * a[2]
    even(k - 1, a)


def mutually(x: np.ndarray, n: int):
    y = x.copy()
    even(n, y)
    return y[0] * y[1] + y[2]


def change_both(k, a, b):
    if k == 0:
        return a[0] * b[0]
    a[0], b[0] = b[0] * 1.5, a[0] * a[1]
    r = change_both(k - 1, a, b)
    return r + a[0]


def two_arguments(x: np.ndarray, n: int):
    y, z = np.sin(x), np.cos(x)
    r = change_both(n, y, z)
    return r * np.sum(y) + np.sum(z * z)


def rebind(k, a):
    if k == 0:
        return np.sum(a)
    a[0] *= 1.3
    a = a * 2.0
    a[1] = a[1] * a[0]
    return rebind(k - 1, a) + a[1]


def rebound(x: np.ndarray, n: int):
    y = np.sin(x)
    return rebind(n, y) + np.sum(y**2)


def in_a_loop(x: np.ndarray, n: int):
    y = np.sin(x)
    t = 0.0
    for i in range(3):
        if i == 1:
            continue
        even(n, y)
        t += y[0] * i
        y = y * 1.1
    return t + np.sum(y)


def change_rows(k, M):
    if k == 0:
        return
    M[k] = M[k - 1] * M[k]
    M[0, k] += M[k, 0] ** 2
    change_rows(k - 1, M)


def rows_of_a_matrix(x: np.ndarray, n: int):
    M = np.outer(x, x)
    change_rows(n, M)
    return np.sum(M * M)


def change_list(k, xs):
    if k == 0:
        return
    xs[0] = xs[0] * xs[k]
    xs.append(xs[0] + xs[-1])
    change_list(k - 1, xs)
    xs.pop(0)


def a_list_that_grows_and_shrinks(x: np.ndarray, n: int):
    xs = [v * v for v in x]
    change_list(n, xs)
    return sum(v * (i + 1) for i, v in enumerate(xs))


def remember(n, x, d):
    if n in d:
        return d[n]
    if n < 2:
        v = x[n]
    else:
        v = remember(n - 1, x, d) * x[2] + remember(n - 2, x, d) ** 2
    d[n] = v
    return v


def remembered(x: np.ndarray, n: int):
    d = {}
    r = remember(n + 2, x, d)
    return r + sum(d.values())


def a_view(x: np.ndarray, n: int):
    y = np.sin(x)
    v = y[1:]
    even(n, v)
    return np.sum(y * y)


def in_a_list(x: np.ndarray, n: int):
    y = np.sin(x)
    z = [y * 1.0, y * 2.0]
    even(n, z[1])
    return np.sum(z[0] * z[1])


def hanoi(n, a, b, c):
    if n == 0:
        return
    hanoi(n - 1, a, c, b)
    c.append(a.pop() * 1.1)
    hanoi(n - 1, b, a, c)


def towers(x: np.ndarray, n: int):
    a, b, c = [v * v for v in x[:n]], [], []
    hanoi(n, a, b, c)
    return sum(v * (i + 1) for i, v in enumerate(c)) + len(a)


def permute(a, k, out):
    if k == len(a):
        out.append(sum(a[i] * (i + 1) for i in range(len(a))))
        return
    for i in range(k, len(a)):
        a[k], a[i] = a[i], a[k]
        permute(a, k + 1, out)
        a[k], a[i] = a[i], a[k]


def permutations(x: np.ndarray):
    y = [v * v for v in x[:3]]
    out = []
    permute(y, 0, out)
    return sum(math.sin(o) for o in out)


def squares_of(t, out):
    if isinstance(t, tuple):
        s = 0.0
        for u in t:
            s += squares_of(u, out)
        out.append(s * s)
        return s
    return t * 2


def over_a_tree(x: float):
    out = []
    s = squares_of((x, (x * x, 1.0), (x,)), out)
    return s + sum(out)


def grow_until(k, a):
    a[0] = a[0] * 1.2
    if a[0] > 1.0 or k == 0:
        return k
    return grow_until(k - 1, a)


def left_early(x: np.ndarray):
    y = np.abs(x)
    k = grow_until(9, y)
    return y[0] ** 2 * k


def two_arrays_in_turn(x: np.ndarray, n: int):
    y = np.sin(x)
    w = y * 1.0
    even(n, y)
    r = np.sum(y * w)
    even(n, w)
    return r + np.sum(w)


ALONE = [transformed, by_wavelets, permutations, left_early]
REPEATED = [
    collected_in_an_array,
    mutually,
    two_arguments,
    rebound,
    in_a_loop,
    rows_of_a_matrix,
    a_list_that_grows_and_shrinks,
    remembered,
    a_view,
    in_a_list,
    towers,
    two_arrays_in_turn,
]
PROGRAMS = [(f, (X,)) for f in ALONE] + [(f, (X, 3)) for f in REPEATED] + [(over_a_tree, (0.6,))]


@pytest.mark.parametrize("f, args", PROGRAMS, ids=[f.__name__ for f, _ in PROGRAMS])
def test_against_differences(f, args):
    want = gradient(f, args, 0)
    kept = np.copy(args[0])
    assert_close(srcdiff.value_and_grad(f, wrt="x")(*args), (f(*args), want))
    direction = np.cos(3 * kept)
    assert_close(srcdiff.jvp(f, wrt="x")(*args, direction), (f(*args), np.sum(want * direction)))
    np.testing.assert_array_equal(args[0], kept)


def test_in_place():
    """No array is copied but the first: quicksort's derivative costs what it costs, not that times the depth."""
    text = srcdiff.grad(in_a_loop).source
    assert text.count("copy") <= 1, text


def sort_in_place(a, hi):
    if hi < 1:
        return
    for k in range(hi):
        if a[k] > a[k + 1]:
            a[k], a[k + 1] = a[k + 1], a[k]
    sort_in_place(a, hi - 1)


MODULE = """import numpy as np
import srcdiff

def sort_in_place(a, hi):
    if hi < 1:
        return
    for k in range(hi):
        if a[k] > a[k + 1]:
            a[k], a[k + 1] = a[k + 1], a[k]
    sort_in_place(a, hi - 1)

def visit(k):
    return 0.5 * k

@srcdiff.grad
def f(x: float, n: int):
    a, found = np.cos(np.arange(3.0)), []
    sort_in_place(a, 2)

    def visit(k):
        if k > 0:
            found.append(2.0 * k)
            visit(k - 1)

    visit(n)
    return x * x * a[0] + sum(found) * x
"""


def test_a_file_keeps_its_own_functions_beside_what_derivatives_make_of_them():
    """Nothing that varies is sorted: the derivative calls a function that gives the array back, which the file's does not."""
    namespace: dict[str, object] = {}
    exec(srcdiff.transpile(MODULE), namespace)
    a = np.cos(np.arange(3.0))
    sort_in_place(a, 2)
    assert namespace["f"](0.7, 3) == pytest.approx(2 * 0.7 * a[0] + 12.0)
    assert namespace["visit"](3) == 1.5
