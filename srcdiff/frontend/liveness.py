"""Which names are read later: computed once for each function, from its tree."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

Names = frozenset[str]
RETURN_NAME = "<return>"  # holds what a function returns, until it does
Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below a node, in order (`ast.iter_child_nodes`, in a third of the time)."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [v for v in value if isinstance(v, ast.AST)]
    return found


def nodes(node: ast.AST) -> list[ast.AST]:
    """A node and all below it, breadth first."""
    found = [node]
    for each in found:
        for name in each._fields:
            value = getattr(each, name, None)
            if isinstance(value, ast.AST):
                found.append(value)
            elif isinstance(value, list):
                found += [v for v in value if isinstance(v, ast.AST)]
    return found


def reads(node: ast.AST) -> Names:
    """Every name that an expression reads, within its lambdas and comprehensions too."""
    return frozenset(n.id for n in nodes(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


@lru_cache(maxsize=512)
def captures(node: ast.FunctionDef | ast.Lambda) -> Names:
    """The names that an inner function may read of those around it, when it is called."""
    a = node.args
    own = {p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg) if p is not None}
    outer: set[str] = set()
    if isinstance(node, ast.FunctionDef):
        own.update(assigned(node.body))
        outer.update(name for n in nodes(node) if isinstance(n, (ast.Nonlocal, ast.Global)) for name in n.names)
    return reads(node) - (own - outer)


def assigned(roots: Sequence[ast.AST]) -> list[str]:
    """The names that statements assign, in order of first appearance; inner functions' own names are not theirs."""
    found: dict[str, None] = {}

    def visit(node: ast.AST) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.setdefault(node.name)
            return
        if isinstance(node, ast.Lambda):
            return
        if isinstance(node, (ast.MatchAs, ast.MatchStar, ast.MatchMapping)):
            name = node.rest if isinstance(node, ast.MatchMapping) else node.name
            if name is not None:
                found.setdefault(name)
        if isinstance(node, ast.ExceptHandler) and node.name is not None:
            found.setdefault(node.name)
        if isinstance(node, Comprehension):
            for walrus in nodes(node):
                if isinstance(walrus, ast.NamedExpr):
                    visit(walrus.target)
            return
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.setdefault(node.id)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                found.setdefault(alias.asname or alias.name.partition(".")[0])
        for child in children(node):
            visit(child)

    for root in roots:
        visit(root)
    return list(found)


