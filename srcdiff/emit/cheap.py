"""What a person would rather write again than give a name."""

from __future__ import annotations

from srcdiff.emit.places import Nesting
from srcdiff.ir.nodes import Atom, Lit, Op, Var
from srcdiff.ir.types import INT, SLICE, Any, Array, Sequence, is_scalar

SUBSCRIPTS = ("operator.getitem", "operator.setitem", "srcdiff.addto", "srcdiff.scatter_add", "srcdiff.last_written")
INDEX_PARTS = ("slice", "tuple", "list")
CHEAP_ATTRIBUTES = ("size", "shape", "ndim", "dtype")
ARITHMETIC = ("operator.add", "operator.sub", "operator.mul")


def is_cheap(op: Op) -> bool:
    """What a person would rather write twice than name."""
    first = op.args[0] if op.args else None
    match op.fn:
        case "getattr":
            return isinstance(op.args[1], Lit) and op.args[1].value in CHEAP_ATTRIBUTES
        case "numpy.transpose":
            return len(op.args) == 1 and not op.kwargs
        case "operator.neg":
            return is_scalar(op.out.type)
        case "operator.mul":
            if op.out.type == INT and all(map(_is_named, op.args)):
                return True
            return is_scalar(op.out.type) and isinstance(first, Lit) and isinstance(op.args[1], Var)
        case "operator.add" | "operator.sub":
            return op.out.type == INT or (is_scalar(op.out.type) and all(map(_is_named, op.args)))
        case "operator.getitem":
            return isinstance(op.args[1], Lit) and (isinstance(op.args[1].value, str) or not is_array_like(op.args[0]))
        case "slice" | "builtins.range":
            return True
        case "tuple":  # an index
            return all(_is_index(a) for a in op.args)
        case "builtins.len":
            return isinstance(first, Var)
    return False


def _is_index(atom: Atom) -> bool:
    return (
        isinstance(atom, Lit) or atom.type == SLICE or (atom.type == INT and isinstance(atom, Var) and atom.hint != "")
    )


def may_repeat(op: Op, times: int, nesting: Nesting) -> bool:
    """Whether something cheap is shorter written again than named."""
    if op.fn == "operator.neg":  # minus a name; what a derivative is named after may be minus another
        operand = op.args[0]
        named = not isinstance(operand, Var) or operand not in nesting.made or len(nesting.used(operand)) > 1
        return named and (not op.out.hint or op.out.hint.endswith(("_bar", "_dot")))
    if op.fn in ("operator.add", "operator.sub") and op.out.type != INT:
        return not op.out.hint and times <= 3 and _in_one_loop(op, nesting)
    if op.out.type == INT and op.fn in ARITHMETIC and not any(isinstance(a, Lit) for a in op.args):
        return not op.out.hint and times <= (2 if op.fn != "operator.mul" else 4)
    return not op.out.hint


def _is_named(atom: Atom) -> bool:
    return not isinstance(atom, Var) or atom.hint != ""


def _in_one_loop(op: Op, nesting: Nesting) -> bool:
    """Whether all uses are in the loop where it is made: nothing is done again in each iteration of another one."""
    here = nesting.region[nesting.block_of[op]]
    return all(nesting.region[use.block] is here for use in nesting.used(op.out))


def is_array_like(atom: Atom) -> bool:
    return isinstance(atom.type, (Any, Array, Sequence))


def is_written_out(op: Op, nesting: Nesting) -> bool:
    """Whether an operation is an index, or a part of one, that is written between the brackets each time."""
    if op.out.hint:
        return False
    for use in nesting.used(op.out):
        if not isinstance(use.stmt, Op):
            return False
        if use.stmt.fn in SUBSCRIPTS and use.position == 1:
            continue
        if not (use.stmt.fn in INDEX_PARTS and is_written_out(use.stmt, nesting)):
            return False
    if op.fn == "operator.getitem":
        return isinstance(op.args[1], Lit)
    return op.fn in INDEX_PARTS and not op.kwargs and (op.fn != "list" or all(_is_index(a) for a in op.args))
