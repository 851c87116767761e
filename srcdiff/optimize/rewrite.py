"""Local rewrites, tried as each operation is made.

Bit-exact: `1*x`, `x/1`, `-(-x)`, `a+(-b)`, signs through `*` and `/`, `x+x -> 2*x`, elements of a tuple that is in sight.
Exact but for the sign of zero: `0+x`, `-(a-b) -> b-a`. Within two units in the last place: literals brought to the front of a
product, `1/a*b -> b/a`. Only a derivative's own operations are rewritten inexactly, the user's primal never is.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from srcdiff.ir.builder import Builder, Kwargs, atom_key, literal
from srcdiff.ir.nodes import Atom, Lit, Var
from srcdiff.ir.types import Array, Sequence, Tuple, is_scalar, rank
from srcdiff.optimize.atoms import fold, is_float, is_number, negated, neutral, number
from srcdiff.optimize.rewrite_arrays import ALONG_AXES, ARRAYS, unfilled
from srcdiff.transform.indices import is_whole

REDUCTIONS = frozenset(f"numpy.{name}" for name in "sum mean var std prod max min any all".split())
DEFAULTS = {"axis": None, "keepdims": False}

Rule = Callable[..., Atom | None]


def rewrite(b: Builder, fn: str, args: tuple[Atom, ...], kwargs: Kwargs) -> Atom | None:
    """The simpler value that fn(*args) is, or None."""
    if kwargs:
        return with_fewer_options(b, fn, args, kwargs)
    rule = EXACT.get(fn)
    return rule(b, *args) if rule is not None else None


def with_fewer_options(b: Builder, fn: str, args: tuple[Atom, ...], kwargs: Kwargs) -> Atom | None:
    """A reduction without the options that say what is so anyway."""
    if fn not in REDUCTIONS:
        return None
    needed = tuple(
        (name, value)
        for name, value in kwargs
        if not (name in DEFAULTS and isinstance(value, Lit) and value.value is DEFAULTS[name])
    )
    return b.emit_op(fn, args, needed) if len(needed) < len(kwargs) else None


def rewrite_derivative(b: Builder, fn: str, args: tuple[Atom, ...], kwargs: Kwargs) -> Atom | None:
    """As `rewrite`, and what changes rounding, for operations of the derivative's own."""
    if kwargs:
        along = ALONG_AXES.get(fn)
        found = with_fewer_options(b, fn, args, kwargs)
        return along(b, fn, args, kwargs) if along is not None and found is None else found
    for table in (EXACT, INEXACT):
        rule = table.get(fn)
        if rule is not None:
            found = rule(b, *args)
            if found is not None:
                return found
    return None


def add(b: Builder, x: Atom, y: Atom) -> Atom | None:
    if isinstance(x.type, Sequence | Tuple) or isinstance(y.type, Sequence | Tuple):
        return None
    if isinstance(x, Lit) and isinstance(y, Lit) and isinstance(x.value, str) and isinstance(y.value, str):
        return literal(x.value + y.value)
    if neutral(y, 0, x):
        return x
    if neutral(x, 0, y):
        return y
    minus = negated(b, y) or below_zero(y)
    if minus is not None:
        return b.emit("operator.sub", x, minus)
    return fold(operator.add, x, y)


def sub(b: Builder, x: Atom, y: Atom) -> Atom | None:
    if neutral(y, 0, x):
        return x
    minus = negated(b, y) or below_zero(y)
    if minus is not None:
        return b.emit("operator.add", x, minus)
    return fold(operator.sub, x, y)


def below_zero(y: Atom) -> Lit | None:
    """The negative of a literal below 0: `x - -0.2` is `x + 0.2`."""
    n = number(y)
    return literal(-n) if n is not None and n < 0 else None


def mul(b: Builder, x: Atom, y: Atom) -> Atom | None:
    if neutral(x, 1, y):
        return y
    if neutral(y, 1, x):
        return x
    return fold(operator.mul, x, y)


def div(b: Builder, x: Atom, y: Atom) -> Atom | None:
    if number(y) == 1 and is_float(x):
        return x
    return None


