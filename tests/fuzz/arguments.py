"""What must hold of a derivative whatever the arguments are: its results are its own, and of the arguments' dtypes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.differences import leaves
from tests.fuzz.failures import Failure, where

OTHERS = {  # what arrays of each are differentiated to; float64 within the function makes float64 of float32
    "int64": (np.float64,),
    "float32": (np.float32, np.float64),
}


def own_memory(mode: str, derivative: Callable[..., Any], got: Any, given: Any) -> None:
    """No derivative is an argument, a part of one, or another derivative: who changes one in place changes no other."""
    own = [leaf for leaf in leaves(got) if isinstance(leaf, np.ndarray)]
    theirs = [leaf for leaf in leaves(given) if isinstance(leaf, np.ndarray)]
    for k, one in enumerate(own):
        for what, others in (("another one", own[k + 1 :]), ("what it is given", theirs)):
            if any(np.may_share_memory(one, other) and np.shares_memory(one, other) for other in others):
                raise Failure(f"memory of {mode}", f"a derivative shares that of {what}\n{derivative.source}")
        if not one.flags.writeable:
            raise Failure(f"memory of {mode}", f"a derivative is read-only\n{derivative.source}")


def dtypes(mode: str, derivative: Callable[..., Any], got: Any, active: Any) -> None:
    """A derivative has the dtype of its argument, and floats where that has integers."""
    for one, argument in zip(leaves(got), leaves(active)):
        if isinstance(one, np.ndarray) and isinstance(argument, np.ndarray):
            if one.dtype not in OTHERS.get(argument.dtype.name, (argument.dtype,)):
                raise Failure(f"dtype of {mode}", f"{one.dtype} of {argument.dtype} arguments\n{derivative.source}")


def of_other_dtypes(
    mode: str,
    derivative: Callable[..., Any],
    at: Callable[[Callable[[Any], Any], bool], tuple[Any, Any]],
    assumption: Callable[[Exception, str], bool],
) -> None:
    """Integers are taken as floats: the derivative at whole numbers is what it is at floats of these values.

    `at` gives the value or the derivative, and the arguments differentiated by, where each of their parts is converted.
    Where the function itself fails at integers, or cuts what it writes to an array of them, nothing is wanted.
    """
    try:
        wanted, _ = at(_whole_float, True)
        if not _alike(at(_whole, False)[0], at(_whole_float, False)[0]):
            return
    except Exception:
        return
    for kind, convert in (("int64", _whole), ("float32", _single)):
        try:
            got, active = at(convert, True)
        except Exception as error:
            if assumption(error, derivative.source):
                continue
            text = f"{type(error).__name__} in {where(error)}: {error}\n{derivative.source}"
            raise Failure(f"run of {mode} at {kind}", text) from error
        if mode != "jvp":
            dtypes(f"{mode} at {kind}", derivative, got, active)
        if kind == "int64" and not _alike(got, wanted):
            raise Failure(f"{mode} at {kind}", f"\n{got!r} where floats give {wanted!r}\n{derivative.source}")


def _alike(got: Any, wanted: Any) -> bool:
    """Equal, but for rounding where that is magnified."""
    pairs = zip(leaves(got), leaves(wanted), strict=True)
    return all(np.allclose(a, b, rtol=1e-8, atol=1e-9, equal_nan=True) for a, b in pairs)


def _whole(x: Any) -> Any:
    return np.rint(2 * x).astype(np.int64) if isinstance(x, np.ndarray) else x


def _whole_float(x: Any) -> Any:
    return _whole(x).astype(float) if isinstance(x, np.ndarray) else x


def _single(x: Any) -> Any:
    return x.astype(np.float32) if isinstance(x, np.ndarray) else x
