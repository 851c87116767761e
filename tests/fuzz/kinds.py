"""Small programs of arguments that nothing declares, each called with values of several kinds: numbers, arrays, lists.

What the compiler takes an argument for must be right for the value, or be refused: when the derivative is built, or by one
of its checks when it runs. `python -m tests.fuzz --kinds` runs them without end; a failure is printed with its statements.
"""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import srcdiff
from tests.fuzz.programs import forget, load
from tests.fuzz.rounds import Wrong
from tests.test_argument_kinds import differences, numbers, rebuilt

ROWS = [[2.07, 1.13, 0.31], [1.19, 3.21, 1.27], [0.23, 1.41, 4.3]]
VALUES: dict[str, tuple[Any, Any]] = {
    "float": (2.53, 0.77), "number of NumPy": (np.float64(1.53), np.float64(0.61)),
    "vector": (np.array([0.71, 2.03, 3.4]), np.array([1.3, 0.4, 2.2])), "list": ([0.71, 2.03, 3.4], [1.3, 0.4, 2.2]),
    "matrix": (np.array(ROWS), np.array([[0.31, 1.2, 2.13], [1.74, 0.23, 0.67], [0.9, 2.45, 1.18]])),
    "list of lists": (ROWS, [[0.31, 1.2, 2.13], [1.74, 0.23, 0.67], [0.9, 2.45, 1.18]]),
}  # fmt: skip
# {v}, {u} are names of values, {t} a new name, {n} a number, {e} an expression, {c} a condition
STATEMENTS = """
{t} = {e}
{t} = {e}
{t}, {u} = {e}, {e}
{v}[0] = {n}
{v}[-1] += {n}
{v}[1:] = {n}
{v}[0] *= {n}
{v}[1], {v}[0] = {v}[0], {n}
{t} = {v}.copy(); {t}[0] = {n}
{t} = np.array({v}); {t}[-1] = {n}
{t} = np.asarray({v}); {t}[-1] = {n}
{t} = list({v}); {t}[-1] = {n}
{t} = np.zeros(3); {t}[1] = {n}
{t} = np.zeros_like({v}); {t}[0] = {n}
{t} = [0.0] * 3; {t}[1] = {n}; {t}[0] += {t}[1] * {n}
{t} = []; {t}.append({n}); {t}.append({n})
{t} = [{v}, {u}]; {t}[0] = {n}
{t} = 0.0; for q in {v}:; |{t} += q * {n}
{t} = 0.0; for i in range(len({v})):; |{t} = {t} + {v}[i] * {n}
{t} = {v}[0]; for q in {v}:; |if q > {t}:; ||{t} = q
for i in range(len({v}) - 1):; |{v}[i + 1] += {v}[i] * {n}
for i in range(len({v})):; |{v}[i] = {v}[i] * {n}; |if i > 1:; ||break
for i in range(2):; |{t} = {e}
{t} = 1.0; while {t} < 3.0:; |{t} = {t} * 2 + 0.1
if {c}:; |{t} = {e}; else:; |{t} = {e}
if {c}:; |return {n}
if {c}:; |{v}[0] = {n}
for q in {v}:; |if np.sum(q) > 2.0:; ||return np.sum(q) * {n}
{t} = {e} if {c} else {e}
{t} = {v}; {t}[0] = {n}
{t} = {v}[1:]; {t}[0] = {n}
{t} = {v}[::-1]; {v}[0] = {n}
{t} = {v}.T
{t} = {v}.sum()
{t} = {v}.shape[0] * {n}
{t} = [{n} * q for q in {v}]
{t} = [q for q in {v} if np.sum(q) > 1.0]
{t} = {'a': {n}, 'b': {n}}; {t} = {t}['a'] * {t}['b']
{t} = {'a': {v}}; {t}['a'][0] = {n}; {t} = {t}['a']
{t} = ({v}, {n}); {t} = {t}[0] * {t}[1]
{t} = (lambda q: q * {n})({v})
def g(q):; |return q * {n}; {t} = g({v})
def g(q):; |q[0] = {n}; g({v})
def g(q):; |q[0] = {n}; |return q; {t} = g({v})
{t} = {v}; {v} = {u}; {u} = {t}
for q in range(2):; |{t} = {v}; |{v} = {u}; |{u} = {t}
for q in range(3):; |{v}, {u} = {u}, {v} * 0.5
{t} = {v}[0]; {t} += {n}
{t} = {e}; {t} += {n}
{t} = {e}; {t} *= {n}
{v} += {u}
{v} *= 0.5
{v} = {v} - 0.1 * {u}
{t} = sum(a * b for a, b in zip({v}, {u}))
for i, q in enumerate({v}):; |if q > 2.0:; ||continue; |{v}[i] = q * {n}
{t} = np.dot({v}, {u})
{t} = {v} @ {u}
{t} = [q for q in {v}]; {t}.sort()
{t} = np.maximum({v}, {n})
{t} = np.where(np.greater({v}, 1.0), {v}, {n})
{t} = {v} * {n}
{t} = np.sum({v}, axis=0)
{t} = {v} / np.sum({v})
{t} = {v} - np.mean({v})
""".strip().split("\n")
NUMBERS = (
    "{v}[0]|{v}[-1]|{v}[1] * {v}[0]|np.sum({v})|np.mean({v})|len({v})|np.max({v})|0.5|2|float(np.sum({v}))|sum({v})|{v}"
)
EXPRESSIONS = (
    "np.sin({v})|{v} * 2.0|2 * {v}|{v} + 1.0|np.asarray({v})|np.exp(np.multiply({v}, 0.1))|{v}[1:]|{v}[0]|{v} ** 2|{v}|-{v}"
    "|np.sum({v})|list({v})|{v}[::-1]|np.cumsum({v})|np.stack([{v}, {v}])|{v} / 3|{v} * {u}|{v} + {u}|np.add({v}, {u})"
    "|np.outer({v}, {u})|{v} - {u}|np.concatenate([{v}, {u}])|[a * b for a, b in zip({v}, {u})]|np.full(3, {v})"
)
CONDITIONS = "{v}[0] > 1.0|np.sum({v}) > 3.0|len({v}) > 1|{v} > 1.0|0.5 > 0.3|np.ndim({v}) == 1"
RESULTS = (
    "np.sum({v})|np.mean({v})|sum({v})|max({v})|{v}[0]|np.prod({v})|np.linalg.norm({v})|np.sum(np.square({v}))|{v}"
    "|sum(v * v for v in {v})|{v}[-1] * {v}[0]|np.dot({v}, {v})|float({v})|np.var({v})|np.sum({v}) * {u}|{v} * {u}"
)


