"""What random programs found that crashed: the compiler itself, or the derivative when it ran; by class."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close, gradient, leaves
from tests.fuzz.programs import forget, load

HEADER = "import math\nimport numpy as np\n\n"
U = np.array([0.1, 0.2, 0.3])


def agrees(text: str, wrt: tuple[str, ...], arguments: tuple[Any, ...], order: int = 1) -> None:
    """Hold a function's derivatives, in both modes, to differences."""
    module = load(HEADER + text)
    try:
        srcdiff.check_grads(module.f, *arguments, wrt=wrt, order=order)
    finally:
        forget(module)


def test_terms_that_are_all_nothing() -> None:
    """A common factor is taken out of 0 * a - 0 * b."""
    module = load(HEADER + "def f(x):\n    return math.copysign(x[0] - x[0], x[0])\n")
    assert srcdiff.jvp(module.f)([0.5], [1.0])[1] == 0.0
    forget(module)


UNASSIGNED = {
    "returned in one arm": """
def f(x: float, u: np.ndarray, n):
    if n > 1:
        if x > 0.123:
            return u
    if x > 0.5:
        return u * x
    return x * np.ones(3)
""",
    "returned from a loop in a loop": """
def f(x: float, u: np.ndarray, n):
    z = u
    for i in range(3):
        k = 0
        while k < n:
            if k % 2:
                return np.sin(u) * x
            if i == 1:
                return z
            k += 1
        z = z * x
    return z
""",
    "assigned in an iteration, read in the next": """
def f(x: float, u: np.ndarray, n):
    total = u * 0
    for i in range(n):
        if i > 0:
            total = total + last * u
        last = np.sin(u * x * i)
    return total
""",
    "assigned if the loop runs": """
def f(x: float, u: np.ndarray, n):
    for i in range(n):
        row = u * x * i
    return row * row if n > 0 else u
""",
}


@pytest.mark.parametrize("name", UNASSIGNED)
@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("x", [0.02, 0.3, 0.71])
def test_arrays_that_are_perhaps_unassigned(name: str, count: int, x: float) -> None:
    """No shape is asked of a value that another path leaves unassigned."""
    module = load(HEADER + UNASSIGNED[name])
    try:
        value = module.f(x, U, count)
        y_bar = np.arange(1.0, 4.0) if np.ndim(value) else 1.0
        got, (x_bar, u_bar) = srcdiff.vjp(module.f, wrt=("x", "u"))(x, U, count, y_bar)
        dot = srcdiff.jvp(module.f, wrt=("x", "u"))(x, U, count, 0.3, 2 * U)[1]
        assert np.array_equal(got, value) and u_bar.shape == U.shape
        assert np.isclose(np.sum(y_bar * dot), 0.3 * x_bar + 2 * u_bar @ U)
        h = 1e-6
        up, down = (np.sum(y_bar * module.f(x + s * 0.3, U + s * 2 * U, count)) for s in (h, -h))
        assert np.isclose(np.sum(y_bar * dot), (up - down) / (2 * h), atol=1e-7)
    finally:
        forget(module)


TUPLES = """
couple[1][0] = x
h = couple[1]; h[[1]] += x
a = couple[1]; np.multiply(a, u, out=a)
""".strip().splitlines()


@pytest.mark.parametrize("statements", TUPLES)
@pytest.mark.parametrize("mode", ["vjp", "value_and_grad", "jvp"])
def test_arrays_of_tuples_that_are_not_annotated(statements: str, mode: str) -> None:
    """A write to an array in an argument that is a tuple, as it turns out, makes a new tuple."""
    body = "\n".join(f"    {s.strip()}" for s in statements.split(";"))
    module = load(HEADER + f"def f(x, u, couple):\n{body}\n    return couple[0] * np.sum(couple[1] * couple[1])\n")
    derivative = getattr(srcdiff, mode)(module.f, wrt=("x", "u", "couple"))
    couple = 0.4, np.array([0.7, -0.2, 0.3])
    tangents = 0.3, U * U, (0.5, np.array([1.0, 2.0, -1.0]))
    extra = {"vjp": (1.0,), "jvp": tangents}.get(mode, ())
    found = derivative(0.71, U, couple, *extra)[1]
    assert np.array_equal(couple[1], [0.7, -0.2, 0.3])
    if mode != "jvp":
        found = sum(np.sum(a * b) for a, b in zip(leaves(found), leaves(tangents), strict=True))
    h = 1e-6
    up, down = (
        module.f(0.71 + s * 0.3, U + s * U * U, (0.4 + s * 0.5, couple[1] + s * tangents[2][1])) for s in (h, -h)
    )
    assert abs(found - (up - down) / (2 * h)) < 1e-7
    forget(module)


