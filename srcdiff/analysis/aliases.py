"""Which values may share storage, were every write done in place: a relation between pairs of variables.

Pairs, not sites of allocation: two buffers that a loop swaps (`v, w = w, v`) stay apart, by induction over the
iterations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from srcdiff.analysis.holdings import holds_numbers, holds_only_numbers
from srcdiff.ir.nodes import Atom, Block, Call, Const, Function, If, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import Array, Dict, Opaque, Sequence, Tuple, is_scalar
from srcdiff.ir.walk import statements

WRITES = frozenset(
    "operator.setitem srcdiff.addto srcdiff.scatter_add operator.iadd operator.isub "
    "list.append srcdiff.drop_last".split()
)
# functions of numpy whose result may be a view of an argument
NUMPY_VIEWS = frozenset(
    f"numpy.{name}"
    for name in (
        "transpose reshape ravel asarray asanyarray ascontiguousarray asfortranarray atleast_1d atleast_2d "
        "atleast_3d squeeze expand_dims broadcast_to broadcast_arrays swapaxes moveaxis rollaxis diagonal "
        "diag split array_split hsplit vsplit dsplit real imag flip flipud fliplr rot90 matrix_transpose "
        "permute_dims unstack require meshgrid array nan_to_num lib.stride_tricks.sliding_window_view "
        "lib.stride_tricks.as_strided"
    ).split()
)
# functions whose result may hold one element in several places: a write to it would be seen in all of them
REPEATED = frozenset(
    {"numpy.broadcast_to", "numpy.broadcast_arrays", "srcdiff.broadcast_like", "srcdiff.sum_x"}
) | frozenset(f"numpy.lib.stride_tricks.{name}" for name in ("sliding_window_view", "as_strided"))
COPIES = frozenset({"srcdiff.copy", "srcdiff.zeros_like", "srcdiff.astype"})
CONTAINERS = frozenset({"tuple", "list", "dict", "set"})
FRESH_BUILTINS = frozenset(
    f"builtins.{name}"
    for name in "float int len abs bool str format round pow complex range repr type isinstance".split()
)
FRESH_HELPERS = frozenset({"srcdiff.zeros_like", "srcdiff.zero_vector", "srcdiff.last_written", "srcdiff.check_rank"})
HOLDING = {
    "srcdiff.add": (0, 1),
    "srcdiff.add_at": (0, 2),
    "srcdiff.add_slice": (0, 2),
    "srcdiff.complete": (0,),
    "srcdiff.with_fields": (1,),
    "srcdiff.add_field": (0, 2),
    "srcdiff.flip": (0,),
}
RESIDUALS = Opaque("residuals")  # what a reversed call hands over: it may hold anything
SUMS = ("srcdiff.add", "srcdiff.add_at", "srcdiff.add_slice")  # what they add to is made anew
EXTERNAL = 1  # the bit of everything that the function did not make: arguments, constants, globals
HELD = 2  # the bit of containers that hold something external, and are not external themselves
OUTSIDE = EXTERNAL | HELD


@dataclass
class Sharing:
    """`masks[v]` has the bits of all variables that may share storage with v, its own included; 0 where it has none."""

    bits: dict[Var, int] = field(default_factory=dict)
    variables: list[Var | None] = field(default_factory=lambda: [None, None])
    masks: dict[Var, int] = field(default_factory=dict)
    inner: dict[Loop, int] = field(default_factory=dict)  # what the blocks of a loop define
    again: dict[Block, list[Stmt]] = field(default_factory=dict)  # the statements of a block that share anything
    changed: bool = False
    plain: bool = True  # no number is made as an array of no dimension, which `+=` would change in place

    def of(self, atom: Atom) -> int:
        if isinstance(atom, Var):
            return self.masks.get(atom, 0)
        return EXTERNAL if isinstance(atom, Const) and not isinstance(atom.type, Opaque) else 0

    def members(self, mask: int) -> list[Var]:
        """The variables of a mask, in the order of their definitions."""
        found = []
        mask &= ~OUTSIDE
        while mask:
            low = mask & -mask
            variable = self.variables[low.bit_length() - 1]
            assert variable is not None
            found.append(variable)
            mask ^= low
        return found

    def number(self, variable: Var) -> None:
        if variable not in self.bits:
            self.bits[variable] = 1 << len(self.variables)
            self.variables.append(variable)

    def fresh(self, out: Var) -> None:
        self.link(out, 0)

    def link(self, out: Var, mask: int) -> None:
        """Let `out` share with all of `mask`."""
        bit = self.bits[out]
        old = self.masks.get(out, 0)
        new = (mask | bit) & ~old
        if not new:
            return
        self.changed = True
        self.masks[out] = old | new
        for other in self.members(new & ~bit):
            self.masks[other] = self.masks.get(other, 0) | bit | self.bits[other]


def sharing(function: Function) -> Sharing:
    """Which variables of a function may share storage, to a fixpoint."""
    found = Sharing()
    for param in function.params:
        found.number(param.var)
        if not isinstance(param.var.type, Opaque) or param.var.type == RESIDUALS:
            found.link(param.var, EXTERNAL)
    _number(function.body, found)
    found.plain = not any(_makes_arrays_of_no_dimension(stmt) for stmt in statements(function.body))
    _settle(function, found)
    return found


def sharing_of_one_more(found: Sharing, op: Op, block: Block, function: Function) -> Sharing:
    """What variables share now that an operation of `block` has become a write."""
    more = replace(found, masks=dict(found.masks), again={**found.again, block: [*found.again[block], op]})
    _settle(function, more)
    return more


def _settle(function: Function, found: Sharing) -> None:
    found.changed = True
    while found.changed:
        found.changed = False
        _block(function.body, found)


def _number(block: Block, found: Sharing) -> None:
    """Number the variables so that those of a loop's body are neighbours."""
    for param in block.params:
        found.number(param)
    for stmt in block.body:
        match stmt:
            case Op():
                found.number(stmt.out)
                continue
            case If():
                _number(stmt.then, found)
                _number(stmt.orelse, found)
            case Loop():
                first = len(found.variables)
                if stmt.cond is not None:
                    _number(stmt.cond, found)
                _number(stmt.body, found)
                found.inner[stmt] = (1 << len(found.variables)) - (1 << first)
        for out in stmt.outs:
            found.number(out)


