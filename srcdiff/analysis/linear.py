"""Lengths that are calculated: `len(x) - len(k) + 1`, `2 * n`, as polynomials of other lengths.

The symbol of such a length is its polynomial written out, `x.0-k.0+1`, so that equal ones have equal symbols, and what
`z[n : 2 * n]` or `x[j : j + n]` is as long as can be told. A symbol that is not of this form stands for itself.
"""

from __future__ import annotations

import re
from functools import lru_cache

from srcdiff.ir.types import Dim, fresh

Monomial = tuple[str, ...]  # symbols, each as often as it is a factor, in order
Polynomial = tuple[tuple[Monomial, int], ...]  # coefficients that are not 0, in the order in which they are written

INTEGER = "?i"  # how the symbol of an int starts that may be negative
SYMBOL = r"\??[A-Za-z_0-9][\w.]*"
TERM = re.compile(rf"([+-]?)((?:{SYMBOL})(?:\*{SYMBOL})*)")
WHOLE = re.compile(rf"(?:[+-]?{SYMBOL}(?:\*{SYMBOL})*)+")
MOST_TERMS = 8

ZERO: Polynomial = ()


def is_polynomial(dim: Dim) -> bool:
    """Whether a length's symbol is of this form, or it is a number."""
    return isinstance(dim, int) or WHOLE.fullmatch(dim) is not None


@lru_cache(maxsize=4096)
def polynomial(dim: Dim) -> Polynomial:
    """The polynomial that a length is; of a symbol of another form, the symbol itself."""
    if isinstance(dim, int):
        return _sorted({(): dim})
    if not WHOLE.fullmatch(dim):
        return (((dim,), 1),)
    found: dict[Monomial, int] = {}
    for sign, term in TERM.findall(dim):
        factors = term.split("*")
        number = int(factors.pop(0)) if factors[0].isdigit() else 1
        key = tuple(sorted(factors))
        found[key] = found.get(key, 0) + (-number if sign == "-" else number)
    return _sorted(found)


def symbol(p: Polynomial) -> Dim:
    """The length's symbol, or the number it is."""
    if not p:
        return 0
    if p[0][0] == ():
        return p[0][1]
    if len(p) > MOST_TERMS:
        return fresh(INTEGER)
    text = ""
    for factors, number in p:
        size = [str(abs(number))] if abs(number) != 1 or not factors else []
        text += ("-" if number < 0 else "+" if text else "") + "*".join([*size, *factors])
    return text


def _sorted(terms: dict[Monomial, int]) -> Polynomial:
    """What is added first, then what is taken off, last a number."""
    left = [(factors, number) for factors, number in terms.items() if number]
    return tuple(sorted(left, key=lambda term: (term[0] == (), term[1] < 0, term[0])))


def add(a: Polynomial, b: Polynomial, sign: int = 1) -> Polynomial:
    found = dict(a)
    for factors, number in b:
        found[factors] = found.get(factors, 0) + sign * number
    return _sorted(found)


def multiply(a: Polynomial, b: Polynomial) -> Polynomial:
    found: dict[Monomial, int] = {}
    for mine, m in a:
        for theirs, n in b:
            factors = tuple(sorted((*mine, *theirs)))
            found[factors] = found.get(factors, 0) + m * n
    return _sorted(found)


def symbols(p: Polynomial) -> list[str]:
    return list(dict.fromkeys(s for factors, _ in p for s in factors))


def replaced(p: Polynomial, old: str, new: Polynomial) -> Polynomial:
    """The polynomial with another in place of a symbol."""
    found: Polynomial = ZERO
    for factors, number in p:
        term: Polynomial = ((tuple(f for f in factors if f != old), number),)
        for _ in range(factors.count(old)):
            term = multiply(term, new)
        found = add(found, term)
    return found


def is_positive(p: Polynomial) -> bool:
    """Whether a sum of lengths is 0 at least, since nothing is taken off."""
    return all(number > 0 and not any(f.startswith(INTEGER) for f in factors) for factors, number in p)
