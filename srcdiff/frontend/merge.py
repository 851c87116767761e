"""Branches: two ways of going on, and what is known where they meet again."""

from __future__ import annotations

from collections.abc import Callable as Function
from collections.abc import Mapping
from dataclasses import dataclass, field

from srcdiff.frontend.context import Context, is_mutable, may_hold
from srcdiff.frontend.liveness import Names
from srcdiff.frontend.sameness import aligned, is_none, is_undefined, may_be_none, same_value, value_key
from srcdiff.frontend.static_containers import check_length
from srcdiff.frontend.storage import peek, reach
from srcdiff.frontend.values import (
    CALLABLES,
    STATIC,
    BoundMethod,
    Cell,
    Choice,
    Closure,
    Initialiser,
    Instance,
    Maybe,
    Partial,
    Poison,
    Ref,
    State,
    Storages,
    Super,
    TupleValue,
    Value,
    is_shared,
    new_storage,
)
from srcdiff.frontend.writes import cells_of
from srcdiff.ir.builder import atom_key, literal
from srcdiff.ir.nodes import NEXT, UNDEF, Atom, Block, Lit, Var
from srcdiff.ir.types import INT, Array, join

RAISE = -1  # the exit code of what never arrives: it agrees with any other
Exit = int | Atom


@dataclass(eq=False)
class Arm:
    block: Block
    exit: Exit
    state: State
    names: dict[str, Value]


