"""What every part of the lowering shares: the builder, the state, the frames, and how to refuse."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import NoReturn

from srcdiff.api import Wrt
from srcdiff.errors import Loc, Refusal
from srcdiff.frontend.callgraph import CallGraph
from srcdiff.frontend.classes import UserClass
from srcdiff.frontend.constants import written_out
from srcdiff.frontend.liveness import Names
from srcdiff.frontend.names import Expression, Resolver
from srcdiff.frontend.names import Value as Outside
from srcdiff.frontend.source import FunctionSource
from srcdiff.frontend.values import Cell, Frame, Instance, Knot, Ref, Special, State, Storages, Value, is_shared
from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import PRIME, Atom, Block, Const, Function, Lit, Op, Var
from srcdiff.ir.types import Any, Array, Dict, Opaque, Sequence, Tuple, Type, surely_array

# makes the source of a derivative: of a function, in a mode, with respect to some of its arguments
Derive = Callable[[FunctionSource, str, Wrt], FunctionSource]
_attempts = count()


# the parameters that a function that stays one changes, and those whose memory each holds from then on
Changes = dict[str, frozenset[str]]


class Changed(Exception):
    """A function that stays one turns out to change more of its parameters than was known when it was begun."""

    def __init__(self, identity: object, changes: Changes) -> None:
        self.identity, self.changes = identity, changes


@dataclass(eq=False)
class Attempt:
    """A try whose body is being lowered: the exceptions that each of its handlers takes."""

    kinds: list[tuple[type[BaseException], ...]]
    depth: int  # the number of frames at the try
    live: Names  # what its handlers read
    caught: bool = False  # whether the body raises what a handler takes
    named: frozenset[int] = frozenset()  # the numbers of the handlers that use what was raised
    guarded: dict[Var, tuple[type[BaseException], ...]] = field(default_factory=dict)  # what is tried before: for what
    number: int = field(default_factory=lambda: next(_attempts))

    @property
    def key(self) -> str:
        """The shared name of the number of the handler that goes on; -1 where nothing was raised."""
        return f"<try {self.number}>.raised"

    @property
    def error(self) -> str:
        """The shared name of the exception itself, where a handler uses it."""
        return f"<try {self.number}>.error"


@dataclass(eq=False)
class Guard:
    """An operation that may raise what some handlers of a try take, and how things stand before it.

    Or the test, after a call or a loop, of whether it was left by a raise, and how things stand then.
    """

    op: Op
    attempt: Attempt
    kinds: list[int]  # the numbers of these handlers; none for a test
    state: State
    names: dict[str, Value]


@dataclass(eq=False)
class Region:
    """What a block of a try's body is lowered to: the end of an open block of the program."""

    attempt: Attempt
    block: Block
    start: int
    note: Callable[[Context, Region, Op], None]
    depth: int  # the number of frames there
    guards: list[Guard] = field(default_factory=list)


# the way out where only a better type would tell whether a write is right
ANNOTATE = "annotate the arguments (`x: float`, `x: np.ndarray`), or copy: `y = x.copy()`"


class Growing(Exception):
    """A list of objects that is made at a place gets another length in a loop or a branch: it must be a value there."""

    def __init__(self, place: Loc | None) -> None:
        self.place = place


