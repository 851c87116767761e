"""Every rule with every option: against differences, forward against reverse, in float32, and as SSA."""

from __future__ import annotations

import numpy as np
import pytest

from srcdiff import runtime
from srcdiff.analysis.shapes import infer
from srcdiff.ir.builder import Builder, literal
from srcdiff.ir.nodes import Const, Function, Op, Param, Program, Var
from srcdiff.ir.types import Array, Opaque, Sequence, Tuple, unknown
from srcdiff.rules import (
    RULES,
    Unbound,
    bind,
    differentiable,
    partial,
    pull_general,
    push_general,
    substituted,
    transpose,
)
from srcdiff.rules.helpers import WRITTEN_OUT
from srcdiff.transform.symbolic import Sym, to_atom, to_value
from tests.interpreter import resolve, run
from tests.rule_rows import ROWS

# operations that the transforms handle without a rule
STRUCTURAL = {"getattr", "operator.getitem", "tuple", "list", "slice"}
SPELLED = ("ord", "axes", "axis")  # options that rules read
# helpers that no rule differentiates again: what holds them is refused at the second order
LAST = (
    "prod_second_x cumprod_second_x cumprod_second_dot prod_items_x prod_items_dot polynomial_slope slogdet_dot".split()
)


def identify(row):
    fn, args, kwargs = row
    parts = ["x".join(map(str, np.shape(a))) if isinstance(a, np.ndarray) else str(a)[:20] for a in args]
    return f"{fn}({', '.join([*parts, *(f'{k}={v}' for k, v in kwargs.items())])})"


def function_of(fn):
    try:
        return resolve(fn)
    except AttributeError:
        pytest.skip(f"this Python has no {fn}")


def varying(rule, args, kwargs):
    """The names of the arguments that can vary: those that hold floats."""
    named = bind(rule, args, kwargs)
    return [name for name, value in named.items() if differentiable(rule, name) and is_float(value)]


def is_float(value):
    if isinstance(value, (list, tuple)):
        return bool(value) and all(map(is_float, value))
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind in "fc")


def mapped(function, *trees):
    if isinstance(trees[0], (list, tuple)):
        return type(trees[0])(mapped(function, *items) for items in zip(*trees))
    return function(*trees)


def inner(a, b):
    if isinstance(a, (list, tuple)):
        return sum(inner(x, y) for x, y in zip(a, b, strict=True))
    return np.real(np.sum(np.asarray(a) * b))


def random_like(tree, rng):
    return mapped(lambda x: rng.normal(size=np.shape(x)) if np.ndim(x) else float(rng.normal()), tree)


def replaced(rule, name, value, args, kwargs):
    return substituted(rule, {name: value}, args, kwargs)


def push(rule, name, z, dot, args, kwargs, call):
    match rule.kind:
        case "elementwise":
            return partial(rule, name, z, args, kwargs) * dot
        case "general":
            return push_general(rule, name, dot, z, args, kwargs)
    tangents = {name: dot}
    if rule.kind == "linear":
        others = [n for n in bind(rule, args, kwargs) if differentiable(rule, n) and n != name]
        tangents |= {n: mapped(lambda x: 0 * x, bind(rule, args, kwargs)[n]) for n in others}
    new_args, new_kwargs = substituted(rule, tangents, args, kwargs)
    return call(*new_args, **new_kwargs)


def pull(rule, name, z, z_bar, args, kwargs, unbroadcast):
    match rule.kind:
        case "elementwise":
            return unbroadcast(z_bar * partial(rule, name, z, args, kwargs), bind(rule, args, kwargs)[name])
        case "general":
            return pull_general(rule, name, z_bar, z, args, kwargs)
    return transpose(rule, name, z_bar, args, kwargs)


def differences(function, rule, name, dot, args, kwargs, eps=1e-6):
    sides = []
    for step in (eps, -eps):
        moved = mapped(lambda x, d: x + step * d, bind(rule, args, kwargs)[name], dot)
        new_args, new_kwargs = replaced(rule, name, moved, args, kwargs)
        sides.append(function(*new_args, **new_kwargs))
    return mapped(lambda up, down: (up - down) / (2 * eps), *map(plain, sides))


def plain(tree):
    return tuple(tree) if isinstance(tree, tuple) else tree


def close(got, want, rtol=1e-5, atol=1e-6):
    if isinstance(want, (list, tuple)):
        assert len(got) == len(want)
        for g, w in zip(got, want):
            close(g, w, rtol, atol)
        return
    np.testing.assert_allclose(np.broadcast_to(got, np.shape(want)), want, rtol=rtol, atol=atol)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_differences_and_duality(row):
    fn, args, kwargs = row
    rule, function, rng = RULES[fn], function_of(fn), np.random.default_rng(1)
    names = varying(rule, args, kwargs)
    assert names
    for name in names:
        x = bind(rule, args, kwargs)[name]
        z = plain(function(*args, **kwargs))
        dot = random_like(x, rng)
        z_dot = push(rule, name, z, dot, args, kwargs, function)
        close(z_dot, differences(function, rule, name, dot, args, kwargs))
        z_bar = random_like(z, rng)
        x_bar = pull(rule, name, z, z_bar, args, kwargs, runtime.unbroadcast)
        full = mapped(lambda bar, value: np.broadcast_to(bar, np.shape(value)), x_bar, x)
        np.testing.assert_allclose(inner(full, dot), inner(z_bar, mapped(np.broadcast_to, z_dot, shapes(z))), atol=1e-9)


