"""What the function's own text says of arguments that its author did not annotate.

A gradient's output is a scalar, so an argument that only elementwise operations lead to it is a scalar as well; an argument
whose elements are compared and added is a vector; one that is sliced and added to a vector in place is a vector. What is
concluded so is an assumption: the generated function checks it in one plain line.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.errors import Loc
from srcdiff.ir.nodes import Atom, Block, Call, Function, If, Lit, Loop, Op, Var
from srcdiff.ir.types import Any, Array, Dict, Opaque, Sequence, Tuple, Type, is_scalar, rank, surely_array, with_dtype
from srcdiff.ir.walk import definitions, operands, statements
from srcdiff.rules import RULES

NUMBERS = frozenset(
    f"operator.{n}" for n in "add sub mul truediv floordiv mod pow neg pos eq ne lt le gt ge".split()
) | frozenset(f"builtins.{n}" for n in "abs min max float pow round".split())
ARRAY_ONLY = frozenset(f"operator.{n}" for n in "sub truediv pow neg matmul".split())
READS = frozenset({"operator.getitem"})
WRITES = frozenset({"operator.setitem", "srcdiff.addto"})
OPEN = Opaque("more")  # the value type of a dict that may have other entries than those that are known
SAME_SHAPE = WRITES | {"srcdiff.copy", "numpy.zeros_like", "numpy.ones_like", "numpy.empty_like", "numpy.full_like"}
CREATIONS = frozenset({"numpy.zeros", "numpy.ones", "numpy.empty", "numpy.full"})
SHAPE_ONLY = frozenset({"builtins.len", "numpy.zeros_like", "numpy.ones_like", "numpy.empty_like", "numpy.full_like"})


@dataclass
class Contract:
    """Refined types of parameters, and the rank that each assumption must be checked for."""

    types: dict[str, Type] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    floats: set[str] = field(default_factory=set)  # differentiated arrays whose dtype is not declared


class Evidence:
    """How each variable of a function is used."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.uses: dict[Var, list[tuple[object, int]]] = {}
        self.definition: dict[Var, Op] = {}
        self.source: dict[Var, list[Atom]] = {}  # where a value that flows through branches and loops comes from
        self.known: dict[Var, int] = {}  # ranks that follow from the output's
        self._collect(function.body)

    def _collect(self, block: Block) -> None:
        for stmt in statements(block):
            for k, atom in enumerate(operands(stmt)):
                if isinstance(atom, Var):
                    self.uses.setdefault(atom, []).append((stmt, k))
            match stmt:
                case Op():
                    self.definition[stmt.out] = stmt
                case If():
                    for out, a, b in zip(stmt.outs, stmt.then.results, stmt.orelse.results):
                        self._flow(out, a, b)
                case Loop():
                    for param, init, result, out in zip(
                        stmt.carried, stmt.inits, stmt.body.results[1:], stmt.outs[1:]
                    ):
                        self._flow(param, init, result)
                        self._flow(out, init, result)
                    if stmt.cond is not None:
                        for inner, param in zip(stmt.cond.params, stmt.carried):
                            self._flow(inner, param)

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
            return self.depth(stmt.out, seen) if stmt.fn != "builtins.len" else None
        if stmt.fn in READS and k == 0:
            n = 0 if _is_slice(stmt.args[1]) else self.ints(stmt.args[1])
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
        if stmt.fn.startswith("math.") or stmt.fn in ("builtins.float", "builtins.int"):
            return 0
        if stmt.fn in NUMBERS:
            return self._number(stmt, k)
        return None

    def ints(self, index: Atom) -> int | None:
        """How many dimensions an index of plain ints takes away."""
        if isinstance(index.type, Array) and is_scalar(index.type) and index.type.dtype == "int":
            return 1
        op = self.definition.get(index) if isinstance(index, Var) else None
        if op is not None and op.fn == "tuple" and all(self.ints(a) == 1 for a in op.args):
            return len(op.args)
        return None

    def _number(self, op: Op, k: int) -> int | None:
        """Arithmetic with numbers only, of an element: the element is taken to be a number."""
        return 0 if all(rank(a.type) == 0 or self._is_element(a) for a in op.args) else None

    def _is_element(self, atom: Atom) -> bool:
        op = self.definition.get(atom) if isinstance(atom, Var) else None
        return op is not None and op.fn in READS and self.ints(op.args[1]) is not None

    def vetoed(self, var: Var) -> bool:
        """Whether an element of `var` is used as an array: walked through, summed, multiplied as a matrix."""
        for stmt, k in self.uses.get(var, []):
            if isinstance(stmt, Op) and stmt.fn in READS and k == 0 and self.ints(stmt.args[1]) is not None:
                if any(self._as_array(s, i) for s, i in self.uses.get(stmt.out, [])):
                    return True
        return False

    def _as_array(self, stmt: object, k: int) -> bool:
        if not isinstance(stmt, Op):
            return False
        array = ("numpy.sum", "numpy.dot", "numpy.mean", "operator.matmul", "builtins.len", "numpy.transpose", "getattr")
        return stmt.fn in array or (stmt.fn in READS and k == 0)

    def only_read(self, var: Var) -> bool:
        """Whether only elements, slices and the length of `var` are asked for, as lists and arrays have them."""
        uses = self.uses.get(var, [])
        return all(isinstance(s, Op) and k == 0 and (s.fn in READS or s.fn == "builtins.len") for s, k in uses)

    def is_array(self, var: Var) -> bool:
        """Whether an operation that only numbers and arrays have is done on `var`, or on a slice of it."""
        for stmt, k in self.uses.get(var, []):
            if not isinstance(stmt, Op):
                continue
            if stmt.fn in ARRAY_ONLY or stmt.fn.startswith(("numpy.", "math.")):
                return True
            if stmt.fn == "getattr" and isinstance(stmt.args[1], Lit) and stmt.args[1].value in ("shape", "ndim", "size", "T"):
                return True
            if stmt.fn in ("operator.add", "operator.mul") and not isinstance(stmt.args[1 - k].type, Sequence | Tuple):
                return True  # of a list it would be a list; the check of the rank keeps lists out
            if stmt.fn in READS and k == 0 and _is_slice(stmt.args[1]) and self.is_array(stmt.out):
                return True
        return False

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
            if isinstance(stmt, Op) and stmt.fn in READS and k == 0 and _is_slice(stmt.args[1]):
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