def test_second_derivatives_of_a_tuple_that_is_written_to() -> None:
    """The derivative of a new tuple's zeros is a new tuple's, too."""
    module = load(
        HEADER + "def f(x, couple):\n    s, h = couple\n    h[[1]] += x\n    s, h = couple\n    return np.sum(h * h)\n"
    )
    gradient = srcdiff.grad(module.f, wrt=("x", "couple"))
    couple, tangent = (0.4, U), (0.0, np.array([1.0, 2.0, -1.0]))
    x_dot, (_, u_dot) = srcdiff.jvp(gradient, wrt=("x", "couple"))(0.3, couple, 0.5, tangent)[1]
    assert np.isclose(x_dot, 2 * (0.5 + 2.0)) and np.allclose(u_dot, [2.0, 5.0, -2.0])
    forget(module)


def test_tangents_in_lists_are_whole() -> None:
    """What forward mode puts into a list's slot is as large as the array there, whatever it is computed from."""
    text = """
def f(x: float, a: np.ndarray):
    parts = [a for _ in range(2)]
    parts.append(a[::-1])
    for k in range(2):
        parts[-1] = a * parts[1][0] * x
    return np.sum(parts[2] * parts[0])
"""
    agrees(text, ("x", "a"), (0.71, U), order=2)
    module = load(HEADER + "def f(x, u, n):\n    L = [u, u]\n    L[n] = u + x\n    return np.sum(L[0]) * L[1] @ u\n")
    assert np.isclose(srcdiff.jvp(module.f, wrt="x")(0.3, U, 0, 1.0)[1], 3 * U @ U)
    forget(module)


@pytest.mark.parametrize("name", ["copy", "replaced", "complete", "zeros_like", "add_at"])
def test_locals_that_are_called_like_helpers(name: str) -> None:
    """A local variable does not hide a helper, be it one that copies what is written to."""
    module = load(
        HEADER + f"def f(t, x):\n    {name} = t[0] * 2\n    t[0][0] = 3 * x\n    return np.sum({name} * t[0])\n"
    )
    _, (t_bar, x_bar) = srcdiff.vjp(module.f, wrt=("t", "x"))([U], 0.5, 1.0)
    np.testing.assert_allclose(t_bar[0], [3.0, 4 * U[1], 4 * U[2]])
    assert np.isclose(x_bar, 6 * U[0])
    forget(module)


def test_slices_that_are_swapped_in_a_loop() -> None:
    """What flows around a loop through slices of itself is asked for its rank once."""
    text = "def f(x, u):\n    for i in range(3):\n        back = u[::-1]\n        back, u = u, back\n    return x * np.sum(u[:2])\n"
    agrees(text, ("x", "u"), (0.3, U))


def test_entries_of_which_one_is_copied_as_an_array() -> None:
    """An argument is not taken for a vector, where one of its entries is copied and indexed."""
    module = load(HEADER + "def f(x, t):\n    s = np.copy(t[1])[0]\n    return x * s if t[0] > 0.5 else t[0] * s\n")
    for number in (0.4, 0.6):
        _, (x_bar, t_bar) = srcdiff.value_and_grad(module.f, wrt=("x", "t"))(0.3, (number, U))
        assert np.isclose(x_bar, U[0] if number > 0.5 else 0) and np.isclose(
            t_bar[1][0], min(number, 0.3 if number > 0.5 else 1)
        )
    forget(module)


