"""What indexing gives: of arrays, by NumPy's rules for basic and fancy indices, and of containers."""

from __future__ import annotations

from srcdiff.analysis.dimensions import (
    array_of,
    broadcast,
    derived,
    element,
    join_all,
    renewed,
    sliced,
    unknown_shape,
)
from srcdiff.analysis.linear import ZERO, Polynomial, add, polynomial, symbol
from srcdiff.analysis.site import NotStatic, Site, types
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Lit, Var
from srcdiff.ir.types import INT, Any, Array, Dict, Dim, Opaque, Sequence, Shape, Tuple, Type, fresh, join, unknown


@types("operator.getitem", "srcdiff.last_written")
def getitem(site: Site) -> Type:
    base, index = site.type(0), site.args[1]
    match base:
        case Tuple(elems):
            return _tuple_item(site, elems, index)
        case Sequence(kind, elem):
            if _is_int(index) or index.type == Array(None, ()):  # no other number will do
                return renewed(elem)
            return Sequence(kind, elem) if index.type == Opaque("slice") else unknown()
        case Dict(items, value):
            if items is not None and isinstance(index, Lit):
                return dict(items).get(index.value, unknown())
            return renewed(value)
        case Array(dtype, shape):
            return Array(dtype, indexed(site, shape, index))
        case Opaque("range") if _is_int(index):
            return INT
        case Any(_, tuple(shape)) if shape and _is_int(index):
            return element(base)
        case Opaque("str") | Opaque("range"):
            return base
    return unknown()


def _tuple_item(site: Site, elems: tuple[Type, ...], index: Atom) -> Type:
    try:
        key = site.static(index)
    except NotStatic:
        return element(Tuple(elems)) if _is_int(index) else unknown()
    if isinstance(key, slice):
        return Tuple(elems[key])
    return elems[key] if isinstance(key, int) and -len(elems) <= key < len(elems) else unknown()


def _is_int(index: Atom) -> bool:
    return isinstance(index.type, Array) and index.type.dtype == "int" and index.type.shape == ()


def index_items(site: Site, index: Atom) -> list[Atom] | None:
    """The parts of an index; None where it is a tuple that only the run knows."""
    op = site.defined(index, "tuple")
    if op is not None:
        return list(op.args)
    return (
        None
        if isinstance(index.type, (Tuple, Any)) or (isinstance(index.type, Sequence) and index.type.kind == "tuple")
        else [index]
    )


def indexed(site: Site, shape: Shape, index: Atom) -> Shape:
    """The shape of x[index] for an x of this shape."""
    items = index_items(site, index)
    if items is None:
        return unknown_shape()
    if not isinstance(shape, tuple):
        return _of_unknown_rank(site, shape, items)
    consumed = 0
    for item in items:
        used = 1 if _counted(site, item, items) else _consumes(item)
        if used is None:
            return unknown_shape()
        consumed += used
    if consumed > len(shape):
        return unknown_shape()
    dots = [i for i, item in enumerate(items) if isinstance(item, Lit) and item.value is Ellipsis]
    full = [None] * (len(shape) - consumed)  # None stands for a full slice
    where = dots[0] if dots else len(items)
    return _walk(site, shape, [*items[:where], *full, *items[where + 1 :]])


def _of_unknown_rank(site: Site, shape: frozenset, items: list[Atom]) -> Shape:
    if len(items) == 1 and _is_int(items[0]):
        return derived(shape, "[]")
    if len(items) == 1 and isinstance(items[0], Lit) and items[0].value is Ellipsis:
        return shape
    op = site.defined(items[0], "slice") if len(items) == 1 else None
    if op is None:
        parts = [_text(site, item) for item in items]
        return unknown_shape() if None in parts else derived(shape, f"[{','.join(map(str, parts))}]")
    if all(isinstance(a, Lit) and a.value is None for a in op.args):
        return shape
    length = str(slice_length(site, "", items[0], site.args[0]))
    return (derived(shape, f"[{length}]") if length.startswith("~") else unknown_shape()) | {(1,)}


def _text(site: Site, item: Atom) -> str | None:
    """A text for a part of an index that takes as much of one shape wherever it stands; None of what may be fancy."""
    if isinstance(item, Lit) and (item.value is None or item.value is Ellipsis):
        return str(item.value)
    if _is_int(item):
        return "0"
    return str(slice_length(site, "", item)) if site.defined(item, "slice") is not None else None


def _consumes(item: Atom) -> int | None:
    """How many of the array's axes a part of an index takes; None where that is not known."""
    if isinstance(item, Lit) and (item.value is None or item.value is Ellipsis):
        return 0
    if item.type == Opaque("slice"):
        return 1
    if not isinstance(item.type, (Array, Sequence, Tuple)):
        return None
    t = array_of(item.type)
    if not isinstance(t.shape, tuple) or t.dtype not in ("int", "bool"):
        return None
    if t.dtype == "bool":
        return len(t.shape) or None
    return 1


def _counted(site: Site, item: Atom, items: list[Atom]) -> bool:
    """Whether an index that is declared as an array (of floats, so far) stands beside an np.arange of its length."""
    t = item.type
    if (
        not isinstance(t, Array)
        or t.dtype not in (None, "float")
        or not isinstance(t.shape, tuple)
        or len(t.shape) != 1
    ):
        return False
    return any(
        site.defined(other, "numpy.arange") is not None and other.type == Array("int", t.shape) for other in items
    )


