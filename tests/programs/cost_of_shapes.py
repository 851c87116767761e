"""What plates cost, by their kind: named tuples in a list, told apart by a string."""

import math
from typing import NamedTuple


class Plate(NamedTuple):
    width: float
    height: float
    kind: str


def area_cost(plates: list[Plate], price: float) -> float:
    total = 0.0
    for plate in plates:
        match plate.kind:
            case "rectangle":
                area = plate.width * plate.height
            case "ellipse":
                area = math.pi * plate.width * plate.height / 4
            case "triangle" | "wedge":
                area = plate.width * plate.height / 2
            case _:
                area = 0.0
        total += price * area**0.9 if area > 1 else price * area
    return total


def cost(rectangle, ellipse, wedge, price: float) -> float:
    (w1, h1), (w2, h2), (w3, h3) = rectangle, ellipse, wedge
    plates = [Plate(w1, h1, "rectangle"), Plate(w2, h2, "ellipse"), Plate(w3, h3, "wedge")]
    return area_cost(plates, price)


WRT = ("rectangle", "ellipse", "wedge", "price")
ARGS = ((1.0, 2.0), (2.0, 3.0), (0.5, 0.7), 1.5)
