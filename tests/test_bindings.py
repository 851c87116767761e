"""What a name stands for at a line of a file that is only read: what it stands for when the file runs, or a refusal."""

from __future__ import annotations

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import Refusal, Refusals
from srcdiff.files import derivative_text
from srcdiff.frontend.source import module_source
from tests.fuzz.programs import forget, load

HEAD = "import functools\nimport numpy as np\nimport srcdiff\n\n"
CUBE = "def f(x: float):\n    return x**3\n\n"
FIFTH = "def f(x: float):\n    return x**5\n\n"
HELPER = "def h(x):\n    return x**3\n\n"
OF_HELPER = "@srcdiff.grad\ndef g(x: float):\n    return h(x)\n"
SCALED = """
def scaled(k):
    def decorate(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            return k * f(*args, **kwargs)
        return wrapper
    return decorate

def shifted(f):
    def wrapper(v, by=0.5):
        return f(np.sum(v)) * by
    return wrapper

"""
RIGHT = {
    "the derivative of a derivative, by its name": CUBE + "f = srcdiff.grad(f)\nf = srcdiff.grad(f)\ng = f\n",
    "the derivative of a derivative, by another name": CUBE + "f = srcdiff.grad(f)\ng = srcdiff.grad(f)\n",
    "the derivative of a decorated function": "@srcdiff.grad\n" + CUBE + "g = srcdiff.grad(f)\n",
    "the third derivative": "@srcdiff.grad\n" + CUBE + "h = srcdiff.grad(f)\ng = srcdiff.grad(h)\n",
    "the product of a derivative": CUBE + "h = srcdiff.grad(f)\nd = srcdiff.jvp(h)\ng = lambda x: d(x, 1.0)[1]\n",
    "a function that is defined again": CUBE + "g = srcdiff.grad(f)\n\n" + FIFTH,
    "a decorated function that is defined again": "@srcdiff.grad\n" + CUBE + "g = f\n\n@srcdiff.grad\n" + FIFTH,
    "another function's name": CUBE + "def h(x: float):\n    return x**5\n\nf = h\ng = srcdiff.grad(f)\n",
    "another function's name, on one line": CUBE + HELPER + "f = h; f2 = f\ng = srcdiff.grad(f2)\n",
    "a function that was conditional before": "if np.pi > 3:\n    f = np.sin\n" + CUBE + "g = srcdiff.grad(f)\n",
    "srcdiff's decorator above another": SCALED + "@srcdiff.grad\n@scaled(0.5)\n" + CUBE + "g = f\n",
    "srcdiff's decorator between others": SCALED
    + "@functools.lru_cache\n@srcdiff.grad\n@scaled(0.5)\n@scaled(3.0)\n"
    + CUBE
    + "g = f\n",
    "the derivative of what a decorator makes": SCALED + "@scaled(0.5)\n" + CUBE + "g = srcdiff.grad(f)\n",
    "a decorator that changes the parameters": SCALED + "@shifted\n" + CUBE + "g = srcdiff.grad(f)\n",
    "a decorator above one that changes the parameters": SCALED
    + "@scaled(0.5)\n@shifted\n"
    + CUBE
    + "h = srcdiff.grad(f)\ng = lambda x: h(x)\n",
    "a default that names a variable of the class": """
K = 2.0

class Spring:
    K = 7.0
    def __init__(self, r=K, *, s=K + 1):
        self.r = r * s
    def energy(self, x, r=K):
        return self.r * x * r
    @staticmethod
    def of(x, r=K):
        return r * x

@srcdiff.grad
def g(x: float):
    return Spring().energy(x * x) + Spring.of(x)
""",
    "a default that names a variable of the class alone": """
class Spring:
    stiffness = 7.0
    twice = 2 * stiffness
    def __init__(self, r=stiffness, s=twice):
        self.r = r + s

@srcdiff.grad
def g(x: float):
    return Spring().r * x * x
""",
    "a field that a lambda makes": """
from dataclasses import dataclass, field

RATE = 0.5

@dataclass
class Layer:
    k: float
    w: np.ndarray = field(default_factory=lambda: RATE * np.arange(3.0))
    seen: list = field(default_factory=lambda: [RATE])

@srcdiff.grad
def g(x: float):
    first, second = Layer(x), Layer(x * x)
    first.seen.append(x)
    first.w[1] = x
    return first.k * x * np.sum(first.w) * sum(first.seen) + np.sum(second.w) * second.k * sum(second.seen)
""",
    "objects of the module": """
from dataclasses import dataclass

class Model:
    scale = 2.0

    def __init__(self, w, kind="linear"):
        self.w, self.kind = w, kind

    @property
    def twice(self):
        return 2 * self.w

    def predicted(self, x):
        return self.w * x * self.scale if self.kind == "linear" else x

class Cubic(Model):
    def predicted(self, x):
        return x**3 * self.w

@dataclass
class Layer:
    k: float
    w: np.ndarray
    biased: bool = True

    def __call__(self, x):
        return x * self.k * np.sum(self.w) + (x if self.biased else 0.0)

MODEL = Model(3.0)
OTHER = MODEL
CUBIC = Cubic(0.5)
LAYER = Layer(2.0, np.arange(3.0))

def helper(x):
    return MODEL.predicted(x) * OTHER.twice + CUBIC.predicted(x) * CUBIC.twice

@srcdiff.grad
def g(x: float):
    total = 0.0
    for _ in range(3):
        total += LAYER(x) * LAYER.w[2] * helper(x)
    return total if OTHER is MODEL else x
""",
    "a class within a class": """
K = 2.0

class Outer:
    K = 3.0

    class Inner:
        K = 7.0

        def __init__(self, v, r=K):
            self.v = v * r

        def square(self):
            return self.v * self.v * self.K

    def __init__(self, v):
        self.inner = Outer.Inner(v)

@srcdiff.grad
def g(x: float):
    return Outer(x).inner.square() * Outer.Inner(x).v
""",
    "a default that names no variable of a base": """
K = 2.0

class Base:
    K = 7.0

class Spring(Base):
    def __init__(self, r=K):
        self.r = r

@srcdiff.grad
def g(x: float):
    return Spring().r * x * x
""",
    "a star import below a function": "def sin(x):\n    return x**3\n\nfrom math import *\n\n@srcdiff.grad\ndef g(x: float):\n    return sin(x)\n",
    "a function below a star import": "from math import *\n\ndef sin(x):\n    return x**3\n\n@srcdiff.grad\ndef g(x: float):\n    return sin(x)\n",
    "a global that a function only reads": "RATE = 2.0\n\ndef reads():\n    global RATE\n    return RATE\n\n@srcdiff.grad\ndef g(x: float):\n    return RATE * x * reads()\n",
}


