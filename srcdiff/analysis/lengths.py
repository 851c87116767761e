"""The lengths that a function's operations take to be equal, unless one of them is 1 and broadcasts.

`W @ x + b` needs as many elements in b as W has rows, or one. That they are as many is what the author means; the contract
has it asserted. Where NumPy itself would raise, as for the inner lengths of a product, nothing needs to be asserted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from srcdiff.analysis.dimensions import bound_of, within
from srcdiff.analysis.ranks import is_elementwise
from srcdiff.ir.nodes import Atom, Block, Function, If, Lit, Loop, Op
from srcdiff.ir.types import Any, Array, Dim, Sequence, Type
from srcdiff.rules.linalg import einsum_terms

SQUARE = frozenset(f"numpy.linalg.{name}" for name in "inv det slogdet cholesky eigh eigvalsh".split())

PLAIN = re.compile(r"[\w.]+|\?\d+")  # an argument's length, or that of a variable
SLICE = re.compile(r"([\w.]+)(\[[^\[\]]*\])")  # the length of a part of an argument, and which part
WRITTEN = re.compile(r"([\w.]+)\[(None|\d+):(\d+):(?:None|1)\]")  # of a part whose bounds are written out
BROADCAST = re.compile(r"[\w.?|]+")  # the broadcast of plain symbols


class Classes:
    """Lengths in classes of equal ones."""

    def __init__(self) -> None:
        self.parent: dict[Dim, Dim] = {}

    def find(self, dim: Dim) -> Dim:
        while self.parent.setdefault(dim, dim) != dim:
            self.parent[dim] = self.parent[self.parent[dim]]
            dim = self.parent[dim]
        return dim

    def unite(self, dims: Iterable[Dim]) -> None:
        first: Dim | None = None
        for dim in dims:
            parts = dim.split("|") if isinstance(dim, str) and BROADCAST.fullmatch(dim) else [dim]
            for part in (dim, *parts):
                if part == 1:
                    continue
                if first is None:
                    first = self.find(part)
                self.parent[self.find(part)] = first = self.find(first)


class Lengths:
    """`classes`: what the text takes to be equal; `checked`: what NumPy checks, in every run."""

    def __init__(self, function: Function) -> None:
        self.classes, self.checked = Classes(), Classes()
        self.assumed: set[Dim] = set()  # lengths in sums and the like, which broadcasting would excuse
        self.counted: set[Dim] = set()  # of what is unpacked into so many names
        self.least: dict[Dim, int] = {}  # of what parts are taken of by numbers, which is as long at least
        self.beside: list[tuple[Dim, Dim]] = (
            []
        )  # widths of factors, and of the matrices that they may be columns beside
        self.arguments = {p.var for p in function.params}
        self._block(function.body, True)
        self._whole()

    def _whole(self) -> None:
        """Arrays of which the same parts are taken together have equal lengths: `R[k:, k] * c[k:]`."""
        wholes: dict[tuple[Dim, str], list[Dim]] = {}
        for dim in list(self.classes.parent):
            part = SLICE.fullmatch(dim) if isinstance(dim, str) else None
            if part is not None:
                wholes.setdefault((self.classes.find(dim), part[2]), []).append(part[1])
        for dims in wholes.values():
            if len(dims) > 1:
                self.classes.unite(dims)
                self.assumed.update(dims)

    def follow(self, dim: Dim) -> None:
        """Take what variables get their lengths from to be asserted, where that is all in the class of `dim`."""
        root = self.classes.find(dim)
        others = [d for d in self.classes.parent if isinstance(d, str) and self.classes.find(d) == root]
        if all(PLAIN.fullmatch(part) for d in others for part in d.split("|")):
            self.checked.unite([dim, *(d for d in others if d.startswith("?") and "|" not in d)])

    def _block(self, block: Block, always: bool) -> None:
        for stmt in block.body:
            match stmt:
                case Op():
                    self._op(stmt, always)
                case If():
                    for out, *arms in zip(stmt.outs, stmt.then.results, stmt.orelse.results):
                        self._together([out, *arms])
                    self._block(stmt.then, False)
                    self._block(stmt.orelse, False)
                case Loop():
                    for i, (param, init) in enumerate(zip(stmt.carried, stmt.inits)):
                        self._together([param, init, stmt.body.results[1 + i], stmt.outs[1 + i]])
                    if stmt.cond is not None:
                        self._block(stmt.cond, False)
                    self._block(stmt.body, False)

    def _op(self, op: Op, always: bool) -> None:
        shapes = [shape_of(a.type) for a in op.args]
        if op.fn in ("operator.mul", "operator.truediv") and any(self._is_factor(a) for a in op.args):
            self._beside(*shapes)
            return  # a column beside a matrix, as likely as not
        if is_elementwise(op) or op.fn == "operator.iadd":
            self._together([*op.args, op.out])
        elif op.fn in ("operator.matmul", "numpy.matmul", "numpy.dot") and all(shapes) and len(shapes) == 2:
            a, b = shapes
            self._inner([a[-1], b[-2] if len(b) > 1 else b[-1]], always)
        elif op.fn == "numpy.linalg.solve" and all(shapes) and len(shapes) == 2:
            a, b = shapes
            self._inner([*a[-2:], b[0]], always)
        elif op.fn == "numpy.einsum" and isinstance(op.args[0], Lit) and "." not in op.args[0].value:
            self._letters(*einsum_terms(op.args[0].value), shapes[1:])
        elif op.fn in SQUARE and shapes[0]:
            self._inner(shapes[0][-2:], always)
        elif op.fn == "operator.getitem" and op.loc is not None and op.loc.names and shapes[0]:
            self.counted.add(shapes[0][0])
            self._inner([shapes[0][0], op.loc.names], always)

    def _letters(self, terms: list[str], result: str, shapes: list[tuple[Dim, ...]]) -> None:
        """The lengths that one letter of np.einsum stands for, of those that are summed over: they broadcast, too."""
        lengths: dict[str, list[Dim]] = {}
        for term, shape in zip(terms, shapes):
            for letter, dim in zip(term, shape) if len(term) == len(shape) else ():
                lengths.setdefault(letter, []).append(dim)
        for letter, dims in lengths.items():
            if letter not in result:
                self._broadcast(dims)

    def _beside(self, *shapes: tuple[Dim, ...]) -> None:
        if len(shapes) == 2 and all(len(shape) > 1 for shape in shapes):
            self.beside.append((shapes[0][-1], shapes[1][-1]))

    def _is_factor(self, atom: Atom) -> bool:
        """Whether this is an argument that may have one row or one column."""
        return atom in self.arguments and len(shape_of(atom.type)) > 1

    def _inner(self, dims: Iterable[Dim], always: bool) -> None:
        """Lengths that NumPy wants to be equal."""
        self.classes.unite(dims)
        if always:
            self.checked.unite(dims)

    def _together(self, atoms: list[Atom]) -> None:
        """Lengths that broadcast, or that a variable has before and after."""
        shapes = [shape_of(a.type) for a in atoms if not isinstance(a, Lit)]
        for axis in range(1, max(map(len, shapes), default=0) + 1):
            self._broadcast([s[-axis] for s in shapes if len(s) >= axis])

    def _broadcast(self, dims: list[Dim]) -> None:
        """Lengths that are equal unless they are 1."""
        if len(set(dims)) > 1:
            dims = [self._as_written(d) for d in dims]
        dims = [d for d in dims if d != 1]
        self.classes.unite(dims)
        if len(set(dims)) > 1:
            self.assumed.update(dims)

    def _as_written(self, dim: Dim) -> Dim:
        """The length of a part as one reads it: x[0:1] has one element."""
        part = WRITTEN.fullmatch(dim) if isinstance(dim, str) else None
        start, stop = (0 if part[2] == "None" else int(part[2]), int(part[3])) if part is not None else (0, 0)
        if part is None or start >= stop:
            return dim
        self.least[part[1]] = max(stop, self.least.get(part[1], 0))
        return stop - start


def shape_of(t: Type) -> tuple[Dim, ...]:
    """The lengths, where the rank is known; else as for a number."""
    if isinstance(t, Sequence) and t.kind == "any" and t.length is not None:
        return (t.length, *shape_of(t.elem))
    shape = t.shape if isinstance(t, Array | Any) else None
    return shape if isinstance(shape, tuple) else ()


def renamed(t: Type, new: dict[str, Dim]) -> Type:
    """The type with other lengths in place of some."""
    shape = tuple(new.get(d, d) if isinstance(d, str) else d for d in shape_of(t))
    match t:
        case Array(dtype) if shape:
            return Array(dtype, shape)
        case Array(dtype, frozenset(symbols)):
            return Array(dtype, frozenset(_renamed_bound(s, new) if isinstance(s, str) else s for s in symbols))
        case Any(atom) if shape:
            return Any(atom, shape)
        case Sequence(kind, Array(dtype)) if shape:
            return Sequence(kind, Array(dtype, shape[1:]), shape[0])
    return t


def _renamed_bound(symbol: str, new: dict[str, Dim]) -> str:
    """The symbol of what is within a shape, with other lengths in it."""
    bound = bound_of(symbol)
    if bound is None:
        return symbol
    (found,) = within(symbol.partition("<")[0], tuple(new.get(d, d) if isinstance(d, str) else d for d in bound))
    return found
