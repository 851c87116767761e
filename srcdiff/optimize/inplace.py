"""Puts writes back in place: after this pass every write changes its first argument, and nothing that lives can see it.

    y1 = setitem(y, 0, v); return y, y1   ->   y_copy = copy(y); y1 = setitem(y_copy, 0, v)   printed: y1[0] = v

Where the first argument is the caller's, or shares storage with a value that is read later, something is copied: what
makes the fewest copies at run time is tried first. Accumulators (`s = s + v` in a loop) become in-place additions.
"""

from __future__ import annotations

from dataclasses import replace

from srcdiff.analysis.aliases import NOT_VARIABLES, OUTSIDE, Sharing, sharing_of_more
from srcdiff.analysis.same import undefined
from srcdiff.analysis.slots import slots_of
from srcdiff.analysis.storage_kinds import NUMPY_VIEWS, WRITES, is_container
from srcdiff.ir.nodes import Atom, Block, Call, Function, If, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import Any, Array, rank
from srcdiff.ir.walk import blocks_of, map_operands, outs, statements
from srcdiff.optimize.atoms import is_float
from srcdiff.optimize.storage_facts import Facts, facts_of, live_within, read_within, seen_by, taken_from_others
from srcdiff.optimize.unknown_writes import settle_unknown


def put_in_place(function: Function) -> tuple[Function, Sharing]:
    """The function with the copies that its writes need to be done in place, and which of its variables share storage."""
    function = clone(function)
    settle_unknown(function)
    facts = _accumulate(function)
    tried: set[tuple[Op, str]] = set()
    settled: set[Var] = set()  # copies that are made for a call
    while True:
        facts = facts or facts_of(function)
        dirty = 0
        conflicts = {w: seen for w, seen in _conflicts(function, facts) if (w, "settled") not in tried}
        for write, conflict in conflicts.items():
            if facts.slots.back.get(write) in conflicts:
                continue  # what it writes to is an element of a container, which is copied first
            near = (facts.sharing.of(write.args[0]) | facts.sharing.bits[write.out]) & ~NOT_VARIABLES
            if not near & dirty:
                _fix(function, facts, write, conflict, tried)
                dirty |= near
        if not dirty:
            dirty = _copy_taken(function, facts, settled)
        if not dirty:
            return function, _without_idle(function, facts, tried).sharing
        facts = None


def _without_idle(function: Function, facts: Facts, tried: set[tuple[Op, str]]) -> Facts:
    """Leave out the copies before loops that were not enough, where the copies within do without them."""
    written = {write for write, way in tried if way == "written"}
    for loop in [s for s in statements(function.body) if isinstance(s, Loop)] if written else ():
        body = facts.places[loop].block.body
        for k, init in enumerate(loop.inits):
            copy = facts.defined_by.get(init) if isinstance(init, Var) else None
            if not isinstance(copy, Op) or (copy, "made") not in tried or copy not in body:
                continue
            at = body.index(copy)
            del body[at]
            loop.inits[k] = copy.args[0]
            fewer = facts_of(function)
            if any((write, "settled") not in tried for write, _ in _conflicts(function, fewer)):
                body.insert(at, copy)
                loop.inits[k] = copy.out
            else:
                facts = fewer
    return facts


def _copy_taken(function: Function, facts: Facts, settled: set[Var]) -> bool:
    """Give a call that may change an argument a copy of what others have; whether one was made."""
    found = False
    for call in list(statements(function.body)):
        if isinstance(call, Call) and call.taken:
            for k in taken_from_others(call, facts):
                if call.args[k] not in settled:
                    copy, out = _copy_of(call.args[k], call.loc)
                    _insert(facts, call, copy)
                    call.args = (*call.args[:k], out, *call.args[k + 1 :])
                    settled.add(out)
                    found = True
    return found


def clone(function: Function) -> Function:
    """The same function in new statements; the variables stay the same."""
    return replace(function, body=_clone_block(function.body))


def _clone_block(block: Block) -> Block:
    return Block(list(block.params), [_clone(stmt) for stmt in block.body], list(block.results))


