"""All the nodes there are.

The SSA is structured: a block is a list of operations, and `If` and `Loop` are operations that own blocks. Values flow into
a block through its free variables and its parameters, and out of it through its results; there are no jumps and no phi nodes.
`break`, `continue` and an early `return` are an exit code, an ordinary value, that a loop's body yields as its first result.
Every value is immutable: a write is an operation that makes a new version (`x1 = setitem(x, i, v)`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any as AnyValue

from srcdiff.errors import Loc
from srcdiff.ir.types import Type

PRIME = "'"
NEXT, CONTINUE, BREAK, RETURN = 0, 1, 2, 3  # exit codes; a loop goes on while its body yields less than BREAK


@dataclass(eq=False, slots=True)
class Var:
    """One value, defined once. `hint` is the name the user gave it, "" for a temporary.

    A prime stands behind the name for each call that was inlined around the one who gave it: `s'` is the callee's s.
    """

    hint: str
    type: Type
    of: Op | None = field(default=None, repr=False)  # for a cotangent: what it is the cotangent of
    length: str = field(default="", repr=False)  # the symbol of the length that an int stands for, once it has one

    @property
    def plain(self) -> str:
        """The hint as it may be printed."""
        return self.hint.replace(PRIME, "")


@dataclass(eq=False, slots=True)
class Lit:
    """A literal: None, a bool, number, string or Ellipsis; UNDEF where nothing was assigned."""

    value: AnyValue
    type: Type


@dataclass(eq=False, slots=True)
class Const:
    """A value from outside of the function: `numpy.pi`, `numpy.float32`, a global or closure variable of the user's.

    `name` is dotted and canonical for library names ("numpy.pi"); for the user's own it is the bare name.
    """

    name: str
    type: Type
    value: AnyValue = None  # the object, where it is known (never for the command line, which runs nothing)
    text: str = ""  # a literal's text, where the definition can be written as text


Atom = Var | Lit | Const


class Undefined:
    """The value of a variable on a path that never assigned it."""

    def __repr__(self) -> str:
        return "undef"


UNDEF = Undefined()


@dataclass(eq=False, slots=True)
class Op:
    """out = fn(*args, **kwargs); `fn` is a dotted name: "operator.add", "numpy.sin", "builtins.len", "srcdiff.addto"."""

    fn: str
    args: tuple[Atom, ...]
    kwargs: tuple[tuple[str, Atom], ...]
    out: Var
    loc: Loc | None = None


@dataclass(eq=False, slots=True)
class Block:
    params: list[Var] = field(default_factory=list)
    body: list[Stmt] = field(default_factory=list)
    results: list[Atom] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class If:
    """outs = then() if test else orelse()."""

    test: Atom
    then: Block
    orelse: Block
    outs: list[Var]
    loc: Loc | None = None


@dataclass(eq=False, slots=True)
class Iter:
    """A sequence that a loop walks through: a range, a tape, or any iterable; backwards if `reverse`."""

    seq: Atom
    reverse: bool = False


@dataclass(eq=False, slots=True)
class Loop:
    """A for loop (`iters`, walked in step), a while loop (`cond`), or an endless one (neither).

    body.params  = [*one for each iter, *carried]     cond.params = [*carried], cond.results = [test]
    body.results = [exit, *carried, *collected]       inits = [*carried]
    outs         = [exit, *carried, *collected]       a collected out is the list of what each iteration yielded: a tape
    """

    iters: list[Iter]
    cond: Block | None
    body: Block
    inits: list[Atom]
    outs: list[Var]
    loc: Loc | None = None

    @property
    def carried(self) -> list[Var]:
        """The body's parameters that one iteration hands to the next."""
        return self.body.params[len(self.iters) :]

    @property
    def targets(self) -> list[Var]:
        return self.body.params[: len(self.iters)]


@dataclass(eq=False, slots=True)
class Call:
    """outs = callee(*args): a call of another function of the same program, which stays a call in the text."""

    callee: str
    args: tuple[Atom, ...]
    outs: list[Var]
    loc: Loc | None = None
    effect: bool = False  # whether the callee does something besides giving its results
    taken: tuple[int, ...] = ()  # which arguments are the callee's from then on: it may change them
    apart: bool = False  # whether the results share nothing with each other, nor with what others have
    changes: tuple[tuple[int, int], ...] = ()  # the results that are arguments as they are afterwards: which, of which

    @property
    def versions(self) -> list[tuple[Var, Atom]]:
        """What the callee changes: as it is afterwards, and as it was."""
        return [(self.outs[k], self.args[i]) for k, i in self.changes]


Stmt = Op | If | Loop | Call


@dataclass(eq=False, slots=True)
class Param:
    """A parameter of a function; `kind` is inspect's: "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", ..."""

    var: Var
    kind: str = "POSITIONAL_OR_KEYWORD"
    default: Atom | None = None
    own: bool = False  # whether no caller has what it holds: it may be changed


@dataclass(eq=False, slots=True)
class Function:
    """A function: its body's results are what it returns (one value, or several for a callee within the program)."""

    name: str
    params: list[Param]
    body: Block
    doc: str = ""
    loc: Loc | None = None
    changes: tuple[
        tuple[int, int], ...
    ] = ()  # the results that are parameters as they are afterwards, as calls have it


@dataclass(eq=False, slots=True)
class Program:
    """A function, `main`, and those that it calls; each by its name in the text."""

    main: str
    functions: dict[str, Function]
