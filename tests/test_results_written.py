"""What a function of NumPy's gives is written to: its tangent can be, too."""

from __future__ import annotations

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal
from tests.call_programs import Value, filled, loaded
from tests.differences import assert_close, directional
from tests.fuzz.calls import CALLS, Call

ARRAYS = [call for call in CALLS if call.result in ("v", "m", "q", "x")]


def written(call: Call):
    """A function that writes to the result of a call, and its arguments."""
    parameters: list[str] = []
    values: list[Value] = []

    def operand(shape: tuple[int, ...], value: np.ndarray) -> str:
        kind = f"Annotated[np.ndarray, '{' '.join(map(str, shape))}']" if shape else "float"
        parameters.append(f"a{len(values)}: {kind}")
        values.append(value if shape else float(value))
        return f"a{len(values) - 1}"

    body = f"""    z = {filled(call, operand)}
    z[0] = 0.5
    z *= 2
    return np.sum(z * np.cos(np.arange(z.size)).reshape(z.shape))
"""
    return loaded(parameters, body, f"<written {call.template}>"), values


@pytest.mark.parametrize("call", ARRAYS, ids=lambda call: call.template)
def test_result_is_written_to(call):
    function, values = written(call)
    if not values:
        return
    try:
        found = function(*values)
    except (ValueError, TypeError):  # NumPy's own result cannot be written to, or is no array
        return
    if not np.isfinite(found):
        return
    which = tuple(range(len(values)))
    try:
        tangent = srcdiff.jvp(function, wrt=which)
    except Refusal:
        return
    rng = np.random.default_rng(1)
    steps = [rng.normal(size=np.shape(v)) if np.ndim(v) else float(rng.normal()) for v in values]
    expected = directional(function, tuple(values), dict(zip(which, steps)))
    assert_close(tangent(*values, *steps)[1], expected[0])


def chosen(x, params):
    if x > 0.123:
        return np.tanh(np.sum(params["b"])) * x
    return x + params["a"]


@pytest.mark.parametrize("mode", ["grad", "value_and_grad", "vjp"])
def test_a_derivative_that_a_branch_gives_may_be_written_to(mode):
    """NumPy lets nobody write to what it broadcasts, in a dict, of one branch, either."""
    derivative = getattr(srcdiff, mode)(chosen, wrt="params")
    found = derivative(0.7, {"a": 0.3, "b": np.ones(3)}, *([1.0] if mode == "vjp" else []))
    gradient = found if mode == "grad" else found[1]
    assert gradient["b"].flags.writeable