def _block(block: Block, found: Sharing) -> None:
    again = found.again.get(block)
    if again is not None:
        for stmt in again:
            _stmt(stmt, found)
        return
    again = found.again[block] = []
    for stmt in block.body:
        if _stmt(stmt, found):
            again.append(stmt)


def _stmt(stmt: Stmt, found: Sharing) -> bool:
    """Bring a statement's results up to date; whether they may have to be again."""
    match stmt:
        case Op():
            return _op(stmt, found)
        case If():
            _block(stmt.then, found)
            _block(stmt.orelse, found)
            _join(stmt.outs, [stmt.then.results, stmt.orelse.results], found, ~0)
        case Call():
            mask = 0
            for atom in stmt.args:
                mask |= found.of(atom)
            for out in stmt.outs:
                found.link(out, mask)
        case Loop():
            _loop(stmt, found)
    return True


def _join(outs: list[Var], ways: list[list[Atom]], found: Sharing, visible: int) -> None:
    """Let each of `outs` be what it is on any of the ways (arms, say): two share where they do on one of them."""
    own = 0
    for out in outs:
        own |= found.bits[out]
    holders = [_holders(outs, sources, found) for sources in ways]
    for i, out in enumerate(outs):
        storage = others = 0
        for sources, (held, external) in zip(ways, holders):
            mask = found.of(sources[i])
            storage |= mask
            if isinstance(sources[i], Var):
                others |= _of_bits(mask, held)
            elif mask:
                others |= external
        if storage:  # else a plain number, which shares nothing
            found.link(out, storage & visible & ~own | others)


def _holders(outs: list[Var], sources: list[Atom], found: Sharing) -> tuple[dict[int, int], int]:
    """The outs that each bit of the sources (one for all constants) goes to, and those that get something external."""
    held: dict[int, int] = {}
    external = 0
    for out, source in zip(outs, sources):
        mask, bit = found.of(source), found.bits[out]
        if mask:
            key = found.bits[source] if isinstance(source, Var) else EXTERNAL
            held[key] = held.get(key, 0) | bit
            external |= bit if mask & EXTERNAL else 0
    return held, external


