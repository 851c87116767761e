"""What an annotation says of a parameter: `x: Annotated[np.ndarray, "n d"]` is a matrix of floats."""

from __future__ import annotations

import ast
import builtins
import sys
import types
import typing
from collections.abc import Sequence as Elements
from typing import Any as AnyValue

from srcdiff.frontend.classes import UserClass
from srcdiff.frontend.names import (
    Expression,
    Library,
    Meaning,
    Resolver,
    UserType,
    Value,
    library_attribute,
    meaning_of,
)
from srcdiff.ir.types import (
    BOOL,
    INT,
    SCALAR,
    UNDEFINED,
    Any,
    Array,
    Dict,
    Dim,
    Opaque,
    Record,
    Sequence,
    Tuple,
    Type,
    fresh,
)
from srcdiff.rules.random_draws import GENERATORS

SCALARS: dict[str, Type] = {
    "builtins.float": SCALAR,
    "builtins.int": INT,
    "builtins.bool": BOOL,
    "builtins.complex": Array("complex", ()),
    "builtins.str": Opaque("str"),
    "numpy.float64": SCALAR,
    "numpy.float32": SCALAR,
    "numpy.int64": INT,
    **{name: Opaque(kind) for kind, name in GENERATORS.items()},
    "numpy.random._generator.Generator": Opaque("Generator"),  # the names under which the classes know themselves
    "numpy.random.mtrand.RandomState": Opaque("RandomState"),
}
ANNOTATED = ("typing.Annotated", "typing_extensions.Annotated")
DTYPES = {"float": "float", "int": "int", "uint": "int", "bool": "bool", "complex": "complex"}
LISTS = ("builtins.list", "typing.List", "typing.Sequence", "collections.abc.Sequence")
TUPLES = ("builtins.tuple", "typing.Tuple")
DICTS = ("builtins.dict", "typing.Dict", "typing.Mapping", "collections.abc.Mapping")
ND_ARRAY_ALIASES = ("numpy.typing.NDArray", "numpy._typing._array_like.NDArray", "numpy._typing.NDArray")


MAXIMUM_NESTING = 6  # of objects within objects, where their types are looked at


def type_of_annotation(node: ast.expr | None, name: str, resolver: Resolver) -> Type:
    """The type that a parameter's annotation declares; Any where it says nothing that is known."""
    return _Reader(resolver, name).node(node) or Any(name)


def type_of_any_annotation(annotation: AnyValue, name: str, resolver: Resolver | None, nesting: int = 0) -> Type:
    """The type that an annotation declares, be it a tree, a string or an evaluated one."""
    reader = _Reader(resolver or _Module(), name, nesting)
    found = reader.node(annotation) if isinstance(annotation, ast.expr) else reader.live(annotation)
    return found or Any(name)


class _Module:
    """Resolves the names of a live class's annotations: in the module that it is defined in."""

    def __init__(self, cls: type | None = None) -> None:
        module = sys.modules.get(cls.__module__) if cls is not None else None
        self.names = {**vars(builtins), **(vars(module) if module is not None else {})}

    def resolve(self, name: str) -> Meaning | None:
        thing = self.names.get(name)
        return meaning_of(thing) if thing is not None else None

    def attribute(self, meaning: Meaning, name: str) -> Meaning | None:
        return library_attribute(meaning, name) if isinstance(meaning, Library) else None


def scope_of(cls: UserClass) -> Resolver:
    """What the names in a class's annotations mean."""
    return cls.resolver or _Module(cls.live)


def class_of_annotation(annotation: AnyValue, resolver: Resolver | None) -> UserClass | None:
    """The class of the user's that an annotation names, if it does."""
    if isinstance(annotation, str) or isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        text = annotation if isinstance(annotation, str) else str(annotation.value)
        try:
            annotation = ast.parse(text, mode="eval").body
        except SyntaxError:
            return None
    meaning: Meaning | None = None
    if isinstance(annotation, ast.expr):
        meaning = _Reader(resolver, "").resolve(annotation) if resolver is not None else None
    elif isinstance(annotation, type) and typing.get_origin(annotation) is None:
        meaning = meaning_of(annotation)
    cls = meaning.cls if isinstance(meaning, UserType) else None
    return None if cls is None or cls.is_enumeration or cls.is_dict else cls


