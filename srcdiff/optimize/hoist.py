"""Moves reads of a parameter's entries out of loops: `params["W"]` is the same in every iteration."""

from __future__ import annotations

from srcdiff.ir.nodes import Block, Function, If, Lit, Loop, Op, Stmt, Var


def hoist_entries(function: Function) -> Function:
    """The function with entries of its parameters read before its loops (changes it in place)."""
    known = {p.var for p in function.params}
    _hoist(function.body, known)
    return function


def _is_entry(stmt: Stmt, known: set[Var]) -> bool:
    return (
        isinstance(stmt, Op)
        and stmt.fn == "operator.getitem"
        and stmt.args[0] in known
        and isinstance(stmt.args[1], Lit)
        and isinstance(stmt.args[1].value, str)
    )


def _hoist(block: Block, known: set[Var]) -> list[Stmt]:
    """Hoist within the loops of a block; the entries that the block itself reads unconditionally."""
    body: list[Stmt] = []
    entries: list[Stmt] = []
    for stmt in block.body:
        if isinstance(stmt, Loop):
            found = _hoist(stmt.body, known)
            stmt.body.body = [s for s in stmt.body.body if s not in found]
            body += found
            entries += found
        elif isinstance(stmt, If):
            for arm in (stmt.then, stmt.orelse):
                _hoist(arm, known)
        elif _is_entry(stmt, known):
            entries.append(stmt)
            known.add(stmt.out)  # type: ignore[union-attr]
        body.append(stmt)
    block.body = body
    return entries
