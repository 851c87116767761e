"""Expressions that fit on a line: the widest operands of longer ones get names."""

from __future__ import annotations

from srcdiff.analysis.aliases import CONTAINERS
from srcdiff.emit.nesting import Nesting
from srcdiff.ir.nodes import Atom, Block, If, Lit, Op, Var
from srcdiff.ir.walk import blocks_of, outs

WIDTH = 88  # of one expression
CONTAINER_WIDTH = 60  # of what is one item among others; what it holds gets names before it does


def limit_widths(block: Block, nesting: Nesting) -> None:
    """Name the widest operands of expressions that would not fit on a line."""
    widths: dict[Var, tuple[int, int]] = {}

    def width_of(atom: Atom) -> tuple[int, int]:
        if isinstance(atom, Var):
            return widths.get(atom, (max(1, len(atom.hint)), 0))
        return (len(repr(atom.value)) if isinstance(atom, Lit) else 6), 0

    def measure(atoms: list[Atom], overhead: int, limit: int = WIDTH) -> tuple[int, int]:
        while True:
            sizes = [width_of(a) for a in atoms]
            total = sum(w for w, _ in sizes) + overhead + 2 * len(atoms)
            depth = 1 + max((d for _, d in sizes), default=0)
            if total <= limit and depth <= 14:
                return total, depth
            wide = [(size, -k) for k, (a, size) in enumerate(zip(atoms, sizes)) if a in widths and size[0] > 12]
            wide = [w for w in wide if not _is_container(atoms[-w[1]], nesting)] or wide
            if not wide:
                return total, depth
            _unnest(atoms[-max(wide)[1]], widths, nesting)

    def visit(blk: Block) -> None:
        for stmt in blk.body:
            for inner in blocks_of(stmt):
                visit(inner)
            if isinstance(stmt, Op):
                atoms = [*stmt.args, *(v for _, v in stmt.kwargs)]
                if stmt.fn == "slice":  # what is None is not written
                    atoms = [a for a in atoms if not (isinstance(a, Lit) and a.value is None)]
                overhead = (
                    3 if stmt.fn.startswith("operator.") or stmt.fn in ("slice", *CONTAINERS) else len(stmt.fn) - 2
                )
                size = measure(atoms, overhead, CONTAINER_WIDTH if _is_item(stmt, nesting) else WIDTH)
            elif stmt in nesting.conditional:
                assert isinstance(stmt, If)
                size = measure([stmt.test, stmt.then.results[0], stmt.orelse.results[0]], 10)
            else:
                continue
            if outs(stmt)[0] in nesting.inside:
                widths[outs(stmt)[0]] = size

    visit(block)


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
