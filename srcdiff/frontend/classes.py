"""The user's classes: what their attributes mean, of a live class or of one that is only read."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import FunctionType
from typing import TYPE_CHECKING, Any

from srcdiff.errors import UsageError
from srcdiff.frontend.constants import is_own
from srcdiff.frontend.library import changes_nothing, is_library_module, library_object
from srcdiff.frontend.names import Library, Meaning, Resolver, TextResolver, User, UserType, meaning_of, named

if TYPE_CHECKING:
    from srcdiff.frontend.source import FunctionSource

# bases that add nothing to what an instance does
PLAIN_BASES = ("builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing.NamedTuple")
# methods that change what reading or writing an attribute, or making an instance, means
INTERCEPTS = ("__new__", "__getattr__", "__getattribute__", "__setattr__", "__delattr__", "__init_subclass__")
# methods that change what a tuple holds, or whether it counts as true
OF_TUPLES = ("__len__", "__iter__", "__getitem__", "__bool__", "__contains__")
GENERATED = "<string>"  # the file of the methods that dataclasses write


@dataclass(frozen=True, eq=False)
class Member:
    """An attribute of a class: a "method", "static" or "class" method, a "property", a "cached" one, or a "value".

    It is "computed" where only the class itself has its value: a member of an enumeration, or what an expression of the
    class's other attributes, or of the file's functions, gives in a file that is only read.
    """

    kind: str
    function: FunctionSource | None = None
    meaning: Meaning | None = None
    setter: FunctionSource | None = None
    problem: str = ""
    decorators: tuple[tuple[ast.expr, Meaning], ...] = ()  # the user's own, in a file that is only read


@dataclass(frozen=True, eq=False)
class Field:
    """A field of a dataclass or a named tuple; `factory` makes the default of a new instance."""

    name: str
    annotation: Any = None
    default: Meaning | None = None
    factory: Meaning | None = None
    init: bool = True
    keyword_only: bool = False


@dataclass(eq=False)
class UserClass:
    """A class: its own members, and the classes that it inherits from in order."""

    name: str
    identity: object
    resolver: Resolver | None = None
    members: dict[str, Member] = field(default_factory=dict)
    mro: list[UserClass] = field(default_factory=list)
    fields: list[Field] | None = None  # where the class itself is a dataclass or a named tuple; inherited ones first
    is_tuple: bool = False
    is_frozen: bool = False
    makes_init: bool = False  # whether a constructor is made from the fields
    annotations: dict[str, Any] = field(default_factory=dict)
    live: type | None = None
    problem: str = ""  # why its instances cannot be followed
    is_enumeration: bool = False  # of a file that is only read
    is_dict: bool = False  # a TypedDict, whose instances are plain dicts
    exception: type[BaseException] | None = None  # of a class of exceptions: itself, or what stands for it
    held: str = ""  # the attribute of the list or the dict that an object of the library's is

    def find(self, name: str, after: UserClass | None = None) -> tuple[Member, UserClass] | None:
        """A member and the class that has it; `after` a class of the order, for super()."""
        order = self.mro[self.mro.index(after) + 1 :] if after is not None else self.mro
        for cls in order:
            if name in cls.members:
                return cls.members[name], cls
        return None

    def inherits(self, other: object) -> bool:
        return any(cls.identity == other for cls in self.mro)

    def all_fields(self) -> list[Field] | None:
        return next((cls.fields for cls in self.mro if cls.fields is not None), None)

    def trouble(self) -> str:
        """Why instances cannot be followed, or ""."""
        for cls in self.mro:
            if cls.problem:
                return cls.problem
            for name in INTERCEPTS:
                if name in cls.members and not cls.is_tuple:
                    return f"{cls.name} defines {name}"
            for name in OF_TUPLES if cls.is_tuple else ():
                if name in cls.members:
                    return f"{cls.name} is a tuple that defines {name}"
        return ""


def owned(source: FunctionSource, owner: UserClass) -> FunctionSource:
    return replace(source, owner=owner)


def merge_orders(orders: list[list[UserClass]]) -> list[UserClass] | None:
    """The C3 order of a class's ancestors, as Python has it; None where there is none."""
    orders = [list(o) for o in orders if o]
    merged: list[UserClass] = []
    while orders:
        head = next((o[0] for o in orders if not any(o[0] in other[1:] for other in orders)), None)
        if head is None:
            return None
        merged.append(head)
        orders = [rest for o in orders if (rest := [c for c in o if c is not head])]
    return merged


# live classes


