"""Rounds of small programs, one for each seed, until a time: what the hunts beside the large one share."""

from __future__ import annotations

import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable


class Wrong(AssertionError):
    """A derivative that is not right, or an error that no check gave; its text tells of the program."""


def run(
    outcome: Callable[[int], Counter[str]], first_seed: int, count: int, until: float = float("inf")
) -> tuple[Counter[str], list[str]]:
    """What became of the programs of so many seeds, or until a time; the texts of those that are wrong."""
    total: Counter[str] = Counter()
    wrong: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(first_seed, first_seed + count):
            if time.monotonic() > until:
                break
            try:
                total += outcome(seed)
            except Wrong as error:
                wrong.append(f"seed {seed}: {error}")
                print(wrong[-1], file=sys.stderr, flush=True)
            total["programs"] += 1
    return total, wrong
