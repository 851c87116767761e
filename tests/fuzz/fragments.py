"""Constructs of the language and of NumPy as fragments of programs, one for each row of `docs/python.md` and more.

A fragment is some lines with holes: `{s}` and `{v}` take bounded expressions, `{t}` a test, `{i}` an index of a vector,
`{B}` a block of statements, `{L}` the body of a loop. Its heading names the construct, then the variables that it leaves
in scope (s, t, total are scalars, a, b, h vectors, M a matrix), then the definitions of the module that it needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.fuzz.definitions import DEFINITIONS
from tests.fuzz.library_fragments import LIBRARY

KIND = {"s": "s", "t": "s", "total": "s", "a": "v", "b": "v", "h": "v", "M": "m"}

STATEMENTS = """
# one new array for two names | s a
a = other = 1.0 * {v}
a[0] = other[1] * {s}
other[1] += a[0]
s = np.sum(a * other)

# a new array that a walrus names | s a
a = (other := {v} * {v})
a[0] = other[2] * {s}
other[1:] += a[0]
s = np.sum(a * other)

# a sum that is made before the branch that writes it | s a
a = 1.0 * {v}
for place in range(3):
    new = a[place] + {s} * a[0]
    if new > 0.1:
        a[place] = new
s = np.sum(a * a)

# numbers beside text in tuples | s
parts = [("low", {s}), ("high", {s} * {s}), ("low", 0.5)]
s = sum(part[1] * part[1] if part[0] == "low" else np.sin(part[1]) for part in parts)

# a property that is added to | s | Gauge
gauge = Gauge({s})
for _ in range(2):
    gauge.level -= {s} * gauge.level
s = gauge.level

# a function of a table, or another | s
s = {"sine": np.sin, "square": lambda z: z * z}.get("square" if {t} else "none", np.tanh)({s})

# with errstate
with np.errstate(all="ignore"):
    {B}

# with of a class | s | Scaled
with Scaled({s}) as gauge:
    s = gauge.of({s})

# try, raise, except, finally | s t
try:
    if {t}:
        raise ValueError("too high")
    s = {s}
except ValueError:
    s = {s}
finally:
    t = {s}

# try, except, else | s
try:
    if {t}:
        raise KeyError
except (KeyError, IndexError):
    s = {s}
else:
    s = {s} + {s}

# try that cannot fail | s
s = {s}
try:
    s = s * {s}
except TypeError:
    s = 0.0

# raise that is not reached
if {s} > 7.0:
    raise ArithmeticError("never")

# match of a literal | s
match len({v}) % 4:
    case 0 | 1:
        s = {s}
    case 3 if {t}:
        s = {s} * 2
    case _:
        s = {s}

# match of a class | s | Point
match Point({s}, {s}):
    case Point(0.0, b=_):
        s = {s}
    case Point(left, right):
        s = left * right + left

# match of a sequence | s
match [{s}, {s}, {s}]:
    case [first, *rest]:
        s = first * sum(rest)

# match of a mapping | s
match {"kind": "square", "of": {s}}:
    case {"kind": "cube", "of": side}:
        s = side**3
    case {"kind": "square", "of": side}:
        s = side**2

# del of an entry | s
entries = {"a": {s}, "b": {s}, "c": {s}}
del entries["b"]
s = sum(entries.values()) * entries["a"]

# del of an item | s
listed = [{s}, {s}, {s}]
del listed[1]
s = listed[0] * listed[1]

# assert with a message | s
s = {s}
assert s == s, f"s is {s:.3f}"

# annotated and chained assignment | s t
s: float = {s}
s = t = s * {s}

# star-unpacking | s t
s, *rest = [{s}, {s}, {s}]
*rest, t = (*rest, s * rest[0])
s = t * rest[-1]

# nested unpacking | s t h
(s, [t, h]) = {s}, [{s}, {v}]

# walrus in a test | s
if (s := {s}) > 0.123:
    s = s * {s}

# for, else | s
s = {s}
for k in range(3):
    if s > 0.831:
        break
    s = s + 0.3 * np.sin(s * k)
else:
    s = s * {s}

# a test of a while that changes a list | s
left, s = [{s}, {s} * {s}, {s}], 0.0
while left and left.pop() < 0.831:
    s += sum(left)

# a test of a while that changes an object | s | Tally
tally, s = Tally({s}), 0.0
while tally.step() < 3:
    s += tally.total * {s}
s += tally.total

# attributes that loops, inner functions and comprehensions assign | s | Tally
tally = Tally({s})
def more(z):
    tally.total = np.tanh(tally.total + z)
    return tally.total
