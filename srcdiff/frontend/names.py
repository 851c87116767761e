"""What a name means outside of the function that uses it: a library's, the user's own function, a constant."""

from __future__ import annotations

import ast
import builtins
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from inspect import getattr_static
from math import inf
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from srcdiff.frontend.changes import Binding, Imported, bindings, changed_names, rebound_names
from srcdiff.frontend.library import (
    ROOTS,
    UNKNOWN,
    canonical,
    changes_nothing,
    dotted_name,
    is_derivative,
    is_library_module,
    library_object,
    literal_text,
    public_name,
)

if TYPE_CHECKING:
    from srcdiff.frontend.class_reader import ClassReader
    from srcdiff.frontend.classes import UserClass
    from srcdiff.frontend.source import FunctionSource, ModuleSource


@dataclass(frozen=True)
class Library:
    """A library's object, by its canonical dotted name."""

    name: str


@dataclass(frozen=True, eq=False)
class User:
    """A function of the user's own."""

    source: FunctionSource


@dataclass(frozen=True, eq=False)
class Decorated:
    """A function of a file that is only read, and what its decorators make of it, the innermost last."""

    source: FunctionSource
    decorators: tuple[tuple[ast.expr, Meaning], ...]


@dataclass(frozen=True, eq=False)
class UserType:
    """A class of the user's own."""

    cls: UserClass


@dataclass(frozen=True, eq=False)
class Method:
    """A live bound method: its function, and the object or class that it is bound to."""

    source: FunctionSource
    bound: Any


@dataclass(frozen=True, eq=False)
class Module:
    """Another file of the user's, which is only read."""

    source: ModuleSource


@dataclass(frozen=True, eq=False)
class Value:
    """Any other object; its `text` where the file has it as a literal."""

    value: Any
    text: str = ""


@dataclass(frozen=True, eq=False)
class Expression:
    """A variable of a file, by the expression that it is assigned, which is not run; `changed` where the file does later."""

    node: ast.expr
    resolver: TextResolver
    changed: bool = False


@dataclass(frozen=True)
class Ambiguous:
    """A name that cannot be resolved, and why."""

    why: str


Meaning = Library | User | Decorated | UserType | Method | Module | Value | Expression | Ambiguous


VECTORIZE = ast.Name("numpy.vectorize", ast.Load()), Library("numpy.vectorize")


class Resolver(Protocol):
    def resolve(self, name: str) -> Meaning | None:
        """What a name that is not local means, or None where it is not defined."""

    def attribute(self, meaning: Meaning, name: str) -> Meaning | None:
        """What an attribute of a resolved name means."""


def named(resolver: Resolver, node: ast.expr) -> Meaning | None:
    """What a name, or an attribute of what is named, means; `Stack[int]` is Stack."""
    match node:
        case ast.Subscript(value):
            return named(resolver, value)
        case ast.Name(name):
            return resolver.resolve(name)
        case ast.Attribute(value, name):
            base = named(resolver, value)
            return resolver.attribute(base, name) if base is not None else None
    return None


def meaning_of(thing: Any) -> Meaning:
    """What a live object is to the compiler."""
    if typing.get_origin(thing) is not None:  # it would pass itself off as what it is made of
        return Value(thing)
    if type(thing) is np.vectorize:
        inner = meaning_of(thing.pyfunc)
        plain = isinstance(inner, User) and not thing.excluded and thing.signature is None
        return Decorated(inner.source, (VECTORIZE,)) if plain else Value(thing)  # type: ignore[union-attr, arg-type]
    name = dotted_name(thing) if callable(thing) or isinstance(thing, ModuleType) or hasattr(thing, "_name") else None
    if name is not None and not (isinstance(thing, FunctionType) and is_derivative(thing)):
        return Library(name)
    if isinstance(thing, type) and not issubclass(thing, Enum):
        from srcdiff.frontend.classes import live_class

        cls: Any = thing
        return UserType(live_class(cls))
    function = thing.__func__ if isinstance(thing, MethodType) else thing
    wrapper = isinstance(getattr(function, "__wrapped__", None), FunctionType) and not calls_python(function)
    if isinstance(function, FunctionType) or wrapper:
        from srcdiff.errors import UsageError
        from srcdiff.frontend.source import function_source, plain_function

        try:
            source = function_source(plain_function(function))
        except UsageError as error:
            return Ambiguous(str(error))
        return Method(source, thing.__self__) if isinstance(thing, MethodType) else User(source)
    return Value(thing, literal_text(thing))


def calls_python(thing: Any) -> bool:
    """Whether an object is called by a method written in Python, which may do more than what it wraps."""
    cls = type(thing)
    return not is_library_module(cls.__module__) and isinstance(getattr_static(cls, "__call__", None), FunctionType)


