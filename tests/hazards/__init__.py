"""Programs on which derivative compilers have gone silently wrong, by number."""

from tests.hazards import control, numbers, writes
from tests.hazards.registry import HAZARDS

__all__ = ["HAZARDS", "control", "numbers", "writes"]