for k in range(3):
    more({s} * k)
    if {t}:
        continue
    tally.step()
s = sum([more(z) * tally.step() for z in {v}]) + tally.total

# a list that is written to a part of an array | s a
a = {v} * 1.0
a[:2] = [{s}, {s} * {s}]
a[[0, 2]] = [a[1], {s}]
s = np.sum(a * a)

# tuples that are repeated | s
s = sum(z * (k + 1) for k, z in enumerate(({s}, {s} * {s}) * 2))

# while, else | s
s, k = {s}, 0
while k < 3:
    k += 1
    if s * k > 0.831:
        break
    s = s + 0.3 * {s}
else:
    s = -s

# loop target reassigned | s
s = {s}
for k in range(3):
    k = 2 * k + 1
    s = np.tanh(s * k + {s})

# a counter used as an index | s
s, k = 0.0, 1
while k < 3:
    values = {v}
    s += values[k] * values[k - 1]
    k += 1

# target used after the loop | s
k = 0
for k in range(2):
    {L}
s = {s} * k

# import within | s
from math import exp as exponential
s = exponential({s})

# formatting | s
z = {s}
label = f"{z:.2f}" + "%d" % 3 + "{}".format(2)
s = {s} * len(label)
"""

FUNCTIONS = """
# recursion in place | s a | quicksort
a = 1.0 * {v}
quicksort(a, 0, len(a) - 1)
s = sum(z * z * (k + 1) for k, z in enumerate(a))

# recursion that gives two values | s t | pairs
s, t = pairs({s}, 3)
s = s * t

# recursion that changes an array and a list | s a | mixed
a, out = 1.0 * {v}, []
mixed(2, a, out)
s = sum(out) * a[1]

# a memory of an inner recursion | s
z, known = {s}, {}
def remembered(k):
    if k not in known:
        known[k] = z if k < 2 else np.tanh(z * remembered(k - 1) + remembered(k - 2))
    return known[k]
s = remembered(len({v}) + 2)

# nonlocal | s
total = {s}
def bump(z):
    nonlocal total
    total = total * z + {s}
    return total
s = bump({s}) + bump({s}) * total

# closure over a loop's variable | s
s = 0.0
for k in range(2):
    def weighted(z):
        return z * k + s * 0.5
    s = s + weighted({s})

# functions as arguments and results | s | compose
s = compose(np.sin, lambda z: z * {s})({s})

# functions in a list | s
s = {s}
for function in [np.sin, lambda z: z * z, math.tanh]:
    s = function(s)

# functions in a dict | s
activations = {"tanh": np.tanh, "square": lambda z: z * z}
s = activations["square"]({s}) + activations["tanh"]({s})

# function chosen by a condition | s
chosen = np.sin if {t} else np.tanh
s = chosen({s})

# functools.partial | s | scaled
s = functools.partial(scaled, factor={s})({s})

# defaults and keyword-only arguments | s | scaled
s = scaled({s}) + scaled({s}, factor={s}) * scaled(shift={s}, x={s})

# *args | s | polynomial
coefficients = ({s}, {s}, 0.5)
s = polynomial({s}, *coefficients) + polynomial({s}, {s})

# **kwargs | s | weigh
options = {"left": {s}, "right": {s}}
s = weigh({s}, **options)

# decorators | s | doubled
s = doubled({s})

# mutual recursion | s | even
s = even({s}, 3)

# lambda with a default | s
by = lambda z, k={s}: z * k
s = by({s}) + by({s}, 2.0)

# recursion over a list | s | nested
s = nested([{s}, [{s}, {s}], 0.5])

# several results | s h | both
s, h = both({s}, {v})

# early return from a helper's loop | s | search
s = search({v}, {s})
"""

CLASSES = """
# attributes written | s | Layer
layer = Layer({s}, {s})
layer.w = layer.w * layer({s})
layer.update({s})
s = layer({s}) + layer.w

# inheritance and super | s | Layer Deep
s = Deep({s}, 0.5)({s})

# property and setter | s | Layer
layer = Layer({s}, {s})
layer.size = {s}
s = layer.size * layer.b

# static and class methods | s | Layer
s = Layer.made({s})({s}) * Layer.bent({s}) + Layer.rate

# operator methods | s | Dual
s = (Dual({s}, {s}) * Dual({s}, 1.0) + 2).b

# dataclasses.replace | s | Thing
s = dataclasses.replace(Thing({s}, {v}), a={s}).total()

# frozen dataclass with a default | s | Setting
setting = Setting({s})
s = setting.apply({s})

