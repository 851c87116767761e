"""Local rewrites of a derivative's sums, products and arrays of one number.

np.sum(-x, axis=0)              ->   -np.sum(x, axis=0)
np.full_like(x, 2.0) * x        ->   2.0 * x
A @ np.full_like(x, 2.0)        ->   2.0 * np.sum(A, axis=1)
(a.T @ b).T                     ->   b.T @ a
np.linalg.solve(L, 0.5 * y)     ->   0.5 * z            where z = np.linalg.solve(L, y)
"""

from __future__ import annotations

from collections.abc import Callable

from srcdiff.analysis.dimensions import broadcast
from srcdiff.ir.builder import Builder, Kwargs, atom_key, literal
from srcdiff.ir.nodes import Atom, Lit, Op, Var
from srcdiff.ir.types import Array, is_scalar, rank
from srcdiff.optimize.atoms import is_float, named, negated, number

SAME_SHAPE = frozenset(f"operator.{name}" for name in ("add", "sub", "mul", "truediv", "pow", "neg"))


def filled(b: Builder, x: Atom) -> Atom | None:
    """The number that fills all of x."""
    op = b.defined_by(x, "numpy.full_like") or b.defined_by(x, "numpy.expand_dims")
    if op is None or op.kwargs or op.out.hint:
        return None
    if op.fn == "numpy.full_like":
        return op.args[1] if is_scalar(op.args[1].type) else None
    return filled(b, op.args[0])


def unfilled(b: Builder, fn: str, x: Atom, y: Atom) -> Atom | None:
    """An array of one number times an array of its shape: the number times that array."""
    for one, other in ((x, y), (y, x)):
        value = filled(b, one)
        if value is None or rank(one.type) is None or rank(other.type) is None or not is_float(other):
            continue
        if broadcast(one.type.shape, other.type.shape) == other.type.shape:  # type: ignore[attr-defined]
            return b.emit(fn, value, other) if one is x else b.emit(fn, other, value)
    return None


def scaled_at_hand(b: Builder, fn: str, x: Atom, y: Atom) -> Atom | None:
    """fn(x, d * y) -> d * fn(x, y) where that is there already, for a number d and what is linear in its last operand."""
    scaled = b.defined_by(y, "operator.mul")
    if scaled is None or not is_scalar(scaled.args[0].type) or not is_float(scaled.args[1]):
        return None
    there = b.at_hand(fn, x, scaled.args[1])
    return b.emit("operator.mul", scaled.args[0], there) if there is not None and is_float(there) else None


def solve(b: Builder, x: Atom, y: Atom) -> Atom | None:
    return scaled_at_hand(b, "numpy.linalg.solve", x, y)


def matmul(b: Builder, x: Atom, y: Atom) -> Atom | None:
    """Signs go in front, and a matrix's literal; the product with a vector of one number is a sum."""
    there = scaled_at_hand(b, "operator.matmul", x, y)
    if there is not None:
        return there
    for one in (x, y):
        minus = negated(b, one)
        if minus is not None and is_float(minus):
            pair = (minus, y) if one is x else (x, minus)
            return b.emit("operator.neg", b.emit("operator.matmul", *pair))
    for one, other in ((x, y), (y, x)):
        scaled = b.defined_by(one, "operator.mul")
        if scaled is not None and isinstance(scaled.args[0], Lit) and scaled.out not in b.primal:
            pair = (scaled.args[1], y) if one is x else (x, scaled.args[1])
            if is_float(scaled.args[1]) and (rank(one.type), rank(other.type)) == (2, 1):
                return b.emit("operator.mul", scaled.args[0], b.emit("operator.matmul", *pair))
    value, ranks = filled(b, y), (rank(x.type), rank(y.type))
    if value is not None and ranks == (2, 1):
        turned = b.defined_by(x, "numpy.transpose")
        rows, axis = (turned.args[0], 0) if turned is not None and len(turned.args) == 1 else (x, 1)
        return b.emit("operator.mul", value, b.emit("numpy.sum", rows, axis=literal(axis)))
    value = filled(b, x)
    if value is not None and (rank(x.type), rank(y.type)) == (1, 2):
        return b.emit("operator.mul", value, b.emit("numpy.sum", y, axis=literal(0)))
    return None


def outer(b: Builder, x: Atom, y: Atom) -> Atom | None:
    """Signs go in front."""
    for one, other in ((x, y), (y, x)):
        minus = negated(b, one)
        if minus is not None and is_float(minus):
            pair = (minus, other) if one is x else (other, minus)
            return b.emit("operator.neg", b.emit("numpy.outer", *pair))
    return None


