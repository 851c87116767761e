"""Walks over the SSA: what a statement uses, defines and owns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from srcdiff.ir.nodes import CONTINUE, Atom, Block, Call, Function, If, Iter, Lit, Loop, Op, Stmt, Var


def blocks_of(stmt: Stmt) -> list[Block]:
    """The blocks that a statement owns, in the order in which they run."""
    match stmt:
        case If():
            return [stmt.then, stmt.orelse]
        case Loop():
            return [stmt.body] if stmt.cond is None else [stmt.cond, stmt.body]
    return []


def operands(stmt: Stmt) -> list[Atom]:
    """The atoms that a statement itself reads (not those of its blocks)."""
    match stmt:
        case Op():
            return [*stmt.args, *[value for _, value in stmt.kwargs]] if stmt.kwargs else list(stmt.args)
        case If():
            return [stmt.test]
        case Loop():
            return [*(it.seq for it in stmt.iters), *stmt.inits]
        case Call():
            return list(stmt.args)


def outs(stmt: Stmt) -> list[Var]:
    return [stmt.out] if isinstance(stmt, Op) else stmt.outs


def flows(stmt: Stmt) -> list[tuple[Var, Atom]]:
    """What the variables of a branch or a loop may be, or what a call changes: each with one of the atoms that become it."""
    match stmt:
        case If():
            return [pair for arm in (stmt.then, stmt.orelse) for pair in zip(stmt.outs, arm.results)]
        case Loop():
            handed = stmt.body.results[1:]
            carried = stmt.carried
            found = [*zip(carried, stmt.inits), *zip(carried, handed)]
            found += [*zip(stmt.outs[1:], stmt.inits), *zip(stmt.outs[1:], handed)]
            return found if stmt.cond is None else [*found, *zip(stmt.cond.params, carried)]
        case Call():
            return stmt.versions
    return []


def statements(block: Block) -> Iterator[Stmt]:
    """Every statement of a block and of the blocks within it, in order."""
    for stmt in block.body:
        yield stmt
        if not isinstance(stmt, Op):
            for inner in blocks_of(stmt):
                yield from statements(inner)


def definitions(block: Block) -> list[Var]:
    """Every variable that a block defines: parameters, outs, and those of the blocks within it."""
    found = list(block.params)
    for stmt in block.body:
        if isinstance(stmt, Op):
            found.append(stmt.out)
            continue
        found += stmt.outs
        for inner in blocks_of(stmt):
            found += definitions(inner)
    return found


def free_vars(block: Block) -> list[Var]:
    """The variables that a block reads but does not define, in order of first use."""
    defined: set[Var] = set()
    free: dict[Var, None] = {}

    def use(atom: Atom) -> None:
        if isinstance(atom, Var) and atom not in defined:
            free.setdefault(atom)

    def visit(blk: Block) -> None:
        defined.update(blk.params)
        for stmt in blk.body:
            for atom in operands(stmt):
                use(atom)
            for inner in blocks_of(stmt):
                visit(inner)
            defined.update(outs(stmt))
        for atom in blk.results:
            use(atom)

    visit(block)
    return list(free)


def walks_all(loop: Loop) -> bool:
    """Whether a loop surely walks its sequences to their ends: no iteration breaks off, or returns."""
    return loop.cond is None and bool(loop.iters) and not _may_leave(loop.body, loop.body.results[0])


def _may_leave(block: Block, code: Atom) -> bool:
    if isinstance(code, Lit):
        return bool(code.value > CONTINUE)
    for stmt in block.body:
        if isinstance(stmt, If) and code in stmt.outs:
            k = stmt.outs.index(code)
            return any(_may_leave(arm, arm.results[k]) for arm in (stmt.then, stmt.orelse))
    return True


def reads(stmt: Stmt) -> list[Atom]:
    """The atoms that a statement reads, and the variables that its blocks read from outside of them."""
    return [*operands(stmt), *(v for block in blocks_of(stmt) for v in free_vars(block))]


def use_counts(function: Function) -> dict[Var, int]:
    """How often each variable is read, everywhere."""
    counts: dict[Var, int] = {}

    def visit(block: Block) -> None:
        atoms = [a for stmt in block.body for a in operands(stmt)] + block.results
        for atom in atoms:
            if isinstance(atom, Var):
                counts[atom] = counts.get(atom, 0) + 1
        for stmt in block.body:
            for inner in blocks_of(stmt):
                visit(inner)

    visit(function.body)
    return counts


def substitute(block: Block, mapping: dict[Var, Atom]) -> None:
    """Replace variables that are read, in place, everywhere within a block."""

    def new(atom: Atom) -> Atom:
        return mapping.get(atom, atom) if isinstance(atom, Var) else atom

    def visit(blk: Block) -> None:
        for stmt in blk.body:
            map_operands(stmt, new)
            for inner in blocks_of(stmt):
                visit(inner)
        blk.results = [new(a) for a in blk.results]

    visit(block)


def map_operands(stmt: Stmt, new: Callable[[Atom], Atom]) -> None:
    """Replace each atom that a statement itself reads, in place."""
    match stmt:
        case Op():
            stmt.args = tuple(new(a) for a in stmt.args)
            stmt.kwargs = tuple((name, new(a)) for name, a in stmt.kwargs)
        case If():
            stmt.test = new(stmt.test)
        case Loop():
            stmt.iters = [Iter(new(it.seq), it.reverse) for it in stmt.iters]
            stmt.inits = [new(a) for a in stmt.inits]
        case Call():
            stmt.args = tuple(new(a) for a in stmt.args)
