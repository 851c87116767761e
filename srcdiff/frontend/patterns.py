"""match statements, which become ifs: each pattern is a test that binds its names where it holds.

match shape:                              <match> = shape
    case Circle(r): return pi * r**2  ->  if <Circle(r)>: return pi * r**2
    case _: return 0.0                    else: return 0.0
"""

from __future__ import annotations

import ast
from copy import copy

from srcdiff.errors import counted
from srcdiff.frontend import boxes, containers, expressions, objects, operators, targets
from srcdiff.frontend.context import Context
from srcdiff.frontend.storage import bind, present, read
from srcdiff.frontend.values import ClassValue, Instance, LibraryValue, Maybe, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Lit
from srcdiff.ir.types import Array, Dict, Opaque, Sequence, Tuple


class PatternTest(ast.expr):
    """Whether a subject matches a pattern; `names` are those that the pattern binds."""

    _fields = ("subject", "values", "names")
    subject: ast.Name
    values: list[ast.expr]
    names: list[ast.Name]
    pattern: ast.pattern


class PatternBinding(ast.stmt):
    """Binds the names of a pattern that holds."""

    _fields = ("subject", "names")
    subject: ast.Name
    names: list[ast.Name]
    pattern: ast.pattern


def desugared(body: list[ast.stmt]) -> list[ast.stmt]:
    """Statements with an if for each match, which are new where anything within them changes."""
    return [statement for stmt in body for statement in _statement(stmt)]


