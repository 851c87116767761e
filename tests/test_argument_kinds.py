"""What a function takes, its derivative takes: lists, tuples, numbers of all kinds; or its own check says what it wants."""

from __future__ import annotations

import copy
import itertools
import linecache
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import srcdiff

ROWS = [[2.0, 1.0, 0.3], [1.0, 3.0, 1.2], [0.2, 1.0, 4.0]]
VALUES = {
    "float": 2.5, "int": 3, "float32": np.float32(1.5), "number": np.float64(1.5), "array of rank 0": np.array(1.5),
    "vector": np.array([0.7, 2.0, 3.0]), "integers": np.array([1, 2, 3]), "list": [0.7, 2.0, 3.0], "one": [2.0],
    "tuple": (0.7, 2.0, 3.0), "list of ints": [1, 2, 3], "matrix": np.array(ROWS), "list of lists": ROWS,
    "list of tuples": [tuple(row) for row in ROWS], "tuple of tuples": tuple(map(tuple, ROWS)),
    "list of arrays": [np.array(row) for row in ROWS], "column": np.array([[1.0], [2.0], [3.0]]), "empty": [],
}  # fmt: skip
OF_ONE = """
np.dot(x, [1.0, 2.0, 3.0])
np.dot(x, x)
np.dot(x, 0.5) * 2
np.sum(np.square(x if np.size(x) > 2 else np.sin(x)))
np.sum(np.square(x))
np.linalg.norm(x) + np.max(x)
np.log(np.sum(np.exp(x)))
np.sum(np.outer(x, x) ** 2)
np.sum(np.concatenate([x, x]) ** 2)
np.sum(np.where(np.greater(x, 0.1), x, 0))
np.sum(np.cumsum(x) ** 2)
np.sum(np.diff(x) ** 2)
np.sort(x)[0] * 2
np.sum(np.transpose(x) ** 2 * 1.5)
np.sum(np.stack([x, x]) ** 2)
np.sum(np.reshape(x, (-1, 1)) ** 2)
np.sum(np.linspace(0, x, 5) ** 2)
np.sum(np.linspace(x, 1, 5) ** 2)
np.linalg.det(x) + np.trace(x)
np.average(x, weights=[1, 2, 3])
np.prod(x) * np.std(x)
sum(v * v for v in x)
sum(sum(v * v for v in row) for row in x)
x[0] * x[1]
x[0][0] * x[1][1] - x[0][1] * x[1][0]
sum(x[1:]) * x[0]
sum(a * b for a, b in zip(x, reversed(x)))
sum(i * a * a for i, a in enumerate(x))
max(x) * 2.0
sorted(x)[0] * 2.0
math.sin(x) * x
np.sin(x) * x
abs(x) ** 3
""".strip().split("\n")
OF_TWO = """
np.dot(x, np.dot(y, x))
np.sum(np.linalg.solve(y, x))
np.sum(np.add(x, y) ** 2)
np.prod(np.add(x, y))
np.mean((np.asarray(x) - np.asarray(y)) ** 2)
np.inner(x, y)
np.einsum("i,i->", x, y)
np.sum(np.einsum("i,i->i", x, y) ** 2)
np.sum(np.einsum("ij,j->i", y, x) ** 2)
np.average(x, weights=y)
sum(a * b for a, b in zip(x, y))
x[0] * y[1] + len(x)
""".strip().split("\n")
# elements that are written to; of lists they may be of arrays, too
WRITTEN = """
x[-1] += math.sin(x[0]) / x[0] / sum(x) * x[-1]
for i in range(1, len(x)): x[i] = 0.5 * x[i - 1] + math.sin(x[i])
if x[1] > 0.5: x[0] *= x[1] / np.sum(x)
y = x; y[0] = np.max(y) * y[1] / np.mean(x) * max(x)
""".strip().split("\n")


def function_of(expression: str, parameters: str, before: str = "pass") -> Callable[..., Any]:
    text = f"import math\nimport numpy as np\n\ndef f({parameters}):\n    {before}\n    return {expression}\n"
    name = f"<kinds {before}; {expression}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {}
    exec(compile(text, name, "exec"), namespace)
    return namespace["f"]


def numbers(value: Any) -> list[float]:
    if isinstance(value, list | tuple):
        return [number for item in value for number in numbers(item)]
    return [float(number) for number in np.ravel(value)]


