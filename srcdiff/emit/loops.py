"""Loops as people write them: over the elements where the index only serves to read them.

for i in range(len(xs)): x = xs[i]   ->   for x in xs
"""

from __future__ import annotations

from srcdiff.analysis.aliases import NOT_VARIABLES, Sharing
from srcdiff.analysis.storage_kinds import WRITES, changed_by
from srcdiff.ir.builder import is_effect, literal
from srcdiff.ir.nodes import UNDEF, Atom, Block, Function, If, Iter, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import INT, Any, Array, Opaque, Sequence, rank
from srcdiff.ir.walk import blocks_of, definitions, operands, outs, statements, substitute
from srcdiff.optimize.slice_elements import sliced_from


def tidy_loops(function: Function, sharing: Sharing) -> bool:
    """Walk sequences by their elements; let the test of a `while` read what the body carries (changes the function).

    Whether there are other variables than before.
    """
    changed = False
    made = {stmt.out: stmt for stmt in statements(function.body) if isinstance(stmt, Op)}
    counted: dict[Stmt, list[Op]] = {}
    for stmt in list(statements(function.body)):
        if isinstance(stmt, Loop):
            if stmt.cond is not None:
                substitute(stmt.cond, dict(zip(stmt.cond.params, stmt.carried)))
                stmt.cond.params = []
                changed = True
            changed = _walk_elements(stmt, made, sharing, counted) or changed
            _sort_collected(stmt)
            _leave_last(stmt)
    if counted:
        _put_before(function.body, counted)
    return changed


def _put_before(block: Block, counted: dict[Stmt, list[Op]]) -> None:
    """Compute before each loop what it counts through."""
    block.body = [s for stmt in block.body for s in (*counted.get(stmt, ()), stmt)]
    for stmt in block.body:
        for inner in blocks_of(stmt):
            _put_before(inner, counted)


def _leave_last(loop: Loop) -> None:
    """Decide at the end of the body whether to leave, where what follows the decision does not depend on it."""
    body, code = loop.body.body, loop.body.results[0]
    at = next((i for i, s in enumerate(body) if isinstance(s, If) and code in s.outs), None)
    if at is None or at == len(body) - 1:
        return
    decided = set(outs(body[at]))
    for stmt in body[at + 1 :]:
        pure = isinstance(stmt, Op) and stmt.fn not in WRITES and not is_effect(stmt.fn)
        if not pure or stmt.fn == "srcdiff.check_rank" or any(a in decided for a in operands(stmt)):  # type: ignore[union-attr]
            return
    body.append(body.pop(at))


def _sort_collected(loop: Loop) -> None:
    """Push what is known first, first: tape.append((h_prev, h))."""
    first = 1 + len(loop.inits)
    if len(loop.outs) < first + 2:
        return
    made = {out: (k, stmt) for k, stmt in enumerate(loop.body.body) for out in outs(stmt)}
    pairs = list(zip(loop.body.results[first:], loop.outs[first:]))
    pairs.sort(key=lambda pair: _place(pair[0], made))
    loop.body.results[first:] = [result for result, _ in pairs]
    loop.outs[first:] = [out for _, out in pairs]


def _place(atom: Atom, made: dict[Var, tuple[int, Stmt]]) -> tuple[int, ...]:
    """Where a value is made; what an arm of a branch makes, in the order of the arm."""
    if not isinstance(atom, Var) or atom not in made:
        return (-1,)
    k, stmt = made[atom]
    found: tuple[int, ...] = (k,)
    while isinstance(stmt, If):
        place = stmt.outs.index(atom)
        arm = stmt.orelse if _absent(stmt.then.results[place]) else stmt.then
        atom = arm.results[place]
        at = next((i for i, s in enumerate(arm.body) if atom in outs(s)), -1)
        found = (*found, at)
        if at < 0 or not isinstance(atom, Var):
            break
        stmt = arm.body[at]
    return found


def _absent(atom: Atom) -> bool:
    return isinstance(atom, Lit) and atom.value is UNDEF


def range_bounds(atom: Atom, made: dict[Var, Op]) -> tuple[Atom, ...] | None:
    op = made.get(atom) if isinstance(atom, Var) else None
    return op.args if op is not None and op.fn == "builtins.range" else None


def length_of(atom: Atom, made: dict[Var, Op]) -> Atom | None:
    """xs, where the atom is len(xs) or xs.shape[0]."""
    op = made.get(atom) if isinstance(atom, Var) else None
    if op is None:
        return None
    if op.fn == "builtins.len":
        return op.args[0]
    if op.fn == "operator.getitem" and isinstance(op.args[1], Lit) and op.args[1].value == 0:
        shape = made.get(op.args[0]) if isinstance(op.args[0], Var) else None
        if (
            shape is not None
            and shape.fn == "getattr"
            and isinstance(shape.args[1], Lit)
            and shape.args[1].value == "shape"
        ):
            return shape.args[0]
    return None


