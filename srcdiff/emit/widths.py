"""Expressions that fit on a line: the widest operands of longer ones get names."""

from __future__ import annotations

from srcdiff.analysis.storage_kinds import CONTAINERS, WRITES
from srcdiff.emit.cheap import is_written_out
from srcdiff.emit.places import Nesting
from srcdiff.ir.builder import is_effect
from srcdiff.ir.nodes import Atom, Block, If, Lit, Op, Var
from srcdiff.ir.walk import blocks_of, outs

WIDTH = 96  # of one expression
LINE = 102  # with its target and its indentation
SUMS = ("operator.add", "operator.sub")  # longer ones are laid out with a term on each line, as lists are
UNNAMED = 7  # about what a name will take that is not chosen yet
CONTAINER_WIDTH = 60  # of what is one item among others; what it holds gets names before it does


def limit_widths(block: Block, nesting: Nesting) -> None:
    """Name the widest operands of expressions that would not fit on a line."""
    widths: dict[Var, tuple[int, int]] = {}

    def width_of(atom: Atom) -> tuple[int, int]:
        if isinstance(atom, Var):
            return widths.get(atom, (len(atom.plain) or UNNAMED, 0))
        return (len(repr(atom.value)) if isinstance(atom, Lit) else 6), 0

    def measure(atoms: list[Atom], overhead: int, limit: int = WIDTH) -> tuple[int, int]:
        while True:
            sizes = [width_of(a) for a in atoms]
            total = sum(w for w, _ in sizes) + overhead
            depth = 1 + max((d for _, d in sizes), default=0)
            if total <= limit and depth <= 14:
                return total, depth
            wide = [(size, -k) for k, (a, size) in enumerate(zip(atoms, sizes)) if a in widths and size[0] > 12]
            wide = [w for w in wide if not _is_index(atoms[-w[1]], nesting)]
            wide = [w for w in wide if not _is_container(atoms[-w[1]], nesting)] or wide
            if not wide:
                return total, depth
            _unnest(atoms[-max(wide)[1]], widths, nesting)

    def visit(blk: Block, indent: int) -> None:
        for stmt in blk.body:
            for inner in blocks_of(stmt):
                visit(inner, indent if isinstance(stmt, If) and inner is stmt.orelse else indent + 4)
            if isinstance(stmt, Op) and stmt.fn == "srcdiff.check_equal":
                continue
            if isinstance(stmt, Op):
                atoms = [*stmt.args, *(v for _, v in stmt.kwargs)]
                if stmt.fn == "slice":  # what is None is not written
                    atoms = [a for a in atoms if not (isinstance(a, Lit) and a.value is None)]
                limit = CONTAINER_WIDTH if _is_item(stmt, nesting) else WIDTH
                if stmt.out not in nesting.inside:
                    line = LINE - indent - _target_width(stmt)
                    limit = 2 * line if stmt.fn in SUMS or _holds_one(stmt, nesting) else min(limit, line)
                size = measure(atoms, _around(stmt, nesting), limit)
            elif stmt in nesting.conditional:
                assert isinstance(stmt, If)
                arms = [arm.results[0] for arm in blocks_of(stmt)]
                size = measure([stmt.test, *(a for a in arms if a is not stmt.test)], len(" if  else "))  # `t or b`
            else:
                continue
            if outs(stmt)[0] in nesting.inside:
                widths[outs(stmt)[0]] = size

    visit(block, 4)


def _holds_one(op: Op, nesting: Nesting) -> bool:
    """Whether an operation is printed with one container in it: np.array([...]) is laid out as the list is."""
    inside = [nesting.inside.get(a) for a in op.args if isinstance(a, Var)]
    return len(op.args) == 1 and any(isinstance(made, Op) and made.fn == "list" for made in inside)


def _target_width(op: Op) -> int:
    """The characters before an operation's value: `s = s + v` is printed as `s += v`."""
    if op.fn in WRITES or is_effect(op.fn):
        return 0
    first = op.args[0] if op.fn in SUMS else None
    again = isinstance(first, Var) and first.hint != "" and first.hint == op.out.hint
    return 1 if again else (len(op.out.plain) or UNNAMED) + len(" = ")


def _around(op: Op, nesting: Nesting) -> int:
    """How many characters an operation has besides its operands."""
    module, _, name = op.fn.rpartition(".")
    between = 2 * (len(op.args) + len(op.kwargs) - 1)
    if name == "getitem" or op.fn in ("slice", "numpy.transpose"):
        return 2
    if op.fn == "getattr":
        return 1
    if op.fn in ("fstring", "builtins.format"):
        return 3
    if op.fn in ("operator.setitem", "srcdiff.addto"):
        return len("[] += ")
    if op.fn in CONTAINERS:
        return 2 + between
    if module == "operator" and not op.kwargs:
        tight = name not in ("add", "sub")
        return 3 * (len(op.args) - 1) + sum(2 for a in op.args if tight and _is_sum(a, nesting))
    keywords = sum(len(key) + 1 for key, _ in op.kwargs)
    prefix = {"numpy": 3, "srcdiff": 0, "builtins": 0}.get(module, len(module) + 1)
    return prefix + len(name) + 2 + between + keywords


def _is_sum(atom: Atom, nesting: Nesting) -> bool:
    made = nesting.inside.get(atom) if isinstance(atom, Var) else None
    return isinstance(made, Op) and made.fn in SUMS


def _is_index(atom: Atom, nesting: Nesting) -> bool:
    """Whether an operand is written between brackets, or is a part of what is."""
    made = nesting.inside.get(atom) if isinstance(atom, Var) else None
    return isinstance(made, Op) and (made.fn == "slice" or is_written_out(made, nesting))


def _is_container(atom: Atom, nesting: Nesting) -> bool:
    made = nesting.made.get(atom) if isinstance(atom, Var) else None
    return isinstance(made, Op) and made.fn in CONTAINERS


def _is_item(op: Op, nesting: Nesting) -> bool:
    """Whether a container is printed within another one."""
    uses = nesting.used(op.out)
    return op.fn in CONTAINERS and any(isinstance(use.stmt, Op) and use.stmt.fn in CONTAINERS for use in uses)


def _unnest(atom: Atom, widths: dict[Var, tuple[int, int]], nesting: Nesting) -> None:
    assert isinstance(atom, Var)
    owner = nesting.owner.get(nesting.block_of[nesting.made[atom]])
    if owner not in nesting.conditional:
        del nesting.inside[atom]
    del widths[atom]