def compared(text: str) -> None:
    module = load(HEAD + text)
    written = load(srcdiff.transpile(HEAD + text))
    assert not hasattr(written, "srcdiff")
    np.testing.assert_allclose(written.g(1.3), module.g(1.3), rtol=1e-12)
    forget(module)
    forget(written)


@pytest.mark.parametrize("name", RIGHT)
def test_names_at_a_line(name):
    compared(RIGHT[name])


CHANGED = "h is changed after it is defined"
REFUSED = {
    "in an if": (
        CUBE + "if np.pi > 3:\n    def f(x):\n        return x**5\ng = srcdiff.grad(f)\n",
        "which function f is",
    ),
    "by globals()": (CUBE + "globals()['f'] = np.cos\ng = srcdiff.grad(f)\n", "which function f is here"),
    "by a loop": (
        CUBE + "for f in [np.cos]:\n    pass\ng = srcdiff.grad(f)\n",
        "only a function that this file defines",
    ),
    "by an import": (
        CUBE + "from numpy import sin as f\ng = srcdiff.grad(f)\n",
        "only a function that this file defines",
    ),
    "by a function": (
        CUBE + "def swap():\n    global f\n    f = np.cos\nswap()\ng = srcdiff.grad(f)\n",
        "which function",
    ),
    "a derivative under a decorator": (
        SCALED + "@scaled(2.0)\n@srcdiff.grad\n" + CUBE + "g = srcdiff.grad(f)\n",
        "a derivative of what another decorator makes",
    ),
    "a decorator that returns no function of its own": (
        "def sine(f):\n    return np.sin\n\n@srcdiff.grad\n@sine\n" + CUBE,
        "a derivative of what another decorator makes",
    ),
    "a helper by with": (
        HELPER + "import contextlib\nwith contextlib.nullcontext(np.sin) as h:\n    pass\n" + OF_HELPER,
        "what h is cannot be known",
    ),
    "a helper by match": (
        HELPER + "match np.sin:\n    case h:\n        pass\n" + OF_HELPER,
        "what h is cannot be known",
    ),
    "a helper by a function": (HELPER + "def swap():\n    global h\n    h = np.sin\nswap()\n" + OF_HELPER, CHANGED),
    "a helper by a function's def": (
        HELPER + "def swap():\n    global h\n    def h(x):\n        return x\nswap()\n" + OF_HELPER,
        CHANGED,
    ),
    "a helper's defaults": (
        "def h(x, k=2.0):\n    return k * x\n\nh.__defaults__ = (7.0,)\n" + OF_HELPER,
        CHANGED,
    ),
    "a helper's defaults, by setattr": (
        "def h(x, k=2.0):\n    return k * x\n\nsetattr(h, '__defaults__', (7.0,))\n" + OF_HELPER,
        CHANGED,
    ),
}
CLASS = "class A:\n    def m(self, x):\n        return x**3\n\nclass B(A):\n    pass\n\n"
METHOD = "\n@srcdiff.grad\ndef g(x: float):\n    return B().m(x)\n"
REFUSED |= {
    "a method": (CLASS + "A.m = lambda self, x: x**5\n" + METHOD, "A.m is not supported: assigned after"),
    "a method of a base": (CLASS + "B.m = lambda self, x: x**5\n" + METHOD, "B.m is not supported: assigned after"),
    "a method by setattr": (CLASS + "setattr(B, 'm', lambda self, x: x)\n" + METHOD, "B.m is not supported"),
    "some method": (
        CLASS + "for name in ['m']:\n    setattr(B, name, lambda self, x: x)\n" + METHOD,
        "B is changed after it is defined",
    ),
    "a field's default that is another's": (
        "from dataclasses import dataclass, field\nK = 2.0\n\n@dataclass\nclass B:\n    K: float = 7.0\n"
        "    r: float = field(default=K)\n    def m(self, x):\n        return self.r * x\n" + METHOD,
        "the default of B.r is computed from other fields",
    ),
    "a decorator that the class defines": (
        "def twice(f):\n    return f\n\nclass B:\n    def twice(f):\n        return lambda self, x: 2 * f(self, x)\n"
        "    @twice\n    def m(self, x):\n        return x\n" + METHOD,
        "m has a decorator that the class itself defines",
    ),
    "a method of a class within a class": (
        "class A:\n    class B:\n        def m(self, x):\n            return x\n\nA.B.m = lambda self, x: x**5\n"
        + METHOD.replace("B()", "A.B()"),
        "A is changed after it is defined",
    ),
    "an object of the module, written to": (
        CLASS + "OBJECT = A()\n\n@srcdiff.grad\ndef g(x: float):\n    o = OBJECT\n    o.v = x\n    return o.v\n",
        "an object from outside of the function",
    ),
    "a default that changes": (
        "class B:\n    K = 7.0\n    def m(self, x, k=K):\n        return k * x\n    K = 9.0\n" + METHOD,
        "a default of B.m is a variable of the class that changes",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_only_a_run_tells(name):
    text, message = REFUSED[name]
    with pytest.raises(Refusals) as caught:
        srcdiff.transpile(HEAD + text, "model.py")
    assert message in str(caught.value)


def test_an_attribute_of_another_module(tmp_path):
    (tmp_path / "settings.py").write_text("RATE = 2.0\n")
    text = (
        HEAD + "import settings\nsettings.RATE = 0.5\n\n@srcdiff.grad\ndef g(x: float):\n    return settings.RATE * x\n"
    )
    with pytest.raises(Refusals, match="this file assigns attributes of settings, which is only read"):
        srcdiff.transpile(text, str(tmp_path / "model.py"))


def of_its_own(text: str) -> dict:
    written: dict = {}
    exec(derivative_text(module_source(HEAD + text, "model.py"), "f", "grad", 0), written)
    return written


def test_modules_of_their_own():
    """`--function` takes a function as its decorators make it, but for srcdiff's own."""
    assert of_its_own(SCALED + "@scaled(0.5)\n" + CUBE)["f_grad"](2.0) == 6.0
    assert of_its_own(SCALED + "@srcdiff.grad\n@scaled(0.5)\n" + CUBE)["f_grad"](2.0) == 6.0
    assert of_its_own(SCALED + "@shifted\n" + CUBE)["f_grad"](np.array([1.0, 1.0])).tolist() == [6.0, 6.0]
    assert of_its_own(CUBE + "f = srcdiff.grad(f)\n")["f_grad"](2.0) == 12.0
    with pytest.raises(Refusal, match="which function f is here is only known when the file is run"):
        of_its_own(CUBE + "f = np.sin\n")
    with pytest.raises(Refusal, match="a derivative of what another decorator makes"):
        of_its_own("@np.vectorize\n" + CUBE)