def shapes(tree):
    """The shapes of the leaves, hidden from `mapped`, which would walk into tuples."""
    return mapped(lambda x: _Shape(np.shape(x)), tree)


class _Shape:
    def __init__(self, dims):
        self.dims = dims

    def __iter__(self):
        return iter(self.dims)

    def __len__(self):
        return len(self.dims)


@pytest.mark.parametrize("row", [r for r in ROWS if r[0].startswith(("numpy.", "operator."))], ids=identify)
def test_float32_stays(row):
    fn, args, kwargs = row
    rule, function = RULES[fn], function_of(fn)

    def single(x):
        return x.astype(np.float32) if isinstance(x, np.ndarray) and x.dtype == np.float64 else x

    args = mapped(single, args)
    z = plain(function(*args, **kwargs))
    if any(np.asarray(leaf).dtype == np.float64 for leaf in flat(z)):
        pytest.skip("the function itself gives float64")
    z_bar = mapped(lambda v: np.ones_like(v), z)
    for name in varying(rule, args, kwargs):
        x = bind(rule, args, kwargs)[name]
        x_bar = pull(rule, name, z, z_bar, args, kwargs, runtime.unbroadcast)
        z_dot = push(rule, name, z, x, args, kwargs, function)
        for got in [*flat(x_bar), *flat(z_dot)]:
            assert not hasattr(got, "dtype") or got.dtype != np.float64 or isinstance(x, float), name


def flat(tree):
    return [leaf for item in tree for leaf in flat(item)] if isinstance(tree, (list, tuple)) else [tree]


def typed(value, known):
    """The type of an example value, with the rank known or nothing known."""
    match value:
        case bool() | int() | float():
            return literal(value).type
        case list():
            return Sequence("list", typed(value[0], known), len(value))
        case tuple():
            return Tuple(tuple(typed(v, known) for v in value))
    kind = {"f": "float", "i": "int", "b": "bool", "c": "complex"}[np.asarray(value).dtype.kind]
    return Array(kind, tuple(n if n == 1 else f"d{n}" for n in np.shape(value))) if known else unknown()


class Emission:
    """A function under construction, whose parameters are the example's floats and arrays."""

    def __init__(self, known):
        self.known, self.params, self.values = known, [], []
        self.builder = Builder(infer)

    def atom(self, value):
        if isinstance(value, type):
            return Const(f"numpy.{value.__name__}", Opaque("type"), value)
        if isinstance(value, (list, tuple)):
            return self.builder.emit(type(value).__name__, *[self.atom(v) for v in value])
        return self.param(value) if is_float(value) or isinstance(value, np.ndarray) else literal(value)

    def param(self, value):
        self.params.append(Var("", typed(value, self.known)))
        self.values.append(value)
        return self.params[-1]

    def symbolic(self, value):
        return to_value(self.builder, self.atom(value))


@pytest.mark.parametrize("known", [True, False], ids=["ranks known", "nothing known"])
@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_emission(row, known):
    """Called on symbolic values, a rule emits SSA that computes the same; and whatever it emits has a rule."""
    fn, args, kwargs = row
    rule, function, rng = RULES[fn], function_of(fn), np.random.default_rng(1)
    for name in varying(rule, args, kwargs):
        x, z = bind(rule, args, kwargs)[name], plain(function(*args, **kwargs))
        dot, z_bar = random_like(x, rng), random_like(z, rng)
        z_dot = push(rule, name, z, dot, args, kwargs, function)
        x_bar = pull(rule, name, z, z_bar, args, kwargs, runtime.unbroadcast)
        emission = Emission(known)
        builder = emission.builder
        with builder.block() as body:
            symbolic = tuple(emission.symbolic(a) for a in args)
            options = {
                k: emission.symbolic(v) if (is_float(v) or np.ndim(v)) and k not in SPELLED else v
                for k, v in kwargs.items()
            }
            s_z, s_dot, s_bar = (emission.symbolic(v) for v in (z, dot, z_bar))
            outcomes = []
            try:
                call = lambda *a, **k: emit(builder, fn, a, k)  # noqa: E731
                outcomes.append(push(rule, name, s_z, s_dot, symbolic, options, call))
                outcomes.append(
                    pull(
                        rule,
                        name,
                        s_z,
                        s_bar,
                        symbolic,
                        options,
                        lambda v, like: emit(builder, "srcdiff.unbroadcast", (v, like), {}),
                    )
                )
            except Unbound:
                assert not known
                continue
            body.results = [to_atom(builder, o) for o in outcomes]
        program = Program("f", {"f": Function("f", [Param(p) for p in emission.params], body)})
        got_dot, got_bar = run(program, *emission.values)
        close(got_dot, mapped(lambda d: d, plain(z_dot)), 1e-9, 1e-12)
        close(got_bar, x_bar, 1e-9, 1e-12)
        for op in body.body:
            assert isinstance(op, Op)
            again = op.fn in RULES or op.fn in WRITTEN_OUT or op.fn.removeprefix("srcdiff.") in LAST
            assert again or op.fn in STRUCTURAL, op.fn


