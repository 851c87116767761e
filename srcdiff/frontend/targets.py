"""What is assigned to: names, tuples, subscripts; plainly and augmented."""

from __future__ import annotations

import ast
from typing import NoReturn

from srcdiff.errors import counted
from srcdiff.frontend import (
    array_operands,
    containers,
    dicts,
    expressions,
    generators,
    objects,
    passing,
    static_containers,
)
from srcdiff.frontend.context import Context, is_mutable
from srcdiff.frontend.indexing import access, index_kind
from srcdiff.frontend.no_dimension import has_no_dimension
from srcdiff.frontend.storage import bind, listed, peek, possible, present, read, static_items
from srcdiff.frontend.subscripts import entry_of_default, get_item, set_item
from srcdiff.frontend.values import Cell, Generated, Instance, Item, Ref, TupleValue, Value, is_shared
from srcdiff.frontend.writes import (
    cells_of,
    check_knots,
    definite,
    is_named,
    live_cells,
    out_of_slots,
    targets_of,
    update,
)
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Lit
from srcdiff.ir.types import SCALAR, Any, Array, Dict, Sequence, Tuple, Type, is_scalar, rank

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.BitAnd: "and_",
    ast.BitOr: "or_",
    ast.BitXor: "xor",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
}


def assign(ctx: Context, place: ast.expr, value: Value) -> None:
    """place = value."""
    match place:
        case ast.Name(id=name):
            if isinstance(value, Generated):
                read(ctx, value)
            passing.check_kept(ctx, name, value, place, ctx.frame.source.node)
            bind(ctx, name, value)
        case ast.Tuple(elts=places) | ast.List(elts=places):
            unpack(ctx, place, places, value)
        case ast.Subscript(value=base, slice=index):
            with ctx.at(place):
                passing.stored(ctx, value)
                container = present(expressions.evaluate(ctx, base))
                set_item(ctx, container, expressions.atom(ctx, index), value)
        case ast.Attribute(value=base, attr=name):
            with ctx.at(place):
                passing.stored(ctx, value)
                objects.assign(ctx, present(expressions.evaluate(ctx, base)), name, value)
        case _:
            raise AssertionError(f"Python has no other targets: {ast.dump(place)}")


def _miscounted(ctx: Context, number: int, names: str, node: ast.expr) -> NoReturn:
    ctx.refuse(f"{counted(number, 'value')} cannot be unpacked into {names}", "name as many as there are", node)


def unpack(ctx: Context, node: ast.expr, places: list[ast.expr], value: Value) -> None:
    """a, *b, c = value."""
    value = present(generators.listed(ctx, "builtins.list", [value])[0])
    starred = [k for k, p in enumerate(places) if isinstance(p, ast.Starred)]
    with ctx.unpacking(0 if starred or isinstance(value, Instance) else len(places)):
        items = elements(ctx, value)
        if items is None and not starred:
            items = [get_item(ctx, value, literal(k)) for k in range(len(places))]
    if items is not None and not starred:
        if len(items) != len(places):
            _miscounted(ctx, len(items), f"{counted(len(places), 'name')}", node)
        if not all(isinstance(place, ast.Name) for place in places):
            items = out_of_slots(ctx, items)
        for place, item in zip(places, items):
            assign(ctx, place, item)
        return
    k, tail = starred[0], len(places) - starred[0] - 1
    if items is None:
        items = parted(ctx, value, k, tail, node)
        star = places[k]
        assert isinstance(star, ast.Starred)
        for place, item in zip([*places[:k], star.value, *places[k + 1 :]], items):
            assign(ctx, place, item)
        return
    if len(items) < len(places) - 1:
        _miscounted(ctx, len(items), f"at least {counted(len(places) - 1, 'name')}", node)
    middle = items[k : len(items) - tail]
    for place, item in zip(places[:k], items):
        assign(ctx, place, item)
    star = places[k]
    assert isinstance(star, ast.Starred)
    assign(ctx, star.value, expressions.make_list(ctx, middle))
    for place, item in zip(places[k + 1 :], items[len(items) - tail :]):
        assign(ctx, place, item)


