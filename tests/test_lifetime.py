"""Derivatives in threads and other processes, after a reload, after an edit, and ten thousand of them."""

from __future__ import annotations

import gc
import importlib
import itertools
import linecache
import os
import pickle
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import srcdiff
from srcdiff.errors import SrcdiffError, UsageError

MODEL = """import functools

import numpy as np
import srcdiff


def loss(x: float, y: float) -> float:
    return x**3 * y


@srcdiff.grad
def slope(x: float) -> float:
    return x**4


class Model:
    @staticmethod
    def energy(x: float) -> float:
        return x**2

    def scaled(self, x: float) -> float:
        return self.factor * x**2

    @classmethod
    def times(cls, x: float) -> float:
        return cls.factor * x**2

    factor = 3.0


class Larger(Model):
    factor = 5.0


def twice(function):
    @functools.wraps(function)
    def wrapper(*args):
        return 2 * function(*args)

    return wrapper


@twice
def doubled(x: float) -> float:
    return x**2
"""


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A module in a file of its own."""
    (tmp_path / "lifetime_model.py").write_text(MODEL)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.getcwd()]))
    monkeypatch.delitem(sys.modules, "lifetime_model", raising=False)
    importlib.invalidate_caches()
    yield importlib.import_module("lifetime_model")
    sys.modules.pop("lifetime_model", None)


def rewrite(model, old, new):
    with open(model.__file__) as file:
        text = file.read()
    assert old in text
    with open(model.__file__, "w") as file:
        file.write(text.replace(old, new))
    stat = os.stat(model.__file__)
    os.utime(model.__file__, ns=(stat.st_atime_ns, stat.st_mtime_ns + 10**9))


# pickle


def made(model):
    return {
        "grad": (srcdiff.grad(model.loss), (2.0, 5.0)),
        "by name": (srcdiff.grad(model.loss, wrt="y"), (2.0, 5.0)),
        "tuple of one": (srcdiff.grad(model.loss, wrt=("y",)), (2.0, 5.0)),
        "tuple": (srcdiff.value_and_grad(model.loss, wrt=("y", 0)), (2.0, 5.0)),
        "jvp": (srcdiff.jvp(model.loss), (2.0, 5.0, 1.0)),
        "decorated": (model.slope, (2.0,)),
        "static method": (srcdiff.grad(model.Model.energy), (2.0,)),
        "class method": (srcdiff.grad(model.Model.times), (2.0,)),
        "of a decorated one": (srcdiff.grad(model.doubled), (2.0,)),
        "second order": (srcdiff.grad(srcdiff.grad(model.loss)), (2.0, 5.0)),
    }


KINDS = ["grad", "by name", "tuple of one", "tuple", "jvp", "decorated", "static method"]
KINDS += ["class method", "of a decorated one", "second order"]
LOAD = "import pickle, sys\nf, args = pickle.load(sys.stdin.buffer)\nprint(repr(f(*args)), f.__name__)"


@pytest.mark.parametrize("kind", KINDS)
def test_pickle_within_a_process(model, kind):
    derivative, args = made(model)[kind]
    assert pickle.loads(pickle.dumps(derivative)) is derivative
    wanted, dumped = derivative(*args), pickle.dumps(derivative)
    if kind != "decorated":
        del derivative
        gc.collect()
    assert pickle.loads(dumped)(*args) == wanted


def test_pickle_to_another_process(model):
    for kind, (derivative, args) in made(model).items():
        data = pickle.dumps((derivative, args))
        done = subprocess.run([sys.executable, "-c", LOAD], input=data, capture_output=True, check=False)
        assert done.returncode == 0, f"{kind}: {done.stderr.decode()}"
        assert done.stdout.decode().split()[-1] == derivative.__name__
        assert done.stdout.decode().rsplit(" ", 1)[0] == repr(derivative(*args))


def test_two_derivatives_of_one_name(model):
    first, second = srcdiff.grad(model.loss), srcdiff.grad(model.loss)
    assert pickle.loads(pickle.dumps(first)) is first
    assert pickle.loads(pickle.dumps(second)) is second


def test_local_functions_are_not_pickled(model):
    def local(x: float) -> float:
        return x * x

    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(srcdiff.grad(local))


def test_what_its_name_does_not_lead_to_is_not_pickled(model):
    """A bound method, one of a subclass, what a decorator wraps: in another process the name would give another function."""
    method = srcdiff.grad(model.Larger().scaled)
    for derivative in (method, srcdiff.grad(method)):
        with pytest.raises(pickle.PicklingError, match=r"Model.scaled of an object, which has no name for pickle"):
            pickle.dumps(derivative)
    for function in (model.Larger.times, model.doubled.__wrapped__):
        derivative = srcdiff.grad(function)
        for once_or_twice in (derivative, srcdiff.grad(derivative)):
            with pytest.raises(pickle.PicklingError):
                pickle.dumps(once_or_twice)


def test_names(model):
    derivative = srcdiff.grad(model.loss)
    assert derivative.__name__ == "loss_grad"
    assert derivative.__wrapped__ is model.loss
    assert "loss" in repr(derivative)
    assert "grad" in repr(derivative)
    assert derivative.__doc__


# files that change


def test_a_changed_body_is_noticed(model):
    rewrite(model, "x**3 * y", "x**5 * y")
    with pytest.raises(UsageError, match="changed since"):
        srcdiff.grad(model.loss)


def test_a_changed_number_is_noticed(model):
    rewrite(model, "x**3 * y", "x**3 * 2")
    with pytest.raises(UsageError, match="changed since"):
        srcdiff.grad(model.loss)
    rewrite(model, "x**3 * 2", "x**3.0 * y")
    with pytest.raises(UsageError, match="changed since"):
        srcdiff.grad(model.loss)


CHANGED = [("loss(x: float", "loss(x: np.ndarray"), ("loss(x: float", "loss(x"), ("y: float) -> float", "y: float)")]


@pytest.mark.parametrize(("old", "new"), CHANGED)
def test_a_changed_annotation_is_noticed(model, old, new):
    rewrite(model, old, new)
    with pytest.raises(UsageError, match="changed since"):
        srcdiff.grad(model.loss)


def test_a_shifted_file_is_noticed(model):
    rewrite(model, "import numpy as np\n", "import numpy as np\n\n# a comment\n")
    with pytest.raises(UsageError, match="changed since"):
        srcdiff.grad(model.loss)


def test_a_change_elsewhere_is_none(model):
    rewrite(model, "x**4", "x**7")
    assert srcdiff.grad(model.loss)(2.0, 5.0) == 60.0


def test_a_file_that_is_gone(model):
    os.unlink(model.__file__)
    linecache.checkcache(model.__file__)
    with pytest.raises(UsageError, match="source"):
        srcdiff.grad(model.loss)


def test_an_older_derivative_stays(model):
    derivative = srcdiff.grad(model.loss)
    rewrite(model, "x**3 * y", "x**5 * y")
    assert derivative(2.0, 5.0) == 60.0
    assert "3" in derivative.source


def test_reload(model):
    old = srcdiff.grad(model.loss)
    rewrite(model, "x**3 * y", "x**5 * y")
    model = importlib.reload(model)
    assert srcdiff.grad(model.loss)(2.0, 5.0) == 400.0
    assert old(2.0, 5.0) == 60.0


# threads


def wave(x: np.ndarray, n: int) -> float:
    y = np.zeros(3)
    for i in range(n):
        y[i % 3] += np.sin(x[i % 3] * i)
    return np.sum(y * y)


def test_threads():
    x = np.array([0.3, 0.8, -0.5])
    wanted, text = srcdiff.grad(wave)(x, 7), srcdiff.grad(wave).source
    shared = srcdiff.grad(wave)
    start = threading.Barrier(8)

    def work(k):
        start.wait()
        mine = srcdiff.grad(wave)
        for _ in range(20):
            np.testing.assert_array_equal(shared(x, 7), wanted)
            np.testing.assert_array_equal(mine(x, 7), wanted)
        return mine.source == text and shared.source == text

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


FIRST = """import sys, threading
import srcdiff

