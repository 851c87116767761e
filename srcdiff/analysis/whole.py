"""Which values may be arrays of integers, where others may be: the dtype of a result, from the operation alone.

y = np.zeros_like(n) has n's dtype; n + x has not, where x holds floats; np.zeros(n), x[n] and np.roll(x, n) have nothing
to do with it.
"""

from __future__ import annotations

from collections.abc import Iterable

from srcdiff.analysis.shapes import FLOATING
from srcdiff.ir.nodes import Atom, Call, Const, Function, Lit, Loop, Op, Var
from srcdiff.ir.types import Any, Array, Opaque
from srcdiff.ir.walk import flows, operands, statements

ALWAYS_FLOAT = frozenset(
    {f"numpy.{name}" for name in FLOATING.split()} | {"operator.truediv", "numpy.mean", "numpy.tanh", "builtins.float"}
)
# operations that mix the dtypes of arguments: floats, where one holds floats
MIXING: dict[str, slice] = {
    **dict.fromkeys((f"operator.{name}" for name in "add sub mul pow mod floordiv matmul".split()), slice(0, 2)),
    **dict.fromkeys(
        (
            f"numpy.{name}"
            for name in "dot outer inner kron matmul maximum minimum fmax fmin mod append hypot cross".split()
        ),
        slice(0, 2),
    ),
    "numpy.where": slice(1, 3),
    "numpy.einsum": slice(1, None),
    "numpy.clip": slice(0, 3),
    **dict.fromkeys(("tuple", "list"), slice(0, None)),  # what stacks of them are made of
}
# operations whose result has nothing of an argument's dtype: what they take of it is a length, or an order
UNLIKE = frozenset(
    f"numpy.{name}"
    for name in "zeros ones empty eye identity linspace arange full argsort argmax argmin nonzero shape ndim size".split()
) | {"builtins.len", "builtins.range"}
FLOATS = frozenset({"builtins.float", "builtins.complex", "numpy.float32", "numpy.float64", "numpy.complex128"})
STORES = ("operator.setitem", "list.append", "dict", "tuple", "list")
READS = ("operator.getitem", "getattr")


def may_be_whole(function: Function, sources: Iterable[Var], floats: Iterable[Var] = ()) -> set[Var]:
    """The values that may be arrays of integers, where `sources` are, or hold such; what is in `floats` holds none."""
    definition = {s.out: s for s in statements(function.body) if isinstance(s, Op)}
    found = {var for var in sources if var not in floats}
    sure = {*floats}  # what surely holds floats, whatever the sources do
    size = 0
    while size != len(found):
        size = len(found)
        for stmt in statements(function.body):
            if isinstance(stmt, Op):
                if stmt.out not in found and _is_whole(stmt, found, sure, definition):
                    found.add(stmt.out)
                continue
            if isinstance(stmt, Call) and any(a in found for a in stmt.args):
                found.update(stmt.outs)
            if isinstance(stmt, Loop):
                found.update(t for t, it in zip(stmt.targets, stmt.iters) if it.seq in found)
            found.update(out for out, atom in flows(stmt) if atom in found)
    return found


def _is_whole(op: Op, found: set[Var], sure: set[Var], definition: dict[Var, Op]) -> bool:
    """Whether the result of an operation may be whole, since what it takes its dtype of is."""
    if op.out in sure:
        return False
    out = op.out.type
    if op.fn in ALWAYS_FLOAT | UNLIKE or op.fn.startswith("math."):
        return False
    if isinstance(out, Opaque) or isinstance(out, Array) and out.dtype in ("int", "bool"):
        return False  # what is known to hold integers has no derivative
    if _has_dtype(op):
        return False
    if op.fn in READS and not isinstance(op.args[0].type, Array | Any):
        entry = written_under(op.args[0], op.args[1], definition)
        return (op.args[0] if entry is None else entry) in found
    if op.fn in MIXING:
        mixed = op.args[MIXING[op.fn]]
        if any(_holds_floats(a, found, sure) for a in mixed):
            sure.add(op.out)
        return op.out not in sure and any(a in found for a in mixed)
    if op.fn in STORES and not isinstance(op.args[0].type if op.args else None, Array):
        index = op.args[1] if op.fn == "operator.setitem" else None  # says nothing of what is there
        return any(a in found for a in operands(op) if a is not index)
    return bool(op.args) and op.args[0] in found


def _has_dtype(op: Op) -> bool:
    """Whether an operation names the dtype of its result, which is one of floats."""
    named = next((a for k, a in op.kwargs if k == "dtype"), None)
    if op.fn == "srcdiff.astype" or op.fn in ("numpy.array", "numpy.asarray") and len(op.args) == 2:
        named = op.args[1]
    return isinstance(named, Const) and named.name in FLOATS


def _holds_floats(atom: Atom, found: set[Var], sure: set[Var]) -> bool:
    return (
        atom in sure or atom not in found and isinstance(atom.type, Array) and atom.type.dtype in ("float", "complex")
    )


def written_under(container: Atom, key: Atom, definition: dict[Var, Op]) -> Atom | None:
    """What was put into a container under a written key, where its definition says so."""
    while isinstance(key, Lit) and isinstance(container, Var) and container in definition:
        made = definition[container]
        match made.fn:
            case "dict":
                under = {k.value: v for k, v in zip(made.args[::2], made.args[1::2]) if isinstance(k, Lit)}
                return under.get(key.value)
            case "tuple" | "list" if type(key.value) is int and -len(made.args) <= key.value < len(made.args):
                return made.args[key.value]
            case "operator.setitem" if isinstance(made.args[1], Lit):
                if made.args[1].value == key.value:
                    return made.args[2]
                container = made.args[0]
            case "srcdiff.copy":
                container = made.args[0]
            case _:
                return None
    return None