def _clone(stmt: Stmt) -> Stmt:
    match stmt:
        case Op(fn, args, kwargs, out, loc):
            return Op(fn, args, kwargs, out, loc)
        case If(test, then, orelse, results, loc):
            return If(test, _clone_block(then), _clone_block(orelse), list(results), loc)
        case Loop(iters, cond, body, inits, results, loc):
            new_cond = None if cond is None else _clone_block(cond)
            return Loop(list(iters), new_cond, _clone_block(body), list(inits), list(results), loc)
    return replace(stmt, outs=list(stmt.outs))


def _conflicts(function: Function, facts: Facts) -> list[tuple[Op, int]]:
    """The writes that something else would see, each with the mask of who."""
    found = []
    for stmt in statements(function.body):
        if isinstance(stmt, Op) and stmt.fn in WRITES:
            conflict = seen_by(stmt, facts)
            if conflict:
                found.append((stmt, conflict))
    return found


def _fix(function: Function, facts: Facts, write: Op, conflict: int, tried: set[tuple[Op, str]]) -> None:
    """Copy what makes the fewest copies: a view that lives on, what is pushed, a loop's start, or what is written."""
    if write.fn == "srcdiff.addto" and is_container(write.args[0]):
        _add_apart(facts, write)
        return
    ways = {"view": _copy_views, "pushed": _copy_pushed}
    for name, way in ways.items():
        if (write, name) not in tried and way(function, facts, write, conflict):
            if name != "view":
                tried.add((write, name))
            return
    if (write, "start") not in tried:
        copy = _copy_start(facts, write, conflict)
        if copy is not None:
            tried |= {(write, "start"), (copy, "made")}
            return
    if (write, "written") in tried:
        tried.add((write, "settled"))  # its copy is its own, whatever seems to share it
        return
    tried.add((write, "written"))
    _copy_written(facts, write)


def _add_apart(facts: Facts, write: Op) -> None:
    """Put a new sum into a container, instead of adding to the array in it: d["w"] = d["w"] + v."""
    base, index, value = write.args
    element, total = Var("", value.type), Var("", value.type)
    add = "operator.add" if isinstance(value.type, Array) else "srcdiff.add"
    _insert(facts, write, Op("operator.getitem", (base, index), (), element, write.loc))
    _insert(facts, write, Op(add, (element, value), (), total, write.loc))
    write.fn, write.args = "operator.setitem", (base, index, total)


def _copy_of(atom: Atom, loc: object) -> tuple[Op, Var]:
    hint = atom.hint if isinstance(atom, Var) else ""
    out = Var(hint, atom.type)
    return Op("srcdiff.copy", (atom,), (), out, loc), out  # type: ignore[arg-type]


def _copy_views(function: Function, facts: Facts, write: Op, conflict: int) -> bool:
    if conflict & OUTSIDE:
        return False
    views = facts.sharing.members(conflict)
    ancestors = _ancestors(write.args[0], facts)
    for view in views:
        made = facts.defined_by.get(view)
        if (
            not isinstance(made, Op)
            or made.fn not in NUMPY_VIEWS | {"operator.getitem", "getattr"}
            or view in ancestors
        ):
            return False
    for view in views:
        made = facts.defined_by[view]
        copy, out = _copy_of(view, made.loc)
        _replace_reads(function.body, view, out, set())
        _insert(facts, made, copy, after=True)
    return bool(views)


def _ancestors(atom: Atom, facts: Facts) -> set[Var]:
    """A variable and those that it is a version or a view of."""
    found: set[Var] = set()
    while isinstance(atom, Var):
        found.add(atom)
        made = facts.defined_by.get(atom)
        if not isinstance(made, Op) or not made.args:
            break
        atom = made.args[0]
    return found


