"""Requests that cannot be met: status 2, or 1 for a refusal, one message, no traceback."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import srcdiff
from srcdiff.cli import main
from srcdiff.errors import UsageError
from srcdiff.files import derivative_text
from srcdiff.frontend.source import module_source
from tests.fuzz.programs import forget, load
from tests.test_hostile import HEAD, SQUARE, run


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_an_output_that_is_no_plain_file_stays_what_it_is(tmp_path):
    """To put a file in the place of a pipe or a device, /dev/null say, would break it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True)
    status, out, _, _ = run(tmp_path, SQUARE, "-o", str(pipe))
    assert (status, out) == (0, "")
    assert "return 2 * x" in reader.communicate(timeout=60)[0]
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    "file, at, status, message",
    [
        ("import sys\nsys.exit(3)\n", "1.0", 2, "failed when it was run: SystemExit: 3"),
        (
            "def f(x: float) -> float:\n    return 1 / x\n",
            "x=0.0",
            2,
            "f failed at x=0.0: ZeroDivisionError: float division",
        ),
        ("f = 3\n", "1.0", 2, "defines no function 'f'"),
        (HEAD + "@srcdiff.grad\ndef f(x):\n    return hex(x)\n", "1.0", 1, "error: hex has no derivative"),
        ("def f(x: float) -> float:\n    return x * x\n", "3", 2, "write 3.0 in place of 3"),
        (
            "def f(x: float) -> float:\n    return x * x\n",
            "y=3.0",
            2,
            "--at does not fit f: missing a required argument",
        ),
        ("def f(x: float) -> float:\n    return x * x\n", "x=", 2, "is not a list of arguments"),
        ("def f(x: float) -> float:\n    return x * x\n", "x=1.0", 0, "running "),
    ],
)
def test_check_runs_files_that_fail(tmp_path, capsys, file, at, status, message):
    path = tmp_path / "model_that_fails.py"
    path.write_text(file)
    assert main(["check", f"{path}:f", "--at", at]) == status
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "options, message",
    [
        (["transpile", ""], "the file has no name"),
        (["transpile", "MODEL", "-o", ""], "the output has no name"),
        (["transpile", "MODEL", "--wrt", "x"], "--wrt and --mode go with --function"),
        (["transpile", "MODEL", "--function", "square", "--wrt", ","], "--wrt names no argument"),
        (
            ["transpile", "MODEL", "--function", "cube"],
            "defines no function 'cube' at its top level; it defines square",
        ),
        (["show", "MODEL"], "is not FILE:FUNCTION, as in model.py:loss"),
        (["show", "MODEL:cube", "--ssa"], "defines no function 'cube' at its top level"),
        (["check", "model:square", "--at", "1.0"], "model does not exist"),
    ],
)
def test_usage(tmp_path, capsys, options, message):
    path = tmp_path / "model.py"
    path.write_text(SQUARE)
    assert main([option.replace("MODEL", str(path)) for option in options]) == 2
    assert message in capsys.readouterr().err


METHODS = '''import functools

import numpy as np
import srcdiff


class Model:
    """A line through the origin."""

    def __init__(self, a):
        self.a = a

    @srcdiff.grad(wrt="w")
    def loss(self, w: np.ndarray) -> float:
        return self.a * np.sum(w**2)

    @staticmethod
    @srcdiff.value_and_grad(wrt=("a", "b"))
    def product(a, b):
        return np.sum(a * b)


def slope(f):
    return f


@functools.lru_cache
@srcdiff.grad
def cube(x: float) -> float:
    """x cubed."""
    return x**3


@srcdiff.grad
def fifth(x: float) -> float:
    return cube(x) ** 2 * x
'''