def statements(draw: random.Random) -> list[str]:
    """The body of a program, a statement or a group of statements each."""
    names, found = ["x", "y"], []

    def fill(template: str) -> str:
        while "{" in template:
            for key, kind in (("{n}", NUMBERS), ("{e}", EXPRESSIONS), ("{c}", CONDITIONS)):
                while key in template:
                    template = template.replace(key, draw.choice(kind.split("|")), 1)
            template = template.replace("{v}", draw.choice(names)).replace("{u}", draw.choice(names))
            if "{'" in template and "{v}" not in template:
                break
        return template

    for _ in range(draw.randint(1, 4)):
        new = draw.choice(["t", "s", "x", "y", "w"])
        template = draw.choice(STATEMENTS)
        text = fill(template.replace("{t}", new))
        found.append("\n".join("    " + line.replace("|", "    ") for line in text.split("; ")))
        if "{t}" in template and new not in names:
            names.append(new)
    result = " + ".join(fill(draw.choice(RESULTS.split("|"))) for _ in range(draw.randint(1, 2)))
    return [*found, f"    return {result}"]


def is_number(f: Callable[..., Any], values: tuple[Any, Any]) -> bool:
    try:
        y = f(*copy.deepcopy(values))
    except Exception:  # of any kind: the program is not for such values
        return False
    return isinstance(y, int | float | np.ndarray | np.generic) and np.ndim(y) == 0 and bool(np.isfinite(y))


