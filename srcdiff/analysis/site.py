"""One call as the typing functions see it: its arguments by name, and what is known of them before the program runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any as AnyValue

from srcdiff.analysis.dimensions import array_of, product
from srcdiff.analysis.linear import (
    INTEGER,
    ZERO,
    Polynomial,
    add,
    multiply,
    polynomial,
    replaced,
    symbol,
    symbols,
)
from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Atom, Const, Lit, Op, Var
from srcdiff.ir.types import INT, Array, Dim, Sequence, Shape, Tuple, Type, fresh, rank

DEEPEST = 8  # operations between an int and the lengths that it is calculated from


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
        """The length that an int stands for: a literal, some array's dimension, what is calculated of such, or a symbol."""
        return symbol(self.number(atom))

    def number(self, atom: Atom, depth: int = 0) -> Polynomial:
        """An int as a polynomial of lengths and of symbols for other ints."""
        if isinstance(atom, Lit) and isinstance(atom.value, int):
            return polynomial(atom.value)
        if not isinstance(atom, Var):
            return polynomial(atom.name if isinstance(atom, Const) else fresh(INTEGER))
        known: dict[Var, Polynomial] = self.builder.__dict__.setdefault("numbers", {})
        if atom not in known:
            dim = self._dimension(atom)
            known[atom] = self._calculated(atom, depth) if dim is None else polynomial(dim)
        return known[atom]

    def _calculated(self, atom: Var, depth: int) -> Polynomial:
        op = self.defined(atom, "operator.add", "operator.sub", "operator.mul", "operator.neg")
        if op is None or depth > DEEPEST or any(a.type != INT for a in (atom, *op.args)):
            return polynomial(self.count(atom))
        parts = [self.number(a, depth + 1) for a in op.args]
        if any(self._dimension(a) is not None and not self.surely_positive(p) for a, p in zip(op.args, parts)):
            return polynomial(self.count(atom))  # np.arange(-1) is as long as np.zeros(0)
        if op.fn == "operator.mul":
            return multiply(*parts)
        return add(parts[0] if len(parts) > 1 else ZERO, parts[-1], -1 if op.fn != "operator.add" else 1)

    def surely_positive(self, p: Polynomial) -> bool:
        """Whether an int is 0 at least, in every run: lengths are, and the targets of loops are within their ranges."""
        for _ in range(DEEPEST):
            if self.builder.holds(p) or all(number > 0 and all(map(self._is_length, f)) for f, number in p):
                return True
            target = next((s for s in symbols(p) if s in self._ranges()), None)
            if target is None:
                return False
            signs = {number > 0 for factors, number in p if target in factors}
            others = [f for factors, _ in p if target in factors for f in factors if f != target]
            if len(signs) > 1 or not all(map(self._is_length, others)):
                return False
            lowest, highest = self._ranges()[target]
            p = replaced(p, target, lowest if signs == {True} else highest)
        return False

    def _is_length(self, symbol: str) -> bool:
        """Whether a symbol stands for what is 0 at least."""
        return not symbol.startswith(INTEGER) or self.builder.holds(polynomial(symbol))

    def _ranges(self) -> dict[str, tuple[Polynomial, Polynomial]]:
        """The least and the greatest value of each target of a loop over a range, by its symbol."""
        return self.builder.__dict__.setdefault("ranges", {})

    def count(self, var: Var, stem: str = INTEGER) -> str:
        """A symbol for what a value stands for as a length: for how many elements a mask takes, say."""
        var.length = var.length or fresh("?" if self.defined(var, "builtins.len") else stem)
        seq = self.builder.walks.get(var) if var.length not in self._ranges() else None
        walked = self.defined(seq, "builtins.range") if seq is not None else None
        if walked is not None and len(walked.args) < 3:
            start, stop = (self.number(a) for a in (literal(0), *walked.args)[-2:])
            self._ranges()[var.length] = start, add(stop, polynomial(1), -1)
        return var.length

    def _dimension(self, atom: Atom) -> Dim | None:
        """What `len(x)`, `x.size` or `x.shape[k]` is called in x's type."""
        op = self.defined(atom, "builtins.len", "getattr", "numpy.size", "operator.getitem")
        if op is None:
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
        if isinstance(of, Sequence) and op.fn == "builtins.len":
            return of.length
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
