"""The statements to print, before they have names: structured code over variables that may be assigned again."""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.errors import Loc
from srcdiff.ir.nodes import Atom, Call, If, Op, Var


@dataclass(eq=False, slots=True)
class Compute:
    """out = the operation or conditional expression; an expression statement where nobody reads `out`."""

    out: Var
    value: Op | If
    loc: Loc | None = None


@dataclass(eq=False, slots=True)
class Write:
    """A write in place to its first argument."""

    op: Op
    loc: Loc | None = None


@dataclass(eq=False, slots=True)
class Move:
    """targets = values, all at once."""

    targets: list[Var]
    values: list[Atom]
    loc: Loc | None = None


@dataclass(eq=False, slots=True)
class CallStep:
    call: Call
    loc: Loc | None = None


@dataclass(eq=False, slots=True)
class NewTape:
    tape: Var
    loc: Loc | None = None


@dataclass(eq=False, slots=True)
class Push:
    """tape.append(value), or of a tuple of values."""

    tape: Var
    values: list[Atom]
    loc: Loc | None = None


@dataclass(eq=False, slots=True)
class Exit:
    """`return values`, `break` or `continue`."""

    kind: str
    values: list[Atom] = field(default_factory=list)
    loc: Loc | None = None


@dataclass(eq=False, slots=True)
class Branch:
    test: Atom
    then: list[Step]
    orelse: list[Step]
    loc: Loc | None = None
    inverted: bool = False


@dataclass(eq=False, slots=True)
class Walk:
    """One sequence that a for loop walks; a tape binds one target for each member of its tuples."""

    targets: list[Var]
    seq: Atom
    reverse: bool = False
    popped: bool = False  # taken from the end of a tape in the loop's body


@dataclass(eq=False, slots=True)
class Pop:
    """targets = tape.pop(), in the arm of a branch that had pushed them; or, not popped, the items of a tuple."""

    walk: Walk
    loc: Loc | None = None


@dataclass(eq=False, slots=True)
class Repeat:
    """A loop: `for` where it walks, `while` where it tests; `head` is what must run before each test."""

    walks: list[Walk]
    head: list[Step]
    test: Atom | None
    body: list[Step]
    loc: Loc | None = None
    carried: list[Var] = field(default_factory=list)
    flag: Var | None = None  # what says how it ended


Step = Compute | Write | Move | CallStep | NewTape | Push | Pop | Exit | Branch | Repeat


def inner_steps(step: Step) -> list[list[Step]]:
    match step:
        case Branch():
            return [step.then, step.orelse]
        case Repeat():
            return [step.head, step.body]
    return []


def walks_of(step: Step) -> list[Walk]:
    """What a statement takes from sequences and tapes."""
    match step:
        case Repeat():
            return step.walks
        case Pop():
            return [step.walk]
    return []


def always_exits(steps: list[Step]) -> bool:
    """Whether the end of these steps is never reached."""
    if not steps:
        return False
    last = steps[-1]
    if isinstance(last, Compute) and isinstance(last.value, Op) and last.value.fn == "raise":
        return True
    return isinstance(last, Exit) or (
        isinstance(last, Branch) and always_exits(last.then) and always_exits(last.orelse)
    )
