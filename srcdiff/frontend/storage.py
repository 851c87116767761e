"""Reading and writing storage: binding names, paths, versions, and who else sees a write."""

from __future__ import annotations

from collections.abc import Callable as Function
from collections.abc import Iterator

from srcdiff.frontend.context import Context, definition, is_mutable, library_constant, may_hold
from srcdiff.frontend.indexing import access, index_kind
from srcdiff.frontend.library import UNKNOWN, library_object
from srcdiff.frontend.liveness import reads
from srcdiff.frontend.values import (
    CALLABLES,
    STATIC,
    Attribute,
    BoundMethod,
    Cell,
    Choice,
    ClassValue,
    Closure,
    Initialiser,
    Instance,
    Item,
    LibraryValue,
    ModuleValue,
    Partial,
    Poison,
    Ref,
    Reshaped,
    Step,
    Storages,
    Super,
    Transposed,
    TupleValue,
    UserFunction,
    Value,
    is_shared,
    new_storage,
)
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import UNDEF, Atom, Const, Lit, Var
from srcdiff.ir.types import Any, Opaque, Sequence, is_scalar, rank

CREATIONS = frozenset({"numpy.zeros", "numpy.ones", "numpy.empty"})  # C order, unless they are told otherwise


def new_cell(ctx: Context, hint: str, value: Atom, shares: Storages = frozenset()) -> Cell:
    """Fresh storage that holds a value, which contains what else it `shares`."""
    cell = Cell(hint, ctx.builder.loc)
    ctx.state.values[cell] = value
    made = definition(ctx, value)
    cell.contiguous = (
        made is not None and made.fn in CREATIONS and {name for name, _ in made.kwargs} <= {"dtype", "shape"}
    )
    inner = new_storage() if may_hold(value.type) else frozenset()
    ctx.state.reach[cell] = cell.own | inner | shares
    return cell


def fixed_cell(ctx: Context, hint: str, value: Atom) -> Cell:
    """Storage of a global or closure variable, which must not be written to."""
    cell = ctx.constants.get(hint)
    if cell is None:
        cell = ctx.constants[hint] = Cell(hint, ctx.builder.loc, fixed=value)
        ctx.frozen |= cell.own
    return cell


def reach(ctx: Context, value: Value) -> Storages:
    """All memory that a value gives access to."""
    if isinstance(value, Ref):
        return ctx.state.reach.get(value.cell, value.cell.own)
    if isinstance(value, TupleValue):
        return frozenset().union(*(reach(ctx, item) for item in value.items))
    return frozenset()


def shared_by(ctx: Context, value: Value) -> Storages:
    """The memory that a container of the value shares with others."""
    if isinstance(value, TupleValue):
        return frozenset().union(*(shared_by(ctx, item) for item in value.items))
    if isinstance(value, Ref) and (is_mutable(peek(ctx, value).type) is not False or may_hold(peek(ctx, value).type)):
        return reach(ctx, value)
    return frozenset()


def memory(storages: Storages) -> Storages:
    """Memory, without the marks of knots."""
    return frozenset(s for s in storages if s >= 0)


def current(ctx: Context, cell: Cell) -> Atom:
    return cell.fixed if cell.fixed is not None else ctx.state.values[cell]


def peek(ctx: Context, value: Value) -> Atom:
    """The atom of a value, whether it is assigned or not."""
    if isinstance(value, Ref):
        atom = current(ctx, value.cell)
        for step in value.path:
            atom = follow(ctx, atom, step)
        return atom
    return read(ctx, value)


