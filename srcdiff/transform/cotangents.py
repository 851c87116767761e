"""The cotangents of one region while it is pulled: contributions, their sum, and their shapes.

A cotangent may be smaller than its primal, as long as it broadcasts to the primal's shape: the cotangent of a sum's argument
is a scalar until something needs the whole array (`full`); so is that of a list of numbers whose sum is taken.
"""

from __future__ import annotations

from srcdiff.errors import Loc, Refusal
from srcdiff.ir.builder import Builder
from srcdiff.ir.nodes import Atom, Var
from srcdiff.ir.types import (
    Any,
    Array,
    Dict,
    Opaque,
    Record,
    Sequence,
    Shape,
    Tuple,
    Type,
    as_array,
    is_complex,
    is_scalar,
    surely_array,
)


def shape_of(t: Type) -> Shape:
    return as_array(t).shape


def is_container(t: Type) -> bool:
    return isinstance(t, (Sequence, Tuple, Dict, Record))


def derivative_type(t: Type) -> Type:
    """The type of a tangent or cotangent of a value of type `t`."""
    match t:
        case Record(name, items):
            return Record(name, tuple((k, derivative_type(v)) for k, v in items))
        case Array(dtype, shape):
            return Array("complex" if dtype == "complex" else "float", shape)
        case Any():
            return t
        case Sequence(kind, elem, length):
            return Sequence(kind, derivative_type(elem), length)
        case Tuple(elems):
            return Tuple(tuple(map(derivative_type, elems)))
        case Dict(items, value, key):
            entries = None if items is None else tuple((k, derivative_type(v)) for k, v in items)
            return Dict(entries, derivative_type(value), key)
    return t


def zero(builder: Builder, like: Atom) -> Atom:
    """A zero of the same structure, shape and dtype as a value."""
    t = like.type
    if isinstance(t, Array):
        if t.shape == ():
            return builder.lit(0.0)
        if surely_array(t) and (t.dtype is not None or not isinstance(like, Var)):
            return builder.emit("numpy.zeros_like", like)
        if surely_array(t):  # perhaps of integers
            dtype = builder.emit("numpy.result_type", like, builder.lit(0.0))
            return builder.emit("numpy.zeros_like", like, dtype=dtype)
    if isinstance(t, Opaque) and t.name == "str":
        return builder.lit(None)
    if isinstance(t, Tuple) and all(isinstance(e, Array) and e.shape == () for e in t.elems):
        return builder.emit("tuple", *[builder.lit(0.0) for _ in t.elems])
    if isinstance(t, Sequence) and t.kind == "any":
        return builder.emit(f"srcdiff.zero_{'vector' if is_scalar(t.elem) else 'arrays'}", like)
    return builder.emit("srcdiff.zeros_like", like)


def same(a: Type, b: Type) -> bool:
    """Whether two values have equal shapes for sure."""
    if is_container(a) or is_container(b) or isinstance(a, Opaque) or isinstance(b, Opaque):
        return True  # only an array can be smaller than its primal
    if isinstance(a, Any) and not isinstance(b, Array):
        return True
    return shape_of(a) == shape_of(b)


def full(builder: Builder, value: Atom, like: Atom) -> Atom:
    """A cotangent brought to the whole shape of its primal."""
    t = like.type
    if isinstance(t, Sequence) and isinstance(value.type, Array):
        return builder.emit("srcdiff.sum_x", value, like)
    if same(value.type, t) or (isinstance(t, Array) and t.shape == ()):
        return value
    if isinstance(t, Array) and surely_array(t) and shape_of(value.type) == ():
        if t.dtype == "float":
            return builder.emit("numpy.full_like", like, value)
        return builder.emit("operator.mul", value, builder.emit("numpy.ones_like", like))
    if surely_array(t):
        return builder.emit("numpy.broadcast_to", value, builder.emit("getattr", like, builder.lit("shape")))
    return builder.emit("srcdiff.broadcast_like", value, like)


def fit(builder: Builder, value: Atom, out: Atom, like: Atom) -> Atom:
    """The contribution of an elementwise operation's result `out` to its operand `like`: summed to the operand's shape.

    `value` broadcasts to the shape of `out`, which is the broadcast of `like` with the other operands.
    """
    if is_container(like.type) or is_container(out.type):
        return value
    target, whole = shape_of(like.type), shape_of(out.type)
    if target == whole or whole == ():  # of what gives a number, each operand is one
        return value
    if target == ():
        return builder.emit("numpy.sum", full(builder, value, out))
    axes, keepdims = _summed_axes(target, whole)
    if axes:
        axis = builder.lit(axes[0]) if len(axes) == 1 else builder.emit("tuple", *map(builder.lit, axes))
        value = full(builder, value, out)
        if keepdims:
            return builder.emit("numpy.sum", value, axis=axis, keepdims=builder.lit(True))
        return builder.emit("numpy.sum", value, axis=axis)
    if surely_array(out.type) and shape_of(value.type) not in (whole, ()):  # where it does not have it already
        return builder.emit("srcdiff.unbroadcast", value, like, builder.emit("getattr", out, builder.lit("shape")))
    return builder.emit("srcdiff.unbroadcast", full(builder, value, out), like)


