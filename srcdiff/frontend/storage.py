"""Reading and writing storage: binding names, paths, versions, and who else sees a write."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from srcdiff.frontend.context import ANNOTATE, Context, definition, is_mutable, library_constant, may_hold
from srcdiff.frontend.library import UNKNOWN, library_object
from srcdiff.frontend.no_dimension import check_kept, check_second_name, has_no_dimension
from srcdiff.frontend.values import (
    CALLABLES,
    NO_ATOMS,
    Attribute,
    BoundMethod,
    Cell,
    Choice,
    ClassValue,
    Closure,
    Generated,
    Initialiser,
    Instance,
    LibraryValue,
    Maybe,
    ModuleValue,
    Partial,
    Poison,
    Ref,
    Step,
    Storages,
    Super,
    TupleValue,
    UserFunction,
    Value,
    View,
    new_storage,
)
from srcdiff.ir.builder import OF_NO_DIMENSION, literal
from srcdiff.ir.nodes import PRIME, UNDEF, Atom, Call, Const, Lit, Var
from srcdiff.ir.types import INT, SLICE, Array, Dict, Opaque, Sequence, is_scalar, join, surely_array

CREATIONS = frozenset({"numpy.zeros", "numpy.ones", "numpy.empty"})  # C order, unless they are told otherwise


def new_cell(ctx: Context, hint: str, value: Atom, shares: Storages = frozenset()) -> Cell:
    """Fresh storage that holds a value, which contains what else it `shares`."""
    cell = Cell(hint, ctx.builder.loc, variable=ctx.hint(hint))
    ctx.state.values[cell] = value
    made = definition(ctx, value)
    cell.contiguous = (
        made is not None and made.fn in CREATIONS and {name for name, _ in made.kwargs} <= {"dtype", "shape"}
    )
    t = value.type
    cell.calculated = made is not None and made.fn != "operator.getitem" and surely_array(t)
    cell.no_dimension = made is not None and made.fn in OF_NO_DIMENSION and is_scalar(t)
    if is_mutable(t) is True and isinstance(t, Array):
        ctx.arrays |= cell.own
    grows = isinstance(t, Dict) or isinstance(t, Sequence) and t.kind == "list"  # what it will hold may come later
    inner = new_storage() if grows or may_hold(t) else frozenset()
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
    if isinstance(value, Instance) and value.boxed and value.base is not None:
        return reach(ctx, value.base)
    return reach(ctx, value.value) if isinstance(value, Maybe) else frozenset()


def shared_by(ctx: Context, value: Value) -> Storages:
    """The memory that a container of the value shares with others."""
    if isinstance(value, TupleValue):
        return frozenset().union(*(shared_by(ctx, item) for item in value.items))
    if isinstance(value, Maybe):
        return shared_by(ctx, value.value)
    if isinstance(value, Instance) and value.boxed and value.base is not None:
        return shared_by(ctx, value.base)
    if isinstance(value, Ref) and not _is_immutable(value, peek(ctx, value)):
        return reach(ctx, value)
    return frozenset()


def memory(storages: Storages) -> Storages:
    """Memory, without the marks of knots."""
    return frozenset(s for s in storages if s >= 0)


def possible(ctx: Context, storages: Storages) -> Storages:
    """Memory, and what it perhaps is a part of: an element that is an array is a view of what it was read from."""
    found = memory(storages)
    return found.union(*(ctx.perhaps[s] for s in found if s in ctx.perhaps)) if ctx.perhaps else found


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
            if cell.element is not None and not value.path and not holds_still(ctx, cell):
                ctx.doubt(
                    f"{cell.hint or 'this'} was read before a write to what it is a part of, and may be a view of it",
                    ANNOTATE,
                )
            return atom
        case TupleValue(items):
            return ctx.emit("tuple", *(read(ctx, item) for item in items))
        case Maybe():
            return _none_or_value(ctx, value)
        case LibraryValue(name):
            return _library_atom(name)
        case Poison(why, hint):
            ctx.refuse(why, hint)
        case Generated(node=node):
            ctx.refuse(f"{node.name} is a generator", "loop over its call, or build a list, and return it")
        case ModuleValue():
            ctx.refuse("a module is used as a value here", "name what you need of it")
        case Instance(base=Ref() as base, boxed=True):
            return read(ctx, base)
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


def _none_or_value(ctx: Context, value: Maybe) -> Atom:
    """What may be None as one value of the program."""
    missing = read(ctx, value.missing)
    if isinstance(missing, Lit):
        return literal(None) if missing.value else read(ctx, value.value)
    with ctx.builder.block() as then:
        then.results.append(literal(None))
    with ctx.builder.block() as orelse:
        orelse.results.append(read(ctx, value.value))
    out = Var("", join(then.results[0].type, orelse.results[0].type))
    ctx.builder.if_(missing, then, orelse, [out])
    return out


def present(value: Value) -> Value:
    """What is used as only something other than None can be."""
    return value.value if isinstance(value, Maybe) else value


def static_items(ctx: Context, value: Instance) -> tuple[Value, ...]:
    """The elements of a list or dict that exists only at compile time."""
    found = ctx.frame.names[value.key("items")]
    if not isinstance(found, TupleValue):
        refuse_growing(ctx)
    return found.items


def refuse_growing(ctx: Context) -> NoReturn:
    ctx.refuse(
        "an object or a function is put into a list whose length is only known when it runs",
        "build the list from a known number of elements, or put dicts into it",
    )


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


def holds_still(ctx: Context, cell: Cell) -> bool:
    """Whether the container of which a value was read holds it still: it only grew since."""
    assert cell.element is not None
    version = current(ctx, cell.element.cell)
    while version is not cell.seen:
        made = definition(ctx, version)
        if made is None or made.fn != "list.append":
            return False
        version = made.args[0]
    return True


def follow(ctx: Context, atom: Atom, step: Step) -> Atom:
    if isinstance(step, View):
        first = len(step.args) - len(step.keywords)
        return ctx.emit(step.fn, atom, *step.args[:first], **dict(zip(step.keywords, step.args[first:])))
    if isinstance(step, Attribute):
        return ctx.emit("getattr", atom, literal(step.name))
    return item_of(ctx, atom, step.index)


def item_of(ctx: Context, base: Atom, index: Atom) -> Atom:
    """base[index], which of a tuple that was just made is its element."""
    if isinstance(index, Lit) and type(index.value) is int:
        known = listed(ctx, base)
        if known is not None and -len(known) <= index.value < len(known):
            return known[index.value]
    check_has_elements(ctx, base, index)
    return ctx.emit("operator.getitem", base, index)


def check_has_elements(ctx: Context, base: Atom, index: Atom) -> None:
    """Refuse an element or a slice of a number, which Python refuses when it runs."""
    made = definition(ctx, index)
    parts = made.args if made is not None and made.fn == "tuple" else (index,)
    if isinstance(base.type, Array) and base.type.shape == ():
        if any(part.type in (INT, SLICE) for part in parts):
            ctx.refuse("a number has no elements", "annotate the argument, if it is an array: `x: np.ndarray`")


def listed(ctx: Context, base: Atom) -> list[Atom] | None:
    """The elements of a tuple or list that was just made, element by element."""
    more: list[Atom] = []
    made = definition(ctx, base)
    while made is not None and made.fn == "list.append":
        more.insert(0, made.args[1])
        made = definition(ctx, made.args[0])
    return [*made.args, *more] if made is not None and made.fn in ("tuple", "list") else None


def name_value(value: Atom, hint: str) -> None:
    """Call a result by the user's name, if it has none, or one that only a function deeper within knows."""
    if isinstance(value, Var) and (not value.hint or _depth(value.hint) > _depth(hint)):
        value.hint = hint


