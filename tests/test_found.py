"""What random programs found, by class; each program is one that was differentiated wrong, or crashed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal, Refusals, UsageError
from srcdiff.files import transpiled
from tests.fuzz.programs import forget, load

U = np.array([0.1, 0.2, 0.3])

# a list or a tuple where NumPy takes an array: it broadcasts like one
LISTS = """
u + [x]
[x] - u
u * [x, 2, x]
(x, 2.0, x) * u
u / [x, x, 2]
u ** [x + 2]
np.add(u, [x])
np.maximum(u, [x, 0.1, 0.15])
np.sin([x, x * x])
np.sum([x, x * x])
np.mean([x, x * x, u[0]])
np.prod([x, x * x, u[0]])
np.max([x, x * x, u[0]])
np.std([x, u[1], 2.0])
np.dot([x, x * x, u[0]], u)
u @ [x, 1, 2]
[x, 1, 2] @ u
np.outer([x, 1, x], u)
np.linalg.norm([x, u[0]])
np.cumsum([x, u[0], x])
np.array([[x, 1.0], [2.0, u[0]]]) @ [x, 2]
np.clip([x, 2.0], 0.1, 1.2)
np.kron([x, 1.0], u)
np.diag([x, u[1]])
np.linalg.solve([[x, 1.0], [2.0, 3.0]], [x, u[0]])
np.tensordot([x, 1.0, 2.0], u, 1)
np.take([x, u[1], 2.0], [0, 0])
np.reshape([x, u[1], 1.0, 2.0], (2, 2))
np.outer(u, u) * [[x], [1.0], [2.0]]
""".strip().splitlines()
WRITES = """
u += [x]
u -= (x,)
u[1:] += [x]
u[:2] *= [x, 2]
u[u > 0.15] += [x]
np.multiply(u, [x], out=u)
np.add.at(u, [0, 0], [x, 1.0])
""".strip().splitlines()
ANNOTATIONS = ("u: np.ndarray", 'u: Annotated[np.ndarray, "3"]')

# the value of an augmented assignment is computed after its target was read, and may write to it
WRITER = """
def g(x, u):
    u[0] = np.sin(x)
    u[1] *= x
    return x * x

"""
ORDER = [
    "u[0] += g(x, u)",
    "u[0] *= g(x, u)",
    "u[1:] += g(x, u)",
    "u[1:] *= g(x, u)",
    "u += g(x, u)",
    "u[[0, 1]] += g(x, u)",
    "u[u > 0.15] *= g(x, u)",
    "w = u * x\n    def b():\n        nonlocal w\n        w = w * u[0]\n        return x\n    w += b()\n    u = w",
]
AXES = ["(0, 1)", "(-1, 0)", "(1,)", "0", "None"]


def program(parameters: str, body: str, before: str = "") -> Any:
    return load(
        f"from typing import Annotated\nimport numpy as np\n{before}\ndef f(x: float, {parameters}):\n    {body}\n"
    )


def right(f: Callable[..., Any], x: float = 0.3) -> None:
    """Both modes agree with differences; the caller's array is not changed."""
    u = U.copy()
    srcdiff.check_grads(f, x, u, order=1)
    assert np.array_equal(u, U)


@pytest.mark.parametrize("parameters", ANNOTATIONS)
@pytest.mark.parametrize("expression", LISTS)
def test_lists_for_arrays(expression: str, parameters: str) -> None:
    weighed = "np.sum(np.sin(s) * (1 + np.arange(np.size(s)).reshape(np.shape(s))))"
    module = program(parameters, f"s = {expression}\n    return {weighed}")
    right(module.f)
    forget(module)


@pytest.mark.parametrize("parameters", ANNOTATIONS)
@pytest.mark.parametrize("statement", WRITES + ORDER)
def test_writes(statement: str, parameters: str) -> None:
    module = program(parameters, f"{statement}\n    return np.sum(u * u * np.array([1.0, 3.0, 7.0]))", WRITER)
    right(module.f)
    forget(module)


