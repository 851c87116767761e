"""Fragments of programs, as in fragments.py: the NumPy of docs/python.md, and what takes a module's own definitions."""

LIBRARY = """
# np.vectorize | a
bend = {s}
a = np.vectorize(lambda z: z * bend if z > 0.123 else np.sin(z))({v})

# np.apply_along_axis | h
h = np.apply_along_axis(lambda line: line * line[0], 1, np.array([{v}, {v}]))[1]

# np.fill_diagonal, np.diagflat | s
square = np.diagflat({v})
np.fill_diagonal(square, {s})
s = np.sum(square @ square) + np.trace(square)

# methods of ufuncs | s a
a = np.multiply.accumulate({v}) + np.add.reduce({v})
s = np.sum(np.multiply.outer({v}, a))

# np.block | M
M = np.block([[{v}], [{v}[:2], {s}]]) + np.block([{v}, {s}])[1:]

# np.maximum.at, np.multiply.at | a
a = np.full(3, {s})
np.maximum.at(a, [0, 2, 2], {v})
np.multiply.at(a, np.array([1, 1]), {s})

# where= with out= | a b
a = np.full(3, {s})
np.sqrt(np.exp({v}), out=a, where=a > {s})
b = np.divide({s}, a, out=np.zeros(3), where=a > 0.317)

# np.r_, np.c_, np.s_ | s a
a = np.r_[{s}, {v}[:2]]
columns = np.c_[a, {v}]
s = np.sum(columns[np.s_[1:, 0]] * columns[0, 1])

# np.mgrid | s
down, across = np.mgrid[0:2, 0:3]
s = np.sum(np.sin(down * {s} + across * {s}))

# np.ogrid, np.meshgrid | s
down, across = np.ogrid[0:2, 0:3]
left, right = np.meshgrid({v}, {v})
s = np.sum(np.cos(down * {s} + across)) + np.sum(left * right)

# np.ndindex, np.ndenumerate, flat | s
field, s = np.array([{v}, {v}]), 0.0
for at in np.ndindex(field.shape):
    s += field[at] * (at[0] + 1)
for (p, q), z in np.ndenumerate(field):
    s += z * z * q
s += sum(z for z in field.flat)

# np.einsum with an ellipsis | a
a = np.einsum("...i,i->...", np.eye(3) * {s} + np.ones((3, 3)), np.array([{s}, {s}, 0.5]))

# np.cov, np.corrcoef | s
s = np.cov({v}, {v})[0, 1] + np.corrcoef({v} + np.array([0.0, 3.0, 9.0]), {v} + np.array([3.0, 0.0, 5.0]))[0, 1]

# np.correlate | a
a = np.correlate({v}, {v}[:1]) + np.correlate({v}, {v}, "full")[1:4]

# np.gradient, np.diff with its ends | a
a = np.gradient({v}, 0.5) * np.diff({v}, prepend={s})

# roots of what is cut off at 0 | s
s = np.sqrt(np.maximum({s} - 0.123, 0)) + np.sum(np.sqrt(np.clip({v} - 0.217, 0, None)))

# math.dist, np.unique | s
s = math.dist([{s}, {s} + 3], [{s}, 0.5]) + np.sum(np.unique({v} + np.array([0.0, 3.0, 6.0])) * {v})

# sets of places | s
places = {0, 2}
places.add(1)
s = 0.0
for k in range(3):
    if k in places:
        s += {v}[k] * (k + 1)

# a table of functions | s
table_of = {"sin": np.sin, "tanh": np.tanh}
s = table_of["sin" if {t} else "tanh"]({s})

# dicts joined | s
joined = {"a": {s}} | {"b": {s}}
joined |= {"a": {s}}
s = joined["a"] * joined["b"]

# triples sorted downwards | s
s = sum(k * p[1] for k, p in enumerate(sorted(((k % 2, z, k) for k, z in enumerate({v})), reverse=True)))

# a deque that forgets | s a
window = collections.deque(maxlen=2)
s = 0.0
for z in {v}:
    window.append(z * {s})
    s += sum(window) * window[0]
window.rotate(1)
a = np.array([window[0], s, window[-1]])

# a queue | s
queue = collections.deque([({s}, 0), ({s}, 1)])
s = 0.0
while queue:
    z, depth = queue.popleft()
    s += z * {s}
    if depth < 2:
        queue.append((np.sin(z), depth + 1))

# a Counter of sums | s
sums = collections.Counter()
for k, z in enumerate({v}):
    sums[k % 2] += z * z
s = sums[0] * sums[1] + sums[7]

# try around a loop | s
s = {s}
try:
    for k in range(3):
        s = math.log(s + {s} + k)
        if s > {s}:
            raise OverflowError
except (ValueError, OverflowError):
    s = s * {s}

# try around calls, within a loop | s
def guarded(z):
    if z > {s}:
        raise ValueError
    return z * {s}
s = {s}
for k in range(3):
    try:
        s = guarded(s + guarded(0.317 * s)) + 0.217
    except ValueError:
        s = 0.5 * s
        continue
    s = s - 0.1

# try around a comprehension | s
try:
    s = sum([math.log(z + {s}) for z in {v}])
except ValueError:
    s = {s}

# try around a logarithm | s
try:
    s = math.log({s})
except ValueError:
    s = {s}

# try around a key | s
place = "b" if {t} else "a"
try:
    s = {"a": {s}}[place]
except KeyError:
    s = {s}

# try around a division | s
try:
    s = {s} * (1 / (len({v}) - 3))
except ZeroDivisionError:
    s = {s}

# None, or else a tuple | s
best = None
for k in range(3):
    z = {s}
    if best is None or z > best[0]:
        best = (z, k)
s = best[0] * (best[1] + 1)

# logging | s
import logging
s = {s}
logging.getLogger("fuzz").debug("at %s", s)

# exceptions of one's own | s | TooHigh
try:
    if {t}:
        raise TooHigh("by far")
    s = {s}
except TooHigh:
    s = {s}

# globals, read | a | GAIN
a = {v} * GAIN + OFFSETS

# an object outside, read | s | Thing OUTSIDE
s = OUTSIDE.a * {s} + np.sum(OUTSIDE.b * {v})

# comparison methods, abs, [] | s | Pair
left, right = Pair({s}, {s}), Pair({s}, 0.5)
s = abs(left) + (left[1] if left < right else -right[0])

# functools.lru_cache | s | cached
s = cached({s}, 2) * cached({s}, 3)

# class attributes, inner functions of methods | s | Model
s = Model({s}).loss({v}) * Model.rate

# generators | s | squares
s = 0.0
for k, e in enumerate(squares({v}, {s})):
    s += e * (k + 1)
s += sum(squares({v}, {s}))

# a generator without an end | s | powers
s = 0.0
for k, e in enumerate(powers({s})):
    s = s * 0.5 + e
    if k >= 2 or s > 0.831:
        break

# inner functions that call themselves | s
scale = {s}
def series(k):
    return 0.0 if k == 3 else np.sin(scale * k) + scale * series(k + 1)
s = series(0) * scale

# recursion that is passed functions | s | folded
s = folded(np.tanh, {s}, 3) + folded(lambda z: z * z, {s}, 2)

# None, or else an object | s | Layer
kept_layer = None
for k in range(3):
    if kept_layer is None:
        kept_layer = Layer({s}, {s})
    else:
        kept_layer = Layer(kept_layer({s}), {s})
s = kept_layer({s})

# None in one branch | s
found = None
if {t}:
    found = ({s}, {v})
s = {s} if found is None else found[0] * np.sum(found[1])

# members of an enumeration | s | Way
way = Way.UP if {t} else Way.DOWN
s = {s} if way is Way.UP else {s} * 2

# star-unpacking of any length | s
first, *others = [z * {s} for z in {v}]
s = first * sum(others)

# an exception that is formatted | s
try:
    if {t}:
        raise ValueError("high")
    s = {s}
except ValueError as error:
    label = f"{error}"
    s = {s}

# a list of dicts that grows | s
records = []
for k in range(3):
    records.append({"a": {s}, "b": {v} * k})
s = sum(record["a"] * np.sum(record["b"]) for record in records)

# what is found in a loop | s a
a = np.zeros(3)
for k, z in enumerate({v}):
    if z > 0.123:
        a = {v} * z
        place = k
        break
else:
    place = 2
s = a[place] * {s}

# objects in a list that grows | s t | Layer
layers = []
for k in range(3):
    layers.append(Layer({s}, {s} * k))
for layer in layers:
    layer.w += 0.5 * layer.b
    layer.b *= {s}
s, t = sum(layer.w * layer.b for layer in layers), layers[1].w

# objects of a comprehension, each beside each | s | Layer
layers = [Layer(z, z * {s}) for z in {v}]
for one in layers:
    for other in layers:
        one.b += 0.1 * (other.w - one.w)
    if one.b > 0.123:
        one.w = one.b * {s}
s = layers[{i}].b + sum(layer(0.5) for layer in layers)

# objects of arrays in a list | h | Thing
things = [Thing({s}, {v} * k) for k in range(2)]
for thing in things:
    thing.b[{i}] += thing.a
    thing.a = thing.total()
h = things[0].b * things[1].a

# named tuples of a comprehension | s | Point
points = [Point(z * {s}, z) for z in {v}]
points.append(points[0]._replace(a={s}))
s = sum(point.size() * k for k, point in enumerate(points))

# objects on a stack | s | Layer
stack, s = [Layer({s}, 0.5), Layer({s}, {s})], 0.0
while stack:
    layer = stack.pop()
    s += layer.w * layer.b
    if layer.b > 0.4:
        stack.append(Layer(layer.w * 0.5, layer.b - 0.7))

# a dict of unknown keys | s t
sums = {}
for k, z in enumerate({v}):
    sums[k % 2] = sums.get(k % 2, 0.0) + z * {s}
s = sum(sums.values()) * max(sums.values())
t = sum(k * z for k, z in sorted(sums.items()))

# collections.defaultdict | s
sums, lists = collections.defaultdict(float), collections.defaultdict(list)
for k, z in enumerate({v}):
    sums[k % 2] += z * {s}
    lists[k // 2].append(z)
s = sums[0] * sums[1] + sum(sum(z * z for z in zs) * (k + 1) for k, zs in lists.items())

# pairs in order | s
ordered = sorted((z, k) for k, z in enumerate({v}))
s = sum(z * (j + 1) * (k + 2) for j, (z, k) in enumerate(ordered)) + max((z, k) for k, z in enumerate({v}))[0]

# parts of iterators | s
chain = itertools.chain({v}, [{s}])
s = sum(z * z for z in itertools.islice(chain, 3)) + sum(p * q for p, q in zip({v}, itertools.count(1)))

# an iterator with a name | s
pairs = zip({v}, [{s}, {s}, 0.5])
s = sum(p * q for p, q in pairs)

# rows of lists of lists | s
rows = [[{s}, {s}], [0.5, {s}]]
copies = [row[:] for row in rows]
copies[1][0] -= copies[0][1] * rows[0][0]
for j in range(2):
    copies[0][j] *= copies[1][j]
s = sum(z for row in copies for z in row) + rows[1][0]

# joined slices of lists | s
zs = [z * {s} for z in {v}]
rest = zs[:1] + zs[2:]
rest[0] = rest[0] * {s}
s = sum(z * k for k, z in enumerate(rest, 1)) + zs[0]

# a step of a loop beside its state | h
def slope(y, k):
    return -k * y + {s}
y = {v}
for _ in range(2):
    k1 = slope(y, 0.3)
    k2 = slope(y + 0.05 * k1, {s})
    y = y + 0.1 * (k1 + 2 * k2)
h = y

# slices of calculated lengths | s
line = np.concatenate([{v}, {v} * {s}])
n = len(line) // 2
first, last = line[:n], line[n : 2 * n]
line[1 : 2 * n - 1] -= 0.1 * (line[: 2 * n - 2] - line[2:])
s = np.sum(first * last) + np.sum(line[n - 1 :] ** 2)

# complex sums in a loop | s
z = {s}
for k in range(3):
    z = z * np.exp(1j * {s}) + k
    if k:
        z = z + {s}
s = np.abs(z) + np.imag(z) * np.real(z)

# complex buffers | s a
waves = np.zeros(3, dtype=complex)
waves[:] = {v}
waves[{i}] *= np.exp(1j * {s})
waves[0] += {s}
a = np.abs(waves) ** 2
s = np.sum(waves).imag + np.vdot(waves, waves * {v}).real
"""
