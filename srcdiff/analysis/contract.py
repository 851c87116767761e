"""What the function's own text says of arguments that its author did not annotate.

A gradient's output is a scalar, so an argument that only elementwise operations lead to it is a scalar as well; an
argument whose elements are compared and added is a vector; one that is sliced and added to a vector in place is a
vector. What is concluded so is an assumption: the generated function checks it in one plain line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from srcdiff.analysis.dimensions import bound_of, within
from srcdiff.analysis.evidence import READS, WRITES, Evidence, calculates
from srcdiff.analysis.keys import walked_by_keys
from srcdiff.analysis.lengths import Lengths, renamed, shape_of
from srcdiff.analysis.linear import symbols
from srcdiff.analysis.nested_lists import copies_rows, holds_kept, nested_kinds
from srcdiff.analysis.ranks import Ranks, is_open
from srcdiff.analysis.reach import Reach, indexed_ranks, unpacked_rank
from srcdiff.analysis.readings import read_ranks
from srcdiff.analysis.steps import Steps
from srcdiff.analysis.sums import sums
from srcdiff.ir.nodes import BREAK, CONTINUE, Atom, Block, Function, If, Lit, Loop, Op, Param, Program, Var
from srcdiff.ir.types import Any, Array, Dict, Dim, Opaque, Sequence, Type, rank, surely_array, with_dtype
from srcdiff.ir.walk import operands

ANY_RANK = -1  # the rank of what is an array of any rank, but not a plain number
NO_LIST = -2  # the rank of what may be a number or an array of any rank, but is taken not to be a list
OPEN = Opaque("more")  # the value type of a dict that may have other entries than those that are known


Place = tuple[str, ...]  # a parameter's name, and the key of an entry in it
End = tuple[Place, int]  # an argument and its axis; or nothing, and a number
LengthSum = list[tuple[int, list[End]]]  # products of lengths, and how often each is taken


@dataclass
class Contract:
    """Refined types of parameters, and the rank that each assumption must be checked for."""

    types: dict[str, Type] = field(default_factory=dict)
    ranks: dict[Place, int] = field(default_factory=dict)
    lengths: list[list[End]] = field(default_factory=list)  # equal ones
    within: dict[str, str] = field(default_factory=dict)  # factors, and what has their shape if they are no numbers
    sums: list[tuple[End, LengthSum, bool]] = field(default_factory=list)  # which is equal to its sum, or at least that
    arrays: set[str] = field(default_factory=set)  # what must not be a list: it would be joined, or repeated
    undeclared: set[str] = field(default_factory=set)  # parameters of which no annotation says anything
    latest: set[str] = field(default_factory=set)  # parameters of which something was concluded last
    left_open: frozenset[str] = frozenset()  # parameters of which nothing is concluded
    optional: set[str] = field(default_factory=set)  # parameters whose default is None
    floats: set[str] = field(default_factory=set)  # differentiated arrays whose dtype is not declared

    def without(self, names: frozenset[str]) -> Contract:
        """The same without what was concluded of some parameters."""
        if not names:
            return self
        types = {name: t for name, t in self.types.items() if name not in names}
        ranks = {place: rank for place, rank in self.ranks.items() if place[0] not in names}
        within = {name: state for name, state in self.within.items() if not {name, state} & names}
        return replace(
            self, types=types, ranks=ranks, within=within, arrays=self.arrays - names, floats=self.floats - names
        )


def vectors_by_output(evidence: Evidence) -> set[Var]:
    """The values that must be vectors for the output to be a scalar: `x @ A @ x` is a number only for a vector x."""
    found: set[Var] = set()
    todo: list[tuple[Atom, int]] = [(r, 0) for r in evidence.function.body.results[:1]]
    seen: set[Var] = set()
    while todo:
        atom, wanted = todo.pop()
        if not isinstance(atom, Var) or atom in seen:
            continue
        seen.add(atom)
        if wanted == 1 and rank(atom.type) is None:
            found.add(atom)
        op = evidence.definition.get(atom)
        if op is None:
            continue
        if op.fn in ("operator.matmul", "numpy.matmul", "numpy.dot") and len(op.args) == 2:
            if wanted == 0:
                scaled = any(rank(a.type) == 0 for a in op.args)  # np.dot(x, 0.5)
                todo += [(a, 0 if scaled else 1) for a in op.args]
            else:
                todo += [(a, 1) for a, b in (op.args, op.args[::-1]) if rank(b.type) == 2]
        elif wanted == 0 and (calculates(op) or op.fn == "operator.iadd"):
            todo += [(a, 0) for a in op.args]
    return found


def declared_arrays(function: Function) -> set[str]:
    """The parameters that are annotated as arrays."""
    return {p.var.hint for p in function.params if isinstance(p.var.type, Array) and p.var.type.shape != ()}


def refine(function: Function, scalar_output: bool, wrt: list[int], declared: set[str]) -> Contract:
    """What can be concluded of the parameters whose rank or dtype is not known."""
    contract = Contract()
    evidence = Evidence(function)
    reach = Reach(evidence)
    numbers = reach.numbers(scalar_output)
    vectors = vectors_by_output(evidence) if scalar_output else set()
    for position, param in enumerate(function.params):
        of_one_kind = not (evidence.may_be_tuple(param.var) and evidence.vetoed(param.var))
        depths = numbers.get(param.var, set()) - {0} if of_one_kind else set()
        if len(depths) == 1 and any(not reach.of_one_kind(param.var, d, numbers) for d in range(1, max(depths))):
            depths = set()
        depth = unpacked_rank(evidence, param.var) or (depths.pop() if len(depths) == 1 else None)
        depth = depth or (1 if param.var in vectors else None)
        if depth is not None:
            evidence.known[param.var] = depth
        if is_text(evidence, param):
            contract.types[param.var.hint] = Opaque("str")
            continue
        found = _refined(evidence, param.var, 0 in numbers.get(param.var, ()), param.var.hint in declared, contract)
        if position in wrt:
            found = _differentiated(found, param.var.hint, contract)
        if found != param.var.type:
            contract.types[param.var.hint] = found
        if evidence.as_list(param.var):
            contract.arrays.add(param.var.hint)
            loud = (param.var.hint,) in contract.ranks or param.var.hint in contract.floats
            if not loud and _may_be_listed(found):
                contract.ranks[param.var.hint,] = NO_LIST
                if isinstance(found, Any) and found.shape is None and not evidence.of_several_types(param.var):
                    contract.types[param.var.hint] = Array(None, frozenset({found.atom}))
    return contract


def _differentiated(t: Type, name: str, contract: Contract) -> Type:
    """The type of a parameter that is differentiated: integers are taken as floats."""
    if not isinstance(t, Array) or t.dtype is not None or not (surely_array(t) or t.shape == ()):
        return t
    if surely_array(t):
        contract.floats.add(name)
    return with_dtype(t, "float")


def is_text(evidence: Evidence, param: Param) -> bool:
    """Whether what has a text for its default is walked through, or asked for its length: letter by letter."""
    default = param.default.value if isinstance(param.default, Lit) else None
    if not isinstance(default, str) or not isinstance(param.var.type, Any):
        return False
    return any(
        isinstance(s, Loop) or isinstance(s, Op) and s.fn in ("operator.getitem", "builtins.len")
        for s, k in evidence.uses.get(param.var, [])
        if k == 0
    )


def _may_be_listed(t: Type) -> bool:
    """Whether a value may be a list for all that is known."""
    return isinstance(t, Any) or isinstance(t, Array) and isinstance(t.shape, frozenset) and not surely_array(t)


def elements_as_numbers(program: Program, scalar_output: bool) -> Contract:
    """Where it matters whether the elements of arrays are numbers or rows, take them as numbers."""
    contract = Contract()
    evidence = Evidence(program.functions[program.main])
    ranks = Ranks(evidence)
    one_rank = ranks.solve(scalar_output)  # else some list has numbers beside lists
    for var, depth in indexed_ranks(evidence, program).items():
        t = var.type
        if one_rank and is_open(t) and not ranks.assume(var, 1 << depth) and ranks.known(var) != depth:
            continue
        if is_open(t) and (one_rank or isinstance(t, Array)):
            dtype = t.dtype if isinstance(t, Array) else None
            contract.types[var.hint] = Array(dtype, tuple(f"{var.hint}.{i}" for i in range(depth)))
            contract.ranks[var.hint,] = depth
    return contract


def _refined(evidence: Evidence, var: Var, scalar: bool, declared: bool, contract: Contract) -> Type:
    t, name = var.type, var.hint
    if not is_open(t):
        return t
    if evidence.draws(var):
        return Opaque("Generator")
    if isinstance(t, Any) and any(
        isinstance(s, Op) and s.fn.startswith("str.") and k == 0 for s, k in evidence.uses.get(var, [])
    ):
        return Opaque("str")
    if isinstance(t, Any) and walked_by_keys(evidence, var):
        return Dict(None, Any(f"{name}.value"))
    if evidence.of_several_types(var):
        return t
    if scalar and not declared and not _indexed(evidence, var):
        contract.ranks[name,] = 0
        return Array(None, ())
    depth = evidence.known.get(var, None if evidence.vetoed(var) else evidence.depth(var))
    if depth is None and evidence.sliced_into_vector(var):
        depth = 1
    if (
        depth is None
        and isinstance(t, Any)
        and not evidence.vetoed(var)
        and evidence.only_read(var)
        and evidence.of_numbers(var)
    ):
        depth = 1
    dtype = t.dtype if isinstance(t, Array) else None
    kinds = nested_kinds(evidence, var, depth) if depth and isinstance(t, Any) else None
    if kinds is not None:
        contract.ranks[name,] = len(kinds)
        found: Type = Array(None, ())
        for kind in reversed(kinds):
            found = Sequence(kind, found, f"{name}.0" if kinds == ["any"] else None)
        return found
    if depth and isinstance(t, Any) and (copies_rows(evidence, var) or depth > 1 and holds_kept(evidence, var)):
        return t  # of lists copies, of an array views; or rows as they are, of which the gradient is made
    if depth is not None and (depth > 0 or not declared):
        contract.ranks[name,] = depth
        return Array(dtype, tuple(f"{name}.{i}" for i in range(depth)))
    if declared:  # an array proper has a dimension at least
        return Array(dtype, frozenset({name, (1,)}))
    if isinstance(t, Any) and evidence.entries(var):
        return Dict(
            tuple((key, _entry(evidence, e, f"{name}.{key}")) for key, e in evidence.entries(var).items()), OPEN
        )
    return Array(None, frozenset({t.atom})) if isinstance(t, Any) and evidence.is_array(var) else t


def read_open(function: Function, scalar_output: bool, wrt: list[int]) -> Contract:
    """The ranks that the text as a whole implies for the parameters that are open still, and for entries of dicts."""
    contract = Contract()
    evidence = Evidence(function)
    open_places = [p.var for p in function.params if is_open(p.var.type) or isinstance(p.var.type, Dict)]
    ranks = read_ranks(evidence, scalar_output) if open_places else None
    if ranks is None:
        return contract
    used = always_used(function.body)  # what only a branch uses may be anything elsewhere
    weights = any((ranks.known(v) or 0) > 2 and _holds_arrays(evidence, v) for v in open_places)
    entries = {key for key, value in evidence.entry_reads.items() if value in used}
    for var in open_places:
        t = var.type
        differentiated = any(function.params[i].var is var for i in wrt)
        if isinstance(t, Dict):
            items = tuple(
                (key, _ranked(ranks, contract, (var.hint, key), item) if (var, key) in entries else item)
                for key, item in t.items or ()
            )
            found: Type = Dict(items, t.value) if items else t
        elif var not in used or evidence.of_several_ranks(var):
            continue
        else:
            array = isinstance(t, Array) or evidence.is_array(var) or evidence.is_copied_array(var)
            as_array = array or evidence.has_array_rows(var) or evidence.becomes_array(var)
            sure = not evidence.of_several_types(var) and as_array
            found = _ranked(ranks, contract, (var.hint,), t, var, array) if sure else t
            if weights and isinstance(found, Any) and found.shape and _holds_arrays(evidence, var):
                found = Sequence("any", Array(None, found.shape[1:]))  # each is of its own shape
            elif differentiated and isinstance(found, Any) and found.shape and evidence.only_elements(var):
                found = Sequence("any", Array(None, found.shape[1:]), found.shape[0])  # rows, to be added to one by one
        if found != t:
            contract.types[var.hint] = _differentiated(found, var.hint, contract) if differentiated else found
    _bound_steps(Steps(evidence, ranks), [v for v in open_places if v in used], contract)
    return contract


def _bound_steps(steps: Steps, places: list[Var], contract: Contract) -> None:
    """Take factors of what is added to a state as numbers, or arrays of its shape."""
    for var in places:
        t = var.type
        is_bound = isinstance(t, Array) and any(isinstance(s, str) and bound_of(s) for s in t.shape)
        state = steps.state(var) if is_open(t) and not is_bound and var.hint not in contract.types else None
        if state is not None and not steps.evidence.of_several_types(var):
            contract.types[var.hint] = Array(
                t.dtype if isinstance(t, Array) else None, within(var.hint, shape_of(state.type))
            )
            contract.within[var.hint] = state.hint


def always_used(block: Block) -> set[Atom]:
    """What statements read that are in no branch; what follows `if ...: continue` in a loop is in none."""
    found: set[Atom] = set()
    for stmt in block.body:
        found.update(operands(stmt))
        if isinstance(stmt, Loop):
            found |= always_used(stmt.body)
        elif isinstance(stmt, If) and stmt.outs and block.params and block.results[0] is stmt.outs[0]:
            for leaving, other in ((stmt.then, stmt.orelse), (stmt.orelse, stmt.then)):
                code = leaving.results[0]
                if not leaving.body and isinstance(code, Lit) and code.value in (CONTINUE, BREAK):
                    found |= always_used(other)
    return found


def _ranked(
    ranks: Ranks, contract: Contract, place: Place, t: Type, var: Var | None = None, array: bool = True
) -> Type:
    """The type with the rank that was found for it, where one was."""
    depth = ranks.known(place if var is None else var) if is_open(t) and place[-1].isidentifier() else None
    if depth is None or depth == 0 and not array:
        return t
    contract.ranks[place] = depth
    shape = tuple(f"{'.'.join(map(str, place))}.{i}" for i in range(depth))
    return Array(t.dtype if isinstance(t, Array) else None, shape) if array else Any(shape[0], shape)


def _holds_arrays(evidence: Evidence, var: Var) -> bool:
    """Whether a parameter may as well be a list, of arrays of any shapes: of the weights of layers, say."""
    return isinstance(var.type, Any) and not evidence.is_array(var) and evidence.only_read(var)


def _entry(evidence: Evidence, var: Var, symbol: str) -> Type:
    """The type of a dict's entry, by its uses."""
    if any(isinstance(s, Op) and s.fn == "operator.matmul" for s, _ in evidence.uses.get(var, [])):
        return Array(None, frozenset({symbol, (1,)}))
    return Array(None, frozenset({symbol})) if evidence.is_array(var) else Any(symbol)


