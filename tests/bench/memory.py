"""What a tape takes, and whether element loops are linear: python -m tests.bench.memory"""

import tracemalloc

import numpy as np

import srcdiff
from tests.bench.programs import filtered, iterate, seconds


def peak(call, *args) -> int:
    """The most memory that a call holds, in bytes."""
    tracemalloc.start()
    try:
        call(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def main() -> None:
    steps = 100_000
    taken = peak(srcdiff.grad(iterate), 0.8, steps)
    print(f"iterate, {steps} steps: {taken / steps:.0f} bytes a step (a float and its place in a list take 32 to 40)")
    derivative = srcdiff.grad(filtered, wrt=("x", "a"))
    rng = np.random.default_rng(0)
    for n in (1_000, 10_000, 100_000):
        x = rng.normal(size=n)
        once, both = seconds(filtered, x, 0.9), seconds(derivative, x, 0.9)
        print(f"filtered, n = {n:6d}: {both / n * 1e9:6.0f} ns an element, {both / once:4.2f} times the function")


if __name__ == "__main__":
    main()