@dataclass(eq=False)
class Merger:
    """Makes the outs of an If, one for each value that differs."""

    ctx: Context
    test: Atom
    arms: tuple[Arm, Arm]
    outs: list[Var] = field(default_factory=list)
    made: dict[object, Value] = field(default_factory=dict)
    buffers: list[tuple[Cell, Cell, Cell]] = field(default_factory=list)  # arrays: merged, and what each is in the arms

    def atom(self, which: int, value: Value | None) -> Atom:
        """A value's atom at the end of an arm."""
        if value is None:
            return literal(UNDEF)
        arm, ctx = self.arms[which], self.ctx
        ctx.state, before = arm.state, ctx.state
        with ctx.builder.within(arm.block):
            found = peek(ctx, value)
        ctx.state = before
        return found

    def out(self, first: Atom, second: Atom, hint: str) -> Atom:
        if first is second or (not isinstance(first, Var) and atom_key(first) == atom_key(second)):
            return first
        out = Var(hint, join(first.type, second.type))
        self.arms[0].block.results.append(first)
        self.arms[1].block.results.append(second)
        self.outs.append(out)
        return out

    def value(self, first: Value | None, second: Value | None, name: str) -> Value:
        """What a name is bound to after the branch."""
        key = (value_key(first), value_key(second))
        if key not in self.made:
            self.made[key] = self.merged(first, second, name)
        return self.made[key]

    def merged(self, first: Value | None, second: Value | None, name: str) -> Value:
        if first is second or same_value(first, second):
            return first if first is not None else literal(UNDEF)
        check_length(self.ctx, name, first, second)
        if may_be_none(first, second):
            return self.none_or_value(first, second, name)
        if isinstance(first, (*STATIC, Instance)) or isinstance(second, (*STATIC, Instance)):
            return self.static(first, second, name)
        items = aligned(first, second)
        if items is not None:
            cls = next((v.cls for v in (first, second) if isinstance(v, TupleValue)), None)
            if cls is not None and cls.fields is not None:
                names = [field.name for field in cls.fields]
            else:
                names = [f"{name}{i}" if self.ctx.hint(name) else "" for i in range(len(items))]
            return TupleValue(tuple(self.value(a, b, n) for n, (a, b) in zip(names, items)), cls)
        return self.leaf(first, second, name)

    def none_or_value(self, first: Value | None, second: Value | None, name: str) -> Value:
        """None, or a tuple or an object: whether it is None, beside what it is else."""
        parted = [self.parted(which, value) for which, value in enumerate((first, second))]
        missing = self.value(parted[0][0], parted[1][0], f"no_{name}" if name.isidentifier() else "")
        value = self.value(parted[0][1], parted[1][1], name)
        return value if isinstance(missing, Lit) and missing.value is False else Maybe(missing, value)

    def parted(self, which: int, value: Value | None) -> tuple[Value | None, Value | None]:
        """Whether a value is None at the end of an arm, and what it is else."""
        if isinstance(value, Maybe):
            missing = self.atom(which, value.missing)
            if missing is self.test:
                return literal(which == 0), value.value
            if (opposite := self.ctx.builder.defined_by(self.test, "operator.not_")) and opposite.args[0] is missing:
                return literal(which == 1), value.value
            return value.missing, value.value
        if is_undefined(value):
            return None, None
        return (literal(True), None) if is_none(value) else (literal(False), value)

    def static(self, first: Value | None, second: Value | None, name: str) -> Value:
        """One object or another, one function or another."""
        if first is None or second is None:
            return second if first is None else first  # type: ignore[return-value]
        if isinstance(first, Poison) or isinstance(second, Poison):
            return first if isinstance(first, Poison) else second
        if isinstance(first, Instance) and isinstance(second, Instance):
            found = self.objects(first, second, name)
            if found is not None:
                return found
        elif isinstance(first, CALLABLES) and isinstance(second, CALLABLES):
            return Choice(self.test, first, second)
        what = "object" if isinstance(first, Instance) or isinstance(second, Instance) else "function"
        return Poison(
            f"{name} is one {what} or another here, which is only known when it runs",
            "use each in its own branch",
        )

    def objects(self, first: Instance, second: Instance, name: str) -> Instance | None:
        """Two objects of a class, merged attribute by attribute; the merged one is not written to."""
        names = attribute_names(first, self.arms[0].names)
        others = attribute_names(second, self.arms[1].names)
        if first.cls is not second.cls or first.keys != second.keys or set(names) != set(others):
            return None
        merged = Instance(first.cls, first.hint, names=tuple(names), keys=first.keys, merged=True)
        first.merged = second.merged = True
        for attribute in names:
            values = [
                arm.names.get(v.key(attribute)) or default_of(self.ctx, v.key(attribute), v)
                for arm, v in zip(self.arms, (first, second))
            ]
            self.ctx.frame.names[merged.key(attribute)] = self.value(values[0], values[1], merged.key(attribute))
        return merged

    def leaf(self, first: Value | None, second: Value | None, name: str) -> Value:
        hint = self.ctx.hint(name)
        out = self.out(self.atom(0, first), self.atom(1, second), hint)
        cell = Cell(name, self.ctx.builder.loc, variable=hint)
        if is_mutable(out.type) is not False or may_hold(out.type):
            own = [self.owned(which, value) for which, value in enumerate((first, second))]
            cell.own = frozenset().union(*own) or cell.own
        state = self.ctx.state
        state.values[cell] = out
        state.reach[cell] = cell.own.union(
            *(self.reached(which, value) for which, value in enumerate((first, second))),
            new_storage() if may_hold(out.type) else (),
        )
        if isinstance(first, Ref) and isinstance(second, Ref) and not first.path and not second.path:
            if isinstance(out.type, Array) and is_mutable(out.type):
                self.buffers.append((cell, first.cell, second.cell))
        for which, value in enumerate((first, second)):
            if isinstance(value, Ref):
                maybe = self.arms[which].state.maybe.get(value.cell, frozenset())
                state.maybe[cell] = state.maybe.get(cell, frozenset()) | maybe
        return Ref(cell)

    def owned(self, which: int, value: Value | None) -> frozenset[int]:
        if isinstance(value, Ref):
            return self.reached(which, value) if value.path else value.cell.own
        return new_storage()

    def reached(self, which: int, value: Value | None) -> frozenset[int]:
        ctx = self.ctx
        ctx.state, before = self.arms[which].state, ctx.state
        found = reach(ctx, value) if value is not None else frozenset()
        ctx.state = before
        return found