def read(ctx: Context, value: Value) -> Atom:
    """The present value of whatever an expression gave."""
    match value:
        case Ref(cell):
            atom = peek(ctx, value)
            if isinstance(atom, Lit) and atom.value is UNDEF:
                ctx.refuse(f"{cell.hint or 'this variable'} is used before it is assigned", "assign it first")
            if cell.element is not None and current(ctx, cell.element.cell) is not cell.seen and not value.path:
                ctx.doubt(
                    f"{cell.hint or 'this'} was read before a write to what it is a part of, and may be a view of it",
                    "annotate the arguments, or copy",
                )
            return atom
        case TupleValue(items):
            return ctx.emit("tuple", *(read(ctx, item) for item in items))
        case LibraryValue(name):
            return _library_atom(name)
        case Poison(why, hint):
            ctx.refuse(why, hint)
        case ModuleValue():
            ctx.refuse("a module is used as a value here", "name what you need of it")
        case Instance(cls=cls):
            if cls is None and not any(isinstance(v, Instance) or is_callable(v) for v in static_items(ctx, value)):
                return _static_atom(ctx, value)
            if cls is None:
                ctx.refuse(
                    "a list or dict of objects or functions is used as a value here",
                    "index it by a constant, or loop over it, in the same function",
                )
            ctx.refuse(
                f"an object of class {cls.name} is used as a value here",
                "return or pass its attributes; an object cannot leave the function, nor be kept in an array",
            )
        case UserFunction() | Closure() | Partial() | ClassValue() | BoundMethod() | Super() | Choice() | Initialiser():
            ctx.refuse(
                "a function is used as a value here", "call it, or pass it to a function of your own that calls it"
            )
    return value


def static_items(ctx: Context, value: Instance) -> tuple[Value, ...]:
    """The elements of a list or dict that exists only at compile time."""
    found = ctx.frame.names[value.key("items")]
    assert isinstance(found, TupleValue)
    return found.items


def is_callable(value: Value) -> bool:
    """Whether a value is a function or a class, which no list of the program can hold."""
    if isinstance(value, LibraryValue):
        thing = library_object(value.name)
        return thing is UNKNOWN or callable(thing)
    return isinstance(value, CALLABLES)


def _static_atom(ctx: Context, value: Instance) -> Atom:
    """The list or dict as a value of the program."""
    atoms = [read(ctx, item) for item in static_items(ctx, value)]
    if value.keys is None:
        return ctx.emit("list", *atoms)
    return ctx.emit("dict", *(part for key, atom in zip(value.keys, atoms) for part in (literal(key), atom)))


def _library_atom(name: str) -> Atom:
    thing = library_object(name)
    if thing is UNKNOWN or (callable(thing) and not isinstance(thing, type)):
        return Const(name, Opaque("function"), None if thing is UNKNOWN else thing)
    return library_constant(name, thing)


def follow(ctx: Context, atom: Atom, step: Step) -> Atom:
    if isinstance(step, Transposed):
        return ctx.emit("numpy.transpose", atom)
    if isinstance(step, Reshaped):
        return ctx.emit(step.fn, atom, *step.args)
    if isinstance(step, Attribute):
        return ctx.emit("getattr", atom, literal(step.name))
    return item_of(ctx, atom, step.index)


def item_of(ctx: Context, base: Atom, index: Atom) -> Atom:
    """base[index], which of a tuple that was just made is its element."""
    if isinstance(index, Lit) and type(index.value) is int:
        known = listed(ctx, base)
        if known is not None and -len(known) <= index.value < len(known):
            return known[index.value]
    return ctx.emit("operator.getitem", base, index)


def listed(ctx: Context, base: Atom) -> list[Atom] | None:
    """The elements of a tuple or list that was just made, element by element."""
    more: list[Atom] = []
    made = definition(ctx, base)
    while made is not None and made.fn == "list.append":
        more.insert(0, made.args[1])
        made = definition(ctx, made.args[0])
    return [*made.args, *more] if made is not None and made.fn in ("tuple", "list") else None


def name_value(value: Atom, hint: str) -> None:
    """Call a result by the user's name, if it has none."""
    if isinstance(value, Var) and not value.hint:
        value.hint = hint


def bind(ctx: Context, name: str, value: Value) -> None:
    """Let a name of the current frame mean a value."""
    name = ctx.key(name)
    hint = ctx.hint(name)
    if isinstance(value, Ref):
        atom = peek(ctx, value)
        immutable = is_mutable(atom.type) is False and not may_hold(atom.type)
        if value.path or value.cell.element is not None:
            name_value(atom, hint)
        if immutable:
            value = atom
    if not isinstance(value, (Ref, TupleValue, Instance, *STATIC)):
        if definition(ctx, value) is not None:
            name_value(value, hint)
        value = Ref(new_cell(ctx, name, value))
    ctx.frame.names[name] = value