TAKEN_APART = """
couple = (couple[1][0], couple[1])
couple = (couple[0] * x, couple[1] * couple[0])
before = couple; couple = (couple[1][0] * x, before[1] * before[0])
""".strip().splitlines()


@pytest.mark.parametrize("statements", TAKEN_APART)
@pytest.mark.parametrize("count", [0, 3])
def test_tuples_that_a_loop_makes_of_an_argument(statements: str, count: int) -> None:
    """A tuple that is annotated is taken apart where a loop makes another one of it."""
    body = "\n".join(f"        {s.strip()}" for s in statements.split(";"))
    text = (
        f"def f(x: float, couple: tuple[float, np.ndarray], n: int):\n    for k in range(n):\n{body}\n"
        "    return couple[0] * x + np.sum(couple[1] * couple[1])\n"
    )
    agrees(text, ("x", "couple"), (0.7, (0.3, U), count))


@pytest.mark.parametrize("annotation", ["", ": list[tuple[list[float], list[float], float]]"])
def test_lists_in_the_tuples_of_an_argument(annotation: str) -> None:
    """The cotangent of a tuple that a write made anew is a tuple, too."""
    text = f"""
def f(bodies{annotation}, n):
    for _ in range(n):
        for i in range(len(bodies)):
            p, v, m = bodies[i]
            v[0] += p[0] * m
    e = 0.0
    for p, v, m in bodies:
        e += m * v[0] ** 2 + p[0]
    return e
"""
    agrees(text, ("bodies",), ([([0.3, 0.1], [0.2, 1.0], 5.0), ([1.0, 0.2], [0.1, 0.3], 0.5)], 2))


def test_functions_that_see_what_a_loop_assigns_first() -> None:
    """What an inner function reads, and only a loop behind it assigns, is no storage before the loop."""
    module = load(
        HEADER + "def f(x):\n    def series(k):\n        return scale\n    for i in range(3):\n        scale = i\n"
        "        def series(k):\n            return series\n    return x * x\n"
    )
    assert srcdiff.grad(module.f)(0.7) == 1.4
    forget(module)


ARRAYS_ON_ONE_PATH = """
y[0] = np.sin(x)
y = np.sin(x) * y; y[0] = x
for _ in range(2): y = y + 0.1 * (x * y + y); y[0] = np.sin(x)
""".strip().splitlines()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("statements", ARRAYS_ON_ONE_PATH)
def test_an_output_that_is_an_array_on_one_path(statements: str) -> None:
    """The path of the number is differentiated; on the other an assertion fails, and its text is one that could run."""
    module = load(
        HEADER
        + f"def f(x: float, y: float):\n    if x <= 0.1:\n        y = np.ones(3)\n        {statements}\n    return x + y\n"
    )
    derivative = srcdiff.value_and_grad(module.f, wrt=("x", "y"))
    assert derivative(0.5, 2.0) == (2.5, (1.0, 1.0))
    with pytest.raises(AssertionError, match="must return a scalar"):
        derivative(0.05, 2.0)
    forget(module)


@pytest.mark.parametrize("x", [0.7, -0.7])
def test_iterators_within_a_try(x: float) -> None:
    """What walks through an iterator is not tried first: there would be nothing left of it."""
    text = """
def f(x: float):
    s = 0.0
    try:
        for at in np.ndindex((2, 3)):
            s += x * x * at[0]
        s += math.log(x)
    except ValueError:
        s = x
    return s * x
"""
    agrees(text, ("x",), (x,))


def test_a_row_that_one_arm_reads_is_copied_in_that_arm():
    def f(a: np.ndarray, M: np.ndarray) -> float:
        for _ in range(3):
            if M[0, 0] > 0.3:
                a[:] = M[0] + 0.5 * M[1]
            else:
                M[1, 1] += np.tanh(M[0, 1])
            M[0, 0] += 0.2
        return np.sum(M * M) + np.sum(a)

    args = np.array([0.1, 0.2]), np.array([[0.0, 0.5], [0.7, 0.9]])
    for wrt in (0, 1):
        assert_close(srcdiff.grad(f, wrt=wrt)(*args), gradient(f, args, wrt))
    assert "None" not in srcdiff.grad(f, wrt=("a", "M")).source


