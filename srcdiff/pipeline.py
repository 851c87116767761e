"""The whole compiler on one screen: from a function's source to its derivative's program, pass by pass."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from srcdiff.analysis.contract import (
    ANY_RANK,
    NO_LIST,
    Contract,
    declared_arrays,
    elements_as_numbers,
    equal_lengths,
    read_open,
    refine,
)
from srcdiff.analysis.ranks import is_open
from srcdiff.analysis.reach import has_rows
from srcdiff.analysis.shapes import infer
from srcdiff.analysis.written import written_while_read
from srcdiff.api import Wrt
from srcdiff.collector import collector_waits
from srcdiff.emit.emit import emit
from srcdiff.errors import NotScalar, Refusal, UsageError
from srcdiff.frontend.callgraph import call_graph
from srcdiff.frontend.context import Derive
from srcdiff.frontend.derived import derivative_source
from srcdiff.frontend.lower import lower
from srcdiff.frontend.source import FunctionSource
from srcdiff.ir.builder import Builder
from srcdiff.ir.check import check_program
from srcdiff.ir.nodes import Function, Lit, Op, Program
from srcdiff.ir.types import Any, Array, is_scalar, surely_array
from srcdiff.ir.walk import statements
from srcdiff.optimize.arguments import mark_effects, trim_arguments
from srcdiff.optimize.clear_late import clear_late
from srcdiff.optimize.collect import collect_appended
from srcdiff.optimize.dead import remove_dead
from srcdiff.optimize.floats import take_integers_as_floats
from srcdiff.optimize.forwards import walk_forwards
from srcdiff.optimize.fuse import fuse_branches
from srcdiff.optimize.guard import guard
from srcdiff.optimize.hoist import hoist_entries
from srcdiff.optimize.lists import may_be_lists, take_lists, with_tangents
from srcdiff.optimize.neutral import drop_neutral, write_once
from srcdiff.optimize.new_axes import index_new_axes
from srcdiff.optimize.ownership import settle_ownership
from srcdiff.optimize.products import normalise
from srcdiff.optimize.results import own_results
from srcdiff.optimize.rewrite import rewrite, rewrite_derivative
from srcdiff.optimize.shape_uses import share_shapes
from srcdiff.optimize.slice_elements import read_from_whole
from srcdiff.optimize.whole_numbers import check_whole_numbers
from srcdiff.transform.derive import Derived, Tools, derive
from srcdiff.transform.rebuild import rebuild
from srcdiff.transform.write_out import write_out

CHECKED = bool(os.environ.get("SRCDIFF_CHECK"))  # the tests check the invariants after every pass
ASKING = ("srcdiff.broadcast_like", "srcdiff.unbroadcast", "srcdiff.zeros_like")  # what has to ask for shapes
OPTIMISATIONS = frozenset(
    {"collect", "hoist", "slices", "fuse", "share shapes", "products", "rewrites"}
)  # what can be left out


@dataclass
class Compiled:
    """A derivative as SSA, the last form before text; `stages` holds the SSA after each pass where asked for."""

    program: Program
    doc: str
    stages: list[tuple[str, Program]] = field(default_factory=list)


@contextmanager
def within_depth(source: FunctionSource | Program) -> Iterator[None]:
    """Passes walk trees by recursion: where Python's own limit ends that, refuse the function."""
    try:
        yield
    except RecursionError:
        loc = source.functions[source.main].loc if isinstance(source, Program) else source.loc(source.node)
        raise Refusal("this function is nested too deeply", loc, "split it into smaller functions") from None


def builder() -> Builder:
    return Builder(infer, rewrite)


def front(source: FunctionSource, mode: str, wrt: Wrt, read: bool) -> tuple[Program, Contract]:
    """The program of a function, and what was concluded of its arguments.

    Where it is refused with what was concluded last, that is taken back once; the refusal stands where this does not help.
    """
    known = Contract()
    try:
        return conclude(source, mode, wrt, read, known)
    except Refusal as refusal:
        if not known.latest:
            raise
        try:
            return conclude(source, mode, wrt, read, Contract(left_open=frozenset(known.latest)))
        except (Refusal, UsageError):
            raise refusal from None