BESIDE = [
    ("u = u + [x]\n    return np.sum(u)", "a list is an operand here"),
    ("u = u * (x, 2.0, x)\n    return np.sum(u)", "a list is an operand here"),
]


@pytest.mark.parametrize(("body", "message"), BESIDE)
def test_list_beside_what_is_not_annotated(body: str, message: str) -> None:
    """A list and what may be a list: joined or added, nobody knows."""
    module = program("u", body)
    with pytest.raises(Refusal, match=message):
        srcdiff.vjp(module.f, wrt=("x", "u"))
    forget(module)


@pytest.mark.parametrize("body", ["u = u + u", "u = 2 * u", "u = u * 2", "u += [x]", "u[1:] += [x]", "u = u + [x]"])
@pytest.mark.parametrize("mode", ["vjp", "jvp"])
def test_lists_are_kept_out(body: str, mode: str) -> None:
    """What is taken to be an array or a number is checked, where a list would do as well and mean something else."""
    module = program("u", f"{body}\n    return u[0] + 2 * u[-1] * x")
    derivative = getattr(srcdiff, mode)(module.f)
    with pytest.raises((AssertionError, AttributeError)):
        derivative(0.3, [0.1, 0.2, 0.3], 1.0)
    forget(module)


def test_name_of_what_a_loop_walks_through() -> None:
    """`for row in A` goes on with the old array where the body binds A to another: a write is seen through both."""
    body = "for g in u:\n        g[0] = x\n        if x > 5:\n            u = np.sin(u)\n    return np.sum(u)"
    module = program("u: np.ndarray", body)
    with pytest.raises(Refusal, match="may be the same data"):
        srcdiff.vjp(module.f, wrt=("x", "u"))
    forget(module)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("function", ["sum", "mean", "max", "var"])
def test_axes_of_scalar_results(function: str, axis: str) -> None:
    """A cotangent that is a number needs no axes."""
    body = f"return np.sum(np.{function}(np.outer(u, u + x), axis={axis}))"
    module = program("u: np.ndarray", body)
    srcdiff.value_and_grad(module.f, wrt=("x", "u"))
    right(module.f)
    forget(module)


# the same name means different things in different places

CLOSURES = """
import functools

def times(k):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args):
            return function(*args) * k
        return wrapper
    return decorate

@times(3.0)
def triple(z):
    return z * z

@times(5.0)
def quintuple(z):
    return z * z

class Seven:
    def __init__(self, function):
        self.function = function
        functools.update_wrapper(self, function)

    def __call__(self, z):
        return self.function(z) * 7.0

@Seven
def septuple(z):
    return z * z
"""


def test_closure_variables_of_one_name() -> None:
    """Each decorated function has a `k` of its own; an object that wraps a function does what its class says."""
    module = program("u: np.ndarray", "return triple(x) + quintuple(x) * u[0] + septuple(x * u[1])", CLOSURES)
    right(module.f)
    with pytest.raises(UsageError, match="object that can be called"):
        srcdiff.grad(module.septuple)
    forget(module)


def test_decorators_where_the_text_is_only_read() -> None:
    """What a decorator of the file makes of a function is what is called; a library's decorator is refused."""
    text = CLOSURES + "import srcdiff\n\n@srcdiff.grad\ndef f(x: float):\n    return triple(x) * quintuple(x)\n"
    namespace: dict[str, Any] = {}
    exec(srcdiff.transpile(text), namespace)
    assert namespace["f"](2.0) == 4 * 15 * 2.0**3
    other = text.replace("@times(5.0)", "@np.frompyfunc").replace("import functools", "import functools, numpy as np")
    with pytest.raises(Refusals, match="quintuple is decorated with"):
        srcdiff.transpile(other)


