"""A long run: draws programs until the time is up, shrinks each failure, and saves it as a file to be committed."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisException
from hypothesis.internal.conjecture.engine import ConjectureRunner

from tests.fuzz.oracles import Failure, Outcome, check
from tests.fuzz.programs import Program, programs

BATCH = 200
SHRINK_SECONDS = 60.0
OF_ONE_CLASS = 3  # failures that look alike and are shrunk; more are only counted


class Enough(BaseException):
    """The time for shrinking is up; Hypothesis lets pass what is no Exception."""


@dataclass
class Found:
    """A failure and the smallest program that shows it."""

    failure: Failure
    program: Program


@dataclass
class Tally:
    """What a run saw."""

    outcomes: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    constructs: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    found: list[Found] = field(default_factory=list)
    points: int = 0

    def record(self, program: Program, outcome: Outcome) -> None:
        self.outcomes[outcome.kind] += 1
        self.points += outcome.points
        if outcome.kind == "refused":
            self.refusals[outcome.reason] += 1
        if outcome.kind == "right":
            self.constructs.update(program.constructs.keys())

    @property
    def programs(self) -> int:
        return sum(self.outcomes.values())

    def heading(self) -> str:
        return f"{self.programs} programs, {self.points} points: {dict(self.outcomes)}"


class Batch:
    """One run of Hypothesis; remembers the last, and so the smallest, program that failed."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.smallest: Found | None = None
        self.deadline = 0.0
        self.drawn: set[str] = set()
        self.seen: dict[str, Failure | None] = {}

    def try_(self, program: Program) -> None:
        """Check one program; while a failure is shrunk, only its own class counts, and only until the deadline."""
        if self.smallest is None:
            if program.text not in self.drawn:
                self.drawn.add(program.text)
                self._first(program)
            return
        if time.monotonic() > self.deadline:
            raise Enough
        if program.text not in self.seen:
            self.seen[program.text] = self._fails_alike(program)
        failure = self.seen.get(program.text)
        if failure is not None:
            self.smallest = Found(failure, program)
            raise failure

    def _first(self, program: Program) -> None:
        try:
            self.tally.record(program, check(program))
        except Failure as failure:
            self.tally.outcomes["failed"] += 1
            self.tally.failures[failure.signature()] += 1
            if self.tally.failures[failure.signature()] > OF_ONE_CLASS:
                return
            self.smallest, self.deadline = Found(failure, program), time.monotonic() + SHRINK_SECONDS
            self.seen[program.text] = failure
            raise

    def _fails_alike(self, program: Program) -> Failure | None:
        assert self.smallest is not None
        try:
            check(program, everything=True)
        except Failure as failure:
            return failure if failure.check == self.smallest.failure.check else None
        return None


def run_batch(tally: Tally, number: int, size: int = BATCH, shrink: bool = True) -> Found | None:
    """Programs from one seed; the first failure, shrunk."""
    batch = Batch(tally)
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)

    @seed(number)
    @settings(
        max_examples=size,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(programs())
    def attempt(program: Program) -> None:
        batch.try_(program)

    try:
        # Hypothesis would follow each program by five near copies of it; others find more
        with mock.patch.object(ConjectureRunner, "generate_mutations_from", lambda *_: None):
            attempt()
    except (Failure, Enough, HypothesisException):
        if batch.smallest is None:
            raise
    if batch.smallest is not None:
        tally.found.append(batch.smallest)
    return batch.smallest


def case_text(found: Found) -> str:
    """A file that shows the failure: the program, its settings, and what is wrong."""
    program = found.program
    wrt = repr(program.wrt)
    points = "".join(f"    {point},\n" for point in program.points)
    note = "".join(f"# {line}".rstrip() + "\n" for line in str(found.failure).splitlines())
    return f"{program.text}\n\nWRT = {wrt}\nOUTPUT = {program.output!r}\nPOINTS = [\n{points}]\n\n# failure\n{note}"


def hunt(minutes: float, first_seed: int, folder: Path) -> Tally:
    """Run batches until the time is up; failures are saved in `folder`."""
    tally, end, number, shown = Tally(), time.monotonic() + 60 * minutes, first_seed, time.monotonic()
    while time.monotonic() < end:
        found = run_batch(tally, number)
        if found is not None:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"seed_{number}.py"
            path.write_text(case_text(found))
            print(f"{path}: {found.failure.signature()}", file=sys.stderr, flush=True)
        if time.monotonic() - shown > 20:
            shown = time.monotonic()
            print(f"{tally.heading()}, seed {number}", file=sys.stderr, flush=True)
        number += 1
    return tally


def summary(tally: Tally) -> str:
    lines = [tally.heading()]
    for title, counter in (
        ("refused", tally.refusals),
        ("failed", tally.failures),
        ("right, by construct", tally.constructs),
    ):
        if counter:
            lines += [f"{title}:", *(f"  {count:6} {what}" for what, count in counter.most_common())]
    return "\n".join(lines)