def parted(ctx: Context, value: Value, first: int, last: int, node: ast.expr) -> list[Value]:
    """The first elements of a sequence, a list of those between, and the last ones."""
    if not isinstance(read(ctx, value).type, (Sequence, Array, Any)):
        ctx.refuse("a starred target needs a sequence", "make a list of it first: `list(x)`", node)
    end = literal(-last if last else None)
    between = get_item(ctx, value, ctx.emit("slice", literal(first), end, literal(None)))
    t = read(ctx, between).type
    if not (isinstance(t, Sequence) and t.kind == "list"):
        between = containers.to_list(ctx, [between], {}) or between
    heads = [get_item(ctx, value, literal(i)) for i in range(first)]
    return [*out_of_slots(ctx, heads), between, *(get_item(ctx, value, literal(i)) for i in range(-last, 0))]


def elements(ctx: Context, value: Value) -> list[Value] | None:
    """The elements of a value that has a known number of them."""
    value = present(value)
    if isinstance(value, TupleValue):
        return list(value.items)
    if isinstance(value, Instance):
        if value.cls is not None:
            found = objects.call_method(ctx, value, "__iter__", [], {})
            return elements(ctx, found)
        return list(static_items(ctx, value)) if value.keys is None else [literal(k) for k in value.keys]
    atom = read(ctx, value)
    match atom.type:
        case Tuple(elems):
            return [get_item(ctx, value, literal(k)) for k in range(len(elems))]
        case Sequence(_, _, int(length)):
            return [get_item(ctx, value, literal(k)) for k in range(length)]
        case Array(_, (int(length), *_)):
            return [get_item(ctx, value, literal(k)) for k in range(length)]
    known = listed(ctx, atom)
    return [get_item(ctx, value, literal(k)) for k in range(len(known))] if known is not None else None


def augmented(ctx: Context, stmt: ast.AugAssign) -> None:
    fn = OPERATORS[type(stmt.op)]
    match stmt.target:
        case ast.Name(id=name):
            old = expressions.evaluate(ctx, ast.copy_location(ast.Name(name, ast.Load()), stmt.target))
            new = augmented_binding(ctx, ctx.key(name), old, fn, stmt.value)
            if new is not None:
                bind(ctx, name, new)
        case ast.Subscript(value=base, slice=index):
            container = present(expressions.evaluate(ctx, base))
            if isinstance(container, Instance):
                augment_entry(ctx, container, expressions.evaluate(ctx, index), fn, stmt.value)
                return
            at = expressions.atom(ctx, index)
            entry_of_default(ctx, container, at)
            augment_item(ctx, container, at, fn, stmt.value)
        case ast.Attribute(value=base, attr=name):
            augment_attribute(ctx, present(expressions.evaluate(ctx, base)), name, fn, stmt.value)
        case _:
            raise AssertionError(f"Python has no other targets: {ast.dump(stmt.target)}")


def augment_attribute(ctx: Context, base: Value, name: str, fn: str, value: ast.expr) -> None:
    """base.name fn= value."""
    old = objects.attribute(ctx, base, name) if isinstance(base, Instance) else None
    if old is None:
        ctx.refuse(
            "an attribute of an object that is not known is assigned",
            "return the new value; of an argument that is annotated with its class, attributes may be assigned",
        )
    new = augmented_binding(ctx, base.key(name), old, fn, value)  # type: ignore[union-attr]
    if new is None and objects.is_property(base, name):
        new = old  # it is set to what it was, written to in its storage
    if new is not None:
        objects.assign(ctx, base, name, new)


def augmented_binding(ctx: Context, key: str, old: Value, fn: str, value: ast.expr) -> Value | None:
    """The new value of a name or attribute; None where it goes on meaning what was written to in its storage."""
    bound = ctx.frame.names.get(key)
    new = augmented_value(ctx, key, old, fn, expressions.evaluate(ctx, value))
    # where the value's evaluation bound the name to something else, it is bound to the old one again
    return old if new is None and ctx.frame.names.get(key) is not bound else new


