"""Objects of the user's in lists and dicts of any length: their derivatives are objects of the same class."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal


@dataclass
class Plate:
    width: float
    height: float
    name: str = "plate"


@dataclass(frozen=True, slots=True)
class Slot:
    width: float
    height: float


class Size(NamedTuple):
    width: float
    height: float
    kind: str = "size"


class Plain:
    def __init__(self, width, height):
        self.width, self.height = width, height


def annotated(items: list[Plate], price: float):
    total = 0.0
    for item in items:
        total += price * item.width * item.height
    return total


def by_number(items: list[Size], price: float):
    total = 0.0
    for i in range(len(items)):
        total += price * items[i].width * items[i].height ** 2
    return total


def generated(items, price):
    return sum(price * item.width * item.height for item in items)


def neighbours(items, price):
    total = 0.0
    for left, right in zip(items, items[1:]):
        total += price * left.width * right.height
    return total


def widest(items, price):
    best = items[0]
    for item in items:
        if item.width > best.width:
            best = item
    return price * best.width * best.height


def of_dict(items: dict[str, Plate], price: float):
    total = 0.0
    for name in items:
        total += price * items[name].width
    return total * items["b"].height


@pytest.mark.parametrize("kind", [Plate, Slot, Size, Plain], ids=lambda k: k.__name__)
@pytest.mark.parametrize("function", [annotated, by_number, generated, neighbours, widest, of_dict])
def test_gradient(function, kind):
    sizes = [(1.0, 2.0), (3.0, 4.0), (0.5, 0.7)]

    def value(changed):
        items = [kind(*size) for size in changed]
        return function(dict(zip("abc", items)) if function is of_dict else items, 2.0)

    items = [kind(*size) for size in sizes]
    found = srcdiff.grad(function)(dict(zip("abc", items)) if function is of_dict else items, 2.0)
    found = list(found.values()) if function is of_dict else found
    assert all(type(item) is kind for item in found)
    for i in range(3):
        for k, name in enumerate(("width", "height")):
            ends = [
                [[v + s * 1e-6 * (j == i and m == k) for m, v in enumerate(p)] for j, p in enumerate(sizes)]
                for s in (1, -1)
            ]
            expected = (value(ends[0]) - value(ends[1])) / 2e-6
            np.testing.assert_allclose(getattr(found[i], name), expected, rtol=1e-6, atol=1e-8)


class Endless(NamedTuple):
    width: float

    def __len__(self):
        return 7


def of_a_length_of_its_own(x: float):
    return len(Endless(x)) * x


def test_a_tuple_that_is_none():
    with pytest.raises(Refusal, match="Endless is a tuple that defines __len__"):
        srcdiff.grad(of_a_length_of_its_own)


@pytest.mark.parametrize("kind", [Plate, Size, Plain], ids=lambda k: k.__name__)
@pytest.mark.parametrize("function", [annotated, by_number, neighbours])
def test_second_order(function, kind):
    """The derivative's derivative, along the price and along the items, against differences of the derivative."""
    derivative = srcdiff.grad(function, wrt=(0, 1))
    items = [kind(1.0, 2.0), kind(3.0, 4.0), kind(0.5, 0.7)]
    dots = [kind(0.3, -0.2), kind(0.1, 0.5), kind(-0.4, 0.2)]

    def at(step):
        moved = [kind(p.width + step * d.width, p.height + step * d.height) for p, d in zip(items, dots)]
        found, price = derivative(moved, 2.0 + step)
        return np.array([[p.width, p.height] for p in found]), price

    _, (tangent, price) = srcdiff.jvp(derivative, wrt=(0, 1))(items, 2.0, dots, 1.0)
    up, down = at(1e-6), at(-1e-6)
    np.testing.assert_allclose([[p.width, p.height] for p in tangent], (up[0] - down[0]) / 2e-6, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(price, (up[1] - down[1]) / 2e-6, rtol=1e-6)
    cotangents = srcdiff.vjp(derivative, wrt=(0, 1))(items, 2.0, (dots, 1.0))[1]
    np.testing.assert_allclose([[p.width, p.height] for p in cotangents[0]], [[p.width, p.height] for p in tangent])
    np.testing.assert_allclose(cotangents[1], price)
