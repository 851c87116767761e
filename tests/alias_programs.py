"""Programs whose names may share data, or that leave blocks in unusual ways: lowered right, doubted or refused."""

import numpy as np

PROGRAMS = []
X = np.array([0.5, -1.2, 2.0, 0.7])
M = np.arange(12.0).reshape(3, 4) / 7


def program(*args):
    def register(function):
        PROGRAMS.append((function, args))
        return function

    return register


@program(X)
def alias_in_branch(x):
    y = 2 * x
    if x[0] > 0:
        z = y
    else:
        z = x * 3
    z[0] = 5.0
    return z.sum()


@program(X)
def alias_in_branch2(x):
    y = 2 * x
    if x[0] > 0:
        z = y
    else:
        z = x * 3
    z[0] = 5.0
    return z.sum() + y.sum()


@program(X)
def view_kept_in_loop(x):
    y = 2 * x
    prev = y
    for i in range(3):
        y = y * 2
        prev[0] = i
        prev = y
    return prev.sum() + y.sum()


@program(X)
def list_of_arrays(x):
    l = [x * 1.0, x * 2.0]
    a = l[0]
    a[1] = 9.0
    l[0] = x * 5
    a[2] = 4.0
    return l[0].sum() + a.sum() + l[1].sum()


@program(X)
def dict_arrays(x):
    d = {"a": x * 1.0, "b": x * 2.0}
    d["a"][0] = 3.0
    w = d["a"]
    d["a"] += 1.0
    w[1] = 0.0
    return d["a"].sum() + w.sum()


@program(X)
def append_arrays(x):
    l = []
    b = np.zeros(4)
    for i in range(3):
        l.append(b)
        b = b + x
    return sum(v.sum() for v in l)


@program(X)
def append_buffer(x):
    l = []
    b = np.zeros(4)
    for i in range(3):
        b[0] = x[i]
        l.append(b)
    return sum(v.sum() for v in l)


@program(X)
def closure_late(x):
    k = 2.0
    f = lambda v: v * k
    k = 3.0
    return f(x).sum()


@program(X)
def row_swap(x):
    m = np.outer(x, x)
    r = m[0]
    m[0] = m[1]
    m[1] = r
    return (m * np.arange(4)).sum()


@program(X)
def row_swap_copy(x):
    m = np.outer(x, x)
    m[0], m[1] = m[1].copy(), m[0].copy()
    return (m * np.arange(16).reshape(4, 4)).sum()


@program(X)
def row_swap_tuple(x):
    m = np.outer(x, x)
    m[0], m[1] = m[1], m[0]
    return (m * np.arange(16).reshape(4, 4)).sum()


@program(X)
def ret_in_while(x):
    i = 0
    while i < 10:
        i += 1
        for v in x:
            if v > 1.9:
                return v * i
            if v < -1:
                break
        else:
            i += 100
    return x[0] * i


@program(X)
def forelse_ret(x):
    for v in x:
        if v > 3:
            break
    else:
        return x.sum()
    return v


@program(X)
def cont_while(x):
    i = -1
    s = 0.0
    while i < 3:
        i += 1
        if x[i] < 0:
            continue
        if i == 2:
            s += x[i]
            continue
        s += x[i] ** 2
    return s


@program(X)
def nested_fn_write(x):
    y = x.copy()

    def g(i):
        y[i] = 0.0
        return y.sum()

    return g(0) + g(2) + y.sum()


@program(X)
def listmut(x):
    l = [1.0, 2.0]
    m = l
    m.append(x[0])
    l += [x[1]]
    return sum(l) + len(m)


@program(X)
def listcopy(x):
    l = [1.0, 2.0]
    m = l[:]
    m.append(x[0])
    n = list(l)
    n.append(3.0)
    k = l + [x[1]]
    k.append(2.0)
    return sum(l) + len(m) + sum(n) + sum(k)


