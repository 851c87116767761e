"""Python's operators, its built-in functions, and the math module."""

from __future__ import annotations

import builtins
import cmath
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcdiff import runtime
from srcdiff.rules.declare import Symbolic, called, dispatch, elementwise, general, linear, nondifferentiable, summed_to

m = Symbolic(math)
c = Symbolic(cmath)
LN2, LN10 = math.log(2), math.log(10)


def above_zero(z: Any, x: Any) -> Any:
    """z, but infinite where x was cut off at 0, as maximum(v, 0) is: it is constant there, whatever the slope of a root."""
    return np.where(z > 0, z, math.inf) if getattr(x, "is_clipped", False) else z


def root_x(z: Any, x: Any) -> Any:
    return 1 / (2 * above_zero(z, x))


def power_x(z: Any, x: Any, y: Any) -> Any:
    """y x^(y-1), and 0 for y = 0 at every x: `0 * x ** -1` would not be; of an array z / x, as a power costs it many divisions.

    They agree for y < 0 alone: else z / x is 0 / 0 at 0."""
    if y == 0 if isinstance(y, (int, float)) else False:
        return 0
    if isinstance(y, (int, float)) and y < 0 and getattr(x, "known_shape", None):
        return y * z / x
    if isinstance(y, (int, float)):
        x = above_zero(x, x) if 0 < y < 1 else x
        return 1 if y == 1 else y * x if y == 2 else y * x ** (y - 1)
    return y * x ** (y - (y != 0))


def power_y(z: Any, x: Any, y: Any) -> Any:
    """z log(x), and 0 at x = 0."""
    if isinstance(x, (int, float)):
        return z * math.log(x) if x > 0 else 0 if x == 0 else z * math.nan
    return z * np.log(x + (x == 0))


def reciprocal(z: Any, y: Any) -> Any:
    """1 / y as an operation, also of a literal: x / 6 has the derivative 1 / 6, which is no short number."""
    return z.emit_call("operator.truediv", 1, y) if hasattr(z, "emit_call") else 1 / y