def _depth(hint: str) -> int:
    return hint.count(PRIME)


def in_cells(ctx: Context, value: Value) -> Value:
    """A tuple whose new arrays and lists have storage of their own: each read of it finds the same ones."""
    if isinstance(value, TupleValue):
        return replace(value, items=tuple(in_cells(ctx, item) for item in value.items))
    if isinstance(value, Maybe):
        return replace(value, value=in_cells(ctx, value.value))
    if isinstance(value, Instance) and value.boxed and value.base is not None:
        return value.base
    if isinstance(value, Var) and (is_mutable(value.type) is not False or may_hold(value.type)):
        return Ref(new_cell(ctx, "", value))
    return value


def bind(ctx: Context, name: str, value: Value) -> None:
    """Let a name of the current frame mean a value."""
    name = ctx.key(name)
    hint = ctx.hint(name)
    if isinstance(value, (TupleValue, Maybe, Instance)):
        value = in_cells(ctx, value)
    if isinstance(value, Instance) and value.cls is not None and value.cls.held:
        name_held(ctx, ctx.frame.names.get(value.key(value.cls.held)), hint)
    if isinstance(value, Maybe):
        name_value(peek(ctx, value.missing), f"no_{hint}" if hint else "")
    if isinstance(value, Ref):
        atom = peek(ctx, value)
        immutable = _is_immutable(value, atom)
        if value.path or value.cell.element is not None:
            name_value(atom, hint)
        elif _depth(value.cell.variable) > _depth(hint):  # made in a function that was called
            value.cell.variable = hint
            name_value(atom, hint)
        elif not immutable:  # a list that a comprehension made
            name_value(atom, hint)
        if immutable:
            value = atom
        elif has_no_dimension(value):
            check_second_name(ctx, name, value.cell)
    if not isinstance(value, NO_ATOMS) and not (
        isinstance(value, Lit) and value.value is None
    ):  # None stays what it is
        if definition(ctx, value) is not None or (isinstance(value, Var) and (value.hint or _just_given(ctx, value))):
            name_value(value, hint)
        value = Ref(new_cell(ctx, name, value))
        if value.cell.no_dimension:
            check_kept(ctx, name)
    ctx.frame.names[name] = value


def _just_given(ctx: Context, value: Var) -> bool:
    """Whether a value is a result of the call before."""
    before = ctx.builder.blocks[-1].body[-1:]
    return any(isinstance(stmt, Call) and value in stmt.outs for stmt in before)


def _is_immutable(value: Ref, atom: Atom) -> bool:
    """Whether what a reference leads to, now `atom`, can neither be changed nor hold what can."""
    return is_mutable(atom.type) is False and not may_hold(atom.type) and not has_no_dimension(value)


def name_held(ctx: Context, held: Value | None, hint: str) -> None:
    """Call what an object of the library's holds by the object's name."""
    if isinstance(held, Ref) and (not held.cell.variable or _depth(held.cell.variable) > _depth(hint)):
        held.cell.variable = hint
        name_value(peek(ctx, held), hint)


def unalias(ctx: Context, value: Value) -> Value:
    """A value that later rebinding cannot change: numbers are read now."""
    if isinstance(value, Ref):
        atom = peek(ctx, value)
        if _is_immutable(value, atom):
            return read(ctx, value)
    return value
