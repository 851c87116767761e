"""What srcdiff says when it cannot do what it was asked: place, source line, caret, and a way out."""

from __future__ import annotations

from dataclasses import dataclass

# the names that differ between the text of an error and the operation
READABLE = {"operator.": "the operator ", "builtins.": "", "numpy.": "np."}
SYMBOLS = {
    f"operator.{name}": f"`{symbol}`"
    for name, symbol in zip(
        "add sub mul truediv floordiv mod pow matmul lshift rshift and_ or_ xor eq ne lt le gt ge".split(),
        "+ - * / // % ** @ << >> & | ^ == != < <= > >=".split(),
    )
} | {"operator.getitem": "an index"}


def readable(fn: str) -> str:
    """An operation as the user's text spells it: `np.sin` for numpy.sin, `/` for operator.truediv."""
    if fn in SYMBOLS:
        return SYMBOLS[fn]
    for prefix, text in READABLE.items():
        if fn.startswith(prefix):
            return text + fn.removeprefix(prefix)
    return fn


def counted(number: int, noun: str) -> str:
    """1 argument, 2 arguments"""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@dataclass(frozen=True, slots=True)
class Loc:
    """A span of the user's text: lines count from 1, columns (of characters) from 0."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str = ""  # the source line, so that a message needs no file
    names: int = 0  # into how many names a value is unpacked here


class SrcdiffError(Exception):
    """Whatever srcdiff raises on purpose."""


class UsageError(SrcdiffError, TypeError):
    """A request that makes no sense: `wrt` that names no argument, a function without source."""


class NotScalar(UsageError):
    """A gradient is asked for of what is no number, for all that is known of its type."""


class Refusal(SrcdiffError, NotImplementedError):
    """A construct that cannot be differentiated, with its place in the user's text and what to write instead."""

    def __init__(self, message: str, loc: Loc | None = None, hint: str = "") -> None:
        self.message, self.loc, self.hint = message, loc, hint
        super().__init__(message)

    def __str__(self) -> str:
        hint = f"\nhint: {self.hint}" if self.hint else ""
        if self.loc is None:
            return self.message + hint
        where = f"{self.loc.file}:{self.loc.line}:{self.loc.column + 1}: error: {self.message}"
        if not self.loc.text:
            return where + hint
        line = self.loc.text.rstrip().expandtabs(1)
        end = self.loc.end_column if self.loc.end_line == self.loc.line else len(line)
        caret = " " * self.loc.column + "^" * max(1, end - self.loc.column)
        stripped = len(line) - len(line.lstrip())
        return f"{where}\n    {line[stripped:]}\n    {caret[stripped:]}{hint}"


class FileError(SrcdiffError):
    """A file that cannot be read or written."""


class Refusals(SrcdiffError):
    """Every refusal of one text, in the order of the lines."""

    def __init__(self, refusals: list[Refusal]) -> None:
        self.refusals = refusals
        super().__init__("\n".join(str(refusal) for refusal in refusals))


class GradientError(SrcdiffError, AssertionError):
    """A derivative that finite differences or the other mode contradict; the message names the argument and the place."""
