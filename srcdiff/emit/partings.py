"""Where a loop needs the old and the new value of a variable at once.

h1 = tanh(h0); tape.append((h0, h1)); h0 = h1   ->   h_prev = h; h = np.tanh(h); tape.append((h_prev, h))
t = a + b; a, b = b, t                          ->   a, b = b, a + b
"""

from __future__ import annotations

from srcdiff.emit.liveness import Liveness, parts
from srcdiff.emit.steps import (
    Branch,
    CallStep,
    Compute,
    Exit,
    Move,
    Pop,
    Push,
    Repeat,
    Step,
    Write,
    inner_steps,
)
from srcdiff.ir.nodes import Atom, If, Op, Var
from srcdiff.ir.walk import map_operands


def part_values(steps: list[Step], live: Liveness, parted: dict[Var, Var]) -> bool:
    """Keep the old value under a name of its own where the new one takes the name; whether anything changed.

    Each of `parted` has been tried, and has the variable of its old value: what still conflicts keeps a move.
    """
    changed = False
    for step in steps:
        for inner in inner_steps(step):
            changed |= part_values(inner, live, parted)
        if isinstance(step, Repeat):
            for carried in step.carried:
                previous = _part(step, carried, live) if carried not in parted else None
                if previous is not None:
                    parted[carried] = previous
                    changed = True
    return _delay(steps, live, parted) or changed


def _delay(steps: list[Step], live: Liveness, parted: dict[Var, Var]) -> bool:
    """Compute last what takes the name of a value that is still read: the order of independent statements is free.

    x_bar_next = r * x_bar; r_bar += x_bar * x; x_bar = x_bar_next   ->   r_bar += x_bar * x; x_bar = r * x_bar
    """
    move = next((s for s in reversed(steps) if isinstance(s, Move)), None)
    if move is None:
        return False
    changed = False
    for target, value in list(zip(move.targets, move.values)):
        if not isinstance(value, Var) or value in parted or value in live.inside or value.hint != target.hint:
            continue
        made = next((k for k, s in enumerate(steps) if isinstance(s, Compute) and s.out is value), None)
        if made is not None and _clashes(value, live) and _into_move(steps, made, move, live):
            parted[value] = value
            changed = True
    return changed


def _clashes(value: Var, live: Liveness) -> bool:
    """Whether another value of the same name lives where this one is made."""
    mask = live.conflicts.get(live.variable(value), 0)
    while mask:
        low = mask & -mask
        if value.hint and live.variables[low.bit_length() - 1].hint == value.hint:
            return True
        mask ^= low
    return False


def _part(loop: Repeat, carried: Var, live: Liveness) -> Var | None:
    move = next((s for s in reversed(loop.body) if isinstance(s, Move)), None)
    if move is None or carried not in move.targets:
        return None
    value = move.values[move.targets.index(carried)]
    if not isinstance(value, Var) or value in live.inside or (move, move.targets.index(carried)) in live.dead:
        return None
    if not _conflict(carried, value, live):
        return None
    made = next((k for k, s in enumerate(loop.body) if live.variable(value) in _assigned(s, live)), None)
    if made is None:
        return None
    step = loop.body[made]
    if not value.hint or (value.hint != carried.hint and isinstance(step, Compute)):
        moved = isinstance(step, Compute) and _into_move(loop.body, made, move, live)
        return carried if moved else None
    if value.hint != carried.hint:
        return None
    previous = Var(carried.hint + "_prev", carried.type)
    for later in [*loop.body[made + 1 :]] + ([step] if not isinstance(step, (Compute, Write, CallStep)) else []):
        _rename(later, carried, previous, live)
    loop.body.insert(0, Move([previous], [carried], loop.loc))
    return previous


def _conflict(a: Var, b: Var, live: Liveness) -> bool:
    a, b = live.variable(a), live.variable(b)
    return bool(live.conflicts.get(a, 0) & live.bit(b) or live.conflicts.get(b, 0) & live.bit(a))


def _assigned(step: Step, live: Liveness) -> list[Var]:
    match step:
        case Compute(out):
            found = [out]
        case Move(targets):
            found = list(targets)
        case CallStep(call):
            found = list(call.outs)
        case Pop(walk):
            found = list(walk.targets)
        case _:
            found = []
    for inner in inner_steps(step):
        for nested in inner:
            found += _assigned(nested, live)
    return [live.variable(v) for v in found]


def _into_move(body: list[Step], made: int, move: Move, live: Liveness) -> bool:
    """Compute the new value in the move itself, if nothing in between reads it or changes what it reads."""
    step = body[made]
    assert isinstance(step, Compute)
    if move not in body or sum(v is step.out for v in move.values) != 1:
        return False
    between = body[made + 1 : body.index(move)]
    reads = live.value_reads(step.value)
    for other in between:
        if not isinstance(other, (Compute, Push)):
            return False
        mask = (
            live.value_reads(other.value)
            if isinstance(other, Compute)
            else sum(live.reads(v) for v in other.values[:1])
        )
        for value in other.values if isinstance(other, Push) else []:
            mask |= live.reads(value)
        if mask & live.bit(step.out) or (isinstance(other, Compute) and reads & live.bit(other.out)):
            return False
    if any(value is step.out for s in body[body.index(move) + 1 :] for value in _atoms(s)):
        return False
    live.inside[step.out] = step.value
    body.remove(step)
    return True


def _atoms(step: Step) -> list[Atom]:
    match step:
        case Compute(_, value):
            return parts(value)
        case Move(_, values) | Push(_, values) | Exit(_, values):
            return list(values)
    return []


def _rename(step: Step, old: Var, new: Var, live: Liveness) -> None:
    """Let a step read `new` instead of `old`."""

    def renamed(atom: Atom) -> Atom:
        if atom is old:
            return new
        if isinstance(atom, Var) and atom in live.inside:
            value_renamed(live.inside[atom])
        return atom

    def value_renamed(value: Op | If) -> None:
        if live.value_reads(value) & live.bit(old):
            map_operands(value, renamed)
            if isinstance(value, If):
                for arm in (value.then, value.orelse):
                    arm.results = [renamed(r) for r in arm.results]

    match step:
        case Compute(_, value):
            value_renamed(value)
        case Write(op):
            value_renamed(op)
        case Move() | Push() | Exit():
            step.values = [renamed(v) for v in step.values]
        case CallStep(call):
            call.args = tuple(renamed(a) for a in call.args)
        case Branch():
            step.test = renamed(step.test)
        case Repeat():
            step.test = None if step.test is None else renamed(step.test)
            for walk in step.walks:
                walk.seq = renamed(walk.seq)
    for inner in inner_steps(step):
        for nested in inner:
            _rename(nested, old, new, live)
