"""`python -m tests.fuzz --minutes 5 --seed 1`: hunt for programs that are differentiated wrong."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Random programs against oracles.")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="the first batch's seed; each batch takes the next")
    parser.add_argument("--save", type=Path, default=Path("fuzz-failures"), help="the folder for failures")
    parser.add_argument("--count", type=int, metavar="N", help="draw N programs, and count what stands in them")
    parser.add_argument("--kinds", action="store_true", help="small programs of arguments that nothing declares")
    parser.add_argument("--indices", action="store_true", help="small programs of loops over one array's elements")
    parser.add_argument("--aliases", action="store_true", help="small programs of arrays that have two names")
    options = parser.parse_args()
    os.environ.setdefault("SRCDIFF_CHECK", "1")  # before the compiler is loaded
    from tests.fuzz import aliases, indices, kinds
    from tests.fuzz.counts import counts, listing
    from tests.fuzz.hunt import hunt, summary
    from tests.fuzz.rounds import run

    small = {"kinds": kinds, "indices": indices, "aliases": aliases}
    for name in [name for name in small if getattr(options, name)]:
        outcome = small[name].outcome
        total, wrong = run(outcome, options.seed, 10**9, time.monotonic() + 60 * options.minutes)
        print(f"{dict(total)}, {len(wrong)} wrong")
        return 1 if wrong else 0
    if options.count:
        print(listing(counts(options.count, options.seed)))
        return 0

    tally = hunt(options.minutes, options.seed, options.save)
    print(summary(tally))
    return 1 if tally.found else 0


if __name__ == "__main__":
    sys.exit(main())
