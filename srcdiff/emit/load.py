"""From a tree to a plain function, whose text is rendered when somebody first asks for it."""

from __future__ import annotations

import ast
import inspect
import linecache
import weakref
from collections.abc import Callable
from itertools import count
from threading import RLock
from types import CodeType, FunctionType
from typing import Any

from srcdiff.emit.emit import Emitted
from srcdiff.emit.imports import standing_alone
from srcdiff.emit.lines import statement_lines
from srcdiff.emit.render import render
from srcdiff.errors import SrcdiffError

_number = count(1)
_settling = RLock()


class _LazyKey(str):
    """A key of a function's `__dict__` that makes its value when it is looked up.

    Functions have no properties, but a lookup compares keys: this one, found in the place of its name, puts the real
    entry beside itself and leaves, and CPython looks again where a dict changed in a comparison. Other threads find one
    of the two at any time; those that ask for the value while it is made wait for it.
    """

    make: Callable[[], str]
    owner: weakref.ref[FunctionType]
    made = False

    def __hash__(self) -> int:
        return str.__hash__(self)

    def __eq__(self, other: object) -> bool:
        if other is self:
            return True
        if isinstance(other, str) and str.__eq__(self, other):
            self.settle()
        return False

    def settle(self) -> None:
        """Replace this entry by the real one."""
        with _settling:
            function = self.owner()
            if self.made or function is None:
                return
            value = self.make()
            self.made = True  # the next line compares this key with its name, too
            function.__dict__[str(self)] = value
            del function.__dict__[self]


class _Text:
    """The text of a function; made once, and from then on the text is what runs."""

    def __init__(self, emitted: Emitted, filename: str) -> None:
        self.emitted, self.filename = emitted, filename
        self.text = ""
        self.functions: dict[str, weakref.ref[FunctionType]] = {}

    def get(self) -> str:
        if not self.text:
            self.text = render(self.emitted.tree, notes(self.emitted))
            self.register()
            tree = ast.parse(self.text)
            for code in _function_codes(compile(tree, self.filename, "exec")):
                reference = self.functions.get(code.co_name)
                function = reference() if reference is not None else None
                if function is not None:
                    function.__code__ = code.replace(co_freevars=function.__code__.co_freevars)
        return self.text

    def register(self) -> None:
        linecache.cache[self.filename] = (len(self.text), None, self.text.splitlines(keepends=True), self.filename)


def notes(emitted: Emitted) -> dict[str, str]:
    """What the text names and does not define, each with what it is."""
    return {
        name: f"{_describe(emitted.bindings.get(name))}, bound when this text is loaded" for name in emitted.unwritten
    }


def _describe(value: object) -> str:
    shape = getattr(value, "shape", None)
    kind = type(value).__name__
    return f"{kind} of shape {shape}" if isinstance(shape, tuple) else kind


def _function_codes(module: CodeType) -> list[CodeType]:
    return [constant for constant in module.co_consts if isinstance(constant, CodeType)]


def load(
    emitted: Emitted,
    stem: str = "",
    wrapped: Callable[..., Any] | None = None,
    doc: str = "",
    ssa: Callable[[], str] | None = None,
) -> FunctionType:
    """The main function of a module, compiled from its tree; `.source` and `.ssa` are made when they are read."""
    filename = f"srcdiff-generated-{next(_number)}/{stem or emitted.main}.py"
    early = filename + ":statements"
    module = f"srcdiff.generated.{stem or emitted.main}"
    namespace: dict[str, Any] = {
        "__name__": module,
        "__file__": filename,
        "__builtins__": __builtins__,
        **emitted.bindings,
    }
    exec(compile(emitted.tree, early, "exec"), namespace)
    function: FunctionType = namespace[emitted.main]
    text = _Text(emitted, filename)
    for name, value in list(namespace.items()):
        if isinstance(value, FunctionType) and value.__code__.co_filename == early:
            text.functions[name] = weakref.ref(value)
    _describe_function(function, wrapped, doc)
    _attach(function, text, ssa)
    linecache.cache[early] = (lambda: statement_lines(emitted.tree),)
    for name in (early, filename):
        weakref.finalize(function, linecache.cache.pop, name, None)
    return function


def _describe_function(function: FunctionType, wrapped: Callable[..., Any] | None, doc: str) -> None:
    if doc:
        function.__doc__ = doc
    if wrapped is not None:
        function.__wrapped__ = wrapped  # type: ignore[attr-defined]
        function.__signature__ = inspect.signature(function, follow_wrapped=False)  # type: ignore[attr-defined]


def _attach(function: FunctionType, text: _Text, ssa: Callable[[], str] | None) -> None:
    own = weakref.ref(function)

    def save(path: str) -> None:
        """Write the module to a file that runs on its own, where srcdiff is not installed."""
        if text.emitted.unwritten:
            names = ", ".join(text.emitted.unwritten)
            raise SrcdiffError(
                f"{text.emitted.main} cannot be saved: {names} cannot be written as text; "
                "make it an argument of the function"
            )
        with open(path, "w", encoding="utf-8") as file:
            alone = standing_alone(text.emitted.tree)
            file.write(text.get() if alone is text.emitted.tree else render(alone, {}))

    function.__dict__["save"] = save
    for name, make in (("source", text.get), ("ssa", ssa)):
        if make is not None:
            key = _LazyKey(name)
            key.make, key.owner = make, own
            function.__dict__[key] = ""
