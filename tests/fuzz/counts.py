"""How often random programs draw each construct, each rule and each class of hazards, without running them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from unittest import mock

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.internal.conjecture.engine import ConjectureRunner

from tests.fuzz.calls import CALLS
from tests.fuzz.fragments import FRAGMENTS
from tests.fuzz.programs import Program, programs

BATCH = 200
# what a class of tests/hazards is known by in a program's text; a class that is left out needs arguments of its own
# (ties, kinks, zeros, integers, float32, output that is no scalar): tests/hazards has these
HAZARDS: dict[int, str] = {
    1: r"kept = np\.sin\((.+)\) \* \1\n +\1 = ",
    2: r"(?:if|while) [^\n]*\b([a-z]+)\b[^\n]*:\n +\1 [-+*]?= ",
    3: r"\n +(\w+), (\w+) = \2, ",
    4: r"\n( +)for [^\n]*:\n\1    \w+ = ",
    5: r"\n +for ",
    6: r"for \w+ in (?:reversed\()?range\(n\)",
    7: r"for \w in range\(\w, ",
    8: r"\n( +)for [^\n]*:\n\1    [^\n]*\([^\n]*\(",
    9: r"\bcontinue\b",
    10: r"\n( +)[^\n]*\n\1if [^\n]*:\n\1    break",
    11: r"\n        +return ",
    12: r"while [^\n]*\bx\b",
    13: r"\[\w % 3\]|values\[k\]",
    14: r"for k in [^\n]*\n +k = ",
    15: r"range\(n\)|\nk = 0|    k = 0\n +for k ",
    16: r"\n( +)if [^\n]*:\n(?:\1    [^\n]*\n)*\1    \w+ = [^\n]*\n\1\S",
    18: r"\bagain\(|\beven\(|\bnested\(",
    19: r" or | and |:= |-0\.613 < ",
    20: r"(\w+)\[(\d)\] = [^\n]*\n(?:[^\n]*\n)*? +\1\[\2\] = ",
    21: r"(\w+)\[([^\]]+)\] = \1\[\2\] \*",
    22: r"(?:z|alias) = [a-zA-Z]\n",
    23: r"(?:row|back|column|turned|flat|view) = ",
    24: r"(?:buf|grid|plane) = np\.(?:ones|full)",
    25: r"buffer\[:\] = ",
    26: r"\w\[[^\]]+\] [-+*]= ",
    27: r"out=",
    28: r"\n +(?:u|A|S|a|M)\[[^\n]*\] [-+*]?= ",
    29: r"\n +(?:z|alias|v\d+) = (?:[a-zA-Z]|v\d+)\n",
    30: r"[^=]\w\)?\[\[0, 0, 1\]\](?! [+*=])",
    31: r"\[\[0, 0, 1\]\] \+= ",
    32: r"\[::-1\]|\[::2\]",
    33: r"\[1:\]\[0\]|\]\[\d\]",
    34: r"\.append\(|for k in range\(3\)\]|concatenate",
    35: r"\.mean\(\)|\.T\.flatten\(\)|\.reshape\(",
    36: r"np\.array\(\[\[.*\], \[.*\]\]\)|\[:, None\]|\[:, :1\]",
    37: r"axis=|keepdims=|ddof=|initial=|axes=",
    41: r"1j \*",
    42: r"np\.exp\([^\n]* - np\.max\(",
    45: r"np\.where\(",
    46: r"\*\* |np\.power|pow\(",
    47: r"np\.(?:prod|cumprod)\(",
    49: r" if [^\n]* else ",
    52: r"float\(|\.item\(\)|int\(2\.7\)|round\(",
}


def drawn(number: int, first_seed: int = 0) -> Iterator[Program]:
    """So many programs, no two of one batch alike."""
    batch = first_seed
    while number > 0:
        found = _batch(min(BATCH, number), batch)
        yield from found
        number, batch = number - len(found), batch + 1


def _batch(size: int, number: int) -> list[Program]:
    found: dict[str, Program] = {}

    @seed(number)
    @settings(
        max_examples=size,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(programs())
    def collect(program: Program) -> None:
        found.setdefault(program.text, program)

    with mock.patch.object(ConjectureRunner, "generate_mutations_from", lambda *_: None):
        collect()
    return list(found.values())


def counts(number: int, first_seed: int = 0) -> Counter[str]:
    """In how many of so many programs each construct, rule and class of hazards stands."""
    found: Counter[str] = Counter(dict.fromkeys((call.rule for call in CALLS), 0))
    found.update(dict.fromkeys((fragment.construct for fragment in FRAGMENTS), 0))
    patterns = {f"hazard {k}": re.compile(pattern) for k, pattern in HAZARDS.items()}
    for program in drawn(number, first_seed):
        found.update(program.constructs.keys())
        body = program.text[program.text.rindex("\ndef f(") :]
        found.update(name for name, pattern in patterns.items() if pattern.search(body))
    for name in patterns:
        found.setdefault(name, 0)
    return found


def listing(found: Counter[str]) -> str:
    return "\n".join(f"{count:6} {what}" for what, count in sorted(found.items(), key=lambda item: (item[1], item[0])))