elementwise(operator.add, np.add, x=1, y=1)
elementwise(operator.sub, np.subtract, x=1, y=-1)
elementwise(operator.mul, np.multiply, x=lambda z, x, y: y, y=lambda z, x, y: x)
elementwise(
    operator.truediv,
    np.divide,
    "numpy.true_divide",
    x=lambda z, x, y: reciprocal(z, y),
    y=lambda z, x, y: -z * z if isinstance(x, (int, float)) and x == 1 else -z / y,
)
elementwise(operator.pow, builtins.pow, np.power, np.float_power, math.pow, x=power_x, y=power_y)
elementwise(operator.neg, np.negative, x=-1)
elementwise(operator.pos, np.positive, x=1)
elementwise(operator.mod, np.mod, x=1, y=lambda z, x, y: -(x // y))
elementwise(np.fmod, math.fmod, math.remainder, x=1, y=lambda z, x, y: (z - x) / y)
elementwise(builtins.float, x=1)


def larger(x: Any, y: Any) -> Any:
    """How much of max(x, y) is x: a tie is shared equally, but a constant takes all of it."""
    if isinstance(y, (int, float)):
        return x > y
    return 1 - larger(y, x) if isinstance(x, (int, float)) else (np.sign(x - y) + 1) / 2


def smaller(x: Any, y: Any) -> Any:
    """How much of min(x, y) is x."""
    if isinstance(y, (int, float)):
        return x < y
    return 1 - smaller(y, x) if isinstance(x, (int, float)) else (np.sign(y - x) + 1) / 2


elementwise(np.maximum, np.fmax, x=lambda z, x, y: larger(x, y), y=lambda z, x, y: larger(y, x))
elementwise(np.minimum, np.fmin, x=lambda z, x, y: smaller(x, y), y=lambda z, x, y: smaller(y, x))

chosen_item, chosen_item_dot = called(runtime.chosen_item), called(runtime.chosen_item_dot)
Part = Callable[[Any, Any], Any]


def equal_share(bar: Any, z: Any, item: Any, items: tuple[Any, ...]) -> Any:
    """What one item of max(*items) or min(*items) gets of `bar`: those that are equal to the result share it."""
    return bar / dispatch("tuple.count", tuple.count, (items, z), {}) * (item == z)


def extremum(part: Part, of_list: Callable[..., Any]) -> Callable[..., Any]:
    """The part of a (co)tangent that one item of max or min gets: a tie is shared, but a constant takes all of it."""

    def rule(bar: Any, z: Any, *items: Any, index: int) -> Any:
        if len(items) == 1:
            return of_list(bar, z, *items, index=index)
        if len(items) == 2 and any(isinstance(item, (int, float)) for item in items):
            return bar * part(items[index], items[1 - index])
        return equal_share(bar, z, items[index], items)

    return rule


general(builtins.max, items=(extremum(larger, chosen_item_dot), extremum(larger, chosen_item)))
general(builtins.min, items=(extremum(smaller, chosen_item_dot), extremum(smaller, chosen_item)))


def sum_x(z_bar: Any, x: Any, start: Any = 0) -> Any:
    """Each item of a list gets the cotangent."""
    if getattr(x, "holds_numbers", False) and getattr(z_bar, "known_shape", ()) == ():
        return z_bar
    if not getattr(x, "may_be_container", True) and isinstance(start, (int, float)):
        return z_bar  # along the first axis of an array, it broadcasts as it is
    if isinstance(x, (list, tuple)):
        return type(x)([summed_to(z_bar, item) for item in x])
    return called(runtime.sum_x)(z_bar, x)


linear(builtins.sum, x=sum_x, start=lambda z_bar, x, start=0: summed_to(z_bar, start))
linear(math.fsum, x=sum_x)


def mean_data(z_bar: Any, data: Any) -> Any:
    return sum_x(z_bar / dispatch("builtins.len", len, (data,), {}), data)


linear("statistics.fmean", data=mean_data)
general(  # statistics.mean takes no arrays of no dimensions, which tangents may be
    "statistics.mean",
    data=(
        lambda data_dot, z, data: dispatch("statistics.fmean", np.mean, (data_dot,), {}),
        lambda z_bar, z, data: mean_data(z_bar, data),
    ),
)

# the math module, in terms of itself
elementwise(math.sin, x=lambda z, x: m.cos(x))
elementwise(math.cos, x=lambda z, x: -m.sin(x))
elementwise(math.tan, x=lambda z, x: 1 + z**2)
elementwise(math.asin, x=lambda z, x: 1 / m.sqrt(1 - x**2))
elementwise(math.acos, x=lambda z, x: -1 / m.sqrt(1 - x**2))
elementwise(math.atan, x=lambda z, x: 1 / (1 + x**2))
elementwise(math.atan2, y=lambda z, y, x: x / (x**2 + y**2), x=lambda z, y, x: -y / (x**2 + y**2))
elementwise(math.sinh, x=lambda z, x: m.cosh(x))
elementwise(math.cosh, x=lambda z, x: m.sinh(x))
elementwise(math.tanh, x=lambda z, x: 1 - z**2)
elementwise(math.asinh, x=lambda z, x: 1 / m.sqrt(x**2 + 1))
elementwise(math.acosh, x=lambda z, x: 1 / m.sqrt(x**2 - 1))
elementwise(math.atanh, x=lambda z, x: 1 / (1 - x**2))
elementwise(math.exp, x=lambda z, x: z)
elementwise("math.exp2", x=lambda z, x: LN2 * z)
elementwise(math.expm1, x=lambda z, x: z + 1)
elementwise(math.log1p, x=lambda z, x: 1 / (1 + x))
elementwise(math.log2, x=lambda z, x: 1 / (LN2 * x))
elementwise(math.log10, x=lambda z, x: 1 / (LN10 * x))
elementwise(math.sqrt, x=root_x)
elementwise("math.cbrt", x=lambda z, x: 1 / (3 * z**2))
elementwise(math.fabs, x=lambda z, x: np.sign(x))
elementwise(math.copysign, x=lambda z, x, y: np.sign(x) * m.copysign(1, y), y=0)
elementwise(math.degrees, x=180 / math.pi)
elementwise(math.radians, x=math.pi / 180)
elementwise(math.erf, x=lambda z, x: 2 / math.sqrt(math.pi) * m.exp(-(x**2)))
elementwise(math.erfc, x=lambda z, x: -2 / math.sqrt(math.pi) * m.exp(-(x**2)))
elementwise(math.lgamma, x=lambda z, x: called(runtime.digamma)(x))
elementwise(math.gamma, x=lambda z, x: z * called(runtime.digamma)(x))
elementwise("srcdiff.digamma", x=lambda z, x: called(runtime.polygamma)(1, x))
elementwise("srcdiff.polygamma", x=lambda z, n, x: called(runtime.polygamma)(n + 1, x))
elementwise(math.hypot, coordinates=lambda z, *coordinates, index: coordinates[index] / (z + (z == 0)))

# the cmath module; its angle is in elementwise.py
elementwise(cmath.exp, z=lambda w, z: w)
elementwise(cmath.log, z=lambda w, z: 1 / z)
elementwise(cmath.log10, z=lambda w, z: 1 / (LN10 * z))
elementwise(cmath.sqrt, z=lambda w, z: 1 / (2 * w))
elementwise(cmath.sin, z=lambda w, z: c.cos(z))
elementwise(cmath.cos, z=lambda w, z: -c.sin(z))
elementwise(cmath.tan, z=lambda w, z: 1 + w**2)
elementwise(cmath.asin, z=lambda w, z: 1 / c.sqrt(1 - z**2))
elementwise(cmath.acos, z=lambda w, z: -1 / c.sqrt(1 - z**2))
elementwise(cmath.atan, z=lambda w, z: 1 / (1 + z**2))
elementwise(cmath.sinh, z=lambda w, z: c.cosh(z))
elementwise(cmath.cosh, z=lambda w, z: c.sinh(z))
elementwise(cmath.tanh, z=lambda w, z: 1 - w**2)


def log_x(z: Any, x: Any, base: Any = None) -> Any:
    return 1 / x if base is None else 1 / (x * m.log(base))


elementwise(math.log, x=log_x, base=lambda z, x, base=None: -z / (base * m.log(base)))

nondifferentiable(*(getattr(operator, name) for name in "lt le gt ge eq ne not_ is_ is_not contains truth".split()))
nondifferentiable(*(getattr(operator, name) for name in "floordiv and_ or_ xor invert lshift rshift index".split()))
nondifferentiable(*(getattr(math, name) for name in "floor ceil trunc isnan isinf isfinite isclose comb perm".split()))
nondifferentiable(*(getattr(math, name) for name in "factorial gcd lcm isqrt".split()))
nondifferentiable(*(f"builtins.{name}" for name in "int bool len range isinstance callable any all str repr".split()))
nondifferentiable("builtins.format", "tuple.count", "tuple.index", "list.count", "list.index")
nondifferentiable(*(f"set.{name}" for name in vars(set) if not name.startswith("_")))
nondifferentiable(*(f"str.{name}" for name in vars(str) if not name.startswith("_")))
nondifferentiable(
    "builtins.print",
    "builtins.round",
    "fstring",
    "slice",
    "set",
    "assert",
    "exception",
    "srcdiff.raises",
    "srcdiff.raised",
)
