"""Which values vary with the arguments that are differentiated, and which of them a cotangent reaches."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Container, Iterable

from srcdiff.ir.nodes import Atom, Block, Call, If, Loop, Op, Stmt, Var
from srcdiff.ir.types import Opaque, Sequence, Tuple, Type, may_vary
from srcdiff.ir.walk import operands

Stops = Callable[[Op], bool]  # whether an operation has no derivative by its meaning (floor, shape, a comparison)


# the arguments of which an operation takes the shape, the structure or the order, and nothing else
SHAPE_ONLY: dict[str, tuple[int, ...]] = {
    **{f"numpy.{name}_like": (0,) for name in ("zeros", "ones", "empty", "full")},
    **{f"srcdiff.{name}": (0,) for name in ("zeros_like", "zero_arrays", "zero_vector", "check_rank")},
    **{
        f"srcdiff.{name}": (1,)
        for name in ("unbroadcast", "sum_to", "broadcast_like", "sum_x", "trapezoid_y", "polyval_p")
    },
    **{f"srcdiff.{name}_x": (1,) for name in "matmul dot outer inner kron tensordot".split()},
    **{f"srcdiff.{name}_y": (2,) for name in "matmul dot outer inner kron tensordot".split()},
    **{f"srcdiff.{name}_x": (1,) for name in "concatenate stack vstack hstack column_stack array".split()},
    **{f"srcdiff.{name}_x": (1,) for name in "repeat tile roll take take_along_axis diff diag diagonal trace".split()},
    **{
        f"srcdiff.{name}_x": (1,)
        for name in "astype transpose cumsum pad gradient nansum nanmean fft ifft rfft irfft".split()
    },
    **{f"srcdiff.append_{name}": (1, 2) for name in "xy"},
    **{
        f"srcdiff.{name}_{mode}": (1, 2)
        for name in ("sort", "unique", "max", "median", "ptp", "quantile")
        for mode in ("x", "dot")
    },
    **{f"srcdiff.{name}": (1, 2) for name in ("chosen_item", "chosen_item_dot")},
    # the result is determined by the argument behind it, to which its derivative is counted
    **{f"srcdiff.{name}_{mode}": (1,) for name in ("prod", "cumprod") for mode in ("x", "dot")},
    "srcdiff.spread_diagonal_x": (2,),
    "srcdiff.complete": (1,),
    "srcdiff.with_fields": (0,),
    **{f"srcdiff.{name}": (1,) for name in ("add_at", "add_slice", "add_field")},
    "srcdiff.select_choicelist": (2, 3),
    "srcdiff.select_default": (2, 3),
    "srcdiff.interp_fp": (3,),
    "srcdiff.interp_slope_fp": (3,),
    "srcdiff.convolve_a": (1,),
    "srcdiff.convolve_v": (2,),
}


def differentiated(op: Op) -> list[Atom]:
    """The operands on which the value of an operation depends, and not its shape alone."""
    given = SHAPE_ONLY.get(op.fn, ())
    return [a for i, a in enumerate(operands(op)) if i not in given]


def is_text(t: Type) -> bool:
    """Whether a value is text or a set: it has no derivative, but what is read back from it depends on what was written."""
    match t:
        case Opaque(name):
            return name in ("str", "set")
        case Sequence(_, elem):
            return is_text(elem)
        case Tuple(elems):
            return any(map(is_text, elems)) and not any(map(may_vary, elems))  # beside numbers it is a part like others
    return False


def makes_exception(op: Op) -> bool:
    """Whether an operation makes an exception to be raised, whose text may show values that vary."""
    module, _, name = op.fn.rpartition(".")
    made = getattr(builtins, name, None) if module == "builtins" else None
    return isinstance(made, type) and issubclass(made, BaseException)


class _Varied:
    def __init__(self, seeds: Iterable[Var], stops: Stops, constant: Container[Var]) -> None:
        self.found = dict.fromkeys(seeds)
        self.stops = stops
        self.constant = constant

    def varies(self, atom: Atom) -> bool:
        return isinstance(atom, Var) and atom in self.found

    def mark(self, var: Var, source_varies: bool) -> bool:
        """Record that `var` varies; whether that is news."""
        if (
            source_varies
            and var not in self.found
            and var not in self.constant
            and (may_vary(var.type) or is_text(var.type))
        ):
            self.found[var] = None
            return True
        return False

    def block(self, block: Block) -> None:
        for stmt in block.body:
            self.stmt(stmt)

    def stmt(self, stmt: Stmt) -> None:
        match stmt:
            case Op():
                varies = any(map(self.varies, differentiated(stmt))) and not makes_exception(stmt)
                self.mark(stmt.out, varies and (is_text(stmt.out.type) or not self.stops(stmt)))
            case If():
                self.block(stmt.then)
                self.block(stmt.orelse)
                for out, a, b in zip(stmt.outs, stmt.then.results, stmt.orelse.results):
                    self.mark(out, self.varies(a) or self.varies(b))
            case Call():
                varies = any(map(self.varies, stmt.args))
                for out in stmt.outs:
                    self.mark(out, varies)
            case Loop():
                self.loop(stmt)

    def loop(self, loop: Loop) -> None:
        for target, it in zip(loop.targets, loop.iters):
            self.mark(target, self.varies(it.seq))
        changed = True
        while changed:
            carried = list(zip(loop.carried, loop.inits, loop.body.results[1:]))
            before = len(self.found)
            for param, init, result in carried:
                self.mark(param, self.varies(init) or self.varies(result))
            self.block(loop.body)
            for param, _, result in carried:
                self.mark(param, self.varies(result))
            changed = len(self.found) != before
        n = len(loop.inits)
        for i, out in enumerate(loop.outs[1:]):
            sources = [loop.body.results[i + 1]] + ([loop.inits[i]] if i < n else [])
            self.mark(out, any(map(self.varies, sources)))


def varied(block: Block, seeds: Iterable[Var], stops: Stops, constant: Container[Var] = ()) -> dict[Var, None]:
    """The variables of a block that depend on `seeds` by a derivative, in order; what is `constant` does not."""
    analysis = _Varied(seeds, stops, constant)
    analysis.block(block)
    return analysis.found


def useful(block: Block, seeds: Iterable[Atom], active: dict[Var, None]) -> dict[Var, None]:
    """The active variables, within a block or free in it, that a cotangent of `seeds` reaches."""
    found: dict[Var, None] = {}

    def reach(atoms: Iterable[Atom]) -> None:
        for atom in atoms:
            if isinstance(atom, Var) and atom in active:
                found.setdefault(atom)

    def visit(blk: Block) -> None:
        for stmt in reversed(blk.body):
            match stmt:
                case Op() if stmt.out in found:
                    reach(differentiated(stmt))
                case Call() if any(o in found for o in stmt.outs):
                    reach(stmt.args)
                case If():
                    for arm in (stmt.then, stmt.orelse):
                        reach(r for r, o in zip(arm.results, stmt.outs) if o in found)
                        visit(arm)
                case Loop():
                    visit_loop(stmt)

    def visit_loop(loop: Loop) -> None:
        reach(r for r, o in zip(loop.body.results, loop.outs) if o in found)
        size = -1
        while size != len(found):
            size = len(found)
            visit(loop.body)
            reach(r for r, p in zip(loop.body.results[1:], loop.carried) if p in found)
        reach(i for i, p in zip(loop.inits, loop.carried) if p in found)
        reach(i for i, o in zip(loop.inits, loop.outs[1:]) if o in found)
        reach(it.seq for it, t in zip(loop.iters, loop.targets) if t in found)

    reach(seeds)
    visit(block)
    return found
