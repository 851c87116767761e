"""What a region's adjoint needs of its primal: saved as small as it is, or computed again where that is cheap.

The residuals of a region are the free variables of its adjoint that its primal defines. An index, a shape, a sign, an element
of an array that nobody writes is computed again; the rest goes on a tape, or becomes a result of the branch.
"""

from __future__ import annotations

from srcdiff.analysis.storage_kinds import changed_by
from srcdiff.ir.builder import operation_key
from srcdiff.ir.nodes import Atom, Block, Lit, Op, Stmt, Var
from srcdiff.ir.types import INT, Array, Opaque, is_scalar
from srcdiff.ir.walk import blocks_of, definitions, free_vars, operands, statements, substitute
from srcdiff.rules import RULES

MOST = 4  # operations that are done again rather than that one value is saved
MOST_OF_INDICES = 12  # rather than that an index is saved
INDICES = frozenset({"slice", "tuple", "list"})  # what costs nothing beside what it holds
_CHEAP_ALWAYS = frozenset(
    "slice tuple getattr builtins.len builtins.range builtins.isinstance numpy.transpose operator.neg".split()
    + ["operator.is_", "operator.is_not"]
)
_CHEAP_ON_SCALARS = frozenset(
    f"operator.{name}" for name in "add sub mul truediv floordiv mod eq ne lt le gt ge not_ pos".split()
)
_SAFE = frozenset(f"operator.{name}" for name in "add sub mul neg".split())  # they raise nothing where shapes agree


def written(block: Block) -> set[Var]:
    """The variables of which some write makes a new version."""
    return {atom for stmt in statements(block) for atom in changed_by(stmt) if isinstance(atom, Var)}


def _is_word(value: object) -> bool:
    return value is None or isinstance(value, str)


def is_cheap(op: Op, overwritten: set[Var]) -> bool:
    """Whether an operation is better done again than saved."""
    if op.fn in _CHEAP_ALWAYS:
        return True
    if op.fn in ("operator.eq", "operator.ne") and any(isinstance(a, Lit) and _is_word(a.value) for a in op.args):
        return True
    if op.fn in _CHEAP_ON_SCALARS:
        return is_scalar(op.out.type) and all(is_scalar(a.type) for a in op.args)
    if op.fn == "list":  # an index
        return op.out not in overwritten and all(a.type == INT for a in op.args)
    return _is_unwritten(op, overwritten)


def _is_unwritten(op: Op, overwritten: set[Var]) -> bool:
    """Whether an operation reads an element of what nobody writes to."""
    return op.fn == "operator.getitem" and (op.args[0] not in overwritten or isinstance(op.args[0].type, Opaque))


def take_values(primal: Block, adjoint: Block) -> None:
    """Let the adjoint take from the primal what it calculates as well, where that is a residual anyway."""
    needed = set(free_vars(adjoint))
    at_hand = {
        operation_key(op.fn, op.args, op.kwargs): op.out
        for op in primal.body
        if isinstance(op, Op) and op.out in needed and op.fn in RULES and RULES[op.fn].kind == "elementwise"
    }
    same: dict[Var, Atom] = {}

    def visit(block: Block) -> None:
        kept: list[Stmt] = []
        for stmt in block.body:
            value = at_hand.get(operation_key(stmt.fn, stmt.args, stmt.kwargs)) if isinstance(stmt, Op) else None
            if value is not None and isinstance(stmt, Op):
                same[stmt.out] = value
            else:
                kept.append(stmt)
            for inner in blocks_of(stmt):
                visit(inner)
        block.body = kept

    if at_hand:
        visit(adjoint)
        substitute(adjoint, same)


def is_outer(op: Op) -> bool:
    """Whether a sum or product spreads two smaller arrays over a larger one: that holds far more than they do."""
    if op.fn not in _SAFE or len(op.args) != 2 or not isinstance(op.out.type, Array):
        return False
    whole = _extents(op.out.type)
    return whole > 1 and all(isinstance(a.type, Array) and 0 < _extents(a.type) < whole for a in op.args)


def _spread(block: Block) -> set[Var]:
    """The outer sums and products of a block, and what it calculates with them element by element."""
    found: set[Var] = set()
    for op in block.body:
        if isinstance(op, Op):
            rule = RULES.get(op.fn)
            elementwise = op.fn in _SAFE or rule is not None and rule.kind == "elementwise"
            if is_outer(op) or elementwise and any(a in found for a in op.args):
                found.add(op.out)
    return found


def _extents(t: Array) -> int:
    """How many axes of an array are longer than 1, for all that is known; 0 where the rank is not known."""
    return sum(d != 1 for d in t.shape) if isinstance(t.shape, tuple) else 0


def is_safe(op: Op) -> bool:
    """Whether an operation costs little and raises nothing, so that it can be done where a loop may not run at all."""
    rule = RULES.get(op.fn)
    divisor = op.args[1] if op.fn == "operator.truediv" else None
    by_number = isinstance(divisor, Lit) and isinstance(divisor.value, int | float) and divisor.value != 0
    plain = op.fn in _SAFE or op.fn.startswith("numpy.") and rule is not None and rule.kind == "elementwise"
    shapes = [a.type.shape for a in op.args if isinstance(a.type, Array) and a.type.shape != ()]
    numeric = all(isinstance(a.type, Array) for a in op.args)
    return (plain or by_number) and numeric and not op.kwargs and all(shape == shapes[0] for shape in shapes)