def rebuilt(value: Any, source: Iterator[float]) -> Any:
    """A value of the same structure, of other numbers."""
    if isinstance(value, list | tuple):
        return type(value)(rebuilt(item, source) for item in value)
    if isinstance(value, np.ndarray):
        return np.array([next(source) for _ in range(value.size)]).reshape(value.shape)
    return next(source)


def differences(f: Callable[..., Any], args: tuple[Any, ...], by: float = 1e-5) -> list[list[float]]:
    """The gradient by each argument, by differences."""
    found = []
    for k, value in enumerate(args):
        point, slopes = numbers(value), []
        for i in range(len(point)):
            up, down = (
                f(
                    *copy.deepcopy(args[:k]),
                    rebuilt(value, iter([*point[:i], point[i] + step, *point[i + 1 :]])),
                    *copy.deepcopy(args[k + 1 :]),
                )
                for step in (by, -by)
            )
            slopes.append((float(up) - float(down)) / (2 * by))
        found.append(slopes)
    return found


def is_number(f: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    try:
        y = f(*copy.deepcopy(args))
        return not isinstance(y, list | tuple) and np.ndim(y) == 0 and bool(np.isfinite(y))
    except (TypeError, ValueError, IndexError, ZeroDivisionError, np.linalg.LinAlgError):
        return False


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", [*OF_ONE, *OF_TWO])
def test_what_the_function_takes(expression: str) -> None:
    count = 2 if expression in OF_TWO else 1
    check(function_of(expression, ", ".join("xy"[:count])), count)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("statement", WRITTEN)
def test_elements_that_are_written_to(statement: str) -> None:
    check(function_of("sum(x) * x[-1]", "x", statement), 1)


def check(f: Callable[..., Any], count: int) -> None:
    """Both modes, at every combination of values that the function takes, against differences."""
    gradient, push = srcdiff.grad(f, wrt=tuple(range(count))), srcdiff.jvp(f, wrt=tuple(range(count)))
    taken = 0
    for names in itertools.product(VALUES, repeat=count):
        args = tuple(VALUES[name] for name in names)
        if "float32" in names and not all(name in ("float", "float32") for name in names):
            continue  # differences of halves and lists
        if not is_number(f, args):
            continue
        want = differences(f, args)
        tolerance = {"rtol": 1e-2, "atol": 1e-2} if "float32" in names else {"rtol": 1e-4, "atol": 1e-5}
        try:
            bars = gradient(*args)
        except AssertionError as error:
            assert "must be" in str(error) or "must have" in str(error), names
        else:
            for bar, value, slopes in zip(bars, args, want, strict=True):
                np.testing.assert_allclose(numbers(bar), slopes, **tolerance, err_msg=str(names))
                assert not isinstance(value, np.ndarray) or np.shape(bar) == value.shape, names
            taken += 1
        directions = [[0.5 + 0.1 * i for i in range(len(slopes))] for slopes in want]
        dots = [rebuilt(value, iter(d)) for value, d in zip(args, directions)]
        try:
            y_dot = push(*args, *dots)[1]
        except AssertionError as error:
            assert "must be" in str(error) or "must have" in str(error), names
        else:
            slope = sum(np.dot(d, slopes) for d, slopes in zip(directions, want))
            np.testing.assert_allclose(float(y_dot), slope, **tolerance, err_msg=str(names))
    assert taken > 0


def relaxed(x: np.ndarray, y: np.ndarray, rate, steps):
    for _ in range(steps):
        x[1:] = rate * y[:-1]
        y[1:] = x[:-1] ** 2
    return np.sum(x * y)


def test_several_arrays_of_integers():
    """They are converted in one statement, and what range() takes is checked by range() alone."""
    derivative = srcdiff.grad(relaxed, wrt=("x", "y"))
    assert "x, y = (a if a.dtype.kind" in derivative.source and "np.ndim(steps)" not in derivative.source
    x, y = np.array([1, 2, 3]), np.array([2, 0, 1], dtype=np.int8)
    for steps in (2, np.int64(2), np.array(2)):
        for found, expected in zip(derivative(x, y, 0.3, steps), derivative(x / 1, y / 1, 0.3, 2)):
            np.testing.assert_array_equal(found, expected)
    single = derivative(x.astype(np.float32), y.astype(np.float32), 0.3, 2)
    assert [g.dtype for g in single] == [np.float32, np.float32]
    for steps in (2.0, np.array([2]), [2]):
        with pytest.raises(TypeError):
            derivative(x, y, 0.3, steps)