def counts(walked: Iter, made: dict[Var, Op]) -> Atom | None:
    """xs, where `walked` is range(len(xs))."""
    bounds = range_bounds(walked.seq, made)
    if bounds is None or not (
        len(bounds) == 1 or (len(bounds) == 2 and isinstance(bounds[0], Lit) and bounds[0].value == 0)
    ):
        return None
    return length_of(bounds[-1], made)


def _walk_elements(loop: Loop, made: dict[Var, Op], sharing: Sharing, counted: dict[Stmt, list[Op]]) -> bool:
    changed = False
    for k, walked in enumerate(loop.iters):
        seq, index = counts(walked, made), loop.targets[k]
        if isinstance(seq, Var) and _indexable(seq) and seq not in definitions(loop.body):
            counted.setdefault(loop, []).extend(_read_from_slice(loop, k, seq, made))
            changed = _walk_element(loop, k, seq, index, sharing) or changed
    return changed


def _read_from_slice(loop: Loop, k: int, seq: Var, made: dict[Var, Op]) -> list[Op]:
    """Where an index only counts elements behind the start of what `seq` is a slice of: walk through the slice, if they
    are only read, or else count from there. What that takes before the loop.

    for i in range(len(rows[1:])): ... rows[i + 1]   ->   for i in range(1, len(rows)): ... rows[i]
    """
    whole = sliced_from(made[seq], made) if seq in made else None
    if whole is None:
        return []
    (base, start), index, results = whole, loop.targets[k], set(_results(loop))
    uses = [s for s in statements(loop.body) if index in operands(s)]
    later: dict[Var, Stmt] = {
        s.out: s
        for s in uses
        if isinstance(s, Op) and s.fn == "operator.add" and isinstance(s.args[1], Lit) and s.args[1].value == start
    }
    if not later or len(later) < len(uses) or index in results:
        return []
    reads = [s for s in statements(loop.body) if any(isinstance(a, Var) and a in later for a in operands(s))]
    for block in (inner for s in [loop, *statements(loop.body)] for inner in blocks_of(s)):
        block.body = [s for s in block.body if s not in later.values()]
    substitute(loop.body, dict.fromkeys(later, index))
    if all(isinstance(s, Op) and s.fn == "operator.getitem" and s.args[0] is base for s in reads):
        if not results & later.keys():
            for read in reads:
                read.args = seq, index  # type: ignore[union-attr]
            return []
    length, counted = Var("", INT), Var("", Opaque("range"))
    loop.iters[k] = Iter(counted, loop.iters[k].reverse)
    return [
        Op("builtins.len", (base,), (), length, loop.loc),
        Op("builtins.range", (literal(start), length), (), counted, loop.loc),
    ]


def _walk_element(loop: Loop, k: int, seq: Var, index: Var, sharing: Sharing) -> bool:
    """Bind the element instead of its index, where the index serves for nothing else; whether it does."""
    uses = [s for s in statements(loop.body) if index in operands(s)]
    reads = [s for s in uses if isinstance(s, Op) and s.fn == "operator.getitem" and s.args == (seq, index)]
    if not reads or len(reads) != len(uses) or index in _results(loop) or _written(seq, loop, sharing):
        return False
    if any(s not in loop.body.body for s in reads):
        return False
    element = reads[0].out
    loop.body.params[k] = element
    loop.iters[k] = Iter(seq, loop.iters[k].reverse)
    for read in reads:
        loop.body.body.remove(read)
        if read.out is not element:
            substitute(loop.body, {read.out: element})
            element.hint = element.hint or read.out.hint
    if not element.hint:
        element.hint = _singular(seq.hint)
    return True


def _indexable(seq: Var) -> bool:
    """Whether the elements are what the indices count: of anything but a dict, or an array of no dimension."""
    if isinstance(seq.type, Array):
        return bool(rank(seq.type)) or isinstance(seq.type.shape, frozenset)
    return isinstance(seq.type, (Sequence, Any))


def _singular(name: str) -> str:
    """x for xs: what one would call an element."""
    return name[:-1] if len(name) > 1 and name.endswith("s") else ""


def _results(loop: Loop) -> list[Atom]:
    found: list[Atom] = []
    stack = [loop.body]
    while stack:
        block = stack.pop()
        found += block.results
        for stmt in block.body:
            stack += blocks_of(stmt)
    return found


def _written(seq: Var, loop: Loop, sharing: Sharing) -> bool:
    stmts: list[Stmt] = list(statements(loop.body))
    return any(sharing.of(a) & sharing.of(seq) & ~NOT_VARIABLES for stmt in stmts for a in changed_by(stmt))
