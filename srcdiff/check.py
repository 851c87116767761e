"""Compares derivatives with finite differences, and forward mode with reverse mode."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from srcdiff.api import jvp, vjp
from srcdiff.errors import GradientError, UsageError

Path = tuple[tuple[str, Any], ...]  # the way from a container to a leaf: ("item", key) or ("attr", name)

PROBES = 32  # elements of one array that are tried one by one; of a larger array, that many at random
STEP = 6e-6  # about the cube root of the machine epsilon, where truncation and rounding are of one size


def check_grads(
    f: Callable[..., Any],
    *args: Any,
    wrt: int | str | tuple[int | str, ...] | None = None,
    order: int = 1,
    modes: Sequence[str] = ("fwd", "rev"),
    rtol: float = 1e-5,
    atol: float = 1e-6,
) -> None:
    """Check the derivatives that srcdiff makes of `f`, at `args`; return nothing where they are right.

    Each mode is compared with central differences, element by element (at most 32 elements of an array, chosen by a
    fixed seed), and the two modes with each other: <y_bar, y_dot> = <x_bar, x_dot>. The arguments may be floats, float
    arrays of any shape, and lists, tuples, dicts and dataclasses of them. `wrt` is as in `grad`; without it, every
    argument that holds a float is checked. `order=2` checks the derivatives of the derivatives as well.

    Raises GradientError (an AssertionError) that names the argument, the element, and both numbers.

    >>> import numpy as np, srcdiff
    >>> def area(r: float) -> float:
    ...     return np.pi * r**2
    >>> srcdiff.check_grads(area, 1.5)
    """
    if order < 1 or not modes or not set(modes) <= {"fwd", "rev"}:
        raise UsageError(f"check_grads takes order >= 1 and modes out of 'fwd' and 'rev', not {order} and {modes!r}")
    given, args = args, _with_defaults(f, args)
    positions = _positions(f, given if wrt is None else args, wrt)
    chosen = tuple(positions)
    problem = _Problem(f, args, positions, rtol, atol)
    tangents = problem.directions()
    y_bar = problem.cotangent()
    forward, reverse = jvp(f, wrt=chosen), vjp(f, wrt=chosen)
    if "fwd" in modes:
        _check_forward(problem, forward)
    if "rev" in modes:
        _check_reverse(problem, reverse, y_bar)
    if len(set(modes)) == 2:
        _check_dot_product(problem, forward, reverse, tangents, y_bar)
    if order > 1:
        if "fwd" in modes:
            check_grads(forward, *args, *tangents, wrt=chosen, order=order - 1, modes=modes, rtol=rtol, atol=atol)
        if "rev" in modes:
            check_grads(reverse, *args, y_bar, wrt=chosen, order=order - 1, modes=modes, rtol=rtol, atol=atol)


def _with_defaults(f: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments and those that were left out: what a derivative takes besides comes after all of them."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    further = [p for p in inspect.signature(f).parameters.values() if p.kind in kinds][len(args) :]
    if any(p.default is p.empty for p in further):
        return args  # the call itself says what is missing
    return (*args, *(p.default for p in further))


def _positions(f: Callable[..., Any], args: Sequence[Any], wrt: Any) -> dict[int, str]:
    """The arguments to be checked: position -> name."""
    names = list(inspect.signature(f).parameters)
    names += [f"argument {i}" for i in range(len(names), len(args))]
    if wrt is None:
        found = {i: names[i] for i, arg in enumerate(args) if any(True for _ in _leaves(arg))}
        if not found:
            raise UsageError(
                "none of the arguments holds a float: write 3.0 in place of 3, or name the argument with wrt"
            )
        return found
    found = {}
    for which in wrt if isinstance(wrt, tuple) else (wrt,):
        position = names.index(which) if which in names else which
        if not isinstance(position, int) or not -len(args) <= position < len(args):
            raise UsageError(f"wrt={which!r} names no argument of {getattr(f, '__name__', 'the function')}")
        found[position % len(args)] = names[position]
    return found


# Containers and their leaves


def _is_float(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind == "f"
    return isinstance(value, (float, np.floating))


def _children(tree: Any) -> list[tuple[tuple[str, Any], Any]]:
    if isinstance(tree, dict):
        return [(("item", key), value) for key, value in tree.items()]
    if isinstance(tree, (list, tuple)):
        return [(("item", i), value) for i, value in enumerate(tree)]
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return [(("attr", field.name), getattr(tree, field.name)) for field in dataclasses.fields(tree)]
    return []


def _leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The floats and float arrays of a container, each with its path, in order."""
    if _is_float(tree):
        yield path, tree
    for step, child in _children(tree):
        yield from _leaves(child, (*path, step))