def test_modules_with_variables_of_one_name(tmp_path: Any) -> None:
    """A constant of another file is not that of this one."""
    for name, gain in (("first", 2.0), ("second", 3.0)):
        (tmp_path / f"{name}.py").write_text(f"GAIN = {gain}\n\ndef amplify(x):\n    return x * GAIN\n")
    calls = "first.amplify(x) * GAIN + second.amplify(x) * x"
    file = tmp_path / "main.py"
    file.write_text(
        f"import first, second\nimport srcdiff\n\nGAIN = 5.0\n\n@srcdiff.grad\ndef f(x: float):\n    return {calls}\n"
    )
    text = transpiled(file.read_text(), str(file))
    namespace: dict[str, Any] = {}
    exec(text.replace("import first, second", ""), namespace)
    assert namespace["f"](0.5) == 2.0 * 5.0 + 2 * 3.0 * 0.5


@pytest.mark.parametrize(
    "text",
    ['"{}".format(2)', 'f"{x:.2f}".upper()', '"a-b".split("-")', '" ab ".strip() + "x" * 3', '"{:.1f}".format(x)'],
)
def test_methods_of_strings(text: str) -> None:
    """A string's methods are its own, of no module, and end the derivative."""
    module = program("u: np.ndarray", f"return x * u[0] * len({text})")
    right(module.f)
    forget(module)


def test_numbers_that_rules_are_asked_of() -> None:
    """A cotangent that is the number 1 stays a number, or becomes text, whatever NumPy makes of it."""
    for text in ("np.roll(x, 1)", "np.flip(np.atleast_1d(x))[0]", "np.moveaxis(np.expand_dims(x, (0, 1)), 0, 1)[0, 0]"):
        module = program("u: np.ndarray", f"return {text} + u[0] * x")
        srcdiff.value_and_grad(module.f, wrt=("x", "u"))
        right(module.f)
        forget(module)


SLOTS = """
D = {'p': a.copy(), 'q': M.T[2]}; D['q'][1] += D['p'][0]
D = {'q': M[1]}; D['q'][0] = a[0]
D = {}; D['q'] = M[1]; D['q'][0] = a[0]
L = [M[1], a.copy()]; L[0] += M.T[1]; L.append(a)
L = []; L.append(M[1]); L[0][2] += a[0]
L = [a] + [M[1]]; L[1][2] += a[0]
L = [M[1], a.copy()]; K = L[:]; K[0] += 1.0; L.append(a)
"""


@pytest.mark.parametrize("statements", SLOTS.strip().splitlines())
@pytest.mark.parametrize("parameters", ["a, M", "a: Annotated[np.ndarray, '3'], M: Annotated[np.ndarray, (3, 3)]"])
def test_views_in_slots(statements: str, parameters: str) -> None:
    """What is written through a container's slot is not missed by the matrix that it is a view of."""
    lines = ["M = M.copy()", *statements.split("; "), "return np.sum(np.sin(M)) + M[1, 0] * np.sum(a)"]
    module = load(
        "from typing import Annotated\nimport numpy as np\n\n\n"
        f"def f({parameters}):\n" + "".join(f"    {line}\n" for line in lines)
    )
    a, m = np.array([0.3, -0.4, 0.9]), np.linspace(-1.0, 1.0, 9).reshape(3, 3)
    try:
        value, found = srcdiff.value_and_grad(module.f, wrt=("a", "M"))(a, m)
    except Refusal as refusal:
        assert "same data" in refusal.message
    else:
        assert value == module.f(a, m)
        for k, argument in enumerate((a, m)):
            for at in np.ndindex(argument.shape):
                shifted = [[a.copy(), m.copy()] for _ in range(2)]
                shifted[0][k][at] += 1e-6
                shifted[1][k][at] -= 1e-6
                slope = (module.f(*shifted[0]) - module.f(*shifted[1])) / 2e-6
                assert abs(found[k][at] - slope) < 1e-6
    forget(module)


GROWING = """
y = xs[-1]; xs.append(np.sin(x))
y = xs[-1]; xs.insert(0, x); xs.pop()
y = xs[-2]; xs.extend([x, x * x])
y = xs[k]; xs.append(np.sin(x))
y = xs[-1]; xs += [x]
y = xs[0]; xs.append(np.sin(x))
y = xs[-1]; zs = xs; zs.append(x * x)
"""


