"""Refuses integers where NumPy would cut to them what varies: an array made like one of integers keeps integers only.

    assert n.dtype.kind in "fc", "n must hold floats"

What is differentiated is taken as floats (floats.py); of all other arrays whose dtype is not known, this is checked.
"""

from __future__ import annotations

import numpy as np

from srcdiff.analysis.activity import varied
from srcdiff.analysis.contract import Contract
from srcdiff.analysis.evidence import WRITES
from srcdiff.analysis.whole import READS, may_be_whole
from srcdiff.errors import Loc
from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Atom, Block, Const, Function, Lit, Loop, Op, Program, Stmt, Var
from srcdiff.ir.types import BOOL, Any, Array, Opaque, is_scalar, may_vary, surely_array
from srcdiff.ir.walk import blocks_of, statements
from srcdiff.transform.apply_rules import stops


def check_whole_numbers(program: Program, wrt: list[int], contract: Contract, builder: Builder) -> list[str]:
    """Check, where they come from, the arrays of unknown dtype that give what varies their own.

    The result names those that are differentiated, of which integers are to be taken as floats.
    """
    converted: list[str] = []
    for function in program.functions.values():
        main = function.name == program.main
        seeds = [function.params[i].var for i in wrt] if main else []
        cutting = [s for s in statements(function.body) if isinstance(s, Op) and _may_cut(s)]
        if cutting and main:
            active = varied(function.body, seeds, stops)
            cutting = [op for op in cutting if op.args[-1] in active]
        numbers = [var for var in seeds if is_scalar(var.type) and var.hint in contract.undeclared]
        arrays = [var for var in seeds if var.hint in contract.floats]
        sources = [var for var in _sources(function) if var not in numbers and var not in arrays]
        whole = may_be_whole(function, [*sources, *numbers]) if cutting and sources else set()
        cutting = [op for op in cutting if op.args[0] in whole]
        if cutting:
            sources.sort(key=lambda var: var not in seeds)  # where one of two must hold floats, it is what varies
            converted += _check(function, cutting, sources, numbers, seeds, builder)
    return converted


def _check(
    function: Function, cutting: list[Op], sources: list[Var], numbers: list[Var], seeds: list[Var], builder: Builder
) -> list[str]:
    """Put in the checks of what gives the dtypes of what is written to; what is to be converted instead."""
    checks: dict[Var, list[Stmt]] = {}
    converted: dict[Var, None] = {}
    for source in sources:
        floats = {*checks, *converted}
        whole = may_be_whole(function, [source], floats)
        cut = [op for op in cutting if op.args[0] in whole]
        if cut and source in seeds and isinstance(source.type, Array):
            converted[source] = None
        elif cut:
            reads = (s.args[0] for s in statements(function.body) if isinstance(s, Op) and s.fn == "operator.getitem")
            parts = any(base is source for base in reads)  # what is read by parts may be a tuple of anything
            checks[source] = _assertion(source, parts or all(map(_is_listed, cut)), function.loc, builder)
    for number in numbers:  # what is mixed with integers is one, where the number is
        reached = may_be_whole(function, [number])
        whole = may_be_whole(function, [*sources, *numbers], {*checks, *converted})
        if any(op.args[0] in whole and op.args[0] in reached for op in cutting):
            converted[number] = None
    if checks:
        _insert(function.body, checks, [p.var for p in function.params])
    return [var.hint for var in converted]


def _may_cut(op: Op) -> bool:
    if op.fn == "numpy.full_like":
        return len(op.args) == 2 and all(name != "dtype" for name, _ in op.kwargs) and may_vary(op.args[1].type)
    return op.fn in WRITES and isinstance(op.args[0].type, Array | Any) and may_vary(op.args[-1].type)


def _is_listed(op: Op) -> bool:
    """Whether what is written to may be a list, which takes any number."""
    return op.fn in WRITES and isinstance(op.args[0].type, Any)


def _sources(function: Function) -> list[Var]:
    """The arrays of unknown dtype that come from outside: arguments, and what containers hold that are arguments."""
    named = {op.args[0] for op in statements(function.body) if isinstance(op, Op) and _is_by_name(op)}  # dicts
    found = [p.var for p in function.params if _may_be_whole(p.var) and p.var not in named]
    held = {p.var for p in function.params if not isinstance(p.var.type, Array | Any) or p.var in named}
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


def _is_by_name(op: Op) -> bool:
    return op.fn == "operator.getitem" and isinstance(op.args[1], Lit) and isinstance(op.args[1].value, str)


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
            builder.if_(is_list, Block([], [], [is_list]), where_array, [test])
        else:
            block.body += where_array.body
        message = f"{source.hint or 'this'} must hold floats"
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
