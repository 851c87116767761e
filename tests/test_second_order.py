"""Derivatives of derivatives: the tangent and the cotangent of each hazard's gradient, against its differences."""

import copy

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal
from tests.hazards import HAZARDS

# at these points the gradient itself has no derivative
KINKS = {"ties_in_max", "tie_in_maximum", "abs_at_zero", "branch_not_taken", "squared_norm_at_zero"}
# what is refused the second time
REFUSED = {"mutual_recursion"}


def smooth(hazard):
    point = hazard.points[0]
    x = point[hazard.f.__code__.co_varnames.index("x")]
    return hazard.number != 39 and hazard.f.__name__ not in KINKS and np.asarray(x).dtype == float


CHOSEN = [hazard for hazard in HAZARDS if not hazard.refused and smooth(hazard)]


@pytest.mark.parametrize("hazard", CHOSEN, ids=[f"{h.number:02}-{h.f.__name__}" for h in CHOSEN])
def test_gradient_of_the_gradient(hazard):
    point, position = hazard.points[0], hazard.f.__code__.co_varnames.index("x")
    gradient = srcdiff.grad(hazard.f, wrt=position)
    if hazard.f.__name__ in REFUSED:
        with pytest.raises(Refusal):
            srcdiff.vjp(gradient, wrt=position)
        return
    x = point[position]
    rng = np.random.default_rng(0)
    direction, weights = (rng.uniform(0.5, 1.5, np.shape(x)) for _ in range(2))

    def at(value):
        given = list(copy.deepcopy(point))
        given[position] = value
        return given

    step = 1e-5
    want = (np.asarray(gradient(*at(x + step * direction))) - gradient(*at(x - step * direction))) / (2 * step)
    if hazard.f.__name__ == "repeated_singular_values":  # whose vectors have no derivative
        assert np.isnan(srcdiff.vjp(gradient, wrt=position)(*at(x), weights)[1]).all()
        return
    _, tangent = srcdiff.jvp(gradient, wrt=position)(*at(x), direction)
    _, cotangent = srcdiff.vjp(gradient, wrt=position)(*at(x), weights)
    np.testing.assert_allclose(tangent, want, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(np.sum(cotangent * direction), np.sum(tangent * weights), rtol=1e-9, atol=1e-12)


def scaled(x: np.ndarray, y: np.ndarray):
    return np.sum(np.log(np.abs(x * y)) * x)


@pytest.mark.parametrize(
    "x, y",
    [
        (np.array([1.0, -2.0]), np.array([0.5, 3.0])),
        (np.array([1.0, -2.0]), np.array([[0.5, 3.0], [-1.0, 2.0]])),
        (np.array([[1.0], [-2.0]]), np.array([0.5, 3.0])),
        (np.array([1.5]), np.array([0.5, 3.0])),
    ],
)
def test_contributions_that_are_smaller_than_what_was_broadcast(x, y) -> None:
    srcdiff.check_grads(scaled, x, y, wrt=("x", "y"), order=2)
