"""Functions of NumPy that take functions, write, or are others of NumPy's in disguise."""

from __future__ import annotations

from collections.abc import Callable as Function
from pathlib import Path

from srcdiff.frontend import calls, library_calls
from srcdiff.frontend.context import Context
from srcdiff.frontend.library import library_object
from srcdiff.frontend.storage import read
from srcdiff.frontend.values import LibraryValue, Partial, TupleValue, Value
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Lit
from srcdiff.ir.types import Array, Sequence, Tuple, is_scalar, rank, surely_array

Special = Function[[Context, list[Value], dict[str, Value]], Value | None]
PRELUDE = Path(__file__).with_name("numpy_prelude.py")

REDUCED = {
    "add": "sum",
    "multiply": "prod",
    "maximum": "max",
    "minimum": "min",
    "logical_and": "all",
    "logical_or": "any",
}
ACCUMULATED = {"add": "cumsum", "multiply": "cumprod"}


def inlined(ctx: Context, name: str, args: list[Value]) -> Value:
    """Inline a function of NumPy's prelude."""
    return library_calls.from_prelude(ctx, name, args, PRELUDE)


def constant(ctx: Context, value: Value | None, default: object, what: str) -> object:
    """The literal that an option is."""
    if value is None:
        return default
    atom = read(ctx, value)
    if not isinstance(atom, Lit):
        ctx.refuse(f"{what} is only known when it runs", "write it out")
    return atom.value


def only(ctx: Context, what: str, kwargs: dict[str, Value], *known: str) -> None:
    """Refuse other options."""
    for name in kwargs:
        if name not in known:
            ctx.refuse(f"{what} with {name}= is not supported", "leave the option out, or compute its effect apart")