@program(0.4)
def inner_exits(x):
    def g(v):
        if v > 1:
            return v * 2
        for i in range(3):
            v = v + i
            if v > 2:
                return v
        return 0.0

    return g(x) + g(x + 1) + g(-5.0)


@program(0.4)
def shadows(x):
    abs = lambda v: v * 3
    np = 2.0
    return abs(x) * np


@program(X)
def globals_in_comp(x):
    n = 2
    return [[x[i] * j for i in range(n) if i != j] for j in range(3)]


@program(M)
def transposed_write(x):
    y = x * 1.0
    y.T[1] = 7.0
    t = y.T
    t += 1
    s = t[0]
    s *= 2
    return (y * np.arange(4)).sum()


@program(X)
def slices_of_views(x):
    y = x * 1.0
    a = y[1:]
    b = a[1:]
    b[0] = 10.0
    a[0] = 20.0
    return (y * np.arange(4)).sum() + b.sum() + a.sum()


@program(X)
def ternary_alias(x):
    y = x * 1.0
    z = x * 2.0
    w = y if x[0] > 0 else z
    w[0] = 100.0
    return w.sum()


@program(X)
def ternary_alias2(x):
    y = x * 1.0
    z = x * 2.0
    w = y if x[0] > 0 else z
    y[0] = 100.0
    return w.sum()


@program(X)
def loopvar_view(x):
    m = np.outer(x, x)
    for row in m:
        row[0] = 1.0
        row *= 2
    return (m * np.arange(4)).sum()


@program(X)
def last_row(x):
    m = np.outer(x, x)
    for row in m:
        pass
    m[3, 0] = 50.0
    return row.sum()


@program(X)
def tup_alias(x):
    y = x * 1.0
    t = (y, 2.0)
    y[0] = 50.0
    a, b = t
    return a.sum() * b


@program(X)
def tup_alias_loop(x):
    y = x * 1.0
    t = (y, 2.0)
    for i in range(3):
        y[i] = t[0][i + 1]
    return t[0].sum()


@program(X)
def pop_arrays(x):
    l = [x * 1.0, x * 2.0]
    a = l.pop()
    a[0] = 3.0
    b = l[-1]
    b[0] = 7.0
    return a.sum() + b.sum() + l[0].sum()


@program(X)
def aug_in_loop_alias(x):
    y = x * 1.0
    z = y
    for i in range(3):
        z += x
    return y.sum()


@program(X)
def default_none(x, w=None):
    w = w if w is not None else np.ones_like(x)
    w[0] = 4
    return (w * x).sum()


@program(0.3)
def del_then(x):
    y = x * 2
    if x > 0:
        del y
        z = 1.0
    else:
        z = 2.0
    return z


@program(0.3, 3)
def raise_in_loop(x, n):
    for i in range(n):
        if x > 5:
            raise ValueError(f"bad {i}")
        x = x + 1
        if x > 100:
            raise RuntimeError
    return x


@program(X)
def ravel_fresh(x):
    y = np.zeros((2, 2))
    f = y.ravel()
    f[1] = x[0]
    g = y.reshape(4)
    g[2] = x[1]
    return (y * np.arange(4).reshape(2, 2)).sum() + f.sum()


@program(X)
def dict_update_loop(x):
    d = {}
    for i, k in enumerate("abc"):
        d[k] = x[i] * i
    s = 0.0
    for k, v in d.items():
        s += v
    for k in list(d.keys()):
        s += d[k]
    return s


@program(X)
def two_exits(x):
    s = 0.0
    for a in x:
        if a > 0:
            if a > 1:
                break
            s += a
        else:
            s -= a
            if a < -5:
                continue
        s *= 1.5
    return s


@program(X)
def while_true_two(x):
    i = 0
    while True:
        if i >= len(x):
            break
        i += 1
        if x[i - 1] < 0:
            continue
        if x[i - 1] > 1:
            return x[i - 1]
    return 0.0
