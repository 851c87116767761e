"""One call as the typing functions see it: its arguments by name, and what is known of them before the program runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any as AnyValue

from srcdiff.analysis.dimensions import array_of, lessened, product
from srcdiff.ir.builder import Builder
from srcdiff.ir.nodes import Atom, Const, Lit, Op, Var
from srcdiff.ir.types import INT, Array, Dim, Shape, Tuple, Type, fresh, rank


class NotStatic(Exception):
    """A value is not known before the program runs."""


@dataclass(slots=True)
class Site:
    """fn(*args, **kwargs), about to be emitted by `builder`."""

    fn: str
    args: tuple[Atom, ...]
    kwargs: dict[str, Atom]
    builder: Builder

    def type(self, position: int) -> Type:
        return self.args[position].type

    def array(self, position: int) -> Array:
        return array_of(self.args[position].type)

    def arrays(self) -> list[Array]:
        return [array_of(a.type) for a in self.args]

    def option(self, position: int, name: str) -> Atom | None:
        """The argument given at `position` or by `name`."""
        return self.args[position] if position < len(self.args) else self.kwargs.get(name)

    def value(self, position: int, name: str, default: AnyValue = None) -> AnyValue:
        """The Python value of an option; raises NotStatic where only the run can tell."""
        atom = self.option(position, name)
        return default if atom is None else self.static(atom)

    def defined(self, atom: Atom, *fns: str) -> Op | None:
        op = self.builder.definition.get(atom) if isinstance(atom, Var) else None
        return op if op is not None and op.fn in fns else None

    def static(self, atom: Atom) -> AnyValue:
        """A literal, or a tuple, list or slice of such."""
        if isinstance(atom, Lit):
            return atom.value
        op = self.defined(atom, "tuple", "list", "slice", "operator.neg")
        if op is None:
            raise NotStatic
        values = [self.static(a) for a in op.args]
        match op.fn:
            case "slice":
                return slice(*values)
            case "operator.neg":
                return -values[0]
        return tuple(values) if op.fn == "tuple" else values

    def length(self, atom: Atom) -> Dim:
        """The length that an int stands for: a literal, some array's dimension, or a symbol of its own."""
        if isinstance(atom, Lit) and isinstance(atom.value, int):
            return atom.value
        if not isinstance(atom, Var):
            return atom.name if isinstance(atom, Const) else fresh()
        dim = self._dimension(atom)
        if dim is not None:
            return dim
        return self.count(atom)

    def count(self, var: Var) -> str:
        """A symbol for what a value stands for as a length: for how many elements a mask takes, say."""
        lengths: dict[Var, str] = self.builder.__dict__.setdefault("lengths", {})
        return lengths.setdefault(var, fresh())

    def _dimension(self, atom: Atom) -> Dim | None:
        """What `len(x)`, `x.size` or `x.shape[k]` is called in x's type."""
        op = self.defined(atom, "builtins.len", "getattr", "numpy.size", "operator.getitem", "operator.sub")
        if op is None:
            return None
        if op.fn == "operator.sub":
            number, by = op.args
            if isinstance(by, Lit) and isinstance(by.value, int) and by.value > 0 and atom.type == INT:
                return lessened(self.length(number), by.value)
            return None
        if op.fn == "operator.getitem":
            dims = self.shape_value(op.args[0])
            position = op.args[1]
            if isinstance(dims, tuple) and isinstance(position, Lit) and isinstance(position.value, int):
                return dims[position.value] if -len(dims) <= position.value < len(dims) else None
            return None
        of = op.args[0].type
        if isinstance(of, Tuple):
            return len(of.elems) if op.fn == "builtins.len" else None
        shape = of.shape if isinstance(of, Array) else None
        if not isinstance(shape, tuple):
            return None
        if op.fn == "builtins.len":
            return shape[0] if shape else None
        wanted = op.fn == "numpy.size" and len(op.args) == 1 or op.fn == "getattr" and self.static(op.args[1]) == "size"
        return product(shape) if wanted else None

    def shape_value(self, atom: Atom | None) -> Shape | None:
        """The shape that an argument such as `(n, 3)`, `n` or `x.shape` describes, where that is known."""
        if atom is None:
            return None
        op = self.defined(atom, "getattr", "numpy.shape", "tuple", "list", "operator.getitem", "operator.add")
        if op is None:
            return (self.length(atom),) if rank(atom.type) == 0 else None
        if op.fn in ("tuple", "list"):
            return tuple(self.length(a) for a in op.args) if all(rank(a.type) == 0 for a in op.args) else None
        if op.fn == "numpy.shape" or (op.fn == "getattr" and self.static(op.args[1]) == "shape"):
            return array_of(op.args[0].type).shape
        if op.fn == "operator.add":
            left, right = self.shape_value(op.args[0]), self.shape_value(op.args[1])
            sized = isinstance(left, tuple) and isinstance(right, tuple) and rank(op.out.type) is None
            return left + right if sized else self._own_length(atom)  # type: ignore[operator]
        return self._part_of_shape(op, atom)

    def _own_length(self, atom: Atom) -> Shape | None:
        return (self.length(atom),) if rank(atom.type) == 0 else None

    def _part_of_shape(self, op: Op, atom: Atom) -> Shape | None:
        if rank(atom.type) == 0:
            return self._own_length(atom)
        dims = self.shape_value(op.args[0]) if len(op.args) == 2 else None
        try:
            part = self.static(op.args[1])
        except (NotStatic, IndexError):
            return None
        return dims[part] if isinstance(dims, tuple) and isinstance(part, slice) else None


Typing = Callable[[Site], Type]
TYPING: dict[str, Typing] = {}


def types(*names: str) -> Callable[[Typing], Typing]:
    """Declare how the named operations are typed; names are of numpy where they have no module."""

    def declare(function: Typing) -> Typing:
        for name in names:
            TYPING[name if "." in name or name in UNDOTTED else f"numpy.{name}"] = function
        return function

    return declare


UNDOTTED = frozenset({"tuple", "list", "dict", "set", "slice", "getattr", "fstring", "assert", "raise", "exception"})


def names(module: str, text: str) -> list[str]:
    return [f"{module}.{name}" for name in text.split()]


def axes_of(axis: AnyValue, ndim: int) -> tuple[int, ...]:
    """The axes as non-negative ints; raises NotStatic where an axis does not exist (the program will say so itself)."""
    given = axis if isinstance(axis, (tuple, list)) else (axis,)
    if any(not isinstance(a, int) or not -ndim <= a < ndim for a in given):
        raise NotStatic
    return tuple(a % ndim for a in given)