def _map(change: Callable[[Path, Any], Any], tree: Any, path: Path = ()) -> Any:
    """A container of the same structure, its float leaves changed."""
    if _is_float(tree):
        return change(path, tree)
    changed = [(step[1], _map(change, child, (*path, step))) for step, child in _children(tree)]
    if isinstance(tree, dict):
        return dict(changed)
    if isinstance(tree, (list, tuple)):
        values = [value for _, value in changed]
        return type(tree)(*values) if hasattr(tree, "_fields") else type(tree)(values)
    if changed:
        return dataclasses.replace(tree, **dict(changed))
    return tree


def _at(tree: Any, path: Path) -> Any:
    for kind, key in path:
        tree = tree[key] if kind == "item" else getattr(tree, key)
    return tree


def _place(name: str, path: Path, index: tuple[int, ...] = ()) -> str:
    """How a person writes it: params['W'][0, 1]."""
    steps = "".join(f"[{key!r}]" if kind == "item" else f".{key}" for kind, key in path)
    return name + steps + (f"[{', '.join(map(str, index))}]" if index else "")


# Probes, differences and the three comparisons


@dataclasses.dataclass
class _Problem:
    """A function, the point, and the arguments that are checked."""

    f: Callable[..., Any]
    args: tuple[Any, ...]
    positions: dict[int, str]
    rtol: float
    atol: float

    def __post_init__(self) -> None:
        self.args = tuple(_as_floats(arg) if i in self.positions else arg for i, arg in enumerate(self.args))
        self.value = self.call(self.args)
        self.rng = np.random.default_rng(0)
        dtypes = [np.asarray(leaf).dtype for _, leaf in _leaves([*self.args, self.value])]
        coarsest = max((float(np.finfo(dtype).eps) for dtype in dtypes), default=0.0)
        self.slack = max(1.0, (coarsest / float(np.finfo(float).eps)) ** 0.25)  # 1 for float64, about 150 for float32

    def call(self, args: Sequence[Any], f: Callable[..., Any] | None = None) -> Any:
        """The function's value; the arguments are copied, since it may write to them."""
        return copy.deepcopy((f or self.f)(*copy.deepcopy(tuple(args))))

    def random_like(self, tree: Any) -> Any:
        return _map(lambda _, leaf: _cast(self.rng.uniform(0.5, 1.5, np.shape(leaf)), leaf), tree)

    def directions(self) -> list[Any]:
        return [self.random_like(self.args[i]) for i in self.positions]

    def cotangent(self) -> Any:
        return self.random_like(self.value)

    def probes(self) -> Iterator[tuple[int, Path, tuple[int, ...]]]:
        """The elements that are tried: an argument's position, the way to the leaf, the index in it."""
        for position in self.positions:
            for path, leaf in _leaves(self.args[position]):
                size = np.size(leaf)
                flat = range(size) if size <= PROBES else np.sort(self.rng.choice(size, PROBES, replace=False))
                for i in flat:
                    yield position, path, tuple(map(int, np.unravel_index(i, np.shape(leaf))))

    def difference(self, position: int, path: Path, index: tuple[int, ...]) -> dict[Path, Any]:
        """The central difference of each float of the output, in the direction of one element."""
        size = abs(float(np.asarray(_at(self.args[position], path))[index]))
        step = STEP * max(1.0, size)
        up, down = (self.call(self.shifted(position, path, index, s)) for s in (step, -step))
        low = dict(_leaves(down))
        return {where: (np.asarray(high) - low[where]) / (2 * step) for where, high in _leaves(up)}

    def shifted(self, position: int, path: Path, index: tuple[int, ...], step: float) -> list[Any]:
        """The arguments, with one element moved; its array is taken as float64, so that the difference is sharp."""

        def move(where: Path, leaf: Any) -> Any:
            if where != path:
                return leaf
            if np.ndim(leaf) == 0 and not isinstance(leaf, np.ndarray):
                return float(leaf) + step
            moved = np.array(leaf, float)
            moved[index] += step
            return moved

        return [_map(move, arg) if i == position else arg for i, arg in enumerate(self.args)]

    def compare(self, what: str, expected: Any, got: Any) -> None:
        close = np.shape(expected) == np.shape(got)
        if not close or not np.allclose(got, expected, self.slack * self.rtol, self.slack * self.atol):
            name = getattr(self.f, "__name__", "the function")
            raise GradientError(f"{name}: {what}: expected {expected}, got {got}")