def test_methods_and_what_else_decorates_them(tmp_path):
    """Decorators above srcdiff's stay with the derivative, and functions that it needs stand above the class."""
    text = srcdiff.transpile(METHODS)
    assert "srcdiff" not in text
    written = {}
    path = tmp_path / "methods.py"
    path.write_text(METHODS)
    spec = importlib.util.spec_from_file_location("methods", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    exec(text, written)
    live = vars(module)
    w, a, b = np.ones(3), np.ones((2, 1)), np.arange(3.0)
    for names in (live, written):
        assert names["cube"](2.0) == 12.0 and names["cube"].cache_info().misses == 1
        assert names["fifth"](1.0) == 45.0
        np.testing.assert_array_equal(names["Model"](3.0).loss(w), 6 * w)
        value, (a_bar, b_bar) = names["Model"].product(a, b)
        assert value == 6.0 and a_bar.tolist() == [[3.0], [3.0]] and b_bar.tolist() == [2.0, 2.0, 2.0]
    lines = text.splitlines()
    assert lines.index("    @staticmethod") + 1 == lines.index("    def product(a, b):")
    assert lines.index("@functools.lru_cache") + 1 == lines.index("def cube(x):")
    above = text.partition("class Model:")[0]
    assert "def unbroadcast" in above and above.endswith("\n\n\n") and not above.endswith("\n\n\n\n")


OF_NEIGHBOUR = (
    HEAD + "from neighbour import helper\n\n\n@srcdiff.grad\ndef f(x: float) -> float:\n    return helper(x)\n"
)
NEIGHBOURS = {
    "latin-1 cookie": (b"# coding: latin-1\nS = '\xe9'\ndef helper(x):\n    return x * len(S)\n", 0, "len(S)"),
    "byte order mark": (b"\xef\xbb\xbfdef helper(x):\n    return x * x\n", 0, "return 2 * x"),
    "not UTF-8": (b"# caf\xe9\ndef helper(x):\n    return x\n", 1, "neighbour.py is not UTF-8 text, nor what"),
    "null bytes": (b"x = 1\x00\n", 1, "neighbour.py is not Python text: it has null bytes"),
}


@pytest.mark.parametrize("what", NEIGHBOURS)
def test_modules_beside_the_file_are_decoded_as_python_does(tmp_path, capsys, what):
    content, status, message = NEIGHBOURS[what]
    (tmp_path / "neighbour.py").write_bytes(content)
    (tmp_path / "model.py").write_text(OF_NEIGHBOUR)
    assert main(["transpile", str(tmp_path / "model.py")]) == status
    captured = capsys.readouterr()
    assert message in (captured.err if status else captured.out)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_may_have_no_end_is_not_read(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "device.py").symlink_to("/dev/zero")
    (tmp_path / "large.py").touch()
    os.truncate(tmp_path / "large.py", 3 * 10**9)
    for name, message in (("pipe", "regular file"), ("device", "regular file"), ("large", "has more than 20 MB")):
        assert main(["transpile", str(tmp_path / f"{name}.py")]) == 2
        assert message in capsys.readouterr().err


@pytest.mark.parametrize("wrt", ["²", "--3", "9" * 5000, "٣"])
def test_an_argument_that_no_number_names(tmp_path, capsys, wrt):
    (tmp_path / "model.py").write_text(SQUARE)
    assert main(["transpile", str(tmp_path / "model.py"), "--function", "square", f"--wrt={wrt}"]) == 2
    assert f"square has no argument '{wrt}'; it has x" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["transpile", "black.py"], ["show", "black.py:square"]])
def test_nothing_of_the_working_directory_is_run(tmp_path, command):
    """`python -m` looks for modules where it is started: for black and astor, too."""
    for name in ("black", "astor", "pygments"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'trace')!r}, 'w')\n" + SQUARE)
    root = str(Path(srcdiff.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-m", "srcdiff", *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and "return 2 * x" in done.stdout, done.stderr
    assert not (tmp_path / "trace").exists()


def of_constants(line: str, count: int, use: str) -> str:
    lines = [line.format(k=k, before=f"A{k - 1}") for k in range(1, count)]
    return HEAD + "A0 = np.ones(3)\n" + "\n".join(lines) + f"\n\n\ndef f(x: float):\n    return x * {use}\n"


@pytest.mark.parametrize(
    "line, count, use, slope",
    [
        ("A{k} = " + " + ".join(["{before}"] * 10), 10, "A9[0]", 1e9),
        ("A{k} = [" + ", ".join(["{before}"] * 10) + "]", 10, "len(A9)", 10.0),
        ("A{k} = {before} + 1", 40, "A39[0]", 40.0),
    ],
)
def test_constants_of_constants(line, count, use, slope):
    """What would be too long where it is written out stands in the module by itself."""
    text = of_constants(line, count, use)
    own: dict = {}
    exec(derivative_text(module_source(text, "model.py"), "f", "grad", 0), own)
    assert own["f_grad"](1.0) == slope
    whole: dict = {}
    exec(srcdiff.transpile(text.replace("def f", "@srcdiff.grad\ndef f")), whole)
    assert whole["f"](1.0) == slope


def test_a_number_that_python_does_not_print():
    module = load("def f(x: float):\n    return x * 0x" + "F" * 6000 + "\n")
    with pytest.raises(UsageError, match="a number of f has more digits than Python prints"):
        srcdiff.grad(module.f)
    forget(module)