def _indexed(evidence: Evidence, var: Var) -> bool:
    return any(isinstance(s, Op) and s.fn in READS | WRITES and k == 0 for s, k in evidence.uses.get(var, []))


def equal_lengths(function: Function, contract: Contract) -> Contract:
    """The lengths of arguments that the text takes to be equal, where it says so of one whose rank was concluded."""
    found = Contract()
    places = _places(function)
    concluded = {d for place in contract.ranks if place in places for d in shape_of(places[place])}
    lengths = Lengths(function)
    concluded |= lengths.counted
    if not concluded:
        return found
    classes: dict[Dim, dict[Dim, End]] = {}
    for place, t in places.items():
        for axis, dim in enumerate(shape_of(t)):
            classes.setdefault(lengths.classes.find(dim), {}).setdefault(dim, (place, axis))
    for dim in sorted(d for d in lengths.classes.parent if isinstance(d, int)):
        classes.setdefault(lengths.classes.find(dim), {}).setdefault(dim, ((), dim))
    new: dict[str, Dim] = {}
    for ends in classes.values():
        numbers = [d for d in ends if isinstance(d, int)]
        if len(ends) < 2 or not concluded & ends.keys() or len(numbers) > 1:
            continue
        name: Dim = numbers[0] if numbers else next(iter(ends))
        new.update({d: name for d in ends if isinstance(d, str) and d != name})
        if ends.keys() & lengths.assumed:
            lengths.follow(next(iter(ends)))
            apart: dict[Dim, End] = {}
            for dim, end in ends.items():
                apart.setdefault(lengths.checked.find(dim), end)
            found.lengths.append(list(apart.values()))
    if not new:
        _take_sums(lengths, classes, concluded, new, found)
    for p in function.params:
        t = p.var.type
        if isinstance(t, Dict):
            t = replace(t, items=None if t.items is None else tuple((k, renamed(v, new)) for k, v in t.items))
        else:
            t = renamed(t, new)
        if t != p.var.type:
            found.types[p.var.hint] = t
    return found


def _take_sums(
    lengths: Lengths, classes: dict[Dim, dict[Dim, End]], concluded: set[Dim], new: dict[str, Dim], found: Contract
) -> None:
    """Take lengths that the text calculates from others as what it takes them for."""
    ends: dict[Dim, End] = {d: end for each in classes.values() for d, end in each.items() if isinstance(d, str)}
    for each in sums(lengths, set(ends)):
        if concluded & {each.length, *symbols(each.value)}:
            terms = [(number, [ends[s] for s in factors]) for factors, number in each.value]
            found.sums.append((ends[each.length], terms, each.exact))
            new[str(each.length)] = each.as_length


def _places(function: Function) -> dict[Place, Type]:
    """The types of parameters and of their entries."""
    places: dict[Place, Type] = {}
    for p in function.params:
        places[p.var.hint,] = p.var.type
        if isinstance(p.var.type, Dict):
            places.update({(p.var.hint, str(key)): item for key, item in p.var.type.items or ()})
    return places
