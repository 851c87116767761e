"""An entry that is replaced by one of another shape or length: its cotangent has the size that it had."""

import copy

import numpy as np
import pytest

import srcdiff

V = np.array([1.5, 0.7, 2.3])


def in_a_list(s, x, n):
    entries = [s, x]
    for _ in range(n):
        entries[0] = entries[0] * entries[1]
    return np.sum(entries[0])


def in_a_list_once(s, x, n):
    entries = [s, x]
    entries[0] = entries[0] * entries[1] * n
    return np.sum(entries[0])


def in_a_dict(s, x, n):
    entries = {"a": s, "x": x}
    for _ in range(n):
        entries["a"] = entries["a"] * entries["x"]
    return np.sum(entries["a"])


def by_unknown_keys(s, x, n):
    entries = {}
    for k in range(2 * n):
        if k % 2 in entries:
            entries[k % 2] = entries[k % 2] * x
        else:
            entries[k % 2] = s
    return sum(np.sum(entry) for entry in entries.values())


def of_declared_numbers(s: float, x: np.ndarray, n: int):
    entries = [s, s]
    for k in range(n):
        entries[k % 2] = entries[k % 2] * x
    return np.sum(entries[0] * entries[1])


def of_declared_lists(s: float, x: np.ndarray, n: int):
    entries = {"steps": [s], "last": s}
    for k in range(n):
        entries["steps"] += [s * k * entries["last"], s]
        entries["last"] = entries["last"] * x[k]
    return sum(entries["steps"]) * np.sum(x)


def of_the_argument(entries, x, n):
    for _ in range(n):
        entries["w"] = entries["w"] * x
    return np.sum(entries["w"] ** 2)


@pytest.mark.parametrize(
    "function",
    [in_a_list, in_a_list_once, in_a_dict, by_unknown_keys, of_declared_numbers, of_declared_lists],
    ids=lambda f: f.__name__,
)
def test_entry_of_another_size(function):
    found = srcdiff.grad(function)(1.2, V, 2)
    ends = [function(1.2 + h, V, 2) for h in (1e-6, -1e-6)]
    assert np.shape(found) == ()
    assert found == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6)


def test_entry_of_the_argument():
    given = {"w": 1.5, "b": V}
    found = srcdiff.grad(of_the_argument)(copy.deepcopy(given), V, 2)
    ends = [of_the_argument({"w": 1.5 + h, "b": V}, V, 2) for h in (1e-6, -1e-6)]
    assert np.shape(found["w"]) == () and found["w"] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6)
    np.testing.assert_array_equal(found["b"], np.zeros(3))
