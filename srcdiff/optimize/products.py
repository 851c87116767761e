"""Brings products and sums of the derivative's own to a normal form, as one writes them by hand.

    y_bar * (2 * x) * 4   ->  8 * y_bar * x         literals and sign first, one fraction
    a * s + b * s         ->  (a + b) * s           a factor of all terms is taken out
    x * x**4              ->  x**5                  for scalars, where the program had a power

A product is flattened through operands that nothing else uses, so that no work is done twice. The primal's own operations keep
their form, unless only a product of the derivative uses them.
"""

from __future__ import annotations

from collections.abc import Callable

from srcdiff.ir.builder import Builder, atom_key, literal, operation_key
from srcdiff.ir.nodes import Atom, Block, Function, Op, Stmt, Var
from srcdiff.ir.types import INT, is_scalar
from srcdiff.ir.walk import blocks_of, substitute, use_counts
from srcdiff.optimize.gather import drop_squeeze, gathered, is_linear
from srcdiff.optimize.rewrite import is_float, number
from srcdiff.optimize.scaled import numbers_apart, scaled_matrix, scaled_outer
from srcdiff.optimize.terms import (
    Product,
    collected,
    common,
    guarded_norm,
    is_arithmetic,
    reduced,
    remove,
    same_shape,
    short,
    unscaled,
)

ARITHMETIC = frozenset({"operator.mul", "operator.truediv", "operator.neg"})
MOST = 40  # factors of one product, or terms of one sum: more are left as they are
SUMS = frozenset({"operator.add", "operator.sub"})