def record_type(cls: UserClass, name: str, depth: int = 0) -> Record:
    """The type of an argument of a class, by the annotations of its attributes."""
    items: dict[str, Type] = {}
    for owner in reversed(cls.mro):
        for attribute, annotation in owner.annotations.items():
            inner = class_of_annotation(annotation, scope_of(owner))
            if inner is not None and depth < MAXIMUM_NESTING:
                items[attribute] = record_type(inner, f"{name}.{attribute}", depth + 1)
            else:
                items[attribute] = type_of_any_annotation(annotation, f"{name}.{attribute}", scope_of(owner), depth)
    return Record(cls.name, tuple(items.items()), cls)


def dtype_of(name: str) -> str | None:
    """ "float" for numpy.float32, builtins.float and the like."""
    stem = name.rpartition(".")[2].rstrip("_0123456789").lower()
    return DTYPES.get(stem)


def dimensions(text: str, name: str) -> tuple[Dim, ...] | frozenset:
    """The shape that "n d 3" declares; "..." and "*batch" leave the rank open."""
    dims: list[Dim] = []
    for token in text.replace(",", " ").split():
        token = token.partition("=")[2] or token
        if token == "..." or token.startswith("*"):
            return frozenset({name})
        if token.isdigit():
            dims.append(int(token))
        else:
            dims.append(fresh() if token.startswith(("_", "#", "?")) else token)
    return tuple(dims)


def shape_text(declared: object) -> str | None:
    """What `Annotated` says of a shape: text, "n 3", or a tuple, ("n", 3)."""
    if isinstance(declared, tuple) and all(type(d) is int or isinstance(d, str) for d in declared):
        return " ".join(map(str, declared))
    return declared if isinstance(declared, str) else None


def written_out(node: ast.expr) -> object:
    """The value of a constant, or of a tuple of such; None for anything else."""
    if isinstance(node, ast.Tuple):
        return tuple(written_out(part) for part in node.elts)
    return node.value if isinstance(node, ast.Constant) else None


