"""Takes integer arrays as floats: what is added to `np.zeros_like(x)`, as a gradient, would be cut to whole numbers.

An array that is differentiated and was not declared to be float is converted first, where its dtype can reach a buffer or a result:

    x = x if x.dtype.kind in "fc" else x.astype(float)
"""

from __future__ import annotations

from srcdiff.analysis.shapes import FLOATING
from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Atom, Block, Call, Const, Function, If, Loop, Op, Program, Var
from srcdiff.ir.types import Array, Opaque, surely_array
from srcdiff.ir.walk import operands, statements, substitute
from srcdiff.transform.residuals import WRITES

ALWAYS_FLOAT = frozenset(
    {f"numpy.{name}" for name in FLOATING.split()} | {"operator.truediv", "numpy.mean", "numpy.tanh"}
)
MIXING = frozenset(f"operator.{name}" for name in ("add", "sub", "mul", "matmul")) | {"numpy.dot", "numpy.outer"}
TAKES_DTYPE = WRITES | {f"numpy.{name}_like" for name in ("zeros", "ones", "full", "empty")}


def take_integers_as_floats(program: Program, builder: Builder, assumed: set[str]) -> None:
    """Convert, at the start of the main function, the differentiated arrays whose dtype matters."""
    main = program.functions[program.main]
    for param in main.params:
        var = param.var
        if var.hint in assumed and surely_array(var.type) and _dtype_matters(main, var):
            with builder.block() as start:
                converted = _converted(builder, var)
            substitute(main.body, {var: converted})
            main.body.body[:0] = start.body


def _dtype_matters(function: Function, var: Var) -> bool:
    """Whether integers in `var` could make a buffer or a result of integers."""
    integer = {var}
    size = 0
    while size != len(integer):
        size = len(integer)
        for stmt in statements(function.body):
            match stmt:
                case Op() if any(a in integer for a in operands(stmt)):
                    if stmt.fn in TAKES_DTYPE:
                        return True
                    if not _makes_floats(stmt, integer):
                        integer.add(stmt.out)
                case If():
                    _join(integer, zip(stmt.outs, stmt.then.results, stmt.orelse.results))
                case Loop():
                    n = len(stmt.inits)
                    results = stmt.body.results[1 : n + 1]
                    _join(integer, zip(stmt.carried, stmt.inits, results))
                    _join(integer, zip(stmt.outs[1 : n + 1], stmt.inits, results))
                    _join(integer, zip(stmt.outs[n + 1 :], stmt.body.results[n + 1 :], stmt.body.results[n + 1 :]))
                    _join(integer, ((t, it.seq, it.seq) for t, it in zip(stmt.targets, stmt.iters)))
                    if stmt.cond is not None:
                        _join(integer, zip(stmt.cond.params, stmt.inits, results))
                case Call() if any(a in integer for a in stmt.args):
                    return True
    return any(r in integer for r in function.body.results)


def _join(integer: set[Var], flows: object) -> None:
    for target, a, b in flows:  # type: ignore[attr-defined]
        if a in integer or b in integer:
            integer.add(target)


def _makes_floats(op: Op, integer: set[Var]) -> bool:
    if op.fn in ALWAYS_FLOAT or isinstance(op.out.type, Opaque):
        return True
    if isinstance(op.out.type, Array) and op.out.type.dtype in ("int", "bool"):
        return True
    return op.fn in MIXING and any(_is_float(a) and a not in integer for a in op.args)


def _is_float(atom: Atom) -> bool:
    return isinstance(atom.type, Array) and atom.type.dtype in ("float", "complex")


def _converted(builder: Builder, var: Var) -> Var:
    kind = builder.emit("getattr", builder.emit("getattr", var, literal("dtype")), literal("kind"))
    test = builder.emit("operator.contains", literal("fc"), kind)
    as_float = Var(var.hint, var.type)
    with builder.block() as orelse:
        made = builder.emit("srcdiff.astype", var, Const("builtins.float", Opaque("type"), float))
        orelse.results = [made]
    builder.if_(test, Block([], [], [var]), orelse, [as_float])
    return as_float
