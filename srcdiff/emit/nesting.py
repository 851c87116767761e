"""Which operations are printed inside the expression that uses them: what is used once, and what is cheap.

    t = mul(a, x); y = exp(t)   ->   y = np.exp(a * x)

Nothing may happen between an operation's place and the place where it is printed that changes what it reads.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from srcdiff.analysis.aliases import NOT_VARIABLES
from srcdiff.analysis.storage_kinds import CONTAINERS, WRITES, uses_shape_only
from srcdiff.emit.cheap import is_cheap, is_written_out, may_repeat
from srcdiff.emit.places import Nesting, Site, Use, boolean, is_item
from srcdiff.emit.unpackings import is_unpacked
from srcdiff.emit.vocabulary import split_suffix
from srcdiff.ir.builder import is_effect
from srcdiff.ir.nodes import PRIME, UNDEF, Atom, Block, Function, If, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.walk import blocks_of, outs


def nest(function: Function, nesting: Nesting, passed: set[Var], popping: set[If]) -> None:
    """Decide what is printed inside of what; `passed` are results that stay in their arms, `popping` branches are no expressions."""
    nesting.passed, nesting.popping = passed, popping
    _find_conditionals(function.body, True, nesting)
    _decide_block(function.body, nesting)


def _find_conditionals(block: Block, tail: bool, nesting: Nesting) -> None:
    """Mark the branches that are expressions: one value without a name, nothing but operations in the arms."""
    for stmt in block.body:
        if isinstance(stmt, If):
            for arm in blocks_of(stmt):
                _find_conditionals(arm, tail and stmt is block.body[-1], nesting)
            if _is_conditional(stmt, nesting) and not (
                tail and _only_returned(stmt, block, nesting) and not boolean(stmt)
            ):
                nesting.conditional.add(stmt)
                if boolean(stmt) and isinstance(stmt.test, Var):  # `t or b` writes t once
                    used = nesting.uses[stmt.test]
                    used[:] = [u for u in used if u.stmt is not None or u.block not in blocks_of(stmt)]
        else:
            for inner in blocks_of(stmt):
                _find_conditionals(inner, False, nesting)


def _only_returned(node: If, block: Block, nesting: Nesting) -> bool:
    return all(use.stmt is None and use.block is block for use in nesting.used(node.outs[0]))


def _is_conditional(node: If, nesting: Nesting) -> bool:
    if (
        node in nesting.popping
        or len(node.outs) != 1
        or not nesting.used(node.outs[0])
        or (node.outs[0].hint and not boolean(node))
    ):
        return False
    if _is_exit(node.outs[0], nesting):
        return False
    return all(_is_expression(arm, nesting) for arm in blocks_of(node))


def _is_exit(var: Var, nesting: Nesting) -> bool:
    """Whether a value is the exit code of a loop's body, perhaps by way of arms."""
    for use in nesting.used(var):
        owner = nesting.owner.get(use.block) if use.stmt is None else None
        if isinstance(owner, Loop) and use.block is owner.body and use.position == 0:
            return True
        if isinstance(owner, If) and _is_exit(owner.outs[use.position], nesting):
            return True
    return False


def _is_expression(block: Block, nesting: Nesting) -> bool:
    """Whether the one result of a block can be written as one expression."""
    if len(block.body) > 8 or any(isinstance(r, Lit) and r.value is UNDEF for r in block.results):
        return False
    for stmt in block.body:
        if not (isinstance(stmt, Op) or stmt in nesting.conditional) or not _pure(stmt):
            return False
        out = outs(stmt)[0]
        if len(nesting.used(out)) != 1 and not (isinstance(stmt, Op) and is_cheap(stmt) and not out.hint):
            return False
    return True


def _pure(stmt: Stmt) -> bool:
    return not isinstance(stmt, Op) or not (stmt.fn in WRITES or is_effect(stmt.fn) or stmt.fn == "srcdiff.check_rank")


def _decide_block(block: Block, nesting: Nesting) -> None:
    """Decide backwards, so that where the consumers are printed is known."""
    for stmt in reversed(block.body):
        owner = nesting.owner.get(block)
        if owner in nesting.conditional:
            nesting.sites[stmt] = nesting.sites[owner]  # part of the conditional expression
            nesting.inside[outs(stmt)[0]] = stmt  # type: ignore[assignment]
        elif isinstance(stmt, Op) or stmt in nesting.conditional:
            sites = _print_sites(stmt, nesting)
            out = outs(stmt)[0]
            if sites is not None and _may_move(stmt, sites, nesting):
                nesting.sites[stmt] = sites
                nesting.inside[out] = stmt
            else:
                nesting.sites[stmt] = [Site(nesting.number[stmt], nesting.region[block])]
        else:
            nesting.sites[stmt] = [Site(nesting.number[stmt], nesting.region[block])]
        for inner in reversed(blocks_of(stmt)):
            _decide_block(inner, nesting)


def _print_sites(stmt: Stmt, nesting: Nesting) -> list[Site] | None:
    """Where a statement would be printed, were it nested; None where it must have a name."""
    out = outs(stmt)[0]
    uses = nesting.used(out)
    if not uses or not _pure(stmt) or is_item(stmt):
        return None
    cheap = isinstance(stmt, Op) and (
        (is_cheap(stmt) and may_repeat(stmt, len(uses), nesting)) or is_written_out(stmt, nesting)
    )
    if len(uses) > 1 and not cheap:
        return None
    sites: list[Site] = []
    for use in uses:
        found = _use_sites(out, use, nesting)
        if found is None:
            return None
        sites += found
    if _is_users_own(stmt) and not (_is_short(stmt) and sites[0].returns):
        return None
    return sites if len(sites) == 1 or cheap else None