def emit(builder, fn, args, kwargs):
    for value in flat(args):
        if isinstance(value, Sym):
            return value.emit_call(fn, *args, **kwargs)
    atoms = [to_atom(builder, a) for a in args]
    return to_value(builder, builder.emit(fn, *atoms, **{k: to_atom(builder, v) for k, v in kwargs.items()}))


def test_every_rule_has_a_row():
    with_row = {fn for fn, _, _ in ROWS}
    without = [
        fn
        for fn, rule in RULES.items()
        if rule.kind != "nondifferentiable" and fn not in with_row and not fn.startswith("srcdiff.")
    ]
    assert sorted(without) == ["numpy.float16", "numpy.float32"]


def test_options_without_a_rule_are_refused():
    for fn, args, kwargs in [
        ("numpy.max", (np.ones(3),), {"where": np.ones(3, bool), "initial": 0.0}),
        ("numpy.sum", (np.ones((3, 3)), 0, np.float64), {}),
        ("numpy.sin", (np.ones(3),), {"out": np.ones(3)}),
        ("builtins.max", ([1.0],), {"key": abs}),
        ("numpy.reshape", (np.ones(3), 3, "F"), {}),
    ]:
        with pytest.raises(Unbound):
            bind(RULES[fn], args, kwargs)
    for order, axis in ((0, None), (3, None), (2, (0, 1))):
        with pytest.raises(Unbound):
            pull_general(RULES["numpy.linalg.norm"], "x", 1.0, 1.0, (np.ones((2, 2)), order, axis), {})


def test_conventions():
    """What the rules say where a function has no derivative."""
    x = np.array([0.0, 1.0, 1.0])
    assert runtime.max_x(1.0, 1.0, x).tolist() == [0, 0.5, 0.5]
    assert partial(RULES["numpy.maximum"], "x", x, (x, 0.0), {}).tolist() == [False, True, True]
    assert partial(RULES["numpy.maximum"], "x", x, (x, x), {}).tolist() == [0.5, 0.5, 0.5]
    assert pull_general(RULES["numpy.abs"], "x", 1.0, x, (x,), {}).tolist() == [0, 1, 1]
    assert pull_general(RULES["numpy.linalg.norm"], "x", 1.0, 0.0, (0 * x,), {}).tolist() == [0, 0, 0]
    assert runtime.prod_x(1.0, 0.0, np.array([0.0, 2.0, 3.0])).tolist() == [6, 0, 0]
    zero = np.array([0, 1, 2])
    assert partial(RULES["operator.pow"], "x", 0 * x, (0 * x, zero), {}).tolist() == [0, 1, 0]
    assert partial(RULES["operator.pow"], "y", 0 * x, (0 * x, zero), {}).tolist() == [0, 0, 0]
    assert runtime.std_x(1.0, 0.0, np.ones(3)).tolist() == [0, 0, 0]


def test_vectors_of_repeated_values():
    """They have no derivative; what uses the values alone has one."""
    a, bar = 2 * np.eye(2), np.array([[0.3, 1.0], [0.7, -0.4]])
    z = np.linalg.eigh(a)
    assert np.isnan(runtime.eigh_a((z[0], bar), z, a)).any() and np.isnan(runtime.eigh_dot(bar, z, a)[1]).any()
    assert runtime.eigh_a((np.array([1.0, 1.0]), 0 * bar), z, a).tolist() == [[1, 0], [0, 1]]
    u, s, vt = np.linalg.svd(a)
    assert np.isnan(runtime.svd_x((bar, s, 0 * bar), (u, s, vt), a)).any()
    assert np.allclose(runtime.svd_x((0 * bar, s, 0 * bar), (u, s, vt), a), u * s @ vt)


def test_complex_between_real_ends():
    """abs(x + 1j x^2): a cotangent means dL = Re(z_bar dz)."""
    z = np.array([0.3 + 0.09j, -1.2 + 1.44j])
    dz = np.array([0.2 - 0.4j, 1.0 + 0.3j])
    for name, function in (("abs", np.abs), ("real", np.real), ("imag", np.imag)):
        rule = RULES[f"numpy.{name}"]
        y, y_bar = function(z), np.array([0.7, -0.2])
        bar = pull(rule, "x", y, y_bar, (z,), {}, runtime.unbroadcast)
        numeric = (function(z + 1e-6 * dz) - function(z - 1e-6 * dz)) / 2e-6
        np.testing.assert_allclose(np.real(bar * dz), y_bar * numeric, rtol=1e-6)
