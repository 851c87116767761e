"""Names and indices of the generated text: the user's survive, temporaries are called after what they are."""

import ast

import pytest

from srcdiff.files import derivative_text
from srcdiff.frontend.source import module_source

CALLEE = """
import numpy as np

def running(x):
    s = np.zeros(len(x))
    for k in range(len(x)):
        t = x[k] ** 2
        for i in range(k):
            t -= s[i] * x[i]
        s[k] = np.sin(t)
    return s

def f(x: list[float], s: float) -> float:
    y = running(x)
    return s**2 * (y[0] + y[1])
"""
INDEXED = """
import numpy as np

def f(A: np.ndarray, n: int) -> float:
    for i in range(n):
        for j in range(n - 1):
            A[i, j] = A[i, j] * A[i, j + 1]
    return np.sum(A[:, 0])
"""


def gradient(text: str, wrt: str = "x") -> str:
    return derivative_text(module_source(text, "model.py"), "f", "grad", wrt)


def assigned(text: str) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def test_names_of_a_callee_survive_and_give_way():
    text = gradient(CALLEE)
    assert "y = np.zeros(len(x))" in text  # the caller's name for what the callee calls s, as the caller's own s is
    assert "for k in reversed(range(len(x)))" in text and "for i in range(k)" in text
    assert {"y", "y_bar", "t", "t_bar"} <= assigned(text)


def test_an_index_is_written_between_the_brackets():
    text = gradient(INDEXED, "A")
    assert "A_bar[i, j] = 0.0" in text and "A_bar[i, j + 1] +=" in text
    assert "A_ij" in assigned(text)


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("np.sin(x) * np.tanh(np.sin(x))", "sine"),
        ("np.sqrt(x) * np.tanh(np.sqrt(x))", "root"),
        ("np.exp(x * 2) * np.tanh(np.exp(x * 2))", "ex"),
        ("(x / a) * np.tanh(x / a)", "ratio"),
        ("np.log(x) * np.tanh(np.log(x)) + np.log(a * x) * np.tanh(np.log(a * x))", "logarithm_a"),
    ],
)
def test_a_temporary_is_called_after_what_it_is(expression, name):
    text = gradient(f"import numpy as np\n\ndef f(x: float, a: float) -> float:\n    return {expression}\n")
    assert name in assigned(text), text


def test_a_value_of_the_primal_is_not_called_a_cotangent():
    text = gradient(
        "import numpy as np\n\ndef f(x: float, w: float) -> float:\n    return np.tanh(w * x) * np.sin(x)\n"
    )
    assert "tanh = np.tanh(w * x)" in text, text


def test_a_loop_does_not_take_the_index_of_the_loop_around_it():
    text = gradient(
        "def f(rows: list[list[float]]) -> float:\n"
        "    total = 0.0\n"
        "    for row in rows:\n"
        "        total += sum([v * v for v in row])\n"
        "    return total\n",
        "rows",
    )
    for outer in ast.walk(ast.parse(text)):
        if isinstance(outer, ast.For):
            inner = [n for n in ast.walk(outer) if isinstance(n, ast.For) and n is not outer]
            assert all(ast.dump(outer.target) != ast.dump(n.target) for n in inner), text


def test_temporaries_are_told_apart_by_what_only_they_are_made_of():
    text = """
import math

def f(x: float, y: float, rate: float) -> float:
    return math.cos(rate * x) * math.exp(rate * x) + math.cos(rate * y) * math.exp(rate * y)
"""
    source = gradient(text, "rate")
    assert "product_x = rate * x" in source and "product_y = rate * y" in source


def test_a_callees_value_before_a_loop_is_the_first_of_many():
    text = """
import numpy as np

def step(y):
    slope = np.sin(y)
    return slope * y

def f(y: np.ndarray, n: int) -> float:
    a = step(y)
    for _ in range(n):
        a = a + step(a)
    return np.sum(a * y)
"""
    assert "slope0 = np.sin(y)" in gradient(text, "y")


def test_a_second_length_is_called_m():
    text = """
import numpy as np

def scale(A):
    n = len(A)
    return sum(A[i, 0] / n for i in range(n)) / n

def f(A: np.ndarray, x: np.ndarray) -> float:
    n = len(x)
    total = scale(A) ** 2
    for i in range(n):
        total += x[i] * total / n
    return total
"""
    source = gradient(text, "A")
    assert "m = len(A)" in source and "n2" not in source


def test_a_sign_outside_of_a_loop_is_the_sums():
    text = """
def f(xs: list[float], ys: list[float], n: int) -> float:
    num = 0.0
    den = 0.0
    for i in range(n):
        num += xs[i] * ys[i]
        den += xs[i] ** 2
    return num / den
"""
    assert "- 2 * ratio * xs[i]" in gradient(text, "xs")