def attribute_names(value: Instance, names: Mapping[str, Value]) -> list[str]:
    """The attributes that an object is known to have."""
    prefix = value.key("")
    found = [n.removeprefix(prefix) for n in names if n.startswith(prefix)]
    if value.base is not None and value.cls is not None:
        found += [n for n in known_attributes(value) if n not in found]
    return found


def known_attributes(value: Instance) -> list[str]:
    from srcdiff.frontend.outside_objects import attributes_of

    if value.live is not None:
        return list(attributes_of(value.live))
    fields = value.cls.all_fields() if value.cls is not None else None
    return [f.name for f in fields or ()]


def default_of(ctx: Context, key: str, instance: Instance | None = None) -> Value | None:
    """What a shared name is on a path that did not assign it: an outside object's attribute, or its class's."""
    from srcdiff.frontend.objects import default_attribute

    number, _, name = key[1:].partition(">.")
    found = instance or (ctx.instances.get(int(number)) if number.isdigit() else None)
    return default_attribute(ctx, found, name) if found is not None and found.cls is not None else None


def branch(ctx: Context, test: Atom, then: Function[[], Exit], orelse: Function[[], Exit], live: Names) -> Exit:
    """Lower both arms of an If, and merge what they leave; the exit code of the whole."""
    if isinstance(test, Lit):
        return then() if test.value else orelse()
    loc, state, names = ctx.builder.loc, ctx.state, ctx.frame.names
    arms: list[Arm] = []
    for lower in (then, orelse):
        ctx.state, ctx.frame.names = state.copy(), dict(names)
        with ctx.builder.block() as block:
            exit_code = lower()
        arms.append(Arm(block, exit_code, ctx.state, ctx.frame.names))
    ctx.builder.loc = loc
    ctx.state, ctx.frame.names = state, dict(names)
    merger = Merger(ctx, test, (arms[0], arms[1]))
    exit_code = merge_exits(merger)
    merge_cells(merger, state)
    merge_names(merger, names, live)
    part_buffers(merger)
    ctx.builder.if_(test, arms[0].block, arms[1].block, merger.outs)
    return exit_code


def merge_exits(merger: Merger) -> Exit:
    first, second = (arm.exit for arm in merger.arms)
    if isinstance(first, int) and isinstance(second, int):
        if first == second or second == RAISE:
            return first
        if first == RAISE:
            return second
    codes = [literal(max(e, NEXT)) if isinstance(e, int) else e for e in (first, second)]
    out = merger.out(codes[0], codes[1], "")
    if isinstance(out, Var):
        out.type = INT
    return out


def merge_cells(merger: Merger, before: State) -> None:
    """The cells that an arm wrote to."""
    state = merger.ctx.state
    first, second = merger.arms
    for cell in list(before.values):
        atoms = [arm.state.values[cell] if arm.exit != RAISE else literal(UNDEF) for arm in merger.arms]
        changed = any(arm.exit != RAISE and arm.state.values[cell] is not before.values[cell] for arm in merger.arms)
        if changed:
            state.values[cell] = merger.out(atoms[0], atoms[1], cell.variable)
        for table, one, two in (
            (state.reach, first.state.reach, second.state.reach),
            (state.maybe, first.state.maybe, second.state.maybe),
        ):
            if cell in one or cell in two:
                table[cell] = one.get(cell, frozenset()) | two.get(cell, frozenset())


