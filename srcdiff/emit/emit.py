"""From a program in SSA to the module that one would have written."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from srcdiff.analysis.aliases import Sharing, sharing
from srcdiff.analysis.storage_kinds import CONTAINERS
from srcdiff.collector import collector_waits
from srcdiff.emit.arms import find_arms
from srcdiff.emit.comprehensions import comprehend
from srcdiff.emit.conversions import join_conversions
from srcdiff.emit.ends import tidy_ends
from srcdiff.emit.expressions import Expressions
from srcdiff.emit.handed import FORWARD, Handed, handed_over, residual_names
from srcdiff.emit.imports import Imports, names_of, pasted, used_names
from srcdiff.emit.lines import on_lines
from srcdiff.emit.liveness import Liveness, liveness, parts, step_reads
from srcdiff.emit.loops import tidy_loops
from srcdiff.emit.names import name_variables
from srcdiff.emit.nesting import nest
from srcdiff.emit.order import order_results
from srcdiff.emit.partings import part_values
from srcdiff.emit.places import is_item, number
from srcdiff.emit.statements import Statements
from srcdiff.emit.steps import CallStep, Compute, Exit, Move, Push, Step, Write, inner_steps
from srcdiff.emit.structure import Structure
from srcdiff.emit.tapes import find_tapes
from srcdiff.emit.unpackings import unpack_elements
from srcdiff.emit.widths import limit_widths
from srcdiff.ir.nodes import UNDEF, Atom, Function, If, Lit, Loop, Op, Param, Program, Var
from srcdiff.ir.walk import statements
from srcdiff.optimize.cleared import write_cleared
from srcdiff.optimize.first_writes import write_first
from srcdiff.optimize.inplace import put_in_place
from srcdiff.optimize.storage_facts import leave_in_slots
from srcdiff.optimize.taped_shapes import tape_shapes


@dataclass
class Emitted:
    """A module: its tree, and by name what cannot be written as text and is bound when it is loaded."""

    tree: ast.Module
    bindings: dict[str, object] = field(default_factory=dict)
    main: str = ""
    unwritten: tuple[str, ...] = ()  # names that the text uses and does not define


@collector_waits()
def emit(program: Program, runtime: str = "import") -> Emitted:
    """The module of a program; `runtime="copy"` pastes the helpers that it calls instead of importing them."""
    parameters = {p.var.hint for function in program.functions.values() for p in function.params}
    imports = Imports(names_of(program), parameters, program.functions[program.main].loc)
    functions = [f for key, f in program.functions.items() if key != program.main]
    placed = [put_in_place(tape_shapes(f)) for f in [*functions, program.functions[program.main]]]
    taken = used_names([f for f, _ in placed])
    handed: dict[str, Handed] = {}
    definitions: list[ast.stmt] = [emit_function(f, shared, imports, taken, handed) for f, shared in placed]
    written = {bound: imports.text(const.text) for bound, (_, const) in imports.constants.items() if const.text}
    body = imports.statements(runtime == "copy")
    bindings: dict[str, object] = {}
    unwritten = []
    for bound, (_, const) in sorted(imports.constants.items()):
        if bound in written:
            body.append(ast.Assign([ast.Name(bound, ast.Store())], written[bound]))
        else:
            unwritten.append(bound)
            bindings[bound] = const.value
    if runtime == "copy":
        body += pasted(imports.helpers)
    tree = on_lines(ast.Module([*body, *definitions], []))
    return Emitted(tree, bindings, program.functions[program.main].name, tuple(unwritten))


def emit_function(
    function: Function, shared: Sharing, imports: Imports, taken: set[str], handed: dict[str, Handed]
) -> ast.FunctionDef:
    """One function whose writes are in place, from SSA to a definition; `handed` says what forwards hand to reverses."""
    write_first(function)
    write_cleared(function)
    leave_in_slots(function, shared)
    if tidy_loops(function, shared):
        shared = sharing(function)
    order_results(function)
    nesting, arms = find_arms(function, number(function, shared))
    tapes = find_tapes(function, nesting, arms)
    nest(function, nesting, arms.passed, arms.popping)
    limit_widths(function.body, nesting)
    steps = Structure(nesting, tapes).function(function)
    unpack_elements(steps, nesting)
    live = liveness(function, steps, nesting.inside)
    parted: dict[Var, Var] = {}
    while part_values(steps, live, parted):
        live = liveness(function, steps, nesting.inside)
    names = name_variables(function, steps, live, taken, residual_names(function, handed))
    if function.name.endswith(FORWARD):
        handed[function.name.removesuffix(FORWARD)] = handed_over(function, names)
    made = {stmt.out: stmt for stmt in statements(function.body) if isinstance(stmt, Op)}
    absent = _unassigned(function, parted), _unassigned(function, parted, kept=True)
    printer = Statements(Expressions(live, names, imports, *absent), live, shared, made)
    printer.needs_none = _bound_always(steps, live, names)
    printer.read_mask = _all_reads(steps, live)
    body = printer.block(steps)
    if body and isinstance(body[-1], ast.Return) and body[-1].value is None:
        body.pop()
    comprehend(body, "list" not in names.values())
    tidy_ends(body)
    join_conversions(body)
    if function.doc:
        body.insert(0, ast.Expr(ast.Constant(function.doc)))
    definition = ast.FunctionDef(function.name, _arguments(function.params, printer), body or [ast.Pass()], [], None)
    if hasattr(ast, "TypeAlias"):
        definition.type_params = []  # type: ignore[attr-defined]
    return definition


def _arguments(params: list[Param], printer: Statements) -> ast.arguments:
    found = ast.arguments([], [], None, [], [], None, [])
    for param in params:
        argument = ast.arg(param.var.hint, None)
        default = None if param.default is None else printer.atom(param.default)
        match param.kind:
            case "VAR_POSITIONAL":
                found.vararg = argument
            case "VAR_KEYWORD":
                found.kwarg = argument
            case "KEYWORD_ONLY":
                found.kwonlyargs.append(argument)
                found.kw_defaults.append(default)
            case kind:
                (found.posonlyargs if kind == "POSITIONAL_ONLY" else found.args).append(argument)
                if default is not None:
                    found.defaults.append(default)
    return found


def _every(steps: list[Step]) -> list[Step]:
    found = []
    for step in steps:
        found.append(step)
        for inner in inner_steps(step):
            found += _every(inner)
    return found


def _all_reads(steps: list[Step], live: Liveness) -> int:
    """Every variable that some statement reads."""
    mask = 0
    for step in _every(steps):
        mask |= step_reads(step, live)
    return mask


def _unassigned(function: Function, parted: dict[Var, Var], kept: bool = False) -> set[Atom]:
    """The variables that on some path hold nothing; with `kept`, also what takes them from tapes and tuples."""
    found: set[Atom] = set()
    pairs: list[tuple[Atom, Atom]] = [(previous, carried) for carried, previous in parted.items()]
    for stmt in statements(function.body):
        if isinstance(stmt, If):
            for arm in (stmt.then, stmt.orelse):
                pairs += zip(stmt.outs, arm.results)
        elif isinstance(stmt, Loop):
            pairs += zip(stmt.carried, stmt.inits)
            pairs += zip(stmt.carried, stmt.body.results[1:])
            pairs += zip(stmt.outs[1:], stmt.carried)
            if kept:
                pairs += zip(stmt.outs, stmt.body.results)
                pairs += [(target, it.seq) for target, it in zip(stmt.targets, stmt.iters)]
        elif isinstance(stmt, Op) and stmt.fn in ("srcdiff.copy", "srcdiff.zeros_like"):
            pairs.append((stmt.out, stmt.args[0]))
        elif kept and isinstance(stmt, Op) and stmt.fn in ("tuple", "operator.getitem"):
            pairs += [(stmt.out, a) for a in stmt.args]
            found.update([stmt.out] if is_item(stmt) else [])
    grown = True
    while grown:
        new = {o for o, v in pairs if o not in found and (v in found or isinstance(v, Lit) and v.value is UNDEF)}
        found |= new
        grown = bool(new)
    return found


def _bound_always(steps: list[Step], live: Liveness, names: dict[Var, str]) -> set[str]:
    """The names that are handed on where perhaps nothing was assigned to them: they are None then, not unbound."""
    undefined: set[str] = set()
    handed: set[str] = set()

    def hand(atoms: Iterable[Atom], but: str = "") -> None:
        for atom in atoms:
            inside = live.inside.get(atom) if isinstance(atom, Var) else None
            if isinstance(inside, If) or (inside is not None and _hands_on(inside)):
                hand(parts(inside))
            elif isinstance(atom, Var) and inside is None:
                source = names.get(atom) or names.get(live.variable(atom), "")
                if source != but:
                    handed.add(source)

    for step in _every(steps):
        match step:
            case Move(targets, values):
                for k, (target, value) in enumerate(zip(targets, values)):
                    if (step, k) in live.dead:
                        continue
                    if isinstance(value, Lit) and value.value is UNDEF:
                        undefined.add(names[target])
                    hand([value], names[target])
            case Push(_, values) | Exit(_, values):
                hand(values)
            case CallStep(call):
                hand(call.args)
            case Write(op):
                hand(op.args[1:])
            case Compute(_, value) if (step, 0) not in live.dead and (isinstance(value, If) or _hands_on(value)):
                hand(parts(value))
    return undefined & handed


def _hands_on(value: Op) -> bool:
    """Whether an operation takes values that were perhaps never assigned."""
    return value.fn in CONTAINERS or value.fn.startswith("srcdiff.")
