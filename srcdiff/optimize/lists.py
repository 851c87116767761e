"""Takes lists as the function takes them: where it only hands an argument to NumPy's functions, a list will do for it.

    x = np.asarray(x)

at the top of a derivative that calculates with such an argument itself, as `2 * x` does for np.sum(np.square(x)).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from types import FunctionType

from srcdiff.analysis.evidence import WRITES
from srcdiff.ir.nodes import Atom, Function, If, Loop, Op, Stmt, Var
from srcdiff.ir.types import Any, Array, fresh, is_scalar, rank, surely_array
from srcdiff.ir.walk import blocks_of, operands, statements, substitute
from srcdiff.runtime import factorisations, linalg, products, reductions

# what takes a list as it takes an array
TOLERANT = frozenset(
    "builtins.len builtins.sum builtins.max builtins.min builtins.list builtins.tuple math.prod math.fsum math.dist "
    "operator.contains operator.is_ operator.is_not list tuple".split()
)
IDENTITY = ("operator.is_", "operator.is_not")
CHECKS = ("srcdiff.check_rank", "srcdiff.check_equal", "srcdiff.check_apart")
ASKS = ("builtins.isinstance", "getattr")  # whether it is an array, and of what
FILLED = ("numpy.full", "numpy.full_like", "numpy.linspace", "numpy.arange")  # with numbers, mostly
HELPERS = frozenset(  # that take arrays alone
    f"srcdiff.{name}"
    for module in (factorisations, linalg, products, reductions)
    for name, thing in vars(module).items()
    if isinstance(thing, FunctionType)
    and name not in ("sum_x", "chosen_item", "chosen_item_dot", "unbroadcast", "unreduce", "count")
)
ARITHMETIC = frozenset(f"operator.{name}" for name in "add sub mul truediv matmul".split())

Uses = Mapping[Atom, list[Stmt]]


def may_be_lists(primal: Function, undeclared: set[str]) -> set[str]:
    """The arguments, of those whose type is not declared, for which a list will do."""
    arrays: set[Var] = set()
    for op in statements(primal.body):
        if isinstance(op, Op) and (
            op.fn.startswith("numpy.") or op.fn in ARITHMETIC and not arrays.isdisjoint(op.args)
        ):
            arrays.add(op.out)
    uses = uses_of(primal) if undeclared else {}
    return {p.var.hint for p in primal.params if p.var.hint in undeclared and may_be_list(primal, p.var, uses, arrays)}


def take_lists(main: Function, listed: set[str]) -> None:
    """Convert, at the start of the main function, what may be a list and is calculated with."""
    uses = uses_of(main) if listed else {}
    for param in reversed(main.params):
        var = param.var
        calculates = var.hint in listed and not is_scalar(var.type) and is_calculated_with(main, var, uses)
        if calculates and any(isinstance(use, Op) and use.fn in IDENTITY for use in uses.get(var, ())):
            continue  # None would become an array
        if calculates:
            converted = Var(var.hint, var.type)
            substitute(main.body, {var: converted})
            main.body.body.insert(0, Op("numpy.asarray", (var,), (), converted, main.loc))
        elif var.hint in listed and isinstance(var.type, Array) and rank(var.type):  # np.ndim(x), not x.ndim
            var.type = Any(fresh(), var.type.shape)  # type: ignore[arg-type]


def with_tangents(listed: set[str], primal: Function, derivative: Function, which: list[int]) -> set[str]:
    """The arguments for which a list will do, and the tangents of such in forward mode, which follow the arguments."""
    tangents = derivative.params[len(primal.params) :]
    return listed | {t.var.hint for i, t in zip(which, tangents) if primal.params[i].var.hint in listed}


def uses_of(function: Function) -> dict[Atom, list[Stmt]]:
    """The statements that use each variable itself, or hand it on."""
    found: defaultdict[Atom, list[Stmt]] = defaultdict(list)
    for stmt in statements(function.body):
        handed = [result for block in blocks_of(stmt) for result in block.results]
        for atom in dict.fromkeys([*operands(stmt), *handed]):
            if isinstance(atom, Var):
                found[atom].append(stmt)
    return found


def may_be_list(primal: Function, var: Var, uses: Uses, arrays: Collection[Var]) -> bool:
    """Whether the function takes a list there: it hands it to NumPy, or writes elements; nothing else calculates with it."""
    if not isinstance(var.type, (Any, Array)) or is_scalar(var.type):
        return False
    handed = [use for use in uses.get(var, ()) if isinstance(use, Op) and use.fn not in FILLED]
    written = _versions(primal, var)
    if not handed or any(result in written for result in primal.body.results):
        return False
    rows, sliced = _rows(primal, {var, *written})
    if written and sliced:  # a slice of an array sees what is written, that of a list does not
        return False
    if not all(tolerates(use, v, written, arrays) for v in (var, *written) for use in uses.get(v, ())):
        return False
    return not any(_differs(use, row, rows) for row in rows for use in uses.get(row, ()))


def _rows(function: Function, of: set[Var]) -> tuple[set[Var], bool]:
    """What may be lists within a list: elements, slices, where these are handed on; and whether there are slices."""
    found: set[Var] = set()
    sliced, known = False, -1
    while known < len(found):
        known, whole = len(found), of | found
        for stmt in statements(function.body):
            match stmt:
                case Op("operator.getitem", (base, index), out=out) if base in whole:
                    found |= set() if is_scalar(out.type) else {out}
                    sliced = sliced or not is_scalar(index.type)
                case If(_, then, orelse, outs):
                    found |= {o for o, *arms in zip(outs, then.results, orelse.results) if not found.isdisjoint(arms)}
                case Loop():
                    found |= {t for t, it in zip(stmt.targets, stmt.iters) if it.seq in whole and not is_scalar(t.type)}
                    for init, result, *ones in zip(stmt.inits, stmt.body.results[1:], stmt.carried, stmt.outs[1:]):
                        found |= set() if found.isdisjoint((init, result)) else set(ones)
    return found, sliced


def _differs(use: Stmt, row: Var, rows: set[Var]) -> bool:
    """Whether an operation means another thing for a list than for an array: lists are repeated, and joined."""
    if not isinstance(use, Op) or use.fn not in ("operator.mul", "operator.add", "operator.iadd"):
        return False
    other = use.args[1] if use.args[0] is row else use.args[0]
    if use.fn == "operator.mul":
        return other not in rows and not (
            isinstance(other.type, Array) and (other.type.dtype == "float" or surely_array(other.type))
        )
    return not is_scalar(other.type) and not surely_array(other.type)


def _versions(function: Function, var: Var) -> set[Var]:
    """What a variable is after its elements are written to, one by one, and where paths and iterations meet."""
    found, known = {var}, 0
    while known < len(found):
        known = len(found)
        for stmt in statements(function.body):
            match stmt:
                case Op(fn, (of, index, value), out=out) if fn in WRITES:
                    if of in found and is_scalar(index.type) and is_scalar(value.type):
                        found.add(out)
                case If(_, then, orelse, outs):
                    found |= {o for o, a, b in zip(outs, then.results, orelse.results) if a in found or b in found}
                case Loop():
                    for init, carried, out in zip(stmt.inits, stmt.carried, stmt.outs[1:]):
                        if init in found:
                            found |= {carried, out}
    return found - {var}


def tolerates(use: Stmt, var: Var, written: Collection[Var] = (), arrays: Collection[Var] = ()) -> bool:
    """Whether a list will do for a variable where it is used; `written` are its later versions.

    `arrays` are what NumPy's functions give, of which numbers calculate as arrays do.
    """
    if isinstance(use, Loop):
        handed = zip([*use.inits, *use.body.results[1:]], [*use.carried, *use.carried])
        return all(given is not var or carried in written for given, carried in handed)
    if isinstance(use, If):
        ways = [*zip(use.then.results, use.outs), *zip(use.orelse.results, use.outs)]
        return all(given is not var or out in written for given, out in ways)
    if not isinstance(use, Op):
        return False
    if use.fn in WRITES:
        return use.args[0] is var and use.out in written and var not in use.args[1:]
    if var in written and use.fn in ("list", "tuple"):
        return False  # it would be given back as an array
    if use.fn in ARITHMETIC:  # a list is joined by `+`, and repeated by `*`
        return use.fn not in ("operator.add", "operator.mul") and any(
            a is not var and (surely_array(a.type) or a in arrays) for a in use.args
        )
    return use.fn in TOLERANT or use.fn.startswith(("numpy.", "scipy.")) or use.fn == "operator.getitem"


def is_calculated_with(function: Function, var: Var, uses: Uses) -> bool:
    """Whether an operation takes a variable, or what becomes of it, for an array, which a list is not."""
    versions = (var, *_versions(function, var))
    return any(_calculates(use, v) for v in versions for use in uses.get(v, ()))


def _calculates(use: Stmt, var: Var) -> bool:
    is_array = isinstance(var.type, Array)
    if not isinstance(use, Op) or use.fn in CHECKS or use.fn in ASKS and not is_array:
        return False
    if use.fn in WRITES and use.args[0] is var:
        return False
    if use.fn == "numpy.transpose" and is_array and len(use.args) == 1 and not use.kwargs:  # x.T
        return True
    if use.fn == "numpy.result_type":  # it would take the list for a description of fields
        return True
    part = use.fn == "operator.getitem" and not is_scalar(use.args[1].type)
    if part or use.fn.startswith("srcdiff."):
        return is_array or use.fn in HELPERS
    return not tolerates(use, var)