@lru_cache(maxsize=256)
def live_class(cls: type) -> UserClass:
    """What is known of a class that exists."""
    found = UserClass(cls.__name__, cls, live=cls)
    found.mro = [found]
    found.is_dict = typing.is_typeddict(cls)
    found.exception = cls if issubclass(cls, BaseException) else None
    for base in cls.__mro__[1:]:
        name = f"{base.__module__}.{base.__qualname__}"
        if name in PLAIN_BASES or (base is tuple and hasattr(cls, "_fields")):
            continue
        if is_library_module(base.__module__) and base.__module__ != "__main__":
            found.problem = f"{cls.__name__} inherits from {name}"
            continue
        found.mro.append(live_class(base))
    if type(cls).__name__ not in ("type", "ABCMeta", "_ProtocolMeta"):
        found.problem = f"{cls.__name__} has the metaclass {type(cls).__name__}"
    found.annotations = dict(inspect.get_annotations(cls))
    if "__dataclass_params__" in vars(cls):
        parameters = vars(cls)["__dataclass_params__"]
        found.makes_init, found.is_frozen = parameters.init, parameters.frozen
        found.fields = [_live_field(f) for f in dataclasses.fields(cls)]
        if any(isinstance(a, dataclasses.InitVar) for a in found.annotations.values()):
            found.problem = f"{cls.__name__} has an InitVar"
    elif issubclass(cls, tuple) and "_fields" in vars(cls):
        found.is_tuple = True
        defaults = cls._field_defaults  # type: ignore[attr-defined]
        found.fields = [
            Field(n, found.annotations.get(n), meaning_of(defaults[n]) if n in defaults else None)
            for n in cls._fields  # type: ignore[attr-defined]
        ]
    names = [f.name for f in found.fields or ()] if found.is_tuple else []
    for name, raw in vars(cls).items():
        if name not in names and not (isinstance(raw, FunctionType) and _is_generated(raw)):
            found.members[name] = _live_member(raw, found)
    return found


def _is_generated(function: FunctionType) -> bool:
    return function.__code__.co_filename.startswith("<string>") or function.__module__ == "collections"


def _live_field(found: dataclasses.Field[Any]) -> Field:
    missing = dataclasses.MISSING
    return Field(
        found.name,
        found.type,
        None if found.default is missing else meaning_of(found.default),
        None if found.default_factory is missing else meaning_of(found.default_factory),
        found.init,
        bool(found.kw_only),
    )


def _live_member(raw: Any, owner: UserClass) -> Member:
    """A class's attribute as its `__dict__` has it."""
    if isinstance(raw, staticmethod):
        return _live_function("static", raw.__func__, owner)
    if isinstance(raw, classmethod):
        return _live_function("class", raw.__func__, owner)
    if isinstance(raw, property):
        if raw.fget is None:
            return Member("value", problem="a property that cannot be read")
        found = _live_function("property", raw.fget, owner)
        setter = _live_function("property", raw.fset, owner).function if raw.fset is not None else None
        return replace(found, setter=setter)
    if isinstance(raw, functools.cached_property):
        return _live_function("cached", raw.func, owner)
    inner = raw
    while not isinstance(inner, FunctionType) and getattr(inner, "__wrapped__", None) is not None:
        inner = inner.__wrapped__
    if isinstance(inner, FunctionType):
        return _live_function("method", inner, owner)
    kind = type(raw)
    if kind.__module__ != "builtins" and hasattr(kind, "__get__") and not isinstance(raw, type):
        return Member("value", problem=f"a descriptor of type {kind.__name__}")
    return Member("value", meaning=meaning_of(raw))


def _live_function(kind: str, function: Any, owner: UserClass) -> Member:
    from srcdiff.frontend.source import function_source, plain_function

    try:
        return Member(kind, owned(function_source(plain_function(function)), owner))
    except UsageError as error:
        return Member(kind, problem=str(error))


# classes of a file that is only read


def _derived(name: str, base: Any) -> type[BaseException] | None:
    """A class of exceptions that stands for one that is not loaded."""
    known = isinstance(base, type) and issubclass(base, BaseException)
    return type(name, (base,), {"__module__": name}) if known else None