def unalias(ctx: Context, value: Value) -> Value:
    """A value that later rebinding cannot change: numbers are read now."""
    if isinstance(value, Ref):
        atom = peek(ctx, value)
        if is_mutable(atom.type) is False and not may_hold(atom.type):
            return read(ctx, value)
    return value


# who else sees a write


def cells_of(value: Value | None, seen: set[int]) -> Iterator[Cell]:
    match value:
        case Ref(cell):
            yield cell
        case TupleValue(items):
            for item in items:
                yield from cells_of(item, seen)
        case Closure(node, frame):
            if id(value) not in seen:
                seen.add(id(value))
                for name in sorted(reads(node)):
                    yield from cells_of(frame.names.get(name), seen)
        case Partial(function, args, kwargs):
            for part in (function, *args, *(v for _, v in kwargs)):
                yield from cells_of(part, seen)
        case BoundMethod(function, bound):
            yield from cells_of(function, seen)
            yield from cells_of(bound, seen)
        case Instance(base=Ref(cell)):
            yield cell


def live_cells(ctx: Context) -> dict[Cell, str]:
    """The cells that may still be read, each with a name of it."""
    found: dict[Cell, str] = {}
    seen: set[int] = set()
    for frame in ctx.frames:
        live = frame.calling.union(*frame.leaving, frame.live.always)
        for name, value in frame.names.items():
            if name in live or frame is ctx.frame and is_shared(name):
                for cell in cells_of(value, seen):
                    found.setdefault(cell, name)
    for cell in ctx.iterating:
        found.setdefault(cell, cell.hint or "what the loop walks through")
    for value in ctx.held:
        for cell in cells_of(value, seen):
            found.setdefault(cell, cell.hint or "an operand")
    return found


def check_write(ctx: Context, cell: Cell, targets: Storages) -> None:
    """Refuse a write that another live name may or may not see; doubt it where only numbers would make it right."""
    targets = memory(targets)
    if targets & ctx.frozen:
        ctx.refuse(
            f"{cell.hint or 'this value'} belongs to the outside of the function and is written to here",
            "copy it first: `y = x.copy()`",
        )
    for other, name in live_cells(ctx).items():
        if other is cell:
            continue
        both = f"{name} may be the same data as {cell.hint or 'what is written here'}"
        if other.loc is not None:
            both += f" (see line {other.loc.line})"
        shares = ctx.state.reach.get(other, other.own) & targets
        other_type = current(ctx, other).type
        if shares and (is_mutable(other_type) or may_hold(other_type) and not isinstance(other_type, Any)):
            ctx.refuse(f"{both}, and is still used after this write", "copy one of them: `y = x.copy()`")
        maybe = ctx.state.maybe.get(other, frozenset())
        if shares or maybe & targets:
            ctx.doubt(
                f"{both}, unless it is a number, and is still used after this write", "annotate the arguments, or copy"
            )


def check_knots(ctx: Context, ref: Ref) -> None:
    """Refuse a write through a slot of a container, where another slot may hold the same object."""
    if not any(isinstance(step, Item) for step in ref.path):
        return
    for mark in sorted(reach(ctx, ref)):
        knot = ctx.knots.get(mark)
        if knot is None:
            continue
        see = f" (see line {knot.loc.line})" if knot.loc is not None else ""
        message = f"two elements of {name_of(ctx, ref.cell)} may be the same object{see}, and one is written to here"
        ctx.doubt(message, "put a copy into the container: `y = x.copy()`")


def name_of(ctx: Context, cell: Cell) -> str:
    """A name that means a cell."""
    names = (n for n, v in ctx.frame.names.items() if isinstance(v, Ref) and v.cell is cell and n.isidentifier())
    return next(names, cell.hint or "this container")


def targets_of(ctx: Context, ref: Ref) -> Storages:
    if any(isinstance(step, Attribute) for step in ref.path):
        return ref.cell.own  # all that an object from outside leads to is the outside's
    if any(isinstance(step, Item) and step.slot for step in ref.path):
        everything = ctx.state.reach.get(ref.cell, ref.cell.own)
        return memory(everything - ref.cell.own) or everything
    return ref.cell.own