def points(f: Callable[..., Any], draw: random.Random) -> Iterator[tuple[tuple[Any, Any], list[list[float]]]]:
    """Values of up to four kinds that the program takes, with the slopes there; none beside a kink."""
    taken = [(VALUES[a][0], VALUES[b][1]) for a in VALUES for b in VALUES]
    taken = [values for values in taken if is_number(f, values)]
    for values in draw.sample(taken, min(len(taken), 4)):
        try:
            slopes, wider = differences(f, values), differences(f, values, 3e-5)
        except Exception:  # a neighbour that the program does not take
            continue
        tame = all(abs(slope) < 1e4 for row in slopes for slope in row)
        if tame and all(np.allclose(a, b, rtol=1e-3, atol=1e-4) for a, b in zip(slopes, wider)):
            yield values, slopes


def check(body: list[str], draw: random.Random) -> Counter[str]:
    """What becomes of a program's derivatives, in both modes and for each kind of values; Wrong where it is wrong."""
    found: Counter[str] = Counter()
    module = load("import numpy as np\n\n\ndef f(x, y):\n" + "\n".join(body) + "\n")
    try:
        at = list(points(module.f, draw))
        for mode in ("grad", "jvp") if at else ():
            try:
                derivative = getattr(srcdiff, mode)(module.f, wrt=(0, 1))
            except (srcdiff.Refusal, srcdiff.UsageError):
                found["refused"] += 1
                continue
            except Exception as error:
                raise Wrong(f"crash of {mode}: {type(error).__name__}: {error}") from error
            for values, slopes in at:
                found[_outcome(mode, derivative, values, slopes)] += 1
    finally:
        forget(module)
    return found or Counter(useless=1)


def _outcome(mode: str, derivative: Callable[..., Any], values: tuple[Any, Any], slopes: list[list[float]]) -> str:
    given = copy.deepcopy(values)
    try:
        if mode == "grad":
            got = [numbers(bar) for bar in derivative(*given)]
            right = all(len(g) == len(s) and np.allclose(g, s, rtol=1e-3, atol=1e-4) for g, s in zip(got, slopes))
        else:
            directions = [[0.5 + 0.1 * i for i in range(len(s))] for s in slopes]
            dots = [rebuilt(value, iter(d)) for value, d in zip(given, directions)]
            want = sum(np.dot(d, s) for d, s in zip(directions, slopes))
            right = bool(np.allclose(float(derivative(*given, *dots)[1]), want, rtol=1e-3, atol=1e-4))
    except AssertionError:
        return "checked"
    except Exception as error:
        if any(isinstance(value, list | float) for value in values):
            return "failed on a list or a number"  # which was taken for an array, and has no such attribute
        raise Wrong(f"run of {mode} at {values}: {type(error).__name__}: {error}") from error
    if not right:
        raise Wrong(f"{mode} at {values} is not {slopes}")
    if repr(given) != repr(values):
        raise Wrong(f"{mode} at {values} changed its arguments")
    return "right"


def shrunk(body: list[str], seed: int) -> list[str]:
    """The program without the statements that its failure does not need."""
    k = 0
    while k < len(body) - 1:
        fewer = body[:k] + body[k + 1 :]
        try:
            check(fewer, random.Random(seed))
            k += 1
        except Wrong:
            body = fewer
        except Exception:  # no program
            k += 1
    return body


def outcome(seed: int) -> Counter[str]:
    """What becomes of one program; Wrong, with the statements that it takes, where it is wrong."""
    body = statements(random.Random(seed))
    try:
        return check(body, random.Random(seed))
    except SyntaxError:
        return Counter(useless=1)
    except Wrong as error:
        raise Wrong(f"{error}\n" + "\n".join(shrunk(body, seed))) from None
