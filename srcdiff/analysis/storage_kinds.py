"""What the result of one operation may share storage with, and what a write changes, from the operation alone."""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import cache

from srcdiff.analysis.holdings import holds_numbers, holds_only_numbers
from srcdiff.ir.builder import OF_NO_DIMENSION
from srcdiff.ir.nodes import Atom, Call, Lit, Op, Stmt
from srcdiff.ir.types import SLICE, Array, Dict, Opaque, Sequence, Tuple, is_scalar

WRITES = frozenset(
    "operator.setitem srcdiff.addto srcdiff.scatter_add operator.iadd operator.isub "
    "list.append srcdiff.drop_last set.add set.discard set.remove set.update".split()
)
# functions of numpy whose result may be a view of an argument
NUMPY_VIEWS = frozenset(
    f"numpy.{name}"
    for name in (
        "transpose reshape ravel asarray asanyarray ascontiguousarray asfortranarray atleast_1d atleast_2d "
        "atleast_3d squeeze expand_dims broadcast_to broadcast_arrays swapaxes moveaxis rollaxis diagonal "
        "diag split array_split hsplit vsplit dsplit real imag flip flipud fliplr rot90 matrix_transpose "
        "permute_dims unstack require meshgrid array nan_to_num lib.stride_tricks.sliding_window_view "
        "lib.stride_tricks.as_strided"
    ).split()
)
# functions whose result may hold one element in several places: a write to it would be seen in all of them
REPEATED = frozenset(
    {"numpy.broadcast_to", "numpy.broadcast_arrays", "srcdiff.broadcast_like", "srcdiff.sum_x"}
) | frozenset(f"numpy.lib.stride_tricks.{name}" for name in ("sliding_window_view", "as_strided"))
ARITHMETIC = frozenset(f"operator.{name}" for name in "add sub mul truediv pow neg".split())
COPIES = frozenset({"srcdiff.copy", "srcdiff.zeros_like", "srcdiff.astype"})
CONTAINERS = frozenset({"tuple", "list", "dict", "set"})
FRESH_BUILTINS = frozenset(
    f"builtins.{name}"
    for name in "float int len abs bool str format round pow complex range repr type isinstance".split()
)
FRESH_HELPERS = frozenset(
    f"srcdiff.{name}" for name in "zeros_like zero_arrays zero_vector last_written check_rank".split()
)
HOLDING = {
    "srcdiff.add": (0, 1),
    "srcdiff.add_at": (0, 2),
    "srcdiff.add_slice": (0, 2),
    "srcdiff.replaced": (0, 2),
    "srcdiff.complete": (0,),
    "srcdiff.with_fields": (1,),
    "srcdiff.entries_of": (0,),
    "srcdiff.add_field": (0, 2),
    "srcdiff.flip": (0,),
}
SUMS = ("srcdiff.add", "srcdiff.add_at", "srcdiff.add_slice")  # what they add to is made anew


@cache
def keeps_arguments(fn: str) -> bool:
    """Whether a result is or holds its arguments themselves, not what they hold."""
    whole = fn in WRITES or fn in CONTAINERS or fn in HOLDING
    return whole or fn.startswith("operator.") and fn != "operator.getitem"


def is_container(atom: Atom) -> bool:
    return isinstance(atom.type, (Sequence, Tuple, Dict))


def changes_slots_only(write: Op) -> bool:
    """Whether a write changes what a container holds, but nothing within that: only the container itself is written."""
    base = write.args[0]
    return is_container(base) and (write.fn != "srcdiff.addto" or holds_numbers(base.type))


def repeats_number(op: Op) -> bool:
    """Whether an operation makes a list of one number: [v] * len(x)."""
    if op.fn != "srcdiff.sum_x":
        return False
    t = op.out.type
    return isinstance(t, Sequence) and t.kind == "list" and is_scalar(t.elem)


def makes_storage(op: Op) -> bool:
    """Whether the result of an operation can be something that a write changes."""
    if is_scalar(op.out.type):
        return op.fn in WRITES or op.fn in NUMPY_VIEWS or op.fn in OF_NO_DIMENSION or op.fn.endswith(("_like", ".copy"))
    return not (isinstance(op.out.type, Opaque) and op.out.type.name not in ("function", "object", "set"))


