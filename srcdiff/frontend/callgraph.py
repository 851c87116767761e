"""Which of the user's functions call which: what is recursive, and what is called from more than one place."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from srcdiff.frontend.liveness import assigned
from srcdiff.frontend.names import User
from srcdiff.frontend.source import FunctionSource

LARGE = 25  # statements; a function that is larger and called more than once stays a function


@dataclass
class CallGraph:
    edges: dict[object, set[object]] = field(default_factory=dict)
    sites: dict[object, int] = field(default_factory=dict)
    size: dict[object, int] = field(default_factory=dict)

    def is_recursive(self, source: FunctionSource) -> bool:
        """Whether the function may call itself, through others too."""
        seen: set[object] = set()
        todo = list(self.edges.get(source.identity, ()))
        while todo:
            function = todo.pop()
            if function == source.identity:
                return True
            if function not in seen:
                seen.add(function)
                todo += self.edges.get(function, ())
        return False

    def stays_function(self, source: FunctionSource) -> bool:
        if self.is_recursive(source):
            return True
        return self.size.get(source.identity, 0) > LARGE and self.sites.get(source.identity, 0) > 1


def parameters_of(node: ast.FunctionDef | ast.Lambda) -> list[str]:
    """The names of all parameters."""
    a = node.args
    found = [p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
    return found + [p.arg for p in (a.vararg, a.kwarg) if p is not None]


def call_graph(main: FunctionSource) -> CallGraph:
    """The calls of the user's functions that `main` can reach."""
    graph = CallGraph()
    todo = [main]
    while todo:
        source = todo.pop()
        if source.identity in graph.edges:
            continue
        edges = graph.edges.setdefault(source.identity, set())
        body = source.node.body if isinstance(source.node, ast.FunctionDef) else []
        graph.size[source.identity] = sum(isinstance(n, ast.stmt) for n in ast.walk(source.node)) - 1
        local = {*parameters_of(source.node), *assigned(body)}
        for node in ast.walk(source.node):
            callee = _callee(source, node, local)
            if callee is not None:
                edges.add(callee.identity)
                is_call = isinstance(node, ast.Call)
                graph.sites[callee.identity] = graph.sites.get(callee.identity, 0) + is_call
                todo.append(callee)
    return graph


def _callee(source: FunctionSource, node: ast.AST, local: set[str]) -> FunctionSource | None:
    """The user's function that a name, or the function of a call, means."""
    function = node.func if isinstance(node, ast.Call) else node
    if isinstance(function, ast.Name) and function.id not in local and isinstance(function.ctx, ast.Load):
        meaning = source.resolver.resolve(function.id)
    elif (
        isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id not in local
    ):
        base = source.resolver.resolve(function.value.id)
        meaning = source.resolver.attribute(base, function.attr) if base is not None else None
    else:
        return None
    return meaning.source if isinstance(meaning, User) else None
