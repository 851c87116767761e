"""Files of packages: what they import from one another, of live functions and where the files are only read."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pytest

from srcdiff.errors import Refusals
from srcdiff.files import derivative_text, transpiled
from srcdiff.frontend.source import module_source

PHYSICS = """
import functools
import math

import numpy as np

G = 9.81
HALF = G / 2
ROUND = 2 * math.pi * HALF
A, (B, C) = 2.0, (3.0, HALF + 1)
D = E = 4.0
WEIGHTS = np.array([1.0, 2.0, G])
Vector = np.ndarray


def square(z):
    return z * z


def scaled(z, k):
    return z * k


KINDS = {"square": square, "sine": np.sin}
TWICE = functools.partial(scaled, k=2.0)


class Spring:
    def __init__(self, k):
        self.k = k

    def energy(self, x):
        return self.k * x * x * HALF
"""
FILES = {
    "pk/__init__.py": "from .physics import Spring\nK = 2.5\ndef top(x):\n    return x * x * K\n",
    "pk/physics.py": PHYSICS,
    "pk/sub/__init__.py": "",
}
USES = {
    "a quotient": ("from ..physics import HALF", "x * x * HALF"),
    "a constant of constants": ("from pk.physics import ROUND", "x * x * ROUND"),
    "parts of a tuple": ("from ..physics import A, B, C", "x * A + x * x * B * C"),
    "a constant of two names": ("from ..physics import D, E", "x * x * D * E"),
    "an array": ("from .. import physics", "x * np.sum(physics.WEIGHTS)"),
    "an array, by its module": ("import pk.physics", "x * x * pk.physics.WEIGHTS[2]"),
    "a table of functions": ("from ..physics import KINDS", "KINDS['square'](x) * KINDS['sine'](x)"),
    "a partial": ("from ..physics import TWICE", "TWICE(x * x)"),
    "a constant of one's own by the same name": ("from .. import physics\nHALF = 0.25", "x * HALF * physics.HALF"),
    "what a package gives": ("from .. import top, K, Spring", "top(x) * K * Spring(x).energy(x)"),
    "a module of a package": ("from .. import physics as p", "p.Spring(x).energy(x)"),
    "a class, by its module": ("import pk.physics", "pk.physics.Spring(x).energy(x)"),
    "a class, by another name of its module": ("import pk.physics as p", "p.Spring(p.G).energy(x)"),
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "pk"]:
        del sys.modules[name]


@pytest.mark.parametrize("mode", ["grad", "jvp"])
@pytest.mark.parametrize("name", USES)
def test_what_other_files_have(package, name, mode):
    imports, expression = USES[name]
    text = f"import numpy as np\nimport srcdiff\n{imports}\n\n\ndef f(x: float) -> float:\n    return {expression}\n"
    text += f"\n\nd = srcdiff.{mode}(f)\n"
    (package / "pk/sub/model.py").write_text(text)
    (package / "pk/sub/written.py").write_text(transpiled(text, str(package / "pk/sub/model.py")))
    own = derivative_text(module_source(text, str(package / "pk/sub/model.py")), "f", mode, 0)
    (package / "pk/sub/own.py").write_text(own)
    live, written = (importlib.import_module(f"pk.sub.{m}") for m in ("model", "written"))
    one = getattr(importlib.import_module("pk.sub.own"), f"f_{mode}")
    slope = (live.f(0.7 + 1e-6) - live.f(0.7 - 1e-6)) / 2e-6
    for derivative in (live.d, written.d, one):
        found = derivative(0.7) if mode == "grad" else derivative(0.7, 1.0)[1]
        np.testing.assert_allclose(found, slope, rtol=1e-6)
    assert "srcdiff" not in own


def test_what_a_file_imports_is_not_assigned_again(package):
    text = (
        "import srcdiff\nfrom ..physics import G, HALF\n\n\n@srcdiff.grad\ndef f(x: float):\n    return x * G * HALF\n"
    )
    written = transpiled(text, str(package / "pk/sub/model.py"))
    assert "=" not in written.partition("def f")[0]


@pytest.mark.parametrize(
    "constants",
    [
        "N = 2.0\nC = N * 3\nN = 5.0\n",
        "def made():\n    return 3.0\nC = made()\n",
        "C = 3.0\nfor C in [4.0]:\n    pass\n",
    ],
)
def test_what_only_the_other_file_has(package, constants):
    (package / "pk/sub/other.py").write_text(constants)
    text = "import srcdiff\nfrom .other import C\n\n\n@srcdiff.grad\ndef f(x: float):\n    return x * C\n"
    with pytest.raises(Refusals, match="C is computed in another file|what C is cannot be known"):
        transpiled(text, str(package / "pk/sub/model.py"))


def test_a_constant_of_a_name_that_is_bound_again(package):
    """`--function` takes over all statements that a constant needs, in their order."""
    text = "N = 2.0\nC = N * 3\nN = 5.0\n\n\ndef f(x: float):\n    return x * C\n"
    own: dict = {}
    exec(derivative_text(module_source(text, "model.py"), "f", "grad", 0), own)
    assert own["f_grad"](1.0) == 6.0
