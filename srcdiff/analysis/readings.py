"""How a careful reader takes what the ranks of a function leave open; the contract has each such reading asserted.

A value that is transposed is a matrix. What is added to the product of a matrix and a vector is a vector. In `A @ x`,
a capital is a matrix and a small letter a vector, as people write them; `d @ d` is the square of a vector's length.

Where something broadcasts that is not known otherwise: what has a number for its default is a number; what is indexed
by two parts, or summed along axis 1, is a matrix; what is calculated and added in place has all dimensions of the sum; np.array([x[1], -k * x[0]]) is a vector;
what multiplies both a vector and a matrix whose entries are written out is a number.

In `X @ w + b` the rows of X, as its name says, are points, and b may be a number as well as a vector.
"""

from __future__ import annotations

from srcdiff.analysis.evidence import READS, Evidence
from srcdiff.analysis.ranks import ARRAY, MATRIX, PRODUCTS, REDUCTIONS, STACKS, Ranks, axis_of, is_elementwise
from srcdiff.ir.nodes import Atom, If, Lit, Loop, Op, Var
from srcdiff.ir.types import Array
from srcdiff.ir.walk import statements

SUMS = frozenset({"operator.add", "operator.sub", "operator.iadd"})
DEEP = 12  # operations, after which it is not asked further what a value is made of
NUMBER_BIT, VECTOR_BIT, MATRIX_BIT = 1 << 0, 1 << 1, 1 << 2


