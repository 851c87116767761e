"""Products of literals and factors as data, and what one does with their coefficients."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import gcd

from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import Atom, Op
from srcdiff.ir.types import Array


@dataclass
class Product:
    """coefficient * product of `over` / product of `under`."""

    coefficient: int | float = 1
    divisor: int | float = 1
    over: list[Atom] = field(default_factory=list)
    under: list[Atom] = field(default_factory=list)


def collected(terms: list[tuple[int, Product]]) -> list[tuple[int, Product]]:
    """x + y + y -> x + 2 * y, x + y - y -> x, and literals added up."""
    found: dict[object, tuple[int, Product]] = {}
    for sign, p in terms:
        over, under = (tuple(sorted(map(repr, map(atom_key, atoms)))) for atoms in (p.over, p.under))
        key = (over, under, p.divisor)
        if key not in found:
            found[key] = (sign, p)
            continue
        old_sign, old = found[key]
        total = old_sign * old.coefficient + sign * p.coefficient
        if not exact(old.coefficient, p.coefficient):
            return terms
        found[key] = (1 if total >= 0 else -1, Product(abs(total), p.divisor, old.over, old.under))
    return [term for term in found.values() if term[1].coefficient != 0] or terms


def short(a: int | float, b: int | float) -> bool:
    """Whether the product of two literals is as short as they are."""
    return len(repr(a * b)) <= len(repr(a)) + len(repr(b)) + 1


def exact(a: int | float, b: int | float) -> bool:
    """Whether adding two coefficients loses nothing that shows."""
    return len(repr(a + b)) <= max(len(repr(a)), len(repr(b))) + 1


def remove(atoms: list[Atom], atom: Atom) -> None:
    key = atom_key(atom)
    for i, other in enumerate(atoms):
        if atom_key(other) == key:
            del atoms[i]
            return


def reduced(coefficient: int | float, divisor: int | float) -> tuple[int | float, int | float]:
    if isinstance(coefficient, int) and isinstance(divisor, int) and divisor:
        common = gcd(coefficient, divisor)
        coefficient, divisor = coefficient // common, divisor // common
    if divisor < 0:
        return -coefficient, -divisor
    return coefficient, divisor


def is_arithmetic(op: Op) -> bool:
    """Whether the operation is arithmetic on real numbers (not on lists, not on bools)."""
    return all(isinstance(a.type, Array) and a.type.dtype != "bool" for a in (op.out, *op.args)) and not op.kwargs


def same_shape(a: Atom, b: Atom) -> bool:
    return isinstance(a.type, Array) and isinstance(b.type, Array) and a.type.shape == b.type.shape