@pytest.mark.parametrize("statements", GROWING.strip().splitlines())
@pytest.mark.parametrize("parameters", ["x, xs: list, k: int", "x: float, xs: list[float], k: int"])
def test_elements_of_lists_that_grow(statements: str, parameters: str) -> None:
    """An element that was read by its place from the end is what it was when the list has grown."""
    lines = [*statements.split("; "), "return x * y + sum(xs) * y"]
    module = load(f"import numpy as np\n\n\ndef f({parameters}):\n" + "".join(f"    {line}\n" for line in lines))
    value, found = srcdiff.value_and_grad(module.f)(0.3, [0.1, 0.5], -1)
    assert abs(value - module.f(0.3, [0.1, 0.5], -1)) < 1e-12
    slope = (module.f(0.3 + 1e-6, [0.1, 0.5], -1) - module.f(0.3 - 1e-6, [0.1, 0.5], -1)) / 2e-6
    assert abs(found - slope) < 1e-6
    forget(module)


@pytest.mark.parametrize(
    "statement",
    [
        "pair = np.sin(u), np.exp(u)",
        "pair = np.sin(u), [x, 2 * x, u[1]]",
        "pair = [np.sin(u), np.exp(u), np.sin]",
        "pair = {0: np.sin(u), 1: np.exp(u), 2: np.sin}",
        "pair = np.exp(u), (x, np.exp(u))[1]",
    ],
)
def test_new_arrays_in_tuples(statement: str) -> None:
    """What is written to an array that a tuple holds is seen at each read of the tuple."""
    body = f"{statement}\n    def put(h):\n        h[0] = x\n    put(pair[1])\n    pair[1][2] *= x\n"
    module = load(
        f"import numpy as np\n\n\ndef f(x: float, u: np.ndarray):\n    {body}    return np.sum(pair[1]) * x\n"
    )
    try:
        value, found = srcdiff.value_and_grad(module.f)(0.3, U)
    except Refusal as refusal:
        assert "dict" in refusal.message
    else:
        assert abs(value - module.f(0.3, U)) < 1e-12
        assert abs(found - (module.f(0.3 + 1e-6, U) - module.f(0.3 - 1e-6, U)) / 2e-6) < 1e-6


def test_a_part_of_a_number_is_refused() -> None:
    module = load("import numpy as np\n\n\ndef f(x: float):\n    return np.sum(np.sin(x)[:2])\n")
    with pytest.raises(Refusal, match="a number has no elements"):
        srcdiff.grad(module.f)
    forget(module)


def test_what_no_path_assigns_before_a_loop_has_no_tangent() -> None:
    module = load(
        "def f(x: float, n: int):\n    if x > 0.5:\n        c = 0\n        while c < 3:\n            c += 1\n"
        "            if n > 5:\n                return x\n    for i in reversed(range(n)):\n        return 2 * x\n    return x * x\n"
    )
    derivative = srcdiff.jvp(module.f, wrt="x")
    assert [derivative(0.7, n, 1.0) for n in (0, 2, 9)] == [(0.7 * 0.7, 1.4), (1.4, 2.0), (0.7, 1.0)]
    forget(module)


def test_number_beside_an_array_that_is_indexed() -> None:
    """`(M[:, 1] * x)[1]` says nothing of x; what is put into an element is a number."""
    body = "p = M[:, 1] * x\n    p[1] *= np.sin(x)\n    M[2, 1] *= x - 0.5 * x\n    return M.T[0][1] + p[2]"
    module = load(f"import numpy as np\n\n\ndef f(x, M):\n    {body}\n")
    value, found = srcdiff.value_and_grad(module.f)(2.0, np.arange(9.0).reshape(3, 3))
    assert (value, found) == (17.0, 7.0)
    forget(module)


