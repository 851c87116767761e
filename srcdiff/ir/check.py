"""The invariants of the SSA: each variable defined once, before its use, in scope; blocks and their owners agree."""

from __future__ import annotations

from srcdiff.ir.nodes import Atom, Block, Function, If, Loop, Program, Stmt, Var
from srcdiff.ir.walk import blocks_of, operands, outs


class InvariantError(AssertionError):
    """A pass made SSA that is none."""


def check_function(function: Function) -> None:
    """Raise InvariantError where an invariant of the SSA does not hold."""
    defined: set[Var] = set()

    def define(var: Var) -> None:
        if var in defined:
            raise InvariantError(f"{function.name}: {var.hint or 'a temporary'} is defined twice")
        defined.add(var)

    def use(atom: Atom, scope: set[Var]) -> None:
        if isinstance(atom, Var) and atom not in scope:
            raise InvariantError(
                f"{function.name}: {atom.hint or 'a temporary'} ({atom.type}) is used out of its scope"
            )

    def block(blk: Block, outer: set[Var]) -> None:
        scope = set(outer)
        for param in blk.params:
            define(param)
            scope.add(param)
        for stmt in blk.body:
            for atom in operands(stmt):
                use(atom, scope)
            arity(stmt)
            for inner in blocks_of(stmt):
                block(inner, scope)
            for out in outs(stmt):
                define(out)
                scope.add(out)
        for atom in blk.results:
            use(atom, scope)

    def arity(stmt: Stmt) -> None:
        if isinstance(stmt, If):
            ok = len(stmt.then.results) == len(stmt.orelse.results) == len(stmt.outs)
            ok = ok and not stmt.then.params and not stmt.orelse.params
        elif isinstance(stmt, Loop):
            n = len(stmt.inits)
            ok = len(stmt.body.params) == len(stmt.iters) + n and len(stmt.body.results) == len(stmt.outs) >= n + 1
            ok = ok and (stmt.cond is None or (len(stmt.cond.params) == n and len(stmt.cond.results) == 1))
        else:
            return
        if not ok:
            raise InvariantError(f"{function.name}: the blocks of {type(stmt).__name__} do not fit it")

    scope: set[Var] = set()
    for param in function.params:
        define(param.var)
        scope.add(param.var)
    block(function.body, scope)


def check_program(program: Program) -> None:
    for function in program.functions.values():
        check_function(function)
