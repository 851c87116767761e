"""Functions: lambdas, closures, functions as values, decorators, arguments of every kind."""

import functools
import math
from functools import partial, wraps

import numpy as np

import srcdiff
from tests.language import sibling


def logged(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return 2.0 * function(*args, **kwargs)

    return wrapper


@logged
def decorated(x: float) -> float:
    return x * x


@functools.cache
def cached(x: float) -> float:
    return math.sin(x) * x


square_plus = lambda x: x**2 + 3 * x  # noqa: E731


def keyword_only(x: float, *, power: int = 2):
    return x**power


def variable(scale, *values, **options):
    total = 0.0
    for v in values:
        total += v * scale
    return total * options["gain"] + options.get("shift", 1.0)


def lambda_in_function(x: float):
    f = lambda t: t * t + x  # noqa: E731
    return f(x) * f(2.0)


def closure(x: float):
    def inner(t):
        return t * x

    return inner(x) + inner(2 * x)


def function_as_argument(x: float):
    def apply(f, n):
        for _ in range(n):
            pass
        return f(f(x))

    return apply(math.sin, 2) + apply(lambda t: t * x, 2)


def function_as_result(x: float):
    def power(n):
        def raised(t):
            return t**n

        return raised

    return power(2)(x) * power(3)(x)


def functions_in_a_dict(x: float):
    table = {"sin": math.sin, "square": lambda t: t * t}
    return table["sin"](x) * table["square"](x)


def functions_in_a_list(x: float):
    y = x
    for f in [math.sin, math.exp, lambda t: t * x]:
        y = f(y)
    return y


def function_by_a_condition(x: float):
    g = math.sin if x > 1 else math.cos
    return g(x) * x


def partial_function(x: float):
    return partial(math.pow, x)(3.0) * partial(keyword_only, power=3)(x)


def affine(x: float, weights, power: float = 2.0):
    return weights[0] * x**power + weights[1]


half = partial(affine, weights=np.array([0.5, 1.0]))
cube = partial(affine, weights=(1.0, 0.0), power=3.0)


def partial_of_the_module(x: float):
    return half(x) * cube(x)


slope = srcdiff.grad(affine)


@srcdiff.value_and_grad
def growth(x: float) -> float:
    return math.exp(x) * x


def calls_a_derivative(x: float):
    value, x_bar = growth(x)
    return slope(x, (3.0, 1.0)) * value + x_bar


def makes_a_derivative(x: float):
    for _ in range(3):
        x = x - 0.1 * srcdiff.grad(affine, wrt="x")(x, (3.0, 1.0))
    return x


def calls_with_every_argument(x: float):
    options = {"gain": x, "shift": 2.0}
    return variable(x, *(x, 2.0), **options) + keyword_only(x, power=3) + variable(x, gain=1.0)


def calls_decorated(x: float):
    return decorated(x) * cached(x)


def inner_decorated(x: float):
    @logged
    def inner(t):
        return t * x

    return inner(x)


def other_module(x: float):
    return sibling.cube(x) + sibling.Line(x).at(2.0) * sibling.SLOPE


def mutual_recursion(x: float, n: int):
    return even(x, n)


def even(x, n):
    if n == 0:
        return x
    return x * odd(x, n - 1)


def odd(x, n):
    if n == 0:
        return 1.0
    return math.sin(even(x, n - 1))


def reduce_map_filter(x: float):
    values = list(map(lambda k: k * x, [1.0, 2.0, 3.0]))
    large = list(filter(lambda v: v > 1.0, values))
    return functools.reduce(lambda a, b: a * b + x, values) + sum(large)


def function_from_a_table(x: float, kind: str):
    table = {"exp": math.exp, "sin": math.sin, "square": lambda t: t * t}
    return table[kind](x) * [math.cos, math.tanh][len(kind) - 3](x)


def scaled(x, g, b, eps=0.5):
    return g * x + b * eps


def entries_by_parameters(x: float, more: dict[str, float], layers: dict[str, dict[str, float]]):
    return scaled(x, **more) * scaled(2 * x, **layers["first"]) + (lambda g, b: g * b * x)(**layers["second"])


def inner_recursion(x: float, n: int):
    scale = x * x

    def series(k):
        return 0.0 if k == n else x**k / (k + 1) + scale * series(k + 1)

    def power(b, k):  # of a known depth
        return 1.0 if k == 0 else b * power(b, k - 1)

    return series(0) * power(x, 3)


def recursion_that_collects(x: float, n: int):
    found, known = [], {}

    def visit(k, y):
        if k > 0:
            visit(k - 2, y * 0.5)
            found.append(y * k)
            visit(k - 1, y + 1)

    def legendre(k):
        if k not in known:
            known[k] = x**k if k < 2 else ((2 * k - 1) * x * legendre(k - 1) - (k - 1) * legendre(k - 2)) / k
        return known[k]

    visit(n, x)
    return sum(v * v for v in found) + legendre(n + 1)


def quicksort(a, lo, hi):
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


def recursion_in_place(x: np.ndarray):
    y = np.sin(3 * x)
    quicksort(y, 0, len(y) - 1)
    return sum(y[i] ** 2 * (i + 1) for i in range(len(y)))


def two_at_once(k, x):
    if k == 0:
        return 1.0, x
    a, b = two_at_once(k - 1, x)
    return b, a * x + b


def recursion_of_pairs(x: float, n: int):
    a, b = two_at_once(n, x)
    return a * b


def inner_mutual_recursion(x: np.ndarray, n: int):
    y = np.sin(x)

    def even(k, scale=2.0):
        return y[0] if k == 0 else scale * odd(k - 1)

    def odd(k):
        return y[1] ** 2 if k == 0 else (x[0] + 1) * even(k - 1, y[1])

    return even(n) + odd(n)


def bisected(f, lo, hi, n):
    mid = (lo + hi) / 2
    if n == 0:
        return mid
    return bisected(f, mid, hi, n - 1) if f(mid) < 0 else bisected(f, lo, mid, n - 1)


def recursion_with_functions(x: float, n: int):
    def residual(scale, t):
        return scale * t * t - x

    root = bisected(lambda t: t**3 - x, 0.0, 1.0 + x, n)
    return root * bisected(partial(residual, x * x), 0.0, 2.0, n) * bisected(math.cos, 0.0, x, n)


class Chain:
    def __init__(self, weight, steps):
        self.weight = weight
        self.steps = steps

    def product(self, k):
        return self.weight if k == self.steps else self.weight * self.product(k + 1)


def chained(chain, k):
    return chain.weight if k == 0 else chain.weight * chained(chain, k - 1) + chain.product(k)


def recursion_with_objects(x: float, n: int):
    return chained(Chain(x, n + 2), n)


def amplified(by):
    def decorate(method):
        def amplified_method(self, x):
            return by * method(self, x)

        return amplified_method

    return decorate


class Decorated:
    def __init__(self, weight):
        self.weight = weight

    @logged
    def energy(self, x):
        return self.weight * x * x

    @amplified(3.0)
    def force(self, x):
        return self.weight * math.sin(x)

    @np.errstate(divide="ignore", invalid="ignore")
    def entropy(self, x):
        return x * np.log(x) * self.weight

    @property
    @logged
    def gain(self):
        return self.weight**2


@np.errstate(all="ignore")
def logarithm(x):
    return np.log(x) * x


def decorated_methods(x: float):
    model = Decorated(x)
    return model.energy(x) + model.force(x) * Decorated.energy(model, x) + model.entropy(x) * model.gain + logarithm(x)


PROGRAMS = [
    (decorated_methods, (0.7,)),
    (inner_recursion, (0.7, 4)),
    (recursion_that_collects, (0.7, 3)),
    (recursion_in_place, (np.array([0.7, 1.2, -0.3, 2.1, 0.1]),)),
    (recursion_of_pairs, (0.7, 4)),
    (inner_mutual_recursion, (np.array([0.7, 1.2]), 3)),
    (recursion_with_functions, (0.7, 3)),
    (recursion_with_objects, (0.7, 3)),
    (
        entries_by_parameters,
        (0.7, {"b": 1.5, "g": 0.5}, {"first": {"g": 2.0, "b": 3.0, "eps": 0.1}, "second": {"g": 1.0, "b": 0.3}}),
    ),
    (function_from_a_table, (0.7, "sin")),
    (decorated, (0.7,)),
    (cached, (0.7,)),
    (square_plus, (0.7,)),
    (keyword_only, (0.7,)),
    (lambda_in_function, (0.7,)),
    (closure, (0.7,)),
    (function_as_argument, (0.7,)),
    (function_as_result, (0.7,)),
    (functions_in_a_dict, (0.7,)),
    (functions_in_a_list, (0.7,)),
    (function_by_a_condition, (0.7,)),
    (partial_function, (0.7,)),
    (partial_of_the_module, (0.7,)),
    (calls_a_derivative, (0.7,)),
    (makes_a_derivative, (0.7,)),
    (calls_with_every_argument, (0.7,)),
    (calls_decorated, (0.7,)),
    (inner_decorated, (0.7,)),
    (other_module, (0.7,)),
    (mutual_recursion, (0.7, 3)),
    (reduce_map_filter, (0.7,)),
]
