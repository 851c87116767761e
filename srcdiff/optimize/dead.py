"""Removes what nothing uses: operations, results of branches, values that a loop carries, tapes.

t = np.sin(x); return x        ->  return x
for ...: carry unused          ->  for ...:
for ...: y = y (unchanged)     ->  y is its initial value
"""

from __future__ import annotations

from srcdiff.ir.builder import atom_key, is_effect
from srcdiff.ir.nodes import UNDEF, Atom, Block, Call, Function, If, Iter, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.walk import blocks_of, operands, substitute


def has_effect(stmt: Stmt) -> bool:
    """Whether a statement does something besides defining its outs."""
    if isinstance(stmt, Op):
        return is_effect(stmt.fn)
    if isinstance(stmt, Loop) and not stmt.iters and stmt.cond is None:
        return True  # whether it ends is part of what the function does
    return any(has_effect(s) for blk in blocks_of(stmt) for s in blk.body)


def remove_dead(function: Function) -> Function:
    """The function without what does not reach its results or an effect (changes it in place)."""
    simplify_carried(function.body)
    live: dict[Var, None] = {}
    _use(function.body.results, live)
    _sweep(function.body, live)
    return function


def _use(atoms: list[Atom], live: dict[Var, None]) -> None:
    for atom in atoms:
        if isinstance(atom, Var):
            live[atom] = None


def _sweep(block: Block, live: dict[Var, None]) -> None:
    kept: list[Stmt] = []
    for stmt in reversed(block.body):
        outs = [stmt.out] if isinstance(stmt, Op) else stmt.outs
        if not any(o in live for o in outs) and not has_effect(stmt):
            continue
        if isinstance(stmt, If):
            _trim_if(stmt, live)
        elif isinstance(stmt, Loop):
            _trim_loop(stmt, live)
        _use(operands(stmt), live)
        kept.append(stmt)
    block.body = kept[::-1]


def _trim_if(node: If, live: dict[Var, None]) -> None:
    keep = [i for i, out in enumerate(node.outs) if out in live]
    node.outs = [node.outs[i] for i in keep]
    for arm in (node.then, node.orelse):
        arm.results = [arm.results[i] for i in keep]
        _use(arm.results, live)
        _sweep(arm, live)


def _trim_loop(loop: Loop, live: dict[Var, None]) -> None:
    n = len(loop.inits)
    keep = {i for i in range(n) if loop.outs[i + 1] in live}
    tapes = [i for i in range(n + 1, len(loop.outs)) if loop.outs[i] in live]
    reached = _reached(loop, keep, tapes)
    while not reached <= keep:
        keep |= reached
        reached = _reached(loop, keep, tapes)
    order = sorted(keep)
    body_results, outs = loop.body.results, loop.outs
    loop.inits = [loop.inits[i] for i in order]
    if loop.cond is not None:
        loop.cond.params = [loop.cond.params[i] for i in order]
    walks = len(loop.iters)
    carried = [loop.body.params[walks + i] for i in order]
    loop.body.params = loop.body.params[:walks] + carried
    loop.body.results = [body_results[0], *(body_results[i + 1] for i in order), *(body_results[i] for i in tapes)]
    loop.outs = [outs[0], *(outs[i + 1] for i in order), *(outs[i] for i in tapes)]
    _use(loop.body.results, live)
    _sweep(loop.body, live)
    if loop.cond is not None:
        _use(loop.cond.results, live)
        _sweep(loop.cond, live)
    _drop_walks(loop, live)


def _reached(loop: Loop, keep: set[int], tapes: list[int]) -> set[int]:
    """The carried values that the body reads to make its exit, the kept values, the tapes and its effects."""
    live: dict[Var, None] = {}
    results = loop.body.results
    _use([results[0], *(results[i + 1] for i in sorted(keep)), *(results[i] for i in tapes)], live)
    _reach(loop.body, live)
    if loop.cond is not None:
        _use(loop.cond.results, live)
        _reach(loop.cond, live)
        pairs = zip(loop.cond.params, loop.carried)
        _use([c for p, c in pairs if p in live], live)
    return {i for i, param in enumerate(loop.carried) if param in live}


def _reach(block: Block, live: dict[Var, None]) -> None:
    """Mark what the live variables of a block depend on, inner loops and branches taken whole."""
    for stmt in reversed(block.body):
        outs = [stmt.out] if isinstance(stmt, Op) else stmt.outs
        if not any(o in live for o in outs) and not has_effect(stmt):
            continue
        _use(operands(stmt), live)
        match stmt:
            case If():
                for arm in (stmt.then, stmt.orelse):
                    _use([r for r, o in zip(arm.results, stmt.outs) if o in live], live)
                    _reach(arm, live)
            case Loop():
                n = len(stmt.inits)
                keep = {i for i in range(n) if stmt.outs[i + 1] in live}
                tapes = [i for i in range(n + 1, len(stmt.outs)) if stmt.outs[i] in live]
                reached = _reached(stmt, keep, tapes)
                while not reached <= keep:
                    keep |= reached
                    reached = _reached(stmt, keep, tapes)
                _use([stmt.body.results[0], *(stmt.body.results[i + 1] for i in sorted(keep))], live)
                _use([stmt.body.results[i] for i in tapes], live)
                _reach(stmt.body, live)
                if stmt.cond is not None:
                    _use(stmt.cond.results, live)
                    _reach(stmt.cond, live)


def _drop_walks(loop: Loop, live: dict[Var, None]) -> None:
    """Walk only through what the body reads, and through one sequence at least."""
    if len(loop.iters) < 2:
        return
    used = [i for i, target in enumerate(loop.targets) if target in live] or [0]
    if loop.iters and not any(_is_range(loop.iters[i]) for i in used):
        ranges = [i for i in range(len(loop.iters)) if _is_range(loop.iters[i])]
        used = used if used != [0] or not ranges else ranges[:1]
    carried = loop.carried
    loop.iters = [loop.iters[i] for i in used]
    loop.body.params = [loop.body.params[i] for i in used] + carried


def _is_range(it: Iter) -> bool:
    from srcdiff.ir.types import Opaque

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
        elif isinstance(stmt, If):
            for out, a, b in zip(stmt.outs, stmt.then.results, stmt.orelse.results):
                a, b = _resolve(a, mapping), _resolve(b, mapping)
                if atom_key(a) == atom_key(b) and not (isinstance(a, Lit) and a.value is UNDEF):
                    mapping[out] = a


__all__ = ["Call", "has_effect", "remove_dead", "simplify_carried"]
