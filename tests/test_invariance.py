"""The maximum that is taken off before exponentials: no derivative goes through it where nothing depends on it."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
import pytest

import srcdiff

X = np.array([[0.3, -1.2, 0.8], [0.5, 2.0, 0.1]])
V = X[0]


def softmax_rows(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return np.sum((e / np.sum(e, axis=-1, keepdims=True)) ** 2)


def softmax_columns(x: Annotated[np.ndarray, "n k"]) -> float:
    e = np.exp(x - x.max(axis=0))
    return np.sum((e / e.sum(axis=0)) ** 2)


def whole(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


def written_out(x: Annotated[np.ndarray, "n k"]) -> float:
    m = np.max(x, axis=1)
    return np.sum((np.log(np.sum(np.exp(x - m[:, None]), axis=1)) + m) ** 2)


def reshaped(x: Annotated[np.ndarray, "n k"]) -> float:
    m = np.max(x, axis=1).reshape(-1, 1)
    s = np.sum(np.exp(x - m), axis=1, keepdims=True)
    return np.sum((np.log(s) + m) ** 2)


def expanded(x):
    m = np.max(x, axis=-1)
    s = np.sum(np.exp(x - np.expand_dims(m, -1)), axis=-1)
    return np.sum((np.log(s) + m) ** 2)


def log_softmax(x):
    shifted = x - np.max(x, axis=-1, keepdims=True)
    return np.sum((shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))) ** 2)


def with_temperature(x):
    m = np.max(x)
    t = 1 + np.sum(x) ** 2
    return t * np.log(np.mean(np.exp((x - m) / t))) + m


def of_numbers(x: list[float]) -> float:
    a, b, c = x
    m = max(a, b, c)
    return m + math.log(math.exp(a - m) + math.exp(b - m) + math.exp(c - m))


def in_loops(x: list[float]) -> float:
    m = max(x)
    total = 0.0
    for item in x:
        total += math.exp(item - m)
    score = 0.0
    for item in x:
        score += (math.exp(item - m) / total) ** 2
    return score


def of_a_list(x: list[float]) -> float:
    m = max(x)
    e = [math.exp(item - m) for item in x]
    total = sum(e)
    return sum([(item / total) ** 2 for item in e])


def into_an_array(x):
    m = np.max(x)
    e = np.zeros(len(x))
    for i in range(len(x)):
        e[i] = np.exp(x[i] - m)
    return np.sum((e / np.sum(e)) ** 2)


def in_place(x):
    x = x.copy()
    x -= np.max(x)
    e = np.exp(x)
    return np.sum((e / np.sum(e)) ** 2)


def masked(x):
    e = np.where(x > 0, np.exp(x - np.max(x)), 0)
    return np.sum((e / np.sum(e)) ** 2)


def through_a_matrix(x: Annotated[np.ndarray, "k"]) -> float:
    m = np.max(x)
    return np.sum((np.log(np.exp(x - m) @ np.arange(1.0, 10.0).reshape(3, 3)) + m) ** 2)


def in_each_step(x):
    for _ in range(3):
        m = np.max(x)
        x = x - (m + np.log(np.sum(np.exp(x - m)))) / 2
    return np.sum(x**2)


def in_an_arm(x):
    if x[0] > 0:
        e = np.exp(x - np.max(x))
        y = np.sum((e / np.sum(e)) ** 2)
    else:
        y = np.sum(x)
    return y


PROVEN = [softmax_rows, softmax_columns, whole, written_out, reshaped, expanded, log_softmax, with_temperature]
PROVEN += [of_numbers, in_loops, of_a_list, into_an_array, in_place, masked, through_a_matrix, in_each_step, in_an_arm]


def used_apart(x):
    m = np.max(x)
    e = np.exp(x - m)
    return np.sum((e / np.sum(e)) ** 2) + m**2


def returned(x):
    m = np.max(x)
    return np.log(np.sum(np.exp(x - m))) + 2 * m


def left_out(x):
    return np.log(np.sum(np.exp(x - np.max(x))))


def along_the_wrong_axis(x):
    m = np.max(x, axis=-1, keepdims=True)
    e = np.exp(x - m)
    return np.sum((e / np.sum(e, axis=0)) ** 2)


def of_all(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return np.sum((e / np.sum(e)) ** 2)


def one_added(x):
    e = np.exp(x - np.max(x))
    return np.sum((e / (1 + np.sum(e))) ** 2)


def other_temperatures(x: list[float]) -> float:
    total = 0.0
    m = max(x)
    for i in range(len(x)):
        total += math.exp((x[i] - m) / (i + 1))
    return m + math.log(total)


def temperature_of_each(x):
    t = np.array([0.5, 1.0, 2.0])
    m = np.max(x)
    e = np.exp((x - m) / t)
    return np.sum((e / np.sum(e)) ** 2)


def partly_written(x):
    m = np.max(x)
    e = np.exp(x - m)
    e[0] = 1.0
    return np.sum((e / np.sum(e)) ** 2)


def started_at_one(x: list[float]) -> float:
    m = max(x)
    total = 1.0
    for item in x:
        total += math.exp(item - m)
    return m + math.log(total)


def sum_started_at_one(x: list[float]) -> float:
    m = max(x)
    return m + math.log(sum([math.exp(item - m) for item in x], 1.0))


def one_arm(x):
    m = np.max(x)
    e = np.exp(x - m)
    y = np.sum(e) if x[0] > 0 else np.sum(x)
    return np.sum(e / y)


def rounded(x):
    m = np.max(x)
    return m + np.sum((1.3 * (x - m)).astype(int)) + np.log(np.sum(np.exp(x)))


def squared(x):
    d = x - np.max(x)
    return np.log(np.sum(np.exp(d * d)))


NOT = [used_apart, returned, left_out, along_the_wrong_axis, of_all, one_added, other_temperatures]
NOT += [temperature_of_each, partly_written, started_at_one, sum_started_at_one, one_arm, rounded, squared]


def point(f):
    numbers = (of_numbers, in_loops, of_a_list, other_temperatures, started_at_one, sum_started_at_one)
    return V.tolist() if f in numbers else X if uses_rows(f) else V


def uses_rows(f):
    return f in (
        softmax_rows,
        softmax_columns,
        written_out,
        reshaped,
        expanded,
        log_softmax,
        along_the_wrong_axis,
        of_all,
    )


def check(f):
    x = point(f)
    array = np.asarray(x)
    direction = np.linspace(0.5, 1.5, array.size).reshape(array.shape)

    def at(value):
        return value.tolist() if isinstance(x, list) else value

    step = 1e-6
    want = (f(at(array + step * direction)) - f(at(array - step * direction))) / (2 * step)
    gradient, push = srcdiff.grad(f), srcdiff.jvp(f)
    assert np.sum(np.asarray(gradient(x)) * direction) == pytest.approx(want, rel=1e-6, abs=1e-9)
    assert push(x, at(direction))[1] == pytest.approx(want, rel=1e-6, abs=1e-9)
    return [
        "\n".join(line for line in source.splitlines() if not line.strip().startswith("assert"))
        for source in (gradient.source, push.source)
    ]


@pytest.mark.parametrize("f", PROVEN, ids=lambda f: f.__name__)
def test_proven(f):
    for source in check(f):
        assert not any(word in source for word in ("==", "chosen_item", "sign(", "max_x(")), source


@pytest.mark.parametrize("f", NOT, ids=lambda f: f.__name__)
def test_not_proven(f):
    backward, _ = check(f)
    assert "==" in backward or "chosen_item" in backward or "max_x(" in backward, backward


def test_second_order():
    step = 1e-6
    gradient = srcdiff.grad(whole)
    want = np.array([(gradient(V + step * e) - gradient(V - step * e)) / (2 * step) for e in np.eye(3)])
    push = srcdiff.jvp(gradient)
    assert "==" not in push.source
    np.testing.assert_allclose([push(V, e)[1] for e in np.eye(3)], want, atol=1e-8)
