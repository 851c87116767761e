"""Walks forwards where the order of the iterations does not matter: loops of the derivative that only add to sums.

for i in reversed(range(n)):          for i in range(n):
    x_bar[i] += y_bar * a[i]      ->      x_bar[i] += y_bar * a[i]
"""

from __future__ import annotations

from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import NEXT, Atom, Block, Call, Function, Iter, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import Array, Opaque
from srcdiff.ir.walk import outs, statements, use_counts
from srcdiff.optimize.dead import has_effect

# what adds to its first operand, or to a part of it
ADDS = frozenset(
    {"srcdiff.addto", "srcdiff.scatter_add", "srcdiff.add", "operator.iadd", "operator.add", "operator.sub"}
)
EITHER = frozenset({"operator.add"})  # the sum may be the second operand


def walk_forwards(function: Function, primal: set[Var], main: bool) -> None:
    """Turn around the derivative's own loops that walk backwards for no reason (in place).

    What comes into a function other than the `main` one may be tapes, which are popped from their ends."""
    loops = [s for s in statements(function.body) if isinstance(s, Loop) and _may_turn(s, primal)]
    if not loops:
        return
    plain = _made(function)
    if main:
        plain.update(p.var for p in function.params)
    counts = use_counts(function)
    for loop in [s for s in statements(function.body) if isinstance(s, Loop)]:
        plain.update(t for t, it in zip(loop.targets, loop.iters) if _is_plain(it, plain))
    for loop in loops:
        if all(_is_plain(it, plain) for it in loop.iters) and _only_adds(loop, counts):
            loop.iters = [Iter(it.seq) for it in loop.iters]
            for target in loop.targets:
                if target not in counts:
                    target.hint = ""  # it only counts


def _may_turn(loop: Loop, primal: set[Var]) -> bool:
    backwards = bool(loop.iters) and all(it.reverse for it in loop.iters)
    ends = loop.body.results[0]
    runs = isinstance(ends, Lit) and ends.value == NEXT and len(loop.body.results) == 1 + len(loop.inits)
    return backwards and runs and primal.isdisjoint(loop.outs) and not any(map(has_effect, loop.body.body))


def _made(function: Function) -> set[Var]:
    """What operations, branches and calls make, and what loops carry: no tapes, nor what is read from tapes."""
    found: set[Var] = set()
    for stmt in statements(function.body):
        if isinstance(stmt, Loop):
            found.update(stmt.outs[1 : 1 + len(stmt.inits)])
        elif not isinstance(stmt, Op) or stmt.fn != "operator.getitem":
            found.update(outs(stmt))
    return found


def _is_plain(it: Iter, made: set[Var]) -> bool:
    return it.seq in made or isinstance(it.seq.type, Opaque) and it.seq.type.name == "range"


def _only_adds(loop: Loop, counts: dict[Var, int]) -> bool:
    """Whether each iteration adds to all that the loop carries, and reads nothing of it."""
    readers = _readers(loop.body)
    return all(_sum_of(r, c, readers, counts) for c, r in zip(loop.carried, loop.body.results[1:]))


def _readers(block: Block) -> dict[Var, list[Stmt]]:
    found: dict[Var, list[Stmt]] = {}
    for stmt in block.body:
        atoms = stmt.inits if isinstance(stmt, Loop) else stmt.args if isinstance(stmt, Op | Call) else ()
        for var in {a: None for a in atoms if isinstance(a, Var)}:
            found.setdefault(var, []).append(stmt)
    return found


def _sum_of(end: Atom, start: Var, readers: dict[Var, list[Stmt]], counts: dict[Var, int]) -> bool:
    """Whether `end` is `start` with more added to it, and nothing else reads what is in between."""
    version = start
    while version is not end:
        stmt = readers.get(version, [None])[0]
        following = _element(version, readers, counts) if counts.get(version) == 2 else None
        if following is None and counts.get(version) == 1 and isinstance(stmt, Op) and _adds(stmt):
            if version is stmt.args[0] or stmt.fn in EITHER and version is stmt.args[1]:
                following = stmt.out
        elif following is None and counts.get(version) == 1 and isinstance(stmt, Loop):
            k = stmt.inits.index(version)
            inner = _readers(stmt.body)
            if _sum_of(stmt.body.results[k + 1], stmt.carried[k], inner, counts):
                following = stmt.outs[k + 1]
        if following is None:
            return False
        version = following
    return counts.get(version) == 1


def _adds(op: Op) -> bool:
    """Whether an operation adds to a sum; `+` of lists joins them."""
    return op.fn in ADDS and (op.fn.startswith("srcdiff.") or isinstance(op.out.type, Array))


def _element(whole: Var, readers: dict[Var, list[Stmt]], counts: dict[Var, int]) -> Var | None:
    """The version of a list after something was added to an element, which was read and put back."""
    pair = readers.get(whole, [])
    if len(pair) != 2 or not all(isinstance(s, Op) and s.args[0] is whole for s in pair):
        return None
    read, write = pair
    assert isinstance(read, Op) and isinstance(write, Op)
    if (
        read.fn != "operator.getitem"
        or write.fn != "operator.setitem"
        or atom_key(read.args[1]) != atom_key(write.args[1])
    ):
        return None
    return write.out if _sum_of(write.args[2], read.out, readers, counts) else None