def _copy_pushed(function: Function, facts: Facts, write: Op, conflict: int) -> bool:
    """Where only tapes would see the write: push a copy, made before the write if the value is older than it."""
    if conflict & OUTSIDE:
        return False
    bits, owners = facts.sharing.bits, facts.places[write].owners
    chain = [*owners, write]
    explained, pushed = 0, []
    for depth, loop in enumerate(owners):
        if not isinstance(loop, Loop) or write not in set(statements(loop.body)):
            continue
        for k in range(len(loop.inits) + 1, len(loop.outs)):
            element = loop.body.results[k]
            # an element without a bit is a copy of this round, made for another tape
            if isinstance(element, Var) and facts.sharing.of(write.args[0]) & (
                bits.get(element, 0) | bits[loop.outs[k]]
            ):
                alone = element in bits and _only_pushed(element, write, loop, facts)
                explained |= bits[loop.outs[k]] | (bits[element] if alone else 0)
                pushed.append((loop, k, element, chain[depth + 1]))
    if not pushed or conflict & ~explained:
        return False
    inner = {loop.outs[k] for loop, k, _, _ in pushed}
    for loop, k, element, inside in pushed:
        if element not in inner:
            _push_copy(loop, k, element, inside, write, facts)
    return True


def _push_copy(loop: Loop, k: int, element: Var, inside: Stmt | None, write: Op, facts: Facts) -> None:
    """Let the tape `k` of a loop take a copy; of a tape's elements each, in the loop that makes that tape."""
    maker = facts.defined_by.get(element)
    if element in facts.tapes and isinstance(maker, Loop):
        k = maker.outs.index(element)
        loop, element, inside = maker, maker.body.results[k], None  # type: ignore[assignment]
        if isinstance(element, Var):
            _push_copy(loop, k, element, inside, write, facts)
        return
    if isinstance(maker, If) and _copy_in_arms(loop.body, k, write, facts):
        return
    copy, out = _copy_of(element, write.loc)
    body = loop.body.body
    if inside is None:  # as soon as it is there: the inner loop may write to it, too
        older = False
        position = next((i + 1 for i, stmt in enumerate(body) if element in outs(stmt)), 0)
    else:
        older = element in loop.body.params or not _defined_in(element, body[body.index(inside) :])
        position = body.index(inside) if older else len(body)
    if element.hint:
        out.hint = element.hint + ("_prev" if older else "_copy")
    body.insert(position, copy)
    loop.body.results[k] = out


def _copy_in_arms(block: Block, k: int, write: Op, facts: Facts) -> bool:
    """Let the k-th result be a copy, made in the one arm of a branch that defines it; whether there is such an arm."""
    out = block.results[k]
    made = facts.defined_by.get(out) if isinstance(out, Var) else None
    if not isinstance(out, Var) or not isinstance(made, If) or made not in block.body:
        return False
    place = made.outs.index(out)
    arms = [arm for arm in (made.then, made.orelse) if not undefined(arm.results[place])]
    if len(arms) != 1:
        return False
    (arm,) = arms
    if not _copy_in_arms(arm, place, write, facts):
        copy, arm.results[place] = _copy_of(arm.results[place], write.loc)
        arm.body.append(copy)
    return True


def _defined_in(variable: Var, stmts: list[Stmt]) -> bool:
    return any(variable in outs(stmt) for stmt in stmts)


def _only_pushed(element: Var, write: Op, loop: Loop, facts: Facts) -> bool:
    """Whether nothing but the tapes of the loop keeps `element` alive after the write."""
    results = loop.body.results
    kept = [r for r in results[: len(loop.inits) + 1] if r is element]
    block = loop.body
    saved = list(results)
    block.results = [Lit(None, r.type) if r is element and k > len(loop.inits) else r for k, r in enumerate(results)]
    probe = Facts(facts.sharing, facts.slots, facts.places, facts.defined_by, facts.tapes)
    live_within(block, read_within(loop, facts.sharing.bits) & ~facts.sharing.inner[loop], probe)
    block.results = saved
    return not kept and not probe.live_after.get(write, 0) & facts.sharing.bits[element]


def _copy_start(facts: Facts, write: Op, conflict: int) -> Op | None:
    """Copy once before the outermost loop that hands the written variable on; the copy."""
    for loop in facts.places[write].owners:
        if not isinstance(loop, Loop):
            continue
        inner = facts.sharing.inner[loop]
        if conflict & inner:
            continue
        ancestors = _ancestors(write.args[0], facts)
        for k, carried in enumerate(loop.carried):
            if carried in ancestors or facts.sharing.bits[carried] & facts.sharing.of(write.args[0]):
                made = facts.defined_by.get(loop.inits[k]) if isinstance(loop.inits[k], Var) else None  # type: ignore[arg-type]
                if isinstance(made, Op) and made.fn == "srcdiff.copy" or isinstance(loop.inits[k], Lit):
                    continue
                copy, out = _copy_of(loop.inits[k], loop.loc)
                _insert(facts, loop, copy)
                loop.inits[k] = out
                return copy
    return None


