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
from srcdiff.analysis.site import NotStatic, Site, types
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
    length = str(slice_length(site, "", items[0]))
    return derived(shape, f"[{length}]") | {(1,)} if length.startswith("~") else unknown_shape()


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
                    part = (site.count(item) if isinstance(item, Var) else fresh(),)
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


def slice_length(site: Site, dim: Dim, item: Atom) -> Dim:
    op = site.defined(item, "slice")
    if op is None:
        return fresh()
    bounds: list[int | None | str] = []
    for atom in op.args:
        try:
            value = site.static(atom)
        except NotStatic:
            value = f"@{site.length(atom)}" if _is_int(atom) else fresh()
        bounds.append(value if value is None or isinstance(value, (int, str)) else fresh())
    return sliced(dim, (bounds[0], bounds[1], bounds[2]))


@types("operator.setitem")
def setitem(site: Site) -> Type:
    """The container with one value replaced: an array's shape and dtype stay."""
    base, key, new = site.type(0), site.args[1], site.type(2)
    match base:
        case Dict(items):
            if items is None or not isinstance(key, Lit):
                return base.with_key(key.type, new)
            updated = dict(items) | {key.value: new}
            return Dict(tuple(updated.items()), join_all(list(updated.values())), None, base.of)
        case Sequence(kind, elem, length):
            return Sequence(kind, join(elem, new), length) if _is_int(key) else Sequence(kind, join(elem, element(new)))
    return base


@types("srcdiff.addto", "srcdiff.scatter_add")
def added_to(site: Site) -> Type:
    return site.type(0)
