"""Every hazard is differentiated right, in both modes, or refused when the derivative is built."""

import copy
import warnings

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal, SrcdiffError
from tests.differences import assert_close, directional, gradient
from tests.hazards import HAZARDS

# what is refused today; each row that becomes differentiable leaves this set
REFUSED: frozenset[str] = frozenset()

SCALAR = [hazard for hazard in HAZARDS if hazard.number != 39]
IDS = [f"{hazard.number:02}-{hazard.f.__name__}" for hazard in SCALAR]


def active(hazard, point):
    """The position of x."""
    return hazard.f.__code__.co_varnames.index("x")


def wanted(hazard, point, position):
    if hazard.expect is not None and point is hazard.points[0]:
        return hazard.expect
    exact = [np.asarray(a, float) if getattr(a, "dtype", None) == np.float32 else a for a in point]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return gradient(hazard.f, exact, position)


@pytest.mark.parametrize("hazard", SCALAR, ids=IDS)
@pytest.mark.parametrize("mode", ["grad", "jvp"])
def test_hazard(hazard, mode):
    position = active(hazard, hazard.points[0])
    if hazard.f.__name__ in REFUSED or hazard.refused:
        with pytest.raises(Refusal):
            getattr(srcdiff, mode)(hazard.f, wrt=position)
        return
    derivative = getattr(srcdiff, mode)(hazard.f, wrt=position)
    for point in hazard.points:
        given = copy.deepcopy(point)
        want = wanted(hazard, point, position)
        single = getattr(point[position], "dtype", None) == np.float32
        tolerance = {"rtol": 1e-4, "atol": 1e-5} if single else {}
        if mode == "grad":
            got = derivative(*given)
            assert_close(got, want, **tolerance)
            if np.ndim(point[position]):
                assert got.dtype == np.result_type(point[position].dtype, np.float16)
        else:
            direction = np.random.default_rng(0).uniform(0.5, 1.5, np.shape(point[position]))
            value, tangent = derivative(*given, np.float32(direction) if single else direction)
            assert_close(value, hazard.f(*copy.deepcopy(point)), **tolerance)
            assert_close(tangent, np.sum(want * direction), **tolerance)
        np.testing.assert_equal(given, point, "the derivative changed its arguments")


def test_not_scalar():
    """Hazard 39: an output that is not a scalar is refused by grad, and the shape is named."""
    hazard = next(hazard for hazard in HAZARDS if hazard.number == 39)
    x = hazard.points[0][0]
    with pytest.raises((SrcdiffError, AssertionError), match=r"\(2,\)|vjp|jacobian"):
        srcdiff.grad(hazard.f)(x)
    direction = np.array([0.5, 2.0])
    assert_close(srcdiff.jvp(hazard.f)(x, direction)[1], directional(hazard.f, [x], {0: direction})[0])
    assert_close(srcdiff.vjp(hazard.f)(x, direction)[1], 2 * x * direction)


def test_nested_derivatives():
    """Hazard 51: d/dx of x * d/dy(x + y) is 1; an inner derivative's tangent is not the outer one's."""

    def inner(y, x):
        return x + y

    inner_slope = srcdiff.grad(inner, wrt="y")

    def outer(x):
        return x * inner_slope(1.0, x)

    try:
        derivative = srcdiff.grad(outer)
    except Refusal:
        return
    assert derivative(1.0) == 1.0
