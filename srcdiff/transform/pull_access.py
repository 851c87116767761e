"""Pulls back through reads and writes of elements, and through the making of containers.

y = x[i]         ->  x_bar[i] += y_bar
x1 = x[i] := v   ->  v_bar = x1_bar[i]; x_bar = x1_bar[i] := 0
"""

from __future__ import annotations

from collections.abc import Callable

from srcdiff.analysis import linear
from srcdiff.analysis.evidence import is_slice
from srcdiff.analysis.holdings import holds_numbers
from srcdiff.analysis.site import Site
from srcdiff.analysis.storage_kinds import WRITES
from srcdiff.errors import Refusal
from srcdiff.ir.builder import Builder, atom_key
from srcdiff.ir.nodes import Atom, Lit, Op, Var
from srcdiff.ir.types import INT, Any, Array, Dict, Opaque, Record, Sequence, Tuple, Type, is_scalar, rank, surely_array
from srcdiff.transform.cotangents import Cotangents, Field, add, fit, fit_write, is_container, zero
from srcdiff.transform.increments import pull_increment
from srcdiff.transform.indices import index_kind, is_whole, new_axes
from srcdiff.transform.replaced import replaced_by_another_size

Active = dict[Var, None]


def _varies(atom: Atom, active: Active) -> bool:
    return isinstance(atom, Var) and atom in active


def kept_apart(t: Type, key: Atom) -> bool:
    """Whether the cotangent of a container's element is a variable of its own."""
    if not isinstance(key, Lit):
        return False
    if isinstance(t, Tuple):
        return isinstance(key.value, int)
    if isinstance(t, Record):
        return True
    if isinstance(t, Any) and (t.shape is None or len(t.shape) == 1) and type(key.value) is int:
        return key.value >= 0
    return isinstance(key.value, str) and isinstance(t, (Any, Dict))


# what has elements by their place, none of which is a number
NUMBERLESS = ("str", "list", "dict", "range", "dtype", "None", "undef", "array")


def check_index(op: Op) -> None:
    """Refuse an element that varies by its index alone, where the index of such an object is no place in it."""
    if isinstance(op.args[0].type, Opaque) and op.args[0].type.name not in NUMBERLESS:
        raise Refusal(
            "what this subscript makes of its index has no derivative",
            op.loc,
            "call a function: np.concatenate, np.arange, np.linspace",
        )


def getitem(op: Op, bars: Cotangents, active: Active) -> None:
    x, index = op.args
    if not isinstance(x, Var) or x not in active:
        check_index(op)
        return
    if bars.slots.pop(op.out, None) is not None:
        return  # it is where it belongs
    bar = bars.get(op.out)
    assert bar is not None
    builder = bars.builder
    find_slot(x, bars, active)
    if kept_apart(x.type, index) and not bars.has_whole(x):
        assert isinstance(index, Lit)
        key = index.value
        if isinstance(x.type, Tuple) and key < 0:
            key += len(x.type.elems)
        bars.receive(bars.item(x, key, op.out.type), bar)
        return
    axes = new_axes(builder, index)
    if axes is None and is_scalar(x.type) and index_kind(builder.definition, index) != "fancy" and not is_whole(index):
        raise Refusal(
            "a number has no elements",
            op.loc,
            "annotate the arguments that it is made of, if they are arrays: `x: np.ndarray`",
        )
    if axes is not None and rank(x.type) is not None:
        whole = bars.get_full(op.out)
        axis = builder.lit(axes[0]) if len(axes) == 1 else builder.emit("tuple", *map(builder.lit, axes))
        assert whole is not None
        bars.receive(x, builder.emit("numpy.squeeze", whole, axis=axis))
        return
    base = bars.get_or_zero(x)
    if isinstance(x.type, Tuple) and isinstance(index, Lit):
        elems = [builder.emit("operator.getitem", base, builder.lit(k)) for k in range(len(x.type.elems))]
        elems[index.value] = add(builder, elems[index.value], bar, op.out)
        bars.replace(x, builder.emit("tuple", *elems))
        return
    kind = index_kind(builder.definition, index)
    if not isinstance(x.type, Array) and is_slice(index):
        fn = "srcdiff.addto" if holds_numbers(x.type) and in_place(x.type) else "srcdiff.add_slice"
    elif kind == "fancy" or kind == "unknown" and isinstance(x.type, Array) and not is_scalar(op.out.type):
        # which of a list is a single one, of NumPy's
        fn = "srcdiff.scatter_add" if isinstance(x.type, Array) else "srcdiff.add_at"
    elif not isinstance(x.type, Array) and holds_more(builder, bar, op.out) and in_place(x.type):
        add_to_slot(base, index, bar, op, bars)
        return
    elif (
        isinstance(x.type, (Any, Tuple))
        or (isinstance(x.type, Sequence) and x.type.kind == "tuple")
        or (not isinstance(x.type, Array) and holds_more(builder, bar, op.out))
    ):
        fn = "srcdiff.add_at"  # what may be a tuple, or hold lists, has no `x[i] += v`
    else:
        fn = "srcdiff.addto"
    bars.replace(x, named(builder.emit(fn, base, index, bar), x))


