"""Classes and functions that fragments of random programs use, written out in a module that needs them."""

# of which a file that is only read tells less than the live values; members of an Enum are bound to a live text
GLOBALS = ("OFFSETS", "OUTSIDE", "Way.")

DEFINITIONS = {
    "Thing": """@dataclass
class Thing:
    a: float
    b: np.ndarray

    def total(self):
        return self.a + np.sum(self.b)
""",
    "Layer": """class Layer:
    rate = 0.25

    def __init__(self, w, b):
        self.w = w
        self.b = b

    def __call__(self, x):
        return np.tanh(self.w * x + self.b)

    def update(self, g):
        self.w -= self.rate * g
        self.b = self.b * 0.5

    @property
    def size(self):
        return self.w * self.w

    @size.setter
    def size(self, value):
        self.w = value * 0.5

    @staticmethod
    def bent(x):
        return np.sin(x) * x

    @classmethod
    def made(cls, w):
        return cls(w, cls.rate)
""",
    "Gauge": """class Gauge:
    def __init__(self, height):
        self.height = height

    @property
    def level(self):
        return 2.0 * self.height

    @level.setter
    def level(self, level):
        self.height = 0.5 * level
""",
    "Deep": """class Deep(Layer):
    def __init__(self, w, b, scale=1.5):
        super().__init__(w, b)
        self.scale = scale

    def __call__(self, x):
        return super().__call__(x) * self.scale
""",
    "Dual": """class Dual:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __add__(self, other):
        return Dual(self.a + other, self.b)

    def __mul__(self, other):
        return Dual(self.a * other.a, self.a * other.b + self.b * other.a)
""",
    "Setting": """@dataclass(frozen=True)
class Setting:
    gain: float
    shift: float = 0.25

    def apply(self, x):
        return self.gain * x + self.shift
""",
    "Point": """class Point(NamedTuple):
    a: float
    b: float

    def size(self):
        return self.a * self.a + self.b
""",
    "Scaled": """class Scaled:
    def __init__(self, k):
        self.k = k

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False

    def of(self, x):
        return self.k * x
""",
    "compose": """def compose(outer, inner):
    def both(z):
        return outer(inner(z))

    return both
""",
    "scaled": """def scaled(x, *, factor=2.0, shift=0.25):
    return x * factor + shift
""",
    "polynomial": """def polynomial(x, *coefficients):
    value = 0.0
    for c in coefficients:
        value = value * x + c
    return value
""",
    "weigh": """def weigh(x, **weights):
    return x * weights["left"] + weights.get("right", 0.5)
""",
    "doubled": """def twice(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args) * 2

    return wrapper


@twice
def doubled(z):
    return np.sin(z) * z
""",
    "even": """def even(z, k):
    return np.sin(z) if k <= 0 else z * odd(z * 0.5, k - 1)


def odd(z, k):
    return z if k <= 0 else np.tanh(even(z, k - 1)) + z
""",
    "nested": """def nested(values):
    return sum(nested(v) if isinstance(v, list) else v * v for v in values)
""",
    "both": """def both(z, values):
    values = values * z
    return np.sum(values), values + z
""",
    "search": """def search(values, z):
    for i in range(len(values)):
        if values[i] > 0.123:
            return values[i] * z
        z = np.sin(z) + 0.5
    return z
""",
    "TooHigh": """class TooHigh(ValueError):
    pass
""",
    "GAIN": """GAIN = 1.25
OFFSETS = np.array([0.1, -0.2, 0.3])
""",
    "OUTSIDE": """OUTSIDE = Thing(0.75, np.array([0.2, -0.4, 0.6]))
""",
    "Pair": """class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __lt__(self, other):
        return self.a < other.a

    def __abs__(self):
        return np.tanh(self.a * self.b) + self.a

    def __getitem__(self, k):
        return self.b if k else self.a
""",
    "cached": """@functools.lru_cache(maxsize=None)
def cached(z, k):
    return np.sin(z) * k
""",
    "Model": """class Model:
    rate = 0.5

    def __init__(self, w):
        self.w = w

    def loss(self, values):
        def one(z):
            return np.tanh(self.w * z)

        return sum(one(z) for z in values)
""",
    "Tally": """class Tally:
    def __init__(self, start):
        self.total, self.count = start, 0

    def step(self):
        self.count += 1
        self.total = self.total * 0.5 + np.sin(self.total)
        return self.count
""",
    "quicksort": """def quicksort(a, lo, hi):
    if lo >= hi:
        return
    i = lo
    for j in range(lo, hi):
        if a[j] < a[hi]:
            a[i], a[j] = a[j], a[i]
            i += 1
    a[i], a[hi] = a[hi], a[i]
    quicksort(a, lo, i - 1)
    quicksort(a, i + 1, hi)
""",
    "pairs": """def pairs(z, k):
    if k == 0:
        return 1.0, z
    a, b = pairs(z, k - 1)
    return b, np.tanh(a * z + b)
""",
    "mixed": """def mixed(k, y, out):
    if k == 0:
        return
    y[0] = np.tanh(y[0] * y[k] + 0.3)
    out.append(y[0] * y[-1])
    mixed(k - 1, y, out)
    y[k] = y[k] * out[-1]
""",
    "squares": """def squares(values, z):
    for v in values:
        if v > 0.831:
            return
        yield v * z
        z = np.sin(z) + v
""",
    "powers": """def powers(z):
    while True:
        yield z
        z = np.tanh(z * 0.9)
""",
    "folded": """def folded(function, z, k):
    return z if k <= 0 else function(folded(function, z * 0.5, k - 1))
""",
    "Way": """import enum


class Way(enum.Enum):
    UP = 1
    DOWN = 2
""",
}
