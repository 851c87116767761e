"""From a tree to text: the one place where astor and black are loaded, and only when text is asked for."""

from __future__ import annotations

import ast
import re
from functools import cache

NEWER = tuple(
    getattr(ast, name) for name in ("Match", "TryStar", "TypeAlias", "TypeVar", "JoinedStr") if hasattr(ast, name)
)
LINE_LENGTH = 110


def render(tree: ast.Module, comments: dict[str, str] | None = None) -> str:
    """The text of a module, as black would have it; `comments` stand above the first function, in order."""
    import black

    text = _source(tree)
    if comments:
        notes = "".join(f"# {name}: {comment}\n" for name, comment in comments.items())
        lines = text.splitlines(keepends=True)
        first = next((k for k, line in enumerate(lines) if line.startswith("def ")), len(lines))
        text = "".join([*lines[:first], notes, *lines[first:]])
    return black.format_str(text, mode=black.Mode(line_length=LINE_LENGTH, magic_trailing_comma=False))


def _source(tree: ast.Module) -> str:
    return "\n".join(_statement(stmt) for stmt in tree.body) + "\n"


def _statement(stmt: ast.stmt) -> str:
    """A statement of the module by astor, or by `ast.unparse` where astor does not print the same tree."""
    if not any(isinstance(node, NEWER) for node in ast.walk(stmt)):
        text = _by_astor(stmt)
        if text is not None:
            return text
    text = ast.unparse(stmt)
    bare = re.sub(r"^(\s*return )\((.*)\)$", r"\1\2", text, flags=re.MULTILINE)
    try:
        return bare if ast.dump(ast.parse(bare)) == ast.dump(ast.parse(text)) else text
    except SyntaxError:
        return text


@cache
def _generator() -> type:
    """astor's printer, without the parentheses that it puts around the element of a comprehension."""
    from astor.code_gen import SourceGenerator, set_precedence
    from astor.op_util import Precedence

    class Generator(SourceGenerator):
        def visit_ListComp(self, node: ast.ListComp) -> None:
            set_precedence(Precedence.Comma, node.elt)
            super().visit_ListComp(node)

    return Generator


def _by_astor(stmt: ast.stmt) -> str | None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # astor 0.8 asks for ast.Num and ast.Str, gone in 3.14
        try:
            import astor

            text: str = astor.to_source(stmt, source_generator_class=_generator())
            again = ast.parse(text).body
        except (ImportError, AttributeError, SyntaxError, TypeError, ValueError):
            return None
    same = len(again) == 1 and ast.dump(again[0]) == ast.dump(stmt)
    return text if same else None