def _statement(stmt: ast.stmt) -> list[ast.stmt]:
    if isinstance(stmt, ast.Match):
        return _match(stmt)
    if isinstance(stmt, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [stmt]
    if not any(isinstance(node, ast.Match) for node in ast.walk(stmt)):
        return [stmt]
    new = copy(stmt)
    for field in ("body", "orelse", "finalbody"):
        if getattr(stmt, field, None):
            setattr(new, field, desugared(getattr(stmt, field)))
    if isinstance(new, ast.Try):
        handlers = [copy(h) for h in new.handlers]
        for handler in handlers:
            handler.body = desugared(handler.body)
        new.handlers = handlers
    return [new]


def _match(stmt: ast.Match) -> list[ast.stmt]:
    subject = f"<match {stmt.lineno}.{stmt.col_offset}>"
    store: ast.stmt = ast.Assign([ast.Name(subject, ast.Store())], stmt.subject)
    chain: list[ast.stmt] = []
    for case in reversed(stmt.cases):
        names = [ast.Name(n, ast.Store()) for n in captures(case.pattern)]
        test: ast.expr = PatternTest()
        assert isinstance(test, PatternTest)
        test.subject, test.pattern = ast.Name(subject, ast.Load()), case.pattern
        test.values = [n for n in ast.walk(case.pattern) if isinstance(n, ast.expr)]
        test.names = names if case.guard is not None else []
        ast.copy_location(test, case.pattern)
        body = desugared(case.body)
        if names and case.guard is None:
            binding = PatternBinding()
            binding.subject, binding.pattern, binding.names = ast.Name(subject, ast.Load()), case.pattern, names
            body = [ast.copy_location(binding, case.pattern), *body]
        if case.guard is not None:
            test = ast.copy_location(ast.BoolOp(ast.And(), [test, case.guard]), case.pattern)
        chain = [ast.copy_location(ast.If(test, body, chain), case.pattern)]
    found = [store, *chain]
    for made in (n for s in found for n in ast.walk(s)):
        if "lineno" in made._attributes and not hasattr(made, "lineno"):
            ast.copy_location(made, stmt.subject)
    return found


def captures(pattern: ast.AST) -> list[str]:
    """The names that a pattern binds."""
    found: dict[str, None] = {}
    for node in ast.walk(pattern):
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if isinstance(name, str):
            found.setdefault(name)
    return list(found)


def test(ctx: Context, node: PatternTest) -> Atom:
    """Whether a pattern holds; where a guard follows, its names are bound before it."""
    subject = ctx.frame.names[node.subject.id]
    found = holds(ctx, node.pattern, subject)
    if node.names and not (isinstance(found, Lit) and not found.value):
        taken = [n.id for n in node.names if n.id in ctx.frame.names]
        if not isinstance(found, Lit) and taken:
            ctx.refuse(f"{taken[0]} keeps its value where this pattern does not hold", "capture by a new name")
        bind_names(ctx, node.pattern, subject)
    return found


def bind_pattern(ctx: Context, node: PatternBinding) -> None:
    bind_names(ctx, node.pattern, ctx.frame.names[node.subject.id])


def both(ctx: Context, first: Atom, second: Atom) -> Atom:
    if isinstance(first, Lit):
        return second if first.value else first
    if isinstance(second, Lit):
        return first if second.value else second
    return read(ctx, operators.either(ctx, first, lambda: second, lambda: literal(False)))


def any_of(ctx: Context, first: Atom, second: Atom) -> Atom:
    if isinstance(first, Lit):
        return first if first.value else second
    if isinstance(second, Lit) and not second.value:
        return first
    return read(ctx, operators.either(ctx, first, lambda: literal(True), lambda: second))


def holds(ctx: Context, pattern: ast.pattern, subject: Value) -> Atom:
    """Whether the subject matches, as an atom: a literal where it is known."""
    subject = boxes.opened(ctx, subject)
    with ctx.at(pattern):
        match pattern:
            case ast.MatchValue(value=value):
                return operators.compare(ctx, ast.Eq(), subject, expressions.evaluate(ctx, value))
            case ast.MatchSingleton(value=value):
                return operators.compare(ctx, ast.Is(), subject, literal(value))
            case ast.MatchAs(pattern=None):
                return literal(True)
            case ast.MatchAs(pattern=ast.pattern() as inner):
                return holds(ctx, inner, subject)
            case ast.MatchOr(patterns=patterns):
                if captures(pattern):
                    ctx.refuse("names within alternatives are not supported", "write a case for each", pattern)
                found = literal(False)
                for inner in patterns:
                    found = any_of(ctx, found, holds(ctx, inner, subject))  # type: ignore[assignment]
                return found
        if isinstance(subject, Maybe):
            there = subject.value
            return operators.either_truth(
                ctx, read(ctx, subject.missing), lambda: literal(False), lambda: holds(ctx, pattern, there)
            )
        parts = parts_of(ctx, pattern, subject)
        if parts is None:
            return literal(False)
        result: Atom = literal(True)
        if isinstance(pattern, ast.MatchClass):
            result = containers.instance_of(ctx, subject, expressions.evaluate(ctx, pattern.cls))
        for inner, part in parts:
            result = both(ctx, result, holds(ctx, inner, part))
        return result


def parts_of(ctx: Context, pattern: ast.pattern, subject: Value) -> list[tuple[ast.pattern, Value]] | None:
    """The parts of a subject that a pattern's parts are to match; None where it does not match at all."""
    match pattern:
        case ast.MatchSequence(patterns=patterns):
            return sequence_parts(ctx, patterns, subject)
        case ast.MatchMapping():
            return mapping_parts(ctx, pattern, subject)
        case ast.MatchClass():
            return class_parts(ctx, pattern, subject)
        case ast.MatchOr():
            return []
    raise AssertionError(f"Python has no other patterns: {ast.dump(pattern)}")


def sequence_parts(ctx: Context, patterns: list[ast.pattern], subject: Value) -> list[tuple[ast.pattern, Value]] | None:
    is_sequence = isinstance(subject, TupleValue) or (isinstance(subject, Instance) and subject.cls is None)
    if isinstance(subject, Instance) and not is_sequence:
        return None
    if not is_sequence:
        t = read(ctx, subject).type
        if isinstance(t, (Array, Dict, Opaque)):
            return None
        if not isinstance(t, (Tuple, Sequence)):
            ctx.refuse("whether this is a sequence is only known when it runs", "annotate it, or use if and elif")
    items = targets.elements(ctx, subject)
    if items is None:
        ctx.refuse("a sequence pattern needs a sequence of known length", "test len() with if")
    starred = [k for k, p in enumerate(patterns) if isinstance(p, ast.MatchStar)]
    if not starred:
        return list(zip(patterns, items)) if len(items) == len(patterns) else None
    k, tail = starred[0], len(patterns) - starred[0] - 1
    if len(items) < k + tail:
        return None
    star = patterns[k]
    assert isinstance(star, ast.MatchStar)
    middle = ast.copy_location(ast.MatchAs(None, star.name), star)
    rest: list[tuple[ast.pattern, Value]] = [(middle, expressions.make_list(ctx, items[k : len(items) - tail]))]
    return [*zip(patterns[:k], items), *rest, *zip(patterns[k + 1 :], items[len(items) - tail :])]


def mapping_parts(ctx: Context, pattern: ast.MatchMapping, subject: Value) -> list[tuple[ast.pattern, Value]] | None:
    if isinstance(subject, TupleValue) or isinstance(subject, Instance) and subject.keys is None:
        return None
    t = read(ctx, subject).type if not isinstance(subject, Instance) else None
    if t is not None and isinstance(t, (Array, Sequence, Tuple, Opaque)):
        return None
    entries = expressions.known_entries(ctx, subject, pattern)
    keys = [read(ctx, expressions.evaluate(ctx, key)) for key in pattern.keys]
    names = [key.value for key in keys if isinstance(key, Lit)]
    if len(names) != len(keys):
        ctx.refuse("the keys of a mapping pattern must be constants", "use if and elif", pattern)
    if any(name not in entries for name in names):
        return None
    parts: list[tuple[ast.pattern, Value]] = [(p, entries[n]) for p, n in zip(pattern.patterns, names)]
    if pattern.rest is not None:
        others = {k: v for k, v in entries.items() if k not in names}
        rest = ast.copy_location(ast.MatchAs(None, pattern.rest), pattern)
        parts.append((rest, expressions.dict_of(ctx, others)))
    return parts


def class_parts(ctx: Context, pattern: ast.MatchClass, subject: Value) -> list[tuple[ast.pattern, Value]] | None:
    cls = expressions.evaluate(ctx, pattern.cls)
    known = containers.instance_of(ctx, subject, cls)
    if not isinstance(known, Lit) and pattern.kwd_patterns:
        ctx.refuse("the class of this subject is only known when it runs", "annotate it, or use if and elif", pattern)
    if isinstance(known, Lit) and not known.value:
        return None
    if isinstance(cls, LibraryValue):
        if len(pattern.patterns) == 1 and not pattern.kwd_patterns:
            return [(pattern.patterns[0], subject)]
        if pattern.patterns or pattern.kwd_patterns:
            ctx.refuse("this class pattern is not supported", "use if and elif", pattern)
        return []
    assert isinstance(cls, ClassValue)
    names = [*_match_args(ctx, cls, len(pattern.patterns)), *pattern.kwd_attrs]
    return [(p, _attribute(ctx, subject, name)) for p, name in zip([*pattern.patterns, *pattern.kwd_patterns], names)]


def _match_args(ctx: Context, cls: ClassValue, number: int) -> list[str]:
    """The attributes that the positional parts of a class pattern mean."""
    if not number:
        return []
    found = cls.cls.find("__match_args__")
    names: list[str] = []
    if found is not None and found[0].meaning is not None:
        names = list(getattr(found[0].meaning, "value", ()))
    elif cls.cls.all_fields() is not None:
        names = [f.name for f in cls.cls.all_fields() or () if f.init and not f.keyword_only]
    if number > len(names):
        ctx.refuse(
            f"a pattern of {cls.cls.name} takes {counted(len(names), 'part')} by position",
            "name the attributes: `Point(x=a, y=b)`",
        )
    return names[:number]


def _attribute(ctx: Context, subject: Value, name: str) -> Value:
    if isinstance(subject, TupleValue):
        return objects.tuple_attribute(ctx, subject, name)
    return objects.attribute(ctx, subject, name)


def bind_names(ctx: Context, pattern: ast.pattern, subject: Value) -> None:
    """Bind what a pattern captures."""
    subject = boxes.opened(ctx, subject)
    with ctx.at(pattern):
        if isinstance(pattern, ast.MatchAs):
            if pattern.pattern is not None:
                bind_names(ctx, pattern.pattern, subject)
            if pattern.name is not None:
                bind(ctx, pattern.name, subject)
        elif isinstance(pattern, (ast.MatchSequence, ast.MatchMapping, ast.MatchClass)):
            for inner, part in parts_of(ctx, pattern, present(subject)) or []:
                bind_names(ctx, inner, part)
