"""Takes lists as the function takes them: where it only hands an argument to NumPy's functions, a list will do for it.

    x = np.asarray(x)

at the top of a derivative that calculates with such an argument itself, as `2 * x` does for np.sum(np.square(x)).
"""

from __future__ import annotations

from srcdiff.ir.nodes import Call, Function, Loop, Op, Var
from srcdiff.ir.types import Any, Array, fresh, is_scalar, rank, surely_array
from srcdiff.ir.walk import operands, statements, substitute

# what takes a list as it takes an array
TOLERANT = frozenset(
    "builtins.len builtins.sum builtins.max builtins.min builtins.list builtins.tuple math.prod math.fsum "
    "operator.contains operator.is_ operator.is_not list tuple".split()
)
CHECKS = ("srcdiff.check_rank", "srcdiff.check_equal", "srcdiff.check_apart")
ASKS = ("builtins.isinstance", "getattr")  # whether it is an array, and of what
FILLED = ("numpy.full", "numpy.full_like", "numpy.linspace", "numpy.arange")  # with numbers, mostly
ARITHMETIC = frozenset(f"operator.{name}" for name in "add sub mul truediv matmul".split())


def may_be_lists(primal: Function, undeclared: set[str]) -> set[str]:
    """The arguments, of those whose type is not declared, for which a list will do."""
    return {p.var.hint for p in primal.params if p.var.hint in undeclared and may_be_list(primal, p.var)}


def take_lists(main: Function, listed: set[str]) -> None:
    """Convert, at the start of the main function, what may be a list and is calculated with."""
    for param in reversed(main.params):
        var = param.var
        if var.hint in listed and not is_scalar(var.type) and is_calculated_with(main, var):
            converted = Var(var.hint, var.type)
            substitute(main.body, {var: converted})
            main.body.body.insert(0, Op("numpy.asarray", (var,), (), converted, main.loc))
        elif var.hint in listed and isinstance(var.type, Array) and rank(var.type):  # np.ndim(x), not x.ndim
            var.type = Any(fresh(), var.type.shape)  # type: ignore[arg-type]


def with_tangents(listed: set[str], primal: Function, derivative: Function, which: list[int]) -> set[str]:
    """The arguments for which a list will do, and the tangents of such in forward mode, which follow the arguments."""
    tangents = derivative.params[len(primal.params) :]
    return listed | {t.var.hint for i, t in zip(which, tangents) if primal.params[i].var.hint in listed}


def uses(function: Function, var: Var) -> list[Op | Loop | Call]:
    """The statements that use a variable itself."""
    found: list[Op | Loop | Call] = []
    for stmt in statements(function.body):
        if isinstance(stmt, Op) and var in operands(stmt) or isinstance(stmt, Call) and var in stmt.args:
            found.append(stmt)
        elif isinstance(stmt, Loop) and (var in stmt.inits or any(it.seq is var for it in stmt.iters)):
            found.append(stmt)
    return found


def may_be_list(primal: Function, var: Var) -> bool:
    """Whether the function takes a list there: it hands it to NumPy, and nothing else calculates with it."""
    if not isinstance(var.type, (Any, Array)) or is_scalar(var.type):
        return False
    handed = [use for use in uses(primal, var) if isinstance(use, Op) and use.fn not in FILLED]
    return bool(handed) and all(tolerates(use, var) for use in uses(primal, var))


def tolerates(use: Op | Loop | Call, var: Var) -> bool:
    if isinstance(use, Loop):
        return var not in use.inits
    if not isinstance(use, Op):
        return False
    if use.fn in ARITHMETIC:  # a list is joined by `+`, and repeated by `*`
        return use.fn not in ("operator.add", "operator.mul") and any(
            a is not var and surely_array(a.type) for a in use.args
        )
    return use.fn in TOLERANT or use.fn.startswith(("numpy.", "scipy.")) or use.fn == "operator.getitem"


def is_calculated_with(function: Function, var: Var) -> bool:
    """Whether an operation takes a variable for an array, which a list is not."""
    is_array = isinstance(var.type, Array)
    for use in uses(function, var):
        if not isinstance(use, Op) or use.fn in CHECKS or use.fn in ASKS and not is_array:
            continue
        if use.fn == "numpy.transpose" and is_array and len(use.args) == 1 and not use.kwargs:  # x.T
            return True
        if use.fn == "numpy.result_type":  # it would take the list for a description of fields
            return True
        part = use.fn == "operator.getitem" and not is_scalar(use.args[1].type)
        if part or use.fn.startswith("srcdiff."):
            if is_array:
                return True
        elif not tolerates(use, var):
            return True
    return False
