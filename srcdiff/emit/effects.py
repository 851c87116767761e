"""Statements that only have effects: assertions, what is raised, and the checks of what was concluded of arguments."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from srcdiff.analysis.contract import NO_LIST
from srcdiff.ir.nodes import Atom, Lit, Op
from srcdiff.ir.types import Array, Sequence, holds_arrays, rank, row_kind

if TYPE_CHECKING:
    from srcdiff.emit.statements import Statements

ONE_LINE = 96  # characters of an assertion that fits on a line


def _assert(printer: Statements, op: Op) -> ast.stmt:
    message = printer.atom(op.args[1]) if len(op.args) > 1 and not _is_none(op.args[1]) else None
    return ast.Assert(printer.atom(op.args[0]), message)


def _is_none(atom: Atom) -> bool:
    return isinstance(atom, Lit) and atom.value is None


def _raise(printer: Statements, op: Op) -> ast.stmt:
    return ast.Raise(
        printer.atom(op.args[0]) if op.args else None, printer.atom(op.args[1]) if len(op.args) > 1 else None
    )


def _check_rank(printer: Statements, op: Op) -> ast.stmt:
    x, k, message = op.args
    if isinstance(k, Lit) and k.value == NO_LIST:
        kinds = ast.Tuple([ast.Name("list", ast.Load()), ast.Name("tuple", ast.Load())], ast.Load())
        listed = ast.Call(ast.Name("isinstance", ast.Load()), [printer.atom(x), kinds], [])
        return ast.Assert(ast.UnaryOp(ast.Not(), listed), printer.atom(message))
    if holds_arrays(x.type):
        return _check_elements(printer, x, k, message)
    if rank(x.type):
        ndim: ast.expr = ast.Attribute(printer.atom(x), "ndim", ast.Load())
    else:
        ndim = ast.Call(printer.expressions.imports.function("numpy.ndim"), [printer.atom(x)], [])
    shape = ast.Call(printer.expressions.imports.function("numpy.shape"), [printer.atom(x)], [])
    text: ast.expr = ast.JoinedStr([printer.atom(message), ast.FormattedValue(shape, -1)])
    if isinstance(k, Lit) and k.value < 0:  # any number of dimensions but none
        test = ast.Compare(ndim, [ast.Gt()], [ast.Constant(0)])
    else:
        test = ast.Compare(ndim, [ast.Eq()], [printer.atom(k)])
    if isinstance(message, Lit) and len(ast.unparse(test)) + len(ast.unparse(text)) > ONE_LINE:
        text = ast.Constant(message.value.partition(", not ")[0])
    return ast.Assert(test, text)


def _check_elements(printer: Statements, x: Atom, k: Atom, message: Atom) -> ast.stmt:
    """assert all(np.ndim(W) == 2 for W in Ws), "Ws must hold matrices", or of lists: isinstance(row, list) and ..."""
    function = printer.expressions.imports.function
    sequence = printer.atom(x)
    plural = sequence.id if isinstance(sequence, ast.Name) else ""
    kind = row_kind(x.type)
    singular = plural[:-1] if len(plural) > 1 and plural.endswith("s") and kind != "list" else ""
    name = singular or ("row" if kind else "item")
    element = ast.Name(name, ast.Load())
    test: ast.expr = ast.Compare(ast.Call(function("numpy.ndim"), [element], []), [ast.Eq()], [printer.atom(k)])
    if kind == "list":
        is_list = ast.Call(function("builtins.isinstance"), [element, function("builtins.list")], [])
        test = ast.BoolOp(ast.And(), [is_list, test])
    walk = ast.comprehension(ast.Name(name, ast.Store()), sequence, [], 0)
    every = ast.Call(function("builtins.all"), [ast.GeneratorExp(test, [walk])], [])
    return ast.Assert(every, printer.atom(message))


def _check_equal(printer: Statements, op: Op) -> ast.stmt:
    chains: list[list[ast.expr]] = [[]]
    for atom in op.args[1:]:
        if _is_none(atom):
            chains.append([])
        else:
            chains[-1].append(printer.atom(atom))
    tests: list[ast.expr] = [ast.Compare(c[0], [ast.Eq() for _ in c[1:]], c[1:]) for c in chains]
    return ast.Assert(tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests), printer.atom(op.args[0]))


def _check_apart(printer: Statements, op: Op) -> ast.stmt:
    """assert not np.shares_memory(x, y), or, of what one container holds: assert len(set(map(id, xs))) == len(xs)"""
    message, *atoms = op.args
    values = [printer.atom(atom) for atom in atoms]
    function = printer.expressions.imports.function
    if len(values) == 1:
        ids = ast.Call(function("builtins.map"), [function("builtins.id"), values[0]], [])
        different = ast.Call(function("builtins.set"), [ids], [])
        lengths = [ast.Call(function("builtins.len"), [x], []) for x in (different, values[0])]
        test: ast.expr = ast.Compare(lengths[0], [ast.Eq()], [lengths[1]])
        if (
            not isinstance(t := atoms[0].type, Sequence) or t.kind != "list"
        ):  # the rows of an array are made anew each time, and never share their memory
            is_array = ast.Call(function("builtins.isinstance"), [values[0], function("numpy.ndarray")], [])
            test = ast.BoolOp(ast.Or(), [is_array, test])
    elif all(isinstance(atom.type, Array) for atom in atoms):
        test = ast.UnaryOp(ast.Not(), ast.Call(function("numpy.shares_memory"), values, []))
    else:
        test = ast.Compare(values[0], [ast.IsNot()], [values[1]])
        if len(values) > 2:  # both may be None
            test = ast.BoolOp(ast.Or(), [ast.Compare(values[0], [ast.Is()], [values[2]]), test])
    return ast.Assert(test, printer.atom(message))


EFFECT_STATEMENTS: dict[str, Callable[[Statements, Op], ast.stmt]] = {
    "assert": _assert,
    "raise": _raise,
    "srcdiff.check_rank": _check_rank,
    "srcdiff.check_equal": _check_equal,
    "srcdiff.check_apart": _check_apart,
}