@dataclass(eq=False)
class Context:
    builder: Builder
    graph: CallGraph
    types: Mapping[str, Type]
    derive: Derive | None = None
    frames: list[Frame] = field(default_factory=list)
    state: State = field(default_factory=State)
    doubts: list[Refusal] = field(default_factory=list)
    functions: dict[str, Function] = field(default_factory=dict)  # those that stay functions of the program
    names: dict[object, str] = field(default_factory=dict)  # the program's name of each of them
    main: str = ""  # the program's name of the outermost function
    own_names: frozenset[str] = frozenset()  # the names of the outer function
    results: dict[object, list[Type]] = field(default_factory=dict)  # result types of functions that are being lowered

    given: frozenset[Atom] = frozenset()  # the parameters of the function that is being lowered
    defaults: set[str] = field(default_factory=set)  # the kinds of defaultdicts that were made
    boxes: dict[str, UserClass] = field(
        default_factory=dict
    )  # the classes of objects in lists, by their names in types
    classes: dict[str, set[type]] = field(default_factory=dict)  # of objects in global lists, by their names in types
    lists: dict[int, Loc | None] = field(default_factory=dict)  # where lists of objects were made, by their numbers
    growing: frozenset[Loc | None] = frozenset()  # where lists of objects are made that grow, as values of the program
    instances: dict[int, Instance] = field(default_factory=dict)  # the objects that are written to, by number
    outside: dict[int, Instance] = field(default_factory=dict)  # the objects that exist outside, by identity
    argument_classes: list[UserClass] = field(default_factory=list)  # of the function that is being lowered
    attempts: list[Attempt] = field(default_factory=list)  # the open trys
    handling: list[Attempt] = field(default_factory=list)  # the trys whose handlers are being lowered
    loop: object = None  # the innermost one whose body is being lowered
    iterating: list[Ref] = field(default_factory=list)  # lists that loops walk through
    held: list[Value] = field(default_factory=list)  # what an expression has evaluated and not yet used
    block_live: Names = frozenset()  # what is live at the end of the block that is being lowered
    constants: dict[str, Cell] = field(default_factory=dict)  # the cells of globals and closure variables
    home: Resolver | None = None  # of the outermost function
    outer: dict[str, object] = field(default_factory=dict)  # what globals and closure variables mean, by their names
    frozen: Storages = frozenset()  # memory that must not be written to
    lent: dict[int, tuple[object, str]] = field(default_factory=dict)  # memory of a parameter: whose, and its name
    changed: dict[object, Changes] = field(default_factory=dict)  # what functions change, by their identities
    changing: set[object] = field(default_factory=set)  # the functions that stay ones for the types of a call only
    perhaps: dict[int, Storages] = field(
        default_factory=dict
    )  # memory that is perhaps another's: of what may be a view
    arrays: set[int] = field(default_factory=set)  # memory that is surely an array's
    knots: dict[int, Knot] = field(default_factory=dict)  # by their marks
    knot_at: dict[object, int] = field(default_factory=dict)  # the mark of each place that ties one in a loop
    knotted: set[object] = field(default_factory=set)  # the functions that give containers with such slots
    unshared: dict[object, Atom] = field(default_factory=dict)  # what was new to the container that it was put into
    regions: list[Region] = field(default_factory=list)  # the open parts of the bodies of tries
    specials: dict[object, Special] = field(default_factory=dict)  # functions for what a call has them see
    unrolling: list[int] = field(default_factory=list)  # the functions that call themselves and are written out
    inlined: list[int] = field(default_factory=lambda: [0])  # how many calls were inlined, all told
    unrolled: list[int] = field(default_factory=lambda: [0])  # how many iterations were written out, all told
    lowering: frozenset[object] = frozenset()  # the functions that are being lowered on their own

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @contextmanager
    def at(self, node: ast.AST) -> Iterator[None]:
        """Give what is emitted within the location of a node."""
        before = self.builder.loc
        if hasattr(node, "lineno"):
            self.builder.loc = self.frame.source.loc(node)
        try:
            yield
        finally:
            self.builder.loc = before

    @contextmanager
    def unpacking(self, names: int) -> Iterator[None]:
        """Note of what is emitted within that it takes the elements of what is unpacked into so many names."""
        before = self.builder.loc
        if before is not None:
            self.builder.loc = replace(before, names=names)
        try:
            yield
        finally:
            self.builder.loc = before

    def refuse(self, message: str, hint: str = "", node: ast.AST | None = None) -> NoReturn:
        raise Refusal(message, self.frame.source.loc(node) if node is not None else self.builder.loc, hint)

    def doubt(self, message: str, hint: str = "") -> None:
        """Note what is only right if a value is a number: the caller knows types better, later."""
        self.doubts.append(Refusal(message, self.builder.loc, hint))

    def emit(self, fn: str, *args: Atom, **kwargs: Atom) -> Atom:
        made = self.builder.emit_op(fn, args, tuple(kwargs.items()))
        if self.regions:
            region, body = self.regions[-1], self.builder.blocks[-1].body
            if self.builder.blocks[-1] is region.block and body and isinstance(body[-1], Op) and body[-1].out is made:
                if not any(guard.op is body[-1] for guard in region.guards):
                    region.note(self, region, body[-1])
        return made

    def outer_name(self, name: str, value: object, text: str = "") -> str:
        """The program's name of a global or closure variable; that of another module is named after it, too."""
        identity = outer_identity(value, text)
        if self._is_outer(name, identity):
            return name
        source = self.frame.source
        stem = Path(source.file).stem
        name = f"{stem}_{name}" if stem.isidentifier() and source.resolver is not self.home else name
        found, number = name, 1
        while not self._is_outer(found, identity):
            number += 1
            found = f"{name}{number}"
        return found

    def _is_outer(self, name: str, identity: object) -> bool:
        """Whether a name of the program is that of an outer value; those of the outermost function's module come first."""
        if name not in self.outer:
            self.outer[name] = identity
            if self.home is not None and (own := self.home.resolve(name)) is not None:
                match own:
                    case Outside(value, text):
                        self.outer[name] = outer_identity(value, text)
                    case Expression(node, resolver):
                        self.outer[name] = outer_identity(None, written_out(node, resolver))
                    case _:
                        self.outer[name] = None
        return self.outer[name] == identity

    def hint(self, name: str) -> str:
        """The hint for a variable that the function being lowered calls `name`: with a prime for each call around it."""
        if is_shared(name):
            name = name.partition(".")[2]
            return name + PRIME if name.isidentifier() else ""
        return "" if name.startswith("<") else name + PRIME * (len(self.frames) - 1)

    def lookup(self, name: str) -> tuple[Frame, Value] | None:
        """The frame that has a name, and what it is bound to there."""
        frame: Frame | None = self.frame
        while frame is not None:
            if name in frame.shared:
                key = frame.shared[name]
                return (self.frame, self.frame.names[key]) if key in self.frame.names else None
            if name in frame.names:
                return frame, frame.names[name]
            if name in frame.local:
                return None
            frame = frame.parent
        return None

    def key(self, name: str) -> str:
        """The key of a name of the current frame: a shared name, where an inner function assigns it."""
        frame: Frame | None = self.frame
        if name in self.frame.outside:
            self.refuse(f"the global {name} is written to", "return the value, and assign it outside")
        while frame is not None and (frame is self.frame or name in self.frame.outer):
            if name in frame.shared:
                return frame.shared[name]
            frame = frame.parent
        return name

    def live(self, after: Names) -> Names:
        """What is live at a point of the current frame, exits of its loops included."""
        handlers = [attempt.live for attempt in self.attempts if attempt.depth == len(self.frames)]
        return after.union(*self.frame.leaving, *handlers, self.frame.live.always)


