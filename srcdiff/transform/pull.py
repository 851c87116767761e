"""Reverse mode: from a function to its cotangents, by pulling them back through each statement, last to first.

    t = np.sin(x)          t = np.sin(x)
    return t * y    ->     t_bar = y; y_bar = t; x_bar = t_bar * np.cos(x)

The primal's statements come first, the adjoint's after them. A branch becomes a branch on the same test. A loop becomes a
loop that walks the same ranges backwards, with a tape for what it cannot compute again (see `residuals`).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from itertools import zip_longest

from srcdiff.analysis.activity import useful
from srcdiff.analysis.dimensions import unknown_shape
from srcdiff.ir.builder import Builder, atom_key
from srcdiff.ir.nodes import NEXT, UNDEF, Atom, Block, Call, If, Iter, Loop, Op, Stmt, Var
from srcdiff.ir.types import Any, Array, Opaque, Sequence, Type
from srcdiff.ir.walk import definitions, free_vars, substitute, walks_all
from srcdiff.transform.apply_rules import pull_rule
from srcdiff.transform.cotangents import Cotangents, derivative_type, shape_of, zero
from srcdiff.transform.pull_access import ACCESS, joined, put_back
from srcdiff.transform.rebuild import Rebuilder
from srcdiff.transform.residuals import Residuals, take_values
from srcdiff.transform.sink import sink

CallPuller = Callable[["Puller", Call, Cotangents], None]


class Puller:
    """Emits the adjoint of statements that the same builder has emitted."""

    def __init__(
        self,
        builder: Builder,
        active: dict[Var, None],
        overwritten: set[Var],
        calls: CallPuller | None = None,
        unassigned: set[Var] | None = None,
        final: dict[Var, list[Op]] | None = None,
    ) -> None:
        self.builder = builder
        self.active = active
        self.overwritten = overwritten
        self.final = final or {}
        self.calls = calls
        self.shapeless = {v for v in unassigned or () if isinstance(v.type, Array) and v.type.shape != ()}

    def block(self, stmts: list[Stmt], bars: Cotangents) -> None:
        """Pull the cotangents in `bars` back through statements."""
        for stmt in stmts:
            if isinstance(stmt, Op):
                bars.inside.add(stmt.out)
                if stmt.fn == "operator.getitem":
                    bars.reads[stmt.args[0], atom_key(stmt.args[1])] = stmt.out
        for i in reversed(range(len(stmts))):
            stmt, before = stmts[i], stmts[i - 1] if i else None
            self.builder.loc = stmt.loc
            if not isinstance(stmt, Op):
                bars.slots.clear()  # what elements have received stays in their containers, what follows comes apart
            match stmt:
                case Op():
                    self.op(stmt, before, bars)
                case If():
                    self.if_(stmt, bars, (stmts[k] for k in reversed(range(i))))
                case Loop():
                    self.loop(stmt, bars)
                case Call():
                    self.call(stmt, bars)

    def op(self, op: Op, before: Stmt | None, bars: Cotangents) -> None:
        if op.out not in self.active or not bars.has(op.out):
            return
        if op.fn == "operator.setitem" and isinstance(before, Op) and put_back(op, before, bars, self.active):
            return
        if op.fn == "operator.add" and isinstance(op.out.type, Sequence):
            joined(op, bars, self.active)
            return
        if op.fn in ACCESS:
            ACCESS[op.fn](op, bars, self.active)
            return
        bar = bars.get(op.out)
        if bar is not None:
            pull_rule(self.builder, op, bar, bars, self.active)

    def call(self, call: Call, bars: Cotangents) -> None:
        if any(bars.has(o) and o in self.active for o in call.outs):
            assert self.calls is not None, call.callee
            self.calls(self, call, bars)

    # where paths meet

    def gathered(self, var: Var, bars: Cotangents) -> Atom | None:
        """What a variable received: as large as it is, unless it may be unassigned, and have no shape."""
        return bars.get(var) if var in self.shapeless else bars.get_full(var)

    def gathered_or_zero(self, var: Var, bars: Cotangents) -> Atom:
        if var not in self.shapeless:
            return bars.get_or_zero(var)
        bar = bars.get(var)
        return self.builder.lit(0.0) if bar is None else bar

    def bar_type(self, var: Var) -> Type:
        """The type of a variable's cotangent where paths meet."""
        t = derivative_type(var.type)
        return Array(t.dtype, unknown_shape()) if isinstance(t, Array) and var in self.shapeless else t

    # branches

    def if_(self, node: If, bars: Cotangents, earlier: Iterable[Stmt]) -> None:
        seeds = [(i, o) for i, o in enumerate(node.outs) if o in self.active and bars.has(o)]
        if not seeds:
            return
        out_bars = {i: self.gathered(o, bars) for i, o in seeds}
        reached: list[dict[Var, None]] = []
        for arm in (node.then, node.orelse):
            inside = set(definitions(arm))
            found = useful(arm, [arm.results[i] for i, _ in seeds], self.active)
            reached.append(dict.fromkeys(v for v in found if v not in inside))
        sunk = sink(earlier, (reached[0], reached[1]), self.active, bars)
        before = {v: self.gathered(v, bars) if bars.has(v) else None for v in {**reached[0], **reached[1]}}
        adjoints, after = [], []
        for arm, along in zip((node.then, node.orelse), sunk):
            with self.builder.block() as adjoint:
                arm_bars = Cotangents(self.builder)
                for v, bar in before.items():
                    arm_bars.replace(v, bar)
                for i, _ in seeds:
                    self.seed(arm.results[i], out_bars[i], arm_bars)
                self.block([*along, *arm.body], arm_bars)
                after.append({v: self.gathered(v, arm_bars) for v in before})
            adjoints.append(adjoint)
        self.close_if(node, adjoints, before, after, bars)

    def seed(self, result: Atom, bar: Atom | None, bars: Cotangents) -> None:
        if bar is not None and isinstance(result, Var) and result in self.active:
            bars.receive(result, bar)

    def close_if(
        self,
        node: If,
        adjoints: list[Block],
        before: dict[Var, Atom | None],
        after: list[dict[Var, Atom | None]],
        bars: Cotangents,
    ) -> None:
        changed = [v for v in before if any(arm[v] is not before[v] for arm in after)]
        outs = []
        for v in changed:
            outs.append(Var(f"{v.hint}_bar" if v.hint else "", self.bar_type(v)))
            for adjoint, arm in zip(adjoints, after):
                value = arm[v]
                if value is None:
                    with self.builder.resume(adjoint):
                        value = self.builder.lit(0.0) if v in self.shapeless else zero(self.builder, v)
                adjoint.results.append(value)
        for block, adjoint in zip((node.then, node.orelse), adjoints):
            self.save_from_arm(node, block, adjoint)
        self.builder.loc = node.loc
        self.builder.if_(node.test, adjoints[0], adjoints[1], outs)
        for v, out in zip(changed, outs):
            bars.replace(v, out)

    def save_from_arm(self, node: If, arm: Block, adjoint: Block) -> None:
        take_values(arm, adjoint)
        residuals = Residuals(arm, [adjoint], [], self.overwritten, self.final)
        exported: dict[Var, Atom] = {}
        for var in residuals.saved:
            out = Var(var.hint, var.type)
            exported[var] = out
            node.outs.append(out)
            node.then.results.append(var if arm is node.then else self.builder.lit(UNDEF))
            node.orelse.results.append(var if arm is node.orelse else self.builder.lit(UNDEF))
        self.remake(residuals, adjoint, exported)

    def remake(self, residuals: Residuals, adjoint: Block, given: dict[Var, Atom]) -> None:
        """Substitute what is given, and put the operations that are done again at the adjoint's start."""
        if not given and not residuals.again:
            return
        with self.builder.block() as prologue:
            rebuilder = Rebuilder(self.builder, _Through(given), second=True)
            for op in residuals.again:
                rebuilder.stmt(op)
        substitute(adjoint, dict(rebuilder.mapping))
        adjoint.body = prologue.body + adjoint.body

    # loops

    def loop(self, loop: Loop, bars: Cotangents) -> None:
        n = len(loop.inits)
        wanted = [i for i in range(n) if loop.outs[i + 1] in self.active and bars.has(loop.outs[i + 1])]
        tapes = [i for i in range(n + 1, len(loop.outs)) if loop.outs[i] in self.active and bars.has(loop.outs[i])]
        if not wanted and not tapes:
            return
        carried, free, walked, found = self.reached(loop, wanted, tapes)
        inits = [self.gathered_or_zero(v, bars) for v in [*(loop.outs[i + 1] for i in carried), *free]]
        shared = {i: each for i in tapes if (each := bars.uniform(loop.outs[i])) is not None}
        tapes = [i for i in tapes if i not in shared]
        tape_bars = [bars.get_full(loop.outs[i]) for i in tapes]
        for i in carried:
            bars.replace(loop.outs[i + 1], None)
        anew = {i for i, bar in zip(carried, inits) if loop.carried[i] not in found and self.is_made(loop, i, bar)}
        body, steps, results, element_bars = self.loop_body(loop, carried, free, walked, tapes, shared, anew)
        self.close_loop(loop, body, steps, tape_bars, inits, results, element_bars, carried, free, walked, bars)

    def is_made(self, loop: Loop, i: int, bar: Atom) -> bool:
        """Whether each iteration assigns what may be unassigned before the loop, and its cotangent has a shape at the end."""
        made = loop.body.results[i + 1]
        known = isinstance(made, Var) and made not in self.shapeless and isinstance(made.type, Array)
        return known and loop.carried[i] in self.shapeless and shape_of(made.type) == shape_of(bar.type)

    def reached(
        self, loop: Loop, wanted: list[int], tapes: list[int]
    ) -> tuple[list[int], list[Var], list[int], Container[Var]]:
        """The carried values, free variables and walked sequences that get a cotangent, and all in the body that do."""
        results = loop.body.results
        keep = set(wanted)
        while True:
            seeds = [results[i + 1] for i in sorted(keep)] + [results[i] for i in tapes]
            found = useful(loop.body, seeds, self.active)
            now = keep | {i for i, p in enumerate(loop.carried) if p in found}
            if now == keep:
                break
            keep = now
        inside = set(definitions(loop.body))
        free = [v for v in free_vars(loop.body) if v in found and v not in inside]
        walked = [i for i, t in enumerate(loop.targets) if t in found]
        return sorted(keep), free, walked, found

    def loop_body(
        self,
        loop: Loop,
        carried: list[int],
        free: list[Var],
        walked: list[int],
        tapes: list[int],
        shared: dict[int, Atom],
        anew: set[int],
    ) -> tuple[Block, list[Var], list[Atom], list[Atom]]:
        """The adjoint of the body; its parameters for the cotangents of collected values; what it yields."""
        sources = [loop.carried[i] for i in carried] + free
        params = [Var(_bar_hint(loop, v, i, carried), self.bar_type(v)) for i, v in enumerate(sources)]
        for i, param in zip(carried, params):  # at the body's start, it is the cotangent of what the body yields
            if i in anew or loop.carried[i] not in self.shapeless:
                param.type = _narrower(derivative_type(loop.body.results[i + 1].type), param.type)
        steps = [Var("", derivative_type(loop.body.results[i].type)) for i in tapes]
        with self.builder.block() as body:
            body_bars = Cotangents(self.builder)
            for v, param in zip(free, params[len(carried) :]):
                body_bars.replace(v, param)
            for i, param in zip(carried, params):
                result = loop.body.results[i + 1]
                if isinstance(result, Var) and result in self.active and not body_bars.has(result):
                    body_bars.replace(result, param)  # an accumulator: what the body adds comes behind it
                else:
                    self.seed(result, param, body_bars)
            for i, step in zip(tapes, steps):
                self.seed(loop.body.results[i], step, body_bars)
            for i, each in shared.items():
                self.seed(loop.body.results[i], each, body_bars)
            self.block(loop.body.body, body_bars)
            results = [
                zero(self.builder, loop.body.results[i + 1]) if i in anew else self.gathered_or_zero(v, body_bars)
                for i, v in zip_longest(carried, sources)
            ]
            elements = [self.gathered_or_zero(loop.targets[i], body_bars) for i in walked]
        body.params = params
        return body, steps, results, elements

    def close_loop(
        self,
        loop: Loop,
        body: Block,
        steps: list[Var],
        tape_bars: list[Atom | None],
        inits: list[Atom],
        results: list[Atom],
        element_bars: list[Atom],
        carried: list[int],
        free: list[Var],
        walked: list[int],
        bars: Cotangents,
    ) -> None:
        body.results = [self.builder.lit(NEXT), *results, *element_bars]
        iters, targets, given = self.walks_again(loop) if walks_all(loop) else ([], [], {})
        take_values(loop.body, body)
        residuals = Residuals(loop.body, [body], list(given), self.overwritten, self.final, taped=True)
        for op in residuals.constants():
            args = tuple(given.get(a, a) if isinstance(a, Var) else a for a in op.args)
            given[op.out] = self.builder.emit_op(op.fn, args, op.kwargs)
        counted: list[Var | None] = [] if iters or steps else [None]  # with nothing to walk, a tape to count
        for var in [*residuals.saved] or counted:
            tape, target = self.push_on_tape(loop, var)
            iters.append(Iter(tape, reverse=True))
            targets.append(target)
            if var is not None:
                given[var] = target
        self.remake(residuals, body, given)
        iters += [Iter(b, reverse=True) for b in tape_bars if b is not None]
        body.params = [*targets, *steps, *body.params]
        outs = [Var("", loop.outs[0].type)]
        sources = [*(loop.carried[i] for i in carried), *free]  # without an iteration, it stays what it was
        outs += [Var(p.hint, self.bar_type(v)) for p, v in zip(body.params[len(iters) :], sources)]
        outs += [Var("", Sequence("list", b.type)) for b in element_bars]
        self.builder.loc = loop.loc
        self.builder.loop(iters, None, body, inits, outs)
        n = len(carried) + len(free)
        for v, out in zip(free, outs[1 + len(carried) :]):
            bars.replace(v, out)
        for i, out in zip(carried, outs[1:]):
            self.seed(loop.inits[i], out, bars)
        for i, out in zip(walked, outs[1 + n :]):
            # the adjoint walks against the primal, and so collects against it
            in_order = out if loop.iters[i].reverse else self.builder.emit("srcdiff.flip", out)
            self.seed(loop.iters[i].seq, in_order, bars)

    def walks_again(self, loop: Loop) -> tuple[list[Iter], list[Var], dict[Var, Atom]]:
        """The same sequences, walked in the other direction, where that gives the same elements."""
        iters: list[Iter] = []
        targets: list[Var] = []
        given: dict[Var, Atom] = {}
        for it, target in zip(loop.iters, loop.targets):
            if _again(it):
                iters.append(Iter(it.seq, not it.reverse))
                targets.append(Var(target.hint, target.type))
                given[target] = targets[-1]
        return iters, targets, given

    def push_on_tape(self, loop: Loop, var: Var | None) -> tuple[Var, Var]:
        """Collect a value in each iteration; the tape, and the name of its element in the reverse loop."""
        value: Atom = self.builder.lit(None) if var is None else var
        tape = Var("tape", Sequence("list", value.type))
        loop.body.results.append(value)
        loop.outs.append(tape)
        return tape, Var("" if var is None else var.hint, value.type)


class _Through(dict[Var, Atom]):
    """A mapping in which what is not mapped stands for itself."""

    def __missing__(self, key: Var) -> Atom:
        return key


def _again(it: Iter) -> bool:
    """Whether a walk gives the same elements when repeated: a range does, and a tape, or a list of the loop's own."""
    return isinstance(it.seq.type, Opaque) and it.seq.type.name == "range" or isinstance(it.seq.type, Sequence)


def _narrower(yielded: Type, carried: Type) -> Type:
    """What an iteration yields has a shape that is known better than that of what all iterations carry."""
    return (
        yielded if isinstance(yielded, Array) and isinstance(carried, Array | Any) and yielded.shape != () else carried
    )


def _bar_hint(loop: Loop, var: Var, position: int, carried: list[int]) -> str:
    hint = var.hint
    if not hint and position < len(carried):
        hint = loop.outs[carried[position] + 1].hint
    return f"{hint}_bar" if hint else ""
