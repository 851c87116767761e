"""What is read as lists of lists are: one index after the other, and rows copied by slicing them."""

from __future__ import annotations

from srcdiff.analysis.evidence import READS, Evidence, is_slice
from srcdiff.ir.nodes import Lit, Op, Var

KEEPING = frozenset({"list", "list.append", "dict", "builtins.sorted"})


def nested_kinds(evidence: Evidence, var: Var, depth: int, row: bool = False) -> list[str] | None:
    """The kinds of the sequences that a value holds one in the other, down to its numbers; None where it may be an array.

    They may be of any kind where they are only read, one index after the other; rows of which copies are made by slicing
    them, `A = [row[:] for row in A]`, and changed, are lists: those of an array would be views.
    """
    also = ("builtins.sum",) if depth == 1 else ()  # lists of lists are not added
    if evidence.is_array(var) or not evidence.only_read(var, also) or var in evidence.collected:
        return None
    kinds = ["any"] * depth
    for stmt, _ in evidence.uses.get(var, []):
        if not isinstance(stmt, Op) or stmt.fn not in READS:
            continue
        found: list[str] | None = kinds[1:]
        if is_slice(stmt.args[1]):
            found = nested_kinds(evidence, stmt.out, depth, row)
            if found is None and row and _is_whole(evidence, stmt.args[1]) and not evidence.is_array(stmt.out):
                found = ["list", *kinds[1:]]
        elif depth > 1:
            found = nested_kinds(evidence, stmt.out, depth - 1, True) if evidence.ints(stmt.args[1]) == 1 else None
        if found is None:
            return None
        start = depth - len(found)
        kinds[start:] = ["list" if "list" in pair else "any" for pair in zip(kinds[start:], found)]
    return kinds if "list" not in kinds[2:] else None


def copies_rows(evidence: Evidence, var: Var) -> bool:
    """Whether rows of a value are sliced, as one copies lists, and kept: `A = [row[:] for row in A]`."""
    rows = [s.out for s, k in evidence.uses.get(var, []) if isinstance(s, Op) and s.fn in READS and k == 0]
    slices = [
        s for row in rows for s, k in evidence.uses.get(row, []) if isinstance(s, Op) and s.fn in READS and k == 0
    ]
    kept = [s.out for s in slices if is_slice(s.args[1]) and not evidence.only_read(s.out)]
    return not evidence.is_array(var) and not any(map(evidence.is_array, [*rows, *kept])) and bool(kept)


def holds_kept(evidence: Evidence, var: Var) -> bool:
    """Whether a value or its rows are put into containers, as those of lists are: `best.append(row)`."""
    reads = [s for s, k in evidence.uses.get(var, []) if isinstance(s, Op) and s.fn in READS and k == 0]
    values = [var, *(read.out for read in reads)]
    kept = any(isinstance(s, Op) and s.fn in KEEPING for value in values for s, _ in evidence.uses.get(value, []))
    return (kept or any(v in evidence.collected for v in values)) and not any(map(evidence.is_array, values))


def _is_whole(evidence: Evidence, index: object) -> bool:
    made = evidence.definition.get(index) if isinstance(index, Var) else None
    return made is not None and all(isinstance(part, Lit) and part.value is None for part in made.args)
