"""Writes out the run-time helpers of a derivative that is differentiated again, where they consist of what has rules."""

from __future__ import annotations

from dataclasses import replace

from srcdiff.ir.builder import Builder
from srcdiff.ir.nodes import Function, Op, Param, Stmt, Var
from srcdiff.rules.declare import UnknownRank
from srcdiff.rules.helpers import WRITTEN_OUT
from srcdiff.transform.rebuild import Rebuilder
from srcdiff.transform.symbolic import to_atom, to_value


class _Writer(Rebuilder):
    def stmt(self, stmt: Stmt) -> None:
        if isinstance(stmt, Op) and stmt.fn in WRITTEN_OUT:
            self.builder.loc = stmt.loc
            args = [to_value(self.builder, a) for a in self.atoms(stmt.args)]
            kwargs = {name: to_value(self.builder, self.atom(a)) for name, a in stmt.kwargs}
            try:
                value = to_atom(self.builder, WRITTEN_OUT[stmt.fn](*args, **kwargs))
            except UnknownRank:
                super().stmt(stmt)
                return
            if isinstance(value, Var) and not value.hint:
                value.hint = stmt.out.hint
            self.mapping[stmt.out] = value
            return
        super().stmt(stmt)


def write_out(function: Function, builder: Builder) -> Function:
    """The function with its helpers written out in NumPy."""
    writer = _Writer(builder)
    params = [Param(writer.fresh(p.var), p.kind, p.default, p.own) for p in function.params]
    return replace(function, params=params, body=writer.block(function.body))
