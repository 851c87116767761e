"""What is read as lists of lists are: one index after the other, and rows copied by slicing them."""

from __future__ import annotations

from srcdiff.analysis.evidence import READS, Evidence, is_slice
from srcdiff.ir.nodes import Op, Var


def as_nested_lists(evidence: Evidence, var: Var, depth: int) -> bool:
    """Whether a value is only read, one index after the other, as lists of lists are, down to its numbers."""
    also = ("builtins.sum",) if depth == 1 else ()  # lists of lists are not added
    if evidence.is_array(var) or not evidence.only_read(var, also) or var in evidence.collected:
        return False
    for stmt, _ in evidence.uses.get(var, []):
        if isinstance(stmt, Op) and stmt.fn in READS:
            if is_slice(stmt.args[1]):
                if not as_nested_lists(evidence, stmt.out, depth):
                    return False
            elif depth > 1 and (evidence.ints(stmt.args[1]) != 1 or not as_nested_lists(evidence, stmt.out, depth - 1)):
                return False
    return True


def copies_rows(evidence: Evidence, var: Var) -> bool:
    """Whether rows of a value are sliced, as one copies lists, and kept: `A = [row[:] for row in A]`."""
    rows = [s.out for s, k in evidence.uses.get(var, []) if isinstance(s, Op) and s.fn in READS and k == 0]
    slices = [
        s for row in rows for s, k in evidence.uses.get(row, []) if isinstance(s, Op) and s.fn in READS and k == 0
    ]
    kept = [s.out for s in slices if is_slice(s.args[1]) and not evidence.only_read(s.out)]
    return not evidence.is_array(var) and not any(map(evidence.is_array, [*rows, *kept])) and bool(kept)
