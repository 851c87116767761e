"""Takes integer arrays as floats: what is added to `np.zeros_like(x)`, as a gradient, would be cut to whole numbers.

An array that is differentiated and was not declared to be float is converted first:

    x = x if x.dtype.kind in "fc" else x.astype(float)
"""

from __future__ import annotations

from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Block, Const, Program, Var
from srcdiff.ir.types import Array, Opaque, surely_array
from srcdiff.ir.walk import substitute


def take_integers_as_floats(program: Program, builder: Builder, assumed: set[str]) -> None:
    """Convert, at the start of the main function, the differentiated arrays whose dtype a buffer takes."""
    main = program.functions[program.main]
    for param in main.params:
        var = param.var
        if var.hint in assumed and isinstance(var.type, Array) and surely_array(var.type):
            with builder.block() as start:
                converted = _converted(builder, var)
            substitute(main.body, {var: converted})
            main.body.body[:0] = start.body


def _converted(builder: Builder, var: Var) -> Var:
    kind = builder.emit("getattr", builder.emit("getattr", var, literal("dtype")), literal("kind"))
    test = builder.emit("operator.contains", literal("fc"), kind)
    as_float = Var(var.hint, var.type)
    with builder.block() as orelse:
        made = builder.emit("srcdiff.astype", var, Const("builtins.float", Opaque("type"), float))
        orelse.results = [made]
    builder.if_(test, Block([], [], [var]), orelse, [as_float])
    return as_float