# named tuple | s | Point
point = Point({s}, b={s})
s = point.size() + point[0] * point.b + point._replace(a={s}).a

# object remade in a loop | s | Layer
layer = Layer({s}, {s})
for k in range(2):
    layer = Layer(layer({s}), layer.w)
s = layer.w + layer.b

# object written in a loop | s | Layer
layer = Layer({s}, {s})
for k in range(3):
    layer.update(layer({s}))
s = layer.w

# object by a condition | s | Layer
layer = Layer({s}, {s}) if {t} else Layer({s}, 0.5)
s = layer({s})

# objects in a list | s | Layer
s = {s}
for layer in [Layer({s}, {s}), Layer(0.5, {s})]:
    s = layer(s)

# isinstance, getattr, setattr, hasattr | s | Layer
layer = Layer({s}, {s})
setattr(layer, "w", {s})
s = getattr(layer, "w") if isinstance(layer, Layer) and hasattr(layer, "b") else {s}
"""

CONTAINERS = """
# list methods | s
listed = [{s}, {s}]
listed.insert(1, {s})
listed.extend([{s}, 0.5])
listed.reverse()
s = listed.pop() * listed.pop(0) + sum(listed)

# slices of lists | s
listed = [{s}, {s}, 0.5, {s}]
listed[1:3] = [{s} * listed[0]]
s = listed[1] * listed[-1] + sum(listed[:2])

# lists added and repeated | s
listed = [{s}] + [{s}, 0.5] * 2
s = listed[0] * listed[3] + listed[-1]

# a list that a loop makes | s
made = []
for k in range(3):
    made.append({s} * (k + 1))
made[1] *= {s}
s = made[0] * made[1] + made[-1]

# nested lists | s
table = [[{s}, {s}], [0.5, {s}]]
table[1][0] = table[0][1] * {s}
table[0] = [table[1][0], 1.5]
s = sum(sum(line) for line in table) + table[0][0] * table[1][1]

# lists of arrays | s
arrays = [{v}, {v}]
arrays[0][{i}] = {s}
arrays.append(arrays[0] * arrays[1])
s = sum(np.sum(part * part) for part in arrays)

# dict methods | s
entries = {"a": {s}}
entries.update(b={s})
entries.setdefault("c", {s})
s = entries.pop("a") * entries.get("b", 0.5) + entries.get("z", {s})
if "c" in entries:
    s = s + entries["c"]

# items, keys, values | s
s = 0.5
for key, value in {"a": {s}, "b": {s}}.items():
    s = s * value + len(key)

# dict of arrays, written | s
state = {"h": {v}, "c": {v}}
for k in range(2):
    state["h"] = np.tanh(state["h"] * state["c"])
    state["c"][{i}] += {s}
s = np.sum(state["h"] * state["c"])

# nested dicts | s
model = {"in": {"w": {s}, "b": {v}}, "out": [{s}, {s}]}
model["in"]["w"] = model["in"]["w"] * model["out"][0]
s = np.sum(model["in"]["w"] * model["in"]["b"]) + model["out"][1]

# comprehensions with conditions | s
s = sum([z * k for k in range(4) if k % 2 for z in ({s}, 0.5)])

# dict comprehension | s
squares = {k: {s} * k for k in range(3)}
s = squares[1] * squares[2]

# any and all | s
s = {s} if any(z > 0.123 for z in {v}) and all([True, {t}]) else {s}

# map, filter, reduce | s
s = functools.reduce(lambda p, q: p * 0.5 + q, map(np.sin, {v}), {s})
s = s + sum(filter(lambda z: z > 0.123, [{s}, {s}]))

# sorted, extrema by a key | s
ordered = sorted([{s}, {s} + 2, {s} - 2], reverse=True)
s = ordered[0] * ordered[1] + max([{s} + 3, {s}], key=lambda z: z * z)

# zip, enumerate, reversed | s
s = 0.0
for k, (p, q) in enumerate(zip({v}, reversed({v}))):
    s = s + p * q * k

# itertools | s
s = sum(p * q for p, q in itertools.product([{s}, {s}], [0.5, {s}]))
s = s + sum(p * q for p, q in itertools.pairwise([{s}, {s}, {s}]))
s = s + list(itertools.accumulate([{s}, {s}]))[-1] * sum(itertools.chain([{s}], ({s},)))

# combinations | s
s = sum(p * q for p, q in itertools.combinations([{s}, {s}, 0.5], 2))

# membership and truth | s
s = {s} if 2 in [1, 2] and not [] else {s}

# tuples in a list | s
s = 0.0
for p, (q, r) in [({s}, ({s}, 2)), (0.5, ({s}, 3))]:
    s = s + p * q**r