def neg(b: Builder, x: Atom) -> Atom | None:
    inner = b.defined_by(x, "operator.neg")
    if inner is not None:
        return inner.args[0]
    n = number(x)
    return literal(-n) if n is not None and (n != 0 or isinstance(n, int)) else None


def power(b: Builder, x: Atom, y: Atom) -> Atom | None:
    return x if number(y) == 1 and is_float(x) else None


def getitem(b: Builder, x: Atom, key: Atom) -> Atom | None:
    if is_scalar(x.type) and is_whole(key):
        return x
    if not isinstance(key, Lit):
        return None
    sequence = b.defined_by(x, "tuple") or b.defined_by(x, "list")
    if sequence is not None and isinstance(key.value, int):
        if -len(sequence.args) <= key.value < len(sequence.args):
            return sequence.args[key.value]
    mapping = b.defined_by(x, "dict")
    if mapping is not None:
        for k, v in zip(mapping.args[::2], mapping.args[1::2]):
            if isinstance(k, Lit) and atom_key(k) == atom_key(key):
                return v
    return None


def getitem_written(b: Builder, x: Atom, key: Atom) -> Atom | None:
    """A list that was just put into a list, read from there again."""
    written = b.defined_by(x, "operator.setitem")
    if written is None or not isinstance(x.type, Sequence) or atom_key(written.args[1]) != atom_key(key):
        return None
    return written.args[2] if isinstance(written.args[2].type, Sequence) and b.is_near(written) else None


def setitem_again(b: Builder, x: Atom, key: Atom, value: Atom) -> Atom | None:
    """What replaces a list that was just put into a list."""
    if getitem_written(b, x, key) is None:
        return None
    written = b.defined_by(x, "operator.setitem")
    assert written is not None
    return b.emit("operator.setitem", written.args[0], key, value)


def attribute(b: Builder, x: Atom, name: Atom) -> Atom | None:
    if isinstance(name, Lit) and name.value == "ndim" and rank(x.type) is not None:
        return literal(rank(x.type))
    return None


def transpose(b: Builder, x: Atom, *axes: Atom) -> Atom | None:
    inner = b.defined_by(x, "numpy.transpose")
    return inner.args[0] if inner is not None and not axes and len(inner.args) == 1 and not inner.kwargs else None


def length(b: Builder, x: Atom) -> Atom | None:
    if isinstance(x.type, Tuple):
        return literal(len(x.type.elems))
    made = b.defined_by(x, "list")
    return literal(len(made.args)) if made is not None else None


def negate(b: Builder, x: Atom) -> Atom | None:
    if isinstance(x, Lit):
        return literal(not x.value)
    inner = b.defined_by(x, "operator.not_")
    if inner is not None and isinstance(inner.args[0].type, Array) and inner.args[0].type.dtype == "bool":
        return inner.args[0] if is_scalar(inner.args[0].type) else None
    return None


def compare(fn: Callable[..., object]) -> Rule:
    def rule(b: Builder, x: Atom, y: Atom) -> Atom | None:
        if isinstance(x, Lit) and isinstance(y, Lit) and number(x) is not None and number(y) is not None:
            return literal(bool(fn(x.value, y.value)))
        return None

    return rule


# what follows changes rounding, or the sign of zero


def add_inexact(b: Builder, x: Atom, y: Atom) -> Atom | None:
    minus = negated(b, x)
    if minus is not None and is_number(x) and is_number(y):
        return b.emit("operator.sub", y, minus)
    if isinstance(x, Var) and x is y and is_float(x):
        return b.emit("operator.mul", literal(2), x)
    return None


def sub_inexact(b: Builder, x: Atom, y: Atom) -> Atom | None:
    if number(x) == 0 and is_float(y):
        return b.emit("operator.neg", y)
    return None


def neg_inexact(b: Builder, x: Atom) -> Atom | None:
    inner = b.defined_by(x, "operator.sub")
    if inner is not None and is_float(x):
        return b.emit("operator.sub", inner.args[1], inner.args[0])
    return None


