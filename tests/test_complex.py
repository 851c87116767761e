"""Complex numbers between real arguments and real results: each rule is right, or refuses them."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal
from srcdiff.rules.complex_numbers import COMPLEX
from tests.call_programs import Value, filled, loaded
from tests.fuzz.calls import CALLS, Call

REAL = (
    "math.",
    "statistics.",
    "random.",
    "numpy.random.",
    "scipy.",
)  # what takes no complex numbers, or is not NumPy's


def program(call: Call, real: int | None) -> tuple[Callable[..., float], list[Value]] | None:
    """The parts of a call's result, of complex operands but for those at every other place from `real` on."""
    rng = np.random.default_rng(1)
    parameters: list[str] = []
    values: list[Value] = []

    def operand(shape: tuple[int, ...], first: np.ndarray) -> str:
        k = len(values) // 2
        parameters.extend(f"{part}{k}: {'np.ndarray' if shape else 'float'}" for part in "ab")
        values.extend(part if shape else float(part) for part in (first, rng.uniform(0.1, 0.5, size=shape)))
        return f"(a{k} * b{k})" if real is not None and k % 2 == real else f"(a{k} + 1j * b{k})"

    try:
        expression = filled(call, operand)
    except KeyError:
        return None  # the result is not an array
    body = f"""    z = {expression}
    w = np.cos(np.arange(np.size(z))).reshape(np.shape(z))
    return np.sum(np.real(z) * w) + np.sum(np.imag(z) * (1 - w * w))
"""
    function = loaded(parameters, body, f"<complex {call.template} {real}>")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return (function, values) if values and np.isfinite(function(*values)) else None
    except Exception:
        return None  # NumPy's own function takes no complex numbers there


def held(call: Call, real: int | None) -> bool | None:
    """Whether the derivatives of a call of complex operands are right; None where they are refused."""
    made = program(call, real)
    if made is None:
        return None
    function, values = made
    which = tuple(range(len(values)))
    try:
        gradient = srcdiff.grad(function, wrt=which)
    except Refusal:
        return None
    rng = np.random.default_rng(1)
    steps = [rng.normal(size=np.shape(v)) if np.ndim(v) else float(rng.normal()) for v in values]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = gradient(*values)
        tangent = srcdiff.jvp(function, wrt=which)(*values, *steps)[1]
    ahead, behind = (function(*(v + h * d for v, d in zip(values, steps))) for h in (1e-6, -1e-6))
    expected = pytest.approx((ahead - behind) / 2e-6, rel=1e-5, abs=1e-5)
    real_parts = all(np.isrealobj(g) and np.shape(g) == np.shape(v) for g, v in zip(found, values))
    return real_parts and sum(np.sum(g * d) for g, d in zip(found, steps)) == expected and tangent == expected


@pytest.mark.parametrize("real", [None, *(pytest.param(k, marks=pytest.mark.slow) for k in (0, 1))])
def test_each_rule_is_right_or_refuses_complex_operands(real):
    calls = [c for c in CALLS if not c.rule.startswith(REAL)]
    outcomes = {(c.rule, c.template): held(c, real) for c in calls}
    assert not [key for key, right in outcomes.items() if right is False]
    if real is None:
        tested = {rule for (rule, _), right in outcomes.items() if right}
        own = {name for name in COMPLEX if name.startswith("srcdiff.")}
        assert not COMPLEX - own - tested


def rotating(x: np.ndarray) -> float:
    s = x[0]
    for k in range(len(x)):
        s = s * np.exp(1j * x[k])
        if k:
            s = s + x[k]
    return np.abs(s) ** 2 + np.real(s)


def written(x: np.ndarray) -> float:
    u = np.zeros(len(x), dtype=complex)
    u[:] = x
    for k in range(len(x)):
        u[k] *= np.exp(1j * x[k])
    u[0] += x[1]
    return np.sum(np.abs(u) ** 2) + np.sum(u).imag


def listed(x: np.ndarray) -> float:
    waves = [x[0] * 1j, x[1]]
    pair = {"z": waves[0], "r": x[2]}
    total = 0
    for z in waves:
        total += z * z * 1j * pair["r"]
    return np.imag(total) + np.abs(total) + pair["z"].imag


def made(x: np.ndarray) -> float:
    z = complex(x[0], x[1]) ** 2 + complex(x[2])
    return z.real * z.imag + abs(z) + np.angle(z)


def schroedinger(x: np.ndarray) -> float:
    psi = x + 0j
    hop = np.diag(np.ones(2), 1) + np.diag(np.ones(2), -1)
    for _ in range(4):
        k = -1j * (hop @ psi)
        psi = psi - 0.1j * (hop @ (psi + 0.05 * k)) * x[0]
    return np.vdot(psi, hop @ psi).real + np.abs(psi[0]) ** 2


@pytest.mark.parametrize("function", [rotating, written, listed, made, schroedinger], ids=lambda f: f.__name__)
def test_programs(function):
    x = np.array([0.7, 1.2, 0.4])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradient = srcdiff.grad(function)(x)
        tangents = [srcdiff.jvp(function)(x, e)[1] for e in np.eye(3)]
    assert np.isrealobj(gradient)
    expected = [(function(x + h) - function(x - h)) / 2e-6 for h in 1e-6 * np.eye(3)]
    assert gradient == pytest.approx(expected, rel=1e-6, abs=1e-8)
    assert tangents == pytest.approx(expected, rel=1e-6, abs=1e-8)


def parts(x: np.ndarray) -> float:
    return sum(np.sum(np.abs(part * 1j + part)) for part in np.split(np.append(x, x), 2))


def magnitudes(x: np.ndarray) -> float:
    return sum(np.sum(np.abs(part)) for part in np.split(x, 2)) * np.abs(1j * x[0])


def test_what_may_be_complex_or_not_is_refused():
    with pytest.raises(Refusal, match="what may be complex or not has no derivative"):
        srcdiff.grad(parts)
    with pytest.raises(Refusal, match="what may be complex or not has no derivative"):
        srcdiff.jvp(magnitudes)