def _copy_written(facts: Facts, write: Op) -> None:
    base = write.args[0]
    if (
        write.fn == "operator.iadd"
        and isinstance(base.type, (Array, Any))
        and (not rank(base.type) or base.type == write.args[1].type)
    ):
        write.fn = "operator.add"  # the sum is a new array, or a number
        return
    copy, out = _copy_of(base, write.loc)
    if write.out.hint:
        out.hint = write.out.hint
    _insert(facts, write, copy)
    write.args = (out, *write.args[1:])


def _insert(facts: Facts, at: Stmt, new: Op, after: bool = False) -> None:
    body = facts.places[at].block.body
    body.insert(body.index(at) + after, new)


def _replace_reads(block: Block, old: Var, new: Var, skip: set[Stmt]) -> None:
    def renamed(atom: Atom) -> Atom:
        return new if atom is old else atom

    for stmt in block.body:
        map_operands(stmt, renamed)
        for inner in blocks_of(stmt):
            _replace_reads(inner, old, new, skip)
    block.results = [renamed(atom) for atom in block.results]


def _accumulate(function: Function) -> Facts | None:
    """Add in place to what a loop carries, where type and shape stay and nobody sees it: `s = s + v` -> `s += v`.

    What is known of the function afterwards, where it was asked for."""
    loops = [stmt for stmt in statements(function.body) if isinstance(stmt, Loop)]
    sums = list(
        dict.fromkeys(op for loop in loops for op in _additions(loop))
    )  # an inner loop's are an outer one's, too
    if not sums:
        return None
    facts = facts_of(function)
    together = _made_writes(sums, facts, function)
    if together is not None:
        return together
    for op in sums if len(sums) > 1 else ():  # which of them can be?
        facts = _made_writes([op], facts, function) or facts
    return facts


def _made_writes(sums: list[Op], facts: Facts, function: Function) -> Facts | None:
    """What is known once all of some sums are done in place; None, with the sums as they were, where one would be seen."""
    before = [op.fn for op in sums]
    for op in sums:
        op.fn = "operator.iadd" if op.fn == "operator.add" else "operator.isub"
    shared = sharing_of_more(facts.sharing, [(op, facts.places[op].block) for op in sums], function)
    now = replace(facts, sharing=shared)
    if not any(seen_by(op, now) for op in sums):
        return replace(now, slots=slots_of(function, shared))
    for op, fn in zip(sums, before):
        op.fn = fn
    return None


def _additions(loop: Loop) -> list[Op]:
    """The sums of arrays through which carried variables come to their next values, variable by variable."""
    home: dict[Atom, int] = {
        carried: 1 << k for k, carried in enumerate(loop.carried)
    }  # the carried variables that each comes from
    sums: list[Op] = []
    for stmt in statements(loop.body):
        match stmt:
            case Op(fn, args) if args and args[0] in home:
                if fn in ("operator.add", "operator.sub") and _same_array(args[0], args[1], stmt.out):
                    sums.append(stmt)
                    home[stmt.out] = home[args[0]]
                elif fn in WRITES:
                    home[stmt.out] = home[args[0]]
    if not sums:
        return sums
    for stmt in statements(loop.body):
        if isinstance(stmt, If):
            for out, a, b in zip(stmt.outs, stmt.then.results, stmt.orelse.results):
                if home.get(a, 0) & home.get(b, 0):
                    home[out] = home[a] & home[b]
    found: list[Op] = []
    for k, result in enumerate(loop.body.results[1 : 1 + len(loop.carried)]):
        bit = 1 << k
        if home.get(result, 0) & bit:
            found += [op for op in sums if home[op.out] & bit]
    return found


def _same_array(x: Atom, v: Atom, out: Var) -> bool:
    # of integers the sum may be floats
    return is_float(x) and x.type == out.type and rank(x.type) != 0 and isinstance(v.type, Array)