class _Reader:
    """Reads one parameter's annotation; inner types of containers get symbols of their own."""

    def __init__(self, resolver: Resolver, name: str, nesting: int = 0) -> None:
        self.resolver, self.name, self.depth = resolver, name, 0
        self.nesting = nesting  # in how many objects it is

    def symbol(self) -> str:
        return fresh() if self.depth else self.name

    def inner(self, part: AnyValue) -> Type:
        self.depth += 1
        found = self.node(part) if isinstance(part, ast.expr) else self.live(part)
        self.depth -= 1
        return found or Any(fresh())

    def node(self, node: ast.expr | None) -> Type | None:
        match node:
            case ast.Constant(value=None):
                return Opaque("None")
            case ast.Constant(value=str(text)):
                try:
                    return self.node(ast.parse(text, mode="eval").body)
                except SyntaxError:
                    return None
            case ast.Name() | ast.Attribute():
                return self.meaning(self.resolve(node))
            case ast.Subscript(value=value, slice=index):
                return self.generic(value, index.elts if isinstance(index, ast.Tuple) else [index])
        return None

    def resolve(self, node: ast.expr) -> Meaning | None:
        if isinstance(node, ast.Name):
            return self.resolver.resolve(node.id)
        if isinstance(node, ast.Attribute):
            base = self.resolve(node.value)
            return self.resolver.attribute(base, node.attr) if base is not None else None
        return None

    def meaning(self, meaning: Meaning | None) -> Type | None:
        match meaning:
            case Library(name):
                return self.plain(name)
            case Value(value):
                return self.live(value)
            case Expression(node, resolver):
                own, self.resolver = self.resolver, resolver
                found = self.node(node)
                self.resolver = own
                return found
            case UserType(cls) if cls.is_dict:
                return self.entries(cls)
            case UserType(cls) if (
                self.depth and not (cls.is_enumeration or cls.is_tuple) and self.nesting < MAXIMUM_NESTING
            ):
                return record_type(cls, fresh(), self.nesting + 1)
        return None

    def entries(self, cls: UserClass) -> Dict:
        """The dict that a TypedDict describes; it may have other entries."""
        declared = {key: part for owner in reversed(cls.mro) for key, part in owner.annotations.items()}
        return Dict(tuple((key, self.inner(part)) for key, part in declared.items()), Opaque("more"))

    def plain(self, name: str) -> Type | None:
        if name == "numpy.ndarray" or name in ND_ARRAY_ALIASES:
            return Array(None, frozenset({self.symbol()}))
        if name in LISTS:
            return Sequence("list", Any(fresh()), None)
        if name in DICTS:
            return Dict(None, Any(fresh()))
        return SCALARS.get(name)

    def generic(self, value: ast.expr, parts: list[ast.expr]) -> Type | None:
        meaning = self.resolve(value)
        if isinstance(meaning, Value):  # an alias such as NDArray, which is itself a generic type
            origin = typing.get_origin(meaning.value)
            meaning = Library("numpy.typing.NDArray") if getattr(origin, "__name__", "") == "ndarray" else None
        if not isinstance(meaning, Library):
            return None
        return self.applied(meaning.name, parts, [written_out(p) for p in parts])

    def applied(self, name: str, parts: Elements[AnyValue], texts: Elements[AnyValue]) -> Type | None:
        """The type of name[parts], whether these are trees or live objects."""
        if name in ANNOTATED:
            strings = [shape for shape in map(shape_text, texts[1:]) if shape is not None]
            base = self.node(parts[0]) if isinstance(parts[0], ast.expr) else self.live(parts[0])
            if strings and isinstance(base, Array) and base.shape != ():
                return Array(base.dtype or "float", dimensions(strings[0], self.symbol()))
            return base
        if name.startswith("jaxtyping.") and len(parts) == 2 and isinstance(texts[1], str):
            return Array(dtype_of(name) or "float", dimensions(texts[1], self.symbol()))
        if name in ND_ARRAY_ALIASES:
            return Array(self.element_dtype(parts[-1]), frozenset({self.symbol()}))
        if name in LISTS and len(parts) == 1:
            return Sequence("list", self.inner(parts[0]), None)
        if name in TUPLES:
            if len(parts) == 2 and texts[1] is Ellipsis:
                return Sequence("tuple", self.inner(parts[0]), None)
            return Tuple(tuple(self.inner(p) for p in parts))
        if name in DICTS and len(parts) == 2:
            return Dict((), UNDEFINED).with_key(self.inner(parts[0]), self.inner(parts[1]))
        return None

    def element_dtype(self, part: AnyValue) -> str | None:
        if isinstance(part, ast.expr):
            meaning = self.resolve(part)
            return dtype_of(meaning.name) if isinstance(meaning, Library) else None
        if typing.get_origin(part) is not None:  # numpy.dtype[numpy.float64]
            part = typing.get_args(part)[-1]
        return dtype_of(getattr(part, "__name__", ""))

    def live(self, annotation: AnyValue) -> Type | None:
        """The type of an evaluated annotation."""
        if isinstance(annotation, str):
            return self.node(ast.Constant(annotation))
        if hasattr(annotation, "dim_str") and hasattr(annotation, "array_type"):
            return Array(
                dtype_of(annotation.__name__.partition("[")[0]) or "float",
                dimensions(annotation.dim_str, self.symbol()),
            )
        if hasattr(annotation, "__metadata__"):
            parts = (annotation.__origin__, *annotation.__metadata__)
            return self.applied(ANNOTATED[0], parts, parts)
        if isinstance(annotation, typing.ForwardRef):
            return self.node(ast.Constant(annotation.__forward_arg__))
        origin = typing.get_origin(annotation)
        if typing.is_typeddict(annotation):
            return self.meaning(meaning_of(annotation))
        if origin is None:
            module, name = getattr(annotation, "__module__", ""), getattr(annotation, "__qualname__", "")
            found = meaning_of(annotation)  # of what is only a value, an enumeration say, there is no more to say
            return self.plain(f"{module}.{name}") or (None if isinstance(found, Value) else self.meaning(found))
        if origin is typing.Union or isinstance(annotation, types.UnionType):
            return None
        if getattr(origin, "__name__", "") == "ndarray":
            return Array(self.element_dtype(typing.get_args(annotation)[-1]), frozenset({self.symbol()}))
        parts = typing.get_args(annotation)
        return self.applied(f"{origin.__module__}.{origin.__qualname__}", parts, parts)
