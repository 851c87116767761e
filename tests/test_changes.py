"""What is changed where nobody looks: attributes in loops, and all that tests, inner functions and comprehensions change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

import srcdiff
from tests.differences import assert_close


@dataclass
class State:
    a: float
    w: np.ndarray
    k: float = 2.0

    def step(self, x: float):
        self.a = self.a * x
        return self.a

    def run(self, x: float, n: int):
        """As a bound method, whose object nobody passes."""
        total = 0.0
        for i in range(n):
            self.step(x)
            if i == 1:
                continue
            self.w = self.w * x
            total += self.a
        while self.step(x) < 9.0:
            total += self.k * np.sum(self.w)
        return total * self.a


def by_the_test_of_a_while(p: State, x: float) -> float:
    i = 0
    while p.step(x) < 100 and i < 4:
        i += 1
    return p.a


def in_nested_loops(p: State, x: float) -> float:
    for i in range(3):
        for j in range(2):
            p.w = p.w * x
            if j:
                break
    return np.sum(p.w)


def in_a_try(p: State, x: float) -> float:
    for i in range(3):
        try:
            p.a = p.a * x
            if p.a > 2.5:
                raise ValueError
        except ValueError:
            p.a = p.a - x
    return p.a


def that_has_a_default(p: State, x: float) -> float:
    for i in range(3):
        p.k += x * p.k
    return p.k


def by_an_inner_function(p: State, x: float) -> float:
    def g():
        p.a = p.a * x

    for i in range(3):
        g()
    return p.a


def in_a_comprehension(p: State, x: float) -> float:
    s = [p.step(x) for i in range(3)]
    return sum(s) + p.a


def before_a_return(p: State, x: float) -> float:
    for i in range(3):
        if p.a > 1.6:
            return p.a * 3
        p.a = p.a * x
    return p.a


def by_another_name(p: State, x: float) -> float:
    q = p
    for i in range(3):
        q.a = q.a * x
    return p.a


def in_a_generator(p: State, x: float) -> float:
    return max(p.step(x), p.step(x)) + sum(p.step(x) for _ in range(2))


def in_a_conditional(p: State, x: float) -> float:
    y = p.step(x) if x > 0 else 1.0
    return p.a + y


def by_a_test(p: State, x: float) -> float:
    if p.step(x) > 0 and p.step(x) > 1:
        return p.a
    return p.a * 2


def made_within(x: float) -> float:
    p = State(1.5, np.ones(2))
    while p.step(x) < 4:
        pass
    return p.a


def made_within_a_comprehension(x: float) -> float:
    p = State(1.5, np.ones(2))
    s = [p.step(x) for i in range(3)]
    return p.a + len(s)


def made_and_captured(x: float) -> float:
    p = State(1.5, np.ones(2))

    def g():
        p.a = p.a * x

    g()
    return p.a


def a_list_in_tests_and_comprehensions(x: float) -> float:
    total = [0.0]

    def g(y):
        total[0] += y
        return y

    s = [g(x * i) for i in range(3)]
    while g(x) < 3 and total[0] < 20:
        x = x * 1.3
    return total[0] + len(s)


def a_captured_number(x: float) -> float:
    t = 1.0

    def g(y):
        nonlocal t
        t = t * y
        return t

    s = sum(g(x) for i in range(3))
    while g(x) < 20:
        pass
    return t + s


def popped_by_a_test(x: float) -> float:
    xs = [1.0 * x, 2.0 * x, 3.0 * x]
    t = 0.0
    while xs and xs.pop() > 0.5:
        t += sum(xs)
    return t


def popped_in_a_comprehension(x: float) -> float:
    xs = [1.0 * x, 2.0 * x, 3.0 * x]
    ys = [xs.pop() * i for i in range(2)]
    return sum(ys) + sum(xs) * 7


def by_a_map(x: float) -> float:
    p = State(1.5, np.ones(2))
    return sum(map(lambda z: p.step(z), [x, x, x])) + p.a


def in_what_is_sorted(x: float) -> float:
    p = State(1.5, np.ones(2))
    d = {i: p.step(x) for i in range(3)}
    return sum(sorted([p.step(x), p.step(-x)], key=lambda z: z * p.a)) + p.a + d[1]


OF_AN_ARGUMENT = [
    by_the_test_of_a_while,
    in_nested_loops,
    in_a_try,
    that_has_a_default,
    by_an_inner_function,
    in_a_comprehension,
    before_a_return,
    by_another_name,
    in_a_generator,
    in_a_conditional,
    by_a_test,
]
OF_A_NUMBER = [
    made_within,
    made_within_a_comprehension,
    made_and_captured,
    a_list_in_tests_and_comprehensions,
    a_captured_number,
    popped_by_a_test,
    popped_in_a_comprehension,
    by_a_map,
    in_what_is_sorted,
]


def state() -> State:
    return State(1.5, np.array([0.3, 0.4, 0.5]))


def check(f: Callable[..., float], *before: Callable[[], State]) -> None:
    def at(x: float) -> float:
        return f(*(make() for make in before), x)

    slope = (at(1.2 + 1e-6) - at(1.2 - 1e-6)) / 2e-6
    given = [make() for make in before]
    assert_close(srcdiff.value_and_grad(f, wrt="x")(*given, 1.2), (at(1.2), slope))
    assert str(given) == str([make() for make in before])
    assert_close(srcdiff.jvp(f, wrt="x")(*given, 1.2, 1.0), (at(1.2), slope))


@pytest.mark.parametrize("f", OF_AN_ARGUMENT)
def test_attributes_of_an_argument(f):
    check(f, state)


@pytest.mark.parametrize("f", OF_A_NUMBER)
def test_what_the_function_made(f):
    check(f)


def test_attributes_of_the_object_of_a_bound_method():
    bound = state()
    slope = (state().run(1.2 + 1e-6, 4) - state().run(1.2 - 1e-6, 4)) / 2e-6
    value = state().run(1.2, 4)
    assert_close(srcdiff.value_and_grad(bound.run, wrt="x")(1.2, 4), (value, slope))
    assert_close(srcdiff.jvp(bound.run, wrt="x")(1.2, 4, 1.0), (value, slope))
    assert str(bound) == str(state())
