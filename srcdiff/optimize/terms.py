"""Products of literals and factors as data, and what one does with their coefficients."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import gcd

from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import Atom, Op, Var
from srcdiff.ir.types import Array, is_scalar
from srcdiff.optimize.atoms import is_float, number


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


def unscaled(p: Product, definition: dict[Var, Op]) -> Product:
    """2 * (0.5 * x) * y -> x * y, also where 0.5 * x has other uses: a scaled number is not worth a variable."""
    for i, atom in enumerate(p.over):
        op = definition.get(atom) if isinstance(atom, Var) and not atom.hint and abs(p.coefficient) != 1 else None
        n = number(op.args[0]) if op is not None and op.fn == "operator.mul" and is_arithmetic(op) else None
        if op is None or not n or not is_scalar(atom.type):
            continue
        scale = p.coefficient * n
        if isinstance(scale, float) and scale.is_integer() and is_float(op.args[1]):
            scale = int(scale)
        if len(repr(scale)) <= len(repr(p.coefficient)):
            p.coefficient = scale
            p.over[i] = op.args[1]
    return p


def same_shape(a: Atom, b: Atom) -> bool:
    return isinstance(a.type, Array) and isinstance(b.type, Array) and a.type.shape == b.type.shape


def guarded_norm(definition: dict[Var, Op], divisor: Atom) -> Op | None:
    """The norm n of the divisor n + (n == 0)."""
    total = definition.get(divisor) if isinstance(divisor, Var) else None
    if total is None or total.fn != "operator.add" or not isinstance(total.args[0], Var):
        return None
    norm, test = definition.get(total.args[0]), total.args[1]
    zero = definition.get(test) if isinstance(test, Var) else None
    is_norm = norm is not None and norm.fn == "numpy.linalg.norm" and not norm.kwargs and len(norm.args) == 1
    return norm if is_norm and zero is not None and zero.fn == "operator.eq" and zero.args[0] is total.args[0] else None


def common(terms: list[tuple[int, Product]]) -> tuple[list[Atom], list[Atom]]:
    """The factors that every term has, as often as every term has them."""
    first = terms[0][1]
    found = []
    for which in ("over", "under"):
        lists = [[atom_key(a) for a in getattr(p, which)] for _, p in terms]
        common: list[Atom] = []
        for atom in getattr(first, which):
            key = atom_key(atom)
            if all(ks.count(key) > sum(atom_key(c) == key for c in common) for ks in lists):
                common.append(atom)
        found.append(common)
    return found[0], found[1]
