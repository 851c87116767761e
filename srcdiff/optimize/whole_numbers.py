"""Refuses integers where NumPy would cut to them what varies: an array made like one of integers keeps integers only.

    assert n.dtype.kind in "fc", "n must hold floats: integers would cut what is written"

What is differentiated is taken as floats (floats.py); of all other arrays whose dtype is not known, this is checked.
"""

from __future__ import annotations

import numpy as np

from srcdiff.analysis.activity import varied
from srcdiff.errors import Loc
from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Atom, Block, Const, Function, Loop, Op, Program, Stmt, Var
from srcdiff.ir.types import BOOL, Any, Array, Opaque, is_scalar, may_vary, surely_array
from srcdiff.ir.walk import blocks_of, statements
from srcdiff.optimize.floats import integers
from srcdiff.transform.apply_rules import stops

CUTTING = ("operator.setitem", "srcdiff.addto")
READS = ("operator.getitem", "getattr")


def check_whole_numbers(program: Program, wrt: list[int], floats: set[str], builder: Builder) -> list[str]:
    """Check, where they come from, the arrays of unknown dtype that give what varies their own.

    The result names those that are differentiated, of which integers are to be taken as floats.
    """
    cutting: list[str] = []
    for function in program.functions.values():
        main = function.name == program.main
        seeds = [function.params[i].var for i in wrt] if main else []
        checks = _checks(function, seeds, main, floats, builder)
        converted = [var for var in checks if var in seeds and isinstance(var.type, Array)]
        cutting += [var.hint for var in converted]
        checks = {var: check for var, check in checks.items() if var not in converted}
        if checks:
            _insert(function.body, checks, [p.var for p in function.params])
    return cutting


def _checks(
    function: Function, seeds: list[Var], main: bool, floats: set[str], builder: Builder
) -> dict[Var, list[Stmt]]:
    """For each array that must not hold integers, its check."""
    cutting = [s for s in statements(function.body) if isinstance(s, Op) and _may_cut(s)]
    if cutting and main:
        active = varied(function.body, seeds, stops)
        cutting = [op for op in cutting if op.args[-1] in active]
    checks: dict[Var, list[Stmt]] = {}
    if not cutting:
        return checks
    taken = [var for var in seeds if var.hint in floats or is_scalar(var.type)]  # converted, or Python's own numbers
    sources = [var for var in _sources(function) if var not in taken]
    sources.sort(key=lambda var: var not in seeds)  # where one of two must hold floats, what is differentiated does
    numbers = [var for var in taken if is_scalar(var.type)]  # an array is converted where it is written to
    for source in sources:
        whole = integers(function, [*sources, *numbers], likenesses=True, floats=checks)
        of_source = integers(function, [source], whole, likenesses=True, floats=checks)
        cut = [op for op in cutting if op.args[0] in of_source]
        if cut:
            checks[source] = _assertion(source, all(_is_listed(op) for op in cut), function.loc, builder)
    return checks


def _may_cut(op: Op) -> bool:
    if op.fn == "numpy.full_like":
        return len(op.args) == 2 and all(name != "dtype" for name, _ in op.kwargs) and may_vary(op.args[1].type)
    return op.fn in CUTTING and isinstance(op.args[0].type, Array | Any) and may_vary(op.args[-1].type)


def _is_listed(op: Op) -> bool:
    """Whether what is written to may be a list, which takes any number."""
    return op.fn in CUTTING and isinstance(op.args[0].type, Any)


def _sources(function: Function) -> list[Var]:
    """The arrays of unknown dtype that come from outside: arguments, and what containers hold that are arguments."""
    found = [p.var for p in function.params if _may_be_whole(p.var)]
    held = {p.var for p in function.params if not isinstance(p.var.type, Array | Any)}
    for stmt in statements(function.body):
        read: list[Var] = []
        if isinstance(stmt, Op) and stmt.fn in READS and stmt.args[0] in held:
            read = [stmt.out]
        elif isinstance(stmt, Loop):
            read = [t for t, it in zip(stmt.targets, stmt.iters) if it.seq in held]
        for var in read:
            if _may_be_whole(var):
                found.append(var)
            elif not isinstance(var.type, Array):
                held.add(var)
    return found


def _may_be_whole(var: Var) -> bool:
    return isinstance(var.type, Any) or isinstance(var.type, Array) and var.type.dtype is None


def _assertion(source: Var, listed: bool, loc: Loc | None, builder: Builder) -> list[Stmt]:
    """The check of one array; of what may be a list, too, which takes any number, only where it is an array."""
    with builder.block() as block:
        builder.loc = loc
        array: Atom = source
        if not surely_array(source.type) and not listed:
            array = builder.emit("numpy.asarray", source)
        with builder.block() as where_array:
            kind = builder.emit("getattr", builder.emit("getattr", array, literal("dtype")), literal("kind"))
            where_array.results = [builder.emit("operator.contains", literal("fc"), kind)]
        test = where_array.results[0]
        if listed:
            test = Var("", BOOL)
            array_type = Const("numpy.ndarray", Opaque("type"), np.ndarray)
            is_list = builder.emit("operator.not_", builder.emit("builtins.isinstance", source, array_type))
            builder.if_(is_list, Block([], [], [literal(True)]), where_array, [test])
        else:
            block.body += where_array.body
        message = f"{source.hint or 'this'} must hold floats: integers would cut what is written"
        builder.emit("assert", test, literal(message))
    return block.body


def _insert(block: Block, checks: dict[Var, list[Stmt]], params: list[Var]) -> None:
    """Put each check behind the definition of its variable."""
    found: list[Stmt] = [s for var in [*params, *block.params] for s in checks.get(var, ())]
    for stmt in block.body:
        found.append(stmt)
        if isinstance(stmt, Op):
            found += checks.get(stmt.out, ())
        for inner in blocks_of(stmt):
            _insert(inner, checks, [])
    block.body = found