def _summed_axes(target: Shape, whole: Shape) -> tuple[list[int], bool]:
    """The axes of a shape along which another was broadcast to it, where they are known, and whether they remain as 1."""
    if not isinstance(target, tuple) or not isinstance(whole, tuple):
        return [], False
    extra = len(whole) - len(target)
    tail = whole[extra:]
    if tail == target:
        return list(range(extra)), False
    if extra == 0 and all(a == b or a == 1 for a, b in zip(target, tail)):
        return [i for i, (a, b) in enumerate(zip(target, tail)) if a != b], True
    return [], False


def add(builder: Builder, a: Atom, b: Atom, like: Atom) -> Atom:
    """The sum of two contributions to the cotangent of `like`."""
    if isinstance(like.type, Array) or (isinstance(a.type, Array) and isinstance(b.type, Array)):
        return builder.emit("operator.add", a, b)
    return builder.emit("srcdiff.add", a, b)


def fit_write(bars: Cotangents, got: Atom, value: Var) -> Atom:
    """What was read where `value` was written: summed to the value's shape, as the write broadcast it."""
    return fit(bars.builder, got, got, value)


def perhaps_complex(loc: Loc | None) -> Refusal:
    hint = "annotate the arguments, or make it an array first: `np.array(z, complex)`"
    return Refusal("what may be complex or not has no derivative", loc, hint)


class Field(str):
    """The name of an object's attribute, beside the keys of dicts among a container's elements."""


