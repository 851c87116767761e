"""Takes integer arrays as floats: what is added to `np.zeros_like(x)`, as a gradient, would be cut to whole numbers.

Of an array that is differentiated and was not declared to be float, buffers get a dtype of their own; it is converted
first where it is written to, where its dtype can reach a result, or where loops make such buffers:

    x_bar = np.zeros_like(x, dtype=np.result_type(x, 0.0))
    x = x if x.dtype.kind in "fc" else x.astype(float)
"""

from __future__ import annotations

from srcdiff.analysis.shapes import FLOATING
from srcdiff.analysis.storage_kinds import WRITES
from srcdiff.analysis.whole import ALWAYS_FLOAT, FLOATS
from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Atom, Block, Call, Const, Function, Loop, Op, Program, Stmt, Var
from srcdiff.ir.types import Array, Opaque, is_scalar, surely_array, with_dtype
from srcdiff.ir.walk import blocks_of, flows, operands, statements, substitute
from srcdiff.optimize.atoms import is_float

MIXING = frozenset(f"operator.{name}" for name in ("add", "sub", "mul", "pow", "mod", "floordiv", "matmul")) | {
    f"numpy.{name}" for name in "dot outer einsum maximum minimum where".split()
}
CALCULATIONS = (
    MIXING
    | {f"numpy.{name}" for name in FLOATING.split()}
    | {"operator.pow", "operator.neg", "operator.iadd", "numpy.sum", "numpy.prod", "numpy.cumsum"}
)
MOVES = frozenset(
    {"operator.getitem", "numpy.transpose", "numpy.reshape", "numpy.ravel", "srcdiff.copy", "tuple", "list"}
)
CONVERSIONS = frozenset({"numpy.array", "numpy.asarray"})
INDEXED = (
    "operator.getitem",
    "operator.setitem",
    "srcdiff.addto",
    "srcdiff.scatter_add",
    "srcdiff.add_at",
    "numpy.take",
)
LIKENESSES = frozenset(f"numpy.{name}_like" for name in ("zeros", "ones", "full", "empty"))


def take_integers_as_floats(program: Program, builder: Builder, assumed: set[str], cutting: list[str]) -> None:
    """Convert, at the start of the main function, the differentiated arrays whose dtype matters.

    What is in `cutting` may be a number or an array, and its dtype does matter.
    """
    main = program.functions[program.main]
    taken = [p.var for p in main.params if p.var.hint in assumed]
    parts = _parts(main, taken)
    scalars = [p.var for p in main.params if is_scalar(p.var.type)]
    unsure = _integers(main, taken + scalars)
    outside = set(main.body.body)
    conversions: list[Stmt] = []
    for var in taken:
        if surely_array(var.type):
            whole = _integers(main, [var], unsure)
            buffers = _dtype_matters(main, whole, parts)
            if buffers is None or not outside.issuperset(buffers):  # once, rather than in each iteration
                with builder.block() as start:
                    converted = _converted(builder, var)
                substitute(main.body, {var: converted})
                conversions += start.body
                continue
            if buffers:
                _in_floats(builder, main.body, set(buffers))
            for value in whole:
                if isinstance(value.type, Array):
                    value.type = with_dtype(value.type, None)  # nothing is added to it in place
    main.body.body[:0] = conversions
    for var in [p.var for p in main.params if p.var.hint in cutting]:
        as_float = Var(var.hint, var.type)
        substitute(main.body, {var: as_float})
        main.body.body.insert(0, Op("operator.mul", (literal(1.0), var), (), as_float, main.loc))


def _parts(function: Function, arrays: list[Var]) -> set[Var]:
    """The values that are made of elements of `arrays` alone."""
    found = set(arrays)
    for stmt in statements(function.body):
        if isinstance(stmt, Op) and stmt.fn in MOVES and any(a in found for a in stmt.args):
            found.add(stmt.out)
        elif isinstance(stmt, Loop):
            found.update(t for t, it in zip(stmt.targets, stmt.iters) if it.seq in found)
    return found