def vectors_by_output(evidence: Evidence) -> set[Var]:
    """The values that must be vectors for the output to be a scalar: `x @ A @ x` is a number only for a vector x."""
    found: set[Var] = set()
    todo: list[tuple[Atom, int]] = [(r, 0) for r in evidence.function.body.results[:1]]
    seen: set[Var] = set()
    while todo:
        atom, wanted = todo.pop()
        if not isinstance(atom, Var) or atom in seen:
            continue
        seen.add(atom)
        if wanted == 1 and rank(atom.type) is None:
            found.add(atom)
        op = evidence.definition.get(atom)
        if op is None:
            continue
        if op.fn in ("operator.matmul", "numpy.matmul", "numpy.dot") and len(op.args) == 2:
            if wanted == 0:
                todo += [(a, 1) for a in op.args]
            else:
                todo += [(a, 1) for a, b in (op.args, op.args[::-1]) if rank(b.type) == 2]
        elif wanted == 0 and (op.fn in NUMBERS or op.fn == "operator.iadd"):
            todo += [(a, 0) for a in op.args]
    return found


def _is_slice(index: Atom) -> bool:
    return isinstance(index.type, Opaque) and index.type.name == "slice"


Parts = dict[tuple[Var, int], bool] | None


class Reach:
    """Which parameters' shapes, or their elements', are contained in a value's: those that only elementwise operations
    lead to it.

    `(x, 2): True` says that the value has the shape of `x[i, j]`; False, that it has that shape or, by broadcasting, a
    larger one. None stands for everything: what a literal says, and what a loop's value says before its body is known.
    The greatest solution is found by going over the function until nothing changes.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.found: dict[Var, Parts] = {p.var: {(p.var, 0): True} for p in evidence.function.params}
        flowing = evidence.source.keys() | evidence.definition.keys()
        variables = [v for v in definitions(evidence.function.body) if v in flowing]
        changed = True
        while changed:
            changed = False
            for var in variables:
                new = self._compute(var)
                changed = changed or new != self.found.get(var)
                self.found[var] = new

    def numbers(self, scalar_output: bool) -> dict[Var, set[int]]:
        """The depths at which parameters must be numbers: they lead to the output, to a test, or where only numbers go."""
        atoms: list[Atom] = list(self.evidence.function.body.results[:1]) if scalar_output else []
        for stmt in statements(self.evidence.function.body):
            match stmt:
                case If():
                    atoms.append(stmt.test)
                case Loop(cond=cond) if cond is not None:
                    atoms += cond.results
                case Op(fn) if fn.startswith("math.") or fn == "builtins.range":
                    atoms += stmt.args
                case Op(fn, args) if fn in WRITES and rank(args[0].type) == self.evidence.ints(args[1]) is not None:
                    atoms.append(args[2])
        found: dict[Var, set[int]] = {}
        for atom in atoms:
            for param, depth in self.of(atom) or ():
                found.setdefault(param, set()).add(depth)
        return found

    def of(self, atom: Atom) -> Parts:
        if isinstance(atom, Var):
            return self.found.get(atom)
        return None if isinstance(atom, Lit) else {}

    def _compute(self, var: Var) -> Parts:
        if var in self.evidence.source:
            ways = [w for w in map(self.of, self.evidence.source[var]) if w is not None]
            if not ways:
                return None
            return {part: all(w[part] for w in ways) for part in ways[0] if all(part in w for w in ways)}
        op = self.evidence.definition.get(var)
        if op is None:
            return {}
        if op.fn in READS:
            return self._element(op)
        if op.fn in SAME_SHAPE:
            return self.of(op.args[0])
        if op.fn in CREATIONS:
            shape = self.evidence.definition.get(op.args[0]) if isinstance(op.args[0], Var) else None
            return self.of(shape.args[0]) if shape is not None and _is_shape(shape) else {}
        rule = RULES.get(op.fn)
        elementwise = (rule is not None and rule.kind == "elementwise") or op.fn in NUMBERS
        return self._together(op) if elementwise or op.fn in ("operator.not_", "operator.iadd") else {}

    def _element(self, op: Op) -> Parts:
        """An element of a value of just a parameter's shape, or a slice of any value."""
        taken = 0 if _is_slice(op.args[1]) else self.evidence.ints(op.args[1])
        whole = self.of(op.args[0])
        if taken is None or whole is None:
            return {} if taken is None else None
        return whole if taken == 0 else {(param, depth + taken): True for (param, depth), same in whole.items() if same}

    def _together(self, op: Op) -> Parts:
        parts = [p for p in map(self.of, op.args) if p is not None]
        if not parts and any(isinstance(a, Var) and self.of(a) is None for a in op.args):
            return None
        alone = len([a for a in op.args if not is_scalar(a.type)]) == 1
        return {part: same and alone for p in parts for part, same in p.items()}


