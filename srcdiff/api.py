"""The public functions that make derivatives."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar, overload
from weakref import WeakKeyDictionary

from srcdiff.errors import SrcdiffError, UsageError

Wrt = int | str | tuple[int | str, ...]
Function = TypeVar("Function", bound=Callable[..., Any])


_programs: WeakKeyDictionary[Callable[..., Any], Any] = (
    WeakKeyDictionary()
)  # the SSA of derivatives, to derive them again


def derivative_of(function: Callable[..., Any], mode: str, wrt: Wrt) -> Callable[..., Any]:
    """Read, differentiate, write and load one function."""
    # the compiler is loaded when it is first used: a program that only imports srcdiff does not wait for it
    from srcdiff.derivatives import register
    from srcdiff.emit.emit import emit
    from srcdiff.emit.load import load
    from srcdiff.frontend.source import source_of
    from srcdiff.ir.printer import format_program
    from srcdiff.pipeline import compile_derivative, within_depth

    program = _programs.get(function) if isinstance(function, FunctionType) else None
    source = program or source_of(function)
    with within_depth(source):
        compiled = compile_derivative(source, mode, wrt)
        emitted = emit(compiled.program)
        derivative = load(emitted, wrapped=function, doc=compiled.doc, ssa=lambda: format_program(compiled.program))
    _programs[derivative] = compiled.program
    register(derivative, function, mode, wrt)
    return derivative


def _decorator(mode: str, function: Any, wrt: Wrt) -> Any:
    if function is None:
        return lambda decorated: _decorator(mode, decorated, wrt)
    if isinstance(function, (str, int, tuple)):
        raise UsageError(f"the first argument is the function; write {mode}(f, wrt={function!r})")
    try:
        return derivative_of(function, mode, wrt)
    except SrcdiffError as error:  # the message says it all: the compiler's own frames would only bury it
        raise error.with_traceback(None) from None


@overload
def grad(function: None = None, wrt: Wrt = 0) -> Callable[[Callable[..., Any]], Callable[..., Any]]: ...
@overload
def grad(function: Callable[..., Any], wrt: Wrt = 0) -> Callable[..., Any]: ...
def grad(function: Any = None, wrt: Wrt = 0) -> Any:
    """The gradient of a function whose output is a scalar, by reverse mode.

    Parameters
    ----------
    function : a Python function that returns one real number. Without it, a decorator is returned.
    wrt : the position or name of the argument to differentiate with respect to, or a tuple of these.

    Returns
    -------
    A plain function of the same arguments. It returns, for one `wrt`, an array of the argument's shape (a float for a
    scalar; a dict, list or tuple of the argument's structure), and for a tuple of them a tuple. Integers are taken as
    floats; float32 gives float32. `.source` is its text, `.save(path)` writes it to a file, `.ssa` is its SSA.

    Raises
    ------
    UsageError : the function has no source, `wrt` names no argument, the output is not a scalar.
    Refusal : a construct has no derivative; the message shows where, and what to write instead.

    The mathematics is reverse accumulation: Griewank and Walther, *Evaluating Derivatives* (SIAM, 2008), chapter 3.

    >>> import srcdiff
    >>> def f(x: float) -> float:
    ...     return x**2 + 3
    >>> srcdiff.grad(f)(1.0)
    2.0
    """
    return _decorator("grad", function, wrt)


@overload
def value_and_grad(function: None = None, wrt: Wrt = 0) -> Callable[[Callable[..., Any]], Callable[..., Any]]: ...
@overload
def value_and_grad(function: Callable[..., Any], wrt: Wrt = 0) -> Callable[..., Any]: ...
def value_and_grad(function: Any = None, wrt: Wrt = 0) -> Any:
    """The value of a function and its gradient, in one call: what `scipy.optimize.minimize` takes with `jac=True`.

    Parameters, errors and the gradient are those of `grad`; the result is a pair `(value, gradient)`.

    >>> import srcdiff
    >>> def f(x: float) -> float:
    ...     return x**2 + 3
    >>> srcdiff.value_and_grad(f)(1.0)
    (4.0, 2.0)
    """
    return _decorator("value_and_grad", function, wrt)


@overload
def vjp(function: None = None, wrt: Wrt = 0) -> Callable[[Callable[..., Any]], Callable[..., Any]]: ...
@overload
def vjp(function: Callable[..., Any], wrt: Wrt = 0) -> Callable[..., Any]: ...
def vjp(function: Any = None, wrt: Wrt = 0) -> Any:
    """The vector-Jacobian product, by one sweep of reverse mode: `f_vjp(*args, y_bar) -> (value, cotangents)`.

    `y_bar` has the structure and shape of the output. One `wrt` gives one cotangent, of its argument's shape; a tuple
    gives a tuple. The errors are those of `grad`, but the output may be of any shape.

    >>> import numpy as np, srcdiff
    >>> def f(x: np.ndarray) -> np.ndarray:
    ...     return x**2
    >>> srcdiff.vjp(f)(np.array([1.0, 3.0]), np.array([1.0, 10.0]))
    (array([1., 9.]), array([ 2., 60.]))
    """
    return _decorator("vjp", function, wrt)


@overload
def jvp(function: None = None, wrt: Wrt = 0) -> Callable[[Callable[..., Any]], Callable[..., Any]]: ...
@overload
def jvp(function: Callable[..., Any], wrt: Wrt = 0) -> Callable[..., Any]: ...
def jvp(function: Any = None, wrt: Wrt = 0) -> Any:
    """The Jacobian-vector product, by one sweep of forward mode: `f_jvp(*args, *tangents) -> (value, tangent)`.

    There is one tangent for each argument of `wrt`, of that argument's structure and shape; the tangent that is returned
    has the output's. The mathematics is forward accumulation: Griewank and Walther, *Evaluating Derivatives*, chapter 3.

    >>> import srcdiff
    >>> def f(x: float, y: float) -> float:
    ...     return x * y
    >>> srcdiff.jvp(f, wrt=("x", "y"))(2.0, 5.0, 1.0, 0.0)
    (10.0, 5.0)
    """
    return _decorator("jvp", function, wrt)


def show(derivative: Callable[..., Any]) -> None:
    """Print the text of a derivative, in colour where a terminal or a notebook shows it.

    Raises UsageError for a function that srcdiff did not make.
    """
    from srcdiff.colour import print_python

    source = getattr(derivative, "source", None)
    if source is None:
        raise UsageError("show takes a derivative that srcdiff made")
    print_python(source)


def transpile(text: str, file: str = "<text>") -> str:
    """The text of a module in which functions decorated with srcdiff are replaced by their derivatives.

    Parameters
    ----------
    text : the module's text. It is parsed, and never run.
    file : the name that errors give it.

    Raises Refusals with every construct that has no derivative, each with its place.

    >>> print(transpile('''import srcdiff
    ...
    ... @srcdiff.grad
    ... def square(x: float) -> float:
    ...     return x**2
    ... '''), end="")
    def square(x):
        return 2 * x
    """
    from srcdiff.files import transpiled

    if not isinstance(text, str):
        raise UsageError(f"transpile takes the text of a module, and is given {text!r:.80}")
    return transpiled(text, file)
