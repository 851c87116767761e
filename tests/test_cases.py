"""Each case file: the exact text, the right numbers in both modes, unchanged arguments, the same text on every run."""

import copy
import inspect
import json
import os
import subprocess
import sys

import numpy as np
import pytest

import srcdiff
from tests import case_files
from tests.differences import assert_close, directional, gradient, leaves

CASES = {case.name: case for case in case_files.all_cases()}
OUTPUTS = [name for name, case in CASES.items() if case.kind == "output"]


@pytest.mark.parametrize("name", CASES)
def test_text(name):
    case = CASES[name]
    kind, text = case_files.actual(case)
    assert (kind, text) == (case.kind, case.expected)


@pytest.mark.parametrize("name", OUTPUTS)
def test_numbers(name):
    case = CASES[name]
    module = case.module()
    function, derivative = case.function(module), case_files.derivative(case, module)
    for args in (module.ARGS, *getattr(module, "MORE_ARGS", ())):
        given = copy.deepcopy(args)
        result = derivative(*given)
        np.testing.assert_equal(given, args, "the derivative changed its arguments")
        compare(module, function, args, result)
        primals = args[: len(args) - extra(module)]
        srcdiff.check_grads(function, *primals, wrt=module.WRT)


def indices(module, function):
    """The positions that WRT names, and whether it is one or a tuple of them."""
    names = list(inspect.signature(function).parameters)
    several = isinstance(module.WRT, tuple)
    return [names.index(w) if isinstance(w, str) else w for w in (module.WRT if several else (module.WRT,))], several


def extra(module):
    """How many arguments follow those of the function: tangents, or a cotangent."""
    mode = getattr(module, "MODE", "grad")
    if mode == "jvp":
        return len(module.WRT) if isinstance(module.WRT, tuple) else 1
    return int(mode == "vjp")


def compare(module, function, args, result):
    """Hold a derivative's result against the function's value and its central differences."""
    mode = getattr(module, "MODE", "grad")
    where, several = indices(module, function)
    primals = args[: len(args) - extra(module)]
    if mode != "grad":
        value, result = result
        assert_close(value, function(*copy.deepcopy(primals)), rtol=1e-12, atol=0)
    if mode == "jvp":
        assert_close(leaves(result), directional(function, primals, dict(zip(where, args[len(primals) :]))))
        return

    def scalar(*a):
        y = function(*a)
        return sum(np.sum(p * q) for p, q in zip(leaves(y), leaves(args[-1]))) if mode == "vjp" else y

    wanted = [gradient(scalar, primals, i) for i in where]
    assert_close(result, wanted if several else wanted[0])


def texts_under(seed):
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "tests.update_cases", "--print"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=case_files.FOLDER.parent.parent)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("seed", ["0", "1"])
def test_hash_seed(seed):
    """The same text under any hash seed; all cases in one process."""
    texts = texts_under(seed)
    assert texts == {name: [case.kind, case.expected] for name, case in CASES.items()}
