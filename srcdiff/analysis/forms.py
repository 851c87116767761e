"""How values depend on one other value m, as far as that is simple: not at all, as `c m + rest`, or as `exp(c m) * rest`.

    t = x - m             -1 m + rest
    e = exp(t / T)        exp(-1/T m) * rest
    e / sum(e)            not at all

A dependence is exact: it states the derivative by m. What fits none of the forms raises `Escapes`. Where m is an array, `view` says
which of its axes lies along which axis of the value, counted from the last: None where the value is the same along the axis.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite
from types import EllipsisType
from typing import Any as AnyValue

from srcdiff.ir.nodes import Atom, Lit, Op, Var
from srcdiff.ir.types import Array, is_scalar

View = tuple[int | None | EllipsisType, ...]  # the first may be Ellipsis: the other axes, as many as there are


class Escapes(Exception):
    """The value m reaches what is none of the simple forms."""


@dataclass(frozen=True, slots=True)
class Form:
    """`number * product(factors) * m + rest`, or exp of the former times the rest where `exponential`."""

    exponential: bool
    number: Fraction
    factors: frozenset[tuple[Var, int]]  # scalars that do not depend on m, with their powers
    view: View

    def times(self, number: Fraction, factor: Var | None = None, power: int = 1) -> Form:
        factors = dict(self.factors)
        if factor is not None:
            factors[factor] = factors.get(factor, 0) + power
        kept = frozenset((var, n) for var, n in factors.items() if n)
        return replace(self, number=self.number * number, factors=kept)


@dataclass(frozen=True, slots=True)
class Zero:
    """Zeros, which fit every exponential form; an empty list, which fits all."""

    empty: bool = False


ZERO, EMPTY = Zero(), Zero(True)
State = Form | Zero | None  # None: no dependence


def view_of(var: Var, op: Op | None) -> View:
    """The view of m on itself."""
    if isinstance(var.type, Array) and isinstance(var.type.shape, tuple):
        return stripped(tuple(None if dim == 1 else i for i, dim in enumerate(var.type.shape)))
    if op is None or op.fn not in ("numpy.max", "numpy.min", "numpy.sum", "numpy.mean"):
        return (...,)
    options = dict(op.kwargs)
    keepdims, axis = options.get("keepdims"), options.get("axis", op.args[1] if len(op.args) > 1 else None)
    if not isinstance(keepdims, Lit) or keepdims.value is not True:
        return (...,)
    if axis is None or isinstance(axis, Lit) and axis.value is None:
        return ()
    if isinstance(axis, Lit) and isinstance(axis.value, int) and axis.value < 0:
        return (..., None, *range(axis.value + 1, 0))
    return (...,)


def of(view: View) -> Form:
    """m itself."""
    return Form(False, Fraction(1), frozenset(), view)


def stripped(view: View) -> View:
    while view and view[0] is None:
        view = view[1:]
    return view


def added(a: State, b: State, sign: int = 1) -> State:
    """The dependence of a + b, or of a - b."""
    if isinstance(a, Form) and isinstance(b, Form):
        if a.exponential != b.exponential or a.view != b.view or a.factors != b.factors:
            raise Escapes
        if a.exponential:
            return _equal(a, b)
        total = replace(a, number=a.number + sign * b.number)
        return total if total.number else None
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Form):
            if one.exponential and not isinstance(other, Zero):
                raise Escapes
            return one if one.exponential or one is a else one.times(Fraction(sign))
    return ZERO if isinstance(a, Zero) and isinstance(b, Zero) else None


def _equal(a: Form, b: Form) -> Form:
    if a != b:
        raise Escapes
    return a


def joined(a: State, b: State) -> State:
    """The dependence of what is the one or the other."""
    if a == b:
        return a
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Form):
            if isinstance(other, Zero) and (one.exponential or other.empty):
                return one
            raise Escapes
    return None


def multiplied(a: State, b: State, atoms: tuple[Atom, Atom], power: int = 1) -> State:
    """The dependence of a * b, or of a / b where power is -1."""
    if isinstance(a, Form) and isinstance(b, Form):
        if not (a.exponential and b.exponential) or a.view != b.view or a.factors != b.factors:
            raise Escapes
        total = replace(a, number=a.number + power * b.number)
        return total if total.number else None
    if isinstance(a, Form):
        return a if a.exponential else _scaled(a, atoms[1], power)
    if isinstance(b, Form):
        if b.exponential:
            return b.times(Fraction(power))
        if power == 1:
            return _scaled(b, atoms[0], 1)
        raise Escapes
    return ZERO if isinstance(a, Zero) or (isinstance(b, Zero) and power == 1) else None


def _scaled(form: Form, by: Atom, power: int) -> Form:
    """c m + rest, times or over a number that does not depend on m."""
    if isinstance(by, Lit) and isinstance(by.value, (int, float)) and isfinite(by.value) and by.value:
        return form.times(Fraction(by.value) ** power)
    if isinstance(by, Var) and is_scalar(by.type):
        return form.times(Fraction(1), by, power)
    raise Escapes


def end(axis: AnyValue, ndim: int | None) -> int:
    """The axis counted from the last one, which is -1."""
    if isinstance(axis, bool) or not isinstance(axis, int) or (axis >= 0 and ndim is None):
        raise Escapes
    return axis if axis < 0 else axis - ndim  # type: ignore[operator]


def at(view: View, position: int) -> int | None | EllipsisType:
    if -position <= len(view):
        return view[position]
    return ... if view[:1] == (...,) else None


def without(form: Form, axes: set[int], kept: bool) -> Form:
    """What is reduced along axes in which it does not differ by m."""
    if any(at(form.view, axis) is not None for axis in axes):
        raise Escapes
    if kept:
        return form
    n = len(form.view)
    return replace(form, view=stripped(tuple(v for i, v in enumerate(form.view) if i - n not in axes)))


def whole(form: Form, ndim: int | None) -> list[int | None | EllipsisType]:
    """The view with an entry for every axis."""
    if ndim is None:
        raise Escapes
    return [at(form.view, i - ndim) for i in range(ndim)]
