"""Where everything stands and who reads it: what decides what can be printed inside of what."""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.analysis.aliases import RESIDUALS, Sharing
from srcdiff.analysis.storage_kinds import changed_by
from srcdiff.ir.nodes import Atom, Block, Function, If, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import is_scalar
from srcdiff.ir.walk import blocks_of, outs


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the text: the number of the statement that is printed there, and the innermost loop around it."""

    number: int
    region: Block | None
    returns: bool = False  # whether it is the `return` at the end of the function


@dataclass(eq=False, slots=True)
class Use:
    """One read of a variable: by a statement, or as a result of a block."""

    stmt: Stmt | None
    block: Block
    position: int = -1


@dataclass
class Nesting:
    """What is printed where; `inside` holds the operations and conditionals that are part of a larger expression."""

    sharing: Sharing
    inside: dict[Var, Op | If] = field(default_factory=dict)
    conditional: set[If] = field(default_factory=set)  # printed as `a if t else b`, `and`, `or`
    number: dict[Stmt, int] = field(default_factory=dict)
    end: dict[Block, int] = field(default_factory=dict)
    last: dict[Stmt, int] = field(default_factory=dict)
    owner: dict[Block, Stmt] = field(default_factory=dict)
    block_of: dict[Stmt, Block] = field(default_factory=dict)
    region: dict[Block, Block | None] = field(default_factory=dict)
    uses: dict[Var, list[Use]] = field(default_factory=dict)
    sites: dict[Stmt, list[Site]] = field(default_factory=dict)
    made: dict[Var, Stmt] = field(default_factory=dict)
    writes: list[tuple[int, Atom]] = field(default_factory=list)
    renewed: dict[str, list[int]] = field(default_factory=dict)  # where a variable of this hint is defined
    defined_at: dict[Var, int] = field(default_factory=dict)
    param_of: dict[Var, Block] = field(default_factory=dict)
    passed: set[Var] = field(default_factory=set)  # results of branches that are pushed in an arm
    popping: set[If] = field(default_factory=set)  # branches that take from a tape in an arm

    def home(self, var: Var) -> Block | None:
        """The loop's body in which a variable is defined anew in each iteration."""
        made = self.made.get(var)
        return self.param_of.get(var) if made is None else self.region[self.block_of[made]]

    def used(self, var: Var) -> list[Use]:
        return self.uses.get(var, [])


def number(function: Function, sharing: Sharing) -> Nesting:
    """Where everything stands and who reads it; nothing is nested yet."""
    nesting = Nesting(sharing)
    counter = [0]
    for param in function.params:
        nesting.defined_at[param.var] = 0
        nesting.renewed.setdefault(param.var.hint, []).append(0)
    _number(function.body, None, counter, nesting)
    return nesting


def _number(block: Block, region: Block | None, counter: list[int], nesting: Nesting) -> None:
    nesting.region[block] = region
    for param in block.params:
        nesting.param_of[param] = block
        _define(param, counter[0], nesting)
    for stmt in block.body:
        counter[0] += 1
        number = nesting.number[stmt] = counter[0]
        nesting.block_of[stmt] = block
        _note_uses(stmt, block, nesting)
        nesting.writes += [(number, changed) for changed in changed_by(stmt)]
        for inner in blocks_of(stmt):
            nesting.owner[inner] = stmt
            _number(inner, inner if isinstance(stmt, Loop) else region, counter, nesting)
        nesting.last[stmt] = counter[0]
        for out in outs(stmt):
            nesting.made[out] = stmt
            _define(out, counter[0], nesting)
    counter[0] += 1
    nesting.end[block] = counter[0]
    for k, atom in enumerate(block.results):
        if isinstance(atom, Var):
            nesting.uses.setdefault(atom, []).append(Use(None, block, k))


def _define(var: Var, number: int, nesting: Nesting) -> None:
    nesting.defined_at[var] = number
    if var.hint:
        nesting.renewed.setdefault(var.hint, []).append(number)


def _note_uses(stmt: Stmt, block: Block, nesting: Nesting) -> None:
    atoms: list[Atom]
    match stmt:
        case Op():
            atoms = [*stmt.args, *(v for _, v in stmt.kwargs)]
        case If():
            atoms = [stmt.test]
        case Loop():
            atoms = [*(it.seq for it in stmt.iters), *stmt.inits]
        case _:
            atoms = list(stmt.args)
    for position, atom in enumerate(atoms):
        if isinstance(atom, Var):
            nesting.uses.setdefault(atom, []).append(Use(stmt, block, position))


def is_item(stmt: Stmt) -> bool:
    """Whether a statement takes one of the residuals of a call."""
    return isinstance(stmt, Op) and stmt.fn == "operator.getitem" and stmt.args[0].type == RESIDUALS


def unpacked(body: list[Stmt], first: Op) -> list[Op]:
    """The statements of a block that take the residuals of a call one by one, in order."""
    items = [s for s in body if isinstance(s, Op) and is_item(s) and s.args[0] is first.args[0]]
    places = {s.args[1].value: s for s in items if isinstance(s.args[1], Lit)}
    assert sorted(places) == list(range(len(items))), "residuals are taken all at once"
    return [places[k] for k in range(len(items))]


def boolean(node: If) -> str:
    """`and`, `or`, or nothing: what a conditional is where one arm is the test itself."""
    if len(node.outs) != 1:
        return ""
    a, b = node.then.results[0], node.orelse.results[0]
    if not node.then.body and (a is node.test or (_is(a, True) and _bool(node.test))):
        return "or"
    if not node.orelse.body and (b is node.test or (_is(b, False) and _bool(node.test))):
        return "and"
    return ""


def _is(atom: Atom, value: bool) -> bool:
    return isinstance(atom, Lit) and atom.value is value


def _bool(atom: Atom) -> bool:
    return is_scalar(atom.type) and getattr(atom.type, "dtype", None) == "bool"
