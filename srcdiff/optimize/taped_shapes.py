"""Tapes the shape of what the reverse sweep only takes the shape of.

tape.append(y)                      tape.append(y.shape)
x_bar = unbroadcast(z_bar, y)   ->  x_bar = sum_to(z_bar, y_shape)
"""

from __future__ import annotations

from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Function, Iter, Loop, Op, Var
from srcdiff.ir.types import INT, Sequence, is_scalar, surely_array
from srcdiff.ir.walk import statements, use_counts
from srcdiff.optimize.inplace import clone

SHAPE = Sequence("tuple", INT)
Summed = dict[Var, list[Op]]  # the sums to a variable's shape


def tape_shapes(function: Function) -> Function:
    """The function with shapes on its tapes in place of arrays that only lend theirs; the same one where there are none."""
    if not _sums(function):
        return function
    function = clone(function)
    summed, counts = _sums(function), use_counts(function)
    loops = [s for s in statements(function.body) if isinstance(s, Loop)]
    taped = {out: (loop, k) for loop in loops for k, out in enumerate(loop.outs) if k > len(loop.inits)}
    made = {s.out: (s, loop) for loop in loops for s in loop.body.body if isinstance(s, Op)}
    asked: dict[Op, Op] = {}
    for loop in loops:
        for i, (target, walked) in enumerate(zip(loop.targets, loop.iters)):
            ops = summed.get(target, [])
            if not ops or len(ops) != counts[target] or walked.seq not in taped or counts[walked.seq] != 1:
                continue
            pushing, k = taped[walked.seq]
            value, where = made.get(pushing.body.results[k], (None, None))  # type: ignore[arg-type]
            if value is None or where is not pushing or is_scalar(value.out.type):
                continue
            asked[value] = asked.get(value) or _shape_of(value)
            tape = _push(pushing, k, asked[value].out)
            shape = Var(f"{target.hint}_shape" if target.hint else "", SHAPE)
            loop.iters[i], loop.body.params[i] = Iter(tape, walked.reverse), shape
            for op in ops:
                op.fn, op.args = "srcdiff.sum_to", (op.args[0], shape)
                op.out.of = op.out.of or value
    for loop in loops if asked else ():
        loop.body.body = [
            each for s in loop.body.body for each in ((s, asked[s]) if isinstance(s, Op) and s in asked else (s,))
        ]
    return function


def _sums(function: Function) -> Summed:
    found: Summed = {}
    for op in statements(function.body):
        if isinstance(op, Op) and op.fn == "srcdiff.unbroadcast" and len(op.args) == 2 and isinstance(op.args[1], Var):
            found.setdefault(op.args[1], []).append(op)
    return found


def _shape_of(op: Op) -> Op:
    """The operation that asks for the shape of what an operation makes."""
    x = op.out
    shape = Var(f"{x.hint}_shape" if x.hint else "", SHAPE)
    if surely_array(x.type):
        return Op("getattr", (x, literal("shape")), (), shape, op.loc)
    return Op("numpy.shape", (x,), (), shape, op.loc)


def _push(loop: Loop, k: int, value: Var) -> Var:
    """Let a loop collect another value as its k-th result; the new tape."""
    loop.body.results[k] = value
    tape = loop.outs[k] = Var(loop.outs[k].hint, Sequence("list", value.type))
    return tape