def plain(name: str, least: int, most: int) -> Special:
    """A function of the prelude with as many arguments."""

    def call(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
        given = [*args, *kwargs.values()]
        return inlined(ctx, name, given) if least <= len(given) <= most else None

    return call


def fill_diagonal(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if len(args) != 2 or kwargs or rank(read(ctx, args[0]).type) not in (None, 2):
        ctx.refuse("np.fill_diagonal is supported of matrices", "assign to y[i, i] for i = np.arange(n)")
    inlined(ctx, "diagonal_filled", args)
    return literal(None)


def vectorize(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """np.vectorize(function): a function of arrays."""
    only(ctx, "np.vectorize", kwargs, "otypes", "doc")
    return Partial(LibraryValue("srcdiff.vectorised"), (args[0],), ()) if len(args) == 1 else None


def vectorised(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    only(ctx, "a function of np.vectorize", kwargs)
    if not 2 <= len(args) <= 3:
        ctx.refuse("np.vectorize of a function of more than two arguments is not supported", "write a loop")
    return inlined(ctx, "vectorised" if len(args) == 2 else "vectorised_2", args)


def apply_along_axis(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    if len(args) != 3 or kwargs:
        ctx.refuse("np.apply_along_axis with further arguments is not supported", "write a lambda that gives them")
    function, axis, x = args
    along = constant(ctx, axis, 0, "the axis")
    if rank(read(ctx, x).type) == 1:
        return calls.apply(ctx, function, [x], {}, None)
    if along not in (0, 1, -1, -2):
        ctx.refuse("np.apply_along_axis is supported of matrices", "write a loop")
    return inlined(ctx, "along_columns" if along in (0, -2) else "along_rows", [function, x])


def ufunc_method(name: str) -> Special | None:
    """np.add.reduce and its like; None of other functions."""
    root, _, method = name.rpartition(".")
    function = root.removeprefix("numpy.")
    if not root.startswith("numpy.") or not callable(getattr(library_object(root), "reduceat", None)):
        return None

    def reduce(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
        axis = {} if "axis" in kwargs or len(args) > 1 else {"axis": literal(0)}
        if root == "numpy.logaddexp":
            along = {} if args and rank(read(ctx, args[0]).type) == 1 else axis
            return calls.operation(ctx, name, args, {**along, **kwargs})
        if function not in REDUCED:
            return None
        return calls.operation(ctx, f"numpy.{REDUCED[function]}", args, {**axis, **kwargs})

    def accumulate(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
        if function in ACCUMULATED:
            axis = {} if "axis" in kwargs or len(args) > 1 else {"axis": literal(0)}
            return calls.operation(ctx, f"numpy.{ACCUMULATED[function]}", args, {**axis, **kwargs})
        if len(args) != 1 or kwargs:
            return None
        return inlined(ctx, "running", [LibraryValue(f"numpy.{function}"), *args])

    def outer(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
        if len(args) != 2 or kwargs:
            return None
        operands = inlined(ctx, "outer_operands", args)
        assert isinstance(operands, TupleValue)
        return calls.library_call(ctx, root, list(operands.items), {}, None)

    def at(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
        if len(args) != 3 or kwargs or root in ("numpy.add", "numpy.subtract"):
            return None
        base, index, operand = args
        t = read(ctx, index).type
        if isinstance(t, Tuple) or rank(t) not in (None, 1):
            ctx.refuse(f"np.{function}.at is supported with a vector of indices", "write a loop")
        if not isinstance(t, Array) or t.dtype != "int":  # it may be a mask
            index = inlined(ctx, "places", [base, index])
        ranks = [rank(read(ctx, value).type) for value in (base, operand)]
        name = "at_one" if ranks[1] == 0 else "at" if ranks == [1, 1] else "at_any"
        inlined(ctx, name, [LibraryValue(root), base, index, operand])
        return literal(None)

    return {"reduce": reduce, "accumulate": accumulate, "outer": outer, "at": at}.get(method)


def block(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """np.block of a row of arrays, or of rows of them."""
    from srcdiff.frontend import targets

    def parts_of(value: Value) -> list[Value]:
        t = read(ctx, value).type
        return (targets.elements(ctx, value) or []) if isinstance(t, Sequence) and t.kind == "list" else []

    def joined(parts: list[Value], least: int, axis: int) -> Value:
        ranks = [rank(read(ctx, part).type) for part in parts]
        arrays = [
            part if (n or 0) >= least else calls.operation(ctx, f"numpy.atleast_{least}d", [part], {})
            for n, part in zip(ranks, parts)
        ]
        listed = ctx.emit("list", *(read(ctx, part) for part in arrays))
        along = axis + least if set(ranks) == {least} else axis
        return calls.operation(ctx, "numpy.concatenate", [listed], {"axis": literal(along)} if along else {})

    rows = parts_of(args[0]) if len(args) == 1 and not kwargs else []
    within = [parts_of(row) for row in rows]
    if rows and not any(within):
        return joined(rows, 1, -1)
    if not rows or not all(within) or any(parts_of(part) for parts in within for part in parts):
        ctx.refuse(
            "np.block of other than a list, or lists, that are written out is not supported", "use np.concatenate"
        )
    return joined([joined(parts, 2, -1) for parts in within], 2, -2)


def einsum(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """np.einsum: the order in which it multiplies is left out, and lists of axes are written as letters."""
    if "optimize" in kwargs:
        kwargs = {k: v for k, v in kwargs.items() if k != "optimize"}
        return calls.library_call(ctx, "numpy.einsum", args, kwargs, None)
    first = read(ctx, args[0])
    if isinstance(first, Lit) and isinstance(first.value, str):
        written = explicit(ctx, first.value, args[1:])
        return calls.operation(ctx, "numpy.einsum", [literal(written), *args[1:]], kwargs) if written else None
    if isinstance(first, Lit) or len(args) < 2:
        return None
    terms = [letters(ctx, axes) for axes in args[1::2]]
    out = "->" + letters(ctx, args[-1]) if len(args) % 2 else ""
    return calls.operation(ctx, "numpy.einsum", [literal(",".join(terms) + out), *args[: len(args) - 1 : 2]], kwargs)


def letters(ctx: Context, axes: Value) -> str:
    """A list of axes, as a term of a specification."""
    from srcdiff.frontend import targets

    items = targets.elements(ctx, axes)
    numbers = [getattr(read(ctx, item), "value", None) for item in items or [literal(None)]]
    if not all(isinstance(n, int) and 0 <= n < 26 for n in numbers):
        ctx.refuse("np.einsum with axes that are only known when it runs is not supported", "write the letters out")
    return "".join(chr(ord("a") + n) for n in numbers if isinstance(n, int))


def explicit(ctx: Context, subscripts: str, operands: list[Value]) -> str | None:
    """A specification without an ellipsis, where the ranks of the operands are known; None where nothing is to be done."""
    if "..." not in subscripts:
        return None
    left, arrow, out = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    ranks = [rank(read(ctx, operand).type) for operand in operands]
    if len(ranks) != len(terms):
        return None
    free = [c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in subscripts]
    most = 0
    for k, (term, known) in enumerate(zip(terms, ranks)):
        if "..." not in term:
            continue
        if known is None:
            ctx.refuse(
                "np.einsum with '...' needs to know the ranks of its operands here",
                'declare them: `x: Annotated[np.ndarray, "n d"]`, or write the letters out',
            )
        number = known - len(term.replace("...", ""))
        most = max(most, number)
        terms[k] = term.replace("...", "".join(reversed(free[:number])))
    dots = "".join(reversed(free[:most]))
    if not arrow:
        once = sorted(c for c in set(left) - {",", "."} if left.count(c) == 1)
        out = "..." + "".join(once)
    return ",".join(terms) + "->" + out.replace("...", dots)


def covariance(name: str) -> Special:
    def call(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
        what = "np.cov" if name == "covariance" else "np.corrcoef"
        only(ctx, what, kwargs, "rowvar", "bias", "ddof")
        if len(args) > 2:
            ctx.refuse(f"{what} with its options by position is not supported", "name them")
        by_row = constant(ctx, kwargs.get("rowvar"), True, "rowvar")
        x = calls.operation(ctx, "numpy.stack", [TupleValue(tuple(args))], {}) if len(args) == 2 else args[0]
        if not by_row:
            x = calls.operation(ctx, "numpy.transpose", [x], {})
        if name == "correlation":
            return inlined(ctx, name, [x])
        default = 0 if constant(ctx, kwargs.get("bias"), False, "bias") else 1
        ddof = constant(ctx, kwargs.get("ddof"), None, "ddof")
        return inlined(ctx, name, [x, literal(default if ddof is None else ddof)])

    return call


def gradient(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """np.gradient, along one axis each time."""
    if not args or "axis" in kwargs:
        return None
    n = rank(read(ctx, args[0]).type)
    if n is None:
        inlined(ctx, "is_vector", args[:1])
        n = 1
    if n <= 1 or len(args) > 2 and len(args) != n + 1:
        return None
    given = args[1:] * n if len(args) == 2 else args[1:]
    spacing = [[h] for h in given] if given else [[]] * n
    along = [
        calls.operation(ctx, "numpy.gradient", [args[0], *h], {**kwargs, "axis": literal(k)})
        for k, h in enumerate(spacing)
    ]
    return TupleValue(tuple(along))


def ndindex(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """np.ndindex(shape): the list of indices."""
    shape = args[0] if len(args) == 1 else TupleValue(tuple(args))
    return ctx.emit("builtins.list", ctx.emit("numpy.ndindex", read(ctx, shape)))


def ndenumerate(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    return inlined(ctx, "enumerated", args)


def diff(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    """np.diff of what is put together first, with prepend= or append=."""
    ends = [read(ctx, kwargs[name]) if name in kwargs else None for name in ("prepend", "append")]
    if not args or ends == [None, None]:
        return None
    x, axis = read(ctx, args[0]), args[2] if len(args) > 2 else kwargs.get("axis")
    options = {} if rank(x.type) in (None, 1) and axis is None else {"axis": axis or literal(-1)}
    if options and any(end is not None and not surely_array(end.type) for end in ends):
        ctx.refuse("np.diff of a matrix with a number before or after it is not supported", "use np.concatenate")
    parts = [part if part is x else as_vector(ctx, part) for part in (ends[0], x, ends[1]) if part is not None]
    joined = calls.operation(ctx, "numpy.concatenate", [ctx.emit("list", *parts)], options)
    others = {name: value for name, value in kwargs.items() if name not in ("prepend", "append")}
    return calls.operation(ctx, "numpy.diff", [joined, *args[1:]], others)


def as_vector(ctx: Context, end: Atom) -> Atom:
    """A number as a list of it; what may be a number or an array, as an array."""
    if is_scalar(end.type):
        return ctx.emit("list", end)
    return end if surely_array(end.type) or isinstance(end.type, Sequence) else ctx.emit("numpy.atleast_1d", end)


def nditer(ctx: Context, args: list[Value], kwargs: dict[str, Value]) -> Value | None:
    ctx.refuse("np.nditer is not supported", "loop over x.ravel(), or over np.ndindex(x.shape)")


SPECIAL: dict[str, Special] = {
    "numpy.fill_diagonal": fill_diagonal,
    "numpy.diagflat": plain("diagflat", 1, 2),
    "numpy.vectorize": vectorize,
    "srcdiff.vectorised": vectorised,
    "numpy.apply_along_axis": apply_along_axis,
    "numpy.block": block,
    "numpy.einsum": einsum,
    "numpy.cov": covariance("covariance"),
    "numpy.corrcoef": covariance("correlation"),
    "numpy.correlate": plain("correlate", 2, 3),
    "numpy.gradient": gradient,
    "numpy.diff": diff,
    "numpy.ndindex": ndindex,
    "numpy.ndenumerate": ndenumerate,
    "numpy.nditer": nditer,
}


def special(name: str) -> Special | None:
    """What a function of NumPy is to the compiler itself, if it is that."""
    return SPECIAL.get(name) or (ufunc_method(name) if name.count(".") == 2 else None)
