"""Programs of users: right in both modes, as gradients and alone as a module; the arguments stay as they were."""

import copy
import math
import subprocess
import sys

import numpy as np
import pytest

import srcdiff
from srcdiff.files import derivative_text
from srcdiff.frontend.source import module_source
from tests import user_programs
from tests.differences import gradient
from tests.documents import ROOT
from tests.user_programs import PROGRAMS

TEXT = (ROOT / "tests" / "user_programs.py").read_text()


def ids(program):
    return program[0].__name__


@pytest.mark.parametrize("program", PROGRAMS, ids=ids)
def test_right_in_both_modes(program):
    f, args, wrt = program
    given = copy.deepcopy(args)
    srcdiff.check_grads(f, *args, wrt=wrt)
    np.testing.assert_equal(args, given)


@pytest.mark.parametrize("program", PROGRAMS, ids=ids)
def test_gradient_alone(program):
    """The gradient, whose text assumes that the output is a number, agrees with vjp; so does the text of the file."""
    f, args, wrt = program
    _, expected = srcdiff.vjp(f, wrt=wrt)(*copy.deepcopy(args), 1.0)
    np.testing.assert_allclose(_flat(srcdiff.grad(f, wrt=wrt)(*copy.deepcopy(args))), _flat(expected), rtol=1e-12)
    module = module_source(TEXT, user_programs.__file__)
    if f.__name__ in module.functions:
        namespace: dict = {}
        text = derivative_text(module, f.__name__, "grad", wrt)
        assert "import srcdiff" not in text and "from srcdiff" not in text
        exec(text, namespace)
        got = namespace[f"{f.__name__}_grad"](*copy.deepcopy(args))
        np.testing.assert_allclose(_flat(got), _flat(expected), rtol=1e-12)
        assert _shapes(got) == _shapes(expected)


@pytest.mark.parametrize("program", PROGRAMS[::6], ids=ids)
def test_saved(program, tmp_path):
    """A derivative that is saved runs where srcdiff is not installed."""
    f, args, wrt = program
    df = srcdiff.grad(f, wrt=wrt)
    df.save(tmp_path / "saved.py")
    text = f"import sys\nsys.modules['srcdiff'] = None\nfrom numpy import array\nimport saved\nprint(saved.{df.__name__}(*{args!r}))"
    ran = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True)
    assert ran.stdout.strip() == str(df(*copy.deepcopy(args))), ran.stderr


def _flat(tree):
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, (list, tuple)):
        return [leaf for part in tree for leaf in _flat(part)]
    return list(np.ravel(tree))


def _shapes(tree):
    if isinstance(tree, (list, tuple)):
        return [_shapes(part) for part in tree]
    return np.shape(tree)


LISTED = {
    "squares": lambda x: np.sum(np.square(x)),
    "products": lambda x: np.dot(x, x) + x[0],
    "variance": lambda x: np.var(x) * len(x),
    "product": lambda x: np.prod(x),
    "highest": lambda x: np.max(x) - np.min(x),
    "median": lambda x: np.median(x),
    "quantile": lambda x: np.quantile(x, 0.3),
    "running": lambda x: np.sum(np.maximum.accumulate(x) * 0.5),
    "tail": lambda x: np.sum(np.array(x[1:]) ** 2) + x[0],
    "root": lambda x: math.sqrt(sum(np.square(x))),
    "shifted": lambda x: np.sum(np.roll(x, 1) * np.array([0.5, 1.0, 2.0])),
}


@pytest.mark.parametrize("name", LISTED)
@pytest.mark.parametrize("x", [[1, 2, 4], [1.0, 2.0, 4.0], (1.0, 2.0, 4.0), np.array([1, 2, 4])], ids=repr)
def test_a_list_will_do_where_it_does_for_the_function(name, x):
    want = gradient(LISTED[name], (np.array(x, float),), 0)
    np.testing.assert_allclose(srcdiff.grad(LISTED[name])(x), want, rtol=1e-5, atol=1e-9)
    value, tangent = srcdiff.jvp(LISTED[name])(np.array(x), np.array([0.5, 0.25, 1.0]))
    np.testing.assert_allclose((value, tangent), (LISTED[name](x), want @ [0.5, 0.25, 1.0]), rtol=1e-5)
