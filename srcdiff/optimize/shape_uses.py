"""Takes shapes from values that are needed anyway.

2 / ((y - t) ** 2).size   ->   2 / y.size                  where nothing else uses the square
u_bar = np.zeros_like(u)   ->   u_bar = np.zeros_like(v_bar)   where u would be taped for its shape
"""

from __future__ import annotations

from srcdiff.analysis.storage_kinds import uses_shape_only
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Block, Function, If, Lit, Loop, Op, Stmt, Var
from srcdiff.ir.types import Array, Shape, is_scalar, rank, unknown
from srcdiff.ir.walk import blocks_of, map_operands, operands, statements
from srcdiff.optimize.dead import remove_dead
from srcdiff.rules import RULES

REDUCTIONS = frozenset(f"numpy.{name}" for name in ("sum", "mean", "max", "min", "prod", "var", "std"))


def share_shapes(function: Function) -> Function:
    """The function with shapes asked of the operands of what is used for its shape alone (changes it in place)."""
    changed = True
    while changed:
        changed = _as_length(function.body, _contents(function.body))
        function = remove_dead(function)  # what a dead sum reads is not needed either
        definition = {s.out: s for s in statements(function.body) if isinstance(s, Op)}
        needed = _contents(function.body)
        numbers = {p.var: is_scalar(p.var.type) for p in function.params}
        for stmt in statements(function.body):
            if isinstance(stmt, Op):
                for i, arg in enumerate(stmt.args):
                    if isinstance(arg, Var) and arg not in needed and uses_shape_only(stmt, i):
                        if stmt.fn == "srcdiff.check_rank":
                            operand = _unproved_operand(arg, definition, numbers)
                        else:
                            operand = _same_shape_operand(arg, definition, stmt)
                        if operand is not None:
                            _replace(stmt, arg, operand)
                            changed = True
        sums: set[Var] = set()
        for op in definition.values():
            if op.fn == "numpy.zeros_like" or op.fn in ("srcdiff.addto", "operator.setitem") and op.args[0] in sums:
                sums.add(op.out)
        changed = _for_taped(function.body, needed, sums) or changed
    return function


def _for_taped(block: Block, needed: set[Var], sums: set[Var]) -> bool:
    """Ask what is at hand for the shape of what a loop takes from a tape for its shape alone; whether there was such.

    Of what starts as one of `sums` only the shape counts: it has an argument's dtype, which may be a narrower one.
    """
    changed = False
    for stmt in block.body:
        for inner in blocks_of(stmt):
            changed = _for_taped(inner, needed, sums) or changed
        if isinstance(stmt, Loop):
            taken = {t for t, it in zip(stmt.targets, stmt.iters) if t not in needed and isinstance(t.type, Array)}
            changed = bool(taken) and _at_hand(stmt, taken, needed, _sums(stmt, sums)) or changed
    return changed


def _sums(loop: Loop, sums: set[Var]) -> set[Var]:
    return {param for param, init in zip(loop.carried, loop.inits) if init in sums}


def _at_hand(loop: Loop, taken: set[Var], needed: set[Var], sums: set[Var]) -> bool:
    """Replace `taken` where only their shapes are used, by what the loop's body has of equal shape and dtype."""
    known: dict[Shape, Var] = {}
    shaped: dict[Shape, Var] = {}  # of any precision

    def note(var: Var) -> None:
        if var in needed and isinstance(var.type, Array) and var.type.dtype == "float" and var.type.shape != ():
            shaped.setdefault(var.type.shape, var)
            if var not in sums:
                known.setdefault(var.type.shape, var)

    changed = False
    read = {a for stmt in loop.body.body if isinstance(stmt, Op) for a in operands(stmt)}
    for param in loop.body.params:
        if param in read or param in sums:  # what only a branch reads is perhaps None on the other path
            note(param)
    for stmt in loop.body.body:
        if not isinstance(stmt, Op):
            continue
        for i, arg in enumerate(stmt.args):
            if isinstance(arg, Var) and arg in taken and uses_shape_only(stmt, i):
                assert isinstance(arg.type, Array)
                of_shape = stmt.fn == "srcdiff.unbroadcast"
                other = (shaped if of_shape else known).get(arg.type.shape)
                if other is not None and (arg.type.dtype == "float" or of_shape):
                    _replace(stmt, arg, other)
                    changed = True
        note(stmt.out)
    return changed


