"""How long building takes: python -m tests.bench.build"""

import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import srcdiff
from tests.bench.programs import PROGRAMS


def long_function(statements: int):
    """A function of so many assignments, each using the one before."""
    lines = ["import math", "", "", "def chain(x: float) -> float:"]
    lines += [f"    x = math.sin(x) + {i} * x" for i in range(1, statements)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chain.py"
        path.write_text("\n".join([*lines, "    return x", ""]))
        spec = importlib.util.spec_from_file_location("chain", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module.chain


def build(f, wrt) -> tuple[float, float]:
    """Seconds until the derivative can be called, and until its text is there too."""
    start = time.perf_counter()
    derivative = srcdiff.grad(f, wrt=wrt)
    built = time.perf_counter() - start
    assert derivative.source
    return built, time.perf_counter() - start


def import_time(module: str) -> float:
    """Seconds that an import takes in a fresh interpreter, the least of five."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    return min(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5))


def main() -> None:
    for name, f, wrt, _ in PROGRAMS:
        build(f, wrt)
        without, with_text = map(statistics.median, zip(*(build(f, wrt) for _ in range(9))))
        print(f"{name:12s} built in {without * 1e3:6.1f} ms, with its text in {with_text * 1e3:6.1f} ms")
    for f in long_function(2000):
        without, with_text = build(f, 0)
        print(f"2,000 statements: built in {without:.2f} s, with its text in {with_text:.2f} s")
    ours, numpy = import_time("srcdiff"), import_time("numpy")
    print(f"import srcdiff: {(ours - numpy) * 1e3:.0f} ms over numpy's {numpy * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