def _dtype_matters(function: Function, integer: set[Var], parts: set[Var]) -> list[Op] | None:
    """Where what is in `integer` makes a buffer of integers by its likeness.

    None where it reaches a written array or a result, or where buffers are made and one calculates with small integers
    alone: they overflow, and the sine of a byte has half precision.
    """
    likenesses: dict[Op, None] = {}
    overflows = False
    for stmt in statements(function.body):
        if isinstance(stmt, Call) and any(a in integer for a in stmt.args):
            return None
        if not isinstance(stmt, Op) or all(a not in integer for a in operands(stmt)):
            continue
        if _is_likeness(stmt, integer):
            if all(k not in ("dtype", "shape") for k, _ in stmt.kwargs):
                likenesses[stmt] = None
        elif stmt.fn in LIKENESSES or stmt.fn in WRITES and stmt.args[0] in integer:
            return None
        elif stmt.fn in CALCULATIONS and all(a in parts or _is_integer(a) for a in stmt.args):
            overflows = True
    if overflows and likenesses or any(r in integer for r in function.body.results):
        return None
    return list(likenesses)


def _integers(function: Function, arrays: list[Var], unsure: set[Var] | None = None) -> set[Var]:
    """The values that may be integers where `arrays` are, and what is in `unsure` may be."""
    integer = set(arrays)
    unsure = integer if unsure is None else unsure
    ops = {stmt: _of_dtype(stmt) for stmt in statements(function.body) if isinstance(stmt, Op)}
    moves = [pair for stmt in statements(function.body) for pair in flows(stmt)]
    moves += [
        (t, it.seq) for s in statements(function.body) if isinstance(s, Loop) for t, it in zip(s.targets, s.iters)
    ]
    size = 0
    while size != len(integer):
        size = len(integer)
        for op, given in ops.items():
            if op.out not in integer and not integer.isdisjoint(given) and _may_be_integer(op, integer, unsure):
                integer.add(op.out)
        integer.update(target for target, source in moves if source in integer)
    return integer


def _may_be_integer(op: Op, integer: set[Var], unsure: set[Var]) -> bool:
    """Whether a result of integers may be one, too: a buffer of floats that they are written to is none."""
    if op.fn in WRITES and op.args[0] not in integer and isinstance(op.out.type, Array):
        return False
    return not _is_likeness(op, integer) and not _makes_floats(op, unsure)


def _of_dtype(op: Op) -> list[Var]:
    """The operands that a result may have its dtype from: where an index points to says nothing of what is there."""
    given = [op.args[0], *op.args[2:]] if op.fn in INDEXED else operands(op)
    return [a for a in given if isinstance(a, Var)]


def _is_likeness(op: Op, integer: set[Var]) -> bool:
    """Whether the operation takes of integers no more than their shape and, maybe, their dtype."""
    return op.fn in LIKENESSES and op.args[0] in integer and all(a not in integer for a in op.args[1:])


def _in_floats(builder: Builder, block: Block, wanted: set[Op]) -> None:
    """Name the dtype of buffers that are made by likeness: that of their likeness beside a float."""
    found: list[Stmt] = []
    for stmt in block.body:
        if isinstance(stmt, Op) and stmt in wanted:
            with builder.block() as before:
                dtype = builder.emit("numpy.result_type", stmt.args[0], literal(0.0))
            found += before.body
            stmt.kwargs = (*stmt.kwargs, ("dtype", dtype))
        found.append(stmt)
        for inner in blocks_of(stmt):
            _in_floats(builder, inner, wanted)
    block.body = found


def _makes_floats(op: Op, unsure: set[Var]) -> bool:
    if op.fn in ALWAYS_FLOAT or op.fn.startswith("math.") or isinstance(op.out.type, Opaque):
        return True
    if isinstance(op.out.type, Array) and op.out.type.dtype in ("int", "bool"):
        return True
    dtype = (
        dict(op.kwargs).get("dtype") if op.fn in CONVERSIONS else op.args[2] if op.fn == "srcdiff.astype_x" else None
    )
    if isinstance(dtype, Const) and dtype.name in FLOATS:
        return True
    return op.fn in MIXING and any(is_float(a) and a not in unsure for a in op.args)


def _is_integer(atom: Atom) -> bool:
    return isinstance(atom.type, Array) and atom.type.dtype in ("int", "bool")


def _converted(builder: Builder, var: Var) -> Var:
    kind = builder.emit("getattr", builder.emit("getattr", var, literal("dtype")), literal("kind"))
    test = builder.emit("operator.contains", literal("fc"), kind)
    as_float = Var(var.hint, var.type)
    with builder.block() as orelse:
        made = builder.emit("srcdiff.astype", var, Const("builtins.float", Opaque("type"), float))
        orelse.results = [made]
    builder.if_(test, Block([], [], [var]), orelse, [as_float])
    return as_float