def _as_floats(arg: Any) -> Any:
    """An integer argument that is differentiated is taken as floats."""
    if isinstance(arg, np.ndarray) and arg.dtype.kind in "iu":
        return arg.astype(float)
    return float(arg) if isinstance(arg, (int, np.integer)) and not isinstance(arg, bool) else arg


def _cast(value: Any, like: Any) -> Any:
    """`value` as a float, NumPy scalar or array, as `like` is."""
    return np.asarray(value, like.dtype) if isinstance(like, np.ndarray) else type(like)(value)


def _check_forward(problem: _Problem, forward: Callable[..., Any]) -> None:
    """One sweep per element: the tangent of each output against its central difference."""
    for position, path, index in problem.probes():

        def unit(where: Path, leaf: Any, path: Path = path, index: tuple[int, ...] = index) -> Any:
            direction = np.zeros(np.shape(leaf))
            if where == path:
                direction[index] = 1.0
            return _cast(direction, leaf)

        still = [
            _map(lambda _, leaf: _cast(np.zeros(np.shape(leaf)), leaf), problem.args[i]) for i in problem.positions
        ]
        still[list(problem.positions).index(position)] = _map(unit, problem.args[position])
        value, tangent = problem.call([*problem.args, *still], forward)
        for where, expected in problem.difference(position, path, index).items():
            place = _place(problem.positions[position], path, index)
            output = _place("the output", where)
            problem.compare(f"value of {output}, forward mode", _at(problem.value, where), _at(value, where))
            problem.compare(
                f"derivative of {output} with respect to {place}, forward mode", expected, _at(tangent, where)
            )


def _check_reverse(problem: _Problem, reverse: Callable[..., Any], y_bar: Any) -> None:
    """One sweep for all elements: the cotangents against y_bar times the central differences."""
    value, cotangents = problem.call([*problem.args, y_bar], reverse)
    for where, leaf in _leaves(problem.value):
        problem.compare(f"value of {_place('the output', where)}, reverse mode", leaf, _at(value, where))
    by_position = dict(zip(problem.positions, cotangents, strict=True))
    for position, name in problem.positions.items():
        for path, leaf in _leaves(problem.args[position]):
            shape = np.shape(_at(by_position[position], path))
            if shape != np.shape(leaf):
                problem.compare(f"shape of the gradient for {_place(name, path)}, reverse mode", np.shape(leaf), shape)
    for position, path, index in problem.probes():
        differences = problem.difference(position, path, index)
        expected = sum(float(np.sum(_at(y_bar, where) * difference)) for where, difference in differences.items())
        got = np.asarray(_at(by_position[position], path))[index]
        problem.compare(
            f"derivative with respect to {_place(problem.positions[position], path, index)}, reverse mode",
            expected,
            got,
        )


def _check_dot_product(
    problem: _Problem, forward: Callable[..., Any], reverse: Callable[..., Any], tangents: list[Any], y_bar: Any
) -> None:
    """<y_bar, y_dot> = <x_bar, x_dot>: one mode is the transpose of the other, to rounding."""
    _, y_dot = problem.call([*problem.args, *tangents], forward)
    _, cotangents = problem.call([*problem.args, y_bar], reverse)
    left = _inner(y_bar, y_dot)
    right = sum(_inner(x_dot, x_bar) for x_dot, x_bar in zip(tangents, cotangents, strict=True))
    names = ", ".join(problem.positions.values())
    problem.compare(f"<y_bar, y_dot> (expected) and <x_bar, x_dot> (got), with respect to {names}", left, right)


def _inner(a: Any, b: Any) -> float:
    return sum(float(np.sum(leaf * np.asarray(_at(b, path)))) for path, leaf in _leaves(a))
