"""What each operation makes of a dependence (see `forms`): exp turns a sum into a product, log a product into a sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite
from types import EllipsisType
from typing import Any as AnyValue

from srcdiff.analysis.forms import (
    Escapes,
    Form,
    State,
    added,
    at,
    end,
    joined,
    multiplied,
    stripped,
    whole,
    without,
)
from srcdiff.ir.nodes import Atom, Const, Lit, Op, Var
from srcdiff.ir.types import Array, Sequence, Tuple, is_scalar, rank


@dataclass
class Use:
    """An operation, and the dependence of each of its arguments."""

    op: Op
    states: list[State]  # of the arguments, those by name last
    definition: Mapping[Var, Op]

    @property
    def first(self) -> State:
        return self.states[0]

    def form(self) -> Form:
        """The dependence of the first argument; of the others there must be none."""
        if any(isinstance(s, Form) for s in self.states[1:]) or not isinstance(self.first, Form):
            raise Escapes
        return self.first

    def value(self, atom: Atom) -> AnyValue:
        """What an argument such as an axis or an index is, where the text says it."""
        if isinstance(atom, Lit):
            return atom.value
        op = self.definition.get(atom) if isinstance(atom, Var) else None
        if op is not None and op.fn in ("tuple", "list", "slice"):
            items = [self.value(a) for a in op.args]
            return slice(*items) if op.fn == "slice" else tuple(items)
        return atom

    def options(self, *names: str) -> dict[str, AnyValue]:
        """The arguments behind the first, by their names."""
        given = dict(zip(names, map(self.value, self.op.args[1:])))
        given |= {name: self.value(atom) for name, atom in self.op.kwargs}
        if len(self.op.args) - 1 > len(names) or set(given) - {*names, "keepdims"}:
            raise Escapes
        return given


def reduction(use: Use) -> State:
    """Sums of exponentials; means and extrema of both forms."""
    options = use.options("axis")
    form = use.form()
    if use.op.fn in ("numpy.sum", "builtins.sum", "math.fsum") and not form.exponential:
        raise Escapes
    if use.op.fn == "builtins.sum" and len(use.op.args) > 1:
        raise Escapes
    if form.view == ():
        return form
    axis, keepdims = options.get("axis"), options.get("keepdims", False)
    if axis is None or not isinstance(keepdims, bool):
        raise Escapes
    ndim = rank(use.op.args[0].type)
    axes = {end(a, ndim) for a in (axis if isinstance(axis, tuple) else (axis,))}
    return without(form, axes, keepdims)


def squeezed(use: Use) -> State:
    form, axis = use.form(), use.options("axis").get("axis")
    if form.view == ():
        return form
    ndim = rank(use.op.args[0].type)
    return without(form, {end(a, ndim) for a in (axis if isinstance(axis, tuple) else (axis,))}, False)


def expanded(use: Use) -> State:
    form, axis = use.form(), use.options("axis").get("axis")
    if form.view == ():
        return form
    if isinstance(axis, int) and axis == -1:
        return replace(form, view=(*form.view, None))
    ndim = rank(use.op.args[0].type)
    entries = whole(form, ndim)
    entries.insert(end(axis, len(entries) + 1) + len(entries) + 1, None)
    return replace(form, view=stripped(tuple(entries)))


def element(use: Use) -> State:
    """x[:, None], x[..., None], x[i] along an axis in which it does not differ."""
    form = use.form()
    if form.view == ():
        return form
    key = use.value(use.op.args[1])
    items = key if isinstance(key, tuple) else (key,)
    if items[0] is ... and all(item is None for item in items[1:]):
        return replace(form, view=(*form.view, *items[1:]))
    left = whole(form, rank(use.op.args[0].type))
    found: list[int | None | EllipsisType] = []
    for item in items:
        if item is None:
            found.append(None)
        elif item is ... or not left:
            raise Escapes
        elif isinstance(item, slice):
            entry = left.pop(0)
            if entry is not None and (item.start, item.stop, item.step) != (None, None, None):
                raise Escapes
            found.append(entry)
        elif (not isinstance(item, Atom) and not isinstance(item, int)) or left.pop(0) is not None:
            raise Escapes
        elif isinstance(item, Atom) and not is_scalar(item.type):
            raise Escapes
    return replace(form, view=stripped((*found, *left)))


def reshaped(use: Use) -> State:
    """Only lengths of one come and go."""
    form = use.form()
    before, after = use.op.args[0].type, use.op.out.type
    if form.view == ():
        return form
    if not (isinstance(before, Array) and isinstance(after, Array)):
        raise Escapes
    if not (isinstance(before.shape, tuple) and isinstance(after.shape, tuple)):
        raise Escapes
    entries = iter([e for e, dim in zip(whole(form, len(before.shape)), before.shape) if dim != 1])
    if [d for d in before.shape if d != 1] != [d for d in after.shape if d != 1]:
        raise Escapes
    return replace(form, view=stripped(tuple(None if dim == 1 else next(entries) for dim in after.shape)))


def transposed(use: Use) -> State:
    form = use.form()
    if form.view == ():
        return form
    if len(use.op.args) > 1 or use.op.kwargs:
        raise Escapes
    return replace(form, view=stripped(tuple(reversed(whole(form, rank(use.op.args[0].type))))))


def matrix_product(use: Use) -> State:
    """Sums over an axis in which it does not differ."""
    left, right = use.states[:2]
    ranks = [rank(a.type) for a in use.op.args]
    if isinstance(left, Form) and isinstance(right, Form):
        raise Escapes
    form = left if isinstance(left, Form) else right
    if not isinstance(form, Form) or not form.exponential:
        raise Escapes
    if form.view == ():
        return form
    if form is not left or ranks not in ([2, 1], [2, 2]) or at(form.view, -1) is not None:
        raise Escapes
    return form if ranks[1] == 2 else without(form, {-1}, False)


def exponential(use: Use) -> State:
    form = use.form()
    if form.exponential:
        raise Escapes
    return replace(form, exponential=True)


def logarithm(use: Use) -> State:
    form = use.form()
    if not form.exponential or len(use.op.args) > 1 or use.op.kwargs:
        raise Escapes
    return replace(form, exponential=False)


def power(use: Use) -> State:
    form, exponent = use.form(), use.value(use.op.args[1])
    if not form.exponential or not isinstance(exponent, (int, float)) or not isfinite(exponent) or not exponent:
        raise Escapes
    return form.times(Fraction(exponent))


def chosen(use: Use) -> State:
    """where(condition, x, y)"""
    if len(use.states) != 3 or isinstance(use.first, Form):
        raise Escapes
    return joined(use.states[1], use.states[2])


def written(use: Use) -> State:
    """x[i] = v and x[i] += v, where all of x and v depend alike."""
    total = joined(use.states[0], use.states[-1])
    if use.op.fn == "srcdiff.addto" and isinstance(total, Form) and not total.exponential:
        raise Escapes
    if any(isinstance(s, Form) for s in use.states[1:-1]) or (isinstance(total, Form) and total.view != ()):
        raise Escapes
    return total


def collected(use: Use) -> State:
    """A list, tuple or extremum of values that depend alike."""
    total = use.first
    for state in use.states[1:]:
        total = joined(total, state)
    if isinstance(total, Form) and total.view != () or use.op.kwargs:
        raise Escapes
    return total


def same(use: Use) -> State:
    form = use.form()
    if len(use.op.args) > 1 and not isinstance(use.op.args[1], Const) and form.view != ():
        raise Escapes
    return form


def _sum(sign: int) -> Callable[[Use], State]:
    def transfer(use: Use) -> State:
        if any(isinstance(a.type, (Sequence, Tuple)) for a in use.op.args) or use.op.kwargs:
            raise Escapes
        return added(use.states[0], use.states[1], sign)

    return transfer


def _product(power: int) -> Callable[[Use], State]:
    def transfer(use: Use) -> State:
        if any(isinstance(a.type, (Sequence, Tuple)) for a in use.op.args) or use.op.kwargs:
            raise Escapes
        return multiplied(use.states[0], use.states[1], (use.op.args[0], use.op.args[1]), power)

    return transfer


def _negative(use: Use) -> State:
    form = use.form()
    return form if form.exponential else form.times(Fraction(-1))


TRANSFERS: dict[str, Callable[[Use], State]] = {
    **dict.fromkeys(("operator.add", "operator.iadd", "numpy.add"), _sum(1)),
    **dict.fromkeys(("operator.sub", "numpy.subtract"), _sum(-1)),
    **dict.fromkeys(("operator.mul", "numpy.multiply"), _product(1)),
    **dict.fromkeys(("operator.truediv", "numpy.divide", "numpy.true_divide"), _product(-1)),
    **dict.fromkeys(("operator.neg", "numpy.negative"), _negative),
    **dict.fromkeys(("operator.pow", "numpy.power"), power),
    **dict.fromkeys(("numpy.exp", "math.exp"), exponential),
    **dict.fromkeys(("numpy.log", "math.log"), logarithm),
    **dict.fromkeys(("numpy.sum", "numpy.mean", "numpy.max", "numpy.min", "builtins.sum", "math.fsum"), reduction),
    **dict.fromkeys(("operator.matmul", "numpy.matmul"), matrix_product),
    **dict.fromkeys(("list", "tuple", "builtins.max", "builtins.min", "list.append"), collected),
    **dict.fromkeys(("builtins.float", "srcdiff.copy", "numpy.array", "numpy.asarray", "srcdiff.astype"), same),
    "operator.getitem": element,
    **dict.fromkeys(("operator.setitem", "srcdiff.addto"), written),
    "numpy.squeeze": squeezed,
    "numpy.expand_dims": expanded,
    "numpy.reshape": reshaped,
    "numpy.transpose": transposed,
    "numpy.where": chosen,
}
VIEWS = frozenset(
    "numpy.squeeze numpy.expand_dims numpy.reshape operator.getitem builtins.float srcdiff.copy operator.neg".split()
)
ZEROS = frozenset({"numpy.zeros", "numpy.zeros_like", "numpy.empty", "numpy.empty_like"})
