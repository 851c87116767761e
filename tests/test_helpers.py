"""The text of helpers, pasted where srcdiff is not installed: all that it names is there."""

from __future__ import annotations

import ast
import builtins
import inspect
import subprocess
import sys

import pytest

import srcdiff
from srcdiff import runtime
from srcdiff.emit.imports import OF_HELPERS, modules_of, pasted

HELPERS = sorted(name for name, value in vars(runtime).items() if inspect.isfunction(value))


@pytest.mark.parametrize("helper", HELPERS)
def test_all_names_are_known(helper):
    found = pasted([helper])
    known = {*dir(builtins), *(OF_HELPERS[module] for module in modules_of(found))}
    known |= {stmt.name for stmt in found if isinstance(stmt, ast.FunctionDef)}
    nodes = [node for stmt in found for node in ast.walk(stmt)]
    known |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    known |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    known |= {node.name for node in nodes if isinstance(node, ast.ExceptHandler) and node.name}
    assert not {node.id for node in nodes if isinstance(node, ast.Name)} - known


FILE = """
import srcdiff
from math import lgamma
import numpy as numeric
from numpy.lib.stride_tricks import sliding_window_view

@srcdiff.grad
def f(x: numeric.ndarray):
    return numeric.sum(sliding_window_view(x, (2, 2)) * numeric.arange(2)) + lgamma(x[0, 0])

print(f(numeric.ones((2, 2))).tolist())
"""


def test_files_import_what_their_helpers_need(tmp_path):
    text = srcdiff.transpile(FILE)
    assert "import itertools\n" in text and "import math\n" in text and "import numpy as np\n" in text
    path = tmp_path / "alone.py"
    path.write_text(text)
    code = f"import sys; sys.modules['srcdiff'] = None; exec(open({str(path)!r}).read())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout == "[[-0.5772156649015323, 1.0], [0.0, 1.0]]\n", run.stderr


def test_a_saved_derivative_imports_what_its_helpers_need(tmp_path):
    module = tmp_path / "made.py"
    module.write_text("from math import lgamma\n\n\ndef f(x: float):\n    return lgamma(x)\n")
    scope: dict[str, object] = {}
    sys.path.insert(0, str(tmp_path))
    try:
        import made  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(tmp_path))
    srcdiff.grad(made.f).save(tmp_path / "saved.py")
    exec((tmp_path / "saved.py").read_text(), scope)
    assert scope["f_grad"](1.0) == pytest.approx(-0.5772156649)  # type: ignore[operator]
