"""The user's classes: what their attributes mean, and what is known of a class that exists."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import typing
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import FunctionType
from typing import TYPE_CHECKING, Any

from srcdiff.errors import UsageError
from srcdiff.frontend.library import is_library_module
from srcdiff.frontend.names import Meaning, Resolver, meaning_of

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


def named_tuple(name: str, fields: list[str], identity: object) -> UserClass:
    """The class that collections.namedtuple(name, fields) makes."""
    found = UserClass(name, identity, fields=[Field(f) for f in fields], is_tuple=True)
    found.mro = [found]
    return found
