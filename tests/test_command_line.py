"""Requests that cannot be met: status 2, or 1 for a refusal, one message, no traceback."""

import os
import subprocess

import pytest

from srcdiff.cli import main
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
