"""The canonical dotted names of library objects: `np.absolute`, however it was imported, is "numpy.abs"."""

from __future__ import annotations

import ast
import builtins
import cmath
import difflib
import functools
import importlib
import itertools
import math
import operator
import sys
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

ROOTS: dict[str, ModuleType] = {
    "numpy": np,
    "math": math,
    "cmath": cmath,
    "operator": operator,
    "builtins": builtins,
    "functools": functools,
    "itertools": itertools,
}
SUBMODULES = ("numpy.linalg", "numpy.fft", "numpy.random")
# where the object's own __name__ is not the usual spelling, or two objects are the same function
PREFERRED = {
    "numpy.absolute": "numpy.abs",
    "numpy.remainder": "numpy.mod",
    "numpy.conjugate": "numpy.conj",
    "numpy.amax": "numpy.max",
    "numpy.amin": "numpy.min",
    "numpy.around": "numpy.round",
    "numpy.row_stack": "numpy.vstack",
    "operator.abs": "builtins.abs",
    "operator.pow": "operator.pow",
    "operator.truth": "builtins.bool",
}


class Unknown:
    """No such object, or one that is not looked up."""


UNKNOWN = Unknown()


@cache
def _names() -> dict[int, str]:
    """The dotted name of every public callable of the library modules, by identity."""
    found: dict[int, str] = {}
    modules = list(ROOTS.items())
    modules += [(name, importlib.import_module(name)) for name in SUBMODULES]
    for prefix, module in modules:
        entries = vars(module)  # not what it makes on demand: to look at all of that would load all of NumPy
        for name in sorted(entries):
            thing = entries[name]
            if name.startswith("_") or not callable(thing):
                continue
            own = getattr(thing, "__name__", name)
            usual = own if entries.get(own) is thing else name
            found.setdefault(id(thing), f"{prefix}.{usual}")
    return found


def canonical(thing: Any, spelled: str) -> str:
    """The one dotted name of a library object that the text spells `spelled`."""
    try:
        name = _names().get(id(thing), spelled)
    except TypeError:
        name = spelled
    return PREFERRED.get(name, name)


def library_object(dotted: str) -> Any:
    """The object of a dotted name within the library modules, or UNKNOWN."""
    root, *rest = dotted.split(".")
    thing: Any = ROOTS.get(root, UNKNOWN)
    for name in rest:
        thing = getattr(thing, name, UNKNOWN)
    return thing


def similar(dotted: str, name: str) -> str:
    """The way out for a name that a library does not have."""
    close = difflib.get_close_matches(name, dir(library_object(dotted)), 1, cutoff=0.75)
    return f"did you mean {close[0]}?" if close else "look the name up in its documentation"


# decorators that change nothing of what a function returns
TRANSPARENT = (
    "functools.lru_cache",
    "functools.cache",
    "functools.wraps",
    "numba.jit",
    "numba.njit",
    "typing.override",
    "typing.final",
    "typing.no_type_check",
    "abc.abstractmethod",
)


SILENCING = ("ignore", "warn")  # what np.errstate may do to a function that it decorates


def changes_nothing(decorator: ast.expr, name: str) -> bool:
    """Whether a decorator of the library's, as it is written, changes nothing of what a function returns."""
    if name in TRANSPARENT:
        return True
    options = [getattr(k.value, "value", None) for k in decorator.keywords] if isinstance(decorator, ast.Call) else []
    return name == "numpy.errstate" and bool(options) and all(option in SILENCING for option in options)


def without_errstate(function: FunctionType) -> FunctionType:
    """The function that np.errstate decorates, where it only hides warnings."""
    while function.__globals__.get("__name__", "").startswith("numpy.") and hasattr(function, "__wrapped__"):
        states = [c.cell_contents for c in function.__closure__ or () if isinstance(c.cell_contents, np.errstate)]
        kinds = "_all _over _under _divide _invalid".split()
        if not states or any(getattr(states[0], kind, None) not in (None, *SILENCING) for kind in kinds):
            break
        function = function.__wrapped__
    return function


def is_library_module(name: str) -> bool:
    """Whether a module's functions are taken by name, and not read: NumPy, SciPy and the standard library."""
    root = name.partition(".")[0]
    if name.startswith(("srcdiff.generated", "srcdiff.derivatives")):
        return False
    return (
        root in ROOTS
        or root in ("scipy", "jaxtyping", "typing_extensions", "srcdiff")
        or root in sys.stdlib_module_names
    )


def is_derivative(function: FunctionType) -> bool:
    """Whether srcdiff wrote a function: what it calls a derivative, it reads as any other function of the user's."""
    if not function.__code__.co_filename.startswith("srcdiff-generated-"):
        return False
    getattr(function, "source", "")  # the lines are those of the text, once there is one
    return True


def dotted_name(thing: Any) -> str | None:
    """The dotted name of an object that belongs to a library, or None."""
    if isinstance(thing, ModuleType):
        return thing.__name__ if is_library_module(thing.__name__) else None
    known = _names().get(id(thing))
    if known is not None:
        return PREFERRED.get(known, known)
    module = getattr(thing, "__module__", None)
    name = getattr(thing, "__name__", "")
    if isinstance(thing, np.ufunc) and getattr(sys.modules.get("scipy.special"), name, None) is thing:
        return f"scipy.special.{name}"  # a ufunc does not know its module
    name = getattr(thing, "__qualname__", None) or getattr(thing, "__name__", None) or getattr(thing, "_name", None)
    if isinstance(module, str) and isinstance(name, str) and is_library_module(module) and module != "__main__":
        return public_name(f"{module}.{name}")
    return None


def public_name(dotted: str) -> str:
    """The short name of a function of srcdiff's own, srcdiff.grad for srcdiff.api.grad, or of SciPy's."""
    if dotted.startswith("scipy."):
        return ".".join(part for part in dotted.split(".") if not part.startswith("_"))
    inner = dotted.startswith(("srcdiff.api.", "srcdiff.runtime."))
    return f"srcdiff.{dotted.rpartition('.')[2]}" if inner else dotted


def literal_text(value: Any) -> str:
    """The text of a value that a literal can write exactly, or ""."""
    if value is None or type(value) in (bool, int, str, bytes):
        return repr(value)
    if type(value) is float:
        return repr(value) if value == value and abs(value) != float("inf") else ""
    if type(value) is tuple and 0 < len(value) <= 8:
        texts = [literal_text(v) for v in value]
        return f"({', '.join(texts)}{',' * (len(texts) == 1)})" if all(texts) else ""
    return ""