def _blocks(stmt: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a statement that is no loop."""
    match stmt:
        case ast.If():
            return [stmt.body, stmt.orelse]
        case ast.With():
            return [stmt.body]
        case ast.Try():
            return [stmt.body, *(h.body for h in stmt.handlers), stmt.orelse, stmt.finalbody]
    return []


def _within_loop(body: list[ast.stmt], kinds: tuple[type[ast.stmt], ...]) -> bool:
    for stmt in body:
        if isinstance(stmt, kinds):
            return True
        if isinstance(stmt, (ast.For, ast.While)):
            inner = tuple(k for k in kinds if k not in (ast.Break, ast.Continue))
            if _within_loop(stmt.body, inner) or _within_loop(stmt.orelse, kinds):
                return True
        elif any(_within_loop(inner, kinds) for inner in _blocks(stmt)):
            return True
    return False


def may_break(body: list[ast.stmt]) -> bool:
    """Whether a loop with this body may be left by `break`."""
    return _within_loop(body, (ast.Break,))


def may_return(body: list[ast.stmt]) -> bool:
    return _within_loop(body, (ast.Return,))


def may_exit(body: list[ast.stmt]) -> bool:
    """Whether a block may be left other than by its end."""
    return _within_loop(body, (ast.Break, ast.Continue, ast.Return, ast.Raise))


def is_endless(stmt: ast.While) -> bool:
    """Whether the loop is a `while True:`."""
    return isinstance(stmt.test, ast.Constant) and bool(stmt.test.value)


def always_exits(body: list[ast.stmt]) -> bool:
    """Whether the end of a block is never reached."""
    for stmt in body:
        match stmt:
            case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
                return True
            case ast.If(body=then, orelse=orelse) if always_exits(then) and always_exits(orelse):
                return True
            case ast.With(body=inner) if always_exits(inner):
                return True
            case ast.Try() if always_exits(stmt.finalbody):
                return True
            case ast.Try() if all(always_exits(h.body) for h in stmt.handlers):
                if always_exits(stmt.body) or always_exits(stmt.orelse):
                    return True
            case ast.While(body=inner) if is_endless(stmt) and not may_break(inner):
                return True
    return False


def ends_once(body: list[ast.stmt]) -> bool:
    """Whether one path leads to the end of a block, or its paths meet before; none of them by `continue`."""
    for k, stmt in enumerate(body):
        if not may_exit([stmt]):
            continue
        match stmt:
            case ast.If(body=then, orelse=orelse) if always_exits(then) or always_exits(orelse):
                if not (ends_once(then) and ends_once(orelse)):
                    return False
            case ast.If() if k + 1 == len(body):
                return False
            case ast.With() | ast.Try():
                return False
    return not _within_loop(body, (ast.Continue,))


@dataclass
class Liveness:
    """The names live after each statement, and those live at the head of each loop."""

    after: dict[ast.stmt, Names] = field(default_factory=dict)
    head: dict[ast.stmt, Names] = field(default_factory=dict)
    leaving: dict[ast.stmt, Names] = field(default_factory=dict)  # where `break` of a loop leads to
    always: Names = frozenset()
    noting: bool = True  # off while only the names live before a loop are sought
    effects: dict[ast.AST, tuple[Names, Names]] = field(default_factory=dict)  # what a node assigns, and reads

    def effect(self, node: ast.AST) -> tuple[Names, Names]:
        if node not in self.effects:
            self.effects[node] = frozenset(assigned([node])), reads(node)
        return self.effects[node]

    def at(self, stmt: ast.stmt) -> Names:
        return self.after.get(stmt, frozenset()) | self.always


def liveness(body: list[ast.stmt]) -> Liveness:
    """The liveness of a function's names; what an inner function reads is live throughout."""
    found = Liveness()
    inner = [n for stmt in body for n in nodes(stmt) if isinstance(n, Scope)]
    found.always = frozenset().union(
        *(captures(n) if isinstance(n, (ast.FunctionDef, ast.Lambda)) else reads(n) for n in inner)
    )
    _block(found, body, frozenset({RETURN_NAME}), frozenset(), frozenset())
    return found


def _block(found: Liveness, body: list[ast.stmt], after: Names, at_break: Names, at_continue: Names) -> Names:
    for stmt in reversed(body):
        if found.noting:
            found.after[stmt] = found.after.get(stmt, frozenset()) | after
        after = _before(found, stmt, after, at_break, at_continue)
    return after


def _before(found: Liveness, stmt: ast.stmt, after: Names, at_break: Names, at_continue: Names) -> Names:
    match stmt:
        case ast.If(test=test, body=then, orelse=orelse):
            live = _block(found, then, after, at_break, at_continue) | _block(
                found, orelse, after, at_break, at_continue
            )
            assigns, used = found.effect(test)
            return (live - assigns) | used
        case ast.For() | ast.While():
            return _loop(found, stmt, after, at_break, at_continue)
        case ast.With(items=items):
            inside = _block(found, stmt.body, after, at_break, at_continue)
            return (inside - frozenset(assigned(items))).union(*map(reads, items))
        case ast.Try():
            return _try(found, stmt, after, at_break, at_continue)
        case ast.Return(value=value):
            return frozenset({RETURN_NAME}) | (reads(value) if value else frozenset())
        case ast.Raise():
            return reads(stmt)
        case ast.Break():
            return at_break
        case ast.Continue():
            return at_continue
    assigns, used = found.effect(stmt)
    if isinstance(stmt, ast.AugAssign) and isinstance(stmt.target, ast.Name):
        used |= {stmt.target.id}
    return (after - assigns) | used


def _try(found: Liveness, stmt: ast.Try, after: Names, at_break: Names, at_continue: Names) -> Names:
    """What a handler reads is live throughout the body, which may be left anywhere."""
    last = _block(found, stmt.finalbody, after, at_break, at_continue)
    if stmt.finalbody:  # it runs on the way out, too
        read_last = frozenset().union(*map(reads, stmt.finalbody))
        at_break, at_continue, found.always = at_break | read_last, at_continue | read_last, found.always | read_last
    handlers: Names = frozenset()
    for handler in stmt.handlers:
        handlers |= _block(found, handler.body, last, at_break, at_continue)
        handlers |= reads(handler.type) if handler.type is not None else frozenset()
    beyond = _block(found, stmt.orelse, last, at_break, at_continue)
    inside = _block(found, stmt.body, beyond | handlers, at_break | handlers, at_continue | handlers)
    for inner in stmt.body if found.noting else ():
        for node in nodes(inner):
            if isinstance(node, ast.stmt) and node in found.after:
                found.after[node] |= handlers
    return inside | handlers


def _loop(found: Liveness, stmt: ast.For | ast.While, after: Names, at_break: Names, at_continue: Names) -> Names:
    """What is live before a loop: what one pass finds live before the body, where nothing was live at its end.

    A second pass could not find more, since a body only adds names and takes names away. It notes what is live within.
    """
    beyond = _block(found, stmt.orelse, after, at_break, at_continue)
    test = found.effect(stmt.test)[1] if isinstance(stmt, ast.While) else frozenset()
    targets, indices = found.effect(stmt.target) if isinstance(stmt, ast.For) else (frozenset(), frozenset())

    def before(end: Names) -> Names:
        return (_block(found, stmt.body, end, after, end) - targets) | indices | test | beyond

    noting, found.noting = found.noting, False
    head = before(beyond | test)
    found.noting = noting
    if noting:
        found.leaving[stmt], found.head[stmt] = after, head
        before(head)
    return head | (found.effect(stmt.iter)[1] if isinstance(stmt, ast.For) else frozenset())