def permutation(b: Builder, atoms: tuple[Atom, ...]) -> list[int] | None:
    """The axes that np.transpose is given, where they are literals; all of them from the first."""
    made = b.defined_by(atoms[0], "tuple") or b.defined_by(atoms[0], "list") if len(atoms) == 1 else None
    axes = [number(a) for a in made.args] if made is not None else []
    return [a for a in axes if isinstance(a, int)] if sorted(axes, key=repr) == list(range(len(axes))) else None


def transpose_product(b: Builder, x: Atom, *axes: Atom) -> Atom | None:
    """(a.T @ b).T -> b.T @ a, np.outer(a, b).T -> np.outer(b, a), (2 * a.T).T -> 2 * a; two permutations in a row are one."""
    inner = b.defined_by(x, "numpy.transpose")
    if inner is not None and axes and not inner.kwargs and not named(b, inner.out):
        first, second = permutation(b, inner.args[1:]), permutation(b, axes)
        if first and second:
            both = [first[i] for i in second]
            if both == list(range(len(both))):
                return inner.args[0]
            return b.emit("numpy.transpose", inner.args[0], b.emit("tuple", *map(literal, both)))
    scaled = b.defined_by(x, "operator.mul")
    if scaled is not None and not axes and isinstance(scaled.args[0], Lit) and not scaled.out.hint:
        turned = b.defined_by(scaled.args[1], "numpy.transpose")
        if turned is not None and len(turned.args) == 1 and not turned.kwargs:
            return b.emit("operator.mul", scaled.args[0], turned.args[0])
    spread = b.defined_by(x, "numpy.outer")
    if spread is not None and not axes and not spread.kwargs and not named(b, spread.out):
        return b.emit("numpy.outer", *spread.args[::-1])
    product = b.defined_by(x, "operator.matmul")
    if product is None or axes or product.out.hint or any(rank(a.type) != 2 for a in product.args):
        return None
    left, right = product.args
    if all(b.defined_by(a, "numpy.transpose") is None for a in product.args):
        return None
    return b.emit("operator.matmul", b.emit("numpy.transpose", right), b.emit("numpy.transpose", left))


def transpose(b: Builder, x: Atom, *axes: Atom) -> Atom | None:
    """A sign goes in front; two permutations of the axes are one; of a product of two matrices, see above."""
    minus = negated(b, x)
    if minus is not None and is_float(minus):
        return b.emit("operator.neg", b.emit("numpy.transpose", minus, *axes))
    inner = b.defined_by(x, "numpy.transpose")
    if not axes or inner is None or inner.out.hint or len(inner.args) != 2:
        return transpose_product(b, x, *axes)
    first, second = _permutation(b, inner.args[1]), _permutation(b, axes[0])
    if first is None or second is None or len(first) != len(second):
        return None
    return _permuted(b, inner.args[0], [first[k] for k in second])


def swapaxes(b: Builder, x: Atom, *axes: Atom) -> Atom | None:
    """The axes of x swapped back, where x is a permutation of something's axes."""
    inner = b.defined_by(x, "numpy.transpose")
    if inner is None or inner.out.hint or len(inner.args) != 2:
        return None
    permutation = _permutation(b, inner.args[1])
    if permutation is None or not all(isinstance(a, Lit) for a in axes):
        return None
    i, j = (a.value for a in axes if isinstance(a, Lit))
    permutation[i], permutation[j] = permutation[j], permutation[i]
    return _permuted(b, inner.args[0], permutation)


def _permutation(b: Builder, atom: Atom) -> list[int] | None:
    """The axes that a literal tuple or list names."""
    op = b.defined_by(atom, "tuple") or b.defined_by(atom, "list")
    if op is None or not all(isinstance(a, Lit) and isinstance(a.value, int) for a in op.args):
        return None
    return [a.value % len(op.args) for a in op.args if isinstance(a, Lit)]


def _permuted(b: Builder, x: Atom, permutation: list[int]) -> Atom:
    if permutation == list(range(len(permutation))):
        return x
    return b.emit("numpy.transpose", x, b.emit("tuple", *map(literal, permutation)))


def sum_along(b: Builder, fn: str, args: tuple[Atom, ...], kwargs: Kwargs) -> Atom | None:
    """A sign, and a number, out of the sum."""
    if len(args) != 1 or {k for k, _ in kwargs} - {"axis", "keepdims"} or not is_float(args[0]):
        return None
    minus = negated(b, args[0])
    if minus is not None:
        return b.emit("operator.neg", b.emit_op(fn, (minus,), kwargs))
    return None


