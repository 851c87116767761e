"""A number that multiplies a product of arrays is a factor of the smallest of them.

d * np.outer(x, y)        ->  np.outer(d * x, y)
d * (x_bar @ y.T)         ->  (d * x_bar) @ y.T       for columns x_bar and y
(d * A * B).T @ x_bar     ->  d * ((A * B).T @ x_bar)
"""

from __future__ import annotations

from collections.abc import Callable

from srcdiff.ir.builder import Builder
from srcdiff.ir.nodes import Atom, Op, Var
from srcdiff.ir.types import Array, is_scalar, rank
from srcdiff.optimize.atoms import is_float
from srcdiff.optimize.terms import Product

Own = Callable[[Atom], Op | None]


def scaled_outer(b: Builder, own: Own, value: Atom | None, arrays: list[Atom]) -> Atom | None:
    """A number times a product that spreads two vectors over a matrix: one vector is scaled."""
    op = own(arrays[0]) if len(arrays) == 1 and isinstance(value, Var) and is_scalar(value.type) else None
    if op is None or value is None or not _spreads(op) or not is_float(op.args[0]):
        return None
    return b.emit(op.fn, b.emit("operator.mul", value, op.args[0]), op.args[1])


def _spreads(op: Op) -> bool:
    """Whether an operation multiplies each element of one vector, or column, or few of them, with each of another."""
    if op.fn != "operator.matmul":
        return op.fn == "numpy.outer"
    return (
        any(_length(a, i) == 1 for i, a in enumerate(reversed(op.args)))
        or _is_square(op.out)
        and not _is_square(op.args[0])
    )


def _length(atom: Atom, axis: int) -> object:
    shape = atom.type.shape if isinstance(atom.type, Array) else None
    return shape[axis] if isinstance(shape, tuple) and len(shape) == 2 else None


def _is_square(atom: Atom) -> bool:
    """Whether a matrix has as many rows as columns: of n points with fewer coordinates, say, what all pairs have."""
    return _length(atom, 0) is not None and _length(atom, 0) == _length(atom, 1)


def scaled_matrix(own: Own, op: Op) -> tuple[int, Op, bool] | None:
    """The operand of a product of a matrix and a vector that is a matrix of the derivative's own, scaled perhaps.

    Its position, the operation that makes it, and whether it is transposed.
    """
    if op.fn != "operator.matmul":
        return None
    for k in (0, 1):
        other = op.args[1 - k]
        narrow = rank(other.type) == 1 or _length(other, 1 - k) == 1 or _is_square(op.args[k]) and not _is_square(other)
        if rank(op.args[k].type) == 2 and narrow:
            made = own(op.args[k])
            turned = made is not None and made.fn == "numpy.transpose" and len(made.args) == 1
            made = own(made.args[0]) if made is not None and turned else made
            return (k, made, turned) if made is not None else None
    return None


def numbers_apart(p: Product) -> Product | None:
    """Take the numbers out of a product with arrays (in place), where there are some that are no literals."""
    numbers = Product(p.coefficient, p.divisor, *([a for a in side if is_scalar(a.type)] for side in (p.over, p.under)))
    arrays = [a for a in p.over if not is_scalar(a.type)]
    if not arrays or not any(isinstance(a, Var) for a in (*numbers.over, *numbers.under)):
        return None
    p.coefficient, p.divisor, p.over, p.under = 1, 1, arrays, [a for a in p.under if not is_scalar(a.type)]
    return numbers
