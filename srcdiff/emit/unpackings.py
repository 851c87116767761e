"""What the user unpacks in one statement is unpacked in one.

prey = y[0]; predator = y[1]   ->   prey, predator = y
h = x.shape[1]; w = x.shape[2]   ->   _, h, w = x.shape
"""

from __future__ import annotations

from srcdiff.emit.places import Nesting
from srcdiff.emit.steps import Compute, Pop, Step, Walk, inner_steps
from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import Lit, Op, Var
from srcdiff.ir.types import INT

MOST = 8  # names on the left of one statement
UNUSED = 1  # and how many of them may be `_`


def is_unpacked(op: Op) -> bool:
    """Whether an operation takes one of the elements that the user unpacked."""
    return op.fn == "operator.getitem" and op.loc is not None and op.loc.names > 0


def unpack_elements(steps: list[Step], nesting: Nesting) -> None:
    """Join the statements that take one element each (changes the steps in place)."""
    for step in steps:
        for inner in inner_steps(step):
            unpack_elements(inner, nesting)
    start = 0
    while start < len(steps):
        if _element(steps[start]) is None:
            start += 1
            continue
        end = start
        while end < len(steps) and _element(steps[end]) is not None:
            end += 1
        joined = _joined([op for step in steps[start:end] if (op := _element(step)) is not None], nesting)
        steps[start:end] = joined
        start += len(joined)


def _element(step: Step) -> Op | None:
    """What reads one element that was unpacked, if a step is nothing else."""
    if isinstance(step, Compute) and isinstance(step.value, Op) and is_unpacked(step.value):
        return step.value
    return None


def _joined(reads: list[Op], nesting: Nesting) -> list[Step]:
    """The statements for a row of reads: those of one thing in one, where the first of them stood."""
    groups: dict[object, list[Op]] = {}
    for op in reads:
        groups.setdefault((_base_key(op, nesting), op.loc), []).append(op)
    found: list[Step] = []
    for ops in groups.values():
        walk = _unpacking(ops)
        if walk is None:
            found += [Compute(op.out, op, op.loc) for op in ops]
        else:
            found.append(Pop(walk, ops[0].loc))
    return found


def _base_key(op: Op, nesting: Nesting) -> object:
    """What tells things apart that are unpacked; x.shape is printed wherever it is read."""
    base = op.args[0]
    made = nesting.inside.get(base) if isinstance(base, Var) else None
    if isinstance(made, Op) and made.fn == "getattr":
        return tuple(map(atom_key, made.args))
    return atom_key(base)


def _unpacking(ops: list[Op]) -> Walk | None:
    """One statement for all elements of one thing, if few are missing."""
    assert ops[0].loc is not None
    count = ops[0].loc.names
    places = {op.args[1].value: op.out for op in ops if isinstance(op.args[1], Lit)}
    if len(places) != len(ops) or not 1 < count <= MOST or count - len(places) > UNUSED or len(places) < 2:
        return None
    if not all(type(k) is int and 0 <= k < count for k in places):
        return None
    return Walk([places.get(k) or Var("", INT) for k in range(count)], ops[0].args[0])