class Readings:
    """Narrows the ranks of a function by what people mean by such a text."""

    def __init__(self, ranks: Ranks) -> None:
        self.ranks = ranks
        self.evidence: Evidence = ranks.evidence
        self.given: dict[Var, str] = {p.var: p.var.hint for p in ranks.function.params}
        self.named: dict[Var, str] = dict(self.given)
        self.sums: list[Op] = []
        self.products: list[Op] = []
        self.factors: list[tuple[Var, Atom]] = []  # arguments, and what they multiply that is written out
        self.written_out: set[Atom] = set()  # arrays of which the entries are
        self.transposed: list[Op] = []
        self.indexed: list[tuple[Atom, int]] = []  # what is indexed by axis, and how many axes are named
        self.summed: list[tuple[Atom, int]] = []  # what is summed along an axis after the first, and how many there are
        self.converted: list[Atom] = []  # arguments that are made arrays of a dtype
        self.stacked: list[Var] = []  # arrays of what is calculated with elements
        self.broadcasts = False
        self.rows = ranks.row_like
        for stmt in statements(ranks.function.body):
            if isinstance(stmt, Loop):
                for var, init in zip(stmt.carried, stmt.inits):
                    self.named[var] = var.hint or (self.named.get(init, "") if isinstance(init, Var) else "")
                self.named.update(zip(stmt.outs[1:], map(self.named.__getitem__, stmt.carried)))
            elif isinstance(stmt, Op):
                self._note(stmt)
        self.made = self._made()

    def _note(self, op: Op) -> None:
        shape = op.out.type.shape if isinstance(op.out.type, Array) else None
        if isinstance(shape, frozenset) and len(shape - {(1,)}) > 1:
            self.broadcasts = True
        if op.fn in SUMS:
            self.sums.append(op)
        elif op.fn == "operator.mul":
            factors = [(x, y) for x, y in (op.args, op.args[::-1]) if isinstance(x, Var) and x in self.given]
            self.factors += [(x, y) for x, y in factors if y in self.written_out]
        elif op.fn in PRODUCTS and len(op.args) == 2:
            self.products.append(op)
        elif op.fn == "numpy.transpose" and len(op.args) == 1:
            self.transposed.append(op)
        elif op.fn in REDUCTIONS and (axis_of(op) or 0) > 0:
            self.summed.append((op.args[0], 1 + (axis_of(op) or 0)))
        elif op.fn in READS and (axes := self.ranks.axes_named(op.args[1])):
            self.indexed.append((op.args[0], axes))
        elif op.fn in STACKS and op.kwargs and op.args[0] in self.given:
            self.converted.append(op.args[0])
        elif op.fn in STACKS and (entries := self.ranks.stacked(op)):
            self.written_out.add(op.out)
            if any(self._of_an_element(a) for a in entries):
                self.stacked.append(op.out)
        elif op.fn in READS and isinstance(op.args[1], Lit) and isinstance(op.args[1].value, str):
            if op.args[0] in self.given:
                self.given[op.out] = op.args[1].value
                self.named[op.out] = op.args[1].value

    def _made(self) -> set[Var]:
        """The values that products lead to by sums and functions of their elements."""
        made = {op.out for op in self.products}
        size = 0
        while size != len(made):
            size = len(made)
            for stmt in statements(self.ranks.function.body):
                if isinstance(stmt, Op) and is_elementwise(stmt):
                    if any(a in made for a in stmt.args):
                        made.add(stmt.out)
                elif isinstance(stmt, If | Loop):
                    made.update(o for o in stmt.outs if any(s in made for s in self.evidence.source.get(o, [])))
                    if isinstance(stmt, Loop):
                        made.update(o for o in stmt.carried if any(s in made for s in self.evidence.source[o]))
        return made

    def read(self) -> None:
        """Take as read what is read without doubt, the surest readings first."""
        for op in self.transposed:
            self.ranks.assume(op.args[0], MATRIX)
        if self.broadcasts:
            self._where_something_broadcasts()
        self._sums()
        for op in self.products:
            if self._product(op):
                self._sums()
        for x, axes in self.summed if self.broadcasts else ():
            if self.ranks.assume(x, 1 << axes):
                self._sums()
        for x in self.converted:
            self.ranks.assume(x, ARRAY)

    def _where_something_broadcasts(self) -> None:
        for p in self.ranks.function.params:
            default = p.default.value if isinstance(p.default, Lit) else None
            if isinstance(default, int | float) and not isinstance(default, bool):
                self.ranks.assume(p.var, NUMBER_BIT)
        for x, axes in self.indexed:
            self.ranks.assume(x, 1 << axes)
        for out in self.stacked:
            self.ranks.assume(out, VECTOR_BIT)
        for op in self.sums:
            whole = self.ranks.known(op.args[0]) if op.fn == "operator.iadd" else None
            if whole and op.args[1] not in self.given and op.args[1] not in self.rows:
                self.ranks.assume(op.args[1], 1 << whole)
        multiplied: dict[Var, set[int]] = {}
        for x, y in self.factors:
            multiplied.setdefault(x, set()).add(self.ranks.known(y) or 0)
        for x, others in multiplied.items():
            if len(others - {0}) > 1:  # a step, say, which multiplies a vector and its Jacobian
                self.ranks.assume(x, NUMBER_BIT)

    def _of_an_element(self, atom: Atom, depth: int = 0) -> bool:
        """Whether a value is calculated with an element that one index gives."""
        op = self.evidence.definition.get(atom) if isinstance(atom, Var) else None
        if op is None or depth > DEEP:
            return False
        if op.fn in READS:
            return self.evidence.ints(op.args[1]) == 1
        return is_elementwise(op) and any(self._of_an_element(a, depth + 1) for a in op.args)

    def _sums(self) -> None:
        changed = True
        while changed:
            changed = False
            for op in self.sums:
                for x, y in (op.args[:2], op.args[1::-1]):
                    changed = self._summand(x, y, op) or changed

    def _summand(self, x: Atom, y: Atom, op: Op) -> bool:
        """What x is, beside y in a sum; whether that is new."""
        if self.ranks.known(x) is not None:
            return False
        whole = self.ranks.known(op.out)
        if whole and x in self.made and not self._has_new_axis(y):
            return self.ranks.assume(x, 1 << whole)
        made = self.evidence.definition.get(x) if isinstance(x, Var) else None
        if made is not None and made.fn == "numpy.diag" and self.ranks.known(y) == 2:
            return self.ranks.assume(x, MATRIX_BIT)  # what stands on the diagonal is a vector
        if x not in self.given and x not in self.rows:
            return False
        if whole == 1 and (y in self.given or y in self.rows):
            return self.ranks.assume(x, VECTOR_BIT)  # as the products with the sum want it
        if whole == 2 and x in self.rows and not self.ranks.may_be(x, MATRIX_BIT):
            return self.ranks.assume(x, VECTOR_BIT)  # one of the points that are compared with others, row by row
        beside = self.ranks.known(y)
        if op.fn == "operator.add" and self._is_of_points(y):
            return False  # a number for all points, or one for each
        if beside == 1 and op.fn == "operator.sub" and x is op.args[1] and not self.ranks.may_be(x, NUMBER_BIT):
            return self.ranks.assume(x, VECTOR_BIT)  # an array that is taken off a vector: what was observed
        if y not in self.made:
            return False
        return (beside == 1 or beside == 2 and self._congruence(y)) and self.ranks.assume(x, 1 << beside)

    def _is_of_points(self, atom: Atom) -> bool:
        """Whether a value is `X @ w`, with a number for each of the points that are the rows of X."""
        op = self.evidence.definition.get(atom) if isinstance(atom, Var) else None
        if op is None or op.fn not in PRODUCTS or not isinstance(op.args[0], Var):
            return False
        return self.named.get(op.args[0], op.args[0].hint) == "X"

    def _has_new_axis(self, atom: Atom) -> bool:
        """Whether a value is `y[:, None]`, say: what stands beside it has fewer dimensions than the sum, as likely as not."""
        op = self.evidence.definition.get(atom) if isinstance(atom, Var) else None
        key = self.evidence.definition.get(op.args[1]) if op is not None and op.fn in READS else None  # type: ignore[arg-type]
        parts = key.args if key is not None and key.fn == "tuple" else ()
        return any(isinstance(a, Lit) and a.value is None for a in parts)

    def _congruence(self, atom: Atom) -> bool:
        """Whether a value is A @ P @ A.T."""
        op = self.evidence.definition.get(atom) if isinstance(atom, Var) else None
        if op is None or op.fn not in PRODUCTS:
            return False
        left, right = (self.evidence.definition.get(a) if isinstance(a, Var) else None for a in op.args)
        if left is None or right is None or right.fn != "numpy.transpose" or left.fn not in PRODUCTS:
            return False
        return left.args[0] is right.args[0]

    def _product(self, op: Op) -> bool:
        """Read the operands of `A @ x`, where both are clear; whether that is new."""
        x, y = op.args
        if x is y and isinstance(x, Var) and not self.named.get(x, x.hint)[:1].isupper():
            return self.ranks.known(x) is None and self.ranks.assume(x, VECTOR_BIT)  # the square of a length
        left, right = self._drawn(x), self._drawn(y)
        if left == MATRIX_BIT and not right and isinstance(y, Var) and self.named.get(y, "")[:1].islower():
            right = VECTOR_BIT  # to the left of a matrix, it may as well be a matrix of rows
        if not left or not right:
            return False
        new = self.ranks.known(x) is None and self.ranks.assume(x, left)
        return self.ranks.known(y) is None and self.ranks.assume(y, right) or new

    def _drawn(self, atom: Atom) -> int:
        """The rank as a mask, where it is known or the name stands for it: a capital is a matrix."""
        known = self.ranks.known(atom)
        if known is not None:
            return 1 << known if known in (1, 2) else 0
        if atom in self.rows:
            return MATRIX_BIT if atom.hint[:1].isupper() else VECTOR_BIT
        name = self.named.get(atom, atom.hint) if isinstance(atom, Var) else ""
        return MATRIX_BIT if name[:1].isupper() else 0


def read_ranks(evidence: Evidence, scalar_output: bool) -> Ranks | None:
    """The ranks of a function's values, by its operations and by what people mean by them."""
    ranks = Ranks(evidence)
    if not ranks.solve(scalar_output):
        return None
    Readings(ranks).read()
    return ranks
