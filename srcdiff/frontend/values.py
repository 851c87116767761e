"""What the frontend knows of values while it lowers: storage, references into it, and what exists only at compile time.

A name is bound to a reference: a cell and a path into it. `z = y` shares the cell, `row = y[1]` its path; a write
gives the cell a new value, which every name that refers to it sees.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from srcdiff.errors import Loc
from srcdiff.frontend.classes import UserClass
from srcdiff.frontend.liveness import Liveness, Names
from srcdiff.frontend.names import Meaning, Resolver
from srcdiff.frontend.source import FunctionSource
from srcdiff.ir.nodes import Atom, Lit
from srcdiff.ir.types import Type

Storages = frozenset[int]  # names of pieces of memory; two values may share memory only if these meet
_storages = count()


def new_storage() -> Storages:
    return frozenset({next(_storages)})


@dataclass(eq=False)
class Cell:
    """A piece of storage that names refer to."""

    hint: str
    loc: Loc | None
    own: Storages = field(default_factory=new_storage)  # the memory that a write to the cell itself changes
    fixed: Atom | None = None  # the value of a global or closure variable, which never changes
    element: Ref | None = None  # where the value was read from, if it may be a view of that or a number
    seen: Atom | None = None  # the version of that storage which was read
    contiguous: bool = False  # whether it is an array that was made in C order
    calculated: bool = False  # whether it is surely an array, for it was made as one
    no_dimension: bool = False  # whether it is a number that NumPy made an array of, which += changes for all to see
    variable: str = ""  # the hint of its versions
    passing: str = ""  # whether it stands for an "iterator" or a "view"


@dataclass(frozen=True, eq=False)
class Knot:
    """Two slots of one container that may hold one object."""

    loc: Loc | None  # where it was tied
    base: Atom | None = None  # the container before, where later stores may undo it
    arrays: bool = False  # whether what two slots may hold are arrays: the lists and objects that hold those are new


@dataclass(frozen=True, eq=False)
class Item:
    """A step of a path: value[index]; a `slot` of a container holds a reference, else it is a view of memory."""

    index: Atom
    slot: bool


@dataclass(frozen=True, eq=False)
class View:
    """A step of a path: fn(value, *args), a view of the whole value, and how it is undone: by a reshape, or `back`.

    The last of `args` are given by the names of `keywords`."""

    fn: str
    args: tuple[Atom, ...] = ()
    back: tuple[str, tuple[Atom, ...]] | None = None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Attribute:
    """A step of a path: the attribute of an object from outside."""

    name: str


Step = Item | View | Attribute


@dataclass(frozen=True, eq=False)
class Ref:
    cell: Cell
    path: tuple[Step, ...] = ()


@dataclass(frozen=True, eq=False)
class TupleValue:
    """A tuple whose elements are known one by one; `cls` of a named tuple."""

    items: tuple[Value, ...]
    cls: UserClass | None = None
    passing: str = ""  # whether it stands for an "iterator" or a "view"


@dataclass(frozen=True, eq=False)
class Maybe:
    """None, where `missing` holds, or else a tuple or an object, whose parts are not assigned where it is None."""

    missing: Value
    value: Value


@dataclass(frozen=True, eq=False)
class LibraryValue:
    """A function, module or class of a library."""

    name: str


@dataclass(frozen=True, eq=False)
class UserFunction:
    source: FunctionSource


@dataclass(frozen=True, eq=False)
class Closure:
    """A lambda or an inner function, with the frame whose names it sees."""

    node: ast.Lambda | ast.FunctionDef
    frame: Frame
    defaults: dict[str, Value]


@dataclass(frozen=True, eq=False)
class Partial:
    """functools.partial(function, *args, **kwargs)."""

    function: Value
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, eq=False)
class ClassValue:
    """A class of the user's."""

    cls: UserClass


@dataclass(frozen=True, eq=False)
class ModuleValue:
    """Another file of the user's, which is only read."""

    meaning: Meaning
    resolver: Resolver


@dataclass(frozen=True, eq=False)
class BoundMethod:
    """A function with its first argument."""

    function: Value
    bound: Value


@dataclass(frozen=True, eq=False)
class Super:
    """super(): the members of what a class inherits from, bound to an instance or a class."""

    owner: UserClass
    bound: Value