def test_the_mean_of_what_has_a_tangent_of_no_dimensions():
    def f(x: float) -> float:
        return statistics.mean([x, math.sin(np.where(x > 0.123, 0.5, x)), 0.3])

    for x in (0.05, 0.7):
        assert_close(srcdiff.jvp(f)(x, 1.0)[1], gradient(f, (x,), 0))


def test_a_recursion_of_which_no_derivative_is_needed():
    """Its factor is 0, and what it would be multiplied by is a number."""

    def again(z, k):
        if k <= 0:
            return np.sin(z)
        return np.tanh(z * again(z, k - 1))

    def f(x: float) -> float:
        return again(np.copysign(1.5, x), 2) * np.sin(x)

    for x in (0.7, -0.4):
        derivative = srcdiff.vjp(f)
        assert_close(derivative(x, 1.0)[1], gradient(f, (x,), 0))
        assert "reverse" not in derivative.source


def test_a_loop_that_makes_an_array_of_a_number_and_may_not_run():
    def f(x: float, y: float) -> float:
        n = 0
        while n < 2 and x <= 0.123:
            n += 1
            y = np.cos(np.ones(3)) * x
        return x + np.sum(y)

    for x in (0.7, -0.4):
        bars = srcdiff.vjp(f, wrt=("x", "y"))(x, 0.5, 1.0)[1]
        for k, bar in enumerate(bars):
            assert_close(bar, gradient(f, (x, 0.5), k))


def test_a_tuple_that_is_returned_from_one_of_two_loops():
    def f(x: float, v: np.ndarray):
        for e in v:
            if x * e > 0.4:
                return x, np.sin(v)
        n = 0
        while n < 3:
            n += 1
            if x > 0:
                return x * n, v
        return x, v * x

    v = np.array([0.7, 1.1])
    for x in (0.9, 0.1, -0.4):
        value, (x_bar, v_bar) = srcdiff.vjp(f, wrt=("x", "v"))(x, v, (1.0, np.ones(2)))
        assert_close(value, f(x, v))
        assert_close(x_bar, gradient(lambda *args: f(*args)[0] + np.sum(f(*args)[1]), (x, v), 0))
        assert_close(v_bar, gradient(lambda *args: f(*args)[0] + np.sum(f(*args)[1]), (x, v), 1))


def test_what_is_read_late_from_what_is_made_late():
    def f(a: np.ndarray, M: np.ndarray) -> float:
        W = M.T
        for _ in range(2):
            b = M[:, 1] + 0.5 * a
        for _ in M:
            W[2][1:] *= W[1][0]
            M[0][:] = M.T[1] + 0.5 * W[1]
        return np.sum(a * W.T[1]) + np.sum(b)

    args = np.array([0.1, 0.2, 0.4]), np.array([[0.4, 0.7, 0.1], [-0.9, 0.2, 0.7], [-0.4, 0.3, -0.2]])
    for wrt in (0, 1):
        assert_close(srcdiff.grad(f, wrt=wrt)(*args), gradient(f, args, wrt))


def scaled_rows(a: np.ndarray, b: np.ndarray) -> float:
    for row, c in zip(a, b):
        row -= c
    return np.sum(a**3)


def test_rows_that_are_changed_in_place_are_arrays():
    """Nothing would be changed if they were numbers: they were concluded to be."""
    a, b = np.array([[0.3, 1.2], [0.7, -0.4]]), np.array([0.5, 0.8])
    srcdiff.check_grads(scaled_rows, a, b, wrt=("a", "b"))
    with pytest.raises(AssertionError, match="row must be an array"):
        srcdiff.grad(scaled_rows)(b + 1.0, b)
