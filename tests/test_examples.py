"""The examples do what they say."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

import srcdiff

EXAMPLES = Path(__file__).parent.parent / "examples"


def load(name):
    spec = importlib.util.spec_from_file_location(f"examples_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("name", ["digits", "digits_transpiled"])
def test_digits_reaches_its_accuracy(name, capsys):
    assert load(name).train() >= 0.96


def test_transpiled_digits_is_what_transpile_writes():
    text = (EXAMPLES / "digits.py").read_text()
    transpiled = (EXAMPLES / "digits_transpiled.py").read_text()
    assert srcdiff.transpile(text) == transpiled
    assert "import srcdiff" not in transpiled and "from srcdiff" not in transpiled


def test_fit_finds_the_parameters():
    true, found = load("fit").fit()
    assert found.success
    np.testing.assert_allclose(found.x, true, atol=0.05)


def test_textbook_prints_the_course(capsys):
    textbook = load("textbook")
    textbook.main()
    printed = capsys.readouterr().out
    for _, f, _, _ in textbook.COURSE:
        assert f"def {f.__name__}_grad(" in printed


def test_textbook_numbers():
    textbook = load("textbook")
    assert srcdiff.grad(textbook.square)(3.0) == 6
    assert srcdiff.grad(textbook.shifted_square)(1.0) == 2
    assert srcdiff.grad(textbook.quadratic, wrt=("x", "y", "z"))(1.0, 0.0, 2.0) == (12, 0, 3)
    assert srcdiff.grad(textbook.bowl, wrt=("x", "y"))(-0.8, 0.4) == (-0.8, 0.8)
    slope = srcdiff.jvp(textbook.quadratic, wrt=("x", "y", "z"))
    assert slope(1.0, 0.0, 2.0, 2.0, 3.0, -1.0) == (6, 2 * 12 + 3 * 0 - 3)
