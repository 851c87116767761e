"""From blocks to statements: branches, loops and exits as people write them.

An `If` at the end of a block takes the rest of the work into its arms: `return`, `break` and `continue` stand where
they are decided. Everything else is moved between variables; names make most moves vanish.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.analysis.storage_kinds import WRITES
from srcdiff.emit.places import Nesting, is_item, unpacked
from srcdiff.emit.steps import (
    Branch,
    CallStep,
    Compute,
    Exit,
    Move,
    NewTape,
    Pop,
    Push,
    Repeat,
    Step,
    Walk,
    Write,
)
from srcdiff.emit.tails import Finish, Tail, code_asked, drop_last_continue, flat, renamed_tail
from srcdiff.emit.tapes import Tapes
from srcdiff.ir.builder import is_effect
from srcdiff.ir.nodes import BREAK, CONTINUE, NEXT, RETURN, Atom, Block, Call, Function, If, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import BOOL, INT


@dataclass
class Structure:
    nesting: Nesting
    tapes: Tapes
    code_of: dict[Var, int] = field(default_factory=dict)  # the exit code that a flag stands for
    flags: dict[Var, Var] = field(default_factory=dict)  # the test of how a loop ended: the flag that says so

    def function(self, function: Function) -> list[Step]:
        steps: list[Step] = []

        def finish(results: list[Atom], into: list[Step]) -> None:
            into.append(Exit("return", results))

        self.block(function.body, Tail(finish, returns=True), steps)
        return steps

    def block(self, block: Block, tail: Tail, steps: list[Step]) -> None:
        """Write a block and what follows it; each push goes as early as its values are ready."""
        own = self.tapes.push_at.get(block, [])
        pending = [p for p in self.tapes.pushes(block, own) if self.is_early(p[0], block, tail)]
        early = {p[1].tape for p in pending}
        tail = self.pushing(tail, [(tape, places) for tape, places in own if tape not in early])
        steps += [Pop(walk) for walk in self.tapes.pop_at.get(block, [])]

        def push(ready: int) -> None:
            for item in [p for p in pending if p[0] == ready]:
                pending.remove(item)
                steps.append(item[1])

        push(-1)
        for i, stmt in enumerate(block.body):
            if self.is_inside(stmt):
                push(i)
                continue
            if is_item(stmt):
                self.unpack(stmt, block, steps)
                push(i)
                continue
            if isinstance(stmt, If) and self.sinks(stmt, block, tail):
                self.sunk_branch(stmt, block, tail, steps)
                return
            if isinstance(stmt, Loop):
                branch = self.return_test(stmt, i, block, tail)
                self.loop(stmt, steps, None if branch is None else (branch, block, tail))
                if branch is not None:
                    self.block(branch.orelse, self.arm_tail(branch, block, tail), steps)
                    return
            else:
                self.statement(stmt, steps)
                if isinstance(stmt, Op) and stmt.fn == "raise":
                    return
            push(i)
        tail.finish(list(block.results), steps)

    def unpack(self, first: Stmt, block: Block, steps: list[Step]) -> None:
        """Take all residuals of a call where the first of them is taken."""
        assert isinstance(first, Op)
        items = unpacked(block.body, first)
        if not any(isinstance(step, Pop) and items[0].out in step.walk.targets for step in steps):
            steps.append(Pop(Walk([op.out for op in items], first.args[0]), first.loc))

    def is_inside(self, stmt: Stmt) -> bool:
        if isinstance(stmt, Op):
            if stmt.out in self.nesting.inside:
                return True
            pure = not (stmt.fn in WRITES or is_effect(stmt.fn) or stmt.fn == "srcdiff.check_rank")
            return pure and not self.nesting.used(stmt.out)
        return isinstance(stmt, If) and stmt in self.nesting.conditional and stmt.outs[0] in self.nesting.inside

    def statement(self, stmt: Stmt, steps: list[Step]) -> None:
        match stmt:
            case Op() if stmt.out in self.flags:
                steps.append(Move([stmt.out], [self.flags[stmt.out]], stmt.loc))
            case Op(fn) if fn in WRITES:
                steps.append(Write(stmt, stmt.loc))
            case Op():
                steps.append(Compute(stmt.out, stmt, stmt.loc))
            case If() if stmt in self.nesting.conditional:
                steps.append(Compute(stmt.outs[0], stmt, stmt.loc))
            case If():
                self.branch(stmt, steps)
            case Call():
                steps.append(CallStep(stmt, stmt.loc))

    def branch(self, node: If, steps: list[Step]) -> None:
        def finish(results: list[Atom], into: list[Step]) -> None:
            pairs = [(out, r) for out, r in zip(node.outs, results) if self.nesting.used(out)]
            pairs = [(out, r) for out, r in pairs if out not in self.nesting.passed]
            if pairs:
                into.append(Move([o for o, _ in pairs], [r for _, r in pairs], node.loc))

        then: list[Step] = []
        orelse: list[Step] = []
        self.block(node.then, Tail(finish), then)
        self.block(node.orelse, Tail(finish), orelse)
        steps.append(Branch(node.test, then, orelse, node.loc))

    def pushing(self, tail: Tail, late: list[tuple[Var, list[int]]]) -> Tail:
        """The same tail, behind pushes of what only the end of a block has."""
        if not late:
            return tail

        def finish(results: list[Atom], into: list[Step]) -> None:
            into += [Push(tape, [self.tapes.pushed(results[k]) for k in places]) for tape, places in late]
            tail.finish(results, into)

        return Tail(finish, tail.returns, tail.exit_at, tail.leaves)

    # branches that end a block

    def sinks(self, node: If, block: Block, tail: Tail) -> bool:
        """Whether the arms can take over what follows the block."""
        if node in self.nesting.conditional or not (tail.returns or tail.exit_at is not None):
            return False
        if not all(self.is_inside(later) for later in block.body[block.body.index(node) + 1 :]):
            return False
        for out in node.outs:
            if any(use.stmt is not None or use.block is not block for use in self.nesting.used(out)):
                return False
        if tail.exit_at is not None:
            return any(block.results[tail.exit_at] is out for out in node.outs)
        others = [r for r in block.results if not any(r is out for out in node.outs)]
        return not any(isinstance(r, Var) and r in self.nesting.inside for r in others)

    def arm_tail(self, node: If, block: Block, tail: Tail) -> Tail:
        def finish(results: list[Atom], into: list[Step]) -> None:
            values = dict(zip(node.outs, results))
            tail.finish([values.get(r, r) if isinstance(r, Var) else r for r in block.results], into)

        exit_at = None
        if tail.exit_at is not None:
            found = [k for k, out in enumerate(node.outs) if out is block.results[tail.exit_at]]
            exit_at = found[0] if found else None
        return Tail(finish, tail.returns, exit_at, tail.leaves)

    def sunk_branch(self, node: If, block: Block, tail: Tail, steps: list[Step]) -> None:
        then: list[Step] = []
        orelse: list[Step] = []
        self.block(node.then, self.arm_tail(node, block, tail), then)
        self.block(node.orelse, self.arm_tail(node, block, tail), orelse)
        steps += flat(node.test, then, orelse, node.loc)

    # loops

    def exits(self, block: Block, exit_at: int) -> list[int] | None:
        """The exit codes at the ends of a loop's body; None where one is not decided by a branch at the end."""
        atom = block.results[exit_at]
        if isinstance(atom, Lit):
            return [atom.value]
        node = self.nesting.made.get(atom) if isinstance(atom, Var) else None
        tail = Tail(lambda results, into: None, exit_at=exit_at)
        if not isinstance(node, If) or self.nesting.block_of[node] is not block or not self.sinks(node, block, tail):
            return None
        k = next(k for k, out in enumerate(node.outs) if out is atom)
        then, orelse = self.exits(node.then, k), self.exits(node.orelse, k)
        return None if then is None or orelse is None else then + orelse

    def return_test(self, loop: Loop, at: int, block: Block, tail: Tail) -> If | None:
        """The branch after a loop that asks whether the loop returned, if it is all that asks."""
        exit_uses = self.nesting.used(loop.outs[0])
        codes = self.exits(loop.body, 0)
        rest = [s for s in block.body[at + 1 :] if not self.is_inside(s)]
        if len(exit_uses) != 1 or codes is None or not rest or not isinstance(rest[0], If):
            return None
        test, node = exit_uses[0].stmt, rest[0]
        if (
            not isinstance(test, Op)
            or test.fn != "operator.eq"
            or node.test is not test.out
            or test.out not in self.nesting.inside
        ):
            return None
        if not isinstance(test.args[1], Lit) or test.args[1].value != RETURN or not self.sinks(node, block, tail):
            return None
        if codes.count(RETURN) > 1 and any(not self.is_inside(s) for s in node.then.body):
            return None
        return node if self.ends_in_return(node, block, tail) else None

    def ends_in_return(self, node: If, block: Block, tail: Tail) -> bool:
        """Whether the first arm of a branch at the end of a block leaves the function: `break` leaves one loop only."""
        if tail.exit_at is None:
            return tail.returns
        places = [k for k, out in enumerate(node.outs) if out is block.results[tail.exit_at]]
        codes = self.exits(node.then, places[0]) if places else None
        return tail.leaves and codes is not None and all(code == RETURN for code in codes)

    def loop(self, node: Loop, steps: list[Step], returned: tuple[If, Block, Tail] | None) -> None:
        n = len(node.inits)
        codes = self.exits(node.body, 0)
        flag = (
            self.flag(node, codes) if codes is None or (self.nesting.used(node.outs[0]) and returned is None) else None
        )
        kept = [k for k in range(n + 1, len(node.outs)) if self.nesting.used(node.outs[k])]
        steps += [NewTape(tape, node.loc) for tape in dict.fromkeys(self.tapes.tape(node.outs[k]) for k in kept)]
        tapes = self.tapes.grouped([(node.outs[k], node.body.results[k], k) for k in kept])
        targets, values = list(node.carried), list(node.inits)
        if flag is not None:
            targets.append(flag)
            values.append(Lit(self.code_of[flag] == NEXT, BOOL) if flag.type == BOOL else Lit(NEXT, INT))
        if targets:
            steps.append(Move(targets, values, node.loc))
        repeat = Repeat(self.tapes.walks(node), [], None, [], node.loc, list(node.carried), flag)
        if node.cond is not None:
            self.condition(node.cond, repeat)
        tail = Tail(self.iteration_end(node, flag, returned), exit_at=0, leaves=returned is not None)
        self.tapes.push_at[node.body] = tapes
        self.block(node.body, tail, repeat.body)
        unpack_in_head(repeat)
        drop_last_continue(repeat.body)
        steps.append(repeat)
        pairs = [(o, c) for o, c in zip(node.outs[1:], node.carried) if self.nesting.used(o)]
        if pairs:
            steps.append(Move([o for o, _ in pairs], [c for _, c in pairs], node.loc))

    def flag(self, node: Loop, codes: list[int] | None) -> Var:
        """The variable that says how a loop ended: the exit code, or whether it is the one that somebody asks for."""
        tests = [use.stmt for use in self.nesting.used(node.outs[0])]
        asked = {code_asked(test) for test in tests}
        around = [self.nesting.owner.get(self.nesting.block_of[test]) for test in tests if test is not None]
        if codes is None or len(asked) != 1 or None in asked or any(a in self.nesting.conditional for a in around):
            return node.outs[0]
        code = asked.pop()
        assert code is not None
        nested = self.nesting.region[self.nesting.block_of[node]] is not None
        word = {NEXT: "finished", BREAK: "stopped"}.get(code, "left" if nested else "returned")
        flag = Var(word, BOOL)
        self.code_of[flag] = code
        for test in tests:
            assert isinstance(test, Op)
            self.flags[test.out] = flag
            self.nesting.inside.pop(test.out, None)
        return flag

    def condition(self, cond: Block, repeat: Repeat) -> None:
        def finish(results: list[Atom], into: list[Step]) -> None:
            repeat.test = results[0]

        self.block(cond, Tail(finish), repeat.head)

    def iteration_end(
        self,
        node: Loop,
        flag: Var | None,
        returned: tuple[If, Block, Tail] | None,
    ) -> Finish:
        n = len(node.inits)
        first = n + 1

        def finish(results: list[Atom], into: list[Step]) -> None:
            code = results[0]
            leaving = returned is not None and isinstance(code, Lit) and code.value == RETURN
            if leaving:
                assert returned is not None
                self.leave(node, results, returned, into)
                return
            targets, values = list(node.carried), results[1:first]
            if flag is not None and flag.type != BOOL:
                targets, values = [*targets, flag], [*values, code]
            elif flag is not None and isinstance(code, Lit) and code.value >= BREAK:
                asked = self.code_of[flag]
                if asked in (NEXT, code.value):
                    targets, values = [*targets, flag], [*values, Lit(asked != NEXT, BOOL)]
            if targets:
                into.append(Move(targets, values, node.loc))
            if not isinstance(code, Lit):
                assert flag is not None
                test = Var("", BOOL)
                self.nesting.inside[test] = Op("operator.ge", (flag, Lit(BREAK, INT)), (), test, node.loc)
                into.append(Branch(test, [Exit("break")], [], node.loc))
            elif code.value >= BREAK:
                into.append(Exit("break"))
            elif code.value == CONTINUE:
                into.append(Exit("continue"))

        return finish

    def leave(self, node: Loop, results: list[Atom], returned: tuple[If, Block, Tail], into: list[Step]) -> None:
        """Return from within a loop: what the branch after the loop would do."""
        branch, block, tail = returned
        values = dict(zip(node.outs[1 : len(node.inits) + 1], results[1:]))
        arm = branch.then
        if all(self.is_inside(s) for s in arm.body) and not any(
            isinstance(r, Var) and r in self.nesting.inside for r in [*arm.results, *block.results]
        ):
            arm_values = [values.get(r, r) if isinstance(r, Var) else r for r in arm.results]
            tail_of_arm = self.arm_tail(branch, block, renamed_tail(tail, values))
            tail_of_arm.finish(arm_values, into)
            return
        used = [(o, v) for o, v in values.items() if self.nesting.used(o)]
        if used:
            into.append(Move([o for o, _ in used], [v for _, v in used], node.loc))
        self.block(arm, self.arm_tail(branch, block, tail), into)

    def is_early(self, ready: int, block: Block, tail: Tail) -> bool:
        """Whether the values are there before the branch that ends a block."""
        for i, stmt in enumerate(block.body[: ready + 1]):
            if isinstance(stmt, If) and self.sinks(stmt, block, tail):
                return False
            if isinstance(stmt, Loop) and self.return_test(stmt, i, block, tail) is not None:
                return False
        return True


def unpack_in_head(repeat: Repeat) -> None:
    """for residual in tape: a, b = residual   ->   for a, b in tape"""
    first = repeat.body[0] if repeat.body else None
    for walk in repeat.walks:
        if isinstance(first, Pop) and not first.walk.popped and [first.walk.seq] == walk.targets:
            walk.targets = first.walk.targets
            del repeat.body[0]
            return