def definite(ctx: Context, ref: Ref) -> Ref:
    """Where a write to `ref` goes: what was read as an element that may be a number is a view after all."""
    element = ref.cell.element
    if element is None or is_scalar(current(ctx, ref.cell).type):
        return ref
    outer = definite(ctx, element)
    return Ref(outer.cell, outer.path + ref.path)


def detach(ctx: Context, ref: Ref) -> None:
    """Before a slot of a container is replaced: names that refer to what was in it keep that."""
    for frame in ctx.frames:
        for name, value in list(frame.names.items()):
            if isinstance(value, Ref) and value.cell is ref.cell and len(value.path) > len(ref.path):
                step = value.path[len(ref.path)]
                if isinstance(step, Item) and step.slot:
                    frame.names[name] = kept(ctx, name, value)


def kept(ctx: Context, name: str, value: Ref) -> Ref:
    """What a slot of a container holds now, whatever the slot will hold."""
    cell = new_cell(ctx, name, peek(ctx, value))
    cell.own = reach(ctx, value) - value.cell.own
    ctx.state.reach[cell] = cell.own
    return Ref(cell)


def out_of_slots(ctx: Context, items: list[Value]) -> list[Value]:
    """Values that are assigned one after the other: `a[i], a[j] = a[j], a[i]` takes both out before it writes."""
    return [
        kept(ctx, "", v) if isinstance(v, Ref) and any(isinstance(s, Item) and s.slot for s in v.path) else v
        for v in items
    ]


def update(
    ctx: Context, target: Value, change: Function[[Atom], Atom], slot: bool = False, shares: Storages = frozenset()
) -> None:
    """Write through a reference: `change` gives the new version of what it refers to."""
    if not isinstance(target, Ref):
        change(read(ctx, target))
        return
    ref = definite(ctx, target)
    if slot:
        detach(ctx, ref)
    check_write(ctx, ref.cell, targets_of(ctx, ref))
    check_knots(ctx, ref)
    versions = [current(ctx, ref.cell)]
    for step in ref.path:
        versions.append(follow(ctx, versions[-1], step))
    new = change(versions[-1])
    for step, outer in zip(reversed(ref.path), reversed(versions[:-1])):
        if isinstance(step, Transposed):
            new = ctx.emit("numpy.transpose", new)
        elif isinstance(step, Reshaped):
            new = ctx.emit("numpy.reshape", new, ctx.emit("getattr", outer, literal("shape")))
        elif isinstance(step, Item):
            new = ctx.emit("operator.setitem", outer, step.index, new)
    name_value(new, ref.cell.hint if len(ctx.frames) == 1 else ctx.hint(ref.cell.hint))
    ctx.state.values[ref.cell] = new
    if shares:
        ctx.state.reach[ref.cell] = ctx.state.reach.get(ref.cell, ref.cell.own) | shares


# what a subscript gives


def get_item(ctx: Context, base: Value, index: Value) -> Value:
    """base[index] as Python has it: a view shares the storage of what it is a part of."""
    if isinstance(base, Instance):
        from srcdiff.frontend import objects, static_containers

        if base.cls is None:
            return static_containers.get(ctx, base, index)
        return objects.call_method(ctx, base, "__getitem__", [index], {})
    if isinstance(index, TupleValue) and any(isinstance(i, Instance) for i in index.items):
        ctx.refuse("an object is used as an index", "index by its attributes")
    if isinstance(base, TupleValue) and isinstance(index, Lit) and type(index.value) is int:
        if not -len(base.items) <= index.value < len(base.items):
            ctx.refuse("the index is out of range")
        return base.items[index.value]
    at = read(ctx, index)
    if isinstance(base, TupleValue):
        made = definition(ctx, at)
        if made is not None and made.fn == "slice" and all(isinstance(a, Lit) for a in made.args):
            return TupleValue(base.items[slice(*(a.value for a in made.args if isinstance(a, Lit)))])
        if any(map(is_callable, base.items)) or any(isinstance(v, (Instance, TupleValue)) for v in base.items):
            from srcdiff.frontend.static_containers import is_static

            if is_static(base):
                ctx.refuse(
                    "objects or functions are indexed by what is only known when it runs",
                    "loop over them, or choose with `if`",
                )
    if not isinstance(base, Ref):
        shares = shared_by(ctx, base)
        atom = item_of(ctx, read(ctx, base), at)
        if not shares:
            return atom
        one = new_cell(ctx, "", atom, shares)
        one.own |= memory(shares)  # it is one of them
        return Ref(one)
    value = read(ctx, base)
    how = access(ctx, value.type, at)
    if how in ("view", "element"):
        found = Ref(base.cell, (*base.path, Item(at, how == "element")))
        atom = item_of(ctx, value, at)
        return found if is_mutable(atom.type) is not False or may_hold(atom.type) else atom
    atom = item_of(ctx, value, at)
    if how == "copy":
        shares = (reach(ctx, base) - base.cell.own) if may_hold(value.type) else frozenset()
        return Ref(new_cell(ctx, "", atom, shares)) if shares else atom
    if is_mutable(atom.type) is False and not may_hold(atom.type):
        return atom
    cell = new_cell(ctx, "", atom)
    cell.element, cell.seen = Ref(base.cell, (*base.path, Item(at, False))), current(ctx, base.cell)
    ctx.state.maybe[cell] = reach(ctx, base) | ctx.state.maybe.get(base.cell, frozenset())
    return Ref(cell)


