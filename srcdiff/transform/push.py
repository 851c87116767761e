"""Forward mode: from a function to its tangent, by pushing tangents forward beside each statement.

    y = np.sin(x)     ->     y = np.sin(x); y_dot = np.cos(x) * x_dot

Each variable that varies gets a tangent next to it: an operation one more operation, a branch and a loop one more result.
"""

from __future__ import annotations

from collections.abc import Callable

from srcdiff.analysis.activity import is_text
from srcdiff.ir.builder import Builder, Rewrite
from srcdiff.ir.nodes import Atom, Call, If, Iter, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import Array, Opaque, Sequence, is_scalar
from srcdiff.transform.apply_rules import no_rule, push_rule
from srcdiff.transform.cotangents import derivative_type, full, is_container, zero
from srcdiff.transform.pull_access import check_index
from srcdiff.transform.rebuild import Rebuilder

CallPusher = Callable[["Pusher", Call], None]


class Pusher(Rebuilder):
    """Emits statements again, each followed by its tangent. `active` holds the old variables that vary."""

    def __init__(
        self, builder: Builder, active: dict[Var, None], exact: Rewrite | None, calls: CallPusher | None = None
    ) -> None:
        super().__init__(builder)
        self.active = active
        self.exact = exact  # how the primal's own operations are rewritten: the value is the function's, bit for bit
        self.tangents: dict[Var, Atom] = {}  # of the old variables
        self.calls = calls

    def tangent(self, old: Atom) -> Atom | None:
        """The tangent of an old atom, None where it does not vary."""
        return self.tangents.get(old) if isinstance(old, Var) else None

    def whole(self, old: Atom) -> Atom:
        """The tangent in the whole shape of its primal, zero where it does not vary."""
        new = self.atom(old)
        dot = self.tangent(old)
        return zero(self.builder, new) if dot is None else self.named(full(self.builder, dot, new), old)

    def named(self, dot: Atom, old: Atom) -> Atom:
        if isinstance(dot, Var) and not dot.hint and isinstance(old, Var) and old.hint:
            dot.hint = f"{old.hint}_dot"
        return dot

    def fresh_tangent(self, old: Var) -> Var:
        dot = Var(f"{old.hint}_dot" if old.hint else "", derivative_type(old.type))
        self.tangents[old] = dot
        return dot

    def stmt(self, stmt: Stmt) -> None:
        self.builder.loc = stmt.loc
        if isinstance(stmt, Call) and any(o in self.active for o in stmt.outs):
            assert self.calls is not None, stmt.callee
            self.calls(self, stmt)
            return
        if not isinstance(stmt, Op):
            super().stmt(stmt)
            return
        derived, self.builder.rewrite = self.builder.rewrite, self.exact
        super().stmt(stmt)
        self.builder.rewrite = derived
        new = self.mapping[stmt.out]
        if isinstance(new, Var):
            self.builder.primal.add(new)
        if stmt.out in self.active:
            dot = self.op(stmt)
            if dot is not None:
                self.tangents[stmt.out] = self.named(dot, stmt.out)

    def op(self, op: Op) -> Atom | None:
        """The tangent of an operation's result."""
        if is_text(op.out.type):
            return None
        if op.fn not in ("tuple", "list") and any(
            a in self.active and is_text(a.type) for a in op.args if isinstance(a, Var)
        ):
            raise no_rule(op)
        if op.fn == "operator.add" and isinstance(op.out.type, Sequence):
            return same_on_tangent(self, op)
        access = ACCESS.get(op.fn)
        if access is not None:
            return access(self, op)
        return push_rule(self, op)

    # branches

    def if_(self, node: If) -> None:
        test = self.atom(node.test)
        if isinstance(test, Lit):
            super().if_(node)
            for out, result in zip(node.outs, (node.then if test.value else node.orelse).results):
                dot = self.tangent(result)
                if dot is not None:
                    self.tangents[out] = dot
            return
        varying = [i for i, o in enumerate(node.outs) if o in self.active]
        arms = []
        for arm in (node.then, node.orelse):
            with self.builder.block() as new:
                for stmt in arm.body:
                    self.stmt(stmt)
                new.results = self.atoms(arm.results) + [
                    self.arm_tangent(arm.results[i], node.outs[i]) for i in varying
                ]
            arms.append(new)
        self.builder.loc = node.loc
        outs = [self.fresh(o) for o in node.outs] + [self.fresh_tangent(node.outs[i]) for i in varying]
        self.builder.if_(test, arms[0], arms[1], outs)

    def arm_tangent(self, result: Atom, out: Var) -> Atom:
        if isinstance(result.type, Opaque):
            return self.builder.lit(0.0) if is_scalar(out.type) else self.atom(result)
        return self.whole(result)

    # loops

    def loop(self, node: Loop) -> None:
        n, results = len(node.inits), node.body.results
        carried = [i for i in range(n) if node.carried[i] in self.active]
        tapes = [i for i in range(n + 1, len(node.outs)) if node.outs[i] in self.active]
        walked = [i for i, t in enumerate(node.targets) if t in self.active]
        iters = [Iter(self.atom(it.seq), it.reverse) for it in node.iters]
        iters += [Iter(self.whole(node.iters[i].seq), node.iters[i].reverse) for i in walked]
        inits = self.atoms(node.inits) + [self.carried_tangent(node, i) for i in carried]
        cond = None
        if node.cond is not None:
            cond = self.block(node.cond)
            cond.params += [Var("", derivative_type(node.carried[i].type)) for i in carried]
        targets = [self.fresh(t) for t in node.targets]
        self.builder.walks.update((t, it.seq) for t, it in zip(targets, iters))
        params = [*targets, *(self.fresh_tangent(node.targets[i]) for i in walked)]
        params += [self.fresh(p) for p in node.carried]
        params += [self.fresh_tangent(node.carried[i]) for i in carried]
        with self.builder.block(params) as body:
            for stmt in node.body.body:
                self.stmt(stmt)
            body.results = self.atoms(results[: n + 1]) + [self.whole(results[i + 1]) for i in carried]
            body.results += self.atoms(results[n + 1 :]) + [self.whole(results[i]) for i in tapes]
        self.builder.loc = node.loc
        outs = [self.fresh(o) for o in node.outs[: n + 1]] + [self.fresh_tangent(node.outs[i + 1]) for i in carried]
        outs += [self.fresh(o) for o in node.outs[n + 1 :]] + [self.fresh_tangent(node.outs[i]) for i in tapes]
        self.builder.loop(iters, cond, body, inits, outs)

    def carried_tangent(self, node: Loop, i: int) -> Atom:
        init = node.inits[i]
        if isinstance(init.type, Opaque):  # not assigned before the loop
            return self.atom(init)
        return self.whole(init)