@dataclass(frozen=True, eq=False)
class Initialiser:
    """The constructor of what a class inherits from, or of a class itself, bound to an instance."""

    bound: Instance
    after: UserClass | None


@dataclass(frozen=True, eq=False)
class Choice:
    """One function or another, by a test."""

    test: Atom
    then: Value
    orelse: Value


_instances = count()


@dataclass(eq=False)
class Instance:
    """An object whose class is known; its attributes are shared names: `<3>.weight`.

    A list or a dict of what exists only at compile time is one too, of no class: its elements are the tuple `<3>.items`.
    """

    cls: UserClass | None
    hint: str = ""
    base: Ref | None = None  # an object from outside, whose attributes are read where they are asked for
    live: object = None  # that object, where it exists
    is_argument: bool = False  # whether a write to an attribute stays within the derivative
    names: tuple[str, ...] = ()  # its attributes, where it was merged from others
    keys: tuple[object, ...] | None = None  # of a dict
    merged: bool = False  # one object or another: its attributes can be read, but not written
    loop: object = None  # the one that it was made in
    boxed: bool = False  # whether it is a value of the program, at `base`: the dict of its attributes, in a list
    is_declared: bool = False  # whether only an annotation says what class it is of, or is derived from
    number: int = field(default_factory=lambda: next(_instances))

    def key(self, name: str) -> str:
        return f"<{self.number}>.{name}"


def next_number() -> int:
    """A number that all objects that are made later have a greater one than."""
    return next(_instances)


def is_shared(name: str) -> bool:
    """Whether a name belongs to no frame: an object's attribute, or a variable that inner functions assign."""
    return name.startswith("<") and not name.endswith(">")


@dataclass(frozen=True, eq=False)
class Poison:
    """What a name is bound to where using it is refused, and why."""

    why: str
    hint: str = ""


@dataclass(frozen=True, eq=False)
class Generated:
    """What a call of a generator gives, before anything is yielded."""

    source: FunctionSource
    node: ast.FunctionDef
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]
    parent: Frame | None
    defaults: dict[str, Value] | None


Callable = LibraryValue | UserFunction | Closure | Partial | ClassValue | BoundMethod | Choice | Initialiser
Value = Atom | Ref | TupleValue | Maybe | Callable | ModuleValue | Super | Instance | Poison | Generated


CALLABLES = (LibraryValue, UserFunction, Closure, Partial, ClassValue, BoundMethod, Choice, Initialiser)
STATIC = (*CALLABLES, ModuleValue, Super, Poison, Generated)
NO_ATOMS = (Ref, TupleValue, Maybe, Instance, *STATIC)


@dataclass(eq=False)
class Frame:
    """A function while its body is lowered: its names, and where they are live."""

    source: FunctionSource
    names: dict[str, Value]
    local: frozenset[str]
    live: Liveness
    parent: Frame | None = None  # of an inner function: where its free names are looked up
    leaving: list[Names] = field(default_factory=list)  # what is live where break and continue of open loops lead to
    calling: Names = frozenset()  # what is live after the call that is being lowered
    statement: ast.stmt | None = None  # the one that is being lowered
    called: Loc | None = None  # where, in the statement of the caller
    depth: int = 0  # how many blocks were open there
    shared: dict[str, str] = field(default_factory=dict)  # the shared names of variables that inner functions assign
    outer: frozenset[str] = frozenset()  # the names that are declared nonlocal
    outside: frozenset[str] = frozenset()  # the names that are declared global


@dataclass(eq=False)
class Special:
    """A function for one choice of the functions that it sees."""

    source: FunctionSource  # with a parameter for each value that it sees
    closure: Closure | None
    fixed: dict[str, Value]  # arguments that exist only at compile time
    types: dict[str, Type]
    seen: list[str]  # the parameters that come after its own
    literals: list[Lit | None] = field(default_factory=list)  # of what it sees in order: what is written out there
    attributes: Mapping[str, Value] = field(default_factory=dict)  # of the objects that it sees


@dataclass
class State:
    """What writes and branches change: each cell's value and the memory that can be reached from it."""

    values: dict[Cell, Atom] = field(default_factory=dict)
    reach: dict[Cell, Storages] = field(default_factory=dict)
    maybe: dict[Cell, Storages] = field(default_factory=dict)  # memory that is shared unless the value is a number

    def copy(self) -> State:
        return State(dict(self.values), dict(self.reach), dict(self.maybe))
