"""How the derivative of a primitive is declared, and how a call of the primitive is matched with its rule.

The keyword names the differentiated argument. A lambda's first parameters are the result or a (co)tangent; the rest
mirror the primitive's own signature, so that an option which the rule does not handle fails to bind (`Unbound`).

    elementwise(np.multiply, x=lambda z, x, y: y, y=lambda z, x, y: x)   dz/dx and dz/dy, unbroadcast; or numbers
    linear(np.sum, x=lambda z_bar, x, axis=None: ...)                    the transpose: x_bar from z_bar
    bilinear(np.matmul, x=lambda z_bar, x, y: ..., y=...)                linear in each argument
    general(np.prod, x=(jvp, vjp))                                       jvp(x_dot, z, x, ...), vjp(z_bar, z, x, ...)
    nondifferentiable(np.sign)                                           a result with no derivative, or a zero one

A cotangent may be smaller than its argument, if it broadcasts to it. Of complex numbers it means `dL = Re(x_bar * dx)`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any as AnyValue

import numpy as np

from srcdiff import runtime

Part = AnyValue  # a function, a number (a constant partial), or a pair (jvp, vjp)
LEADING = {"elementwise": 1, "linear": 1, "bilinear": 1, "general": 2}
USUAL = {"absolute": "abs", "conjugate": "conj", "remainder": "mod", "amax": "max", "amin": "min", "around": "round"}


class Unbound(Exception):
    """A call gives an option that the rule does not handle; `hint` says what to write instead."""

    def __init__(self, option: str, hint: str = "") -> None:
        self.option, self.hint = option, hint
        super().__init__(option)


class UnknownRank(Exception):
    """A rule asks what is not known before the program runs; `emit` makes a call of a run-time helper instead."""

    def __init__(self, emit: Callable[..., AnyValue]) -> None:
        self.emit = emit
        super().__init__("the rank is not known")


@dataclass(frozen=True, slots=True)
class Rule:
    """The derivative of one primitive; `parts` has one entry for each differentiable argument."""

    fn: str
    kind: str  # "elementwise" | "linear" | "bilinear" | "general" | "nondifferentiable"
    parts: Mapping[str, Part]
    signature: inspect.Signature | None


RULES: dict[str, Rule] = {}


def dotted(fn: Callable[..., AnyValue] | str) -> str:
    """The canonical name of a function: np.absolute -> "numpy.abs"."""
    if isinstance(fn, str):
        return fn
    module = "numpy" if isinstance(fn, np.ufunc) else fn.__module__.removeprefix("_")
    name = fn.__name__
    return f"{module}.{USUAL.get(name, name) if module == 'numpy' else name}"


def _signature(kind: str, parts: Mapping[str, Part]) -> inspect.Signature:
    functions = [f for part in parts.values() for f in (part if isinstance(part, tuple) else (part,)) if callable(f)]
    if not functions:
        return inspect.Signature([inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in parts])
    found = []
    for function in functions:
        parameters = list(inspect.signature(function).parameters.values())[LEADING[kind] :]
        if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):  # `index` says which of them
            parameters = [p for p in parameters if p.name != "index"]
        found.append([p.replace(annotation=inspect.Parameter.empty) for p in parameters])
    if any(other != found[0] for other in found):
        raise TypeError(f"the parts of a rule differ in their signatures: {found}")
    return inspect.Signature(found[0])


def _declare(kind: str, fns: tuple[Callable[..., AnyValue] | str, ...], parts: Mapping[str, Part]) -> None:
    signature = _signature(kind, parts) if parts else None
    for fn in fns:
        name = dotted(fn)
        if name in RULES:
            raise TypeError(f"{name} has two rules")
        RULES[name] = Rule(name, kind, parts, signature)


def elementwise(*fns: Callable[..., AnyValue] | str, **partials: Part) -> None:
    """Declare z = fn(x, ...) by its partial derivatives `x=lambda z, x, ...: dz/dx`."""
    _declare("elementwise", fns, partials)


def linear(*fns: Callable[..., AnyValue] | str, **transposes: Part) -> None:
    """Declare a function that is linear in the named arguments together, by `x=lambda z_bar, x, ...: x_bar`."""
    _declare("linear", fns, transposes)


def bilinear(*fns: Callable[..., AnyValue] | str, **transposes: Part) -> None:
    """Declare a function that is linear in each of the named arguments."""
    _declare("bilinear", fns, transposes)


def general(*fns: Callable[..., AnyValue] | str, **pairs: Part) -> None:
    """Declare any other function by `x=(lambda x_dot, z, x, ...: z_dot, lambda z_bar, z, x, ...: x_bar)`."""
    _declare("general", fns, pairs)


def nondifferentiable(*fns: Callable[..., AnyValue] | str) -> None:
    """Declare functions whose results carry no derivative: they are ints or bools, or constant almost everywhere."""
    _declare("nondifferentiable", fns, {})


def bind(rule: Rule, args: tuple[AnyValue, ...], kwargs: Mapping[str, AnyValue]) -> dict[str, AnyValue]:
    """The arguments by the rule's names, in order; `*operands` as "operands[0]", "operands[1]", ... Raises Unbound."""
    if rule.signature is None:
        raise Unbound(rule.fn)
    parameters = rule.signature.parameters
    variadic = any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters.values())
    unhandled = [name for name in kwargs if name not in parameters]
    if unhandled:
        raise Unbound(f"{unhandled[0]}=")
    if not variadic and len(args) > len(parameters):
        raise Unbound(f"argument {len(parameters) + 1}")
    try:
        bound = rule.signature.bind(*args, **kwargs)
    except TypeError as error:
        raise Unbound(str(error)) from None
    named: dict[str, AnyValue] = {}
    for name, value in bound.arguments.items():
        if parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
            named |= {f"{name}[{i}]": v for i, v in enumerate(value)}
        else:
            named[name] = value
    return named


