"""Keys of dicts that vary: they may be looked up; what is computed from them is refused, as it would lose its derivative."""

from __future__ import annotations

import pytest

import srcdiff
from srcdiff.errors import Refusal
from tests.fuzz.programs import forget, load

LOST = {
    "an entry that was written": "d = {}\nd[2 * x] = 3.0\ny = 0.0\nfor k, v in d.items():\n    y += k * v",
    "an entry of a dict that is written out": "d = {2 * x: 3.0, 1.0: x}\ny = 0.0\nfor k in d:\n    y += k * d[k]",
    "the first key": "d = {2 * x: 3.0}\ny = list(d)[0] * 2",
    "the greatest key": "d = {v: i for i, v in enumerate([x, 2 * x])}\ny = max(d)",
    "the sum of the keys": "d = {v: i for i, v in enumerate([x, 2 * x])}\ny = sum(d)",
    "pairs": "d = dict(zip([x, 2 * x], range(2)))\ny = sum(k * v for k, v in d.items())",
    "a number in a tuple": "d = {}\nd[0, x] = 2.0\ny = 0.0\nfor k, v in d.items():\n    y += k[1] * v",
    "a dict within a list": "p = [{}, {}]\nfor i in range(2):\n    p[i][x * i] = 1.0\nq = p[1]\ny = max(q) * 2",
    "the argument of a call": "def total(d, n):\n    if n == 0:\n        return 0.0\n"
    "    return list(d)[n - 1] + total(d, n - 1)\ny = total({x: 1.0, 2 * x: 2.0}, 2)",
}
KEPT = {
    "looked up": "d = {}\nfor i in range(3):\n    d[x + i] = x * i\ny = 0.0\nfor k in d:\n    y += d[k] ** 2",
    "values": "d = {}\nfor i in range(3):\n    d[x * i] = d.get(x * i, 0.0) + x\ny = sum(v * v for v in d.values() if v > 0)",
    "fixed keys of what varies": "d = {1.0: x, 3.0: x * x}\ny = max(d) * x * d[1.0]",
    "the sum of fixed keys": "d = {}\nfor i in range(4):\n    d[i + 1.0] = x * i\ny = sum(d) * d[3.0] * max(d)",
    "arithmetic with fixed keys": "d = {}\nfor i in range(4):\n    d[i + 1.0] = x * i\ny = 0.0\n"
    "for k, v in d.items():\n    y += v * v / k - k",
}


def function(statements: str):
    lines = [*statements.splitlines(), "return y"]
    return load("def f(x: float):\n" + "".join(f"    {line}\n" for line in lines))


@pytest.mark.parametrize("mode", [srcdiff.grad, srcdiff.jvp])
@pytest.mark.parametrize("name", LOST)
def test_refused(name: str, mode) -> None:
    module = function(LOST[name])
    with pytest.raises(Refusal, match="the keys of a dict vary"):
        mode(module.f)
    forget(module)


@pytest.mark.parametrize("name", KEPT)
def test_differentiated(name: str) -> None:
    module = function(KEPT[name])
    srcdiff.check_grads(module.f, 1.3)
    forget(module)


def test_keys_that_are_calculated_with_are_numbers() -> None:
    """What a key is subtracted from and divided by is taken to be a number, and the text needs no helper."""
    module = load(
        "def f(rates, times):\n    factors = {}\n    before = 0.0\n    for t, rate in zip(times, rates):\n"
        "        factors[t] = 1 / (1 + rate * (t - before))\n        before = t\n    total = 0.0\n"
        "    for t, factor in factors.items():\n        total += factor / t\n    return total\n"
    )
    derivative = srcdiff.grad(module.f)
    assert "unbroadcast" not in derivative.source
    srcdiff.check_grads(module.f, [0.02, 0.03], [0.5, 2.0], wrt="rates")
    forget(module)