@dataclass(eq=False)
class ClassReader:
    """Reads a class of a file: `make` gives the source of a function in it."""

    node: ast.ClassDef
    resolver: TextResolver
    identity: object
    make: Callable[[ast.FunctionDef], FunctionSource]

    def read(self) -> UserClass:
        found = UserClass(self.node.name, self.identity, self.resolver)
        orders: list[list[UserClass]] = []
        bases: list[UserClass] = []
        for base in self.node.bases:
            self.inherit(found, base, orders, bases)
        order = merge_orders([*orders, bases])
        found.mro = [found, *(order or [])]
        if order is None:
            found.problem = f"the bases of {found.name} have no common order"
        if self.node.keywords:
            found.problem = f"{found.name} has a metaclass or other keywords"
        self.decorate(found)
        for stmt in self.node.body:
            self.member(found, stmt)
        if found.fields is not None or found.is_tuple:
            found.fields = self.fields(found)
        return found

    def meaning(self, node: ast.expr) -> Meaning | None:
        return named(self.resolver, node)

    def inherit(self, found: UserClass, base: ast.expr, orders: list[list[UserClass]], bases: list[UserClass]) -> None:
        match self.meaning(base):
            case UserType(cls):
                orders.append(cls.mro)
                bases.append(cls)
                found.is_dict = found.is_dict or cls.is_dict
                found.is_enumeration = found.is_enumeration or cls.is_enumeration
                found.exception = found.exception or _derived(found.name, cls.exception)
            case Library("typing.NamedTuple"):
                found.is_tuple = True
            case Library(name) if name in PLAIN_BASES:
                pass
            case Library(name):
                found.is_dict = name.endswith(".TypedDict")
                found.problem = f"{found.name} inherits from {ast.unparse(base)}"
                found.is_enumeration = found.is_enumeration or name.startswith("enum.")
                found.exception = found.exception or _derived(found.name, library_object(name))
            case _:
                found.problem = f"{found.name} inherits from {ast.unparse(base)}"

    def decorate(self, found: UserClass) -> None:
        for decorator in self.node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            match self.meaning(call.func if call is not None else decorator):
                case Library("dataclasses.dataclass"):
                    options = {
                        k.arg: getattr(k.value, "value", None) for k in (call.keywords if call is not None else ())
                    }
                    found.fields = []
                    found.makes_init = options.get("init", True) is True
                    found.is_frozen = options.get("frozen", False) is True
                    if options.get("kw_only"):
                        found.problem = f"{found.name} is a dataclass with kw_only"
                case _:
                    found.problem = f"{found.name} has the decorator {ast.unparse(decorator)}"

    def member(self, found: UserClass, stmt: ast.stmt) -> None:
        match stmt:
            case ast.FunctionDef():
                found.members[stmt.name] = self.function(found, stmt)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=other)) if other in found.members:
                found.members[name] = found.members[other]
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.members[name] = self.variable(found, name, value)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                found.annotations[name] = annotation
                if value is not None and not found.is_tuple:
                    found.members[name] = self.variable(found, name, value)
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.AsyncFunctionDef():
                found.members[stmt.name] = Member("method", problem=f"{stmt.name} is an async function")
            case _:
                found.problem = f"the body of {found.name} has statements that are only known when it runs"

    def variable(self, found: UserClass, name: str, node: ast.expr) -> Member:
        """What a variable of the class's body is."""
        if (
            found.is_enumeration
            or f"{found.name}.{name}" in self.resolver.changed
            or self.in_scope(found, node)
            or is_own(node, self.resolver)
        ):
            return Member("computed")
        return Member("value", meaning=self.value(node))

    def in_scope(self, found: UserClass, node: ast.expr) -> bool:
        """Whether an expression of the class's body reads its other names, and not those of the module."""
        return any(isinstance(n, ast.Name) and n.id in found.members for n in ast.walk(node))

    def value(self, node: ast.expr) -> Meaning:
        expression = self.resolver.expression
        found: Meaning = expression(node)
        return found

    def function(self, found: UserClass, node: ast.FunctionDef) -> Member:
        kind = "method"
        decorators: list[tuple[ast.expr, Meaning]] = []
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Attribute) and decorator.attr == "setter":
                before = found.members.get(node.name)
                if before is not None:
                    return replace(before, setter=owned(self.make(node), found))
            inner = decorator.func if isinstance(decorator, ast.Call) else decorator
            meaning = self.meaning(inner)
            match meaning:
                case Library("builtins.staticmethod"):
                    kind = "static"
                case Library("builtins.classmethod"):
                    kind = "class"
                case Library("builtins.property"):
                    kind = "property"
                case Library("functools.cached_property"):
                    kind = "cached"
                case Library(name) if changes_nothing(decorator, name):
                    pass
                case User():
                    decorators.append((decorator, meaning))
                case _:
                    problem = f"{node.name} has the decorator {ast.unparse(decorator)}"
                    return Member(kind, owned(self.make(node), found), problem=problem)
        return Member(kind, owned(self.make(node), found), decorators=tuple(decorators))

    def fields(self, found: UserClass) -> list[Field]:
        """The fields that the body declares, after those of the bases."""
        own: dict[str, Field] = {}
        for base in reversed(found.mro[1:]):
            own |= {f.name: f for f in base.fields or ()}
        for stmt in self.node.body:
            if isinstance(stmt, ast.AnnAssign) and isinstance(stmt.target, ast.Name):
                if "ClassVar" not in ast.unparse(stmt.annotation):
                    own[stmt.target.id] = self.field(found, stmt.target.id, stmt)
        return list(own.values())

    def field(self, found: UserClass, name: str, stmt: ast.AnnAssign) -> Field:
        value = stmt.value
        if "InitVar" in ast.unparse(stmt.annotation):
            found.problem = f"{found.name} has an InitVar"
        if isinstance(value, ast.Call) and self.meaning(value.func) == Library("dataclasses.field"):
            found.members.pop(name, None)
            options = {k.arg: k.value for k in value.keywords}
            default, factory = options.get("default"), options.get("default_factory")
            return Field(
                name,
                stmt.annotation,
                self.value(default) if default is not None else None,
                self.value(factory) if factory is not None else None,
                getattr(options.get("init"), "value", True),
                getattr(options.get("kw_only"), "value", False),
            )
        if value is not None and self.in_scope(found, value):
            found.problem = f"the default of {found.name}.{name} is computed from other fields"
        return Field(name, stmt.annotation, self.value(value) if value is not None else None)


def named_tuple(name: str, fields: list[str], identity: object) -> UserClass:
    """The class that collections.namedtuple(name, fields) makes."""
    found = UserClass(name, identity, fields=[Field(f) for f in fields], is_tuple=True)
    found.mro = [found]
    return found
