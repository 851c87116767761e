"""Functions of NumPy whose result is a view of their first argument, whatever it is: a step of a path, which is undone.

y = np.swapaxes(x, 0, 1); y[0] = v      ->      x1 = swapaxes(setitem(swapaxes(x, 0, 1), 0, v), 0, 1)
"""

from __future__ import annotations

from dataclasses import replace

from srcdiff.frontend.context import Context, is_mutable
from srcdiff.frontend.storage import read
from srcdiff.frontend.values import Ref, TupleValue, Value, View
from srcdiff.ir.builder import literal
from srcdiff.ir.nodes import Atom, Lit

TURNED = ("numpy.swapaxes", "numpy.flip", "numpy.fliplr", "numpy.flipud")  # which done twice change nothing
OF_ANOTHER_SHAPE = ("numpy.squeeze", "numpy.expand_dims")
BY_MEMORY = ("numpy.reshape", "numpy.ravel")  # views of contiguous memory; of other memory they are copies, or not
THEMSELVES = ("numpy.asarray", "numpy.asanyarray")  # an array as it is; but what is given may be a list
KEYWORDS = {
    "numpy.transpose": ["axes"],
    "numpy.moveaxis": ["source", "destination"],
    "numpy.flip": ["axis"],
    "numpy.squeeze": ["axis"],
    "numpy.expand_dims": ["axis"],
}


def view(ctx: Context, name: str, args: list[Value], kwargs: dict[str, Value], result: Atom) -> Value | None:
    """The view that a function gives; None of a function that gives none, or perhaps."""
    if not args or not isinstance(args[0], Ref) or is_mutable(result.type) is False:
        return None
    names = KEYWORDS.get(name, [])[len(args) - 1 :]
    if list(kwargs) != names[: len(kwargs)]:
        return None
    step = _step(ctx, name, args[0], [*args[1:], *kwargs.values()])
    return Ref(args[0].cell, (*args[0].path, replace(step, keywords=tuple(kwargs)))) if step is not None else None


def _step(ctx: Context, name: str, base: Ref, more: list[Value]) -> View | None:
    atoms = tuple(read(ctx, a) for a in more)
    if name == "numpy.transpose":
        return _transposed(ctx, atoms, more)
    if name == "numpy.moveaxis" and len(atoms) == 2:
        return View(name, atoms, (name, atoms[::-1]))
    if name in THEMSELVES and not atoms and base.cell.calculated:
        return View(name, (), (name, ()))
    if name in TURNED:
        return View(name, atoms, (name, atoms))
    by_memory = name in BY_MEMORY and base.cell.contiguous and not base.path
    if by_memory and len(atoms) == (name == "numpy.reshape") or name in OF_ANOTHER_SHAPE:
        return View(name, atoms)
    return None


def _transposed(ctx: Context, atoms: tuple[Atom, ...], more: list[Value]) -> View | None:
    if not more or isinstance(atoms[0], Lit) and atoms[0].value is None:
        return View("numpy.transpose", (), ("numpy.transpose", ()))
    items = more[0].items if isinstance(more[0], TupleValue) else ()
    axes = [item.value for item in items if isinstance(item, Lit) and type(item.value) is int]
    if not axes or len(axes) != len(items):
        return None
    back = sorted(range(len(axes)), key=lambda k: axes[k] % len(axes))
    undo = read(ctx, TupleValue(tuple(literal(k) for k in back)))
    return View("numpy.transpose", atoms, ("numpy.transpose", (undo,)))
