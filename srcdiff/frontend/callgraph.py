"""Which of the user's functions call which: what is recursive, and what is called from more than one place."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from srcdiff.frontend.liveness import assigned, nodes
from srcdiff.frontend.names import Meaning, User
from srcdiff.frontend.source import FunctionSource

LARGE = 25  # statements; a function that is larger and called more than once stays a function


@dataclass
class CallGraph:
    edges: dict[object, set[object]] = field(default_factory=dict)
    sites: dict[object, int] = field(default_factory=dict)
    size: dict[object, int] = field(default_factory=dict)

    def add(self, main: FunctionSource) -> None:
        """Take in a function, and what it can reach."""
        todo = [main]
        while todo:
            source = todo.pop()
            if source.identity in self.edges:
                continue
            edges = self.edges.setdefault(source.identity, set())
            body = source.node.body if isinstance(source.node, ast.FunctionDef) else []
            parts: list[ast.AST] = [source.node.args]  # a call does not run the decorators
            parts += [source.node.body] if isinstance(source.node, ast.Lambda) else source.node.body
            within = [n for part in parts for n in nodes(part)]
            self.size[source.identity] = sum(isinstance(n, ast.stmt) for n in within)
            local = {*parameters_of(source.node), *assigned(body)}
            meanings: dict[str, Meaning | None] = {}
            for node in within:
                callee = _callee(source, node, local, meanings)
                if callee is not None:
                    edges.add(callee.identity)
                    is_call = isinstance(node, ast.Call)
                    self.sites[callee.identity] = self.sites.get(callee.identity, 0) + is_call
                    todo.append(callee)

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
    graph.add(main)
    return graph


def _callee(
    source: FunctionSource, node: ast.AST, local: set[str], meanings: dict[str, Meaning | None]
) -> FunctionSource | None:
    """The user's function that a name, or the function of a call, means; `meanings` keeps what is looked up."""
    function = node.func if isinstance(node, ast.Call) else node
    name = function.value if isinstance(function, ast.Attribute) else function
    if not isinstance(name, ast.Name) or name.id in local or not isinstance(name.ctx, ast.Load):
        return None
    if name.id not in meanings:
        meanings[name.id] = source.resolver.resolve(name.id)
    meaning = meanings[name.id]
    if isinstance(function, ast.Attribute) and meaning is not None:
        meaning = source.resolver.attribute(meaning, function.attr)
    return meaning.source if isinstance(meaning, User) else None
