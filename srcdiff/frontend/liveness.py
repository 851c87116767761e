"""Which names are read later: computed once for each function, from its tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Names = frozenset[str]
RETURN_NAME = "<return>"  # holds what a function returns, until it does
Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


def reads(node: ast.AST) -> Names:
    """Every name that an expression reads, within its lambdas and comprehensions too."""
    return frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


def assigned(nodes: Sequence[ast.AST]) -> list[str]:
    """The names that statements assign, in order of first appearance; inner functions' own names are not theirs."""
    found: dict[str, None] = {}

    def visit(node: ast.AST) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.setdefault(node.name)
            return
        if isinstance(node, ast.Lambda):
            return
        if isinstance(node, Comprehension):
            for walrus in ast.walk(node):
                if isinstance(walrus, ast.NamedExpr):
                    visit(walrus.target)
            return
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.setdefault(node.id)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                found.setdefault(alias.asname or alias.name.partition(".")[0])
        for child in _in_order(node):
            visit(child)

    for node in nodes:
        visit(node)
    return list(found)


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    yield from ast.iter_child_nodes(node)


def _within_loop(body: list[ast.stmt], kinds: tuple[type[ast.stmt], ...]) -> bool:
    for stmt in body:
        if isinstance(stmt, kinds):
            return True
        if isinstance(stmt, (ast.For, ast.While)):
            inner = tuple(k for k in kinds if k not in (ast.Break, ast.Continue))
            if _within_loop(stmt.body, inner) or _within_loop(stmt.orelse, kinds):
                return True
        elif isinstance(stmt, ast.If) and (_within_loop(stmt.body, kinds) or _within_loop(stmt.orelse, kinds)):
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
            case ast.While(body=inner) if is_endless(stmt) and not may_break(inner):
                return True
    return False


@dataclass
class Liveness:
    """The names live after each statement, and those live at the head of each loop."""

    after: dict[ast.stmt, Names] = field(default_factory=dict)
    head: dict[ast.stmt, Names] = field(default_factory=dict)
    leaving: dict[ast.stmt, Names] = field(default_factory=dict)  # where `break` of a loop leads to
    always: Names = frozenset()

    def at(self, stmt: ast.stmt) -> Names:
        return self.after.get(stmt, frozenset()) | self.always


def liveness(body: list[ast.stmt]) -> Liveness:
    """The liveness of a function's names; what an inner function reads is live throughout."""
    found = Liveness()
    inner = [n for stmt in body for n in ast.walk(stmt) if isinstance(n, Scope)]
    found.always = frozenset().union(*(reads(n) for n in inner))
    _block(found, body, frozenset({RETURN_NAME}), frozenset(), frozenset())
    return found


def _block(found: Liveness, body: list[ast.stmt], after: Names, at_break: Names, at_continue: Names) -> Names:
    for stmt in reversed(body):
        found.after[stmt] = found.after.get(stmt, frozenset()) | after
        after = _before(found, stmt, after, at_break, at_continue)
    return after


def _before(found: Liveness, stmt: ast.stmt, after: Names, at_break: Names, at_continue: Names) -> Names:
    match stmt:
        case ast.If(test=test, body=then, orelse=orelse):
            live = _block(found, then, after, at_break, at_continue) | _block(
                found, orelse, after, at_break, at_continue
            )
            return (live - frozenset(assigned([test]))) | reads(test)
        case ast.For() | ast.While():
            return _loop(found, stmt, after, at_break, at_continue)
        case ast.Return(value=value):
            return frozenset({RETURN_NAME}) | (reads(value) if value else frozenset())
        case ast.Raise():
            return reads(stmt)
        case ast.Break():
            return at_break
        case ast.Continue():
            return at_continue
    used = reads(stmt)
    if isinstance(stmt, ast.AugAssign) and isinstance(stmt.target, ast.Name):
        used |= {stmt.target.id}
    return (after - frozenset(assigned([stmt]))) | used


def _loop(found: Liveness, stmt: ast.For | ast.While, after: Names, at_break: Names, at_continue: Names) -> Names:
    found.leaving[stmt] = after
    beyond = _block(found, stmt.orelse, after, at_break, at_continue)
    test = reads(stmt.test) if isinstance(stmt, ast.While) else frozenset()
    targets = frozenset(assigned([stmt.target])) if isinstance(stmt, ast.For) else frozenset()
    head: Names = frozenset()
    while True:
        body = _block(found, stmt.body, head | beyond | test, after, head | beyond | test)
        if isinstance(stmt, ast.For):
            body = (body - targets) | reads(stmt.target)
        new = body | test | beyond
        if new == head:
            break
        head = new
    found.head[stmt] = head
    return head | (reads(stmt.iter) if isinstance(stmt, ast.For) else frozenset())