def _of_bits(mask: int, held: dict[int, int]) -> int:
    """All that is held by the bits of a mask."""
    found = 0
    for key in held if len(held) < 8 else _bits_of(mask):
        if mask & key:
            found |= held.get(key, 0)
    return found


def _bits_of(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low
        mask ^= low


def _loop(loop: Loop, found: Sharing) -> None:
    """A carried variable is its start, or what an iteration hands on: all that the next one knows of it."""
    n = len(loop.inits)
    for target, walked in zip(loop.targets, loop.iters):
        if not is_scalar(target.type) or not isinstance(walked.seq.type, Array):
            mask = found.of(walked.seq)
            if mask:
                found.link(target, taken_out(mask))
    carried, handed, tapes = loop.carried, loop.body.results[1:], loop.outs[n + 1 :]
    inner = found.inner[loop]
    nothing: list[Atom] = [Lit(None, Opaque("None"))] * len(tapes)
    _join([*carried, *tapes], [[*loop.inits, *nothing], handed], found, ~inner)
    _push(carried, tapes, handed, found, ~inner)
    if loop.cond is not None:
        for param, variable in zip(loop.cond.params, carried):
            if found.of(variable):
                found.link(param, found.of(variable))
        _block(loop.cond, found)
    _block(loop.body, found)
    _join(loop.outs[1 : n + 1], [[*carried], handed[:n]], found, ~inner)


def _push(carried: list[Var], tapes: list[Var], handed: list[Atom], found: Sharing, visible: int) -> None:
    """A tape shares with what was pushed, and with what is carried on that was pushed in an iteration before."""
    n = len(carried)
    for tape, element in zip(tapes, handed[n:]):
        if found.of(element):
            found.link(tape, found.of(element) & visible)
    held = {found.bits[tape]: tape for tape in tapes}
    union = sum(held)
    for variable, result in zip(carried, handed):
        mask = found.of(result)
        if isinstance(result, Var):
            pushed = [held[bit] for bit in _bits_of(mask & union)]
        else:
            pushed = [tape for tape in tapes if mask & found.of(tape) & EXTERNAL]
        for tape in pushed:
            found.link(tape, found.bits[variable])


def _op(op: Op, found: Sharing) -> bool:
    sources = shared_arguments(op)
    if not sources:
        if sources is not None and makes_storage(op):
            found.link(op.out, EXTERNAL if op.fn in REPEATED else 0)
        return False
    keeps = _keeps(op.fn)
    holds = op.fn in CONTAINERS or op.fn in WRITES and is_container(op.args[0])
    mask = 0
    for k, atom in enumerate(sources):
        own = found.of(atom) if keeps else taken_out(found.of(atom))
        if holds and own & OUTSIDE and (k or op.fn in CONTAINERS):
            own = own & ~EXTERNAL | HELD
        mask |= own
    if op.fn in REPEATED:
        mask |= EXTERNAL
    if mask or makes_storage(op):
        found.link(op.out, mask)
    return True


@cache
def _keeps(fn: str) -> bool:
    """Whether a result is or holds its arguments themselves, not what they hold."""
    whole = fn in WRITES or fn in CONTAINERS or fn in HOLDING
    return whole or fn.startswith("operator.") and fn != "operator.getitem"


def taken_out(mask: int) -> int:
    """What a value shares with that was perhaps taken out of a container."""
    return mask | EXTERNAL if mask & HELD else mask


def is_container(atom: Atom) -> bool:
    return isinstance(atom.type, (Sequence, Tuple, Dict))


def changes_slots_only(write: Op) -> bool:
    """Whether a write changes what a container holds, but nothing within that: only the container itself is written."""
    base = write.args[0]
    return is_container(base) and (write.fn != "srcdiff.addto" or holds_numbers(base.type))


def makes_storage(op: Op) -> bool:
    """Whether the result of an operation can be something that a write changes."""
    if is_scalar(op.out.type):
        return (
            op.fn in WRITES
            or op.fn in NUMPY_VIEWS
            or op.fn.endswith(("_like", ".zeros", ".ones", ".full", ".empty", ".copy"))
        )
    return not (isinstance(op.out.type, Opaque) and op.out.type.name not in ("function", "object"))


@cache
def _sharing_kind(fn: str) -> str:
    """What the result of a function shares: "nothing", all or the first of its "arguments", or what its entry says."""
    if fn in ("operator.setitem", "list.append"):
        return "what is kept"
    if fn in WRITES:
        return "first"
    if fn in ("operator.getitem", "getattr", "numpy.array"):
        return fn
    if fn in FRESH_HELPERS or fn in COPIES or fn in FRESH_BUILTINS:
        return "nothing"
    if fn in HOLDING:
        return "held"
    if fn.startswith("srcdiff."):
        return "first"  # a rule's helper may hand its cotangent on, or a view of it
    if fn in CONTAINERS or fn in NUMPY_VIEWS:
        return "arguments"
    if fn in ("operator.add", "operator.mul", "operator.or_"):
        return "lists"
    return "nothing" if fn.startswith(("operator.", "numpy.", "math.", "cmath.")) else "arguments"


def _makes_arrays_of_no_dimension(stmt: Stmt) -> bool:
    if isinstance(stmt, Op):
        return is_scalar(stmt.out.type) and stmt.fn not in WRITES and makes_storage(stmt)
    return isinstance(stmt, Call) and any(is_scalar(out.type) for out in stmt.outs)


def shared_arguments(op: Op) -> list[Atom] | None:
    """The arguments whose storage the result may share; None where the result is a plain number, which has none."""
    kind = _sharing_kind(op.fn)
    if kind == "nothing":
        return []
    if kind == "operator.getitem":
        return _subscripted(op)
    if kind == "getattr" and _reads_shape(op):
        return None
    if kind == "numpy.array" and not any(name == "copy" for name, _ in op.kwargs):
        return []
    values = [*op.args, *(value for _, value in op.kwargs)]
    if kind == "what is kept" and not isinstance(op.args[0].type, Array):
        return [values[0], values[-1]]
    if kind in ("first", "getattr", "what is kept"):
        return values[:1]
    if op.fn in SUMS and all(holds_only_numbers(values[i].type) for i in HOLDING[op.fn]):
        return [] if op.fn == "srcdiff.add" else values[:1]
    if kind == "held":
        return [values[i] for i in HOLDING[op.fn]]
    if kind == "lists" and (holds_numbers(op.out.type) or any(isinstance(v.type, Array) for v in values)):
        return []  # of lists, what they hold is shared
    return values


def _reads_shape(op: Op) -> bool:
    return isinstance(op.args[1], Lit) and op.args[1].value in ("shape", "ndim", "size", "dtype", "itemsize", "nbytes")


def _subscripted(op: Op) -> list[Atom] | None:
    base, index = op.args
    if is_scalar(op.out.type) and (isinstance(base.type, Array) or is_container(base)):
        return None  # what a container holds as a number is replaced, and never changed
    t = index.type
    if isinstance(t, Opaque) and t.name == "slice" and is_container(base) and holds_numbers(base.type):
        return []
    listed = isinstance(t, Sequence) and t.kind == "list"
    gathered = isinstance(t, Array) and isinstance(t.shape, tuple) and (t.shape != () or t.dtype == "bool")
    if isinstance(base.type, Array) and (gathered or listed):
        return []
    return [base]


def uses_shape_only(op: Op, position: int) -> bool:
    """Whether an operation reads no content of its argument at `position`, which an in-place write could change."""
    operand = op.args[position]
    if op.fn == "getattr":
        return position == 0 and _reads_shape(op)
    if op.fn in (
        "numpy.zeros_like",
        "numpy.ones_like",
        "numpy.empty_like",
        "numpy.full_like",
        "numpy.shape",
        "numpy.ndim",
        "numpy.size",
        "numpy.result_type",
    ):
        return position == 0 and isinstance(operand.type, Array)
    if op.fn in ("builtins.len", "srcdiff.zeros_like", "srcdiff.check_rank"):
        return position == 0 and isinstance(operand.type, Array)
    return op.fn == "srcdiff.unbroadcast" and position == 1
