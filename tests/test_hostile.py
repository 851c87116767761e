"""Files that no one would write on purpose: each gives a result or a clear error, and nothing of them is ever run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import srcdiff
from srcdiff.cli import main
from srcdiff.errors import Refusals

HEAD = "import srcdiff\nimport numpy as np\n\n\n"
SQUARE = HEAD + "@srcdiff.grad\ndef square(x: float) -> float:\n    return x**2\n"
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def run(tmp_path: Path, content: bytes | str, *options: str) -> tuple[int, str, str, float]:
    """The exit status, both outputs, and the seconds of the command line in a process of its own."""
    path = tmp_path / "model.py"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "srcdiff", "transpile", str(path), *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    return done.returncode, done.stdout, done.stderr, time.monotonic() - start


def transpiled(text: str) -> dict:
    """The names of a module after it was transpiled and loaded."""
    namespace: dict = {"__name__": "hostile"}
    exec(srcdiff.transpile(text), namespace)
    return namespace


# what is never run

HARM = [
    "open({path!r}, 'w').write('run')",
    "import os\nos.system('touch ' + {path!r})",
    "class Harm:\n    open({path!r}, 'w').write('run')",
    "def default(x=open({path!r}, 'w')):\n    return x",
    "X = [open(p, 'w') for p in [{path!r}]][0]",
    "@open({path!r}, 'w').write\ndef decorated(x):\n    return x",
    "def annotated(x: open({path!r}, 'w')):\n    return x",
    "assert open({path!r}, 'w')",
    "f'{{open({path!r}, chr(119))}}'",
    "import sys\nsys.exit(open({path!r}, 'w').write('run'))",
]


@pytest.mark.parametrize("harm", HARM)
def test_nothing_is_run(tmp_path, harm, capsys):
    trace = tmp_path / "trace"
    path = tmp_path / "model.py"
    path.write_text(HEAD + harm.format(path=str(trace)) + "\n\n\n" + SQUARE.removeprefix(HEAD))
    assert main(["transpile", str(path)]) in (0, 1)
    main(["show", f"{path}:square"])
    assert not trace.exists(), "the file was run"
    capsys.readouterr()


def test_a_module_beside_the_file_is_not_run(tmp_path, capsys):
    trace = tmp_path / "trace"
    (tmp_path / "neighbour.py").write_text(f"open({str(trace)!r}, 'w')\ndef helper(x):\n    return x * x\n")
    path = tmp_path / "model.py"
    path.write_text(
        HEAD + "from neighbour import helper\n\n\n@srcdiff.grad\ndef f(x: float) -> float:\n    return helper(x)\n"
    )
    assert main(["transpile", str(path)]) in (0, 1)
    assert not trace.exists()
    capsys.readouterr()


# sizes

DEEP = {
    "parentheses": "(" * 5000 + "x" + ")" * 5000,
    "some parentheses": "(" * 90 + "x" + ")" * 90,
    "minus signs": "-" * 20000 + "x",
    "a long sum": " + ".join(["x"] * 3000),
    "a tower of powers": "**".join(["x"] * 500),
    "calls": "np.sin(" * 60 + "x" + ")" * 60,
    "lists": "[" * 150 + "x" + "]" * 150 + "[0]" * 150,
    "attributes": "x" + ".T" * 5000,
}


@pytest.mark.parametrize("what", DEEP)
def test_deep_expressions(tmp_path, what):
    status, out, err, seconds = run(tmp_path, HEAD + f"@srcdiff.grad\ndef f(x: float):\n    return {DEEP[what]}\n")
    assert status in (0, 1)
    assert out or "error" in err
    assert seconds < 60
    if status == 0:
        compile(out, "out", "exec")


def test_deep_blocks(tmp_path):
    body = "".join("    " * (k + 1) + "if x > 0:\n" for k in range(90)) + "    " * 91 + "x = x * x\n    return x\n"
    status, out, err, _ = run(tmp_path, HEAD + f"@srcdiff.grad\ndef f(x: float):\n{body}")
    assert status in (0, 1)
    assert out or "error" in err


def test_a_megabyte_on_one_line(tmp_path):
    numbers = ", ".join(["0.25"] * 200_000)
    status, out, _, seconds = run(tmp_path, f"TABLE = [{numbers}]\n" + SQUARE)
    assert status == 0
    assert "2 * x" in out
    assert len(out) > 1_000_000
    assert seconds < 30


def test_an_error_on_a_line_of_a_megabyte_is_short(tmp_path):
    padding = " + 0.25" * 150_000
    status, _, err, seconds = run(tmp_path, HEAD + f"@srcdiff.grad\ndef f(x: float):\n    return unknown(x){padding}\n")
    assert status == 1
    assert len(err) < 10_000
    assert seconds < 60


def test_thousands_of_functions(tmp_path):
    functions = "".join(f"def helper_{k}(x):\n    return x * {k}\n\n\n" for k in range(3000))
    status, out, _, seconds = run(
        tmp_path, HEAD + functions + "@srcdiff.grad\ndef f(x: float):\n    return helper_7(x) * x\n"
    )
    assert status == 0
    assert "14 * x" in out
    assert seconds < 30


def test_hundreds_of_derivatives(tmp_path):
    functions = "".join(f"@srcdiff.grad\ndef f_{k}(x: float):\n    return x**2 * {k}\n\n\n" for k in range(300))
    status, out, _, seconds = run(tmp_path, HEAD + functions)
    assert status == 0
    assert out.count("def ") == 300
    assert seconds < 60


# names

RESERVED = "x_dot x_bar tape np _ t u v w residuals y_bar s_bar i x_prev tape_2 math list len range float sum zeros_like copy unbroadcast".split()


@pytest.mark.parametrize("name", RESERVED)
def test_names_of_the_output_as_parameters(name):
    text = f"import srcdiff\nimport numpy\n\n\n@srcdiff.vjp(wrt=(0, 1))\ndef f({name}, y: numpy.ndarray):\n"
    text += f"    for k in (3, 4, 5):\n        y = numpy.sin(y * {name}) * y\n    return numpy.sum(y)\n"
    namespace: dict = {}
    exec(text.replace("@srcdiff.vjp(wrt=(0, 1))\n", ""), namespace)
    y = np.array([0.3, 0.7])
    try:
        value, (first, second) = transpiled(text)["f"](0.5, y, 1.0)
    except Refusals as refused:
        assert f"{name} is also the name of a helper" in str(refused)
        return
    assert value == namespace["f"](0.5, y)
    step = (namespace["f"](0.5 + 1e-6, y + 1e-6) - namespace["f"](0.5 - 1e-6, y - 1e-6)) / 2e-6
    np.testing.assert_allclose(first + np.sum(second), step, rtol=1e-6)


@pytest.mark.parametrize("name", RESERVED)
def test_names_of_the_output_as_locals(name):
    text = f"import srcdiff\nimport numpy\n\n\n@srcdiff.value_and_grad\ndef f(x: float):\n    {name} = numpy.sin(x)\n"
    text += f"    for k in range(3):\n        {name} = {name} * x + {name} ** 2\n    return {name} * x\n"
    namespace: dict = {}
    exec(text.replace("@srcdiff.value_and_grad\n", ""), namespace)
    try:
        value, slope = transpiled(text)["f"](0.5)
    except Refusals:
        assert name in (
            "range",
            "len",
            "list",
            "float",
            "sum",
        ), "only a builtin that is bound in the function may be refused"
        return
    assert value == namespace["f"](0.5)
    np.testing.assert_allclose(slope, (namespace["f"](0.5 + 1e-6) - namespace["f"](0.5 - 1e-6)) / 2e-6, rtol=1e-6)


@pytest.mark.parametrize(
    "binding",
    [
        "import math as np",
        "np = 3.0",
        "def np(x):\n    return x",
        "import numpy as len",
        "from numpy import sin as sum",
    ],
)
def test_globals_with_the_names_of_the_output(binding):
    text = f"import srcdiff\nimport numpy\n{binding}\n\n\n@srcdiff.grad\ndef f(x: numpy.ndarray):\n    y = numpy.zeros(2)\n"
    text += "    for k in range(2):\n        y[k] = numpy.sin(x[k]) * y[k - 1] + x[1]\n    return numpy.sum(y)\n"
    plain: dict = {}
    exec(text.replace("@srcdiff.grad\n", ""), plain)
    x = np.array([0.3, 0.7])
    try:
        got = transpiled(text)["f"](x)
    except Refusals as refused:
        assert "own np is something else" in str(refused)
        return
    for k in range(2):
        step = np.zeros(2)
        step[k] = 1e-6
        np.testing.assert_allclose(got[k], (plain["f"](x + step) - plain["f"](x - step)) / 2e-6, rtol=1e-6, atol=1e-9)


def test_unicode_identifiers(tmp_path):
    status, out, err, _ = run(
        tmp_path, HEAD + "@srcdiff.grad\ndef größe(θ: float, µ=2.0):\n    π2 = θ * µ\n    return π2 * θ\n"
    )
    assert status == 0, err
    namespace: dict = {}
    exec(out, namespace)
    assert namespace["größe"](3.0) == 12.0


def test_the_caret_counts_characters(capsys, tmp_path):
    path = tmp_path / "model.py"
    path.write_text(HEAD + "@srcdiff.grad\ndef f(θ: float):\n    y = 'ééé' and 1.0; return nope(θ)\n", encoding="utf-8")
    assert main(["transpile", str(path)]) == 1
    line = capsys.readouterr().err.partition("return nope")[0].rpartition("\n")[2]
    assert line.strip().startswith("y = 'ééé'")


# encodings

ENCODINGS = {
    "CRLF": SQUARE.replace("\n", "\r\n").encode(),
    "CR": SQUARE.replace("\n", "\r").encode(),
    "tabs": SQUARE.replace("    ", "\t").encode(),
    "BOM": b"\xef\xbb\xbf" + SQUARE.encode(),
    "latin-1 cookie": b"# -*- coding: latin-1 -*-\n# caf\xe9\n" + SQUARE.encode(),
    "utf-8 cookie": b"# coding: utf-8\n" + SQUARE.encode(),
    "no newline at the end": SQUARE.rstrip("\n").encode(),
    "form feed": b"\x0c\n" + SQUARE.encode(),
    "vertical tab and odd separators in a comment": "# a\x0bb\u2028c\x1cd\x85e\n".encode() + SQUARE.encode(),
    "odd separators in a string": HEAD.encode()
    + "NAME = 'a\u2028b\x0cc'\n".encode()
    + SQUARE.removeprefix(HEAD).encode(),
    "continuation lines": SQUARE.replace("return x**2", "return \\\n        x**2").encode(),
}


@pytest.mark.parametrize("what", ENCODINGS)
def test_encodings(tmp_path, what, capfd):
    path, out = tmp_path / "model.py", tmp_path / "out.py"
    path.write_bytes(ENCODINGS[what])
    status = main(["transpile", str(path), "-o", str(out)])
    assert status == 0, capfd.readouterr().err
    namespace: dict = {}
    exec(compile(out.read_bytes(), str(out), "exec"), namespace)
    assert namespace["square"](3.0) == 6.0


NOT_PYTHON = {
    "null bytes": b"x = 1\x00\n",
    "not UTF-8": b"# caf\xe9\n",
    "an unknown cookie": b"# coding: klingon\n",
    "a wrong cookie": b"# coding: ascii\nx = '\xc3\xa9'\n",
    "UTF-16": "x = 1\n".encode("utf-16"),
    "binary": bytes(range(256)),
    "a syntax error": b"def f(:\n",
    "an unfinished string": b"x = '''\n",
    "bad indentation": b"if True:\n        x = 1\n    y = 2\n",
}


@pytest.mark.parametrize("what", NOT_PYTHON)
def test_what_is_not_python(tmp_path, what, capsys):
    path = tmp_path / "model.py"
    path.write_bytes(NOT_PYTHON[what])
    assert main(["transpile", str(path)]) in (1, 2)
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "\n", "# nothing\n", "x = 1"])
def test_nothing_to_do(tmp_path, content, capsys):
    path = tmp_path / "model.py"
    path.write_text(content)
    assert main(["transpile", str(path)]) == 0
    assert capsys.readouterr().out == content


# places


def test_missing_and_directories(tmp_path, capsys):
    for target in (tmp_path / "missing.py", tmp_path, tmp_path / "missing" / "model.py"):
        assert main(["transpile", str(target)]) == 2
        assert str(target) in capsys.readouterr().err


def test_a_loop_of_links(tmp_path, capsys):
    (tmp_path / "a.py").symlink_to(tmp_path / "b.py")
    (tmp_path / "b.py").symlink_to(tmp_path / "a.py")
    assert main(["transpile", str(tmp_path / "a.py")]) == 2
    assert "a.py" in capsys.readouterr().err


def test_the_output_goes_through_a_link(tmp_path, capsys):
    model, real, link = tmp_path / "model.py", tmp_path / "real.py", tmp_path / "link.py"
    model.write_text(SQUARE)
    real.write_text("old\n")
    link.symlink_to(real)
    assert main(["transpile", str(model), "-o", str(link)]) == 0
    assert link.is_symlink()
    assert "2 * x" in real.read_text()


def test_in_place(tmp_path):
    model = tmp_path / "model.py"
    model.write_text(SQUARE)
    model.chmod(0o640)
    assert main(["transpile", str(model), "-o", str(model)]) == 0
    assert "2 * x" in model.read_text()
    assert model.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["model.py"]


def test_what_cannot_be_written_stays(tmp_path, capsys):
    model, folder = tmp_path / "model.py", tmp_path / "folder"
    model.write_text(SQUARE)
    folder.mkdir()
    assert main(["transpile", str(model), "-o", str(folder)]) == 2
    assert main(["transpile", str(model), "-o", str(tmp_path / "no" / "out.py")]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.skipif(IS_ROOT, reason="root may write anywhere")
def test_read_only(tmp_path, capsys):
    model, folder = tmp_path / "model.py", tmp_path / "folder"
    model.write_text(SQUARE)
    folder.mkdir()
    out = folder / "out.py"
    out.write_text("old\n")
    out.chmod(0o444)
    assert main(["transpile", str(model), "-o", str(out)]) == 2
    folder.chmod(0o555)
    assert main(["transpile", str(model), "-o", str(folder / "new.py")]) == 2
    folder.chmod(0o755)
    assert out.read_text() == "old\n"


def test_a_refusal_leaves_the_output(tmp_path, capsys):
    model, out = tmp_path / "model.py", tmp_path / "out.py"
    model.write_text(HEAD + "@srcdiff.grad\ndef f(x: float):\n    return nope(x)\n")
    out.write_text("old\n")
    assert main(["transpile", str(model), "-o", str(out)]) == 1
    assert out.read_text() == "old\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model.py", "out.py"]


def test_a_full_disk_leaves_the_output(tmp_path, capsys):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    model = tmp_path / "model.py"
    model.write_text(SQUARE)
    done = subprocess.run(
        f"{sys.executable} -m srcdiff transpile {model} > /dev/full",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr, done.stderr


# names of the functions that derivatives bring along


def test_a_files_own_helper_is_not_taken_for_the_derivatives():
    text = HEAD + "def unbroadcast(v, like):\n    return 0 * v\n\n\n"
    text += "@srcdiff.vjp(wrt=(0, 1))\ndef f(x: np.ndarray, y: np.ndarray):\n    return x * y\n"
    with pytest.raises(Refusals, match="unbroadcast would be the name of two different functions"):
        srcdiff.transpile(text)


def test_two_derivatives_that_need_different_functions_of_one_name():
    text = (
        HEAD
        + "def again(x, y, n):\n    if n == 0:\n        return x * y\n    return x * again(x, y, n - 1) * np.sin(y)\n\n\n"
    )
    text += "def f(x: float, y: float, n: int):\n    return again(x, y, n)\n\n\n"
    text += "first = srcdiff.grad(f, wrt='x')\nboth = srcdiff.grad(f, wrt=('x', 'y'))\n"
    try:
        namespace = transpiled(text)
    except Refusals as refused:
        assert "two different functions" in str(refused)
        return
    plain: dict = {}
    exec(text.partition("first =")[0], plain)
    by_x = (plain["f"](0.5 + 1e-6, 0.7, 2) - plain["f"](0.5 - 1e-6, 0.7, 2)) / 2e-6
    by_y = (plain["f"](0.5, 0.7 + 1e-6, 2) - plain["f"](0.5, 0.7 - 1e-6, 2)) / 2e-6
    np.testing.assert_allclose(namespace["first"](0.5, 0.7, 2), by_x, rtol=1e-6)
    np.testing.assert_allclose(namespace["both"](0.5, 0.7, 2), (by_x, by_y), rtol=1e-6)