def type_of(atom: Atom) -> Type:
    return atom.type


def is_mutable(t: Type) -> bool | None:
    """Whether values of a type can be written to: None where it is not known."""
    match t:
        case Array(_, shape):
            return True if surely_array(t) else False if shape == () else None
        case Any():
            return None
        case Sequence("list") | Dict():
            return True
        case Opaque("set" | "list" | "dict"):
            return True
    return False


def may_hold(t: Type) -> bool:
    """Whether a value of a type can contain something that can be written to."""
    match t:
        case Tuple(elems):
            return any(is_mutable(e) is not False or may_hold(e) for e in elems)
        case Sequence(_, elem):
            return is_mutable(elem) is not False or may_hold(elem)
        case Dict(items, value):
            return (
                items is None
                and (is_mutable(value) is not False)
                or any(is_mutable(v) is not False for _, v in items or ())
            )
    return isinstance(t, Any)


def constant_type(value: object) -> Type:
    """The type of an object from outside of the function."""
    import numpy as np

    if isinstance(value, (bool, int, float, complex, str, type(None))):
        return literal(value).type
    if isinstance(value, (np.ndarray, np.generic)):
        kinds = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex"}
        if value.dtype.kind in kinds:
            return Array(kinds[value.dtype.kind], tuple(value.shape))
        return Opaque("array")
    if isinstance(value, tuple):
        return Tuple(tuple(constant_type(v) for v in value))
    if isinstance(value, list):
        return _list_type([constant_type(v) for v in value])
    if isinstance(value, dict):
        return Dict(tuple((k, constant_type(v)) for k, v in value.items()), Any("?"))
    return Opaque("dtype" if isinstance(value, (np.dtype, type)) else type(value).__name__)


def _list_type(elements: list[Type]) -> Type:
    from srcdiff.ir.types import join, unknown

    if not elements:
        return Sequence("list", unknown(), 0)
    joined = elements[0]
    for element in elements[1:]:
        joined = join(joined, element)
    return Sequence("list", joined, len(elements))


def literal_value(atom: object) -> tuple[bool, object]:
    """Whether an atom is a literal, and its value."""
    return (True, atom.value) if isinstance(atom, Lit) else (False, None)


def definition(ctx: Context, atom: Atom) -> Op | None:
    return ctx.builder.definition.get(atom) if isinstance(atom, Var) else None


def library_constant(name: str, value: object) -> Atom:
    """The constant that a library's name is: numpy.pi, numpy.float32, math.inf."""
    if value is None:
        return literal(None)
    return Const(name, constant_type(value), value)


def outer_identity(value: object, text: str) -> object:
    """Equal for outer values that are the same: a number by its text, anything else by its identity."""
    return (type(value), text) if text else id(value)
