"""Copies a function through a builder: every operation is made again, rewritten and typed by what is known now."""

from __future__ import annotations

from dataclasses import replace

from srcdiff.ir.builder import Builder
from srcdiff.ir.nodes import UNDEF, Atom, Block, Call, Function, If, Iter, Lit, Loop, Op, Param, Stmt, Var
from srcdiff.ir.types import is_scalar

Mapping = dict[Var, Atom]


class Rebuilder:
    """Emits statements again; `mapping` gives each old variable's new atom.

    The symbols of lengths stay, but where a function has the statements a second time: there they may have other values.
    """

    def __init__(self, builder: Builder, mapping: Mapping | None = None, second: bool = False) -> None:
        self.builder = builder
        self.second = second
        self.mapping: Mapping = {} if mapping is None else mapping
        self.made: dict[Op, Op] = {}

    def atom(self, atom: Atom) -> Atom:
        return self.mapping[atom] if isinstance(atom, Var) else atom

    def atoms(self, atoms: list[Atom] | tuple[Atom, ...]) -> list[Atom]:
        return [self.atom(a) for a in atoms]

    def fresh(self, var: Var) -> Var:
        new = Var(var.hint, var.type, length=var.length)
        self.mapping[var] = new
        return new

    def block(self, block: Block, iters: list[Iter] | None = None) -> Block:
        """The same block, made again; a loop's body walks through `iters`."""
        params = [self.fresh(p) for p in block.params]
        self.builder.walks.update((p, it.seq) for p, it in zip(params, iters or ()))
        with self.builder.block(params) as new:
            for stmt in block.body:
                self.stmt(stmt)
            new.results = self.atoms(block.results)
        return new

    def stmt(self, stmt: Stmt) -> None:
        self.builder.loc = stmt.loc
        match stmt:
            case Op():
                kwargs = tuple((k, self.atom(a)) for k, a in stmt.kwargs)
                new = self.builder.emit_op(stmt.fn, tuple(self.atoms(stmt.args)), kwargs, stmt.out.hint)
                if isinstance(new, Var) and not new.length and not self.second:
                    new.length = stmt.out.length
                if isinstance(new, Var) and is_scalar(stmt.out.type) and not is_scalar(new.type):
                    new.type = stmt.out.type  # what was known to be a number remains one
                if isinstance(new, Var) and stmt.out.of is not None and new.of is None:
                    new.of = self.made.get(stmt.out.of, stmt.out.of)
                self.mapping[stmt.out] = new
                if isinstance(new, Var) and new in self.builder.definition:
                    self.made[stmt] = self.builder.definition[new]
            case Call():
                args = tuple(self.atoms(stmt.args))
                outs = [self.fresh(o) for o in stmt.outs]
                self.builder.append(replace(stmt, args=args, outs=outs))
            case If():
                self.if_(stmt)
            case Loop():
                self.loop(stmt)

    def if_(self, node: If) -> None:
        test = self.atom(node.test)
        if isinstance(test, Lit) and test.value is not UNDEF:
            arm = node.then if test.value else node.orelse
            for stmt in arm.body:
                self.stmt(stmt)
            for out, result in zip(node.outs, arm.results):
                self.mapping[out] = self.atom(result)
            return
        then, orelse = self.block(node.then), self.block(node.orelse)
        self.builder.loc = node.loc
        self.builder.if_(test, then, orelse, [self.fresh(o) for o in node.outs])

    def loop(self, node: Loop) -> None:
        iters = [Iter(self.atom(it.seq), it.reverse) for it in node.iters]
        inits = self.atoms(node.inits)
        cond = self.block(node.cond) if node.cond is not None else None
        body = self.block(node.body, iters)
        self.builder.loc = node.loc
        self.builder.loop(iters, cond, body, inits, [self.fresh(o) for o in node.outs])


def rebuild(function: Function, builder: Builder) -> Function:
    """A copy of a function, its operations made again by `builder`."""
    rebuilder = Rebuilder(builder)
    params = [Param(rebuilder.fresh(p.var), p.kind, p.default, p.own) for p in function.params]
    return replace(function, params=params, body=rebuilder.block(function.body))
