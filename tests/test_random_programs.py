"""Random programs: generated primal, forward, reverse and central differences agree, or the program is refused."""

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal
from tests.differences import gradient
from tests.random_programs import program

POINTS = [(0.7, -0.4, 2), (0.2, 1.1, 3), (-0.9, 0.5, 0)]
SEEDS = 150


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_program(seed):
    text, f = program(seed)
    try:
        backward = srcdiff.value_and_grad(f, wrt=("x", "y"))
        forward = srcdiff.jvp(f, wrt=("x", "y"))
    except Refusal as refusal:
        pytest.skip(f"refused: {refusal.message}")
    for point in POINTS:
        wanted = np.array([gradient(f, point, 0), gradient(f, point, 1)])
        again = np.array([gradient(f, point, 0, 3e-7), gradient(f, point, 1, 3e-7)])
        if not np.allclose(wanted, again, rtol=1e-4, atol=1e-5):
            continue  # the point lies at a jump
        value, reverse = backward(*point)
        _, tangent = forward(*point, 0.6, -1.3)
        np.testing.assert_allclose(value, f(*point), rtol=1e-12, err_msg=text)
        np.testing.assert_allclose(reverse, wanted, rtol=1e-4, atol=1e-5, err_msg=f"{text}\n{backward.source}")
        np.testing.assert_allclose(tangent, np.dot(reverse, [0.6, -1.3]), rtol=1e-9, atol=1e-9, err_msg=text)


def test_few_are_refused():
    """The generator stays within the language, so that the test above tests something."""
    refused = 0
    for seed in range(SEEDS):
        try:
            srcdiff.grad(program(seed)[1])
        except Refusal:
            refused += 1
    assert refused <= SEEDS // 10