def unpacked_rank(evidence: Evidence, var: Var) -> int | None:
    """The rank of an array whose shape is unpacked: `rows, columns = x.shape`."""
    for stmt, k in evidence.uses.get(var, []):
        if k == 0 and isinstance(stmt, Op) and _is_shape(stmt):
            places: dict[Loc | None, set[object]] = {}
            for read, _ in evidence.uses.get(stmt.out, []):
                if isinstance(read, Op) and read.fn in READS and isinstance(read.args[1], Lit):
                    places.setdefault(read.loc, set()).add(read.args[1].value)
            for indices in places.values():
                if len(indices) > 1 and indices == set(range(len(indices))):
                    return len(indices)
    return None


def _is_shape(op: Op) -> bool:
    return op.fn == "getattr" and isinstance(op.args[1], Lit) and op.args[1].value == "shape"


def declared_arrays(function: Function) -> set[str]:
    """The parameters that are annotated as arrays."""
    return {p.var.hint for p in function.params if isinstance(p.var.type, Array) and p.var.type.shape != ()}


def refine(function: Function, scalar_output: bool, wrt: list[int], declared: set[str]) -> Contract:
    """What can be concluded of the parameters whose rank or dtype is not known."""
    contract = Contract()
    evidence = Evidence(function)
    reach = Reach(evidence)
    numbers = reach.numbers(scalar_output)
    vectors = vectors_by_output(evidence) if scalar_output else set()
    for position, param in enumerate(function.params):
        depths = numbers.get(param.var, set()) - {0}
        depth = unpacked_rank(evidence, param.var) or (depths.pop() if len(depths) == 1 else None)
        depth = depth or (1 if param.var in vectors else None)
        if depth is not None:
            evidence.known[param.var] = depth
        found = _refined(evidence, param.var, 0 in numbers.get(param.var, ()), param.var.hint in declared, contract)
        if isinstance(found, Array) and found.dtype is None and position in wrt:
            if surely_array(found):
                contract.floats.add(param.var.hint)
            if surely_array(found) or found.shape == ():
                found = with_dtype(found, "float")
        if found != param.var.type:
            contract.types[param.var.hint] = found
    return contract


def _refined(evidence: Evidence, var: Var, scalar: bool, declared: bool, contract: Contract) -> Type:
    t, name = var.type, var.hint
    if not isinstance(t, Any) and not (isinstance(t, Array) and isinstance(t.shape, frozenset)):
        return t
    if scalar and not declared and not _indexed(evidence, var):
        contract.ranks[name] = 0
        return Array(None, ())
    depth = evidence.known.get(var, None if evidence.vetoed(var) else evidence.depth(var))
    if depth is None and evidence.sliced_into_vector(var):
        depth = 1
    dtype = t.dtype if isinstance(t, Array) else None
    if depth == 1 and isinstance(t, Any) and not evidence.is_array(var) and evidence.only_read(var):
        contract.ranks[name] = 1
        return Sequence("any", Array(None, ()))
    if depth is not None and (depth > 0 or not declared):
        contract.ranks[name] = depth
        return Array(dtype, tuple(f"{name}.{i}" for i in range(depth)))
    if declared:  # an array proper has a dimension at least
        return Array(dtype, frozenset({name, (1,)}))
    if isinstance(t, Any) and evidence.entries(var):
        return Dict(tuple((key, _entry(evidence, e, f"{name}.{key}")) for key, e in evidence.entries(var).items()), OPEN)
    return Array(None, frozenset({t.atom})) if isinstance(t, Any) and evidence.is_array(var) else t


def _entry(evidence: Evidence, var: Var, symbol: str) -> Type:
    """The type of a dict's entry, by its uses."""
    if any(isinstance(s, Op) and s.fn == "operator.matmul" for s, _ in evidence.uses.get(var, [])):
        return Array(None, frozenset({symbol, (1,)}))
    return Array(None, frozenset({symbol})) if evidence.is_array(var) else Any(symbol)


def _indexed(evidence: Evidence, var: Var) -> bool:
    return any(isinstance(s, Op) and s.fn in READS | WRITES and k == 0 for s, k in evidence.uses.get(var, []))
