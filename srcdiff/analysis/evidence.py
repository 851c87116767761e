"""How the values of a function are used: the evidence for the ranks of arguments whose author did not declare them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from srcdiff.ir.nodes import Atom, Block, Call, Function, If, Lit, Loop, Op, Var
from srcdiff.ir.types import SLICE, Any, Array, Sequence, Tuple, is_scalar, rank, surely_array
from srcdiff.ir.walk import operands, statements
from srcdiff.rules import RULES
from srcdiff.rules.random_draws import METHODS

NUMBERS = frozenset(
    f"operator.{n}" for n in "add sub mul truediv floordiv mod pow neg pos eq ne lt le gt ge".split()
) | frozenset(f"builtins.{n}" for n in "abs min max float pow round".split())
ARRAY_ONLY = frozenset(f"operator.{n}" for n in "sub truediv pow neg matmul".split())
ON_ARRAYS = (
    frozenset("operator.matmul getattr math.fsum math.prod".split())
    | frozenset(f"builtins.{n}" for n in "len sum any all sorted list tuple enumerate reversed zip".split())
    | frozenset(f"numpy.{n}" for n in "sum dot mean transpose max min prod var std outer einsum diag trace".split())
    | frozenset(f"numpy.{n}" for n in "inner vdot tensordot kron cross convolve matmul average median ptp".split())
    | frozenset(f"numpy.{n}" for n in "quantile percentile nansum nanmean sort argsort argmax argmin diff".split())
    | frozenset(f"numpy.{n}" for n in "cumsum cumprod reshape ravel roll flip tril triu diagonal".split())
    | frozenset(f"numpy.{n}" for n in "split array_split concatenate swapaxes moveaxis take interp".split())
    | frozenset(f"numpy.linalg.{n}" for n in "solve inv det slogdet norm cholesky eigh eigvalsh svd pinv qr".split())
)
ARRAY_ATTRIBUTES = ("shape", "ndim", "size", "T")
READS = frozenset({"operator.getitem"})
WRITES = frozenset({"operator.setitem", "srcdiff.addto"})
ASKING = frozenset(  # of a list as of an array
    "builtins.len numpy.ndim numpy.shape numpy.size srcdiff.zeros_like srcdiff.zero_arrays srcdiff.zero_vector".split()
)
SHAPE_ONLY = frozenset({"builtins.len", "numpy.zeros_like", "numpy.ones_like", "numpy.empty_like", "numpy.full_like"})
ONES_OWN = ("srcdiff.copy", "srcdiff.astype", "numpy.copy", "numpy.asarray", "numpy.array")  # of one's own rank
OF_VECTORS = (
    "math.prod",
    "math.fsum",
    "math.dist",
    "statistics.mean",
    "statistics.fmean",
)  # of math, what takes the elements of its argument


def takes_numbers(fn: str) -> bool:
    """Whether all arguments of a function of `math`, or of `cmath`, are numbers."""
    return fn.startswith(("math.", "cmath.")) and fn not in (*OF_VECTORS, "math.sumprod")


def calculates(op: Op) -> bool:
    """Whether an operation gives a number of numbers; `max(xs)` of one argument takes the elements of it."""
    return op.fn in NUMBERS and not is_extremum(op)


def is_extremum(op: Op) -> bool:
    """Whether an operation is the greatest or least element of its one argument."""
    return op.fn in ("builtins.max", "builtins.min") and len(op.args) == 1


def is_elementwise(op: Op) -> bool:
    """Whether an operation gives a number of numbers, and an array of arrays."""
    rule = RULES.get(op.fn)
    return rule is not None and rule.kind == "elementwise" or op.fn in ONES_OWN


class Evidence:
    """How each variable of a function is used."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.uses: dict[Var, list[tuple[object, int]]] = {}
        self.definition: dict[Var, Op] = {}
        self.source: dict[Var, list[Atom]] = {}  # where a value that flows through branches and loops comes from
        self.known: dict[Var, int] = {}  # ranks that follow from the output's
        self.as_arrays: dict[Var, None] | None = None  # the values that are used as arrays, once one was asked for
        self.entry_reads: dict[tuple[Var, object], Var] = {}  # by what they read from, and the key
        self.optional = {p.var for p in function.params if isinstance(p.default, Lit) and p.default.value is None}
        self.collected: set[Atom] = set()  # what goes into the lists that loops make
        self._collect(function.body)

    def _collect(self, block: Block) -> None:
        for stmt in statements(block):
            for k, atom in enumerate(operands(stmt)):
                if isinstance(atom, Var):
                    self.uses.setdefault(atom, []).append((stmt, k))
            match stmt:
                case Op():
                    self.definition[stmt.out] = stmt
                    if stmt.fn in READS and isinstance(stmt.args[1], Lit) and isinstance(stmt.args[0], Var):
                        self.entry_reads.setdefault((stmt.args[0], stmt.args[1].value), stmt.out)
                case If():
                    for out, a, b in zip(stmt.outs, stmt.then.results, stmt.orelse.results):
                        self._flow(out, a, b)
                case Loop():
                    self.collected.update(stmt.body.results[1 + len(stmt.inits) :])
                    for param, init, result, out in zip(stmt.carried, stmt.inits, stmt.body.results[1:], stmt.outs[1:]):
                        self._flow(param, init, result)
                        self._flow(out, init, result)
                    if stmt.cond is not None:
                        for inner, param in zip(stmt.cond.params, stmt.carried):
                            self._flow(inner, param)
                case Call():
                    for out, before in stmt.versions:
                        self._flow(out, before)

    def _flow(self, target: Var, *sources: Atom) -> None:
        self.source.setdefault(target, []).extend(sources)
        for source in sources:
            if isinstance(source, Var):
                self.uses.setdefault(source, []).append((target, 0))

    def depth(self, var: Var, seen: frozenset[Var] = frozenset()) -> int | None:
        """The rank that the uses of `var` show, None where they show none: 0 for what is used as a number."""
        if rank(var.type) is not None:
            return rank(var.type)
        if var in seen:
            return None
        found: set[int] = set()
        for stmt, k in self.uses.get(var, []):
            d = self._depth_by_use(stmt, k, seen | {var})
            if d == -1:
                return None
            if d is not None:
                found.add(d)
        return found.pop() if len(found) == 1 else None

    def _depth_by_use(self, stmt: object, k: int, seen: frozenset[Var]) -> int | None:
        """The rank that one use shows; None for no evidence, -1 for a use that numbers and elements do not have."""
        if isinstance(stmt, Var):
            return self.depth(stmt, seen)
        if not isinstance(stmt, Op):
            return 0 if isinstance(stmt, If) else None if isinstance(stmt, Call) else -1
        if stmt.fn in SHAPE_ONLY:
            return self.depth(stmt.out, seen) if stmt.fn != "builtins.len" and k == 0 else None
        if stmt.fn in READS and k == 0:
            n = 0 if is_slice(stmt.args[1]) else self.ints(stmt.args[1])
            if n is None:
                return None
            below = self.depth(stmt.out, seen)
            return None if below is None else n + below
        if stmt.fn in WRITES and k == 0:
            n = self.ints(stmt.args[1])
            value = stmt.args[2]
            below = rank(value.type) if not isinstance(value, Var) else self.depth(value, seen)
            if n is not None and below == 0:
                return n
            return self.depth(stmt.out, seen)
        if stmt.fn in WRITES and k == 2:
            return None
        if takes_numbers(stmt.fn) or stmt.fn in ("builtins.float", "builtins.int"):
            return 0
        if stmt.fn in OF_VECTORS:
            return 1
        if is_extremum(stmt):
            below = self.depth(stmt.out, seen)
            return None if below is None else 1 + below
        if stmt.fn in NUMBERS:
            return self._number(stmt, k)
        return None

    def ints(self, index: Atom) -> int | None:
        """How many dimensions an index of plain ints takes away."""
        if isinstance(index.type, Array) and is_scalar(index.type) and index.type.dtype in ("int", None):
            return 1
        op = self.definition.get(index) if isinstance(index, Var) else None
        if op is not None and op.fn == "tuple" and all(self.ints(a) == 1 for a in op.args):
            return len(op.args)
        return None

    def _number(self, op: Op, k: int) -> int | None:
        """Arithmetic with numbers only, of an element: the element is taken to be a number."""
        return 0 if all(self._is_number(a) for a in op.args) else None

    def _is_number(self, atom: Atom, depth: int = 0) -> bool:
        """Whether a value is a number, an element that is used as one, or made of these alone."""
        if rank(atom.type) is not None:
            return rank(atom.type) == 0
        op = self.definition.get(atom) if isinstance(atom, Var) else None
        if op is None or self.used_as_array(op.out) or depth > 20:
            return False
        if op.fn in READS:
            return self.ints(op.args[1]) is not None
        return calculates(op) and all(self._is_number(a, depth + 1) for a in op.args)

    def used_as_array(self, var: Var) -> bool:
        """Whether a value, or what is calculated with it, is walked through, summed or multiplied as a matrix."""
        if self.as_arrays is None:
            taken = [v for v, uses in self.uses.items() if any(_takes_array(s, k) for s, k in uses)]
            flowing = self._closed(taken, lambda found: self.source.get(found, ()))
            self.as_arrays = self._closed(list(flowing), self._calculated_with)
        return var in self.as_arrays

    def _calculated_with(self, var: Var) -> Iterable[Atom]:
        op = self.definition.get(var)
        return op.args if op is not None and (calculates(op) or is_elementwise(op)) else ()

    def _closed(self, todo: list[Var], leads: Callable[[Var], Iterable[Atom]]) -> dict[Var, None]:
        """Values, and all that they lead to."""
        found: dict[Var, None] = {}
        while todo:
            var = todo.pop()
            if var not in found:
                found[var] = None
                todo += [a for a in leads(var) if isinstance(a, Var)]
        return found

    def vetoed(self, var: Var) -> bool:
        """Whether an element of `var` is used as an array: walked through, summed, multiplied as a matrix."""
        for stmt, k in self.uses.get(var, []):
            if isinstance(stmt, Op) and stmt.fn in READS and k == 0 and self.ints(stmt.args[1]) is not None:
                if self.used_as_array(stmt.out):
                    return True
        return False

    def of_several_types(self, var: Var) -> bool:
        """Whether the function asks for the type of `var`, or for None, and so takes more than one."""
        return var in self.optional or any(
            isinstance(s, Op) and (s.fn in ("builtins.isinstance", "builtins.type") or self._is_none_test(s))
            for s, _ in self.uses.get(var, [])
        )

    def of_several_ranks(self, var: Var) -> bool:
        """Whether the function asks for the rank of `var`."""
        for stmt, _ in self.uses.get(var, []):
            if isinstance(stmt, Op) and (
                stmt.fn == "numpy.ndim" or stmt.fn == "getattr" and _names(stmt.args[1], "ndim")
            ):
                return True
            if isinstance(stmt, Op) and (
                stmt.fn == "numpy.shape" or stmt.fn == "getattr" and _names(stmt.args[1], "shape")
            ):
                if any(isinstance(s, Op) and s.fn == "builtins.len" for s, _ in self.uses.get(stmt.out, [])):
                    return True
        return False

    def _is_none_test(self, op: Op) -> bool:
        compares = op.fn in ("operator.is_", "operator.is_not", "operator.eq", "operator.ne")
        return compares and any(isinstance(a, Lit) and a.value is None for a in op.args)

    def only_read(self, var: Var, also: tuple[str, ...] = ()) -> bool:
        """Whether only elements, slices and the length of `var` are asked for, as lists and arrays have them."""
        uses = self.uses.get(var, [])
        read = READS.union(ASKING, also)
        return all(isinstance(s, Op) and k == 0 and (s.fn in read or is_extremum(s)) for s, k in uses)

    def only_elements(self, var: Var) -> bool:
        """Whether only single elements of `var` are asked for, by ints, and its length."""
        reads = [s for s, _ in self.uses.get(var, []) if isinstance(s, Op) and s.fn in READS]
        return self.only_read(var) and bool(reads) and all(self.ints(s.args[1]) == 1 for s in reads)

    def of_numbers(self, var: Var) -> bool:
        """Whether single elements of `var` are read, and only calculated with."""
        elements = [
            s.out
            for s, k in self.uses.get(var, [])
            if isinstance(s, Op) and s.fn in READS and k == 0 and self.ints(s.args[1]) == 1
        ]
        uses = [s for e in elements for s, _ in self.uses.get(e, [])]
        return bool(uses) and all(isinstance(s, Op) and s.fn in NUMBERS for s in uses)

    def is_array(self, var: Var) -> bool:
        """Whether an operation that only numbers and arrays have is done on `var`, on a slice or a later version of it."""
        todo, seen = [var], {var}
        while todo:
            for stmt, k in self.uses.get(todo.pop(), []):
                if isinstance(stmt, Op) and self._of_arrays(stmt, k):
                    return True
                sliced = isinstance(stmt, Op) and stmt.fn in READS and k == 0 and is_slice(stmt.args[1])
                later = stmt.out if isinstance(stmt, Op) and sliced else stmt  # or a variable that starts from it
                if isinstance(later, Var) and later not in seen:
                    seen.add(later)
                    todo.append(later)
        return False

    def _of_arrays(self, op: Op, k: int) -> bool:
        if op.fn in ARRAY_ONLY or op.fn.startswith(("numpy.", "math.")) and op.fn not in ASKING:
            return True
        if op.fn == "getattr":
            return isinstance(op.args[1], Lit) and op.args[1].value in ARRAY_ATTRIBUTES
        if op.fn in READS and k == 0 and self.by_axes(op.args[1]):
            return True
        # of a list it would be a list; the check of the rank keeps lists out
        return op.fn in ("operator.add", "operator.mul") and not isinstance(op.args[1 - k].type, Sequence | Tuple)

    def is_copied_array(self, var: Var) -> bool:
        """Whether a copy of `var` is used as only numbers and arrays are."""
        copies = (s.out for s, _ in self.uses.get(var, []) if isinstance(s, Op) and s.fn == "srcdiff.copy")
        return any(map(self.is_array, copies))

    def becomes_array(self, var: Var) -> bool:
        """Whether a variable that starts as `var` is an array after an iteration."""
        return any(self._is_array_later(target) for target, _ in self.uses.get(var, []) if isinstance(target, Var))

    def _is_array_later(self, var: Var) -> bool:
        """Whether what flows into a variable is an array on one path."""
        return any(isinstance(s.type, Array) and rank(s.type) != 0 for s in self.source.get(var, ()))

    def by_axes(self, index: Atom) -> bool:
        """Whether an index is an array, or has slices or new axes among several parts, as only those of arrays have."""
        if surely_array(index.type):
            return True
        op = self.definition.get(index) if isinstance(index, Var) else None
        return op is not None and op.fn == "tuple" and any(is_slice(a) for a in op.args)

    def draws(self, var: Var) -> bool:
        """Whether random numbers are drawn from `var`."""
        uses = self.uses.get(var, [])
        return any(isinstance(stmt, Op) and k == 0 and stmt.fn.startswith(METHODS) for stmt, k in uses)

    def as_list(self, var: Var) -> bool:
        """Whether arithmetic is done on `var` that lists have in another sense: `x + y` joins them, `2 * x` repeats."""
        todo, seen = [var], {var}
        while todo:
            for stmt, k in self.uses.get(todo.pop(), []):
                if isinstance(stmt, Op) and self._of_lists(stmt, k):
                    return True
                version = stmt.out if isinstance(stmt, Op) and stmt.fn in WRITES and k == 0 else stmt
                if isinstance(version, Var) and version not in seen:  # it is a list still
                    seen.add(version)
                    todo.append(version)
        return False

    def _of_lists(self, op: Op, k: int) -> bool:
        if op.fn not in ("operator.add", "operator.iadd", "operator.mul"):
            return False
        other = op.args[1 - k].type
        if op.fn == "operator.mul":
            return isinstance(other, Array) and is_scalar(other) and other.dtype == "int"
        grows = op.fn == "operator.iadd" and k == 0 and not is_scalar(other)  # even by the elements of an array
        return grows or isinstance(other, Any) or isinstance(other, Array) and isinstance(other.shape, frozenset)

    def has_array_rows(self, var: Var) -> bool:
        """Whether an operation that only arrays have is done on an element of `var`."""
        return not self.may_be_tuple(var) and any(
            isinstance(s, Op) and s.fn in READS and k == 0 and self.ints(s.args[1]) == 1 and self.is_array(s.out)
            for s, k in self.uses.get(var, [])
        )

    def may_be_tuple(self, var: Var) -> bool:
        """Whether all that is read of `var` is entries by numbers that are written out: they may be of any types."""
        todo, seen = [var], {var}
        while todo:
            version = todo.pop()
            if not isinstance(version.type, Any) or self._is_array_later(version):
                return False
            for stmt, k in self.uses.get(version, []):
                if not isinstance(stmt, Op | Var):
                    return False
                of_entry = isinstance(stmt, Op) and k == 0 and stmt.fn in READS | WRITES
                if isinstance(stmt, Op) and not (of_entry and isinstance(stmt.args[1], Lit)):
                    return False
                later = stmt.out if isinstance(stmt, Op) and stmt.fn in WRITES else stmt  # with an entry put back
                if isinstance(later, Var) and later not in seen:
                    seen.add(later)
                    todo.append(later)
        return True

    def entries(self, var: Var) -> dict[str, Var]:
        """The entries of a dict that is only read, by keys that are written out; empty for anything else."""
        found: dict[str, Var] = {}
        for stmt, k in self.uses.get(var, []):
            key = stmt.args[1] if isinstance(stmt, Op) and stmt.fn in READS and k == 0 else None
            if not isinstance(key, Lit) or not isinstance(key.value, str):
                return {}
            assert isinstance(stmt, Op)
            first = found.setdefault(key.value, stmt.out)
            if first is not stmt.out:
                self.uses[first] = self.uses.get(first, []) + self.uses.get(stmt.out, [])
        return found

    def sliced_into_vector(self, var: Var) -> bool:
        """Whether a slice of `var` is added in place to a vector: then it has one dimension."""
        for stmt, k in self.uses.get(var, []):
            if isinstance(stmt, Op) and stmt.fn in READS and k == 0 and is_slice(stmt.args[1]):
                if self._reaches_vector(stmt.out):
                    return True
        return False

    def _reaches_vector(self, var: Var) -> bool:
        for stmt, k in self.uses.get(var, []):
            if isinstance(stmt, Op):
                if stmt.fn == "operator.iadd" and k == 1 and rank(stmt.args[0].type) == 1:
                    return True
                if stmt.fn in NUMBERS and self._reaches_vector(stmt.out):
                    return True
        return False


def _takes_array(stmt: object, k: int) -> bool:
    """Whether a statement takes its k-th operand as an array, and gives something else."""
    if isinstance(stmt, Loop):
        return k < len(stmt.iters)
    if not isinstance(stmt, Op) or calculates(stmt) or is_elementwise(stmt):
        return False
    return stmt.fn in ON_ARRAYS or is_extremum(stmt) or (k == 0 and stmt.fn in READS | WRITES)


def _names(atom: Atom, attribute: str) -> bool:
    return isinstance(atom, Lit) and atom.value == attribute


def is_slice(index: Atom) -> bool:
    return index.type == SLICE


def is_shape(op: Op) -> bool:
    return op.fn == "getattr" and isinstance(op.args[1], Lit) and op.args[1].value == "shape"