def in_place(t: Type) -> bool:
    """Whether elements of a container can be replaced."""
    return isinstance(t, Sequence) and t.kind != "tuple" or isinstance(t, Dict)


def add_to_slot(base: Atom, index: Atom, bar: Atom, read: Op, bars: Cotangents) -> None:
    """x_bar[i] = x_bar[i] + bar, of a structure; where x_bar[i] was just set to zeros, bar itself."""
    builder, x = bars.builder, read.args[0]
    assert isinstance(x, Var)
    last, made = builder.last(), builder.defined_by(base, "operator.setitem")
    if made is not None and made is last and atom_key(made.args[1]) == atom_key(index):
        if builder.defined_by(made.args[2], "srcdiff.zeros_like") is not None:
            bars.replace(x, named(builder.emit("operator.setitem", made.args[0], index, bar), x))
            return
    total = add(builder, builder.emit("operator.getitem", base, index), bar, read.out)
    bars.replace(x, named(builder.emit("operator.setitem", base, index, total), x))


def find_slot(x: Var, bars: Cotangents, active: Active) -> None:
    """Where x was read from a list, or from a container whose cotangent is there, add to that: x_bar[i][j] += v."""
    made = bars.builder.definition.get(x)
    if bars.has(x) or made is None or made.fn != "operator.getitem" or x not in bars.inside:
        return
    container, index = made.args
    if not isinstance(container, Var) or container not in active or not is_slot(made, bars):
        return
    find_slot(container, bars, active)
    if isinstance(container.type, Sequence) and not bars.has(container):
        bars.get_or_zero(container)
    if bars.has_whole(container):
        bars.in_slot(x, container, index)


def is_slot(read: Op, bars: Cotangents) -> bool:
    """Whether an element is an object of its own in a container that can be written to."""
    container, index = read.args
    t, own = container.type, read.out.type
    within = in_place(own) or bool(rank(own))
    known = index_kind(bars.builder.definition, index) in ("basic", "unknown")
    return in_place(t) and within and not is_slice(index) and known


def put_back(op: Op, before: Op, bars: Cotangents, active: Active) -> bool:
    """Pull through a write that puts an element back where it was read: its cotangent stays in the container's.

    u = t[i]; u1 = u with another u[j]; t1 = t with u1 at i: between the last two nothing happens.
    """
    container, index, value = op.args
    element = before.args[0] if before.fn in WRITES else None
    read = bars.builder.definition.get(element) if isinstance(element, Var) else None
    if read is None or read.fn != "operator.getitem" or before.out is not value:
        return False
    assert isinstance(container, Var) and isinstance(element, Var) and isinstance(value, Var)
    same = read.args[0] is container and atom_key(read.args[1]) == atom_key(index)
    if not same or not is_slot(read, bars) or any(v not in active for v in (container, element, value)):
        return False
    within = (container, element, value) if element in bars.inside else (container, value)
    if any(bars.has(v) for v in within):
        return False
    if op.out in bars.slots:
        bars.slots[container] = bars.slots.pop(op.out)
    else:
        bar = bars.get_full(op.out)
        assert bar is not None
        bars.replace(container, bar)
    bars.in_slot(value, container, index)
    return True


def hand_on(op: Op, bars: Cotangents, active: Active, rest: Atom | None = None) -> None:
    """The version before a write gets the cotangent of the one after it, or the rest of it."""
    x = op.args[0]
    if not isinstance(x, Var) or x not in active:
        return
    if op.out in bars.slots and x not in bars.inside:  # what it is an element of has its cotangent
        container, index = bars.slots.pop(op.out)
        if rest is not None:
            bars.replace(container, bars.of(container, "operator.setitem", index, rest))
        return
    if op.out in bars.slots:
        own = bars.get(x)
        bars.replace(x, None)
        bars.slots[x] = bars.slots.pop(op.out)
        if rest is not None:
            bars.replace(x, rest)
        if own is not None:
            bars.receive(x, own)
        return
    bar = bars.get_full(op.out) if rest is None else rest
    assert bar is not None
    bars.receive(x, named(bar, x) if rest is not None else bar)


