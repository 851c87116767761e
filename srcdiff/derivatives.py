"""Where pickle finds derivatives.

Pickle stores a function as a module and a name. A derivative's name says how to make it, `loss_grad[model:loss:grad:W,b]`,
and this module makes it again in the process that unpickles it. A derivative of a derivative appends to what is in brackets:
`model:loss:grad:x:jvp:x`. A second derivative under one name, while the first lives, gets its identity behind: `...:#140`.
Where that name leads to another function, as from an object's method to its class's, pickle is told that there is none.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any
from weakref import WeakValueDictionary

NAMELESS = " of an object, which has no name for pickle"
_known: WeakValueDictionary[str, FunctionType] = WeakValueDictionary()


def register(derivative: FunctionType, function: Callable[..., Any], mode: str, wrt: object) -> None:
    """Give a derivative the name under which pickle finds it, if its function is to be found by a name itself."""
    path: str = getattr(function, "__qualname__", "<")
    if "<" in path:  # a local function or a lambda, which pickle does not find either
        return
    if NAMELESS in path or inspect.ismethod(function) and not inspect.isclass(function.__self__):
        method = path.partition("[")[2].removesuffix(f"{NAMELESS}]") or path
        derivative.__module__, derivative.__qualname__ = __name__, f"{derivative.__name__}[{method}{NAMELESS}]"
        return  # pickle's message shows that name
    if _known.get(path) is function:
        path = _recipe(path)
    else:
        module: str = getattr(function, "__module__", None) or "__main__"
        path = f"{module.replace('.', '/')}:{path.replace('.', '/')}"
    entries = wrt if isinstance(wrt, tuple) else (wrt,)
    listed = ",".join(map(str, entries)) + ("," if isinstance(wrt, tuple) and len(wrt) == 1 else "")
    recipe = f"{path}:{mode}:{listed}"
    name = f"{derivative.__name__}[{recipe}]"
    if name in _known:
        name = f"{derivative.__name__}[{recipe}:#{id(derivative)}]"
    _known[name] = derivative
    derivative.__module__, derivative.__qualname__ = __name__, name


def _recipe(name: str) -> str:
    """What a derivative's name says in brackets: how it is made."""
    return name.partition("[")[2].rstrip("]")


def __getattr__(name: str) -> Any:
    """The derivative of that name: one that lives, or made anew."""
    parts = [part for part in _recipe(name).split(":") if not part.startswith("#")]
    if len(parts) < 4 or len(parts) % 2:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from srcdiff.api import derivative_of

    thing: Any = importlib.import_module(parts[0].replace("/", "."))
    for attribute in parts[1].split("/"):
        thing = getattr(thing, attribute)
    found = _known.get(name)
    if found is not None:
        if _differentiated(found) != _differentiated(thing):
            raise AttributeError(f"{name} is a derivative of another function than {parts[1]} of {parts[0]}")
        return found
    steps = parts[2:]
    own = _steps(thing)
    if own and own == steps[: len(own)]:  # the function was decorated: its name is the derivative's
        steps = steps[len(own) :]
    elif own:
        thing = thing.__wrapped__
    for mode, listed in zip(steps[::2], steps[1::2]):
        thing = derivative_of(thing, mode, _wrt(listed))
    return thing


def _differentiated(thing: Any) -> Any:
    """The user's function that a derivative, or a derivative of a derivative, was made of."""
    while _steps(thing):
        thing = thing.__wrapped__
    return thing


def _steps(thing: Any) -> list[str]:
    """The modes and arguments by which a derivative was made; none for a function of the user's."""
    if getattr(thing, "__module__", None) != __name__:
        return []
    return [part for part in _recipe(thing.__qualname__).split(":") if not part.startswith("#")][2:]


def _wrt(listed: str) -> Any:
    entries = tuple(int(e) if e.lstrip("-").isdigit() else e for e in listed.split(",") if e)
    return entries if "," in listed else entries[0]