def _is_users_own(stmt: Stmt) -> bool:
    """Whether the user gave a name to what is computed; elements that are read once need none."""
    hint = outs(stmt)[0].hint
    read = isinstance(stmt, Op) and stmt.fn == "operator.getitem" and not is_unpacked(stmt)
    return hint != "" and PRIME not in hint and not read and not split_suffix(hint)[1]


def _is_short(stmt: Stmt) -> bool:
    """Whether a statement is one operation on what has a name."""
    return isinstance(stmt, Op) and all(not isinstance(a, Var) or a.hint for a in stmt.args)


def _use_sites(out: Var, use: Use, nesting: Nesting) -> list[Site] | None:
    if use.stmt is None:
        return _result_sites(out, use, nesting)
    if isinstance(use.stmt, Loop):
        return nesting.sites[use.stmt] if use.position < len(use.stmt.iters) else None
    if isinstance(use.stmt, Op):
        if use.stmt.fn in WRITES and use.position == 0 and not _is_slot(out, use.stmt, nesting):
            return None
        if use.stmt.fn in CONTAINERS and out.hint and _is_returned(use.stmt, nesting):
            return None  # what is returned among others keeps its name
    return nesting.sites[use.stmt]


def _is_slot(out: Var, write: Op, nesting: Nesting) -> bool:
    """Whether a write is to an element that is named for it only: t[i][j] = v."""
    made = nesting.made.get(out)
    read = isinstance(made, Op) and made.fn == "operator.getitem" and not out.hint
    return read and write.fn not in ("operator.iadd", "operator.isub") and not nesting.used(write.out)


def _is_returned(stmt: Op, nesting: Nesting) -> bool:
    return any(
        (
            nesting.owner.get(use.block) is None
            if use.stmt is None
            else isinstance(use.stmt, Op) and use.stmt.fn == "tuple" and _is_returned(use.stmt, nesting)
        )
        for use in nesting.used(stmt.out)
    )


def _result_sites(out: Var, use: Use, nesting: Nesting) -> list[Site] | None:
    """Results are printed in place of the conditional, the test of the loop or the return that they belong to."""
    block, owner = use.block, nesting.owner.get(use.block)
    here = [Site(nesting.end[block], nesting.region[block], owner is None)]
    if owner is None:
        return None if len(block.results) > 1 and out.hint else here
    if owner in nesting.conditional:
        return nesting.sites[owner]
    if isinstance(owner, Loop):
        if block is owner.cond:
            return here
        return here if use.position > len(owner.inits) and not out.hint else None
    # an arm whose value is returned
    assert isinstance(owner, If)
    target = owner.outs[use.position]
    if target in nesting.passed:
        return None if out.hint else here
    further = nesting.used(target)
    if len(further) == 1 and further[0].stmt is None and not isinstance(nesting.owner.get(further[0].block), Loop):
        if _result_sites(target, further[0], nesting) is not None and _reaches_return(further[0].block, nesting):
            return here
    return None


def _reaches_return(block: Block, nesting: Nesting) -> bool:
    while block in nesting.owner:
        owner = nesting.owner[block]
        if not isinstance(owner, If) or nesting.block_of[owner].body[-1] is not owner:
            return False
        block = nesting.block_of[owner]
    return True


def _may_move(stmt: Stmt, sites: list[Site], nesting: Nesting) -> bool:
    block = nesting.block_of[stmt]
    here, region = nesting.number[stmt], nesting.region[block]
    cheap = isinstance(stmt, Op) and is_cheap(stmt)
    reads = _reads(stmt)
    for site in sites:
        until = site.number
        if site.region is not region:
            loop = _loop_between(site.region, region, nesting)
            if not cheap or loop is None:
                return False
            until = nesting.last[loop] + 1
        if any(_changes(here, until, atom, content, nesting) for atom, content in reads):
            return False
    return True


def _loop_between(inner: Block | None, outer: Block | None, nesting: Nesting) -> Stmt | None:
    """The outermost loop around `inner` that lies within `outer`."""
    while inner is not None:
        loop = nesting.owner[inner]
        inner = nesting.region[nesting.block_of[loop]]
        if inner is outer:
            return loop
    return None


def _reads(stmt: Stmt) -> list[tuple[Atom, bool]]:
    """What a statement reads, and whether it reads the content."""
    if isinstance(stmt, Op):
        found = [(a, not uses_shape_only(stmt, i)) for i, a in enumerate(stmt.args)]
        return found + [(a, True) for _, a in stmt.kwargs]
    assert isinstance(stmt, If)
    found = [(stmt.test, True)]
    for arm in blocks_of(stmt):
        found += [(r, True) for r in arm.results]
        for inner in arm.body:
            found += _reads(inner)
    return found


def _changes(here: int, until: int, atom: Atom, content: bool, nesting: Nesting) -> bool:
    """Whether what `atom` is, or its name, changes between two places."""
    shared = nesting.sharing.of(atom)
    if content and shared & ~NOT_VARIABLES:
        low = bisect_right(nesting.writes, here, key=lambda w: w[0])
        high = bisect_left(nesting.writes, until, key=lambda w: w[0])
        for _, changed in nesting.writes[low:high]:
            if shared & nesting.sharing.of(changed) & ~NOT_VARIABLES:
                return True
    if isinstance(atom, Var) and atom.hint:
        at = nesting.renewed.get(atom.hint, [])
        low, high = bisect_right(at, here), bisect_left(at, until)
        return low < high and not _read_after(until, atom, nesting)
    return False


def _read_after(here: int, var: Var, nesting: Nesting) -> bool:
    """Whether a statement after a place reads a variable, whose name is then its own until there."""
    last = next((use.stmt for use in reversed(nesting.used(var)) if use.stmt is not None), None)
    return last is not None and nesting.number[last] > here