COPIES = """
L = [u * 2.0 for _ in range(n)]; K = L[:]
L = []; L.append(u * 2.0); K = list(L)
L = []; L.append(u * 2.0); K = L + []
L = []; L.append(u * 2.0); K = L.copy()
L = []; L += [u * 2.0]; K = [L[0]]
L = {}; L[0] = u * 2.0; K = {0: L[0]}
"""


@pytest.mark.parametrize("statements", COPIES.strip().splitlines())
@pytest.mark.parametrize("write", ["L[0][0] -= x", "L[0] += x", "v = L[0]; v[0] = x", "v = L[0]; v *= x"])
@pytest.mark.parametrize("parameters", ["x, u, n", "x: float, u: np.ndarray, n: int"])
def test_lists_of_the_same_arrays(statements: str, write: str, parameters: str) -> None:
    """A list that was filled by and by holds arrays as well as one that was written out."""
    lines = [*f"{statements}; {write}".split("; "), "return np.sum(K[0] * u)"]
    module = load(f"import numpy as np\n\n\ndef f({parameters}):\n" + "".join(f"    {line}\n" for line in lines))
    try:
        value, found = srcdiff.value_and_grad(module.f)(0.3, U, 2)
    except Refusal as refusal:
        assert any(t in refusal.message for t in ("same data", "same object", "shares its data")), refusal
    else:
        assert abs(value - module.f(0.3, U, 2)) < 1e-12
        assert abs(found - (module.f(0.3 + 1e-6, U, 2) - module.f(0.3 - 1e-6, U, 2)) / 2e-6) < 1e-6
    forget(module)


@pytest.mark.parametrize("annotation", ["", ": np.ndarray"])
def test_elements_that_are_numbers_in_a_loop(annotation: str) -> None:
    """`e += x` in a loop over a vector leaves the vector as it is; in one over an array, it is taken for one of rows."""
    module = load(
        f"import numpy as np\n\n\ndef f(x: float, u{annotation}):\n"
        "    for e in u:\n        e += np.sin(x)\n    return x + np.sum(u * u)\n"
    )
    try:
        value, found = srcdiff.value_and_grad(module.f)(0.3, U)
    except Refusal as refusal:
        assert "shares its data" in refusal.message
    except AssertionError as error:
        assert annotation and str(error) == "e must be an array: it is changed in place"
    else:
        assert value == module.f(0.3, U) and found == 1.0
    forget(module)


def test_shape_of_what_only_a_branch_has() -> None:
    """No shape is asked of what the tape holds for one branch only."""
    module = load(
        "import numpy as np\n\n\ndef f(S: np.ndarray):\n    for c in range(3):\n        column = S[:, 0]\n"
        "        column[-3] = np.cos(np.min(np.tanh(column)) if c % 2 == 0 else np.dot(np.ones(3), column))\n"
        "    return S.sum()\n"
    )
    S = np.linspace(-1.0, 1.0, 9).reshape(3, 3)
    _, found = srcdiff.value_and_grad(module.f)(S)
    for at in np.ndindex(S.shape):
        shift = np.zeros((3, 3))
        shift[at] = 1e-6
        assert abs(found[at] - (module.f(S + shift) - module.f(S - shift)) / 2e-6) < 1e-6
    forget(module)


def test_tangent_of_what_one_arm_assigns() -> None:
    """The tangent of an array that only one arm makes is as unassigned as the array."""
    module = load(
        "from typing import Annotated\nimport numpy as np\n\n\ndef f(M: Annotated[np.ndarray, '3 3']):\n    M = M.copy()\n"
        "    for i in range(2):\n        M[:, 0] *= M[0].copy()\n        if np.sum(M.T[2]) > 0.417:\n            continue\n"
        "        M[2] = M.T[0].copy()\n        M.T[2][:] = np.sin(M[:, 0])\n    return np.sum(M * M)\n"
    )
    for M in (np.linspace(-1.0, 0.9, 9).reshape(3, 3), np.linspace(0.1, 0.9, 9).reshape(3, 3)):
        hessian_row = srcdiff.jvp(srcdiff.grad(module.f))(M, np.ones((3, 3)))[1]
        gradient, h = srcdiff.grad(module.f), 1e-6
        np.testing.assert_allclose(hessian_row, (gradient(M + h) - gradient(M - h)) / (2 * h), rtol=1e-5, atol=1e-7)
    forget(module)