def augmented_value(ctx: Context, key: str, old: Value, fn: str, value: Value) -> Value | None:
    """The new value of a name or attribute; None where an array or a list was written to in its storage."""
    if isinstance(old, TupleValue):
        own = objects.operate(ctx, fn, old, value)
        if own is not None or isinstance(value, TupleValue) and fn == "add":
            return own or TupleValue((*old.items, *value.items))  # type: ignore[union-attr]
    if isinstance(old, Instance) and old.cls is None and fn == "or_":
        for key, item in expressions.known_entries(ctx, value, ctx.frame.source.node).items():
            static_containers.put(ctx, old, literal(key), item)
        return None
    if isinstance(old, Instance) and old.cls is None and fn == "add":
        static_containers.extend(ctx, old, elements(ctx, value))
        return None
    if isinstance(old, Instance):
        if old.cls is not None and old.cls.find(f"__i{fn.strip('_')}__") is not None:
            return objects.call_method(ctx, old, f"__i{fn.strip('_')}__", [value], {})
        return objects.operate(ctx, fn, old, value)
    if isinstance(value, Instance) and value.cls is not None:
        return objects.operate(ctx, fn, old, value)
    if fn == "or_" and (dicts.is_dict(ctx, old) or dicts.is_dict(ctx, value)):
        dicts.dict_update(ctx, old, [value], {})
        return None
    tuples = containers.repeated_tuple(ctx, old, value) if fn == "mul" else None
    if tuples is not None:
        return tuples
    before = read(ctx, old)
    if fn == "or_" and before.type == dicts.SET:
        dicts.add_all(ctx, old, value)
        return None
    if fn == "add" and isinstance(before.type, Sequence) and isinstance(value, Instance):  # a list of objects
        containers.extend(ctx, old, [value])
        return None
    operand = read(ctx, value)
    if not array_operands.is_listed(before):
        operand = array_operands.operands(ctx, fn, before, operand)[1]
    elif isinstance(operand.type, Array) and fn != "mul":  # it takes the list for an array, and gives a new one
        return ctx.emit(f"operator.{fn}", array_operands.as_array(ctx, before), operand)
    elif isinstance(operand.type, Any) and fn == "add":
        array_operands.must_be_joined(ctx, operand)
    mutable = is_mutable(before.type)
    rows = mutable is None and isinstance(before.type, Array) and array_operands.is_unread(ctx, key)
    if rows and isinstance(old, Ref) and conflicts(ctx, key, old):
        array_operands.must_be_changed(ctx, key, before)
        mutable = True
    if mutable is None and isinstance(old, Ref) and conflicts(ctx, key, old):
        name = key.partition(".")[2] if is_shared(key) else key
        ctx.doubt(
            f"{name or 'the element'} shares its data with another name, if it is an array, and is changed in place here",
            f"write `{name or 'x[i]'} = {name or 'x[i]'} ...`, or annotate the arguments",
        )
        mutable = False
    if mutable is False and has_no_dimension(old) and is_scalar(operand.type):
        update(ctx, old, lambda version: ctx.emit(f"operator.{fn}", version, operand))
        return None
    if mutable is False or not isinstance(old, Ref):
        return ctx.emit(f"operator.{fn}", before, operand)
    if isinstance(before.type, Sequence):
        if fn == "mul":
            containers.multiply(ctx, old, value)
        elif fn != "add":
            ctx.refuse("a list is changed in place by += and *= alone", "assign what is meant: `y = ...`")
        else:
            containers.extend(ctx, old, [value])
        return None

    def change(version: Atom) -> Atom:
        if fn == "add":
            return ctx.emit("operator.iadd", version, operand)
        if fn == "sub":
            return ctx.emit("operator.iadd", version, ctx.emit("operator.neg", operand))
        return in_place(ctx, version, ctx.emit(f"operator.{fn}", version, operand))

    update(ctx, old, change, slot=isinstance(before.type, Dict))
    return None


def in_place(ctx: Context, version: Atom, new: Atom) -> Atom:
    """The new value put into the storage of the old one; or itself, where it has the same shape and kind of number."""
    if isinstance(version.type, Array) and rank(version.type) not in (None, 0) and new.type != version.type:
        return ctx.emit("operator.setitem", version, literal(Ellipsis), new)
    return new


def conflicts(ctx: Context, own_key: str, ref: Ref) -> bool:
    """Whether a write through the reference might be seen by another live name."""
    if in_other_cells(ctx, ref, [ref.cell]):
        return True
    for frame in ctx.frames:
        live = frame.calling.union(*frame.leaving, frame.live.always)
        for name, value in frame.names.items():
            itself = frame is ctx.frame and name == own_key
            is_live = name in live or frame is ctx.frame and is_shared(name)
            if not itself and is_live and any(cell is ref.cell for cell in cells_of(value, set())):
                return True
    return False


def in_other_cells(ctx: Context, ref: Ref, own: list[Cell]) -> bool:
    """Whether what the reference leads to may be in storage that is still read, other than its own, or outside."""
    place = definite(ctx, ref)
    written = targets_of(ctx, place) | targets_of(ctx, ref) | ctx.state.maybe.get(ref.cell, frozenset())
    targets = possible(ctx, written)
    if targets & ctx.frozen:
        return True
    for other in live_cells(ctx):
        shares = ctx.state.reach.get(other, other.own) | ctx.state.maybe.get(other, frozenset())
        if other not in own and possible(ctx, shares) & targets:
            return True
    return False


