"""What must hold of the derivative of any program, each stated without the compiler's help."""

from __future__ import annotations

import ast
import builtins
import re
import time
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np

import srcdiff
from srcdiff.errors import Refusal, Refusals
from srcdiff.frontend.source import source_of
from srcdiff.pipeline import OPTIMISATIONS, compile_derivative
from tests import interpreter
from tests.differences import leaves
from tests.fuzz.arguments import dtypes, of_other_dtypes, own_memory
from tests.fuzz.definitions import GLOBALS
from tests.fuzz.failures import RUN_SECONDS, Failure, Hang, limit, tree_map, where
from tests.fuzz.programs import Program, forget
from tests.language import is_listed

BUILD_SECONDS = 8.0  # of the processor, before a build is taken to hang
SECONDS, SECONDS_A_LINE = 1.0, 0.05  # what building one derivative may take
HUGE = 1e5
SECOND_ORDER = 8  # one program of so many is differentiated twice
TRANSPILED, UNOPTIMISED, BOTH_REVERSE, SHOWN, DTYPES = (
    6,
    6,
    4,
    3,
    2,
)  # and one of so many is put through the other expensive oracles
STEPS = (1e-5, 3e-6)


@dataclass
class Outcome:
    """How a program fared: "right", "refused", "assumed" (an argument was not what was assumed), or "useless"."""

    kind: str
    reason: str = ""
    points: int = 0
    refused: list[str] = field(default_factory=list)


def check(program: Program, everything: bool = False) -> Outcome:
    """Put one program through the oracles, the expensive ones for a sample or for `everything`; Failure where one objects."""
    try:
        module = program.load()
    except SyntaxError as error:
        return Outcome("useless", f"no Python: {error}")
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return _check(program, module, everything)
    finally:
        forget(module)


def _check(program: Program, module: types.ModuleType, everything: bool) -> Outcome:
    points = [p for p in program.points if _usable(program, module, p)]
    if not points:
        return Outcome("useless", "no point at which the program's own value is tame")
    modes = _modes(program, everything)
    built: dict[str, Callable[..., Any]] = {}
    outcome = Outcome("right")
    for mode in modes:
        found = build(program, module, mode, everything or one_of(SHOWN, program, f"text of {mode}"))
        if isinstance(found, Refusal):
            if not is_listed(found.message):
                raise Failure("refusal that docs/python.md does not list", f"{found.message} ({mode})")
            outcome.refused.append(found.message)
        else:
            built[mode] = found
    if not built:
        return Outcome("refused", outcome.refused[0])
    if outcome.refused:
        outcome.kind, outcome.reason = "refused", f"{sorted(set(modes) - set(built))} only: {outcome.refused[0]}"
    for point in points:
        if not numbers(program, module, point, built):
            return Outcome("assumed", "an argument without annotation is not what was assumed")
        outcome.points += 1
    for mode in built:
        if everything or one_of(DTYPES, program, f"dtypes of {mode}"):
            at_other_dtypes(program, module, points[0], mode, built[mode])
    if "value_and_grad" in built and (everything or one_of(TRANSPILED, program, "transpiled")):
        transpiled(program, module, points[0], built["value_and_grad"])
    if everything or one_of(UNOPTIMISED, program, "unoptimised"):
        unoptimised(program, module, points[0], built)
    if "value_and_grad" in built and one_of(SECOND_ORDER, program, "second order"):
        second_order(program, module, points[0])
    return outcome


def one_of(many: int, program: Program, oracle: str) -> bool:
    """Whether this is among the programs that an expensive oracle is asked about: the text decides, for each oracle anew."""
    return crc32(f"{oracle}: {program.text}".encode()) % many == 0


def _modes(program: Program, everything: bool) -> list[str]:
    """Forward mode and one or both of the reverse modes; for a scalar they are one computation with two endings."""
    if program.output != "s":
        return ["vjp", "jvp"]
    both = everything or one_of(BOTH_REVERSE, program, "both reverse modes")
    return (["vjp"] if both else []) + ["jvp", "value_and_grad"]


def _usable(program: Program, module: types.ModuleType, point: str) -> bool:
    """Whether the user's function runs here, and gives numbers that differences can be taken of."""
    try:
        with limit(RUN_SECONDS):
            value = module.f(*program.arguments(module, point))
        values = leaves(value)
        return (program.output != "s" or np.ndim(value) == 0) and all(
            np.all(np.isfinite(v)) and np.all(np.abs(v) < HUGE) for v in values
        )
    except (ArithmeticError, ValueError, UnboundLocalError, LookupError, TypeError, AttributeError, Hang):
        return False


