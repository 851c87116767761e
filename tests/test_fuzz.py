"""A quick hunt: seeded, and the same on every run. The long one is `python -m tests.fuzz --minutes N`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.fuzz.calls import CALLS, differentiable_rules
from tests.fuzz.counts import counts
from tests.fuzz.hunt import Tally, case_text, run_batch

SEEDS, SIZE = range(10), 60  # a minute of one core
# rules that the other names of NumPy's functions have, and that no call needs apart
OTHER_NAMES = {"numpy.float32", "numpy.float16", "numpy.true_divide"}


@pytest.mark.parametrize("seed", SEEDS)
def test_random_programs(seed):
    """No wrong number, no crash; most programs are differentiated. How many there are does not hang on the clock."""
    tally = Tally()
    found = run_batch(tally, seed, SIZE, shrink=bool(os.environ.get("SRCDIFF_SHRINK")))
    assert found is None, case_text(found)
    assert tally.outcomes["right"] > 0.6 * tally.programs, tally.outcomes


def test_every_rule_is_called():
    """What is added to the rules joins the generator."""
    missing = differentiable_rules() - {call.rule for call in CALLS} - OTHER_NAMES
    assert not missing, sorted(missing)


@pytest.mark.slow
def test_how_often_each_is_drawn():
    """Of 10,000 programs at least twenty have each construct, each rule and each class of hazards."""
    rare = {what: count for what, count in counts(10_000).items() if count < 20}
    assert not rare


DIGEST = """
import hashlib, sys
import srcdiff
from hypothesis import HealthCheck, Phase, given, seed, settings
from tests.fuzz.programs import forget, programs
texts = []
@seed(7)
@settings(max_examples=25, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(programs())
def collect(program):
    module = program.load()
    for mode in ("vjp", "jvp"):
        try:
            texts.append(program.text + getattr(srcdiff, mode)(module.f, wrt=program.wrt).source)
        except Exception as error:
            texts.append(f"{program.text}{type(error).__name__}")
    forget(module)
collect()
print(len(texts), hashlib.sha256("".join(texts).encode()).hexdigest())
"""


@pytest.mark.slow
def test_hash_seeds():
    """The same text under any hash seed."""
    digests = [
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": str(k)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for k in (1, 2, 3)
    ]
    assert len(set(digests)) == 1
