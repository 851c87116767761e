"""Breaks the compiler on purpose, in memory: one wrong word in one pass, or one wrong sign in one rule.

A mutant is a function of the compiler, a piece of its text, and what stands there instead. The function's code is replaced
for as long as the `with` block lasts; the files stay as they are.
"""

from __future__ import annotations

import importlib
import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any

from srcdiff.rules import RULES


@dataclass(frozen=True)
class Mutant:
    what: str
    where: str  # "transform.pull:Puller.block"
    old: str
    new: str

    @contextmanager
    def applied(self) -> Iterator[None]:
        found = self.function()
        function: FunctionType = inspect.unwrap(found)  # type: ignore[assignment]
        text = textwrap.dedent(inspect.getsource(function))
        assert text.count(self.old) == 1, f"{self.where} no longer holds {self.old!r} once: bring the mutant up to date"
        namespace: dict[str, Any] = dict(function.__globals__)
        exec(
            compile("from __future__ import annotations\n" + text.replace(self.old, self.new), self.where, "exec"),
            namespace,
        )
        changed: FunctionType = inspect.unwrap(namespace[function.__name__])  # type: ignore[assignment]
        before = function.__code__
        function.__code__ = changed.__code__
        forget = getattr(found, "cache_clear", lambda: None)
        forget()
        try:
            yield
        finally:
            function.__code__ = before
            forget()

    def function(self) -> Any:
        module, _, path = self.where.partition(":")
        found: Any = importlib.import_module(f"srcdiff.{module}")
        for name in path.split("."):
            found = getattr(found, name)
        return found


def negated(part: Any) -> Any:
    """The opposite of a part of a rule: the wrong sign in the reverse sweep, and of a partial in both."""
    if isinstance(part, tuple):
        return part[0], negated(part[1])
    return (lambda *args, **kwargs: -part(*args, **kwargs)) if callable(part) else -part


@contextmanager
def wrong_sign(name: str, argument: str) -> Iterator[None]:
    """The rule of one function with one argument's derivative negated."""
    rule = RULES[name]
    signed = negated(rule.parts[argument])
    RULES[name] = replace(rule, parts={**rule.parts, argument: signed})
    try:
        yield
    finally:
        RULES[name] = rule