def squeeze(b: Builder, fn: str, args: tuple[Atom, ...], kwargs: Kwargs) -> Atom | None:
    """A sum that keeps its axis as 1, without that axis: the sum along it."""
    axis = dict(kwargs)["axis"]
    minus = negated(b, args[0])
    if minus is not None:
        return b.emit("operator.neg", b.emit_op(fn, (minus,), kwargs))
    total = b.defined_by(args[0], "numpy.sum")
    if total is None or total.out.hint or len(total.args) != 1:
        return None
    options = dict(total.kwargs)
    if set(options) == {"axis", "keepdims"} and atom_key(options["axis"]) == atom_key(axis):
        return b.emit("numpy.sum", total.args[0], axis=axis)
    return None


def expand_dims(b: Builder, x: Atom, axis: Atom) -> Atom | None:
    """A sign out of it; what was squeezed along the axis, as it was before."""
    minus = negated(b, x)
    if minus is not None:
        return b.emit("operator.neg", b.emit("numpy.expand_dims", minus, axis))
    narrow = b.defined_by(x, "numpy.squeeze")
    same_axis = narrow is not None and len(narrow.args) == 1 and atom_key(dict(narrow.kwargs)["axis"]) == atom_key(axis)
    return narrow.args[0] if narrow is not None and same_axis else None


def is_vector(atom: Atom) -> bool:
    return isinstance(atom.type, Array) and atom.type.dtype == "float" and rank(atom.type) == 1


def total(b: Builder, x: Atom, *options: Atom) -> Atom | None:
    product = b.defined_by(x, "operator.mul")
    if product is not None and not options and all(is_vector(a) and a.type == x.type for a in product.args):
        return b.emit("operator.matmul", *product.args)
    wider = summed_within(b, x) if not options else None
    if wider is not None:
        return b.emit("numpy.sum", wider)
    made = b.defined_by(x, "numpy.full_like")
    if made is not None and not made.kwargs and not options:
        return b.emit("operator.mul", made.args[1], b.emit("getattr", made.args[0], literal("size")))
    return sum_along(b, "numpy.sum", (x,), ()) if not options else None


def _within(atom: Atom, like: Atom) -> bool:
    """Whether a value is no larger than `like`, for sure."""
    if not isinstance(atom.type, Array) or not isinstance(like.type, Array):
        return False
    return broadcast(atom.type.shape, like.type.shape) == like.type.shape


def summed_within(b: Builder, v: Atom) -> Atom | None:
    """What a product that contains a sum to a shape is without that sum, where another one follows."""
    inner = b.defined_by(v, "srcdiff.unbroadcast")
    if inner is not None:
        return _whole(b, inner)
    product = b.defined_by(v, "operator.mul") or b.defined_by(v, "operator.truediv")
    for i, factor in enumerate(product.args if product is not None else ()):
        inner = b.defined_by(factor, "srcdiff.unbroadcast")
        if inner is not None and product is not None and _within(product.args[1 - i], inner.args[1]):
            if i == 0 or product.fn == "operator.mul":
                # the other factor is constant along the axes that the first sum is over
                pair = (_whole(b, inner), product.args[1]) if i == 0 else (product.args[0], _whole(b, inner))
                return b.emit(product.fn, *pair)
    return None


def _whole(b: Builder, sum_to_shape: Op) -> Atom:
    """What is summed to a shape, as large as it is then."""
    v, _, *whole = sum_to_shape.args
    return b.emit("numpy.broadcast_to", v, *whole) if whole else v


def unbroadcast(b: Builder, v: Atom, like: Atom, *whole: Atom) -> Atom | None:
    """Summing to a shape by way of a wider one is summing to it; a shape is asked of what is at hand anyway."""
    wider = None if whole else summed_within(b, v)
    if wider is not None:
        return b.emit("srcdiff.unbroadcast", wider, like)
    made = b.definition.get(like) if isinstance(like, Var) else None
    if made is not None and made.fn.startswith("operator.") and made.fn in SAME_SHAPE:
        for arg in made.args:
            op = b.definition.get(arg) if isinstance(arg, Var) else None
            at_hand = isinstance(arg, Var) and (op is None or op.fn == "operator.getitem")
            if at_hand and isinstance(arg.type, Array) and arg.type == like.type:
                return b.emit("srcdiff.unbroadcast", v, arg, *whole)
    return None


ARRAYS: dict[str, Callable[..., Atom | None]] = {
    "operator.matmul": matmul,
    "numpy.linalg.solve": solve,
    "numpy.outer": outer,
    "numpy.transpose": transpose,
    "numpy.swapaxes": swapaxes,
    "numpy.expand_dims": expand_dims,
    "numpy.sum": total,
    "srcdiff.unbroadcast": unbroadcast,
}
# rules of derivatives that read keyword arguments
ALONG_AXES: dict[str, Callable[..., Atom | None]] = {"numpy.sum": sum_along, "numpy.squeeze": squeeze}
