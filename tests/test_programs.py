"""Real programs in both modes, against central differences and each other; their arguments are left as they were."""

import ast
import copy
import importlib
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import srcdiff
from srcdiff.emit.emit import emit
from srcdiff.frontend.source import source_of
from srcdiff.pipeline import compile_derivative
from tests.differences import assert_close, directional, gradient, leaves

FOLDER = Path(__file__).parent / "programs"
NAMES = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))


def program(name):
    """A program's module and its function: the last one, where FUNCTION names none."""
    module = importlib.import_module(f"tests.programs.{name}")
    functions = [v for v in vars(module).values() if inspect.isfunction(v) and v.__module__ == module.__name__]
    return module, getattr(module, "FUNCTION", max(functions, key=lambda f: f.__code__.co_firstlineno))


def points(module, function):
    """Each point with its defaults written out: tangents follow behind."""
    defaults = [p.default for p in inspect.signature(function).parameters.values()]
    return [(*args, *defaults[len(args) :]) for args in (module.ARGS, *getattr(module, "MORE_ARGS", ()))]


def wanted(module, function):
    names = list(inspect.signature(function).parameters)
    return [names.index(w) for w in (module.WRT if isinstance(module.WRT, tuple) else (module.WRT,))]


def direction(tree, rng):
    """A random tangent of the same structure."""
    if isinstance(tree, dict):
        return {key: direction(tree[key], rng) for key in sorted(tree)}
    if isinstance(tree, (list, tuple)):
        return type(tree)(direction(item, rng) for item in tree)
    if isinstance(tree, bool):
        return 0.0
    return rng.normal(size=np.shape(tree)) if np.ndim(tree) else float(rng.normal())


@pytest.mark.parametrize("name", NAMES)
def test_gradient(name):
    module, function = program(name)
    derivative = srcdiff.grad(function, wrt=module.WRT)
    for args in points(module, function):
        given = copy.deepcopy(args)
        result = derivative(*given)
        np.testing.assert_equal(given, args, "the derivative changed its arguments")
        expected = [gradient(function, args, i) for i in wanted(module, function)]
        assert_close(result, expected if isinstance(module.WRT, tuple) else expected[0])


@pytest.mark.parametrize("name", NAMES)
def test_tangent(name):
    """Forward mode against central differences, and against the gradient: <y_bar, y_dot> = <x_bar, x_dot>."""
    module, function = program(name)
    push, pull = srcdiff.jvp(function, wrt=module.WRT), srcdiff.grad(function, wrt=module.WRT)
    rng = np.random.default_rng(0)
    for args in points(module, function):
        dots = {i: direction(args[i], rng) for i in wanted(module, function)}
        given = copy.deepcopy(args)
        value, tangent = push(*given, *copy.deepcopy(list(dots.values())))
        np.testing.assert_equal(given, args, "the derivative changed its arguments")
        assert_close(value, function(*copy.deepcopy(args)), rtol=1e-12, atol=0)
        assert_close([tangent], directional(function, args, dots))
        pairs = zip(leaves(pull(*args)), leaves(list(dots.values())), strict=True)
        product = sum(np.sum(bar * np.asarray(dot)) for bar, dot in pairs)
        np.testing.assert_allclose(product, tangent, rtol=1e-9, atol=1e-10)


def texts():
    """What is written for each program, before it is laid out."""
    found = {}
    for name in NAMES:
        module, function = program(name)
        source = source_of(function)
        emitted = [emit(compile_derivative(source, mode, module.WRT).program) for mode in ("grad", "jvp")]
        found[name] = [ast.unparse(module.tree) for module in emitted]
    return found


def test_deterministic():
    """The same text in another process, under another hash seed."""
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    code = "import json; from tests.test_programs import texts; print(json.dumps(texts()))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment, cwd=FOLDER.parent.parent
    ) as other:
        here = texts()
        assert json.loads(other.communicate()[0]) == here
    assert other.returncode == 0