def build(program: Program, module: types.ModuleType, mode: str, shown: bool) -> Callable[..., Any] | Refusal:
    """The derivative, or a refusal with its place; any other error is a failure. Once `shown`, its text is what runs."""
    start = time.process_time()
    try:
        with limit(BUILD_SECONDS):
            derivative = getattr(srcdiff, mode)(module.f, wrt=program.wrt)
            characters = len(derivative.source) if shown else 0
    except Refusal as refusal:
        if refusal.loc is None:
            raise Failure("refusal without a place", refusal.message) from None
        return refusal
    except Exception as error:
        raise Failure(f"crash of {mode}", f"{type(error).__name__} in {where(error)}: {error}") from error
    allowed = SECONDS + SECONDS_A_LINE * program.text.count("\n")
    spent = time.process_time() - start
    if spent > allowed:
        raise Failure("compile time", f"{spent:.1f} s for {program.text.count(chr(10))} lines, {characters} characters")
    return derivative


# trees: a number, an array, or a container of these


def direction(tree: Any, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    return tree_map(lambda x: rng.uniform(0.5, 1.5) if np.ndim(x) == 0 else rng.uniform(-1.5, 1.5, np.shape(x)), tree)


def inner(a: Any, b: Any) -> float:
    one, other = ([number for leaf in leaves(tree) for number in np.ravel(leaf)] for tree in (a, b))
    return float(sum(x * y for x, y in zip(one, other, strict=True)))


def same_bits(a: Any, b: Any) -> bool:
    a, b = leaves(a), leaves(b)
    return len(a) == len(b) and all(_bits(x) == _bits(y) for x, y in zip(a, b))


def nearly(a: Any, b: Any) -> bool:
    """Equal but for the last bit: of another memory layout NumPy adds up in another order."""
    return shapes(a) == shapes(b) and all(
        np.allclose(x, y, rtol=4e-15, atol=1e-15) for x, y in zip(leaves(a), leaves(b))
    )


def close(a: Any, b: Any) -> bool:
    """Equal but for how they were calculated."""
    return shapes(a) == shapes(b) and all(np.allclose(x, y, rtol=1e-12) for x, y in zip(leaves(a), leaves(b)))


def _bits(x: Any) -> tuple[Any, ...]:
    array = np.asarray(x)
    return array.dtype.kind, array.shape, array.tobytes()


def shapes(tree: Any) -> list[Any]:
    return [(np.shape(leaf), np.asarray(leaf).dtype.kind) for leaf in leaves(tree)]


def structure(tree: Any) -> Any:
    return tree_map(lambda x: np.shape(x), tree)


def as_arrays(tree: Any) -> Any:
    """A structure in which a list of numbers has the shape of the array that it is taken as, where nothing is declared."""
    if isinstance(tree, list) and all(part == () for part in tree):
        return (len(tree),)
    if isinstance(tree, dict):
        return {k: as_arrays(v) for k, v in tree.items()}
    return (
        type(tree)(map(as_arrays, tree)) if tree and isinstance(tree, (list, tuple)) and not _is_shape(tree) else tree
    )


def _is_shape(tree: Any) -> bool:
    return isinstance(tree, tuple) and all(isinstance(n, int) for n in tree)


def positions(program: Program, module: types.ModuleType) -> list[int]:
    names = module.f.__code__.co_varnames
    return [names.index(name) for name in program.wrt]


def numbers(program: Program, module: types.ModuleType, point: str, built: dict[str, Callable[..., Any]]) -> bool:
    """Values, cotangents and tangents at one point; False where an assumption about an argument does not hold."""
    given = program.arguments(module, point)
    which = positions(program, module)
    active = tuple(given[i] for i in which)
    tangents = direction(active, 1)
    value = module.f(*program.arguments(module, point))
    y_bar = 1.0 if program.output == "s" else direction(value, 2)
    results: dict[str, Any] = {}
    for mode, derivative in built.items():
        extra = {"vjp": (y_bar,), "jvp": tangents}.get(mode, ())
        try:
            with limit(RUN_SECONDS):
                results[mode] = derivative(*given, *extra)
        except Exception as error:
            if _assumption(error, derivative.source):
                return False
            raise Failure(
                f"run of {mode}", f"{type(error).__name__} in {where(error)}: {error}\n{derivative.source}"
            ) from error
        got = results[mode][0]
        if not same_bits(got, value) and not nearly(got, value):
            raise Failure(
                f"value of {mode}", f"not the function's own\n{got!r} where {value!r} is right\n{derivative.source}"
            )
        if not same_bits(given, program.arguments(module, point)):
            raise Failure(f"arguments of {mode}", f"changed by the derivative\n{derivative.source}")
        own_memory(mode, derivative, results[mode][1], given)
    wanted = differences(program, module, point, which, tangents, y_bar)
    for mode in ("vjp", "value_and_grad"):
        if mode in built:
            cotangents(built[mode], mode, results[mode][1], active, tangents, wanted)
    if "jvp" in built:
        compare("jvp against differences", inner(y_bar, results["jvp"][1]), wanted, built["jvp"])
        if structure(results["jvp"][1]) != structure(value):
            raise Failure(
                "shape of tangents", f"{structure(results['jvp'][1])}, not {structure(value)}\n{built['jvp'].source}"
            )
    duality(built, results, y_bar, tangents)
    return True


def at_other_dtypes(
    program: Program, module: types.ModuleType, point: str, mode: str, derivative: Callable[..., Any]
) -> None:
    """Whole numbers and float32 for the arrays that are differentiated by, if they are not declared to be of floats."""
    which = positions(program, module)
    declared = {name for name, what in module.f.__annotations__.items() if "Annotated" in str(what)}
    if declared.intersection(program.wrt):
        return
    given = program.arguments(module, point)
    y_bar = 1.0 if program.output == "s" else direction(module.f(*program.arguments(module, point)), 2)
    extra = {"vjp": (y_bar,), "jvp": direction(tuple(given[i] for i in which), 1)}.get(mode, ())

    def at(convert: Callable[[Any], Any], of_derivative: bool) -> tuple[Any, Any]:
        changed = list(program.arguments(module, point))
        for i in which:
            changed[i] = tree_map(convert, changed[i])
        with limit(RUN_SECONDS):
            if not of_derivative:
                return module.f(*changed), ()
            return derivative(*changed, *extra)[1], tuple(changed[i] for i in which)

    of_other_dtypes(mode, derivative, at, _assumption)


def _assumption(error: Exception, text: str) -> bool:
    """Whether an argument without annotation is not what was assumed, which the text checks in its first lines."""
    if isinstance(error, AssertionError):
        return bool(re.search(r"must be|must hold|is taken to be", str(error)))
    of_lists = ("inhomogeneous", "has no attribute 'dtype'", "has no attribute 'ndim'", "has no attribute 'shape'")
    return bool(re.search(r"must be|is taken to be", text)) and any(part in str(error) for part in of_lists)


def cotangents(
    derivative: Callable[..., Any], mode: str, got: Any, active: Any, tangents: Any, wanted: float | None
) -> None:
    if as_arrays(structure(got)) != as_arrays(structure(active)):
        raise Failure(f"shape of {mode}", f"{structure(got)}, not {structure(active)}\n{derivative.source}")
    if any(kind != "f" for _, kind in shapes(got)):
        raise Failure(f"dtype of {mode}", f"{shapes(got)}\n{derivative.source}")
    dtypes(mode, derivative, got, active)
    compare(f"{mode} against differences", inner(got, tangents), wanted, derivative)


def duality(built: dict[str, Callable[..., Any]], results: dict[str, Any], y_bar: Any, tangents: Any) -> None:
    """<y_bar, y_dot> = <x_bar, x_dot>, and the two reverse modes agree."""
    if "jvp" not in built or len(built) == 1:
        return
    forward = inner(y_bar, results["jvp"][1])
    for mode in built:
        if mode != "jvp":
            reverse = inner(results[mode][1], tangents)
            if not np.isclose(forward, reverse, rtol=1e-7, atol=1e-8, equal_nan=True):
                text = f"{built['jvp'].source}\n{built[mode].source}"
                raise Failure(f"jvp against {mode}", f"\nforward {forward!r}, reverse {reverse!r}\n{text}")


def differences(
    program: Program,
    module: types.ModuleType,
    point: str,
    which: list[int],
    tangents: Any,
    y_bar: Any,
    function: Callable[..., Any] | None = None,
) -> float | None:
    """The directional derivative by central differences, or None where two steps, or the two sides, disagree (a kink)."""

    def at(step: float) -> float:
        args = list(program.arguments(module, point))
        for i, tangent in zip(which, tangents):
            args[i] = tree_map(lambda x, d: x + step * d, args[i], tangent)
        return inner(y_bar, (function or module.f)(*args))

    middle = at(0.0)
    found = []
    try:
        for step in STEPS:
            up, down = at(step), at(-step)
            if abs(up - 2 * middle + down) > 1e-2 * step * (1 + abs(up - down) / step):
                return None
            found.append((up - down) / (2 * step))
    except (ArithmeticError, ValueError, UnboundLocalError, LookupError, TypeError, AttributeError):
        return None
    return found[1] if np.isclose(*found, rtol=1e-5, atol=1e-6) else None


def second_order(program: Program, module: types.ModuleType, point: str) -> None:
    """The gradient's derivative along a direction is what differences of the gradient say."""
    try:
        with limit(2 * BUILD_SECONDS):
            gradient = srcdiff.grad(module.f, wrt=program.wrt)
            derivative = srcdiff.jvp(gradient, wrt=program.wrt)
    except (Refusal, Hang):
        return
    except Exception as error:
        raise Failure("crash of second order", f"{type(error).__name__} in {where(error)}: {error}") from error
    given, which = program.arguments(module, point), positions(program, module)
    tangents = direction(tuple(given[i] for i in which), 1)
    try:
        weights = direction(gradient(*program.arguments(module, point)), 3)
        with limit(RUN_SECONDS):
            got = inner(weights, derivative(*given, *tangents)[1])
    except Exception as error:
        text = derivative.source
        raise Failure("run of second order", f"{type(error).__name__} in {where(error)}: {error}\n{text}") from error
    wanted = differences(program, module, point, which, tangents, weights, gradient)
    if wanted is not None and not np.isclose(got, wanted, rtol=1e-4, atol=1e-4):
        raise Failure("second order", f"\n{got!r} where {wanted!r} is right\n{derivative.source}")


def compare(what: str, got: float, wanted: float | None, derivative: Callable[..., Any]) -> None:
    if wanted is not None and not np.isclose(got, wanted, rtol=2e-5, atol=3e-6):
        raise Failure(what, f"\n{got!r} where {wanted!r} is right\n{derivative.source}")


# the text


def _without_srcdiff(name: str, *args: Any, **kwargs: Any) -> Any:
    if name.partition(".")[0] == "srcdiff":
        raise ImportError("srcdiff is blocked")
    return builtins.__import__(name, *args, **kwargs)


def transpiled(program: Program, module: types.ModuleType, point: str, derivative: Callable[..., Any]) -> None:
    """The transpiled module holds the same derivative, and runs without srcdiff."""
    typed = any(name in program.text for name in GLOBALS)  # the live function knows what these are
    decorated = "import srcdiff\n" + program.text.replace(
        "def f(", f"@srcdiff.value_and_grad(wrt={program.wrt!r})\ndef f("
    )
    try:
        text = srcdiff.transpile(decorated)
    except Refusals as refusals:
        if typed:
            return
        raise Failure("transpile", f"refuses what is not refused live: {refusals.refusals[0].message}") from None
    except Exception as error:
        raise Failure("transpile", f"{type(error).__name__} in {where(error)}: {error}") from error
    source = derivative.source  # type: ignore[attr-defined]
    if not typed and _body(text, "f") != _body(source, "f_value_and_grad"):
        raise Failure("transpile", f"another text\n{text}\n{source}")
    namespace = {"__name__": module.__name__, "__builtins__": {**vars(builtins), "__import__": _without_srcdiff}}
    try:
        exec(compile(text, "<transpiled>", "exec"), namespace)
        got = namespace["f"](*eval(point, dict(namespace)))  # type: ignore[operator]
    except Exception as error:
        raise Failure("transpiled run", f"{type(error).__name__}: {error}\n{text}") from error
    wanted = derivative(*program.arguments(module, point))
    if not same_bits(got, wanted) and not (typed and close(got, wanted)):
        raise Failure("transpiled run", f"another result\n{text}")


def _body(text: str, name: str) -> str:
    function = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == name)
    return "\n".join(map(ast.unparse, function.body))


