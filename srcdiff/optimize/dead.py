"""Removes what nothing uses: operations, results of branches, values that a loop carries, tapes.

t = np.sin(x); return x        ->  return x
for ...: carry unused          ->  for ...:
for ...: y = y (unchanged)     ->  y is its initial value
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from srcdiff.ir.builder import atom_key, is_effect
from srcdiff.ir.nodes import UNDEF, Atom, Block, Call, Function, If, Iter, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import Opaque
from srcdiff.ir.walk import blocks_of, operands, substitute


def has_effect(stmt: Stmt) -> bool:
    """Whether a statement does something besides defining its outs."""
    if isinstance(stmt, Op):
        return is_effect(stmt.fn)
    if isinstance(stmt, Call):
        return stmt.effect
    if isinstance(stmt, Loop) and not stmt.iters and stmt.cond is None:
        return True  # whether it ends is part of what the function does
    return any(has_effect(s) for blk in blocks_of(stmt) for s in blk.body)


def remove_dead(function: Function) -> Function:
    """The function without what does not reach its results or an effect (changes it in place)."""
    simplify_carried(function.body)
    found = Needs()
    collect(function.body, found)
    found.need([*found.roots, *function.body.results])
    while need_walks(found):
        pass
    _sweep(function.body, found)
    return function


@dataclass
class Needs:
    """What each variable is made of, and which variables something needs: one walk, then along the uses."""

    reads: dict[Var, Iterable[Atom]] = field(default_factory=dict)
    roots: list[Atom] = field(default_factory=list)  # what effects read, and where loops and branches with some go
    effects: set[Stmt] = field(default_factory=set)  # the loops and branches with an effect
    loops: list[Loop] = field(default_factory=list)
    live: set[Var] = field(default_factory=set)

    def need(self, atoms: Iterable[Atom]) -> None:
        live, reads, todo = self.live, self.reads, list(atoms)
        while todo:
            atom = todo.pop()
            if isinstance(atom, Var) and atom not in live:
                live.add(atom)
                todo += reads.get(atom, ())

    def keeps(self, stmt: If | Loop | Call) -> bool:
        return stmt in self.effects or not self.live.isdisjoint(stmt.outs)


def collect(block: Block, found: Needs) -> bool:
    """Note what the variables of a block read; whether it has an effect."""
    reads, effect = found.reads, False
    for stmt in block.body:
        if isinstance(stmt, Op):
            reads[stmt.out] = operands(stmt) if stmt.kwargs else stmt.args
            if is_effect(stmt.fn):
                effect = True
                found.roots += operands(stmt)
        elif isinstance(stmt, Call):
            for out in stmt.outs:
                reads[out] = stmt.args
            if stmt.effect:
                effect = True
                found.effects.add(stmt)
                found.roots += stmt.args
        elif _collect_if(stmt, found) if isinstance(stmt, If) else _collect_loop(stmt, found):
            effect = True
            found.effects.add(stmt)
    return effect


def _collect_if(stmt: If, found: Needs) -> bool:
    for out, a, b in zip(stmt.outs, stmt.then.results, stmt.orelse.results):
        found.reads[out] = (a, b, stmt.test)
    effect = collect(stmt.then, found)
    effect = collect(stmt.orelse, found) or effect
    if effect:
        found.roots.append(stmt.test)
    return effect


def _collect_loop(loop: Loop, found: Needs) -> bool:
    found.loops.append(loop)
    reads, body, n = found.reads, loop.body, len(loop.inits)
    ends = body.results[:1] if loop.cond is None else [body.results[0], *loop.cond.results]
    for target, walked in zip(loop.targets, loop.iters):
        reads[target] = (walked.seq,)
    for param, init, result, out in zip(loop.carried, loop.inits, body.results[1:], loop.outs[1:]):
        reads[param] = (init, result)
        reads[out] = (param, *ends)
    for out, element in zip(loop.outs[n + 1 :], body.results[n + 1 :]):
        reads[out] = (element, *ends)
    reads[loop.outs[0]] = ends
    effect = not loop.iters and loop.cond is None  # whether it ends is part of what the function does
    if loop.cond is not None:
        reads.update((param, (carried,)) for param, carried in zip(loop.cond.params, loop.carried))
        effect = collect(loop.cond, found) or effect
    effect = collect(body, found) or effect
    if effect:
        found.roots += ends
    return effect


def need_walks(found: Needs) -> bool:
    """Let loops that read none of what they walk through walk through something; whether that needs more."""
    before = len(found.live)
    for loop in reversed(found.loops):
        if loop.iters and found.keeps(loop):
            found.need(loop.iters[i].seq for i in _walks(loop, found))
    return len(found.live) > before


def _walks(loop: Loop, found: Needs) -> list[int]:
    """The sequences whose elements the body reads; where there are none a range, which is short to write."""
    used = [i for i, target in enumerate(loop.targets) if target in found.live]
    return used or [next((i for i, walked in enumerate(loop.iters) if _is_range(walked)), 0)]


def _sweep(block: Block, found: Needs) -> None:
    kept: list[Stmt] = []
    for stmt in block.body:
        if isinstance(stmt, Op):
            if stmt.out in found.live or is_effect(stmt.fn):
                kept.append(stmt)
        elif found.keeps(stmt):
            kept.append(stmt)
            if isinstance(stmt, If):
                _trim_if(stmt, found)
            elif isinstance(stmt, Loop):
                _trim_loop(stmt, found)
    block.body = kept


def _trim_if(node: If, found: Needs) -> None:
    keep = [i for i, out in enumerate(node.outs) if out in found.live]
    node.outs = [node.outs[i] for i in keep]
    for arm in (node.then, node.orelse):
        arm.results = [arm.results[i] for i in keep]
        _sweep(arm, found)


def _trim_loop(loop: Loop, found: Needs) -> None:
    n = len(loop.inits)
    body, outs, carried = loop.body, loop.outs, loop.carried
    keep = [i for i in range(n) if carried[i] in found.live]
    tapes = [i for i in range(n + 1, len(outs)) if outs[i] in found.live]
    walks = _walks(loop, found) if loop.iters else []
    body.params = [*(loop.targets[i] for i in walks), *(carried[i] for i in keep)]
    body.results = [body.results[0], *(body.results[i + 1] for i in keep), *(body.results[i] for i in tapes)]
    loop.iters = [loop.iters[i] for i in walks]
    loop.inits = [loop.inits[i] for i in keep]
    loop.outs = [outs[0], *(outs[i + 1] for i in keep), *(outs[i] for i in tapes)]
    _sweep(body, found)
    if loop.cond is not None:
        loop.cond.params = [loop.cond.params[i] for i in keep]
        _sweep(loop.cond, found)


def _is_range(it: Iter) -> bool:
    return isinstance(it.seq.type, Opaque) and it.seq.type.name == "range"


def simplify_carried(block: Block) -> None:
    """Replace what a loop carries unchanged by its initial value, and results of a branch that agree by that value."""
    mapping: dict[Var, Atom] = {}
    _simplify(block, mapping)
    if mapping:
        resolved = {var: _resolve(atom, mapping) for var, atom in mapping.items()}
        substitute(block, resolved)


def _resolve(atom: Atom, mapping: dict[Var, Atom]) -> Atom:
    while isinstance(atom, Var) and atom in mapping:
        atom = mapping[atom]
    return atom


def _simplify_twins(loop: Loop, mapping: dict[Var, Atom]) -> None:
    """Replace a carried value by another that starts as the same value, and goes on as the same in each iteration."""
    first: dict[object, int] = {}
    for i, (init, result) in enumerate(zip(loop.inits, loop.body.results[1:])):
        if loop.carried[i] in mapping:
            continue
        k = first.setdefault((atom_key(_resolve(init, mapping)), atom_key(_resolve(result, mapping))), i)
        if k == i:
            continue
        kept = loop.carried[k]
        kept.hint = kept.hint or loop.carried[i].hint
        mapping[loop.carried[i]], mapping[loop.outs[i + 1]] = kept, loop.outs[k + 1]
        if loop.cond is not None:
            mapping[loop.cond.params[i]] = loop.cond.params[k]


def _simplify(block: Block, mapping: dict[Var, Atom]) -> None:
    for stmt in block.body:
        for inner in blocks_of(stmt):
            _simplify(inner, mapping)
        if isinstance(stmt, Loop):
            for param, init, result, out in zip(stmt.carried, stmt.inits, stmt.body.results[1:], stmt.outs[1:]):
                if _resolve(result, mapping) is param:
                    mapping[param] = mapping[out] = init
                    if stmt.cond is not None:
                        mapping[stmt.cond.params[stmt.carried.index(param)]] = init
            _simplify_twins(stmt, mapping)
        elif isinstance(stmt, If):
            for out, a, b in zip(stmt.outs, stmt.then.results, stmt.orelse.results):
                a, b = _resolve(a, mapping), _resolve(b, mapping)
                if atom_key(a) == atom_key(b) and not (isinstance(a, Lit) and a.value is UNDEF):
                    mapping[out] = a
