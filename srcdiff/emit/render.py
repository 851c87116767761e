"""From a tree to text: the one place where astor and black are loaded, and only when text is asked for."""

from __future__ import annotations

import ast
import re
import tokenize
from functools import cache
from io import StringIO
from threading import RLock

from srcdiff.collector import collector_waits

NEWER = tuple(
    getattr(ast, name) for name in ("Match", "TryStar", "TypeAlias", "TypeVar", "JoinedStr") if hasattr(ast, name)
)
LINE_LENGTH = 110
INNER = r"(?:[^()]|\([^()]*\))*"
_rendering = (
    RLock()
)  # black as it is compiled fails where two threads import it first, and warnings are filtered for all


@collector_waits()
def render(tree: ast.Module, comments: dict[str, str] | None = None) -> str:
    """The text of a module, as black would have it; `comments` stand above the first function, in order."""
    with _rendering:
        return _formatted(short_numbers(_source(tree)), comments)


def _formatted(text: str, comments: dict[str, str] | None) -> str:
    import black

    if comments:
        notes = "".join(f"# {name}: {comment}\n" for name, comment in comments.items())
        lines = text.splitlines(keepends=True)
        first = next((k for k, line in enumerate(lines) if line.startswith("def ")), len(lines))
        text = "".join([*lines[:first], notes, *lines[first:]])
    return black.format_str(text, mode=black.Mode(line_length=LINE_LENGTH, magic_trailing_comma=False))


def _source(tree: ast.Module) -> str:
    text = ""
    for before, stmt in zip([None, *tree.body], tree.body):
        together = before is not None and _group(before) == _group(stmt) != ""
        text = (text.rstrip("\n") if together else text) + "\n" + _statement(stmt)
    return text.removeprefix("\n") + "\n"


def _group(stmt: ast.stmt) -> str:
    """Which imports stand together: those of the standard library, and those of NumPy and SciPy."""
    if not isinstance(stmt, ast.Import):
        return ""
    return "others" if stmt.names[0].name.startswith(("numpy", "scipy")) else "standard"


def _statement(stmt: ast.stmt) -> str:
    """A statement of the module by astor, or by `ast.unparse` where astor does not print the same tree."""
    if not any(isinstance(node, NEWER) for node in ast.walk(stmt)):
        text = _by_astor(stmt)
        if text is not None:
            return text
    text = ast.unparse(stmt)
    bare = re.sub(r"^(\s*(?:return|\w+(?:, \w+)* =) )\((.*)\)$", _bare_tuple, text, flags=re.MULTILINE)
    bare = re.sub(rf"\((\({INNER} for {INNER}\))\)", r"\1", bare)  # all((x for x in xs))
    bare = re.sub(r"\*\* \((-[\d.]+)\)", r"** \1", bare)  # x ** (-1.5)
    try:
        return bare if ast.dump(ast.parse(bare)) == ast.dump(ast.parse(text)) else text
    except SyntaxError:
        return text


def _bare_tuple(match: re.Match[str]) -> str:
    """A line that ends with a tuple, without the parentheses around it."""
    try:
        is_tuple = ast.dump(ast.parse(match[2], mode="eval")) == ast.dump(ast.parse(f"({match[2]})", mode="eval"))
    except SyntaxError:
        return match[0]
    return match[1] + match[2] if is_tuple else match[0]


def short_numbers(text: str) -> str:
    """1e-8 for 1e-08, 1e10 for 10000000000.0: floats as one writes them."""
    if not re.search(r"\d[eE][-+]|\d{4,}\.0|\.000\d", text):
        return text
    lines = text.splitlines(keepends=True)
    for token in reversed(list(tokenize.generate_tokens(StringIO(text).readline))):
        if token.type == tokenize.NUMBER:
            (row, start), (_, end) = token.start, token.end
            lines[row - 1] = lines[row - 1][:start] + _short_number(token.string) + lines[row - 1][end:]
    return "".join(lines)


def _short_number(text: str) -> str:
    """The power of ten for a float that is mostly zeros."""
    if not re.fullmatch(r"[\d.]+(e[-+]\d+)?", text) or text.isdigit():
        return text
    digits, _, exponent = text.partition("e")
    whole, _, fraction = digits.partition(".")
    significant = (whole + fraction).strip("0")
    shift = int(exponent or 0) - len(fraction) + len(whole + fraction) - len((whole + fraction).rstrip("0"))
    power = shift + len(significant) - 1
    mantissa = significant[0] + ("." + significant[1:] if significant[1:] else "") if significant else ""
    short = f"{mantissa}e{power}"
    plain = not exponent and -4 < power < 5
    return short if significant and not plain and len(short) < len(text) and float(short) == float(text) else text


@cache
def _generator() -> type:
    """astor's printer, without the parentheses that it puts around a comprehension's element and a dict's keys."""
    from astor.code_gen import SourceGenerator, set_precedence
    from astor.op_util import Precedence

    class Generator(SourceGenerator):
        def visit_ListComp(self, node: ast.ListComp) -> None:
            set_precedence(Precedence.Comma, node.elt)
            super().visit_ListComp(node)

        def visit_Dict(self, node: ast.Dict) -> None:
            set_precedence(Precedence.Comma, *[key for key in node.keys if key is not None])
            super().visit_Dict(node)

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
