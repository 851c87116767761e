"""Runs SSA directly, an oracle for the passes: what a function means before any text is made of it."""

from __future__ import annotations

import builtins
import copy
import importlib
import math
import operator

import numpy as np

from srcdiff import runtime
from srcdiff.ir.nodes import BREAK, Block, Call, Const, Function, If, Lit, Loop, Op, Program


def _write(update):
    def run(x, *args):
        if isinstance(x, tuple):  # an element of it was written to, and is put back
            return tuple(run(list(x), *args))
        x = copy.deepcopy(x)
        update(x, *args)
        return x

    return run


def _addto(x, i, v):
    of_lists = isinstance(x, list) and isinstance(i, slice)
    x[i] = [a + b for a, b in zip(x[i], v, strict=True)] if of_lists else x[i] + v


def _iadd(x, v):
    x = copy.deepcopy(x)
    x += v
    return x


SPECIAL = {
    "operator.setitem": _write(operator.setitem),
    "operator.iadd": _iadd,
    "srcdiff.addto": _write(_addto),
    "srcdiff.scatter_add": _write(np.add.at),
    "srcdiff.drop_last": _write(lambda x: x.pop()),
    "list.append": _write(lambda x, v: x.append(v)),
    "tuple.count": tuple.count,
    "tuple": lambda *a: a,
    "list": lambda *a: list(a),
    "set": lambda *a: set(a),
    **{f"set.{name}": _write(getattr(set, name)) for name in ("add", "discard", "remove", "update")},
    "dict": lambda *a: dict(zip(a[::2], a[1::2])),
    "slice": slice,
    "getattr": getattr,
    "srcdiff.copy": copy.deepcopy,
    "srcdiff.check_rank": lambda x, rank, message: None,
    "srcdiff.check_equal": lambda message, *values: None,
    "srcdiff.check_apart": lambda message, *values: None,
    "fstring": lambda *a: "".join(map(str, a)),
}


def resolve(fn: str):
    """The Python function of an operation."""
    if fn in SPECIAL:
        return SPECIAL[fn]
    if fn.startswith("srcdiff."):
        return getattr(runtime, fn.removeprefix("srcdiff."))
    root, *rest = fn.split(".")
    module = {"operator": operator, "numpy": np, "math": math, "builtins": builtins, "str": str, "set": set}.get(
        root
    ) or importlib.import_module(root)
    for name in rest:
        module = getattr(module, name)
    return module


def run(program: Program, *args, name: str | None = None):
    """What `program` returns for `args`, which are not changed."""
    function = program.functions[name or program.main]
    results = run_function(program, function, copy.deepcopy(args))
    return results[0] if len(results) == 1 else tuple(results)


def run_function(program: Program, function: Function, args):
    env = {}
    for i, param in enumerate(function.params):
        env[param.var] = args[i] if i < len(args) else atom(param.default, env)
    return block(program, function.body, env)


def atom(a, env):
    if isinstance(a, Lit):
        return a.value
    if isinstance(a, Const):
        return a.value if a.value is not None else resolve(a.name)
    return env[a]


def block(program, blk: Block, env):
    for stmt in blk.body:
        match stmt:
            case Op("assert"):
                assert atom(stmt.args[0], env)
            case Op():
                values = [atom(a, env) for a in stmt.args]
                env[stmt.out] = resolve(stmt.fn)(*values, **{k: atom(a, env) for k, a in stmt.kwargs})
            case If():
                arm = stmt.then if atom(stmt.test, env) else stmt.orelse
                env.update(zip(stmt.outs, block(program, arm, env)))
            case Call():
                results = run_function(program, program.functions[stmt.callee], [atom(a, env) for a in stmt.args])
                env.update(zip(stmt.outs, results))
            case Loop():
                env.update(zip(stmt.outs, loop(program, stmt, env)))
    return [atom(a, env) for a in blk.results]


def loop(program, node: Loop, env):
    n = len(node.inits)
    carried = [atom(a, env) for a in node.inits]
    tapes = [[] for _ in node.outs[n + 1 :]]
    exit_code = 0
    walks = [list(atom(it.seq, env)) for it in node.iters]
    walks = [w[::-1] if it.reverse else w for w, it in zip(walks, node.iters)]
    steps = zip(*walks, strict=True) if walks else iter(tuple, None)
    for step in steps:
        if node.cond is not None:
            env.update(zip(node.cond.params, carried))
            if not block(program, node.cond, env)[0]:
                break
        env.update(zip(node.body.params, [*step, *carried]))
        exit_code, *values = block(program, node.body, env)
        carried, collected = values[:n], values[n:]
        for tape, value in zip(tapes, collected):
            tape.append(value)
        if exit_code >= BREAK:
            break
    return [exit_code, *carried, *tapes]
