"""Writes what is added to elements of new zeros: x_bar[0] = v for x_bar[0] += v.

x_bar = np.zeros_like(x); x_bar[0] += u; x_bar[1] += v   ->   x_bar = np.zeros_like(x); x_bar[0] = u; x_bar[1] = v

What the user wrote stays.
"""

from __future__ import annotations

from itertools import combinations

from srcdiff.analysis.holdings import holds_numbers
from srcdiff.ir.nodes import Atom, Block, Function, Lit, Op, Var
from srcdiff.ir.types import Array, Sequence
from srcdiff.ir.walk import blocks_of, use_counts

ZEROS = frozenset({"numpy.zeros", "numpy.zeros_like", "srcdiff.zeros_like"})


def write_first(function: Function) -> None:
    """Write to elements that are zero in place of adding to them (changes the function in place)."""
    _block(function.body, use_counts(function))


def _block(block: Block, counts: dict[Var, int]) -> None:
    made = {stmt.out: stmt for stmt in block.body if isinstance(stmt, Op)}
    adders = {stmt.args[0]: stmt for stmt in made.values() if stmt.fn == "srcdiff.addto"}
    for stmt in list(block.body):
        for inner in blocks_of(stmt):
            _block(inner, counts)
        if isinstance(stmt, Op) and stmt.fn in ZEROS and (not stmt.out.hint or stmt.out.plain.endswith("_bar")):
            chain = _chain(stmt, adders, counts)
            if holds_numbers(stmt.out.type):  # a list is added to slice by slice: the first is surely new
                chain = chain[:1]
            keys = [_parts(op.args[1], made) for op in chain]
            if all(_apart(a, b) for a, b in combinations(keys, 2)):
                for op in chain:
                    op.fn = "operator.setitem"


def _chain(first: Op, adders: dict[Atom, Op], counts: dict[Var, int]) -> list[Op]:
    """What is added to an array, one after the other, before anything else has it."""
    found: list[Op] = []
    version = first.out
    while counts.get(version) == 1 and version in adders and _fits(adders[version]):
        found.append(adders[version])
        version = adders[version].out
    return found


def _fits(op: Op) -> bool:
    """Whether a real array gets real numbers: what is complex cannot be added, but its real part could be written.

    A list of numbers gets as many as its slice has.
    """
    base, value = op.args[0].type, op.args[2].type
    if holds_numbers(base):
        return isinstance(value, Sequence)
    return isinstance(base, Array) and isinstance(value, Array) and "complex" not in (base.dtype, value.dtype)


def _parts(key: Atom, made: dict[Var, Op]) -> list[Atom]:
    op = made.get(key) if isinstance(key, Var) else None
    return list(op.args) if op is not None and op.fn == "tuple" else [key]


def _apart(a: list[Atom], b: list[Atom]) -> bool:
    """Whether two indices surely stand for different elements."""
    pairs = [(x.value, y.value) for x, y in zip(a, b) if isinstance(x, Lit) and isinstance(y, Lit)]
    return len(a) == len(b) and any(
        isinstance(x, int) and isinstance(y, int) and x >= 0 and y >= 0 and x != y for x, y in pairs
    )
