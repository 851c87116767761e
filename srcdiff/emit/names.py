"""Names: the user's survive; versions of a variable share one where they are not needed at once.

No counters where a word will do.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Iterator
from itertools import count

from srcdiff.emit.groups import Groups, Places, all_steps, depth, join_moved, placed_steps, plain
from srcdiff.emit.liveness import Liveness
from srcdiff.emit.steps import CallStep, Compute, Move, NewTape, Pop, Push, Repeat, Step, Write, inner_steps, walks_of
from srcdiff.emit.vocabulary import COUNTS, INDICES, SUFFIXES, WORDS, Vocabulary, split_suffix
from srcdiff.ir.nodes import Atom, Function, If, Lit, Op, Var
from srcdiff.ir.types import Array, is_scalar

FORWARD = re.compile(r"_jvp(_\d+)?$")
MANY = 20  # names of one stem, up to which every number is tried anew
BUILTINS = frozenset(dir(builtins)) | frozenset(keyword.kwlist) | frozenset({"_", "match", "case", "type"})


def name_variables(
    function: Function, steps: list[Step], live: Liveness, taken: Iterable[str], elsewhere: dict[Var, str]
) -> dict[Var, str]:
    """A name for every variable that is printed; `elsewhere` is what another function calls some of them."""
    groups, handed_on = join_moved(function, steps, live)
    namer = _Namer(function, groups, set(taken), handed_on)
    namer.elsewhere = {groups.find(var): name for var, name in elsewhere.items() if var in live.bits}
    return namer.names(steps)


class _Namer:
    def __init__(self, function: Function, groups: Groups, taken: set[str], handed_on: dict[Var, Var]) -> None:
        self.function, self.groups, self.taken = function, groups, taken
        self.holders: dict[str, list[Var]] = {}
        self.last: dict[str, int] = {}  # the number that the latest name of a stem got, where there are many
        self.chosen: dict[Var, str] = {}
        self.hinted: set[str] = set()
        self.inner_tapes: set[Var] = set()
        self.peers: dict[str, list[Var]] = {}  # the groups that have the same hint, in the order of the text
        self.home: dict[Var, Places] = {}  # the loops and arms in which a group is assigned first
        self.carried: set[Var] = set()  # what is assigned in loops again
        self.walked: dict[Var, Places] = {}  # the targets of for loops, each with its loops
        self.flags: set[Var] = set()  # what says how a loop ended
        self.of: dict[Var, Op] = {}  # what a group is the cotangent of
        self.taken_from: dict[Var, list[Var]] = {}  # for what is pushed: what is popped
        self.stored: dict[Var, Op] = {}  # the write of an element that a group is made for
        self.pushed: dict[Var, Op | If] = {}  # for what is taken from a tape: the expression that was pushed
        self.elsewhere: dict[Var, str] = {}  # what the function that handed it over calls a group
        self.vocabulary = Vocabulary(self.text, groups.live.inside, FORWARD.search(function.name) is not None)
        self.handed_on = handed_on  # groups that are moved to another one: their name is what comes next

    def names(self, steps: list[Step]) -> dict[Var, str]:
        for param in self.function.params:
            self.give(self.groups.find(param.var), param.var.hint)
        order = self.appearances(steps)
        self.hinted = {v.plain for v, _ in order if v.hint}
        made: dict[Var, list[Op | If]] = {}
        for var, value in order:
            if value is not None:
                made.setdefault(self.groups.find(var), []).append(value)
        for var, _ in order:
            if var.of is not None:
                self.of.setdefault(self.groups.find(var), var.of)
        wishes = self.walk_wishes(steps)
        for popped, pushed in wishes.items():
            if self.groups.hints[popped]:  # what is popped has the name that was pushed
                self.groups.hints[popped] = self.groups.hints[self.groups.find(pushed)] or self.groups.hints[popped]
        for var, _ in order:
            group = self.groups.find(var)
            of_hint = self.peers.setdefault(self.groups.hints[group], [])
            if group not in of_hint:
                of_hint.append(group)
        self.inner_tapes = {self.groups.find(tape) for step in steps for tape in _tapes_within(step)}
        hinted = [group for var, _ in order if self.groups.hints[group := self.groups.find(var)]]
        for group in sorted(hinted, key=self.rank):
            if group not in self.chosen:
                self.choose(group, self.hint_names(group, wishes.get(group)))
        for group, values in made.items():
            if isinstance(values[0], Op) and not self.groups.hints[group]:
                self.vocabulary.made[values[0].out] = values[0]
        for group, values in made.items():
            if isinstance(values[0], Op) and not self.groups.hints[group] and values[0].fn != "index":
                self.vocabulary.note_subjects(values[0])
        for popped, pushed in wishes.items():
            self.taken_from.setdefault(self.groups.find(pushed), []).append(popped)
        self.name_elements(order)
        for var, value in order:
            if isinstance(value, Op) and self.groups.hints[self.groups.find(var)]:
                self.vocabulary.note_applied(value, self.text(var))
        for var, _ in order:
            group = self.groups.find(var)
            if group not in self.chosen:
                value = next(iter(made.get(group, [])), None)
                self.choose(group, self.other_names(group, value, wishes.get(group)), wishes.get(group))
        return {v: self.chosen[self.groups.find(v)] for v, _ in order} | {
            p.var: p.var.hint for p in self.function.params
        }

    def appearances(self, steps: list[Step]) -> list[tuple[Var, Op | If | None]]:
        """Every variable in the order in which it is first assigned, with what it is assigned."""
        found: list[tuple[Var, Op | If | None]] = []
        live = self.groups.live
        for step, places in placed_steps(steps):
            known = len(found)
            match step:
                case Compute(out, value) if (step, 0) not in live.dead:
                    found.append((out, value))
                case Move(targets, values):
                    for k, (target, moved) in enumerate(zip(targets, values)):
                        if (step, k) not in live.dead:
                            found.append((target, live.inside.get(moved) if isinstance(moved, Var) else None))
                case CallStep(call):
                    other = "value_dot" if call.callee.endswith("_jvp") else "value_bar"
                    words = ["value", *[other] * len(call.outs)]
                    found += [(out, Op(word, (), (), out)) for out, word in zip(call.outs, words)]
                case Write(Op("operator.setitem", (_, _, Var() as value))) if value not in live.inside:
                    self.stored.setdefault(self.groups.find(value), step.op)
                case NewTape(tape):
                    found.append((tape, Op("tape", (), (), tape)))
                case Repeat() | Pop():
                    if isinstance(step, Repeat):
                        places = (*places, step)
                        if step.flag is not None:
                            self.flags.add(self.groups.find(step.flag))
                    for walk in walks_of(step):
                        seq = (walk.seq,) if isinstance(step, Repeat) else ()
                        index = [Op("index", seq, (), t) for t in walk.targets]
                        found += list(zip(walk.targets, index))
                        if isinstance(step, Repeat) and not walk.popped:
                            self.walked |= {self.groups.find(target): places for target in walk.targets}
            for var, _ in found[known:]:
                group = self.groups.find(var)
                if _loops(places) > _loops(self.home.setdefault(group, places)):
                    self.carried.add(group)
        return found

    def walk_wishes(self, steps: list[Step]) -> dict[Var, Var]:
        """For what is taken from a tape: the variable that was pushed."""
        pushed: dict[Var | None, list[Var | None]] = {}
        tapes: dict[Var | None, list[Atom]] = {}
        wishes: dict[Var, Var] = {}
        for step in all_steps(steps):
            if isinstance(step, Push):
                values = [v if isinstance(v, Var) and v not in self.groups.live.inside else None for v in step.values]
                pushed.setdefault(step.tape, values)
                tapes.setdefault(step.tape, list(step.values))
            else:
                for walk in walks_of(step):
                    seq = walk.seq if isinstance(walk.seq, Var) else None
                    for target, value, raw in zip(walk.targets, pushed.get(seq, []), tapes.get(seq, [])):
                        if value is not None:
                            wishes.setdefault(self.groups.find(target), value)
                        elif isinstance(raw, Var):
                            self.pushed[self.groups.find(target)] = self.groups.live.inside[raw]
                        if isinstance(raw, Var) and raw in pushed:  # a tape on a tape
                            pushed.setdefault(target, pushed[raw])
                            tapes.setdefault(target, tapes[raw])
        return wishes

    def hint_names(self, group: Var, pushed: Var | None) -> Iterable[str]:
        hint = self.printed_hint(group)
        if pushed is not None:
            name = self.chosen.get(self.groups.find(pushed))
            if name is not None and (name.startswith(hint) or name == "inner_tape"):
                yield name
        if group in self.inner_tapes:
            yield "inner_tape"
        elif self.is_older_of_two(group):
            yield hint + "_prev"
        elif self.is_first_of_many(group):
            yield f"{hint}_0" if hint[-1:].isdigit() else f"{hint}0"
        if hint not in BUILTINS or hint not in self.taken:
            yield hint
        if group in self.handed_on and self.chosen.get(self.handed_on[group]) == hint:
            yield hint + "_next"
        if hint in COUNTS:
            yield from (name for name in COUNTS if name not in self.hinted)
        yield from self.numbered(hint)

    def printed_hint(self, group: Var) -> str:
        """The cotangent of the callee's x that is called x2 is x2_bar."""
        hint, of = self.groups.hints[group], self.of.get(group)
        named = self.text(of.out) if of is not None and depth(hint) else ""
        return named + "_bar" if named and not split_suffix(named)[1] else plain(hint)

    def numbered(self, stem: str) -> Iterator[str]:
        """x2, x3, ...; where there are many, the search goes on where it last ended."""
        if not stem.isidentifier():
            stem = "value"  # a key of the user's that is no name
        base, suffix = split_suffix(stem)
        base, stem = (text + "_" * text[-1:].isdigit() for text in (base, stem))
        for k in range(2, MANY):
            primal = f"{base}{k}"  # x2_bar, unless there is another x2
            clear = not suffix or not (primal in self.holders or primal in self.hinted)
            yield primal + suffix if clear else f"{stem}{k}"
        for k in count(self.last.get(stem, MANY)):
            self.last[stem] = k
            yield f"{stem}{k}"

    def is_older_of_two(self, group: Var) -> bool:
        """Whether this is the first of two values of one name that are needed at once: the second takes the name."""
        peers = self.peers.get(self.groups.hints[group], [])
        if len(peers) > MANY or depth(self.groups.hints[group]) or self.groups.hints[group] in ("tape", "residuals"):
            return False
        clashing = [other for other in peers if other is not group and self.groups.apart(group, other)]
        if len(clashing) != 1 or clashing[0] in self.chosen or peers.index(group) > peers.index(clashing[0]):
            return False
        if group in self.handed_on.values() or clashing[0] in self.handed_on:
            return False
        return sum(self.groups.apart(clashing[0], other) for other in peers if other is not clashing[0]) == 1

    def is_first_of_many(self, group: Var) -> bool:
        """Whether a callee's variable has a value before a loop, which is needed still, and others in the loop."""
        hint = self.groups.hints[group]
        peers = self.peers.get(hint, [])
        if not depth(hint) or not 1 < len(peers) <= MANY or peers[0] is not group or group in self.carried:
            return False
        later = [other for other in peers if self.groups.apart(group, other)]
        around = self.home.get(group, ())
        return bool(later) and all(_loops(self.home.get(other, ())) > _loops(around) for other in later)

    def other_names(self, group: Var, value: Op | If | None, pushed: Var | None) -> Iterator[str]:
        names: list[str] = []
        if pushed is not None and self.groups.find(pushed) in self.chosen:
            yield self.chosen[self.groups.find(pushed)]
        if group in self.elsewhere:
            yield self.elsewhere[group]
        if isinstance(value, Op) and value.fn == "index":
            names += self.walked_names(value)
        elif value is not None:
            names += self.vocabulary.names(value)
        read = isinstance(value, Op) and value.fn == "operator.getitem"
        if group in self.stored and not read:  # what becomes an element is called by it
            names[:0] = self.vocabulary.stored(*self.stored[group].args[:2])
        names = ["exit_code"] if group in self.flags else names or ["value"]
        yield from (n for n in names if n not in self.hinted and not self.misleads(n))
        yield from self.numbered(min(names, key=len))

    def misleads(self, name: str) -> bool:
        """Whether a temporary would seem to be what another one is the cotangent of: product_x beside product_x_bar."""
        return name.partition("_")[0] in WORDS.values() and any(name + suffix in self.holders for suffix in SUFFIXES)

    def rank(self, group: Var) -> tuple[int, bool]:
        """The outer function's names come first, cotangents after what they are named after."""
        hint = self.groups.hints[group]
        return depth(hint), bool(depth(hint) and split_suffix(hint)[1])

    def name_elements(self, order: list[tuple[Var, Op | If | None]]) -> None:
        """The elements that are read of what the user named come before what is stored there."""
        for var, value in order:
            group = self.groups.find(var)
            if group in self.chosen or not isinstance(value, Op) or value.fn != "operator.getitem" or value.out.of:
                continue
            if self.text(value.args[0]):
                self.choose(group, self.other_names(group, value, None))

    def walked_names(self, value: Op) -> list[str]:
        """Names for what a loop walks through: an index, or an element of a tape on which an expression was pushed."""
        if is_scalar(value.out.type) and _is_int(value.out):
            return INDICES
        pushed = self.pushed.get(self.groups.find(value.out))
        if pushed is not None:
            return self.vocabulary.names(pushed)
        return self.vocabulary.member(value.args[0]) if value.args else ["value"]

    def text(self, atom: object) -> str:
        if isinstance(atom, Lit):
            return str(atom.value) if isinstance(atom.value, int) and atom.value >= 0 else ""
        live = self.groups.live
        if not isinstance(atom, Var) or atom in live.inside or live.variable(atom) not in live.bits:
            return ""
        return self.chosen.get(self.groups.find(atom), "")

    def choose(self, group: Var, names: Iterable[str], alike: Var | None = None) -> None:
        for name in names:
            if self.free(name, group, alike):
                self.give(group, name)
                break
        if not self.groups.hints[group]:  # what is popped has the name that was pushed
            for popped in self.taken_from.get(group, []):
                if popped not in self.chosen and self.free(self.chosen[group], popped, group):
                    self.give(popped, self.chosen[group])

    def free(self, name: str, group: Var, alike: Var | None) -> bool:
        """Whether a group may have a name; one without a hint shares it with what it is a copy of, or in another loop."""
        if name in self.taken or not name.isidentifier() or keyword.iskeyword(name):
            return False
        if name in BUILTINS and not self.groups.hints[group]:
            return False
        holders = self.holders.get(name, [])
        if holders and not self.groups.hints[group] and not (alike and self.groups.find(alike) in holders):
            mine = self.home[group]
            if any(not _elsewhere(mine, self.home.get(holder, ())) for holder in holders):
                return False
        if name != "_" and any(self.walks_within(group, holder) for holder in holders):
            return False
        return not any(self.groups.apart(group, other) for other in holders)

    def walks_within(self, group: Var, other: Var) -> bool:
        """Whether both are targets of for loops, one within the other."""
        mine, theirs = self.walked.get(group), self.walked.get(other)
        return mine is not None and theirs is not None and group is not other and not _elsewhere(mine, theirs)

    def give(self, group: Var, name: str) -> None:
        self.chosen[group] = name
        self.holders.setdefault(name, []).append(group)


def _elsewhere(mine: Places, theirs: Places) -> bool:
    """Whether two places are in loops or arms that follow one another: a temporary's name may be used again."""
    return any(a is not b and a != b for a, b in zip(mine, theirs))


def _loops(places: Places) -> int:
    return sum(isinstance(place, Repeat) for place in places)


def _tapes_within(step: Step, in_loop: bool = False) -> Iterable[Var]:
    """The tapes that are made anew in each iteration of a loop."""
    if isinstance(step, NewTape) and in_loop:
        yield step.tape
    for inner in inner_steps(step):
        for nested in inner:
            yield from _tapes_within(nested, in_loop or isinstance(step, Repeat))


def _is_int(var: Var) -> bool:
    return isinstance(var.type, Array) and var.type.dtype == "int"


def _is_lit(atom: object, value: str) -> bool:
    return isinstance(atom, Lit) and atom.value == value
