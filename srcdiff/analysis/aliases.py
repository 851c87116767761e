"""Which values may share storage, were every write done in place: a relation between pairs of variables.

Pairs, not sites of allocation: two buffers that a loop swaps (`v, w = w, v`) stay apart, by induction over the
iterations.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from srcdiff.ir.nodes import Atom, Block, Call, Const, Function, If, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import Array, Dict, Opaque, Sequence, Tuple, Type, is_scalar

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
    changed: bool = False

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
        if not isinstance(param.var.type, Opaque):
            found.link(param.var, EXTERNAL)
    _number(function.body, found)
    found.changed = True
    while found.changed:
        found.changed = False
        _block(function.body, found)
    return found


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
    for stmt in block.body:
        _stmt(stmt, found)


def _stmt(stmt: Stmt, found: Sharing) -> None:
    match stmt:
        case Op():
            _op(stmt, found)
        case If():
            _block(stmt.then, found)
            _block(stmt.orelse, found)
            arms = list(zip(stmt.then.results, stmt.orelse.results))
            _join(stmt.outs, [[a, b] for a, b in arms], found, ~0)
        case Call():
            mask = 0
            for atom in stmt.args:
                mask |= found.of(atom)
            for out in stmt.outs:
                found.link(out, mask)
        case Loop():
            _loop(stmt, found)


def _join(outs: list[Var], sources: list[list[Atom]], found: Sharing, visible: int) -> None:
    """Let each of `outs` be any of its sources: two outs share where the sources of one way (an arm, say) share."""
    own = 0
    for out in outs:
        own |= found.bits[out]
    for i, out in enumerate(outs):
        mask = 0
        for source in sources[i]:
            mask |= found.of(source)
        storage = mask != 0  # or a plain number, which shares nothing
        mask &= visible & ~own
        for j in range(len(outs)):
            for mine, other in zip(sources[i], sources[j]):
                if j != i and _share(mine, other, found):
                    mask |= found.bits[outs[j]]
        if storage:
            found.link(out, mask)


def _share(a: Atom, b: Atom, found: Sharing) -> bool:
    if isinstance(a, Var) and isinstance(b, Var):
        return bool(found.of(a) & found.bits[b])
    return bool(found.of(a) & found.of(b) & EXTERNAL)


def _loop(loop: Loop, found: Sharing) -> None:
    """A carried variable is its start, or what an iteration hands on: all that the next one knows of it."""
    n = len(loop.inits)
    for target, walked in zip(loop.targets, loop.iters):
        if not is_scalar(target.type) or not isinstance(walked.seq.type, Array):
            mask = found.of(walked.seq)
            if mask:
                found.link(target, taken_out(mask))
    tapes, elements = loop.outs[n + 1 :], loop.body.results[n + 1 :]
    handed = [*loop.body.results[1 : n + 1], *elements]
    inner = found.inner[loop]
    nothing: list[Atom] = [Lit(None, Opaque("None"))] * len(tapes)
    _join([*loop.carried, *tapes], [[a, b] for a, b in zip([*loop.inits, *nothing], handed)], found, ~inner)
    # what was pushed in one iteration and what is carried into the next
    for tape, element in zip(tapes, elements):
        if found.of(element):
            found.link(tape, found.of(element) & ~inner)
        for carried, result in zip(loop.carried, loop.body.results[1:]):
            if found.of(result) and _share(result, tape, found):
                found.link(tape, found.bits[carried])
    if loop.cond is not None:
        for param, carried in zip(loop.cond.params, loop.carried):
            if found.of(carried):
                found.link(param, found.of(carried))
        _block(loop.cond, found)
    _block(loop.body, found)
    _join(loop.outs[1 : n + 1], [[a, b] for a, b in zip(loop.carried, loop.body.results[1 : n + 1])], found, ~inner)


def _op(op: Op, found: Sharing) -> None:
    sources = shared_arguments(op)
    if sources is None:
        return
    keeps = (
        op.fn in WRITES
        or op.fn in CONTAINERS
        or op.fn in HOLDING
        or op.fn.startswith("operator.")
        and op.fn != "operator.getitem"
    )
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


def taken_out(mask: int) -> int:
    """What a value shares with that was perhaps taken out of a container."""
    return mask | EXTERNAL if mask & HELD else mask


def is_container(atom: Atom) -> bool:
    return isinstance(atom.type, (Sequence, Tuple, Dict))


def changes_slots_only(write: Op) -> bool:
    """Whether a write changes what a container holds, but nothing within that: only the container itself is written."""
    base = write.args[0]
    return is_container(base) and (write.fn != "srcdiff.addto" or holds_numbers(base.type))


def may_reach(type_: Type, container: Type) -> bool:
    """Whether a value of `type_` can be, or hold, a container of the kind of `container`."""
    match type_:
        case Array():
            return False
        case Sequence(kind, elem):
            same = isinstance(container, Sequence) and container.kind == kind and _alike(elem, container.elem)
            return same or may_reach(elem, container)
        case Tuple(elems):
            return isinstance(container, Tuple) or any(may_reach(e, container) for e in elems)
        case Dict(items, value):
            inner = [value] if items is None else [v for _, v in items]
            return isinstance(container, Dict) or any(may_reach(v, container) for v in inner)
    return True


def _alike(a: Type, b: Type) -> bool:
    """Whether two types may be of one value."""
    if isinstance(a, Sequence) and isinstance(b, Sequence):
        return a.kind == b.kind and _alike(a.elem, b.elem)
    known = (Array, Sequence, Tuple, Dict)
    return not (isinstance(a, known) and isinstance(b, known)) or type(a) is type(b)


def holds_numbers(type_: Type) -> bool:
    """Whether a container surely holds plain numbers only."""
    match type_:
        case Sequence(_, elem):
            return is_scalar(elem)
        case Tuple(elems):
            return all(map(is_scalar, elems))
        case Dict(items, value):
            return is_scalar(value) if items is None else all(is_scalar(v) for _, v in items)
    return False


def makes_storage(op: Op) -> bool:
    """Whether the result of an operation can be something that a write changes."""
    if is_scalar(op.out.type):
        return (
            op.fn in WRITES
            or op.fn in NUMPY_VIEWS
            or op.fn.endswith(("_like", ".zeros", ".ones", ".full", ".empty", ".copy"))
        )
    return not (isinstance(op.out.type, Opaque) and op.out.type.name not in ("function", "object"))


def shared_arguments(op: Op) -> list[Atom] | None:
    """The arguments whose storage the result may share; None where the result is a plain number, which has none."""
    values = [*op.args, *(value for _, value in op.kwargs)]
    fn = op.fn
    if fn in ("operator.setitem", "list.append"):
        return values[:1] if isinstance(op.args[0].type, Array) else [values[0], values[-1]]
    if fn in WRITES:
        return values[:1]
    if fn == "operator.getitem":
        return _subscripted(op)
    if fn == "getattr":
        return None if _reads_shape(op) else values[:1]
    if fn in FRESH_HELPERS or fn in COPIES or fn in FRESH_BUILTINS:
        return []
    if fn == "numpy.array" and not any(name == "copy" for name, _ in op.kwargs):
        return []
    if fn in HOLDING:
        return [values[i] for i in HOLDING[fn]]
    if fn.startswith("srcdiff."):
        return values[:1]  # a rule's helper may hand its cotangent on, or a view of it
    if fn in CONTAINERS or fn in NUMPY_VIEWS:
        return values
    if fn in ("operator.add", "operator.mul", "operator.or_") and not any(isinstance(v.type, Array) for v in values):
        return values  # lists: what they hold is shared
    if fn.startswith(("operator.", "numpy.", "math.", "cmath.")):
        return []
    return values


def _reads_shape(op: Op) -> bool:
    return isinstance(op.args[1], Lit) and op.args[1].value in ("shape", "ndim", "size", "dtype", "itemsize", "nbytes")


def _subscripted(op: Op) -> list[Atom] | None:
    base, index = op.args
    if is_scalar(op.out.type) and isinstance(base.type, Array):
        return None
    t = index.type
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
    ):
        return position == 0 and isinstance(operand.type, Array)
    if op.fn in ("builtins.len", "srcdiff.zeros_like", "srcdiff.check_rank"):
        return position == 0 and isinstance(operand.type, Array)
    return op.fn == "srcdiff.unbroadcast" and position == 1