def holds_more(builder: Builder, bar: Atom, element: Var) -> bool:
    """Whether a cotangent is a container's, which `+=` would not add."""
    if is_container(element.type) or isinstance(element.type, Any) and not isinstance(bar.type, Array):
        return True
    made = builder.definition.get(bar) if isinstance(bar, Var) else None
    containers = ("srcdiff.complete", "srcdiff.add", "srcdiff.add_at", "srcdiff.add_slice", "srcdiff.flip")
    return is_container(bar.type) or (made is not None and made.fn in containers)


def named(bar: Atom, primal: Var) -> Atom:
    if isinstance(bar, Var) and not bar.hint and primal.hint:
        bar.hint = f"{primal.hint}_bar"
    return bar


def setitem(op: Op, bars: Cotangents, active: Active) -> None:
    x, index, value = op.args
    builder = bars.builder
    cleared: Atom
    bar = bars.get_full(op.out)
    assert bar is not None
    if not isinstance(op.out.type, Array) and is_slice(index):
        hint = "annotate it, if it is an array (`x: np.ndarray`); assign a list's elements one by one"
        raise Refusal("an assignment to a slice of what may be a list has no derivative", op.loc, hint)
    kind = index_kind(builder.definition, index)
    fancy = kind == "fancy" or kind == "unknown" and isinstance(x.type, (Array, Any))
    # with an element named twice, the last write is the one that counts
    read = "srcdiff.last_written" if fancy else "operator.getitem"
    if not fancy and _varies(x, active) and pull_increment(op, bar, bars, active):
        hand_on(op, bars, active)
        return
    if _varies(value, active) and isinstance(value, Var):
        got = builder.emit(read, bar, index)
        bars.receive(value, named(got if is_container(x.type) else fit_write(bars, got, value), value))
    if _varies(x, active) and isinstance(x, Var):
        if is_scalar(value.type) and isinstance(x.type, Sequence) and not is_scalar(x.type.elem):
            cleared = zero(builder, builder.emit("operator.getitem", x, index))  # what was there may be an array
        elif isinstance(op.out.type, Array) or is_scalar(value.type):
            cleared = builder.lit(0.0)
        elif (old := replaced_by_another_size(x, index, value, bars)) is not None:
            cleared = zero(builder, old)
        elif _varies(value, active):  # of the structure of the cotangent itself, so that the value is not kept for it
            cleared = builder.emit("srcdiff.zeros_like", builder.emit(read, bar, index))
        else:
            cleared = zero(builder, value)
        hand_on(op, bars, active, builder.emit(op.fn, bar, index, cleared))


def addto(op: Op, bars: Cotangents, active: Active) -> None:
    _, index, value = op.args
    bar = bars.get_full(op.out)
    assert bar is not None
    if isinstance(value, Var) and value in active:
        got = bars.builder.emit("operator.getitem", bar, index)
        bars.receive(value, named(fit_write(bars, got, value), value))
    hand_on(op, bars, active)


def iadd(op: Op, bars: Cotangents, active: Active) -> None:
    value = op.args[1]
    bar = bars.get(op.out)
    assert bar is not None
    if isinstance(value, Var) and value in active:
        bars.receive(value, fit(bars.builder, bar, op.out, value))
    x = op.args[0]
    perhaps = isinstance(x.type, Array) and not surely_array(x.type) and not is_scalar(x.type)
    if perhaps and x in active and op.out not in bars.slots:  # a number becomes an array: `y = 0.0; y += row`
        bars.receive(x, fit(bars.builder, bar, op.out, x))
    else:
        hand_on(op, bars, active)


def make_tuple(op: Op, bars: Cotangents, active: Active) -> None:
    """The cotangent of each element, whether it was kept apart or is an element of the whole's."""
    items = bars.items.pop(op.out, {})
    whole = bars.get(op.out)
    for k, arg in enumerate(op.args):
        if isinstance(arg, Var) and arg in active:
            if k in items:
                got = bars.get(items[k])
                if got is not None:
                    bars.receive(arg, got)
            if whole is not None:
                bars.receive(arg, bars.builder.emit("operator.getitem", whole, bars.builder.lit(k)))


