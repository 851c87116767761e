"""The user's classes of a file that is only read."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from srcdiff.frontend.changes import bound_names
from srcdiff.frontend.classes import PLAIN_BASES, Field, Member, UserClass, merge_orders, owned
from srcdiff.frontend.constants import is_own
from srcdiff.frontend.library import changes_nothing, library_object
from srcdiff.frontend.names import Library, Meaning, TextResolver, User, UserType, named

if TYPE_CHECKING:
    from srcdiff.frontend.source import FunctionSource


def _derived(name: str, base: Any) -> type[BaseException] | None:
    """A class of exceptions that stands for one that is not loaded."""
    known = isinstance(base, type) and issubclass(base, BaseException)
    return type(name, (base,), {"__module__": name}) if known else None


class _Attributes(ast.NodeTransformer):
    """Names as attributes of a class."""

    def __init__(self, owner: str, names: set[str]) -> None:
        self.owner, self.names = owner, names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.names:
            return node
        made = ast.parse(f"{self.owner}.{node.id}", mode="eval").body
        for part in ast.walk(made):
            ast.copy_location(part, node)
        return made


@dataclass(eq=False)
class ClassReader:
    """Reads a class of a file: `make` gives the source of a function in it."""

    node: ast.ClassDef
    resolver: TextResolver
    identity: object
    make: Callable[[ast.FunctionDef | ast.Lambda], FunctionSource]
    within: str = ""  # the classes around it, `Outer.`

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
        self.assigned_later(found)
        if found.fields is not None or found.is_tuple:
            found.fields = self.fields(found)
        return found

    def assigned_later(self, found: UserClass) -> None:
        """What the file assigns to the class when it is made, `C.method = g`: but for variables of its body, refuse it."""
        for key in self.resolver.changed:
            owner, dot, name = key.partition(".")
            if owner != found.name or not dot:
                continue
            if name not in found.members or found.members[name].kind != "computed":
                found.members[name] = Member("value", problem="assigned after the class is made")

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
            case ast.ClassDef(name=name):
                inner = replace(self, node=stmt, identity=(self.identity, name), within=f"{self.within}{found.name}.")
                found.members[name] = Member("value", meaning=UserType(inner.read()))
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

    def with_scope(self, found: UserClass, node: ast.FunctionDef) -> ast.FunctionDef:
        """A method whose defaults name variables of the class's body as its attributes: `r=K` is `r=C.K`."""
        defaults = [d for d in (*node.args.defaults, *node.args.kw_defaults) if d is not None]
        read = {n.id for d in defaults for n in ast.walk(d) if isinstance(n, ast.Name)} & found.members.keys()
        if not read:
            return node
        bound = [name for stmt in self.node.body for name, _ in bound_names(stmt)]
        if any(bound.count(name) > 1 or f"{found.name}.{name}" in self.resolver.changed for name in read):
            found.problem = f"a default of {found.name}.{node.name} is a variable of the class that changes"
        scoped = copy.copy(node)
        scoped.args = copy.deepcopy(node.args)
        attributes = _Attributes(self.within + found.name, read)
        scoped.args.defaults = [attributes.visit(d) for d in scoped.args.defaults]
        scoped.args.kw_defaults = [d and attributes.visit(d) for d in scoped.args.kw_defaults]
        return scoped

    def value(self, node: ast.expr) -> Meaning:
        expression = self.resolver.expression
        found: Meaning = expression(node)
        return found

    def function(self, found: UserClass, node: ast.FunctionDef) -> Member:
        kind = "method"
        node = self.with_scope(found, node)
        decorators: list[tuple[ast.expr, Meaning]] = []
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Attribute) and decorator.attr == "setter":
                before = found.members.get(node.name)
                if before is not None:
                    return replace(before, setter=owned(self.make(node), found))
            inner = decorator.func if isinstance(decorator, ast.Call) else decorator
            meaning = self.meaning(inner)
            match meaning:
                case _ if self.in_scope(found, decorator):
                    problem = f"{node.name} has a decorator that the class itself defines"
                    return Member(kind, owned(self.make(node), found), problem=problem)
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
            if any(e is not None and self.in_scope(found, e) for e in (default, factory)):
                found.problem = f"the default of {found.name}.{name} is computed from other fields"
            makes = User(self.make(factory)) if isinstance(factory, ast.Lambda) else None
            return Field(
                name,
                stmt.annotation,
                self.value(default) if default is not None else None,
                makes or (self.value(factory) if factory is not None else None),
                getattr(options.get("init"), "value", True),
                getattr(options.get("kw_only"), "value", False),
            )
        if value is not None and self.in_scope(found, value):
            found.problem = f"the default of {found.name}.{name} is computed from other fields"
        return Field(name, stmt.annotation, self.value(value) if value is not None else None)
