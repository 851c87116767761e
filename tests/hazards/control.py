"""Hazards of state and control flow."""

import numpy as np

from tests.hazards.registry import hazard


@hazard(1, 0.7)
def overwritten_after_use(x):
    a = np.sin(x)
    b = a * a
    a = 3 * a
    return b + a


@hazard(2, 1.5, 0.5)
def condition_reassigned(x):
    if x > 1:
        x = x * 0.1
        y = x * x
    else:
        y = 3 * x
    return y


@hazard(3, 0.7)
def parallel_copy(x):
    a, b = x, 2 * x
    a, b = b, a
    a, b = b, a
    a, b = b, a
    return a * a * b


@hazard(3, 0.7)
def swap_of_carried_values(x):
    a, b = x, x * x
    for _ in range(3):
        a, b = b, a * b
    return a


@hazard(4, 0.7)
def loop_local(x):
    a = 0.0
    for i in range(3):
        t = x
        a += t
    return a


@hazard(5, 0.7)
def value_used_after_the_loop(x):
    g = x * x
    s = 0.0
    for i in range(3):
        s = s * x + i
    return s * g


@hazard(6, (0.7, 4), (0.7, 0))
def stale_accumulator(x, n):
    s = 0.0
    for i in range(n):
        s += x * x / (i + 1)
    return np.sin(s) * s


@hazard(7, (0.7, 3))
def nested_loops(x, n):
    s = 1.0
    for i in range(n):
        for j in range(i + 1):
            s = s * x + j
    return s


@hazard(8, 0.7)
def temporaries_of_a_loop(x):
    s = 0.0
    for i in range(3):
        s += 1 / (i + 1 + x * x)
    return s


@hazard(9, 0.7)
def continue_(x):
    s = 1.0
    for i in range(5):
        if i % 2 == 0:
            continue
        s = s * x + i
    return s


@hazard(10, 1.3, 0.4)
def break_in_the_middle(x):
    s = 1.0
    for i in range(4):
        s += x * x
        if s > 5:
            break
        s *= x
    return s


@hazard(11, 1.5, 0.5)
def early_return_before_a_loop(x):
    if x > 1:
        return x * x
    s = x
    for i in range(3):
        s = s * x + 1
    return s


@hazard(11, 1.5, 0.5)
def early_return_in_nested_loops(x):
    s = x
    for i in range(3):
        for j in range(2):
            s = s * x + j
            if s > 4:
                return s * x
    return s


@hazard(12, 0.7, 2.5)
def loop_variable_from_parameter(x):
    t = x
    s = 0.0
    while t < 2:
        s += t * t * 0.25
        t += 0.25
    return s


@hazard(13, np.array([0.5, -1.2, 2.0]))
def counter_as_index(x):
    s = 0.0
    j = 1
    while j < 3:
        s += x[j] * x[j - 1]
        j += 1
    return s


@hazard(14, 1.3)
def target_reassigned(x):
    s = 0.0
    for i in range(3):
        i = i * 2 + 1
        s += x**i
    return s


@hazard(15, (0.7, 0), (0.7, 3))
def zero_trips_and_target_after_the_loop(x, n):
    i = 5
    s = x
    for i in range(n):
        n = n + 7
        s = s * x
    return s * (i + n)


@hazard(16, 0.5, 1.5)
def assigned_in_one_branch(x):
    if x > 1:
        y = x * x
    s = x
    if x > 1:
        s = s + y
    return s


@hazard(16, 0.5)
def assigned_in_one_iteration(x):
    s = 0.0
    for i in range(4):
        if i == 1:
            y = x * x
        if i >= 1:
            s += y * i
    return s


@hazard(17, (2.0, 0.7))
def activity_changes_on_assignment(j, x):
    j = x
    return j * 1.0


@hazard(18, (1.3, 4))
def recursion(x, n):
    if n == 0:
        return x
    return x * recursion(x, n - 1)


def even(x, n):
    if n == 0:
        return x
    return x * odd(x, n - 1)


def odd(x, n):
    if n == 0:
        return 2 * x
    return np.sin(x) * even(x, n - 1)


@hazard(18, (1.3, 3))
def mutual_recursion(x, n):
    return even(x, n)


@hazard(19, 0.7)
def value_of_or(x):
    y = x or 2.0
    return y * y


@hazard(19, 0.7)
def value_of_and(x):
    return (x and x * x) * 3


@hazard(19, 0.7, 1.5)
def chained_comparison_and_walrus(x):
    if 0 < (y := x * x) < 1:
        return y * x
    return y