def make_dict(op: Op, bars: Cotangents, active: Active) -> None:
    written = all(isinstance(key, Lit) for key in op.args[::2])
    items = bars.items.pop(op.out, {}) if written else {}  # else one of the others may be an element by its name
    whole = bars.get(op.out)
    for key, arg in zip(op.args[::2], op.args[1::2]):
        if isinstance(arg, Var) and arg in active:
            if isinstance(key, Lit) and key.value in items:
                got = bars.get(items[key.value])
                if got is not None:
                    bars.receive(arg, got)
            if whole is not None:
                bars.receive(arg, bars.builder.emit("operator.getitem", whole, key))


def append(op: Op, bars: Cotangents, active: Active) -> None:
    items, value = op.args
    each = bars.uniform(op.out)
    if each is not None:
        for atom in op.args:
            if _varies(atom, active):
                bars.receive(atom, each)
        return
    bar = bars.get_full(op.out)
    assert bar is not None
    if isinstance(value, Var) and value in active:
        bars.receive(value, named(bars.builder.emit("operator.getitem", bar, bars.builder.lit(-1)), value))
    if isinstance(items, Var) and items in active:
        hand_on(op, bars, active, bars.builder.emit("srcdiff.drop_last", bar))


def joined(op: Op, bars: Cotangents, active: Active) -> None:
    """z = x + y, of lists: each gets its part."""
    builder = bars.builder
    bar = bars.get_full(op.out)
    assert bar is not None
    nothing = builder.lit(None)
    number = _parted_at(op, builder) or builder.emit("builtins.len", op.args[0])
    for x, bounds in zip(op.args, ((nothing, number), (number, nothing))):
        if isinstance(x, Var) and x in active:
            part = builder.emit("operator.getitem", bar, builder.emit("slice", *bounds, nothing))
            bars.receive(x, named(part, x))


def _parted_at(op: Op, builder: Builder) -> Atom | None:
    """The j of x[:j] + x[k:] with 0 <= j <= k, which is where the parts meet, even if x is shorter."""
    reads = [builder.defined_by(a, "operator.getitem") for a in op.args]
    slices = [builder.defined_by(read.args[1], "slice") for read in reads if read is not None]
    if len(slices) < 2 or None in slices or reads[0].args[0] is not reads[1].args[0]:  # type: ignore[union-attr]
        return None
    (start, j, step), (k, stop, second_step) = (part.args for part in slices if part is not None)
    if any(not isinstance(a, Lit) or a.value is not None for a in (start, step, stop, second_step)):
        return None
    site = Site(op.fn, op.args, {}, builder)
    if j.type != INT or k.type != INT or not site.surely_positive(site.number(j)):
        return None
    return j if site.surely_positive(linear.add(site.number(k), site.number(j), -1)) else None


def drop_last(op: Op, bars: Cotangents, active: Active) -> None:
    (items,) = op.args
    bar = bars.get_full(op.out)
    assert bar is not None
    if isinstance(items, Var) and items in active:
        last = bars.builder.emit("operator.getitem", items, bars.builder.lit(-1))
        hand_on(op, bars, active, bars.builder.emit("list.append", bar, zero(bars.builder, last)))


def passed_on(op: Op, bars: Cotangents, active: Active) -> None:
    bar = bars.get(op.out)
    if bar is not None and isinstance(op.args[0], Var) and op.args[0] in active:
        bars.receive(op.args[0], bar)


def attribute(op: Op, bars: Cotangents, active: Active) -> None:
    """y = x.name, of an object x."""
    x, name = op.args
    bar = bars.get(op.out)
    if bar is None or not isinstance(x, Var) or x not in active or not isinstance(name, Lit):
        return
    if not bars.has_whole(x):
        bars.receive(bars.item(x, Field(name.value), op.out.type), bar)
        return
    base = bars.get_or_zero(x)
    bars.replace(x, named(bars.builder.emit("srcdiff.add_field", base, name, bar), x))


ACCESS: dict[str, Callable[[Op, Cotangents, Active], None]] = {
    "operator.getitem": getitem,
    "getattr": attribute,
    "operator.setitem": setitem,
    "srcdiff.replaced": setitem,
    "srcdiff.addto": addto,
    "srcdiff.scatter_add": addto,
    "operator.iadd": iadd,
    "tuple": make_tuple,
    "list": make_tuple,
    "dict": make_dict,
    "list.append": append,
    "srcdiff.drop_last": drop_last,
    "srcdiff.copy": passed_on,
    "srcdiff.flip": passed_on,
}
