"""Python text in colour, where somebody looks at it and Pygments is installed."""

from __future__ import annotations

import sys


def print_python(text: str) -> None:
    """Print Python text; colour it on a terminal."""
    print(coloured(text) if sys.stdout.isatty() else text, end="")


def coloured(text: str) -> str:
    """The text with terminal colours, or as it is where Pygments is not installed."""
    try:
        from pygments import highlight
        from pygments.formatters import TerminalFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return text
    result: str = highlight(text, PythonLexer(), TerminalFormatter())
    return result
