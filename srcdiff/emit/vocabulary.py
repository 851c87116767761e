"""What a temporary is called that the user gave no name: a word for what computes it, or for the element that it is.

np.sum(e)  total    y[i]     yi       x @ W    xW        cotangent of what is called total    total_bar
a / b      ratio    L[j, k]  L_jk     x > 0    above     x.copy()                             x_copy
"""

from __future__ import annotations

from collections.abc import Callable

from srcdiff import runtime
from srcdiff.emit.places import boolean
from srcdiff.ir.nodes import Atom, If, Lit, Op, Var

SUFFIXES = ("_bar", "_dot")
FAR = 20  # operands, after which the search for a name ends
SEVERAL = 3  # values of one word, from which each is told apart, the first one, too
LONG = 10  # the length from which a name is not part of another one
SHORT = 2  # the length of names that stand side by side: xW, yi, L_jk
INDICES = "i j k l m".split()
COUNTS = "n m k".split()
WORDS: dict[str, str] = {
    word: name
    for name, words in {
        "total": "add sum nansum sub_total fsum",
        "diff": "sub subtract diff",
        "product": "mul multiply matmul dot vdot inner prod tensordot einsum outer kron",
        "ratio": "truediv divide true_divide",
        "quotient": "floordiv floor_divide",
        "remainder": "mod remainder fmod",
        "power": "pow power float_power",
        "square": "square",
        "negative": "neg negative",
        "root": "sqrt cbrt",
        "e": "exp exp2 expm1",
        "logarithm": "log log2 log10 log1p",
        "sine": "sin sinh",
        "cosine": "cos cosh",
        "angle": "arctan arctan2 arcsin arccos atan atan2 asin acos",
        "magnitude": "abs absolute fabs",
        "mean": "mean average nanmean",
        "variance": "var",
        "deviation": "std",
        "highest": "max amax nanmax",
        "lowest": "min amin nanmin",
        "larger": "maximum fmax",
        "smaller": "minimum fmin",
        "clipped": "clip",
        "chosen": "where select choose",
        "above": "gt ge greater greater_equal",
        "below": "lt le less less_equal",
        "equal": "eq is_ equal isclose",
        "different": "ne is_not not_equal",
        "found": "contains",
        "opposite": "not_ logical_not",
        "order": "argsort",
        "place": "argmax argmin searchsorted",
        "ordered": "sort sorted",
        "inverse": "inv pinv",
        "determinant": "det slogdet",
        "solution": "solve lstsq",
        "factor": "cholesky",
        "eigen": "eigh eigvalsh eig",
        "length": "norm hypot",
        "distance": "dist",
        "flat": "ravel",
        "reshaped": "reshape",
        "transposed": "transpose swapaxes moveaxis",
        "expanded": "expand_dims broadcast_to broadcast_like",
        "squeezed": "squeeze",
        "joined": "concatenate hstack vstack append",
        "stacked": "stack column_stack",
        "diagonal": "diag diagonal",
        "running": "cumsum cumprod",
        "flipped": "flip flipud fliplr",
        "values": "array asarray list",
        "entries": "dict complete",
        "windows": "sliding_window_view",
        "filled": "full full_like",
        "number": "int float",
        "either": "or_ logical_or",
        "both": "and_ logical_and",
    }.items()
    for word in words.split()
}
APPLIED = frozenset("tanh exp log log1p sqrt sin cos maximum minimum abs clip square arctan".split())
LIKE = frozenset(
    {
        "srcdiff.unbroadcast",
        "srcdiff.broadcast_like",
        "srcdiff.zeros_like",
        "srcdiff.zero_arrays",
        "srcdiff.zero_vector",
        "numpy.zeros_like",
    }
)  # they make a cotangent of their last argument
ADDING = frozenset({"srcdiff.add_at", "srcdiff.add_slice", "srcdiff.add_field", "srcdiff.complete"})


def split_suffix(name: str) -> tuple[str, str]:
    """A name without what says that it is a cotangent or tangent, and that."""
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix), suffix
    return name, ""


