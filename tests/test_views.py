"""Views by functions of NumPy: written through, and read after what they are views of was written to."""

from __future__ import annotations

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient
from tests.fuzz import aliases
from tests.fuzz.rounds import run

VIEWS = """
x.transpose(1, 0, 2)
x.transpose((2, 0, 1))
np.transpose(x, (1, 2, 0))
np.transpose(x, axes=(0, -1, 1))
np.transpose(x)
x.T
x.swapaxes(0, 2)
np.swapaxes(x, -1, 0)
np.moveaxis(x, 0, 2)
np.moveaxis(x, source=2, destination=0)
np.flip(x)
np.flip(x, 1)
np.flip(x, axis=0)
np.flipud(x)
np.fliplr(x)
np.squeeze(x)
x.squeeze()
x[:1].squeeze(0)
np.expand_dims(x, 0)
np.expand_dims(x, axis=1)
np.asarray(x)
np.asarray(x)[::-1].T
np.swapaxes(x.transpose(2, 0, 1), 0, 1)
np.expand_dims(x[1:], 1)
""".strip().splitlines()

THROUGH = "    v = {}\n    v[0] *= c\n    v[-1] = v[0] ** 2 + c\n    return np.sum(x**2) + np.sum(v * v)\n"
BEFORE = "    v = {}\n    x[1] = c * x[0]\n    x += 0.5 * c\n    return np.sum(v**3) * x[0, 0, 0]\n"
IN_A_LOOP = "    for k in range(2):\n        v = {}\n        v[0] = v[-1] * c\n        x[k] += v[0, 0, 0] ** 2\n    return np.sum(x**2)\n"


def made(body: str, view: str):
    """A function of an array and a number whose text a file of its own has."""
    from tests.fuzz.programs import load

    text = "import numpy as np\n\ndef f(x: np.ndarray, c: float):\n    x = 1.0 * np.ones((2, 3, 2)) * x\n"
    return load(text + body.format(view))


@pytest.mark.parametrize("body", [THROUGH, BEFORE, IN_A_LOOP], ids=["through", "before", "in_a_loop"])
@pytest.mark.parametrize("view", VIEWS)
def test_against_differences(body, view):
    if body is IN_A_LOOP and ("[1:]" in view or "[:1]" in view or "squeeze(0)" in view):
        body = body.replace("v[0, 0, 0]", "np.sum(v[0])")
    module = made(body, view)
    x, c = np.linspace(0.2, 1.3, 12).reshape(2, 3, 2), 0.7
    try:
        want = gradient(module.f, (x, c), 0), gradient(module.f, (x, c), 1)
        assert_close(srcdiff.value_and_grad(module.f, wrt=("x", "c"))(x, c), (module.f(x, c), *want))
        direction = np.cos(x)
        slope = np.sum(want[0] * direction) + want[1] * 0.4
        assert_close(srcdiff.jvp(module.f, wrt=("x", "c"))(x, c, direction, 0.4), (module.f(x, c), slope))
    finally:
        from tests.fuzz.programs import forget

        forget(module)


def test_arrays_of_two_names() -> None:
    """Programs of a grid, the same on every run; the long hunt is `python -m tests.fuzz --aliases`."""
    total, wrong = run(aliases.outcome, 0, 100)
    assert not wrong, wrong[0]
    assert total["right"] > 30, total
