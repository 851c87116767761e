"""Every rule through the public API: functions of one line, with shapes declared, ranks open, and nothing said."""

from __future__ import annotations

import linecache
import zlib
from typing import Annotated, Any

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal
from srcdiff.rules import RULES, bind, differentiable
from tests.differences import leaves
from tests.rule_rows import ROWS
from tests.test_rules import function_of, identify, inner, is_float, mapped, plain, random_like

# what the user says of an array of 3 x 4
WAYS = {
    "declared": lambda x: Annotated[np.ndarray, " ".join(f"d{n}" if n > 1 else "1" for n in x.shape)],
    "array": lambda x: np.ndarray,
    "nothing": lambda x: Any,
}


def program(row, way):
    """The function of a row as a user writes it, and its arguments: every array and float is an argument."""
    fn, args, kwargs = row
    values, lines = [], iter(range(10**6))

    def expression(value):
        if isinstance(value, (list, tuple)) and value and is_varying(value):
            inside = ", ".join(map(expression, value))
            return f"[{inside}]" if isinstance(value, list) else f"({inside},)"
        if isinstance(value, np.ndarray) or is_float(value):
            name = f"a{next(lines)}"
            values.append((name, value))
            return name
        return "np.float64" if isinstance(value, type) else repr(value).replace("inf", "np.inf")

    given = [expression(a) for a in args] + [f"{k}={option(expression, k, v)}" for k, v in kwargs.items()]
    text = f"{symbol(fn)}({', '.join(given)})" if fn != "srcdiff.astype" else f"{given[0]}.astype({given[1]})"
    header = ", ".join(name + annotation(value, way) for name, value in values)
    return (
        f"import cmath\nimport math\nimport operator\nimport statistics\nimport numpy as np\nimport scipy.special\ndef f({header}):\n    return {text}\n",
        values,
    )


def option(expression, name, value):
    return repr(value).replace("inf", "np.inf") if name in ("ord", "axes", "axis") else expression(value)


def is_varying(value):
    return any(
        isinstance(v, np.ndarray) or is_float(v) or (isinstance(v, (list, tuple)) and is_varying(v)) for v in value
    )


def symbol(fn):
    return fn.removeprefix("builtins.").replace("numpy.", "np.")


def annotation(value, way):
    if not isinstance(value, np.ndarray):
        return "" if way == "nothing" else ": float"
    return "" if way == "nothing" else f": WAY_{way}_{value.ndim}_{'_'.join(map(str, value.shape))}"


def load(text, values, way):
    """The function, in a file that can be read back."""
    name = f"<row {zlib.crc32((text + way).encode())}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace = {}
    for _, value in values:
        if isinstance(value, np.ndarray):
            namespace[f"WAY_{way}_{value.ndim}_{'_'.join(map(str, value.shape))}"] = WAYS[way](value)
    exec(compile(text, name, "exec"), namespace)
    return namespace["f"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_rule(row, way):
    function_of(row[0])
    text, values = program(row, way)
    f = load(text, values, way)
    wrt = tuple(name for name, value in values if is_float(value) and varies(row, value))
    args = [value for _, value in values]
    rng = np.random.default_rng(2)
    dots = {name: random_like(value, rng) for name, value in values if name in wrt}
    try:
        push, pull = srcdiff.jvp(f, wrt=wrt), srcdiff.vjp(f, wrt=wrt)
    except Refusal as refusal:
        assert way != "declared" and ("declare" in str(refusal) or "not known" in str(refusal)), refusal
        return
    value, tangent = push(*args, *dots.values())
    want = differences(f, values, dots)
    for got, w in zip(leaves(plain(tangent)), leaves(want), strict=True):
        np.testing.assert_allclose(np.broadcast_to(got, np.shape(w)), w, rtol=1e-5, atol=1e-6)
    z = plain(f(*args))
    z_bar = random_like(z, rng)
    back, bars = pull(*args, z_bar)
    for got, w in zip(leaves(plain(back)), leaves(z), strict=True):
        np.testing.assert_allclose(got, w, rtol=1e-12)
    for name, bar in zip(wrt, bars, strict=True):
        assert np.shape(bar) == np.shape(dict(values)[name]), f"{name}: {np.shape(bar)}"
    total = sum(inner(np.asarray(bar), dots[name]) for name, bar in zip(wrt, bars))
    np.testing.assert_allclose(total, inner(z_bar, want), rtol=1e-4, atol=1e-5)


def varies(row, value):
    """Whether the rule says how the result depends on an argument (or a part of one)."""
    rule = RULES[row[0]]
    for name, given in bind(rule, row[1], row[2]).items():
        parts = leaves(given) if isinstance(given, (list, tuple)) else [given]
        if any(part is value for part in parts):
            return differentiable(rule, name)
    return False


def differences(f, values, dots, step=1e-6):
    """The derivative of f along the tangents."""
    up, down = (
        plain(f(*[mapped(lambda x, d: x + s * d, v, dots[n]) if n in dots else v for n, v in values]))
        for s in (step, -step)
    )
    return mapped(lambda a, b: (a - b) / (2 * step), up, down)


GENERATOR = np.random.default_rng(0)


def drawn_from_an_argument(x: float, rng):
    return x * np.sum(rng.normal(size=3)) * rng.random()


def drawn_from_outside(x: float):
    return x * GENERATOR.normal()


def test_a_generator_is_drawn_from_once_and_in_order():
    first, second = np.random.default_rng(5), np.random.default_rng(5)
    value, slope = srcdiff.value_and_grad(drawn_from_an_argument)(0.7, first)
    assert value == drawn_from_an_argument(0.7, second) and slope == pytest.approx(value / 0.7)
    assert first.random() == second.random(), "as many numbers are drawn as the function draws"
    assert srcdiff.grad(drawn_from_outside)(0.7) == np.random.default_rng(0).normal()


def rolled_number(x: float) -> float:
    return x + np.roll(x, 1) + np.sum(np.roll(2.0 * x, 3))


def test_a_rule_that_computes_with_numbers_alone():
    """The cotangent 1.0 is a number of the compiler's, which np.roll makes an array of."""
    assert srcdiff.grad(rolled_number)(0.7) == 4.0