class Vocabulary:
    """Names by what is called how already: `text` gives an atom's name, `inside` what is printed within others."""

    def __init__(self, text: Callable[[Atom], str], inside: dict[Var, Op | If], forward: bool) -> None:
        self.text, self.inside = text, inside
        self.suffix = "_dot" if forward else "_bar"
        self.applied: dict[Var, str] = {}
        self.made: dict[Var, Op] = {}  # the temporaries that are printed
        self.many: dict[str, int] = {}  # how many values there are of each word
        self.used: dict[str, dict[str, int]] = {}  # how many values of a word each name goes into

    def names(self, value: Op | If) -> list[str]:
        """What a value may be called, the best first: total, total_x for another one."""
        if isinstance(value, If):
            return [{"or": "either", "and": "both"}.get(boolean(value), "chosen")]
        names = self.cotangent(value)
        subjects = self.subjects(value.out.of if names and value.out.of is not None else value)
        names = names or self.plain(value)
        stem, suffix = split_suffix(names[0] if names is COUNTS else names[-1])
        if value.fn == "operator.getitem":
            return names
        words = stem.split("_")
        used = self.used.get(stem, {})
        telling = sorted(
            (s for s in subjects if s not in words),
            key=lambda s: (not subjects[s], s in INDICES or s in COUNTS, used.get(s, 0)),
        )
        distinct = [f"{stem}_{subject}{suffix}" for subject in telling]
        generic = len(names) == 1 and stem in WORDS.values() and self.many.get(stem, 0) >= SEVERAL
        if generic and telling and subjects[telling[0]] and telling[0] not in (*INDICES, *COUNTS):
            return [distinct[0], *names, *distinct[1:]]
        return [*names, *distinct]

    def note_subjects(self, value: Op) -> None:
        """Remember which names go into the values that would be called alike: product_y rather than product_dt."""
        stem = split_suffix((self.cotangent(value) or self.plain(value))[-1])[0]
        used = self.used.setdefault(stem, {})
        self.many[stem] = self.many.get(stem, 0) + 1
        for subject in self.subjects(value):
            used[subject] = used.get(subject, 0) + 1

    def subjects(self, value: Op | If) -> dict[str, bool]:
        """The names of the user's that went into a value, those that are short; whether they are printed in it."""
        here: list[Op | If] = [value]
        before: list[Op | If] = []  # in temporaries
        seen: set[Var] = set()
        found: dict[str, bool] = {}
        printed = True
        while (here or before) and len(seen) < FAR:
            printed = printed and bool(here)
            value = here.pop() if here else before.pop(0)
            operands = value.args if isinstance(value, Op) else (value.test,)
            inner: list[Op | If] = []
            for atom in operands if not isinstance(value, Op) or value.fn != "index" else ():
                if not isinstance(atom, Var) or atom in seen:
                    continue
                seen.add(atom)
                made = None if atom.hint or atom in self.inside else self.made.get(atom)
                name = self.text(atom)
                if atom in self.inside:
                    inner.append(self.inside[atom])
                elif made is not None:
                    before.append(made)
                elif name and len(name) <= LONG and not any(suffix in name for suffix in SUFFIXES):
                    found.setdefault(name, printed)
            here += reversed(inner)
        return found

    def cotangent(self, value: Op) -> list[str]:
        """The name of what it is the cotangent of, or the tangent, with the suffix."""
        if value.fn in ("operator.getitem", "srcdiff.last_written"):
            return []
        of, operand = value.out.of, _operand_of_cotangent(value)
        if of is not None:
            names = self.of(of.out) or self.plain(of)
        elif operand is not None:
            names = self.of(operand)
        else:
            return []
        return [name if split_suffix(name)[1] else name + self.suffix for name in names[:1]]

    def plain(self, value: Op) -> list[str]:
        function = value.fn.rpartition(".")[2]
        match value.fn:
            case "tape" | "value" | "value_bar" | "value_dot":
                return [value.fn]
            case "tuple":
                return ["pair" if len(value.args) == 2 else "values"]
            case "builtins.len":
                return COUNTS
            case "getattr" if isinstance(value.args[1], Lit):
                return COUNTS if value.args[1].value == "size" else [str(value.args[1].value)]
            case "operator.getitem" | "srcdiff.last_written":
                return self.element(value.args[0], value.args[1])
            case "srcdiff.copy" | "numpy.copy":
                name = self.text(value.args[0])
                return [f"{name}_copy"] if name else self.of(value.args[0]) or ["copied"]
            case "operator.is_" | "operator.is_not" if _is_none(value.args[1]) and self.text(value.args[0]):
                return [("no_" if function == "is_" else "has_") + self.text(value.args[0])]
            case "builtins.isinstance" if len(value.args) == 2:
                kind = getattr(value.args[1], "name", "").rpartition(".")[2]
                return [f"is_{kind}"] if kind else ["fits"]
            case "operator.matmul" | "operator.mul" | "numpy.dot":
                sides = [self.text(self.upright(a)) for a in value.args]
                if all(0 < len(side) <= SHORT and side.isalpha() for side in sides):
                    return ["".join(sides), "product"]
            case "numpy.exp" | "math.exp":
                inner = self.last(value)
                return ["e" + inner, "e"] if len(inner) == 1 else ["e"]
        name = WORDS.get(function, function if len(function) <= LONG else "value")
        applied = self.applied.get(value.out)
        return [f"{applied}_raw", name] if applied else [name]

    def note_applied(self, op: Op, name: str) -> None:
        """Remember what is y_raw: y = tanh(y_raw)."""
        argument = op.args[0] if op.args else None
        if isinstance(argument, Var) and op.fn.rpartition(".")[2] in APPLIED and not split_suffix(name)[1]:
            if all(isinstance(other, Lit) for other in op.args[1:]):
                self.applied.setdefault(argument, name)

    def of(self, atom: Atom) -> list[str]:
        """What an atom is called, or would be, if it had a name."""
        name = self.text(atom)
        made = self.inside.get(atom) if isinstance(atom, Var) else None
        return [name] if name else self.plain(made) if isinstance(made, Op) else []

    def upright(self, atom: Atom) -> Atom:
        made = self.inside.get(atom) if isinstance(atom, Var) else None
        return made.args[0] if isinstance(made, Op) and made.fn == "numpy.transpose" else atom

    def last(self, value: Op | If) -> str:
        """The name that is printed last in an operation."""
        operands = value.args if isinstance(value, Op) else (value.orelse.results[0],)
        for atom in reversed(operands):
            if isinstance(atom, Var):
                made = self.inside.get(atom)
                return self.last(made) if made is not None else self.text(atom)
        return ""

    def element(self, base: Atom, index: Atom) -> list[str]:
        """An element or a part, after its place: y[i] yi, L[j, k] L_jk, y[j + 1] y_next, x[1:] x_rest."""
        if isinstance(index, Lit) and isinstance(index.value, str):
            return [index.value]
        stem, suffix = split_suffix(next(iter(self.of(base)), ""))
        if not stem:
            return ["item"]
        made = self.inside.get(index) if isinstance(index, Var) else None
        items = made.args if isinstance(made, Op) and made.fn in ("tuple", "list") else (index,)
        places = [place.removesuffix(f"_{stem}") for place in (self.place(item) for item in items) if place]
        exact = [place for place in places if place not in ("rest", "start", "part")] or places[:1] or ["part"]
        joined = "".join(exact) if all(len(place) <= SHORT for place in exact) else "_".join(exact)
        single = len(exact) == 1 and len(stem) <= SHORT and len(joined) <= SHORT and stem.isalpha()
        names = [stem + joined, f"{stem}_{joined}"] if single else [f"{stem}_{joined}"]
        if len(exact) == 1 and len(stem) > SHORT + 1 and stem.endswith("s") and joined in INDICES:
            names.insert(0, stem.removesuffix("s"))
        return [name + suffix for name in names]

    def member(self, sequence: Atom) -> list[str]:
        """One of what a sequence holds: values value, curve_bar curve_item_bar."""
        stem, suffix = split_suffix(next(iter(self.of(sequence)), ""))
        if not stem or stem.rstrip("0123456789").endswith("tape"):
            return ["item"]
        plural = len(stem) > SHORT + 1 and stem.endswith("s")
        return [(stem.removesuffix("s") if plural else f"{stem}_item") + suffix]

    def stored(self, base: Atom, index: Atom) -> list[str]:
        """What becomes an element; what fills a whole array is called otherwise."""
        return [] if isinstance(index, Lit) and index.value is Ellipsis else self.element(base, index)

    def place(self, item: Atom) -> str:
        """A word for one item of an index; none for what takes the whole axis."""
        if isinstance(item, Lit):
            if isinstance(item.value, int) and not isinstance(item.value, bool):
                return str(item.value) if item.value >= 0 else "part"
            return ""
        made = self.inside.get(item) if isinstance(item, Var) else None
        if not isinstance(made, Op):
            return self.text(item)
        if made.fn == "slice":
            lower, upper = (not (isinstance(a, Lit) and a.value is None) for a in made.args[:2])
            return "part" if lower and upper else "rest" if lower else "start" if upper else ""
        steps = {"operator.add": "next", "operator.sub": "prev"}
        if made.fn in steps and isinstance(made.args[1], Lit) and made.args[1].value == 1:
            return steps[made.fn]
        return "part"


def _operand_of_cotangent(op: Op) -> Atom | None:
    """The operand of which an operation makes the cotangent: matmul_x(y_bar, x, y) makes x_bar."""
    module, _, function = op.fn.rpartition(".")
    if op.fn in LIKE:
        return op.args[-1]
    if op.fn in ADDING:
        return op.args[0]
    stem, _, letter = function.rpartition("_")
    if module != "srcdiff" or not stem or len(letter) != 1:
        return None
    parameters = getattr(runtime, function).__code__.co_varnames
    place = parameters.index(letter) if letter in parameters else len(op.args)
    return op.args[place] if place < len(op.args) else None


def _is_none(atom: Atom) -> bool:
    return isinstance(atom, Lit) and atom.value is None
