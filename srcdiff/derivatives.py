"""Where pickle finds derivatives.

Pickle stores a function as a module and a name. A derivative's name says how to make it, `model:loss:grad:W,b`, and this
module makes it again in the process that unpickles it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import FunctionType
from typing import Any
from weakref import WeakValueDictionary

_known: WeakValueDictionary[str, FunctionType] = WeakValueDictionary()


def register(derivative: FunctionType, function: Callable[..., Any], mode: str, wrt: object) -> None:
    """Give a derivative the name under which pickle finds it."""
    entries = wrt if isinstance(wrt, tuple) else (wrt,)
    listed = ",".join(map(str, entries)) + ("," if isinstance(wrt, tuple) and len(wrt) == 1 else "")
    module = getattr(function, "__module__", None) or "__main__"
    path = getattr(function, "__qualname__", derivative.__name__).replace(".", "/")
    stem = f"{module.replace('.', '/')}:{path}:{mode}:{listed}"
    name, count = stem, 1
    while name in _known:
        count += 1
        name = f"{stem}:{count}"
    _known[name] = derivative
    derivative.__module__, derivative.__qualname__ = __name__, name


def __getattr__(name: str) -> Any:
    found = _known.get(name)
    if found is not None:
        return found
    parts = name.split(":")
    if len(parts) < 4:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from srcdiff.api import derivative_of

    module, path, mode, listed = parts[:4]
    thing: Any = importlib.import_module(module.replace("/", "."))
    for attribute in path.split("/"):
        thing = getattr(thing, attribute)
    entries = tuple(int(e) if e.lstrip("-").isdigit() else e for e in listed.split(",") if e)
    wrt = entries if "," in listed else entries[0]
    if getattr(thing, "__module__", None) == __name__ and thing.__qualname__.split(":")[1:4] == parts[1:4]:
        return thing  # the function was decorated: its name is the derivative's
    return derivative_of(thing, mode, wrt)
