"""Lengths of arguments that the text takes to be calculated from others.

    out = np.zeros(len(x) - len(k) + 1); out - target       len(target) == len(x) - len(k) + 1
    z[:n] * z[n : 2 * n] + z[2 * n :]                        len(z) == 3 * n
    np.hstack((m, m, m)) + x; m * x                          m.shape[1] == 1
    w[: n * m].reshape(n, m) @ x + w[n * m : n * m + n]      len(w) >= n * m + n

The derivative asserts them; in the types each such length is that sum, with a symbol for the rest where there may be more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from srcdiff.analysis.lengths import Lengths
from srcdiff.analysis.linear import ZERO, Polynomial, add, is_positive, polynomial, symbol, symbols
from srcdiff.ir.types import Dim

PART = re.compile(r"([\w.]+)\[(None|\d+|@[^:\]]+):(None|\d+|@[^:\]]+):(?:None|1)\]")
REST = ".rest"  # behind a length's symbol: that of what there is more than was asked for


@dataclass(frozen=True)
class Sum:
    """What an argument's length is, or is at least."""

    length: Dim
    value: Polynomial
    exact: bool

    @property
    def as_length(self) -> Dim:
        rest = ZERO if self.exact else polynomial(f"{self.length}{REST}")
        return symbol(add(self.value, rest))


def sums(lengths: Lengths, arguments: set[Dim]) -> list[Sum]:
    """The lengths, of those of arguments, that are sums of others where nothing broadcasts."""
    classes: dict[Dim, list[Dim]] = {}
    for dim in lengths.classes.parent:
        if dim in lengths.assumed:
            classes.setdefault(lengths.classes.find(dim), []).append(dim)
    equal: dict[Dim, list[Polynomial]] = {}
    least = {base: [polynomial(stop)] for base, stop in lengths.least.items() if base in arguments}
    for root, members in classes.items():
        column = _column(lengths, root, members, arguments)
        if column is not None:
            return [Sum(column, polynomial(1), True)]  # the rest follows
        _of_class(members, arguments, equal, least)
    found = [_exactly(base, values, least.get(base, [])) for base, values in equal.items()]
    found += [_at_least(base, values) for base, values in least.items() if base not in equal]
    known: list[Sum] = []
    for each in found:
        if each is not None and not any(each.length in symbols(k.value) for k in known):
            known.append(each)
    return known


def _column(lengths: Lengths, root: Dim, members: list[Dim], arguments: set[Dim]) -> str | None:
    """A width of which others are multiples, of a factor of what is as wide as these: only a column goes beside that."""
    for member in members:
        terms = polynomial(member)
        width = terms[0][0][0] if len(terms) == 1 and len(terms[0][0]) == 1 and terms[0][1] > 1 else None
        if width in arguments and any(
            width in pair and root in map(lengths.classes.find, pair) for pair in lengths.beside
        ):
            return width
    return None


def _of_class(
    members: list[Dim],
    arguments: set[Dim],
    equal: dict[Dim, list[Polynomial]],
    least: dict[Dim, list[Polynomial]],
) -> None:
    """Note what one class of equal lengths says."""
    plain = [d for d in members if d in arguments]
    values = [p for d in members if d not in arguments and (p := _sum_of(str(d), arguments)) is not None]
    parts = [
        (found[1], *bounds)
        for d in members
        if (found := PART.fullmatch(str(d))) and found[1] in arguments and (bounds := _bounds(found, arguments))
    ]
    within = [add(stop, start, -1) for _, start, stop in parts if stop is not None]
    length = next(iter([*within, *([polynomial(plain[0])] if plain else []), *values]), None)
    if length is None:
        return
    for base, start, stop in parts:
        if stop is None:
            equal.setdefault(base, []).append(add(start, length))
        elif add(stop, start, -1) == length:
            least.setdefault(base, []).append(stop)
    others = [v for v in values if v != length]
    if plain and (others or polynomial(plain[0]) != length):
        equal.setdefault(plain[0], []).append(others[0] if polynomial(plain[0]) == length else length)


def _sum_of(text: str, arguments: set[Dim]) -> Polynomial | None:
    """The polynomial that is written, where all its symbols are lengths of arguments."""
    p = polynomial(int(text) if text.isdigit() else text)
    return p if p and all(s in arguments for s in symbols(p)) else None


def _bounds(found: re.Match[str], arguments: set[Dim]) -> tuple[Polynomial, Polynomial | None] | None:
    start, stop = (_sum_of(text.removeprefix("@"), arguments) if text != "None" else None for text in found.group(2, 3))
    unknown = found[2] not in ("None", "0") and start is None or found[3] != "None" and stop is None
    return None if unknown or not is_positive(start or ZERO) else (start or ZERO, stop)


def _exactly(base: Dim, values: list[Polynomial], least: list[Polynomial]) -> Sum | None:
    value = values[0]
    agrees = all(v == value for v in values) and all(is_positive(add(value, each, -1)) for each in least)
    return Sum(base, value, True) if agrees and str(base) not in symbols(value) else None


def _at_least(base: Dim, values: list[Polynomial]) -> Sum | None:
    for value in values:
        if all(is_positive(add(value, other, -1)) for other in values) and str(base) not in symbols(value):
            return Sum(base, value, False)
    return None