sys.setswitchinterval(1e-6)
text = "import srcdiff\\n\\n\\n@srcdiff.grad\\ndef f(x: float):\\n    return x * x\\n"
start, texts = threading.Barrier(8), []


def work():
    start.wait()
    texts.append(srcdiff.transpile(text))


threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(texts), *set(texts))
"""


def test_the_first_text_of_a_process_in_several_threads():
    """black is imported when the first text is made, and its compiled modules do not stand two threads that do so."""
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=False)
        assert done.stdout == "8 def f(x):\n    return 2 * x\n\n", done.stderr


def test_attributes_while_another_thread_asks_for_the_text():
    """Asked for first, `.source` takes its place among the attributes: at no line of that is another one missing."""
    derivative, missing = srcdiff.grad(square), []

    def look(frame, *_):
        if frame.f_code.co_filename.endswith("load.py"):
            missing.extend({"save", "__wrapped__"} - set(vars(derivative)))
        return look

    sys.settrace(look)
    try:
        assert derivative.source and derivative.ssa
    finally:
        sys.settrace(None)
    assert not missing


# many


def square(x: float) -> float:
    return x * x


OF_PYTHON = 120  # bytes that compile() keeps of each file name, whatever is compiled


OF_A_NAME = 200  # and that tracemalloc sees of a file's name and a function's, where each is another one


def growth(functions: Iterator[Callable[..., Any]], warm: int, count: int) -> tuple[int, int]:
    """How many bytes, and how many entries of linecache, `count` more derivatives leave behind, each with its text."""
    tracemalloc.start()
    for function in itertools.islice(functions, warm):
        assert srcdiff.grad(function).source
    gc.collect()
    lines, before = len(linecache.cache), tracemalloc.get_traced_memory()[0]
    for function in itertools.islice(functions, count):
        derivative = srcdiff.grad(function)
        assert derivative(0.5, 1) is not None
        assert derivative.source
    derivative = function = None
    gc.collect()
    bytes_ = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return bytes_, len(linecache.cache) - lines


def different() -> Iterator[Callable[..., Any]]:
    """Functions of modules of their own, each another one, and each forgotten when the next is asked for."""
    for k in itertools.count():
        text = f"import math\n\n\ndef helper_{k}(z):\n    return math.sin(z) * {k}\n\n\n"
        text += f"def f(x: float, n: int):\n    for i in range(n):\n        x = x * helper_{k}(x + i)\n    return x\n"
        name, namespace = f"<lifetime {k}>", {"__name__": f"lifetime_{k}"}
        linecache.cache[name] = len(text), None, text.splitlines(True), name
        exec(compile(text, name, "exec"), namespace)
        yield namespace["f"]
        del linecache.cache[name]


def test_hundreds_leave_nothing():
    functions = itertools.cycle([power, scaled_sine, alternating])
    bytes_, lines = min(growth(functions, 30, 60) for _ in range(2))  # other tests may leave something once
    assert lines <= 0
    assert bytes_ < 50_000 + 60 * 2 * OF_PYTHON  # of its statements, and of its text


@pytest.mark.slow
def test_a_hundred_thousand_leave_nothing():
    """Of different functions: what the compiler keeps of the last few hundred of them is full when the count begins."""
    count = int(os.environ.get("SRCDIFF_MANY", "100000"))
    bytes_, lines = growth(different(), 1500, count)
    assert lines <= 1
    assert bytes_ < 500_000 + count * (2 * OF_PYTHON + OF_A_NAME)


# recursion


def power(x: float, n: int) -> float:
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


def scaled_sine(x: float, n: int) -> float:
    return np.sin(x) * n


def alternating(x: float, n: int) -> float:
    for i in range(n):
        if i % 2:
            x = x * x
        else:
            x = np.tanh(x) + x
    return x


def test_recursion_as_deep_as_the_users():
    limit = sys.getrecursionlimit()
    depth = limit // 3
    assert srcdiff.grad(power)(1.0, depth) == depth
    with pytest.raises(RecursionError):
        srcdiff.grad(power)(1.0, 3 * limit)
    assert srcdiff.grad(power)(1.0, 5) == 5


def test_errors_are_srcdiffs():
    assert issubclass(UsageError, SrcdiffError)