class Cotangents:
    """What each variable of a region has received so far."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.bases: dict[Var, Atom] = {}  # what was there before the region, or what a loop accumulated
        self.terms: dict[Var, list[Atom]] = {}  # contributions, in the order in which the reverse sweep finds them
        self.items: dict[Var, dict[object, Var]] = {}  # elements of a container, each with a stand-in of its own
        self.slots: dict[Var, tuple[Var, Atom]] = {}  # elements whose cotangent is an element of their container's

        self.inside: set[Var] = set()  # what the region's own operations make
        self.reads: dict[tuple[Atom, object], Var] = {}  # and the elements that they read, by container and index

    def receive(self, atom: Atom, contribution: Atom) -> None:
        """Add to the cotangent of a variable; that of a real one is real: dL = Re(x_bar * dx) for a real dx."""
        if not isinstance(atom, Var):
            return
        contribution = self._as_real(atom, contribution)
        if atom in self.slots:
            self._add_to_slot(atom, contribution)
        else:
            self.terms.setdefault(atom, []).append(contribution)

    def _as_real(self, var: Var, contribution: Atom) -> Atom:
        perhaps = is_complex(contribution.type) or self.builder.mixed and isinstance(contribution.type, Any)
        if perhaps and isinstance(var.type, Array) and not is_complex(var.type):
            return self.builder.emit("numpy.real", contribution)
        if is_complex(contribution.type) and isinstance(var.type, Any):
            raise perhaps_complex(self.builder.loc)
        return contribution

    def replace(self, var: Var, value: Atom | None) -> None:
        """Set the cotangent to `value`, in which the earlier one is contained."""
        if var in self.slots and value is not None:
            container, index = self.slots[var]
            self.replace(container, self.of(container, "operator.setitem", index, value))
            return
        self.terms.pop(var, None)
        self.bases.pop(var, None)
        if value is not None:
            self.bases[var] = value

    def item(self, container: Var, key: object, like: Type) -> Var:
        """The stand-in for an element whose cotangent is kept apart."""
        return self.items.setdefault(container, {}).setdefault(key, Var(str(key) if isinstance(key, str) else "", like))

    def in_slot(self, element: Var, container: Var, index: Atom) -> None:
        """Keep the cotangent of an element in its container's, which is there."""
        self.slots[element] = container, index

    def of(self, container: Var, fn: str, *rest: Atom) -> Atom:
        """An operation on the cotangent of a container."""
        whole = self.builder.emit(fn, self.get_or_zero(container), *rest)
        if fn != "operator.getitem" and isinstance(whole, Var) and not whole.hint and container.hint:
            whole.hint = f"{container.hint}_bar"
        return whole

    def _add_to_slot(self, element: Var, contribution: Atom) -> None:
        container, index = self.slots[element]
        if isinstance(element.type, Array):
            self.replace(container, self.of(container, "srcdiff.addto", index, contribution))
        else:
            own = self.of(container, "operator.getitem", index)
            whole = full(self.builder, contribution, element)  # of a list's sum, each element receives the same
            self.replace(element, add(self.builder, own, whole, element))

    def has(self, atom: Atom) -> bool:
        if not isinstance(atom, Var):
            return False
        return atom in self.bases or atom in self.terms or atom in self.items or atom in self.slots

    def has_whole(self, var: Var) -> bool:
        """Whether the cotangent of a container is there as a whole, not only those of some elements."""
        return var in self.bases or var in self.terms or var in self.slots

    def get(self, var: Var) -> Atom | None:
        """The sum of what was received, in the order of the source: a loop's accumulator first."""
        if var in self.slots:
            container, index = self.slots[var]
            return self.of(container, "operator.getitem", index)
        if var in self.items:
            self._gather(var)
        terms = self.terms.pop(var, [])[::-1]
        base = self.bases.pop(var, None)
        if base is not None:
            terms.insert(0, base)
        if not terms:
            return None
        if isinstance(var.type, Sequence):
            terms = [full(self.builder, term, var) for term in terms]
        total = terms[0]
        for term in terms[1:]:
            total = add(self.builder, total, term, var)
        if var.hint and isinstance(total, Var) and not total.hint:
            total.hint = f"{var.hint}_bar"
        self._note(total, var)
        self.bases[var] = total
        return total

    def uniform(self, var: Var) -> Atom | None:
        """What each element of a list receives, where they all receive the same number and nothing else."""
        terms = [*([self.bases[var]] if var in self.bases else []), *self.terms.get(var, [])[::-1]]
        if var in self.items or not terms or not all(isinstance(term.type, Array) for term in terms):
            return None
        if not isinstance(var.type, Sequence):
            return None
        total = terms[0]
        for term in terms[1:]:
            total = self.builder.emit("operator.add", total, term)
        self.replace(var, total)
        return total

    def _note(self, bar: Atom, var: Var) -> None:
        """Remember what a cotangent is the cotangent of: it is named after that."""
        if not isinstance(bar, Var) or bar in self.builder.primal:
            return
        if bar.of is None and bar.hint in ("", f"{var.hint}_bar"):
            bar.of = self.builder.definition.get(var)

    def _gather(self, var: Var) -> None:
        """Put the cotangents of a container's elements together, in the container's own structure."""
        items = self.items.pop(var)
        emit, lit = self.builder.emit, self.builder.lit
        parts = {}
        is_object = isinstance(var.type, Record) or any(isinstance(key, Field) for key in items)

        def entry(key: object) -> Atom:
            return emit("getattr" if is_object else "operator.getitem", var, lit(str(key) if is_object else key))

        for key, stand_in in items.items():
            part = self.get(stand_in)
            if part is not None:  # the stand-in is no value: what has the element's shape is the element
                parts[key] = part if is_scalar(stand_in.type) else full(self.builder, part, entry(key))
        parts = dict(reversed(parts.items()))  # in the order of the source
        if all(isinstance(key, int) for key in parts):
            parts = dict(sorted(parts.items()))
        whole = self.get(var)
        if whole is not None:
            whole = full(self.builder, whole, var)
            fn = "srcdiff.add_field" if is_object else "srcdiff.add_at"
            for key, part in parts.items():
                whole = emit(fn, whole, lit(str(key) if is_object else key), part)
            self.replace(var, whole)
            return

        t = var.type
        if isinstance(t, Tuple):
            elems = [parts[k] if k in parts else zero(self.builder, entry(k)) for k in range(len(t.elems))]
            self.replace(var, emit("tuple", *elems))
            return
        closed = isinstance(t, Dict) and t.items is not None and not isinstance(t.value, Opaque)
        keys = [k for k, _ in t.items] if closed and isinstance(t, Dict) and t.items is not None else list(parts)
        pairs = [
            atom
            for k in keys
            for atom in (lit(str(k) if is_object else k), parts[k] if k in parts else zero(self.builder, entry(k)))
        ]
        if keys == list(range(len(keys))) and isinstance(t, Any):
            self.replace(var, emit("srcdiff.complete", emit("tuple", *pairs[1::2]), var))
            return
        entries = emit("dict", *pairs)
        if is_object:
            self.replace(var, emit("srcdiff.with_fields", var, entries))
            return
        # which other entries there are is known only when it runs: their derivatives are zeros
        self.replace(var, entries if closed else emit("srcdiff.complete", entries, var))

    def get_full(self, var: Var) -> Atom | None:
        value = self.get(var)
        if value is None:
            return None
        if var in self.slots:
            return value
        value = full(self.builder, value, var)
        if var.hint and isinstance(value, Var) and not value.hint:
            value.hint = f"{var.hint}_bar"
        self._note(value, var)
        self.bases[var] = value
        return value

    def get_or_zero(self, var: Var) -> Atom:
        value = self.get_full(var)
        if value is None:
            value = zero(self.builder, var)
            if isinstance(value, Var) and not value.hint and var.hint:
                value.hint = f"{var.hint}_bar"
            self._note(value, var)
            self.bases[var] = value
        return value