def _walk(site: Site, shape: tuple[Dim, ...], items: list[Atom | None]) -> Shape:
    """Go through the axes; the fancy parts broadcast together, and come first unless they stand side by side."""
    axis = 0
    out: list[Dim] = []
    fancy: Shape | None = None
    places: list[int] = []  # positions of the parts that are fancy, ints included
    first_out = 0
    any_array = any(item is not None and _is_fancy(item) for item in items)
    for position, item in enumerate(items):
        if item is None:
            out.append(shape[axis])
            axis += 1
        elif isinstance(item, Lit) and item.value is None:
            out.append(1)
        elif item.type == Opaque("slice"):
            out.append(slice_length(site, shape[axis], item))
            axis += 1
        else:
            t = array_of(item.type)
            if any_array:
                first_out = len(out) if not places else first_out
                places.append(position)
                part: Shape = t.shape
                if t.dtype == "bool":
                    part = (site.count(item, "?") if isinstance(item, Var) else fresh(),)
                fancy = part if fancy is None else broadcast(fancy, part)
            axis += len(t.shape) if t.dtype == "bool" else 1
    if fancy is None:
        return tuple(out)
    if not isinstance(fancy, tuple):
        return unknown_shape()
    at = first_out if places == list(range(places[0], places[-1] + 1)) else 0
    return (*out[:at], *fancy, *out[at:])


def _is_fancy(item: Atom) -> bool:
    return isinstance(item.type, (Array, Sequence, Tuple)) and array_of(item.type).shape != ()


def slice_length(site: Site, dim: Dim, item: Atom, of: Atom | None = None) -> Dim:
    """The length of a part of an axis, which is `dim` long, or, where that is "", as long as `of` is for all that is known."""
    op = site.defined(item, "slice")
    if op is None:
        return fresh()
    whole = polynomial(dim) if dim != "" else _asked_length(site, of)
    start, stop, step = op.args
    bounds = _bound_text(site, start), _from_end(site, stop, whole), _bound_text(site, step)
    inside = _length_between(site, dim, op.args) if isinstance(dim, str) and dim else None
    return sliced(dim, bounds) if inside is None else inside


def _bound_text(site: Site, atom: Atom) -> int | None | str:
    try:
        value = site.static(atom)
    except NotStatic:
        value = site.length(atom) if _is_int(atom) else fresh()
        return f"@{value}" if isinstance(value, str) else value
    return value if value is None or isinstance(value, int) else fresh()


def _from_end(site: Site, stop: Atom, whole: Polynomial | None) -> int | None | str:
    """Where a part stops; `len(x) - 1` is -1. Two from the end is the most that is the same even where x is shorter."""
    if whole is not None and isinstance(stop, Var) and _is_int(stop):
        place = symbol(add(site.number(stop), whole, -1))
        if isinstance(place, int) and -2 <= place <= 0:
            return place or None
    return _bound_text(site, stop)


def _asked_length(site: Site, of: Atom | None) -> Polynomial | None:
    """The length of what has any number of dimensions, where the function has asked for it."""
    if of is None:
        return None
    shape = site.builder.at_hand("getattr", of, literal("shape"))
    asked = site.builder.at_hand("builtins.len", of)
    if asked is None and shape is not None:
        asked = site.builder.at_hand("operator.getitem", shape, literal(0))
    return None if asked is None else site.number(asked)


def _length_between(site: Site, dim: Dim, bounds: tuple[Atom, ...]) -> Dim | None:
    """The length of x[start:stop], where both are surely within an x of length `dim`, and in order."""
    start, stop, step = bounds
    if not isinstance(step, Lit) or step.value not in (None, 1) or not all(map(_is_bound, (start, stop))):
        return None
    whole = polynomial(dim)
    first = _bound(site, start, whole, ZERO)
    last = _bound(site, stop, whole, whole)
    length = add(last, first, -1)
    inside = all(map(site.surely_positive, (first, add(whole, last, -1), length, last)))
    return symbol(length) if inside else None


def _is_bound(atom: Atom) -> bool:
    return _is_int(atom) or isinstance(atom, Lit) and atom.value is None


def _bound(site: Site, atom: Atom, whole: Polynomial, default: Polynomial) -> Polynomial:
    """Where a part starts or stops; from the end, where it is a number below 0."""
    if isinstance(atom, Lit) and atom.value is None:
        return default
    place = site.number(atom)
    return add(whole, place) if isinstance(symbol(place), int) and symbol(place) < 0 else place  # type: ignore[operator]


@types("operator.setitem")
def setitem(site: Site) -> Type:
    """The container with one value replaced: an array's shape and dtype stay."""
    base, key, new = site.type(0), site.args[1], site.type(2)
    match base:
        case Dict(items):
            if items is None or not isinstance(key, Lit):
                return base.with_key(key.type, new)
            updated = dict(items) | {key.value: new}
            return Dict(tuple(updated.items()), join_all(list(updated.values())), None, base.of, base.default)
        case Sequence(kind, elem, length):
            return Sequence(kind, join(elem, new), length) if _is_int(key) else Sequence(kind, join(elem, element(new)))
    return base


@types("srcdiff.addto", "srcdiff.scatter_add")
def added_to(site: Site) -> Type:
    return site.type(0)