def conclude(source: FunctionSource, mode: str, wrt: Wrt, read: bool, known: Contract) -> tuple[Program, Contract]:
    """Lower with what the annotations say, conclude what they leave open, and lower again until nothing is new.

    Ranks are read from the text as a whole where `read` says so. `known` gets what is concluded.
    """
    graph, derive, left_open = call_graph(source), nested_derivatives(), known.left_open
    scalar_output = mode in ("grad", "value_and_grad")
    declared: set[str] | None = None
    for _ in range(12):
        lowered = lower(source, infer, rewrite, known.types, graph, derive)
        main = lowered.program.functions[lowered.program.main]
        if declared is None:
            declared = declared_arrays(main)
            known.undeclared = {p.var.hint for p in main.params if isinstance(p.var.type, Any)}
            known.optional = {p.var.hint for p in main.params if isinstance(p.default, Lit) and p.default.value is None}
        which = positions(main, wrt)[0]
        contract = refine(main, scalar_output, which, declared).without(left_open)
        known.arrays |= contract.arrays
        news = {name for name, t in contract.types.items() if known.types.get(name) != t}
        if not news:
            if not lowered.doubts:
                unlisted = {p: None for p, r in contract.ranks.items() if r == NO_LIST}
                contract = read_open(main, scalar_output, which).without(left_open) if read else Contract()
                news = set(contract.types)
                if not news:
                    contract = equal_lengths(main, known)
                    news = set(contract.types)
                    if not news:
                        known.ranks |= {
                            p: NO_LIST for p in unlisted if p not in known.ranks and p[0] not in known.floats
                        }
                        break
                    known.lengths += contract.lengths
                    known.sums += contract.sums
            else:
                contract = _where_it_matters(lowered.program, scalar_output, which).without(left_open)
                news = set(contract.types)
                if not news:
                    if not _take_as_arrays(main, known):
                        break
                    continue
        elif read and not lowered.doubts and all(is_open(contract.types[name]) for name in news):
            contract = _read_at_once(main, contract, scalar_output, which).without(left_open)
            news = set(contract.types)
        known.latest = {name for name in news if not is_scalar(contract.types[name])}  # what is a number is sure
        known.types.update({name: contract.types[name] for name in news})
        known.ranks.update({name: r for name, r in contract.ranks.items() if name[0] in news})
        known.floats |= contract.floats
        known.within |= contract.within
    if lowered.doubts:
        known.latest = set()
        raise lowered.doubts[0]
    return lowered.program, known


def nested_derivatives() -> Derive:
    """What makes the derivatives that a function calls, each once."""
    nested: dict[object, FunctionSource] = {}

    def derive(of: FunctionSource, mode: str, wrt: Wrt) -> FunctionSource:
        request = of.identity, mode, wrt
        if request not in nested:
            nested[request] = nested_derivative(of, mode, wrt)
        return nested[request]

    return derive


def nested_derivative(source: FunctionSource, mode: str, wrt: Wrt) -> FunctionSource:
    """A derivative that what is differentiated calls: a function like any other."""
    emitted = emit(compile_derivative(source, mode, wrt).program)
    return derivative_source(emitted.tree, emitted.main, emitted.bindings, source, (mode, wrt))


def _read_at_once(main: Function, contract: Contract, scalar_output: bool, wrt: list[int]) -> Contract:
    """Where no more was concluded than that arguments are arrays of some rank, read the ranks, too."""
    for param in main.params:
        param.var.type = contract.types.get(param.var.hint, param.var.type)
    ranks = read_open(main, scalar_output, wrt)
    contract.types.update(ranks.types)
    contract.ranks.update(ranks.ranks)
    contract.floats |= ranks.floats
    contract.within |= ranks.within
    return contract