def mul_inexact(b: Builder, x: Atom, y: Atom) -> Atom | None:
    for one, other in ((x, y), (y, x)):
        minus = negated(b, one)
        if minus is not None:
            pair = (minus, other) if one is x else (other, minus)
            return b.emit("operator.neg", b.emit("operator.mul", *pair))
        quotient = b.defined_by(one, "operator.truediv")
        if quotient is not None and number(quotient.args[0]) == 1 and quotient.out not in b.primal:
            return b.emit("operator.truediv", other, quotient.args[1])
        if quotient is not None and quotient.args[0] in b.primal and other not in b.primal:
            shared = b.at_hand("operator.truediv", other, quotient.args[1])
            if shared is not None and is_float(shared):
                return b.emit("operator.mul", shared, quotient.args[0])  # x_bar = z_bar / y;  y_bar = -x_bar * z
        if quotient is not None and quotient.out not in b.primal:
            x_signed = signed(b, other, quotient.args[1])
            if x_signed is not None:
                return b.emit("operator.truediv", quotient.args[0], x_signed)  # z_bar / abs(x) * sign(x)
        if quotient is not None and quotient.args[1] is other and quotient.args[0].type == quotient.out.type:
            return quotient.args[0]
    plain = logistic(b, x, y) or unfilled(b, "operator.mul", x, y)
    if plain is not None:
        return plain
    # what a mask leaves out contributes nothing, even where the other factor is infinite
    masked = in_mask(b, x, lambda kept: b.emit("operator.mul", kept, y))
    masked = masked or in_mask(b, y, lambda kept: b.emit("operator.mul", x, kept))
    if masked is not None:
        return masked
    if number(y) is not None and number(x) is None:
        return b.emit("operator.mul", y, x)
    if number(x) == -1 and is_float(y):
        return b.emit("operator.neg", y)
    product = b.defined_by(y, "operator.mul")
    if number(x) is not None and product is not None and number(product.args[0]) is not None:
        scale = fold(operator.mul, x, product.args[0])
        if scale is not None:
            return b.emit("operator.mul", scale, product.args[1])
    return None


def signed(b: Builder, sign: Atom, magnitude: Atom) -> Atom | None:
    """The x that has a sign and a magnitude: sign(x) / abs(x) is 1 / x."""
    of_sign = b.defined_by(sign, "numpy.sign")
    for fn in ("builtins.abs", "numpy.abs", "numpy.fabs", "math.fabs") if of_sign is not None else ():
        made = b.defined_by(magnitude, fn)
        if made is not None and of_sign is not None and atom_key(made.args[0]) == atom_key(of_sign.args[0]):
            return of_sign.args[0]
    return None


def logistic(b: Builder, x: Atom, y: Atom) -> Atom | None:
    """z * w -> 1 - z among the factors of x * y, for the logistic function z = 1 / (1 + w): also where w is infinite."""
    factors = [*_factors(b, x), *_factors(b, y)]
    for z in factors:
        quotient = b.defined_by(z, "operator.truediv")
        total = b.defined_by(quotient.args[1], "operator.add") if quotient is not None else None
        if quotient is None or total is None or number(quotient.args[0]) != 1:
            continue
        w = total.args[1] if number(total.args[0]) == 1 else total.args[0] if number(total.args[1]) == 1 else None
        if w in factors and w is not z and z.type == total.out.type:
            rest = [f for i, f in enumerate(factors) if i not in (factors.index(w), factors.index(z))]
            factors = [*rest, b.emit("operator.sub", literal(1), z)]
            product = factors[0]
            for factor in factors[1:]:
                product = b.emit("operator.mul", product, factor)
            return product
    return None


def _factors(b: Builder, atom: Atom, depth: int = 3) -> list[Atom]:
    """The factors of a product of the derivative's own."""
    product = b.defined_by(atom, "operator.mul") if depth else None
    if product is None or product.out in b.primal:
        return [atom]
    return [factor for arg in product.args for factor in _factors(b, arg, depth - 1)]


