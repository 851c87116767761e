"""The distance of a point from a shape that is written down as an expression: unions and cuts of discs and planes."""

import math


def distance(shape, x: float, y: float) -> float:
    kind = shape[0]
    if kind == "disc":
        _, cx, cy, radius = shape
        return math.hypot(x - cx, y - cy) - radius
    if kind == "plane":
        _, nx, ny, offset = shape
        return x * nx + y * ny - offset
    _, first, second = shape
    if kind == "union":
        return min(distance(first, x, y), distance(second, x, y))
    return max(distance(first, x, y), -distance(second, x, y))


def clearance(radius: float, offset: float, x: float, y: float) -> float:
    """The square of how far a point is from a plane with a disc, of which another disc is cut off."""
    disc = ("cut", ("disc", 0.0, 0.3, radius), ("disc", 0.2, 0.3, 0.5 * radius))
    return distance(("union", disc, ("plane", 0.6, 0.8, offset)), x, y) ** 2


WRT = ("radius", "offset", "x", "y")
ARGS = (0.5, 0.9, 1.2, 0.8)
MORE_ARGS = [(0.5, 0.9, 0.25, 0.35), (0.4, 1.5, 0.1, 1.1)]