def library_attribute(library: Library, name: str) -> Meaning | None:
    """The attribute of a library's module or object."""
    spelled = f"{library.name}.{name}"
    if library.name.partition(".")[0] not in ROOTS:
        return Library(spelled)
    thing = library_object(spelled)
    if thing is UNKNOWN:
        return None
    return Library(thing.__name__ if isinstance(thing, ModuleType) else canonical(thing, spelled))


class LiveResolver:
    """Looks a name up where Python would: the closure, the globals, the builtins."""

    def __init__(self, function: FunctionType) -> None:
        self.names: dict[str, Any] = {}
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            try:
                self.names[name] = cell.cell_contents
            except ValueError:  # a closure variable that is not assigned yet
                continue
        self.globals: Mapping[str, Any] = function.__globals__
        self.meanings: dict[str, tuple[Any, Meaning]] = {}  # of each object that a name stood for

    def resolve(self, name: str) -> Meaning | None:
        for scope in (self.names, self.globals, vars(builtins)):
            if name in scope:
                thing = scope[name]
                known = self.meanings.get(name)
                if known is None or known[0] is not thing:
                    known = self.meanings[name] = thing, meaning_of(thing)
                return known[1]
        return None

    def attribute(self, meaning: Meaning, name: str) -> Meaning | None:
        if isinstance(meaning, Library):
            return library_attribute(meaning, name)
        if isinstance(meaning, Value) and hasattr(meaning.value, name):
            return meaning_of(getattr(meaning.value, name))
        return None


class TextResolver:
    """Looks a name up in a module's text; nothing is imported but the library modules themselves."""

    def __init__(
        self, tree: ast.Module, functions: Mapping[str, FunctionSource], classes: Mapping[str, ClassReader], file: str
    ) -> None:
        self.functions, self.classes, self.file = functions, classes, file
        self.types: dict[str, UserType] = {}
        self.values: dict[str, Meaning] = {}
        self.lambdas: dict[ast.expr, FunctionSource] = {}  # that the module's variables are assigned
        self.bindings = bindings(tree.body)
        self.resolving: set[str] = set()
        self.changed = changed_names(tree)
        self.rebound = rebound_names(tree)

    def is_changed(self, name: str) -> bool:
        """Whether a function or a class is bound again by a function, or given other defaults or another body."""
        parts = ("__defaults__", "__kwdefaults__", "__code__", "__class__", "*")
        return name in self.rebound or any(f"{name}.{part}" in self.changed for part in parts)

    def holding(self, name: str, place: tuple[float, float] = (inf, 0)) -> list[Binding]:
        """What a name may be bound to at a place of the file (or at its end): the last that is certain, and those after it."""
        found: list[Binding] = []
        for binding in self.bindings.get(name, ()):
            if binding.place < place:
                found = [binding] if binding.certain else [*found, binding]
        return found

    def resolve(self, name: str) -> Meaning | None:
        bound = self.holding(name)
        starred = self._star(name, max((b.place for b in self.bindings.get(name, ())), default=(0, 0)))
        if starred is not None or not bound:
            return starred or (
                Library(canonical(vars(builtins)[name], f"builtins.{name}")) if name in vars(builtins) else None
            )
        if len(bound) > 1:
            return Ambiguous(
                f"{name} is bound in more than one place of the file, and which one holds is only known when it runs"
            )
        if name in self.resolving:
            return Ambiguous(f"{name} is defined by itself")
        self.resolving.add(name)
        try:
            return self._meaning(name, bound[0].node)
        finally:
            self.resolving.discard(name)

    def _star(self, name: str, after: tuple[int, int]) -> Meaning | None:
        """What `from module import *` gives, below the last place where the file itself binds the name."""
        for binding in reversed(self.bindings.get("*", ())):
            assert isinstance(binding.node, Imported)
            module = binding.node.dotted
            if binding.place < after:
                break
            if module in ROOTS and name in getattr(ROOTS[module], "__all__", dir(ROOTS[module])):
                return library_attribute(Library(module), name)
            other = sibling(self.file, module) if not is_library_module(module) else None
            if isinstance(other, Module) and name in other.source.resolver.bindings and not name.startswith("_"):
                return self.attribute(other, name)
        return None

    def _meaning(self, name: str, node: ast.AST) -> Meaning | None:
        if not isinstance(node, ast.expr) and self.is_changed(name):
            return Ambiguous(f"{name} is changed after it is defined, and what it is then is only known when it runs")
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if name in self.functions:
                return self.function(self.functions[name], node.decorator_list)
            case ast.FunctionDef():
                return Ambiguous(f"{name} is not defined at the top level")
            case ast.ClassDef():
                return self.type(name)
            case Imported(dotted):
                return imported(dotted, self.file)
            case ast.Lambda() if node in self.lambdas and name not in self.changed:
                return User(self.lambdas[node])
            case ast.expr():
                if name not in self.values:
                    self.values[name] = Expression(node, self, True) if name in self.changed else self.expression(node)
                return self.values[name]
        return Ambiguous(f"what {name} is cannot be known without running the file")

    def function(self, source: FunctionSource, decorators: list[ast.expr]) -> Meaning:
        """A function of the file, with what its decorators make of it."""
        found = [(node, self.expression(node.func if isinstance(node, ast.Call) else node)) for node in decorators]
        kept = [(node, m) for node, m in found if not (isinstance(m, Library) and changes_nothing(node, m.name))]
        return Decorated(source, tuple(kept)) if kept else User(source)

    def type(self, name: str) -> Meaning:
        """A class of the file."""
        if name not in self.classes:
            return Ambiguous(f"{name} is not defined at the top level")
        if name not in self.types:
            self.types[name] = UserType(self.classes[name].read())
        return self.types[name]

    def expression(self, node: ast.expr) -> Meaning:
        """What the expression means that a module's variable is assigned."""
        try:
            value = ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError):
            pass
        else:
            return Value(value, literal_text(value) or ast.unparse(node))
        if isinstance(node, ast.Name):
            return self.resolve(node.id) or Expression(node, self)
        if isinstance(node, ast.Attribute):
            base = self.expression(node.value)
            return self.attribute(base, node.attr) or Expression(node, self)
        return self._named_tuple(node) or Expression(node, self)

    def _assigns(self, module: Module) -> bool:
        """Whether a statement of this file assigns an attribute of another file's module."""
        bases = {key.partition(".")[0] for key in self.changed if "." in key} & self.bindings.keys()
        found = (self.resolve(base) for base in bases)
        return any(isinstance(m, Module) and m.source is module.source for m in found)

    def _named_tuple(self, node: ast.expr) -> Meaning | None:
        """P = namedtuple("P", "x y")"""
        if not isinstance(node, ast.Call) or len(node.args) != 2 or node.keywords:
            return None
        if self.expression(node.func) != Library("collections.namedtuple"):
            return None
        from srcdiff.frontend.classes import named_tuple

        try:
            name, fields = (ast.literal_eval(a) for a in node.args)
        except (ValueError, TypeError, SyntaxError):
            return None
        names = fields.replace(",", " ").split() if isinstance(fields, str) else list(fields)
        return UserType(named_tuple(name, names, (self.file, node.lineno)))

    def attribute(self, meaning: Meaning, name: str) -> Meaning | None:
        if isinstance(meaning, Library):
            return library_attribute(meaning, name)
        if isinstance(meaning, Module):
            if self._assigns(meaning):
                return Ambiguous(
                    f"this file assigns attributes of {Path(meaning.source.file).stem}, which is only read"
                )
            found = meaning.source.resolver.resolve(name)
            if isinstance(found, Expression) and found.changed:
                return Ambiguous(f"{name} is computed in another file, which is not run when it is only read")
            return found or sibling(meaning.source.file, f".{name}")
        return None