def div_inexact(b: Builder, x: Atom, y: Atom) -> Atom | None:
    for one in (x, y):
        minus = negated(b, one)
        if minus is not None:
            pair = (minus, y) if one is x else (x, minus)
            return b.emit("operator.neg", b.emit("operator.truediv", *pair))
    if isinstance(x, Var) and x is y and is_float(x) and is_scalar(x.type):
        return literal(1.0)
    x_signed = signed(b, x, y)
    if x_signed is not None:
        return b.emit("operator.truediv", literal(1.0), x_signed)
    plain = unfilled(b, "operator.truediv", x, y)
    if plain is not None:
        return plain
    return in_mask(b, x, lambda kept: b.emit("operator.truediv", kept, divisor_in_mask(b, x, y)))


def in_mask(b: Builder, x: Atom, product: Callable[[Atom], Atom]) -> Atom | None:
    """where(c, v, 0) with an operation done on v, inside of the mask."""
    mask = b.defined_by(x, "numpy.where")
    if mask is None or len(mask.args) != 3:
        return None
    condition, v, w = mask.args
    if number(w) == 0:
        return b.emit("numpy.where", condition, product(v), w)
    if number(v) == 0:
        return b.emit("numpy.where", condition, v, product(w))
    return None


def divisor_in_mask(b: Builder, x: Atom, y: Atom) -> Atom:
    """The divisor where it counts, 1 elsewhere, so that nothing is divided by zero in vain."""
    mask = b.defined_by(x, "numpy.where")
    assert mask is not None
    if isinstance(y, Lit):
        return y
    condition, v, _ = mask.args
    pair = (literal(1), y) if number(v) == 0 else (y, literal(1))
    return b.emit("numpy.where", condition, *pair)


def nested_power(b: Builder, x: Atom, y: Atom) -> Atom | None:
    inner = b.defined_by(x, "operator.pow")
    if inner is None or not is_scalar(x.type):
        return None
    m, n = number(inner.args[1]), number(y)
    if isinstance(m, int) and isinstance(n, int) and m > 0 and n > 0:
        return b.emit("operator.pow", inner.args[0], literal(m * n))
    return None


def setitem(b: Builder, x: Atom, key: Atom, value: Atom) -> Atom | None:
    """A tuple is not written to: one with another element is made; nor is a number, which NumPy made an array of."""
    if is_scalar(x.type) and is_scalar(value.type) and is_whole(key) and is_float(x):
        return value if is_float(value) else b.emit("builtins.float", value)
    if not isinstance(x.type, Tuple) or not isinstance(key, Lit) or not isinstance(key.value, int):
        return None
    n = len(x.type.elems)
    if not -n <= key.value < n:
        return None
    elems = [value if k == key.value % n else b.emit("operator.getitem", x, literal(k)) for k in range(n)]
    return b.emit("tuple", *elems)


def addto(b: Builder, x: Atom, key: Atom, value: Atom) -> Atom | None:
    """`x[()] += v` of a number, which NumPy made an array of."""
    return b.emit("operator.add", x, value) if is_scalar(x.type) and is_scalar(value.type) and is_whole(key) else None


EXACT: dict[str, Rule] = {
    "operator.setitem": setitem,
    "srcdiff.addto": addto,
    "operator.add": add,
    "operator.sub": sub,
    "operator.mul": mul,
    "operator.truediv": div,
    "operator.neg": neg,
    "operator.pow": power,
    "operator.getitem": getitem,
    "getattr": attribute,
    "numpy.transpose": transpose,
    "builtins.len": length,
    "operator.not_": negate,
    "operator.eq": compare(operator.eq),
    "operator.ne": compare(operator.ne),
    "operator.lt": compare(operator.lt),
    "operator.le": compare(operator.le),
    "operator.gt": compare(operator.gt),
    "operator.ge": compare(operator.ge),
}

INEXACT: dict[str, Rule] = {
    "operator.getitem": getitem_written,
    "operator.setitem": setitem_again,
    **ARRAYS,
    "operator.add": add_inexact,
    "operator.sub": sub_inexact,
    "operator.neg": neg_inexact,
    "operator.mul": mul_inexact,
    "operator.truediv": div_inexact,
    "operator.pow": nested_power,
}
