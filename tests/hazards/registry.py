"""Programs on which derivative compilers have gone silently wrong, numbered; each of a single scalar or array x.

`@hazard(number, point, ...)` files a program under its number with the points at which it is tried; a point that is a
tuple holds all arguments. `expect` is a derivative that differences do not give (a kink's convention, say), for the
first point; `refused` is for what must be refused when the derivative is built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Hazard:
    number: int
    f: Callable[..., Any]
    points: tuple[Any, ...]
    expect: Any = None
    refused: bool = field(default=False)


HAZARDS: list[Hazard] = []


def hazard(number: int, *points: Any, expect: Any = None, refused: bool = False) -> Callable[..., Any]:
    def register(f: Callable[..., Any]) -> Callable[..., Any]:
        tried = tuple(point if isinstance(point, tuple) else (point,) for point in points)
        HAZARDS.append(Hazard(number, f, tried, expect, refused))
        return f

    return register