@cache
def _sharing_kind(fn: str) -> str:
    """What the result of a function shares: "nothing", all or the first of its "arguments", or what its entry says."""
    if fn in ("operator.setitem", "list.append"):
        return "what is kept"
    if fn in WRITES:
        return "first"
    if fn in ("operator.getitem", "getattr", "numpy.array"):
        return fn
    if fn in FRESH_HELPERS or fn in COPIES or fn in FRESH_BUILTINS:
        return "nothing"
    if fn in HOLDING:
        return "held"
    if fn.startswith("srcdiff."):
        return "first"  # a rule's helper may hand its cotangent on, or a view of it
    if fn in CONTAINERS or fn in NUMPY_VIEWS:
        return "arguments"
    if fn in ("operator.add", "operator.mul", "operator.or_"):
        return "lists"
    return "nothing" if fn.startswith(("operator.", "numpy.", "math.", "cmath.")) else "arguments"


def changed_by(stmt: Stmt) -> Iterable[Atom]:
    """What a statement changes in place, or lets a callee change."""
    if isinstance(stmt, Call):
        return [stmt.args[i] for i in stmt.taken]
    return stmt.args[:1] if isinstance(stmt, Op) and stmt.fn in WRITES else ()


def makes_arrays_of_no_dimension(stmt: Stmt, numbers: Container[Atom] = ()) -> bool:
    """Whether a result may be an array without a dimension; `numbers` are what surely is a plain number."""
    if isinstance(stmt, Op):
        if stmt.fn in ("numpy.real", "numpy.imag") and stmt.args[0] in numbers:
            return False
        return is_scalar(stmt.out.type) and stmt.fn not in WRITES and makes_storage(stmt)
    return isinstance(stmt, Call) and any(is_scalar(out.type) for out in stmt.outs)


def makes_number(stmt: Stmt) -> bool:
    """Whether a result is a plain number, which arithmetic makes even of arrays without a dimension."""
    return isinstance(stmt, Op) and stmt.fn in ARITHMETIC and is_scalar(stmt.out.type)


def shared_arguments(op: Op) -> list[Atom] | None:
    """The arguments whose storage the result may share; None where the result is a plain number, which has none."""
    kind = _sharing_kind(op.fn)
    if kind == "nothing":
        return []
    if kind == "operator.getitem":
        return _subscripted(op)
    if kind == "getattr" and _reads_shape(op):
        return None
    if kind == "numpy.array" and not any(name == "copy" for name, _ in op.kwargs):
        return []
    values = [*op.args, *(value for _, value in op.kwargs)]
    if kind == "what is kept" and not isinstance(op.args[0].type, Array):
        return [values[0], values[-1]]
    if kind in ("first", "getattr", "what is kept"):
        return values[:1]
    if op.fn in SUMS and all(holds_only_numbers(values[i].type) for i in HOLDING[op.fn]):
        return [] if op.fn == "srcdiff.add" else values[:1]
    if kind == "held":
        return [values[i] for i in HOLDING[op.fn]]
    if kind == "lists" and (holds_numbers(op.out.type) or any(isinstance(v.type, Array) for v in values)):
        return []  # of lists, what they hold is shared
    return values


def _reads_shape(op: Op) -> bool:
    return isinstance(op.args[1], Lit) and op.args[1].value in ("shape", "ndim", "size", "dtype", "itemsize", "nbytes")


def _subscripted(op: Op) -> list[Atom] | None:
    base, index = op.args
    if is_scalar(op.out.type) and (isinstance(base.type, Array) or is_container(base)):
        return None  # what a container holds as a number is replaced, and never changed
    t = index.type
    if t == SLICE and is_container(base) and holds_numbers(base.type):
        return []
    listed = isinstance(t, Sequence) and t.kind == "list"
    gathered = isinstance(t, Array) and isinstance(t.shape, tuple) and (t.shape != () or t.dtype == "bool")
    if isinstance(base.type, Array) and (gathered or listed):
        return []
    return [base]


def uses_shape_only(op: Op, position: int) -> bool:
    """Whether an operation reads no content of its argument at `position`, which an in-place write could change."""
    operand = op.args[position]
    if op.fn == "getattr":
        return position == 0 and _reads_shape(op)
    if op.fn in (
        "numpy.zeros_like",
        "numpy.ones_like",
        "numpy.empty_like",
        "numpy.full_like",
        "numpy.shape",
        "numpy.ndim",
        "numpy.size",
        "numpy.result_type",
    ):
        return position == 0 and isinstance(operand.type, Array)
    if op.fn in ("builtins.len", "srcdiff.zeros_like", "srcdiff.check_rank"):
        return position == 0 and isinstance(operand.type, Array)
    return op.fn == "srcdiff.unbroadcast" and position == 1
