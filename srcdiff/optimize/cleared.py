"""Writes what is added to an element that was cleared before: nothing else reads the zero.

a = y_bar[i]; y_bar[i] = 0.0; b = y_bar[i + 1]; ...; y_bar[i] += b   ->   a = y_bar[i]; b = y_bar[i + 1]; ...; y_bar[i] = b
"""

from __future__ import annotations

from srcdiff.analysis.evidence import WRITES
from srcdiff.analysis.index_order import Indices
from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import Atom, Block, Function, Lit, Op
from srcdiff.ir.types import Array, is_scalar
from srcdiff.ir.walk import blocks_of, reads, substitute

SAME = 10**6  # more loops than there are: all is of one iteration


def write_cleared(function: Function) -> None:
    """Leave out the zeros that are only added to (changes the function in place)."""
    found: list[tuple[Block, Op, Op]] = []
    _candidates(function.body, found)
    if not found:
        return
    indices = Indices()
    indices.read(function.body)
    for block, clear, add in found:
        if _nothing_between(block, clear, add, indices):
            block.body.remove(clear)
            add.fn = "operator.setitem"
            substitute(function.body, {clear.out: clear.args[0]})


def _candidates(block: Block, found: list[tuple[Block, Op, Op]]) -> None:
    """The writes of zeros to elements, each with the first addition to the same element behind it."""
    cleared: dict[object, Op] = {}
    for stmt in block.body:
        for inner in blocks_of(stmt):
            _candidates(inner, found)
        if not isinstance(stmt, Op) or stmt.fn not in WRITES:
            continue
        key = atom_key(stmt.args[1])
        if stmt.fn == "srcdiff.addto" and key in cleared and _is_real(stmt.args[2]) and _is_real(cleared[key].args[2]):
            found.append((block, cleared.pop(key), stmt))
        elif stmt.fn == "operator.setitem" and _is_zero(stmt.args[2]):
            cleared[key] = stmt


def _is_real(atom: Atom) -> bool:
    return is_scalar(atom.type) and isinstance(atom.type, Array) and atom.type.dtype != "complex"


def _is_zero(atom: Atom) -> bool:
    return isinstance(atom, Lit) and type(atom.value) is float and atom.value == 0


def _nothing_between(block: Block, clear: Op, add: Op, indices: Indices) -> bool:
    """Whether all that uses the array from the zero to the addition uses other elements of it."""
    if not indices.are_ints(clear.args[1]):
        return False
    versions: set[Atom] = {clear.out}
    at = block.body.index(clear) + 1
    for stmt in block.body[at : block.body.index(add)]:
        if not versions.isdisjoint(reads(stmt)):
            if not isinstance(stmt, Op) or not _is_elsewhere(stmt, versions, clear.args[1], indices):
                return False
            if stmt.fn in WRITES:
                versions.add(stmt.out)
    later = {a for stmt in block.body[block.body.index(add) + 1 :] for a in reads(stmt)}
    return add.args[0] in versions and versions.isdisjoint(later) and versions.isdisjoint(block.results)


def _is_elsewhere(op: Op, versions: set[Atom], index: Atom, indices: Indices) -> bool:
    uses = op.fn in WRITES or op.fn == "operator.getitem"
    alone = uses and op.args[0] in versions and versions.isdisjoint(op.args[1:])
    return alone and indices.are_apart([index], [op.args[1]], SAME, None)