def augment_entry(ctx: Context, container: Value, index: Value, fn: str, value: ast.expr) -> None:
    """container[index] fn= value, of an object."""
    old = get_item(ctx, container, index)
    new = augmented_value(ctx, "", old, fn, expressions.evaluate(ctx, value))
    if new is None and isinstance(container, Instance) and container.cls is not None:
        new = old  # its own __setitem__ is called, whatever was written to in place
    if new is not None:
        set_item(ctx, container, read(ctx, index), new)


def check_slot(ctx: Context, container: Value, index: Atom) -> None:
    """What is in a slot would be changed in place if it is an array, which another slot or name may see."""
    if isinstance(container, Ref):
        ref = Ref(container.cell, (*container.path, Item(index, True)))
        check_knots(ctx, ref)
        if is_named(ctx, ref) or in_other_cells(ctx, ref, [ref.cell, definite(ctx, ref).cell]):
            ctx.doubt(
                "the element that is changed here is the same data as another name's, if it is an array",
                "write `xs[i] = xs[i] + y`, or annotate the arguments",
            )


def _is_place(base: Type, index: Atom, basic: bool) -> bool:
    """Whether a subscript is one element of a list, or the entry of a dict under a key that is written out."""
    return basic if isinstance(base, Sequence) else isinstance(base, Dict) and (basic or isinstance(index, Lit))


def augment_item(ctx: Context, container: Value, index: Atom, fn: str, value: ast.expr) -> None:
    """container[index] fn= value."""
    base = read(ctx, container).type
    start = peek(ctx, container)
    basic = index_kind(index, ctx) in ("int", "basic")
    if isinstance(base, (Array, Any)) and basic and fn in ("add", "sub"):
        operand = read(ctx, expressions.evaluate(ctx, value))
        if isinstance(base, Any) and array_operands.is_listed(operand):
            array_operands.doubt(ctx)
        elif isinstance(base, Array):
            operand = array_operands.as_array(ctx, operand)
        if not is_view_still(ctx, container, index, start):
            item = ctx.emit("operator.getitem", start, index)
            set_item(ctx, container, index, ctx.emit(f"operator.{fn}", item, operand))
            return
        if isinstance(base, Any):
            check_slot(ctx, container, index)
        amount = operand if fn == "add" else ctx.emit("operator.neg", operand)
        set_item(ctx, container, index, amount, "srcdiff.addto")
        return
    old = get_item(ctx, container, index)
    before = read(ctx, old)
    operand = read(ctx, expressions.evaluate(ctx, value))
    plain = before.type == SCALAR and is_scalar(operand.type) and _is_place(base, index, basic)
    if plain and fn in ("add", "sub") and start is peek(ctx, container):
        amount = operand if fn == "add" else ctx.emit("operator.neg", operand)
        set_item(ctx, container, index, amount, "srcdiff.addto")
        return
    if not array_operands.is_listed(before):
        operand = array_operands.operands(ctx, fn, before, operand)[1]
    inner = isinstance(old, Ref) and isinstance(before.type, Array) and is_mutable(before.type)
    if not isinstance(base, Array) and isinstance(old, Ref) and inner:
        # the array in the container is changed in place, which its other names see
        if start is not peek(ctx, container):
            ctx.refuse(
                "this value changes the container that it is added to", "compute the value first, in a line of its own"
            )
        if fn in ("add", "sub"):
            amount = operand if fn == "add" else ctx.emit("operator.neg", operand)
            update(ctx, old, lambda version: ctx.emit("operator.iadd", version, amount))
        else:
            update(ctx, old, lambda version: in_place(ctx, version, ctx.emit(f"operator.{fn}", version, operand)))
        return
    if not isinstance(base, Array) and is_mutable(before.type) is not False:
        check_slot(ctx, container, index)
    if start is not peek(ctx, container) and is_view_still(ctx, container, index, start):
        before = read(ctx, get_item(ctx, container, index))
    set_item(ctx, container, index, ctx.emit(f"operator.{fn}", before, operand))


def is_view_still(ctx: Context, container: Value, index: Atom, start: Atom) -> bool:
    """Whether container[index], read before the value that is combined with it was computed, sees what that wrote."""
    if start is peek(ctx, container):
        return True
    how = access(ctx, start.type, index)
    if how == "maybe":
        ctx.doubt(
            "this value changes the array that it is combined with, of which a part was read before",
            "compute the value first, in a line of its own",
        )
    return how == "view"