def _where_it_matters(program: Program, scalar_output: bool, wrt: list[int]) -> Contract:
    """What is concluded where it matters whether numbers or arrays are meant."""
    contract = elements_as_numbers(program, scalar_output)
    return contract if contract.types else read_open(program.functions[program.main], scalar_output, wrt)


def _take_as_arrays(main: Function, known: Contract) -> bool:
    """Where it matters whether numbers or arrays are meant, take arguments of any shape as arrays; whether that is new."""
    found = False
    for param in main.params:
        name = param.var.hint
        if isinstance(param.var.type, Any) and name not in known.left_open and has_rows(main, param.var):
            known.types[name], known.ranks[name,] = Array(None, frozenset({name, (1,)})), ANY_RANK
            known.arrays.add(name)
            found = True
    for param in main.params if not found else ():
        t, name = param.var.type, param.var.hint
        if isinstance(t, Array) and isinstance(t.shape, frozenset) and not surely_array(t):
            known.types[name], known.ranks[name,] = Array(t.dtype, t.shape | {(1,)}), ANY_RANK
            found = True
    return found


def positions(function: Function, wrt: Wrt) -> tuple[list[int], bool]:
    """The parameters that `wrt` names, and whether it names just one."""
    names = [p.var.hint for p in function.params]
    entries = wrt if isinstance(wrt, tuple) else (wrt,)
    found = []
    for entry in entries:
        if isinstance(entry, bool) or not isinstance(entry, int | str):
            raise UsageError(
                f"wrt={wrt!r} is neither a position nor a name of an argument of {function.name}, nor a tuple of these"
            )
        if isinstance(entry, str) and entry not in names:
            raise UsageError(f"{function.name} has no argument {entry!r}; it has {', '.join(names) or 'none'}")
        if isinstance(entry, int) and not -len(names) <= entry < len(names):
            raise UsageError(f"{function.name} has no argument at position {entry}; it has {len(names)}")
        found.append(names.index(entry) if isinstance(entry, str) else entry % len(names))
    if len(set(found)) != len(found):
        raise UsageError(f"wrt={wrt!r} names an argument of {function.name} twice")
    if not found:
        raise UsageError(f"wrt={wrt!r} names no argument of {function.name}")
    return found, not isinstance(wrt, tuple)


WHAT = {
    "grad": "The gradient of {name} with respect to {wrt}.",
    "value_and_grad": "The value of {name} and its gradient with respect to {wrt}.",
    "vjp": "The value of {name} and the cotangents of {wrt} for a cotangent of its output.",
    "jvp": "The value of {name} and its tangent for tangents of {wrt}.",
}


def description(main: Function, mode: str, which: list[int]) -> str:
    """The docstring of a derivative."""
    names = [main.params[i].var.hint for i in which]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return WHAT[mode].format(name=main.name, wrt=listed) + (f"\n\n{main.name}: {main.doc}" if main.doc else "")


@collector_waits()
def compile_derivative(
    source: FunctionSource | Program,
    mode: str,
    wrt: Wrt,
    keep_stages: bool = False,
    without: frozenset[str] = frozenset(),
) -> Compiled:
    """The program of a derivative; `mode` is "grad", "value_and_grad", "vjp" or "jvp".

    The source is a function's text, or the program of a derivative that srcdiff made, to be differentiated again.
    `without` names OPTIMISATIONS to leave out: the numbers stay the same. Tangents have their values' shapes, whatever
    these are: forwards, ranks are read only where shapes would have to be asked for when it runs.
    """
    compiled_with = partial(_compiled, source, mode, wrt, keep_stages, without)
    if mode != "jvp" or isinstance(source, Program):
        try:
            return compiled_with(read=True)
        except NotScalar as error:  # perhaps the ranks were read wrong, since a gradient is asked for
            try:
                return compiled_with(read=False)
            except (Refusal, UsageError):
                raise error from None
    compiled = compiled_with(read=False)
    asked = _asks_for_shapes(compiled.program)
    if not asked:
        return compiled
    try:
        read = compiled_with(read=True)
    except Refusal:
        return compiled
    return read if _asks_for_shapes(read.program) < asked else compiled


