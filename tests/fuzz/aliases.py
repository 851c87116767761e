"""Every way to a second name of an array, every write to one of the two, in a branch, a loop or neither: a grid of programs.

python -m tests.fuzz --aliases --minutes 5
"""

from __future__ import annotations

import itertools
import random
from collections import Counter

import numpy as np

import srcdiff
from srcdiff.errors import Refusal
from tests.fuzz.programs import forget, load
from tests.fuzz.rounds import Wrong

HEAD = """import numpy as np

class Holder:
    def __init__(self, w):
        self.w = w

def same(v):
    return v

def first(v, k=0):
    return v[k]

def bump(v, c):
    v[0] = v[0] * c

"""
ALIASES = """
b = m
b = m[1]
b = m[1:]
b = m.T
b = m[:, 1]
b = m[::2]
b = same(m)
b = first(m, 2)
b = m.reshape(-1)
b = m.ravel()
b = m[None]
b = m[1:][0]
b = m.T[0]
listed = [m, m * 2]; b = listed[0]
table = {"k": m}; b = table["k"]
holder = Holder(m); b = holder.w
b, q = m[0], m[1]
b = np.flip(m)
b = m[0:2, 1:3]
b = (m, 1.0)[0]
b = m[...]
b = m.copy()
b = m[[0, 2]]
b = m[m > 0.1]
b = m + 0.0
b = np.array(m)
b = m.swapaxes(0, 1)
b = list(m)[0]
b = [row for row in m][1]
b = m.diagonal()
b = np.einsum("ij->ji", m)
b = np.asarray(m)
b = max([m, m * 0.5], key=np.sum)
b = m.astype(float)
b = m.flatten()
b = (lambda: m)()
b, *rest = m
b = m[np.newaxis, 1]
b = np.squeeze(m[None])
b = m if x > 0 else m * 2
b = m[1] if x > 0 else m[0]
b = np.real(m)
b = np.atleast_1d(m)
b = m.T.T
b = m.conj()
b = np.transpose(m, (1, 0))
b = np.moveaxis(m, 0, 1)
""".strip().splitlines()
WRITES = """
m[0] = x
m[1, 1] *= x
m += x
m *= m[0]
m[:, 1] = x * m[0]
b += x
b *= x
b[0] = x
b[-1] = b[0] * x
np.add(m, x, out=m)
m[m > 0.5] = x
bump(m, x)
bump(b, x)
for i in range(3): m[i] += x * i
for i in range(2): b[i] = x
for row in m: row *= x
m[0], m[1] = m[1].copy(), m[0].copy()
m = m * x
b = b * x
m[[0, 2]] += x
m.T[0] = x
m.fill(x)
np.multiply(b, x, out=b)
b[...] = x * b
b -= m[0, 0]
m.sort()
m[:2] = [m[1] * x, [x, 2.0, x]]
""".strip().splitlines()
AROUND = (
    "    {}\n",
    "    if x > 0:\n        {}\n",
    "    for k in range(2):\n        {}\n        s += np.sum(b) * k\n",
)
MATRICES = ("np.outer(a, a) * x", "np.ones((3, 3)) * a * x")
A, X, STEP = np.array([0.3, 0.9, 0.6]), 1.2, 1e-6
GRID = list(itertools.product(MATRICES, ALIASES, WRITES, AROUND))


def text_of(seed: int) -> str:
    matrix, alias, write, around = random.Random(seed).choice(GRID)
    body = f"    m = {matrix}\n    s = 0.0\n    {alias}\n" + around.format(write)
    end = "    return s + np.sum(m * np.arange(9.0).reshape(3, 3)) * x + np.sum(b * b)\n"
    return f"{HEAD}def f(x: float, a: np.ndarray):\n{body}{end}"


def outcome(seed: int) -> Counter[str]:
    """What came of the program of a seed: "right", "refused", or "useless" where Python itself does not run it."""
    text = text_of(seed)
    module = load(text)
    try:
        try:
            want = module.f(X, A), (module.f(X + STEP, A) - module.f(X - STEP, A)) / (2 * STEP)
        except (ValueError, TypeError, IndexError):
            return Counter(["useless"])
        for mode in ("value_and_grad", "jvp"):
            try:
                derivative = getattr(srcdiff, mode)(module.f, wrt="x")
            except Refusal:
                return Counter(["refused"])
            try:
                got = derivative(X, A, *([1.0] if mode == "jvp" else []))
            except AssertionError:
                return Counter(["assumed"])  # of `a`, whose rank nothing declares, and that says so
            if not np.allclose([float(v) for v in got], [float(v) for v in want], rtol=1e-5):
                raise Wrong(f"{mode} gives {got}, not {want}\n{text}")
        return Counter(["right"])
    finally:
        forget(module)