def sibling(file: str, dotted: str) -> Module | None:
    """Another file of the user's, found by its path: `.layers` and `layers` are beside the file."""
    from srcdiff.frontend.source import read_module

    name = dotted.lstrip(".")
    level = len(dotted) - len(name)
    folder = Path(file).resolve().parent
    folders = [folder]
    if level:
        folders = [folder, *folder.parents][level - 1 : level]
    else:
        while (folder / "__init__.py").exists() and folder != folder.parent:
            folder = folder.parent
            folders.append(folder)
    for place in folders:
        path = place.joinpath(*name.split("."))
        for candidate in (path.with_name(path.name + ".py") if name else path, path / "__init__.py"):
            if candidate.is_file():
                return Module(read_module(str(candidate)))
    return None


def imported(dotted: str, file: str) -> Meaning:
    """What `import dotted` (or `from ... import`) binds in a file that is only read."""
    root = dotted.partition(".")[0]
    if root in ROOTS:
        if dotted in ROOTS:
            return Library(dotted)
        base, _, name = dotted.rpartition(".")
        return library_attribute(Library(base), name) or Ambiguous(f"{dotted} does not exist")
    if is_library_module(root):
        return Library(public_name(dotted))
    whole = sibling(file, dotted)
    if whole is not None:
        return whole
    name = dotted.rpartition(".")[2]
    base = dotted.removesuffix(name)
    module = sibling(file, base[:-1] if base.strip(".") else base) if base else None
    if module is not None:
        found = module.source.resolver.attribute(module, name)
        return found or Ambiguous(f"{module.source.file} defines no {name}")
    return Ambiguous(f"{dotted} is in another file, which is not found beside this one")
