"""Takes integer arguments as floats where a buffer would otherwise take their dtype.

`2 * x` is right for an integer array too; `np.zeros_like(x)` as a gradient is not: what is added to it would be cut to whole
numbers. Where a function makes such a buffer from an argument that was not declared to be float, the argument is converted first:

    x = x if x.dtype.kind in "fc" else x.astype(float)
"""

from __future__ import annotations

from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Block, Const, Op, Program, Var
from srcdiff.ir.types import Array, Opaque
from srcdiff.ir.walk import statements, substitute
from srcdiff.transform.residuals import WRITES

LIKE = frozenset(f"numpy.{name}_like" for name in ("zeros", "ones", "full", "empty"))


def take_integers_as_floats(program: Program, builder: Builder, assumed: set[str]) -> None:
    """Convert, at the start of the main function, the differentiated arrays whose dtype a buffer takes."""
    main = program.functions[program.main]
    if not any(_takes_dtype(s) for f in program.functions.values() for s in statements(f.body) if isinstance(s, Op)):
        return
    for param in main.params:
        var = param.var
        if var.hint in assumed and isinstance(var.type, Array) and _surely_array(var.type):
            with builder.block() as start:
                converted = _converted(builder, var)
            substitute(main.body, {var: converted})
            main.body.body[:0] = start.body


def _surely_array(t: Array) -> bool:
    """Whether it has a dimension at least (a Python float has no dtype to ask for)."""
    return bool(t.shape) if isinstance(t.shape, tuple) else any(isinstance(part, tuple) for part in t.shape)


def _takes_dtype(op: Op) -> bool:
    return op.fn in LIKE or op.fn in WRITES


def _converted(builder: Builder, var: Var) -> Var:
    kind = builder.emit("getattr", builder.emit("getattr", var, literal("dtype")), literal("kind"))
    test = builder.emit("operator.contains", literal("fc"), kind)
    as_float = Var(var.hint, var.type)
    with builder.block() as orelse:
        made = builder.emit("srcdiff.astype", var, Const("builtins.float", Opaque("type"), float))
        orelse.results = [made]
    builder.if_(test, Block([], [], [var]), orelse, [as_float])
    return as_float
