"""Products of vectors, matrices and tensors, and linear algebra."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcdiff import runtime
from srcdiff.rules.declare import Unbound, UnknownRank, bilinear, called, general, helper, in_text, linear, summed_to


def is_rank(x: Any, wanted: int) -> bool:
    """Whether an array is known to have this rank."""
    try:
        return bool(x.ndim == wanted)
    except UnknownRank:
        return False


def of_matrices(function: Callable[..., Any], batched: Callable[..., Any]) -> Callable[..., Any]:
    """A product's cotangent by `function`, and by `batched` where both are known to be stacks of matrices.

    That of the rows x of `x @ y` for a matrix y is the same for any rank of x.
    """
    inner = helper(function)

    def cotangent(z_bar: Any, x: Any, y: Any) -> Any:
        if function is runtime.matmul_x and is_rank(y, 2) and not is_rank(x, 1):
            return z_bar @ y.T
        try:
            stacks = x.ndim >= 2 and y.ndim >= 2 and x.ndim + y.ndim > 4
        except UnknownRank:
            stacks = False
        return batched(z_bar, x, y) if stacks else inner(z_bar, x, y)

    return cotangent


matmul_x = of_matrices(runtime.matmul_x, lambda z_bar, x, y: summed_to(z_bar @ np.swapaxes(y, -1, -2), x))
matmul_y = of_matrices(runtime.matmul_y, lambda z_bar, x, y: summed_to(np.swapaxes(x, -1, -2) @ z_bar, y))
bilinear(operator.matmul, np.matmul, x=matmul_x, y=matmul_y)
bilinear(np.dot, x=helper(runtime.dot_x), y=helper(runtime.dot_y))
bilinear(np.outer, x=helper(runtime.outer_x), y=helper(runtime.outer_y))
bilinear(np.inner, x=helper(runtime.inner_x), y=helper(runtime.inner_y))
bilinear(np.tensordot, x=helper(runtime.tensordot_x), y=helper(runtime.tensordot_y))
bilinear(np.kron, x=called(runtime.kron_x), y=called(runtime.kron_y))


def conjugate(x: Any) -> Any:
    return np.conj(x) if np.iscomplexobj(x) else x


bilinear(
    np.vdot,
    x=lambda z_bar, x, y: conjugate(z_bar * np.reshape(y, x.shape)),
    y=lambda z_bar, x, y: z_bar * conjugate(np.reshape(x, y.shape)),
)


def einsum_operands(z_bar: Any, subscripts: Any, *operands: Any, index: int) -> Any:
    """A literal specification without an ellipsis."""
    if not isinstance(subscripts, str) or "." in subscripts:
        raise Unbound(
            "subscripts that are no literal, or that have an ellipsis", "write the subscripts out: 'ij,jk->ik'"
        )
    terms, out = einsum_terms(subscripts)
    own, others = terms[index], terms[:index] + terms[index + 1 :]
    seen = set(out).union(*others)
    distinct = "".join(dict.fromkeys(own))
    kept = "".join(c for c in distinct if c in seen)
    rest = operands[:index] + operands[index + 1 :]
    bar = np.einsum(f"{','.join([out, *others])}->{kept}", z_bar, *rest)
    if kept and kept != distinct:
        bar = bar[tuple(slice(None) if c in seen else None for c in distinct)]
    if distinct != own:
        return called(runtime.spread_diagonal_x)(bar, own, operands[index])
    return bar if kept != own else summed_to(bar, operands[index])  # einsum, too, broadcasts lengths of 1


def einsum_terms(subscripts: str) -> tuple[list[str], str]:
    """The letters of each operand, and of the result: those that occur once, where it is not given."""
    left, arrow, out = subscripts.replace(" ", "").partition("->")
    return left.split(","), out if arrow else "".join(sorted(c for c in set(left) - {","} if left.count(c) == 1))


bilinear(np.einsum, operands=einsum_operands)

inv_a = helper(runtime.inv_a)


def norms(function: Callable[..., Any], last: Callable[..., Any]) -> Callable[..., Any]:
    """Of every order of vectors but 0, and of matrices by `last`, which the text calls."""
    inner = helper(function)

    def norm(bar: Any, z: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
        named = isinstance(ord, str) and ord in ("fro", "nuc")
        if not (ord is None or named or isinstance(ord, (int, float)) and ord != 0):
            raise Unbound("ord=")
        if ord in (None, "fro"):
            return inner(bar, z, x, ord, axis, keepdims)
        try:
            matrix = runtime.is_matrix_norm(x, axis)
        except UnknownRank:
            matrix = False
        if matrix and (axis is not None or ord not in (1, -1, 2, -2, math.inf, -math.inf, "nuc")):
            raise Unbound("this ord= of matrices")
        if ord == "nuc" and not matrix:
            raise Unbound(
                "ord='nuc' of what is not known to be a matrix", 'declare it: `x: Annotated[np.ndarray, "n m"]`'
            )
        return last(bar, z, x, ord, axis, keepdims) if matrix else inner(bar, z, x, ord, axis, keepdims)

    return norm


general(
    np.linalg.norm,
    x=(norms(runtime.norm_dot, called(runtime.norm_dot)), norms(runtime.norm_x, called(runtime.norm_x))),
)
general(
    np.linalg.solve,
    a=(lambda a_dot, z, a, b: -np.linalg.solve(a, a_dot @ z), helper(runtime.solve_a)),
    b=(lambda b_dot, z, a, b: np.linalg.solve(a, b_dot), helper(runtime.solve_b)),
)
general(np.linalg.inv, a=(lambda a_dot, z, a: -z @ a_dot @ z, inv_a))
general(np.linalg.det, a=(helper(runtime.det_dot), helper(runtime.det_a)))
general(np.linalg.slogdet, a=(helper(runtime.slogdet_dot), helper(runtime.slogdet_a)))
general(np.linalg.cholesky, a=(called(runtime.cholesky_dot), called(runtime.cholesky_a)))
general(np.linalg.eigh, a=(called(runtime.eigh_dot), called(runtime.eigh_a)))
general(np.linalg.eigvalsh, a=(called(runtime.eigvalsh_dot), called(runtime.eigvalsh_a)))


def singular(values: Callable[..., Any], vectors: Callable[..., Any]) -> Callable[..., Any]:
    """Of np.linalg.svd, with as many vectors as singular values: the others are not determined."""
    of_values, of_vectors = called(values), called(vectors)

    def svd(bar: Any, z: Any, x: Any, full_matrices: Any = True, compute_uv: Any = True) -> Any:
        if compute_uv is False:
            return of_values(bar, z, x)
        if compute_uv is not True or full_matrices is not False:
            raise Unbound("full_matrices=True", "give full_matrices=False")
        return of_vectors(bar, z, x)

    return svd


general(
    np.linalg.svd,
    x=(
        singular(runtime.singular_values_dot, runtime.svd_dot),
        singular(runtime.singular_values_x, runtime.svd_x),
    ),
)
general(np.linalg.qr, a=(called(runtime.qr_dot), called(runtime.qr_a)))
general(np.linalg.pinv, a=(called(runtime.pinv_dot), called(runtime.pinv_a)))


def of_power(function: Callable[..., Any]) -> Callable[..., Any]:
    call = called(function)
    return lambda bar, z, a, n: call(bar, z, a, n)


general(np.linalg.matrix_power, a=(of_power(runtime.matrix_power_dot), of_power(runtime.matrix_power_a)))


def trace_x(z_bar: Any, x: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """A multiple of the identity, for a matrix; else written by a call."""
    try:
        plain = x.ndim == 2 and (offset, axis1, axis2) == (0, 0, 1)
    except UnknownRank:
        plain = False
    if plain:
        return z_bar * in_text(x, np.eye, x.shape[0], x.shape[1], dtype=x.dtype)
    return called(runtime.trace_x)(z_bar, x, offset, axis1, axis2)


linear(np.trace, x=trace_x)
linear(np.diagonal, x=called(runtime.diagonal_x))