def set_item(ctx: Context, base: Value, index: Atom, value: Value, fn: str = "operator.setitem") -> None:
    """base[index] = value (or an addto), through every name that sees it."""
    if isinstance(base, Instance):
        from srcdiff.frontend import objects, static_containers

        if base.cls is None:
            static_containers.put(ctx, base, index, value)
        else:
            objects.call_method(ctx, base, "__setitem__", [index, value], {})
        return
    if not isinstance(base, Ref):
        if isinstance(base, TupleValue):
            ctx.refuse("a tuple cannot be written to", "use a list")
        ctx.refuse("this writes to a value that has no name", "assign it to a variable first")
    ref = definite(ctx, base)
    sliced = definition(ctx, index)
    if isinstance(peek(ctx, ref).type, Sequence) and sliced is not None and sliced.fn == "slice":
        from srcdiff.frontend import containers, static_containers

        at = static_containers.known_index(ctx, index)
        assert isinstance(at, slice)
        containers.assign_slice(ctx, ref, at, value)
        return
    stored = read(ctx, value)
    container = type(peek(ctx, ref).type).__name__
    how = access(ctx, peek(ctx, ref).type, index)
    slot = container in ("Sequence", "Dict") or (container == "Any" and how == "element")
    shares = shared_by(ctx, value) if slot else frozenset()
    if slot:
        put_into_slot(ctx, ref, index, value, stored, shares, fn)
        return
    ref, index = _merged(ctx, ref, index)
    update(ctx, ref, lambda old: ctx.emit(fn, old, index, stored))
    if container == "Any" and is_mutable(stored.type) and isinstance(value, Ref):
        ctx.state.maybe[ref.cell] = ctx.state.maybe.get(ref.cell, frozenset()) | reach(ctx, value)


def put_into_slot(ctx: Context, ref: Ref, index: Atom, value: Value, stored: Atom, shares: Storages, fn: str) -> None:
    """container[index] = value, of a list or a dict."""
    from srcdiff.frontend import knots

    overlaps = knots.overlap(ctx, ref, value)
    versions: list[Atom] = []

    def change(old: Atom) -> Atom:
        versions.extend((old, ctx.emit(fn, old, index, stored)))
        return versions[-1]

    update(ctx, ref, change, True, shares)
    knots.stored(ctx, ref, value, stored, versions, overlaps)


def _merged(ctx: Context, ref: Ref, index: Atom) -> tuple[Ref, Atom]:
    """y[i][j] as y[i, j], where the first index is an integer's and y an array."""
    if not ref.path or not isinstance(ref.path[-1], Item) or ref.path[-1].slot:
        return ref, index
    outer = Ref(ref.cell, ref.path[:-1])
    first = ref.path[-1].index
    known = rank(peek(ctx, outer).type)
    if known is None or index_kind(first, ctx) != "int" or index_kind(index, ctx) not in ("int", "basic"):
        return ref, index
    parts: list[Atom] = []
    for part in (first, index):
        made = definition(ctx, part)
        parts += made.args if made is not None and made.fn == "tuple" else [part]
    return _merged(ctx, outer, ctx.emit("tuple", *parts))
