"""Every mutant of the compiler is noticed by a small fixed set of programs."""

from __future__ import annotations

import copy
import types
import warnings
from contextlib import AbstractContextManager

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import SrcdiffError
from srcdiff.rules import RULES
from tests.differences import assert_close, gradient
from tests.fuzz.calls import CALLS
from tests.fuzz.oracles import direction, inner, same_bits
from tests.fuzz.programs import forget, load
from tests.fuzz.writer import APART, HOLE
from tests.hazards import HAZARDS
from tests.mutant_programs import PROGRAMS
from tests.mutants import HARMLESS, MUTANTS, Mutant, wrong_sign

QUICK = MUTANTS[::9]
SUSPECTS = PROGRAMS + [
    (h.f, h.points[0])
    for h in HAZARDS
    if not h.refused and h.number != 39 and h.expect is None and h.f.__code__.co_varnames[0] == "x"
]


def objection(f, args) -> str | None:
    """What is wrong with the derivatives of f by its first argument, None if nothing is."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            wanted = gradient(f, args, 0)
            value = f(*copy.deepcopy(args))
            given = copy.deepcopy(args)
            got, reverse = srcdiff.value_and_grad(f)(*given)
            tangent = direction(args[0], 1)
            pulled, again = srcdiff.vjp(f)(*given, 1.0)
            pushed, forward = srcdiff.jvp(f)(*given, tangent)
            assert same_bits(given, args), "the arguments are changed"
            assert_close([got, pulled, pushed], [value, value, value])
            assert_close(again, reverse, rtol=1e-9)
            assert_close(reverse, wanted, rtol=1e-4, atol=1e-5)
            assert_close(forward, inner(reverse, tangent), rtol=1e-6, atol=1e-7)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return None


@pytest.fixture(scope="module")
def sound():
    """The programs that the compiler as it is differentiates right."""
    return [(f, args) for f, args in SUSPECTS if objection(f, args) is None]


def caught(mutant: AbstractContextManager, programs) -> str | None:
    with mutant:
        return next((f"{f.__name__}: {found}" for f, args in programs if (found := objection(f, args))), None)


def check(mutant: Mutant, programs) -> None:
    assert caught(mutant.applied(), programs) or mutant.what in HARMLESS, f"nothing notices: {mutant.what}"


@pytest.mark.parametrize("mutant", QUICK, ids=[m.what for m in QUICK])
def test_some_mutants_are_caught(mutant, sound):
    check(mutant, sound)


def test_mutants_are_up_to_date():
    """What each mutant changes still stands where it looks for it."""
    for mutant in MUTANTS:
        with mutant.applied():
            pass


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=[m.what for m in MUTANTS])
def test_mutant_is_caught(mutant, sound):
    check(mutant, sound)


def test_own_programs_are_right():
    assert [f.__name__ for f, args in PROGRAMS if objection(f, args)] == []


# another rule's other name, a rule that the sweep takes apart itself, and derivatives that are zero where they are taken
UNREACHED = {
    *(("numpy.true_divide", a) for a in "xy"),
    *(("numpy.where", a) for a in "xy"),
    ("numpy.heaviside", "y"),
    ("numpy.imag", "x"),
    ("numpy.full_like", "a"),
    ("numpy.trapezoid", "x"),  # the table's calls leave the sample points constant
}
PARTS = [
    (name, argument)
    for name, rule in RULES.items()
    for argument, part in rule.parts.items()
    if any(call.rule == name for call in CALLS) and part != 0 and (name, argument) not in UNREACHED
]


IMPORTS = "import cmath\nimport math\nimport statistics\n\nimport numpy as np\nimport scipy.special\n\n\n"


def small_programs(rule: str) -> list[types.ModuleType]:
    """For each call of a rule in the table, a function of a scalar and arrays that depends on all its arguments."""
    modules = []
    for call in CALLS:
        if call.rule == rule:
            outer = "np.mean" if rule == "numpy.sum" else "np.sum"
            power = " ** 2" if rule == "scipy.special.softmax" else ""  # whose sum is always 1
            text = f"def f(x: np.ndarray) -> float:\n    return {outer}({_filled(call)}{power} * 1.7)\n"
            modules.append(load(IMPORTS + text))
    return modules


def _filled(call) -> str:
    count = iter(range(100))

    def fill(hole):
        inside = "np.tanh" if call.rule == "numpy.sin" else "np.sin"
        kind = hole[1].replace("x", "v" if call.result == "x" else call.result)
        k = next(count)
        plain = f"x[{k % 6}]" if kind == "s" else f"{inside}(x[{k % 6}] + {APART[kind]} * x[{(k + 3) % 6}])"
        match hole[2]:
            case "+":
                return f"(1.5 + np.tanh({plain}))"
            case "1":
                return f"(0.8 * np.tanh({plain}))"
            case "^":
                return f"(2.2 + np.tanh({plain}))"
            case "*":
                return f"({plain} + 4 * np.eye(3))"
        return f"({plain})"

    return HOLE.sub(fill, f"({call.template})")


POINTS = [(np.array([0.4, -0.7, 0.9, 0.3, 1.1, -0.2]),), (np.array([-0.6, 1.3, -0.5, 0.8, -0.1, 0.9]),)]


def sign_is_caught(rule: str, argument: str) -> None:
    modules = small_programs(rule)
    try:
        right = [(m.f, point) for m in modules for point in POINTS if objection(m.f, point) is None]
        assert right, f"no call of {rule} is differentiated right: {objection(modules[0].f, POINTS[0])}"
        found = caught(wrong_sign(rule, argument), right)
        assert found, f"nothing notices a wrong sign of {rule} in {argument}"
    finally:
        for module in modules:
            forget(module)


@pytest.mark.parametrize(("rule", "argument"), PARTS[::25])
def test_some_wrong_signs_are_caught(rule, argument):
    sign_is_caught(rule, argument)


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "argument"), PARTS)
def test_wrong_sign_is_caught(rule, argument):
    sign_is_caught(rule, argument)


def test_a_mutant_leaves_no_trace(sound):
    with pytest.raises(SrcdiffError), MUTANTS[0].applied():
        raise SrcdiffError("out of the block")
    assert objection(*sound[0]) is None