def differentiable(rule: Rule, name: str) -> bool:
    """Whether the rule says how the result depends on the argument of that name."""
    return name.partition("[")[0] in rule.parts


def part(rule: Rule, name: str) -> Part:
    """The partial, transpose, or pair for the argument; that of one of `*operands` knows which one it is for."""
    stem, bracket, position = name.partition("[")
    found = rule.parts[stem]
    if not bracket:
        return found
    index = int(position.rstrip("]"))
    if isinstance(found, tuple):
        return tuple(functools.partial(f, index=index) for f in found)
    return functools.partial(found, index=index) if callable(found) else found


def partial(rule: Rule, name: str, z: AnyValue, args: tuple[AnyValue, ...], kwargs: Mapping[str, AnyValue]) -> AnyValue:
    """dz/dname of an elementwise rule."""
    found = part(rule, name)
    return found(z, *args, **kwargs) if callable(found) else found


def transpose(
    rule: Rule, name: str, z_bar: AnyValue, args: tuple[AnyValue, ...], kwargs: Mapping[str, AnyValue]
) -> AnyValue:
    """name's cotangent, by a linear or bilinear rule."""
    return part(rule, name)(z_bar, *args, **kwargs)


def push_general(
    rule: Rule, name: str, x_dot: AnyValue, z: AnyValue, args: tuple[AnyValue, ...], kwargs: Mapping[str, AnyValue]
) -> AnyValue:
    """What the tangent of one argument adds to the result's, by a general rule."""
    return part(rule, name)[0](x_dot, z, *args, **kwargs)


def pull_general(
    rule: Rule, name: str, z_bar: AnyValue, z: AnyValue, args: tuple[AnyValue, ...], kwargs: Mapping[str, AnyValue]
) -> AnyValue:
    """One argument's cotangent, by a general rule."""
    return part(rule, name)[1](z_bar, z, *args, **kwargs)


def substituted(
    rule: Rule, new: Mapping[str, AnyValue], args: tuple[AnyValue, ...], kwargs: Mapping[str, AnyValue]
) -> tuple[tuple[AnyValue, ...], dict[str, AnyValue]]:
    """The call's arguments, with those of `new` (by the rule's names) in place of the old: tangents, say."""
    positional = list(bind(rule, args, {}) if len(args) and not kwargs else bind(rule, args, kwargs))
    values = [new.get(name, old) for name, old in zip(positional, args)]
    return tuple(values), {name: new.get(name, old) for name, old in kwargs.items()}


def helper(function: Callable[..., AnyValue], containers: bool = False) -> Callable[..., AnyValue]:
    """A function of `runtime/` in a rule: written out where the ranks are known, else called by the program.

    With `containers` it may be given lists: then it is called, too, where a symbolic value might prove to be one.
    """

    @functools.wraps(function)
    def call(*args: AnyValue, **kwargs: AnyValue) -> AnyValue:
        name = f"srcdiff.{function.__name__}"
        if containers and any(getattr(a, "may_be_container", False) for a in _flat(args)):
            return dispatch(name, function, args, kwargs)
        try:
            return function(*args, **kwargs)
        except UnknownRank as unknown:
            return unknown.emit(name, *args, **kwargs)

    return call


def _flat(values: AnyValue) -> Iterator[AnyValue]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from _flat(value)
        else:
            yield value


def called(function: Callable[..., AnyValue]) -> Callable[..., AnyValue]:
    """A function of `runtime/` too long to be written out: always a call."""
    return functools.wraps(function)(
        lambda *args, **kwargs: dispatch(f"srcdiff.{function.__name__}", function, args, kwargs)
    )


def dispatch(
    name: str, function: Callable[..., AnyValue], args: tuple[AnyValue, ...], kwargs: Mapping[str, AnyValue]
) -> AnyValue:
    """Compute, or emit the call where an argument is symbolic."""
    for value in _flat((args, tuple(kwargs.values()))):
        if hasattr(value, "emit_call"):
            return value.emit_call(name, *args, **kwargs)
    return function(*args, **kwargs)


def in_text(like: AnyValue, function: Callable[..., AnyValue], *args: AnyValue, **kwargs: AnyValue) -> AnyValue:
    """The call of a function of literals, where `like` is symbolic: an array cannot be a literal of the text."""
    return (
        like.emit_call(dotted(function), *args, **kwargs) if hasattr(like, "emit_call") else function(*args, **kwargs)
    )


def summed_to(v: AnyValue, like: AnyValue) -> AnyValue:
    """`runtime.unbroadcast` in a rule: a sum where the shapes are known, else the call."""
    shape, target = getattr(v, "known_shape", None), getattr(like, "known_shape", None)
    if shape is not None and shape == target:
        return v
    if (
        isinstance(shape, tuple)
        and isinstance(target, tuple)
        and target
        and shape[len(shape) - len(target) :] == target
    ):
        extra = tuple(range(len(shape) - len(target)))
        return np.sum(v, axis=extra[0] if len(extra) == 1 else extra)
    try:
        if np.ndim(like) == 0:
            return np.sum(v) if np.ndim(v) else v
    except UnknownRank:
        pass
    return dispatch("srcdiff.unbroadcast", runtime.unbroadcast, (v, like), {})


@dataclass(frozen=True, slots=True)
class Symbolic:
    """A module whose functions can be called on symbolic values: `Symbolic(math).cos(x)`."""

    module: ModuleType

    def __getattr__(self, name: str) -> Callable[..., AnyValue]:
        function = getattr(self.module, name)
        return lambda *args, **kwargs: dispatch(f"{self.module.__name__}.{name}", function, args, kwargs)
