"""Iterators and views: what zip(), map() and the like give, generator expressions, `d.values()`.

They are lists here. That is the same where an iterator is used once, and what it walks through is not changed before;
all else is refused:

    pairs = zip(a, b); total = sum(x * y for x, y in pairs); n = len(list(pairs))     Python finds nothing the second time
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from srcdiff.frontend.context import Context
from srcdiff.frontend.liveness import Scope
from srcdiff.frontend.storage import new_cell
from srcdiff.frontend.values import Ref, TupleValue, Value
from srcdiff.ir.nodes import Var

ITERATORS = frozenset(
    [f"builtins.{name}" for name in "zip map filter enumerate reversed".split()]
    + [
        f"itertools.{name}"
        for name in "accumulate pairwise product combinations permutations chain starmap repeat islice takewhile dropwhile zip_longest".split()
    ]
    + ["itertools.chain.from_iterable"]
)
Place = tuple[int, int]


def marked(ctx: Context, value: Value, as_what: str) -> Value:
    """Mark what stands for an "iterator", which is walked through once, or for a "view", which sees later changes."""
    if isinstance(value, Var):
        value = Ref(new_cell(ctx, "", value))
    if isinstance(value, Ref) and not value.path:
        value.cell.passing = as_what
    return replace(value, passing=as_what) if isinstance(value, TupleValue) else value


def mark_of(value: Value) -> str:
    if isinstance(value, TupleValue):
        return value.passing or next(filter(None, map(mark_of, value.items)), "")
    return value.cell.passing if isinstance(value, Ref) and not value.path else ""


def check_kept(ctx: Context, name: str, value: Value, place: ast.AST | None, node: ast.AST) -> None:
    """Refuse to give a name to an iterator that may be used again, or to what walks through something that is changed.

    `place` is where the name stands in the function `node`, None of a parameter.
    """
    mark = mark_of(value)
    if not mark:
        return
    uses = names_of(_function_of(node, place))
    stores = uses.stores.get(name, [])
    at = _start(place) if place is not None else (0, 0)
    binding = next((s for s in stores if _start(s.node) == at), Use(node, (), (0, 0)))
    around = set(binding.loops)
    until = min((s.at for s in stores if s.at > binding.at), default=None)
    loads = [
        load
        for load in uses.loads.get(name, [])
        if binding.at <= load.at
        and (until is None or load.at < until)
        or load.at < binding.at
        and around & {*load.loops}
    ]
    ends = [load.end for load in loads] + [_end(loop) for load in loads for loop in {*load.loops} - around]
    sources = uses.read_with.get(binding.at, ())
    if any(binding.at <= at < max(ends) and changed in sources for at, changed in uses.changes if ends):
        what = f"what {name} walks through is changed before the walk is over, and Python may see that"
    elif mark == "iterator" and (len(loads) > 1 or any(set(load.loops) - around for load in loads)):
        what = f"{name} may be walked through more than once: Python finds nothing the second time"
    else:
        return
    ctx.refuse(what, f"make it a list: `{name} = list(...)`", place)


def stored(ctx: Context, value: Value) -> Value:
    """What is put where it may be found again, which must be no iterator, nor a view."""
    if mark_of(value):
        ctx.refuse(f"this {mark_of(value)} is kept, and may be walked through later", "make it a list: `list(...)`")
    return value


@dataclass(frozen=True)
class Use:
    node: ast.AST
    loops: tuple[ast.AST, ...]  # what may repeat it, from the outside
    at: Place
    end: Place = (0, 0)  # of the loop that walks through it


@dataclass
class Uses:
    """Where a function reads and assigns its names, and where it may change what they mean."""

    loads: dict[str, list[Use]] = field(default_factory=dict)
    stores: dict[str, list[Use]] = field(default_factory=dict)
    changes: list[tuple[Place, str]] = field(default_factory=list)
    read_with: dict[Place, set[str]] = field(default_factory=dict)  # by statements that assign, by their ends


@lru_cache(maxsize=64)
def names_of(function: ast.AST) -> Uses:
    uses = Uses()

    def visit(part: ast.AST, loops: tuple[ast.AST, ...], stmt: ast.AST, walked: ast.AST) -> None:
        if isinstance(part, ast.stmt):
            stmt = part
            if isinstance(part, ast.Assign | ast.AnnAssign):
                uses.read_with[_end(part)] = {n.id for n in ast.walk(part) if isinstance(n, ast.Name)}
        at = _end(stmt) if isinstance(stmt, ast.Assign | ast.AnnAssign) else _start(part)
        match part:
            case ast.Name(id=name, ctx=ast.Load()):
                uses.loads.setdefault(name, []).append(Use(part, loops, _start(part), _end(walked)))
            case ast.Name(id=name):
                uses.stores.setdefault(name, []).append(Use(part, loops, at))
        uses.changes += [(_start(part), name) for name in _changed(part)]
        for child, repeated in _children(part):
            iterated = isinstance(part, ast.For) and child is part.iter
            visit(child, (*loops, part) if repeated else loops, stmt, part if iterated else child)

    for child in ast.iter_child_nodes(function):
        visit(child, (), child, child)
    return uses


def _changed(node: ast.AST) -> list[str]:
    """The names of what a part of the text may change."""
    match node:
        case ast.Subscript(value=base, ctx=ast.Store() | ast.Del()) | ast.Attribute(
            value=base, ctx=ast.Store() | ast.Del()
        ):
            return _roots(base)
        case ast.AugAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Expr(value=ast.Call(func=function, args=args)):
            return [name for part in (function, *args) for name in _roots(part)]
    return []


def _roots(node: ast.AST) -> list[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return [node.id] if isinstance(node, ast.Name) else []


def _children(node: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    """The parts of a node, and whether it may run each of them more than once."""
    once: Iterable[ast.AST] = ()
    match node:
        case ast.For(iter=walked, orelse=orelse):
            once = [walked, *orelse]
        case ast.While(orelse=orelse):
            once = orelse
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield node.generators[0].iter, False
            inner = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            for k, generator in enumerate(node.generators):
                inner += [generator.target, *generator.ifs, *([generator.iter] if k else [])]
            yield from ((part, True) for part in inner)
            return
        case _ if not isinstance(node, Scope):  # who knows how often a function is called
            once = ast.iter_child_nodes(node)
    found = set(once)
    for child in ast.iter_child_nodes(node):
        yield child, child not in found


def _function_of(node: ast.AST, place: ast.AST | None) -> ast.AST:
    """The function in which a place is: `node`, or one within it."""
    found = node
    if place is None:
        return found
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef) and _start(found) < _start(part) <= _start(place) <= _end(part):
            found = part
    return found


def _start(node: ast.AST) -> Place:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _end(node: ast.AST) -> Place:
    return getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0