def unoptimised(program: Program, module: types.ModuleType, point: str, built: dict[str, Callable[..., Any]]) -> None:
    """Without optimisations, all or one of them, and run as SSA, not as text, the same numbers."""
    one_less = [OPTIMISATIONS, *(frozenset({name}) for name in sorted(OPTIMISATIONS))]
    without = one_less[crc32(program.text.encode()) % len(one_less)]
    given = program.arguments(module, point)
    tangents = direction(tuple(given[i] for i in positions(program, module)), 1)
    for mode in sorted(built):
        if mode == "vjp" and program.output == "s":
            continue
        extra = {"vjp": (direction(module.f(*given), 2),), "jvp": tangents}.get(mode, ())
        try:
            plain = compile_derivative(source_of(module.f), mode, program.wrt, without=without).program
            got = interpreter.run(plain, *program.arguments(module, point), *extra)
        except Refusal as refusal:
            raise Failure(f"unoptimised {mode}", f"refused: {refusal.message}") from None
        except Exception as error:
            raise Failure(f"unoptimised {mode}", f"{type(error).__name__} in {where(error)}: {error}") from error
        optimised = built[mode](*program.arguments(module, point), *extra)
        for a, b in zip(leaves(got), leaves(optimised), strict=True):
            if not np.allclose(a, b, rtol=1e-8, atol=1e-9, equal_nan=True):
                raise Failure(f"unoptimised {mode}", f"\n{got!r} where optimised {optimised!r}\n{built[mode].source}")