def merge_names(merger: Merger, before: dict[str, Value], live: Names) -> None:
    names = merger.ctx.frame.names
    first, second = merger.arms
    for name in before:
        if name not in first.names and name not in second.names:
            names.pop(name)  # deleted in both
    everything = dict.fromkeys([*first.names, *second.names])
    # names first: what objects they lead to decides which attributes are still needed
    for name in sorted(everything, key=is_shared):
        if is_shared(name) and name not in before and not belongs(merger.ctx, name, names, before):
            continue
        values = [arm.names.get(name) for arm in merger.arms]
        for which, other in ((0, 1), (1, 0)):
            if merger.arms[which].exit == RAISE:
                values[which] = values[other] if values[other] is before.get(name) else None
        if values[0] is values[1] and values[0] is before.get(name):
            continue
        if is_shared(name):
            values = [
                value if value is not None or arm.exit == RAISE else default_of(merger.ctx, name)
                for value, arm in zip(values, merger.arms)
            ]
        if name in live or is_shared(name):
            names[name] = merger.value(values[0], values[1], name)
        else:
            names.pop(name, None)


def part_buffers(merger: Merger) -> None:
    """Arrays that change places in an arm stay apart, where nothing else shares their memory: each has one of its own."""
    ctx = merger.ctx
    merged = {cell: (first, second) for cell, first, second in merger.buffers}
    taken: Storages = frozenset()
    for which, arm in enumerate(merger.arms):
        sources = [pair[which] for pair in merged.values()]
        owned = [arm.state.reach.get(cell, cell.own) | arm.state.maybe.get(cell, frozenset()) for cell in sources]
        if sum(map(len, owned)) != len(frozenset().union(*owned)):
            return
        taken = taken.union(*owned)
    values = [v for frame in ctx.frames for v in frame.names.values()]
    others = {cell for value in (*values, *ctx.held, *ctx.iterating) for cell in cells_of(value, set())} - set(merged)
    shared = (ctx.state.reach.get(c, c.own) | ctx.state.maybe.get(c, frozenset()) for c in others)
    if len(merged) > 1 and not taken & ctx.frozen.union(*shared):
        for cell in merged:
            cell.own = new_storage()
            ctx.state.reach[cell] = cell.own
            ctx.state.maybe.pop(cell, None)


def belongs(ctx: Context, name: str, names: Mapping[str, Value], before: Mapping[str, Value] = {}) -> bool:
    """Whether a shared name is an attribute of an object that can still be reached, or no attribute."""
    number = name[1:].partition(">.")[0]
    return not number.isdigit() or is_outside(ctx, int(number)) or int(number) in reachable(names, before)


def is_outside(ctx: Context, number: int) -> bool:
    """Whether an object that is written to is one from outside, which a path leads to whatever has a name."""
    found = ctx.instances.get(number)
    return found is not None and found.base is not None and not found.boxed


def reachable(names: Mapping[str, Value], before: Mapping[str, Value] = {}) -> set[int]:
    """The numbers of the objects that the names lead to, directly or through attributes; those `before` too."""
    owned: dict[int, list[Value]] = {}
    for name, value in names.items():
        if is_shared(name):
            number = name[1:].partition(">.")[0]
            if number.isdigit():
                owned.setdefault(int(number), []).append(value)
    found: set[int] = set()
    seen: set[int] = set()
    todo = [value for name, value in names.items() if name in before or not is_shared(name) or not name[1].isdigit()]
    while todo:
        value = todo.pop()
        if isinstance(value, Instance) and value.number not in found:
            found.add(value.number)
            todo += owned.get(value.number, [])
        elif isinstance(value, Closure) and id(value.frame) not in seen:
            seen.add(id(value.frame))
            todo += value.frame.names.values()
        todo += parts_of(value)
    return found


def parts_of(value: Value) -> list[Value]:
    """The values that a value is made of."""
    match value:
        case TupleValue(items):
            return list(items)
        case Maybe(missing, inner):
            return [missing, inner]
        case BoundMethod(function, bound):
            return [function, bound]
        case Choice(_, then, orelse):
            return [then, orelse]
        case Super(_, bound) | Initialiser(bound):
            return [bound]
        case Partial(function, args, kwargs):
            return [function, *args, *(v for _, v in kwargs)]
        case Closure(defaults=defaults):
            return list(defaults.values())
    return []