MUTANTS = [
    # contributions and their sums
    Mutant(
        "an accumulation is an assignment",
        "transform.cotangents:Cotangents.receive",
        "self.terms.setdefault(atom, []).append(contribution)",
        "self.terms[atom] = [contribution]",
    ),
    Mutant(
        "what a loop accumulated is forgotten",
        "transform.cotangents:Cotangents.get",
        "if base is not None:",
        "if False:",
    ),
    Mutant("contributions are subtracted", "transform.cotangents:add", '"operator.add"', '"operator.sub"'),
    Mutant("nothing is summed over broadcast axes", "transform.cotangents:fit", "if target == whole or", "if True or"),
    Mutant("a smaller cotangent stays small", "transform.cotangents:full", "if same(value.type, t) or", "if True or"),
    Mutant(
        "an untouched scalar has the derivative 1",
        "transform.cotangents:zero",
        "builder.lit(0.0)\n        if",
        "builder.lit(1.0)\n        if",
    ),
    # the reverse sweep
    Mutant(
        "the reverse sweep runs forwards",
        "transform.pull:Puller.block",
        "reversed(range(len(stmts)))",
        "range(len(stmts))",
    ),
    Mutant(
        "the branches of the adjoint are swapped",
        "transform.pull:Puller.close_if",
        "if_(node.test, adjoints[0], adjoints[1]",
        "if_(node.test, adjoints[1], adjoints[0]",
    ),
    Mutant(
        "a branch forgets what was there before",
        "transform.pull:Puller.if_",
        "self.gathered(v, bars) if bars.has(v) else None for v in",
        "None for v in",
    ),
    Mutant(
        "a tape is not reversed",
        "transform.pull:Puller.close_loop",
        "Iter(tape, reverse=True)",
        "Iter(tape, reverse=False)",
    ),
    Mutant(
        "a loop is repeated in the primal's order", "transform.pull:Puller.walks_again", "not it.reverse", "it.reverse"
    ),
    Mutant(
        "what an iteration reaches is found once only", "transform.pull:Puller.reached", "if now == keep:", "if True:"
    ),
    Mutant(
        "the start of a loop gets no cotangent",
        "transform.pull:Puller.close_loop",
        "self.seed(loop.inits[i], out, bars)",
        "pass",
    ),
    Mutant(
        "a loop that may stop early is repeated whole",
        "transform.pull:Puller.close_loop",
        "if walks_all(loop) else",
        "if loop.iters else",
    ),
    Mutant(
        "the output's cotangent is doubled", "transform.derive:Derivatives.pull", "builder.lit(1.0)", "builder.lit(2.0)"
    ),
    Mutant(
        "a call ignores its result's cotangent",
        "transform.calls:pull_planned",
        'builder.emit("operator.mul", bar, partial)',
        "partial",
    ),
    # residuals
    Mutant(
        "a branch gives the other's residuals",
        "transform.pull:Puller.save_from_arm",
        "node.then.results.append(var if arm is node.then",
        "node.then.results.append(var if arm is node.orelse",
    ),
    Mutant("what is saved is not put in", "transform.pull:Puller.remake", "_Through(given)", "_Through({})"),
    # reads and writes
    Mutant(
        "an overwritten element keeps its cotangent",
        "transform.pull_access:setitem",
        "builder.emit(op.fn, bar, index, cleared)",
        "bar",
    ),
    Mutant(
        "a written value gets no cotangent",
        "transform.pull_access:setitem",
        "bars.receive(value, named(got",
        "(lambda *_: None)(value, named(got",
    ),
    Mutant(
        "of an element written twice, each write counts",
        "transform.pull_access:setitem",
        "if fancy else",
        "if False else",
    ),
    Mutant(
        "an element gathered twice counts once",
        "transform.pull_access:getitem",
        'fn = "srcdiff.scatter_add"',
        'fn = "srcdiff.addto"',
    ),
    Mutant("what was there before += is forgotten", "transform.pull_access:addto", "hand_on(op, bars, active)", "pass"),
    Mutant("an array before += is forgotten", "transform.pull_access:iadd", "hand_on(op, bars, active)", "pass"),
    Mutant(
        "a broadcast write is not summed",
        "transform.pull_access:fit_write",
        "return fit(bars.builder, got, got, value)",
        "return got",
    ),
    Mutant(
        "append forgets the list",
        "transform.pull_access:append",
        "hand_on(op, bars",
        "(lambda *_: None)(op, bars",
    ),
    # rules
    Mutant(
        "the chain rule leaves out the cotangent",
        "transform.apply_rules:_pulled",
        "_times(builder, bar, factor)",
        "factor",
    ),
    Mutant("where gives to the other side", "transform.apply_rules:_chosen", 'if name == "x"', 'if name != "x"'),
    Mutant(
        "the chain rule leaves out the partial",
        "transform.apply_rules:_pushed",
        "_times(builder, factor, dot)",
        "dot",
    ),
    Mutant(
        "only the last argument's tangent counts",
        "transform.apply_rules:push_rule",
        "term if total is None else",
        "term if True else",
    ),
    # forward mode
    Mutant(
        "an overwritten element keeps its tangent",
        "transform.push:setitem",
        "p.builder.emit(op.fn, p.whole(x), p.atom(index), written)",
        "p.whole(x)",
    ),
    Mutant("+= forgets what is added", "transform.push:addto", "if added is None else", "if True else"),
    Mutant(
        "a loop starts with the wrong tangent",
        "transform.push:Pusher.carried_tangent",
        "return self.whole(init)",
        "return self.builder.lit(0.0)",
    ),
    # what varies
    Mutant(
        "loops are gone through once",
        "analysis.activity:_Varied.loop",
        "changed = len(self.found) != before",
        "changed = False",
    ),
    Mutant(
        "the else branch never varies",
        "analysis.activity:_Varied.stmt",
        "self.varies(a) or self.varies(b)",
        "self.varies(a)",
    ),
    Mutant("a call never varies", "analysis.activity:_Varied.stmt", "any(map(self.varies, stmt.args))", "False"),
    # aliases and writes in place
    Mutant(
        "a view shares nothing",
        "analysis.storage_kinds:shared_arguments",
        'if kind == "nothing"',
        'if kind in ("nothing", "arguments")',
    ),
    Mutant(
        "arguments may be written",
        "analysis.aliases:sharing",
        "found.link(param.var, EXTERNAL)",
        "found.link(param.var, 0)",
    ),
    Mutant(
        "nobody sees a write",
        "optimize.storage_facts:seen_by",
        "conflict = facts.sharing.of(write.args[0]) & (facts.live_after[write] | OUTSIDE)",
        "conflict = 0",
    ),
    Mutant(
        "tapes are dead while they are filled",
        "optimize.storage_facts:live_within",
        "around = live | (tapes & after)",
        "around = live",
    ),
    Mutant(
        "an element that may be written again is read late",
        "analysis.final_elements:_Versions.stays",
        "isinstance(version, Var) and all(",
        "isinstance(version, Var) or all(",
    ),
    Mutant(
        "a later iteration writes nothing",
        "analysis.final_elements:_Versions._misses",
        "for level in range(home, common)",
        "for level in range(0)",
    ),
    # optimisations
    Mutant(
        "a difference drops its sign",
        "optimize.rewrite:sub",
        'b.emit("operator.add", x, minus)',
        'b.emit("operator.sub", x, minus)',
    ),
    Mutant(
        "x * 1 is 1",
        "optimize.rewrite:mul",
        "if neutral(y, 1, x):\n        return x",
        "if neutral(y, 1, x):\n        return y",
    ),
    Mutant("a double negation is a single one", "optimize.rewrite:neg", "return inner.args[0]", "return None"),
    Mutant(
        "fused branches are swapped",
        "optimize.fuse:_join",
        "(first.then, second.then), (first.orelse, second.orelse)",
        "(first.then, second.orelse), (first.orelse, second.then)",
    ),
    Mutant("a loop keeps only what is read after it", "optimize.dead:_collect_loop", "(init, result)", "(init,)"),
    Mutant(
        "branches that differ are taken as equal",
        "optimize.dead:_simplify",
        "atom_key(a) == atom_key(b) and not",
        "not",
    ),
]
HARMLESS = {"a double negation is a single one"}  # a longer text, the same numbers