def getitem(p: Pusher, op: Op) -> Atom | None:
    if p.tangent(op.args[0]) is None:
        check_index(op)
        return None
    return p.builder.emit("operator.getitem", p.whole(op.args[0]), p.atom(op.args[1]))


def setitem(p: Pusher, op: Op) -> Atom | None:
    x, index, value = op.args
    if is_container(x.type):  # each of its items is as large as its primal
        return p.builder.emit(op.fn, p.whole(x), p.atom(index), p.whole(value))
    written = p.tangent(value)
    if written is None:
        written = p.builder.lit(0.0) if isinstance(value.type, Array) else zero(p.builder, p.atom(value))
    return p.builder.emit(op.fn, p.whole(x), p.atom(index), written)


def addto(p: Pusher, op: Op) -> Atom | None:
    x, index, value = op.args
    added = p.tangent(value)
    return p.whole(x) if added is None else p.builder.emit(op.fn, p.whole(x), p.atom(index), added)


def iadd(p: Pusher, op: Op) -> Atom | None:
    x, value = op.args
    added = p.tangent(value)
    return p.whole(x) if added is None else p.builder.emit("operator.iadd", p.whole(x), added)


def construct(p: Pusher, op: Op) -> Atom | None:
    return p.builder.emit(op.fn, *map(p.whole, op.args))


def make_dict(p: Pusher, op: Op) -> Atom | None:
    return p.builder.emit("dict", *(p.atom(a) if i % 2 == 0 else p.whole(a) for i, a in enumerate(op.args)))


def same_on_tangent(p: Pusher, op: Op) -> Atom | None:
    return p.builder.emit(op.fn, *map(p.whole, op.args))


def attribute(p: Pusher, op: Op) -> Atom | None:
    if p.tangent(op.args[0]) is None:
        return None
    return p.builder.emit("getattr", p.whole(op.args[0]), op.args[1])


ACCESS: dict[str, Callable[[Pusher, Op], Atom | None]] = {
    "operator.getitem": getitem,
    "getattr": attribute,
    "operator.setitem": setitem,
    "srcdiff.replaced": setitem,
    "srcdiff.addto": addto,
    "srcdiff.scatter_add": addto,
    "operator.iadd": iadd,
    "tuple": construct,
    "list": construct,
    "dict": make_dict,
    "list.append": same_on_tangent,
    "srcdiff.drop_last": same_on_tangent,
    "srcdiff.copy": same_on_tangent,
    "srcdiff.flip": same_on_tangent,
}