class Residuals:
    """The residuals of one region: `saved`, in order, and the operations that make the rest from them."""

    def __init__(
        self,
        primal: Block,
        adjoint: list[Block],
        given: list[Var],
        overwritten: set[Var],
        final: dict[Var, list[Op]],
        taped: bool = False,
    ) -> None:
        inside = set(definitions(primal))
        self.defining = {s.out: s for s in primal.body if isinstance(s, Op)}
        self.order = {out: k for k, out in enumerate(self.defining)}
        self.read_late: set[Var] = set()
        for v in [v for v, op in self.defining.items() if v in final and not _is_unwritten(op, overwritten)]:
            for op in final[v]:
                self.defining[op.out] = op
                self.read_late.add(op.out)
                inside.add(op.out)
                self.order[op.out] = self.order[v]
        self.overwritten = overwritten
        self.spread = _spread(primal) if taped else set()  # what is saved is kept for each iteration
        self.given = set(given)  # what the adjoint has anyway: the target of a range that it walks as well
        free = dict.fromkeys(v for block in adjoint for v in free_vars(block))
        self.needed = [v for v in free if v in inside and v not in self.given]
        self.inside = inside
        self.saved: list[Var] = []
        self.again: list[Op] = []
        self._choose()

    def constants(self) -> list[Op]:
        """Operations of which the values are the same in each iteration: they are done once, rather than saved."""
        found: dict[Var, Op] = {}
        self.saved = [v for v in self.saved if not self._constant(v, found)]
        return list(found.values())

    def _constant(self, atom: Atom, found: dict[Var, Op], depth: int = 0) -> bool:
        if not isinstance(atom, Var) or atom not in self.inside:
            return depth > 0 and atom not in self.overwritten
        op = self.defining.get(atom)
        if atom in found or op is None or depth > MOST or not is_safe(op):
            return atom in found
        if not all(self._constant(a, found, depth + 1) for a in op.args):
            return False
        found[atom] = op
        return True

    def _choose(self) -> None:
        must = [v for v in self.needed if not self._candidate(v)]
        self.saved = list(must)
        remade: dict[Var, None] = {}
        for var in sorted((v for v in self.needed if self._candidate(v)), key=self.order.__getitem__):
            plan = self._plan(var, remade)
            if plan is None and (self._save_number(var, remade) or self._save_smaller(var, remade)):
                plan = self._plan(var, remade)
            most = MOST_OF_INDICES if self.defining[var].fn in INDICES else MOST
            if plan is None or sum(self.defining[v].fn not in INDICES for v in plan) > most:
                self.saved.append(var)
            else:
                remade.update(plan)
        placed: dict[Var, Op] = {}
        for var in sorted(remade, key=self.order.__getitem__):
            self._place(var, remade, placed)
        self.again = list(placed.values())

    def _place(self, var: Atom, remade: dict[Var, None], placed: dict[Var, Op]) -> None:
        """Put an operation behind those that it needs: what is read late needs what is made late."""
        if isinstance(var, Var) and var in remade and var not in placed:
            for operand in operands(self.defining[var]):
                self._place(operand, remade, placed)
            placed[var] = self.defining[var]

    def _save_number(self, var: Var, remade: dict[Var, None]) -> bool:
        """Rather than a range or an index, save the one number that is missing to make it again."""
        if self.defining[var].fn not in INDICES and self.defining[var].fn != "builtins.range":
            return False
        missing: dict[Var, None] = {}
        todo, operations = [var], 0
        while todo and operations <= MOST:
            atom = todo.pop()
            plan = self._plan(atom, remade)
            if plan is not None:
                operations += len(plan)
            elif self._candidate(atom):
                operations += self.defining[atom].fn not in INDICES
                todo += [a for a in operands(self.defining[atom]) if isinstance(a, Var)]
            else:
                missing[atom] = None
        number = next(iter(missing), None)
        if number is None or len(missing) > 1 or operations > MOST or not is_scalar(number.type):
            return False
        self.saved.append(number)
        return True

    def _save_smaller(self, var: Var, remade: dict[Var, None]) -> bool:
        """Rather than an outer sum or product, save the smaller arrays that it is made of."""
        if not is_outer(self.defining[var]):
            return False
        missing: dict[Var, None] = {}
        todo = [var]
        while todo:
            for operand in operands(self.defining[todo.pop()]):
                if isinstance(operand, Var) and self._plan(operand, remade) is None:
                    if self._candidate(operand):
                        todo.append(operand)
                    else:
                        missing[operand] = None
        self.saved += missing
        return True

    def _candidate(self, var: Var) -> bool:
        op = self.defining.get(var)
        if op is None or var in self.read_late:
            return op is not None
        return is_cheap(op, self.overwritten) or var in self.spread and op.fn in _SAFE

    def _plan(self, var: Atom, remade: dict[Var, None]) -> dict[Var, None] | None:
        """What must be made again for `var`, or None where that needs more than what is saved."""
        if (
            not isinstance(var, Var)
            or var not in self.inside
            or var in self.given
            or var in self.saved
            or var in remade
        ):
            return {}
        if not self._candidate(var):
            return None
        plan: dict[Var, None] = {}
        for operand in operands(self.defining[var]):
            part = self._plan(operand, {**remade, **plan})
            if part is None:
                return None
            plan.update(part)
        plan[var] = None
        return plan