"""

ARRAYS = """
# random numbers | a
generator = np.random.default_rng(3)
a = {v} * generator.normal(size=3) + generator.uniform()

# complex in between | s
wave = np.exp(1j * {s}) * {s}
s = np.real(wave) * np.abs(wave + 2)

# complex arrays | h
wave = {v} + 1j * {v}
h = np.abs(wave + 3) + (wave * np.conj(wave)).real + wave.imag

# boolean masks | a
a = {v}
mask = a > 0.123
a = np.where(mask, a * a, {v})
a[~mask] *= {s}
a[mask] = a[mask] * 2 + {s}

# integer indices | a h
order = np.array([2, 0, 0])
a = {v}[order]
h = np.zeros(3)
np.add.at(h, order, a)
h[order] += {v}

# argmax and argsort | s a
a = {v} + np.array([0.0, 3.0, 6.0])
s = a[np.argmax(a)] * a[np.argsort(a)[0]]

# new axes and ellipsis | M
M = {v}[None, :] * np.array([{s}, 0.5])[:, np.newaxis]
M[..., {i}] = {s}
M[0, ...] += {v}

# reused buffer | s
buffer, s = np.zeros(3), 0.0
for k in range(2):
    buffer[:] = {v} * (k + 1)
    s += np.sum(buffer * buffer)

# out= | a
made = np.empty(3)
np.add({v}, {v}, out=made)
np.multiply(made, {s}, out=made)
a = np.tanh(made, made)

# copyto and fill | a
a = np.zeros(3)
np.copyto(a, {v})
filled = np.empty_like(a)
filled.fill({s})
a = a * filled

# swapped buffers | a b
a, b = {v}, np.zeros(3)
for k in range(3):
    b[:] = np.roll(a, 1) * {s}
    a, b = b, a

# a stencil | a
a = {v}
for k in range(2):
    a[1:-1] = a[1:-1] + 0.1 * (a[2:] - 2 * a[1:-1] + a[:-2])

# elements in nested loops | M
M = np.zeros((2, 3))
for p in range(2):
    for q in range(p, 3):
        M[p, q] = {s} * (p + q) + M[p, q - 1]

# methods of arrays | s
a = {v}.copy() + np.array([0.0, 3.0, 6.0])
s = a.mean() + a.dot(a) + a.reshape(3, 1).T.flatten()[{i}] + a.sum(keepdims=True)[0] + a.astype(float).std()

# broadcasting of rows and columns | M
M = {v} + np.array([[{s}], [{s}]])
M = M - M.mean(axis=1, keepdims=True) / (1.5 + np.abs(M).max(axis=0))

# softmax with its maximum | a
a = np.exp({v} - np.max({v}))
a = a / a.sum()

# products of matrices | s
M = np.array([{v}, {v}])
s = np.sum(M @ M.T @ M @ {v}) + (M @ np.eye(3))[0, {i}]

# numbers of no dimension | s
s = np.array({s})
s = float(s * s) + s.item()

# lists for arrays | a
a = {v} * [{s}, 2.0, {s}] + np.sin([{s}, {s}, 0.5])
a += ({s},)

# aliased parts | s
a = {v}
view = a[1:]
view[0] = {s}
a[2] *= {s}
s = np.sum(view * a[:2])

# shapes as numbers | s
a = {v}
s = {s} * a.shape[0] / a.size + a.ndim * len(a)

# loops over rows | s
s = 0.0
for line in np.array([{v}, {v}]):
    for z in line:
        s = s + z * z * line[0]

# int and rounding | s
s = {s} + int(2.7) * round({s} * 0, 2) + np.floor(0.5) * {s}
"""


@dataclass(frozen=True)
class Fragment:
    construct: str
    lines: tuple[str, ...]
    gives: tuple[str, ...]
    needs: tuple[str, ...]


def _fragments(text: str) -> list[Fragment]:
    found = []
    for part in re.split(r"\n(?=# )", text.strip()):
        heading, *lines = part.strip("\n").split("\n")
        construct, gives, needs = [*(p.split() for p in heading[2:].split("|")), [], []][:3]
        unknown = set(gives) - set(KIND) | set(needs) - set(DEFINITIONS)
        assert not unknown, (heading, unknown)
        found.append(Fragment(" ".join(construct), tuple(lines), tuple(gives), tuple(needs)))
    return found


FRAGMENTS = [
    fragment for text in (STATEMENTS, FUNCTIONS, CLASSES, CONTAINERS, ARRAYS, LIBRARY) for fragment in _fragments(text)
]