def test_elements_of_what_is_summed_as_well() -> None:
    """What each element of an unknown container receives is written out before one of them receives more."""
    module = load(
        "import numpy as np\n\n\ndef f(a, M):\n    a[0] = np.sin(np.sum(M[:, 2]))\n"
        "    M[2][0] += np.sum(M[:, 1]) - 0.5 * M[:, 2][0]\n    return np.sum(a * a) + np.sum(M * M)\n"
    )
    M, h = np.linspace(-1.0, 0.9, 9).reshape(3, 3), 1e-6
    found = srcdiff.grad(module.f, wrt="M")(np.ones(3), M)
    for at in np.ndindex(M.shape):
        shift = np.zeros((3, 3))
        shift[at] = h
        slope = (module.f(np.ones(3), M + shift) - module.f(np.ones(3), M - shift)) / (2 * h)
        assert abs(found[at] - slope) < 1e-6
    forget(module)


def test_a_number_and_an_array_in_one_argument() -> None:
    """An argument of which one entry is changed as a number and another indexed as an array is no array."""
    module = load(
        "def f(x, couple):\n    z = couple[0]\n    z -= 1.5\n    pair = couple[1][[0, 0, 1]]\n    return x + couple[0] + pair[0]\n"
    )
    with pytest.raises(Refusal, match="z shares its data with another name, if it is an array"):
        srcdiff.value_and_grad(module.f, wrt=("x", "couple"))
    forget(module)


def rows_and_lists(rows, x):
    total = 0.0
    for row in rows:
        joined = row + [x]
        total += joined[0] * joined[-1]
    return total


def test_rows_to_which_lists_are_added_are_those_of_an_array() -> None:
    """Of a list, whose rows may be lists, the derivative says that it is none."""
    derivative = srcdiff.grad(rows_and_lists, wrt="x")
    with pytest.raises(AssertionError, match="rows must be an array, not a list"):
        derivative([[1.0, 2.0], [3.0, 4.5]], 2.0)
    rows = np.array([[1.0, 2.0], [3.0, 4.5]])
    ends = [rows_and_lists(rows, 2.0 + h) for h in (1e-6, -1e-6)]
    assert abs((ends[0] - ends[1]) / 2e-6 - derivative(rows, 2.0)) < 1e-6


def queue(xs, n):
    """What is taken to be a list or an array of numbers becomes a list: it is changed in the loop."""
    xs = list(xs)
    total = 0.0
    for _ in range(n):
        first = xs.pop(0)
        xs.insert(1, first * first)
        total += first * xs[0]
    return total


def test_a_list_of_what_may_be_an_array_is_changed():
    xs = [1.0, 2.0, 3.0, 0.5]
    found = srcdiff.grad(queue)(xs, 3)
    for k, slope in enumerate(found):
        ends = [queue([x + (i == k) * h for i, x in enumerate(xs)], 3) for h in (1e-6, -1e-6)]
        assert abs((ends[0] - ends[1]) / 2e-6 - slope) < 1e-6


def test_a_sum_with_a_start_is_not_linear() -> None:
    """The sign of what is summed stays within a sum that starts from something."""
    module = load(
        "import numpy as np\n\n\ndef f(x: float, u: np.ndarray):\n"
        "    return np.cos(np.sum(np.subtract(1.0, u), initial=2.0 * x)) - np.sum(-u, initial=x)\n"
    )
    value, dot = srcdiff.jvp(module.f, wrt=("x", "u"))(0.3, U, 1.0, np.ones(3))
    along = [module.f(0.3 + h, U + h) for h in (1e-6, -1e-6)]
    assert abs(dot - (along[0] - along[1]) / 2e-6) < 1e-6
    forget(module)