def _asks_for_shapes(program: Program) -> int:
    """How often a derivative has to ask for shapes when it runs."""
    every = (stmt for function in program.functions.values() for stmt in statements(function.body))
    return sum(isinstance(stmt, Op) and stmt.fn in ASKING for stmt in every)


def _compiled(
    source: FunctionSource | Program, mode: str, wrt: Wrt, keep_stages: bool, without: frozenset[str], read: bool
) -> Compiled:
    stages: list[tuple[str, Program]] = []

    def after(name: str, program: Program) -> None:
        if CHECKED:
            check_program(program)
        if keep_stages:
            stages.append((name, snapshot(program)))

    if isinstance(source, Program):
        primal, contract = snapshot(source), Contract()
        each(primal, lambda function: write_out(function, builder()))
    else:
        primal, contract = front(source, mode, wrt, read)
    apart = [] if isinstance(source, Program) else written_while_read(primal.functions[primal.main])
    after("lower", primal)
    each(mark_effects(primal), remove_dead)
    if "collect" not in without:
        each(primal, collect_appended)
    if "hoist" not in without:
        each(primal, hoist_entries)
    if "slices" not in without:
        each(primal, read_from_whole)
    after("dead code", primal)
    which, single = positions(primal.functions[primal.main], wrt)
    doc = description(primal.functions[primal.main], mode, which)
    lists = may_be_lists(primal.functions[primal.main], contract.undeclared)
    of_text = not isinstance(source, Program)
    cutting = check_whole_numbers(primal, which, contract, builder()) if of_text else []
    derived = derive(
        primal, mode, which, single, Tools(builder, rewrite, rewrite if "rewrites" in without else rewrite_derivative)
    )
    program = derived.program
    after("pull" if mode != "jvp" else "push", program)
    each(program, remove_dead)
    if "fuse" not in without:
        each(program, fuse_branches)
    each(program, remove_dead)
    after("dead code, fused branches", program)
    if "share shapes" not in without:
        each(program, share_shapes)
    each(program, remove_dead)
    if "products" not in without:
        polish(derived)
    trim_arguments(program, derived.pairs)
    settle_ownership(program)
    after("normal form", program)
    names = [f"{primal.functions[primal.main].params[i].var.hint}_bar" for i in which] if mode != "jvp" else []
    owned = own_results(program.functions[program.main], builder(), mode, names)
    main = program.functions[program.main] = remove_dead(owned)
    take_integers_as_floats(program, builder(), contract.floats, cutting)
    guard(main, contract, apart)
    if mode == "jvp":
        lists = with_tangents(lists, primal.functions[primal.main], main, which)
    take_lists(main, lists)
    after("checks", program)
    main.doc = doc if main.doc else ""  # a function without a docstring has a derivative without one
    return Compiled(program, doc, stages)


def polish(derived: Derived) -> None:
    """Products and sums as one writes them; again, where a sum that was factored made new products."""
    for function in derived.program.functions.values():
        again = True
        for _ in range(2):
            if again:
                drop_neutral(function, derived.primal)
                again = normalise(function, Builder(infer, rewrite_derivative), derived.primal)
                remove_dead(function)
    for name, function in derived.program.functions.items():
        write_once(function, derived.primal)
        clear_late(function, derived.primal)
        walk_forwards(function, derived.primal, name == derived.program.main)
        index_new_axes(function, Builder(infer), derived.primal)


def each(program: Program, apply: Callable[[Function], Function]) -> None:
    for name, function in program.functions.items():
        program.functions[name] = apply(function)


def snapshot(program: Program) -> Program:
    """A copy that later passes do not change."""
    copies = {name: rebuild(function, builder()) for name, function in program.functions.items()}
    return Program(program.main, copies)
