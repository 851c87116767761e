"""srcdiff beside autograd, which traces each call: python -m tests.bench.peers"""

import inspect

import numpy as np

import srcdiff
from tests.bench.programs import PROGRAMS, seconds

NOT_TRACEABLE = {"filtered", "heat"}  # they write to arrays, which autograd cannot follow


def main() -> None:
    try:
        import autograd
        import autograd.numpy
    except ImportError:
        print('autograd is not installed; pip install -e ".[bench]"')
        return
    print(f"{'program':12s} {'srcdiff':>10s} {'autograd':>11s} {'ratio':>6s}")
    for name, f, wrt, args in PROGRAMS:
        if name in NOT_TRACEABLE:
            continue
        names = list(inspect.signature(f).parameters)
        positions = tuple(names.index(w) for w in (wrt if isinstance(wrt, tuple) else (wrt,)))
        module = f.__globals__
        ours, theirs = srcdiff.grad(f, wrt=wrt), autograd.grad(f, positions)
        mine = seconds(ours, *args)
        module["np"] = autograd.numpy
        traced = seconds(theirs, *args)
        got = theirs(*args)
        module["np"] = np
        wanted = ours(*args) if isinstance(wrt, tuple) else (ours(*args),)
        assert all(np.allclose(a, b) for a, b in zip(got, wanted, strict=True))
        print(f"{name:12s} {mine * 1e6:7.0f} us {traced * 1e6:8.0f} us {traced / mine:6.2f}")


if __name__ == "__main__":
    main()