def _contents(block: Block) -> set[Var]:
    """The variables whose content something reads."""
    found: set[Var] = set()

    def add(atoms: list[Atom]) -> None:
        found.update(a for a in atoms if isinstance(a, Var))

    def visit(blk: Block) -> None:
        add(blk.results)
        for stmt in blk.body:
            if isinstance(stmt, Op):
                add([a for i, a in enumerate(stmt.args) if not uses_shape_only(stmt, i)])
                add([a for _, a in stmt.kwargs])
            elif isinstance(stmt, (If, Loop)):
                add(operands(stmt))
            else:
                add(list(stmt.args))
            for inner in blocks_of(stmt):
                visit(inner)

    visit(block)
    return found


def _as_length(block: Block, needed: set[Var]) -> bool:
    """np.sum(x, axis=1).size as x.shape[0], where the sums are not needed; whether there was one."""
    made = {s.out: s for s in block.body if isinstance(s, Op)}
    for stmt in list(block.body):
        if any(_as_length(inner, needed) for inner in blocks_of(stmt)):
            return True
        if not isinstance(stmt, Op) or stmt.fn != "getattr" or stmt.args[1].value != "size":  # type: ignore[union-attr]
            continue
        of = stmt.args[0]
        op = made.get(of) if isinstance(of, Var) and of not in needed else None
        axis = dict(op.kwargs).get("axis") if op is not None and op.fn in REDUCTIONS and len(op.args) == 1 else None
        if op is None or rank(op.args[0].type) != 2 or rank(op.out.type) != 1 or not isinstance(axis, Lit):
            continue
        shape = Var("", unknown())
        at = block.body.index(stmt)
        block.body.insert(at, Op("getattr", (op.args[0], literal("shape")), (), shape, stmt.loc))
        stmt.fn, stmt.args = "operator.getitem", (shape, literal(1 - axis.value % 2))
        return True
    return False


def _same_shape_operand(var: Var, definition: dict[Var, Op], user: Op) -> Var | None:
    op = definition.get(var)
    if op is None or not _elementwise(op.fn) or not isinstance(var.type, Array):
        return None
    for arg in op.args:
        if isinstance(arg, Var) and isinstance(arg.type, Array) and arg.type.shape == var.type.shape:
            if user.fn == "getattr" or arg.type.dtype == var.type.dtype:
                return arg
    return None


def _unproved_operand(var: Var, definition: dict[Var, Op], numbers: dict[Var, bool]) -> Var | None:
    """The one operand of what is checked to be a number that may be an array: its type is what the check stands for."""
    op = definition.get(var)
    if op is None or not _elementwise(op.fn):
        return None
    unproved = [arg for arg in op.args if isinstance(arg, Var) and not _is_number(arg, definition, numbers)]
    return unproved[0] if len(unproved) == 1 else None


def _is_number(var: Var, definition: dict[Var, Op], known: dict[Var, bool]) -> bool:
    """Whether the operations alone make this a number; `known` says of which that was found."""
    op = definition.get(var)
    if var not in known:
        known[var] = op is not None and (
            (op.fn in REDUCTIONS and len(op.args) == 1 and not op.kwargs)
            or op.fn.startswith("math.")
            or op.fn == "builtins.float"
            or (_elementwise(op.fn) and all(_is_number(a, definition, known) for a in op.args if isinstance(a, Var)))
        )
    return known[var]


def _elementwise(fn: str) -> bool:
    rule = RULES.get(fn)
    return rule is not None and rule.kind == "elementwise"


def _replace(stmt: Stmt, old: Var, new: Var) -> None:
    map_operands(stmt, lambda a: new if a is old else a)
