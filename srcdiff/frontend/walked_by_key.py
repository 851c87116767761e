"""Arguments that are dicts by their use: what is walked through are its own keys, `for k in d: ... d[k]`."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache

from srcdiff.frontend.liveness import assigned, nodes

# what gives the elements of what it walks through
OF_ELEMENTS = ("sorted", "list", "tuple", "reversed", "set", "enumerate", "iter")
BY_KEY = ("max", "min", "sorted")


@lru_cache(maxsize=512)
def walked_by_key(function: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    """The names of parameters, never assigned, whose elements a loop uses as keys of them."""
    within = nodes(function)
    found: set[str] = set()
    for node in within:
        if isinstance(node, ast.For):
            found |= own_keys(node.iter, node.target, node.body)
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            for generator in node.generators:
                found |= own_keys(generator.iter, generator.target, [node])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BY_KEY:
            for keyword in node.keywords if len(node.args) == 1 else ():
                if keyword.arg == "key":
                    found |= keys_of(node.args[0], keyword.value)
    body = function.body if isinstance(function, ast.FunctionDef) else []
    return frozenset(found.difference(assigned(body)))


def own_keys(walked: ast.expr, target: ast.expr, body: Sequence[ast.AST]) -> set[str]:
    """What is walked through by its own keys, if it is that: its name."""
    if isinstance(walked, ast.Call) and isinstance(walked.func, ast.Name) and walked.func.id == "zip":
        parts = target.elts if isinstance(target, ast.Tuple) else []
        return set().union(*(own_keys(each, part, body) for each, part in zip(walked.args, parts)))
    while isinstance(walked, ast.Call) and isinstance(walked.func, ast.Name) and walked.func.id in OF_ELEMENTS:
        if walked.func.id == "enumerate":
            target = target.elts[1] if isinstance(target, ast.Tuple) and len(target.elts) == 2 else target
        if not walked.args:
            return set()
        walked = walked.args[0]
    if not isinstance(walked, ast.Name) or not isinstance(target, ast.Name):
        return set()
    return {walked.id} if any(is_entry(n, walked.id, target.id) for part in body for n in nodes(part)) else set()


def keys_of(walked: ast.expr, key: ast.expr) -> set[str]:
    """What is walked through to find the key of an extreme entry: `max(d, key=lambda k: d[k])`, `key=d.get`."""
    if isinstance(key, ast.Attribute) and key.attr == "get" and isinstance(key.value, ast.Name):
        return {key.value.id} if isinstance(walked, ast.Name) and walked.id == key.value.id else set()
    if isinstance(key, ast.Lambda) and len(key.args.args) == 1:
        return own_keys(walked, ast.Name(key.args.args[0].arg, ast.Store()), [key.body])
    return set()


def is_entry(node: ast.AST, name: str, key: str) -> bool:
    """Whether a node is `name[key]`."""
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and isinstance(node.slice, ast.Name)
        and (node.value.id, node.slice.id) == (name, key)
    )