class Normaliser:
    """Rewrites the roots of one block; `counts` says what is used once."""

    def __init__(self, builder: Builder, function: Function, primal: set[Var]) -> None:
        self.builder, self.primal = builder, primal
        builder.primal = primal
        self.counts = use_counts(function)
        self.order = {p.var: i for i, p in enumerate(function.params)}
        self.definition: dict[Var, Op] = {}  # of the block
        self.around: dict[Var, Op] = {}  # what has a sign in the blocks around it
        self.quotients: dict[tuple[object, object], Var] = {}  # of the primal, so far
        self.again: set[Var] = set()  # what operations share that are found to be equal
        self.same: dict[Var, Atom] = {}  # what turned out to be another value
        self.unsettled = False  # whether a sum was factored, or something has fewer uses than before

    def block(self, block: Block) -> None:
        outer, around = self.definition, self.around
        self.definition = {s.out: s for s in block.body if isinstance(s, Op)}
        self.quotients = {}
        shared, self.builder.shared = self.builder.shared, [{}]  # what the block's products have made so far
        inside = self._absorbed(block)
        body: list[Stmt] = []
        for stmt in block.body:
            if isinstance(stmt, Op) and self._is_root(stmt, inside):
                body += self._rewritten(stmt, lambda op: self.sum(op) if op.fn in SUMS else self.make(self.product(op)))
            elif isinstance(stmt, Op) and stmt.out not in self.primal and self._signed(stmt) is not None:
                body += self._signed_sum(stmt)
            elif isinstance(stmt, Op) and stmt.out not in self.primal:
                drop_squeeze(stmt, self._once)
                body += self._unscaled(stmt)
            else:
                body.append(stmt)
            if isinstance(stmt, Op) and stmt.fn == "operator.truediv" and stmt.out in self.primal:
                self.quotients[atom_key(stmt.args[0]), atom_key(stmt.args[1])] = stmt.out
        block.body, self.builder.shared = body, shared
        signed = {v: op for v, op in self.definition.items() if op.fn == "operator.neg"}
        self.around = around | signed if signed else around
        for stmt in block.body:
            for inner in blocks_of(stmt):
                self.block(inner)
        self.definition, self.around = outer, around

    def _own(self, atom: Atom, fns: frozenset[str]) -> Op | None:
        """The operation behind an operand that only one product uses."""
        if not isinstance(atom, Var) or self.counts.get(atom) != 1:
            return None
        op = self.definition.get(atom)
        return op if op is not None and op.fn in fns and is_arithmetic(op) else None

    def _once(self, atom: Atom) -> Op | None:
        """The derivative's own operation behind an operand that nothing else uses."""
        single = isinstance(atom, Var) and self.counts.get(atom) == 1 and atom not in self.primal
        return self.definition.get(atom) if single else None  # type: ignore[arg-type]

    def _absorbed(self, block: Block) -> set[Var]:
        """The variables that a product or sum around them takes in."""
        found: set[Var] = set()
        for stmt in block.body:
            if isinstance(stmt, Op) and stmt.out not in self.primal and stmt.fn in ARITHMETIC | SUMS:
                fns = ARITHMETIC if stmt.fn in ARITHMETIC else ARITHMETIC | SUMS
                found.update(a for a in stmt.args if isinstance(a, Var) and self._own(a, fns) is not None)
        return found

    def _is_root(self, op: Op, inside: set[Var]) -> bool:
        own = op.out not in inside and op.out not in self.primal and op.out.type != INT  # an int is the primal's
        return op.fn in ARITHMETIC | SUMS and own and is_arithmetic(op)

    def _rewritten(self, root: Op, make: Callable[[Op], Atom]) -> list[Stmt]:
        """The operations that make the root's value in its normal form."""
        with self.builder.block() as new:
            self.builder.loc = root.loc
            value = make(root)
        if root.fn == "operator.neg" and not new.body and isinstance(value, Var) and value.type == root.out.type:
            self.same[root.out] = self.same.get(value, value)  # -(-x)
            self.unsettled = True
            return []
        last = self.builder.definition.get(value) if isinstance(value, Var) else None
        if last is None or not new.body or last is not new.body[-1] or value.type != root.out.type:
            return [root]
        last.out.hint = root.out.hint
        del self.builder.definition[last.out]
        last.out = root.out
        self._made([op for op in new.body if isinstance(op, Op)], last)
        return new.body

    def _made(self, ops: list[Op], last: Op) -> None:
        """Take operations in: what they make of arrays for the last of them is there for others, too."""
        for used in [a for op in ops for a in op.args if a in self.again]:
            self.counts[used] += 1
            self.unsettled = True
        for op in ops:
            self.definition[op.out] = op
            if op is not last:
                self.counts[op.out] = 1
                if not is_scalar(op.out.type):
                    self.again.add(op.out)
                    self.builder.shared[0][operation_key(op.fn, op.args, op.kwargs)] = op.out

    def _unscaled(self, op: Op) -> list[Stmt]:
        """(d * A).T @ x -> d * (A.T @ x): the product is scaled rather than the matrix."""
        found = scaled_matrix(self._once, op)
        if found is None or found[1].fn not in ARITHMETIC or not is_arithmetic(found[1]) or not is_float(op.out):
            return [op]
        k, scaled, turned = found
        arrays = self.product(scaled)
        numbers = numbers_apart(arrays)
        if numbers is None:
            return [op]

        def make(op: Op) -> Atom:
            matrix = self.make(arrays)
            matrix = self.builder.emit("numpy.transpose", matrix) if turned else matrix
            numbers.over.append(self.builder.emit(op.fn, *((matrix, op.args[1]) if k == 0 else (op.args[0], matrix))))
            return self.make(numbers)

        self.unsettled = True
        return self._rewritten(op, make)

    def _signed(self, op: Op) -> int | None:
        """The operand that a linear operation on one, or the product of two vectors, takes with a sign."""
        linear = 1 if is_linear(op) else 2 if op.fn == "operator.matmul" and is_scalar(op.out.type) else 0
        return next((k for k, a in enumerate(op.args[:linear]) if self._negated(a) is not None), None)

    def _signed_sum(self, op: Op) -> list[Stmt]:
        """np.sum(-x) -> -np.sum(x)"""
        k = self._signed(op)
        minus = None if k is None else self._negated(op.args[k])
        if k is None or minus is None or not is_float(op.out):
            return [op]
        args = (*op.args[:k], minus, *op.args[k + 1 :])
        self.unsettled = True
        return self._rewritten(
            op, lambda op: self.builder.emit("operator.neg", self.builder.emit_op(op.fn, args, op.kwargs))
        )

    # products

    def product(self, op: Op) -> Product:
        p = Product()
        self._multiply(p, op, False)
        return unscaled(p, self.definition)

    def _multiply(self, p: Product, op: Op, inverse: bool, depth: int = 0) -> None:
        if op.fn == "operator.neg":
            p.coefficient = -p.coefficient
        self._factor(p, op.args[0], inverse, depth)
        if op.fn != "operator.neg":
            self._factor(p, op.args[1], inverse == (op.fn == "operator.mul"), depth)

    def _factor(self, p: Product, atom: Atom, inverse: bool, depth: int = 0) -> None:
        n = number(atom)
        own = self._own(atom, ARITHMETIC) if depth < MOST else None
        minus = self._negated(atom)
        if own is None and minus is not None:  # a sign is not worth a variable
            p.coefficient = -p.coefficient
            self._factor(p, minus, inverse, MOST)  # what has several uses is not made for each of them
        elif n is not None and (n != 0 or not inverse):
            if inverse and short(p.divisor, n):
                p.divisor *= n
            elif not inverse and short(p.coefficient, n):
                p.coefficient *= n
            else:  # 0.2 * 0.1 is no 0.02
                self.unsettled = True
                (p.under if inverse else p.over).append(atom)
        elif own is not None and not (inverse and own.fn == "operator.truediv"):
            self._multiply(p, own, inverse, depth + 1)
        else:
            (p.under if inverse else p.over).append(atom)

    def _negated(self, atom: Atom) -> Atom | None:
        op = self.definition.get(atom, self.around.get(atom)) if isinstance(atom, Var) else None
        if op is None or op.fn != "operator.neg" or not is_arithmetic(op) or (op.out.hint and op.out in self.primal):
            return None
        return op.args[0]

    def make(self, p: Product, beside: bool = False) -> Atom:
        """The product as one writes it: the literal, scalars (over scalars), arrays, then what divides the arrays.

        `beside` other terms of a sum, x / x may be just 1."""
        self._cancel(p, 0 if beside else 1)
        self._reuse(p)
        coefficient, divisor = reduced(p.coefficient, p.divisor)
        negative = coefficient < 0 and (abs(coefficient) == 1 or not p.over)  # else the literal has the sign: -2 * x
        coefficient = -coefficient if negative else coefficient
        over = self._powers(p.over)
        over.sort(key=self._rank)
        scalars = [a for a in over if is_scalar(a.type)]
        arrays = [a for a in over if not is_scalar(a.type)]
        early = [a for a in p.under if is_scalar(a.type)] if scalars or coefficient != 1 else []
        late = [a for a in p.under if a not in early]
        if isinstance(coefficient, float) and coefficient.is_integer() and any(map(is_float, over)):
            coefficient = int(coefficient)
        value: Atom | None = None if coefficient == 1 and over else literal(coefficient)
        if divisor != 1 and value is not None and number(value) is not None and not scalars:
            quotient = coefficient / divisor
            if len(repr(quotient)) <= 5 or not (early or late):
                value, divisor = literal(quotient), 1
            else:  # 1 / (3 * x), not 1 / 3 / x
                first = early if early else late
                first[0], divisor = self.builder.emit("operator.mul", literal(divisor), first[0]), 1
        value = self._chain("operator.mul", value, scalars)
        if value is not None:
            value = self._chain("operator.truediv", value, ([literal(divisor)] if divisor != 1 else []) + early)
            divisor = 1
        value = scaled_outer(self.builder, self._once, value, arrays) or self._chain("operator.mul", value, arrays)
        value = self._chain("operator.truediv", value, ([literal(divisor)] if divisor != 1 else []) + late)
        assert value is not None
        return self.builder.emit("operator.neg", value) if negative else value

    def _cancel(self, p: Product, least: int) -> None:
        """Take out what multiplies and divides, while so many factors are left; and a norm over itself (or 1) beside its x."""
        for divisor in list(p.under):
            norm = guarded_norm(self.definition, divisor)
            factors = {atom_key(a) for a in p.over}
            self.unsettled = self.unsettled or atom_key(divisor) in factors or norm is not None
            if norm is not None and {atom_key(norm.out), atom_key(norm.args[0])} <= factors:
                remove(p.over, norm.out)
                remove(p.under, divisor)
            elif atom_key(divisor) in factors and len(p.over) > least:
                remove(p.over, divisor)
                remove(p.under, divisor)

    def _reuse(self, p: Product) -> None:
        """a / b is written as the value of the primal that it is."""
        for a in p.over:
            for b in p.under:
                quotient = self.quotients.get((atom_key(a), atom_key(b)))
                if quotient is not None:
                    self.unsettled = True
                    p.over.remove(a)
                    p.under.remove(b)
                    p.over.insert(0, quotient)
                    return

    def _rank(self, factor: Atom) -> tuple[bool, bool, int]:
        """Where a factor stands: the arguments in their order, then the rest; calls of functions last, as in x * cos(x)."""
        op = self.definition.get(factor) if isinstance(factor, Var) else None
        if op is not None and not op.out.hint and not op.fn.startswith("operator.") and is_scalar(factor.type):
            return True, True, 0
        power = op is not None and op.fn == "operator.pow"
        base = op.args[0] if op is not None and power else factor
        position = self.order.get(base, len(self.order)) if isinstance(base, Var) else len(self.order)
        return False, op is not None and power and number(op.args[1]) is None, position

    def _chain(self, fn: str, value: Atom | None, operands: list[Atom]) -> Atom | None:
        for operand in operands:
            value = operand if value is None else self.builder.emit(fn, value, operand)
        return value

    def _powers(self, factors: list[Atom]) -> list[Atom]:
        """x * x**4 -> x**5 for scalars, where one of them was a power before."""
        groups: dict[object, list[Atom]] = {}
        for factor in factors:
            base, _, _ = self._base(factor)
            groups.setdefault(atom_key(base), []).append(factor)
        result: list[Atom] = []
        for group in groups.values():
            parts = [self._base(factor) for factor in group]
            if len(group) > 1 and is_scalar(parts[0][0].type) and any(power for _, _, power in parts):
                result.append(self.builder.emit("operator.pow", parts[0][0], literal(sum(n for _, n, _ in parts))))
            else:
                result += group
        return result

    def _base(self, factor: Atom) -> tuple[Atom, int, bool]:
        op = self.definition.get(factor) if isinstance(factor, Var) else None
        if op is not None and op.fn == "operator.pow" and self.counts.get(op.out) == 1:
            n = number(op.args[1])
            if isinstance(n, int) and n > 0 and is_scalar(op.args[0].type):
                return op.args[0], n, True
        return factor, 1, False

    # sums

    def sum(self, root: Op) -> Atom:
        terms: list[tuple[int, Product]] = []
        self._terms(root, 1, terms)
        given = len(terms)
        terms = gathered(self.builder, self._once, collected(terms))
        self.unsettled = self.unsettled or len(terms) < given
        terms.sort(key=lambda term: not self._accumulates(root, term))
        if len(terms) > 2 and self._accumulates(root, terms[0]):
            taken = all(sign < 0 for sign, _ in terms[1:])
            rest = [(-sign, p) if taken else (sign, p) for sign, p in terms[1:]]
            return self.builder.emit(f"operator.{'sub' if taken else 'add'}", terms[0][1].over[0], self._factored(rest))
        return self._factored(terms)

    def _factored(self, terms: list[tuple[int, Product]]) -> Atom:
        """The sum of terms, with what they have in common taken out."""
        common_over, common_under = common(terms) if len(terms) > 1 else ([], [])
        if not common_over and not common_under:
            return self._add(terms)
        self.unsettled = True
        for _, p in terms:
            for atom in common_over:
                remove(p.over, atom)
            for atom in common_under:
                remove(p.under, atom)
        coefficient = terms[0][1].coefficient
        alike = all(abs(p.coefficient) == abs(coefficient) and p.divisor == 1 for _, p in terms)
        if alike and abs(coefficient) not in (0, 1):
            for _, p in terms:
                one = p.coefficient / abs(coefficient)
                p.coefficient = int(one) if isinstance(coefficient, int) else one
        else:
            coefficient = 1
        inner = self._add(terms)
        if isinstance(inner, Var):
            self.counts[inner] = 2  # keep the sum whole
        over = [inner, *common_over]
        return self.make(Product(abs(coefficient), 1, over, common_under))

    def _terms(self, op: Op, sign: int, terms: list[tuple[int, Product]], depth: int = 0) -> None:
        for i, arg in enumerate(op.args):
            s = -sign if op.fn == "operator.sub" and i == 1 else sign
            own = self._own(arg, ARITHMETIC | SUMS)
            if own is not None and own.fn in SUMS and depth < MOST and same_shape(own.out, op.out):
                self._terms(own, s, terms, depth + 1)
                continue
            p = self.product(own) if own is not None and own.fn in ARITHMETIC else self._single(arg)
            if p.coefficient < 0:
                p.coefficient, s = -p.coefficient, -s
            terms.append((s, p))

    def _accumulates(self, root: Op, term: tuple[int, Product]) -> bool:
        """Whether a term is the sum's own earlier value, which stands first: `x_bar = x_bar + y` is `x_bar += y`."""
        sign, p = term
        alone = sign > 0 and p.coefficient == 1 and p.divisor == 1 and not p.under and len(p.over) == 1
        first = p.over[0] if alone else None
        return isinstance(first, Var) and bool(root.out.hint) and first.hint == root.out.hint

    def _single(self, atom: Atom) -> Product:
        product = Product()
        self._factor(product, atom, False)
        return product

    def _add(self, terms: list[tuple[int, Product]]) -> Atom:
        b = self.builder
        if all(sign < 0 for sign, _ in terms) and len(terms) > 1:
            return b.emit("operator.neg", self._add([(1, p) for _, p in terms]))
        ordered = terms if terms[0][0] > 0 else sorted(terms, key=lambda t: -t[0])
        total: Atom | None = None
        for sign, p in ordered:
            value = self.make(p, len(terms) > 1)
            if total is None:
                total = value if sign > 0 else b.emit("operator.neg", value)
            else:
                total = b.emit("operator.add" if sign > 0 else "operator.sub", total, value)
        assert total is not None
        return total


def normalise(function: Function, builder: Builder, primal: set[Var]) -> bool:
    """Bring the derivative's own products and sums to a normal form (in place); whether there may be more to do."""
    normaliser = Normaliser(builder, function, primal)
    normaliser.block(function.body)
    for same, value in normaliser.same.items():
        if isinstance(value, Var) and not value.hint and value not in primal:
            value.hint, value.of = same.hint, same.of
    substitute(function.body, normaliser.same)
    return normaliser.unsettled
