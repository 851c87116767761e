"""The table of rules: every primitive with arguments, and every option that a rule handles."""

from __future__ import annotations

import math

import numpy as np

_rng = np.random.default_rng(0)


def array(*shape: int) -> np.ndarray:
    return _rng.normal(size=shape)


def positive(*shape: int) -> np.ndarray:
    return _rng.uniform(0.2, 0.9, size=shape)


V, W, X, Y, T = array(4), array(4), array(3, 4), array(3, 4), array(2, 3, 4)
P, Q = positive(4), positive(3, 4)
A = array(3, 3) + 3 * np.eye(3)
B = array(2, 3, 3) + 3 * np.eye(3)
S = A @ A.T
MASK = np.array([[True, False, True, True], [False, True, False, False], [True, True, False, True]])
INDEX = np.array([0, 2, 0])
Row = tuple[str, tuple, dict]


def rows(fns: str, *args, **kwargs) -> list[Row]:
    return [(fn, args, kwargs) for fn in fns.split()]


def of_numpy(names: str, *args, **kwargs) -> list[Row]:
    return rows(" ".join(f"numpy.{n}" for n in names.split()), *args, **kwargs)


def of_math(names: str, *args) -> list[Row]:
    return rows(" ".join(f"math.{n}" for n in names.split()), *args)


SMOOTH = (
    "sin cos tan arctan sinh cosh tanh arcsinh exp exp2 expm1 cbrt square negative positive abs fabs "
    "deg2rad radians rad2deg degrees sinc"
)
ON_POSITIVE = "arcsin arccos arctanh log log2 log10 log1p sqrt reciprocal nan_to_num"
BINARY = (
    "add subtract multiply divide true_divide maximum minimum fmax fmin logaddexp logaddexp2 hypot " "arctan2 copysign"
)

ROWS: list[Row] = [
    *rows("operator.add operator.sub operator.mul operator.truediv", X, V),
    *rows("operator.add operator.sub operator.mul operator.truediv", 1.5, 0.7),
    *rows("operator.add operator.mul", X, array(3, 1)),
    *rows("operator.pow builtins.pow numpy.power numpy.float_power", Q, P),
    *rows("operator.pow math.pow builtins.pow", 1.3, 2.4),
    *[("operator.pow", (X, n), {}) for n in (0, 1, 2, 3, -1, -2)],
    ("operator.pow", (Q, 0.5), {}),
    ("operator.pow", (Q, 2.0), {}),
    ("operator.pow", (-1.2, 3), {}),
    ("operator.pow", (2.0, V), {}),
    *rows("operator.neg operator.pos builtins.abs", X),
    *rows("operator.mod numpy.mod numpy.fmod", 5 + X, P),
    *of_math("fmod remainder", 5.3, 1.7),
    *rows("builtins.float builtins.abs", 1.7),
    *rows("builtins.max builtins.min", 1.5, 0.3),
    *rows("builtins.max builtins.min", 1.5, 0.3, 2.2),
    *rows("builtins.max builtins.min", [1.5, 0.3, 2.2]),
    *rows("builtins.max builtins.min", V),
    *rows("builtins.max builtins.min", 1.5, 0.0),
    *rows("builtins.sum math.fsum", [1.5, 0.3, 2.2]),
    ("builtins.sum", ([V, W],), {}),
    ("builtins.sum", (V,), {}),
    ("builtins.sum", ([1.5, 0.3], 2.0), {}),
    *of_math(
        "sin cos tan asin acos atan sinh cosh tanh asinh atanh exp exp2 expm1 log1p log2 log10 log sqrt cbrt fabs", 0.6
    ),
    *of_math("degrees radians erf erfc", 0.6),
    *of_math("atan2 hypot copysign", 0.6, -1.1),
    *of_math("acosh", 1.6),
    ("math.log", (0.6, 3.0), {}),
    *of_numpy(SMOOTH, X),
    *of_numpy("sin exp abs", 0.6),
    *of_numpy(ON_POSITIVE, Q),
    *of_numpy("arccosh", 1 + Q),
    *of_numpy(BINARY, X, V),
    *of_numpy("maximum minimum", X, 0.0),
    *of_numpy("maximum minimum", 0.0, X),
    *of_numpy("heaviside", X, P),
    ("numpy.where", (X > 0, X, V), {}),
    ("numpy.where", (X > 0, X, 0.0), {}),
    ("numpy.clip", (X, -0.5, 0.5), {}),
    ("numpy.clip", (X, None, 0.5), {}),
    ("numpy.clip", (X, -0.5, None), {}),
    ("numpy.clip", (X, -P, P), {}),
    ("numpy.clip", (X,), {"a_min": -0.5, "a_max": 0.5}),
    *of_numpy("real imag conj", X),
    *of_numpy("float64", 0.6),
    *[row for axis in (None, 0, 1, -1, (0, 1)) for row in of_numpy("sum mean max min var std prod", X, axis=axis)],
    *of_numpy("sum mean max min var std prod", T, axis=(0, -1)),
    *of_numpy("sum mean max min var std prod", X, axis=0, keepdims=True),
    *of_numpy("sum mean max min var std prod", X, keepdims=True),
    *of_numpy("sum mean max min var std prod", V),
    *of_numpy("sum mean max min var std prod", X, 0),
    *of_numpy("var std", X, axis=1, ddof=1),
    *of_numpy("sum mean prod", X, where=MASK),
    *of_numpy("sum mean prod", X, where=MASK, axis=0),
    *of_numpy("sum mean prod", X, where=np.array([[True, False, True, True]]), axis=1, keepdims=True),
    *of_numpy("sum prod", X, initial=2.0),
    *of_numpy("sum prod", X, initial=2.0, axis=1, where=MASK[0]),
    *of_numpy("prod cumprod", np.array([0.0, 2.0, 3.0])),
    *of_numpy("prod cumprod", np.array([0.0, 2.0, 0.0])),
    *of_numpy("cumsum cumprod", V),
    *of_numpy("cumsum cumprod", X),
    *[row for axis in (0, 1, -1) for row in of_numpy("cumsum cumprod", X, axis=axis)],
    *rows("operator.matmul numpy.matmul numpy.dot", X, V),
    *rows("operator.matmul numpy.matmul numpy.dot numpy.inner numpy.vdot", V, W),
    *rows("operator.matmul numpy.matmul numpy.dot", X, array(4, 2)),
    *rows("operator.matmul numpy.matmul numpy.dot", V, array(4, 2)),
    *rows("operator.matmul numpy.matmul numpy.dot", T, array(4, 5)),
    *rows("operator.matmul numpy.matmul", T, array(2, 4, 5)),
    *rows("operator.matmul numpy.matmul", T, array(6, 1, 4, 5)),
    *rows("operator.matmul numpy.matmul numpy.dot", T, V),
    *rows("operator.matmul numpy.matmul numpy.dot", V, array(2, 4, 5)),
    *rows("operator.matmul numpy.matmul numpy.dot", X, array(2, 4, 5)),
    *rows("numpy.dot numpy.inner", 0.7, X),
    *rows("numpy.dot numpy.inner", X, 0.7),
    *of_numpy("inner", X, array(5, 4)),
    *of_numpy("inner", T, array(5, 4)),
    *of_numpy("inner", X, V),
    *of_numpy("vdot", X, Y),
    *of_numpy("outer", V, array(3)),
    *of_numpy("outer", X, array(2, 2)),
    *[("numpy.tensordot", (T, U, n), {}) for n, U in ((1, array(4, 5)), (2, array(3, 4, 2)), (0, array(2)))],
    ("numpy.tensordot", (T, array(4, 5, 2)), {"axes": ([2, 0], [0, 2])}),
    ("numpy.tensordot", (T, array(4, 5, 2)), {"axes": ((0, -1), (-1, 0))}),
    ("numpy.tensordot", (T, array(5, 3)), {"axes": (1, 1)}),
    ("numpy.einsum", ("ij,jk->ik", X, array(4, 2)), {}),
    ("numpy.einsum", ("ij,jk", X, array(4, 2)), {}),
    ("numpy.einsum", ("ij->j", X), {}),
    ("numpy.einsum", ("ij->", X), {}),
    ("numpy.einsum", ("ij,ij->ij", X, array(3, 1)), {}),
    ("numpy.einsum", ("iij,k->jk", array(3, 3, 2), V), {}),
    ("numpy.einsum", ("ii->i", A), {}),
    ("numpy.einsum", ("ii", A), {}),
    ("numpy.einsum", ("bij,bjk,k->bi", B, B, array(3)), {}),
    *of_numpy("kron", X, A),
    *of_numpy("kron", V, array(2)),
    ("numpy.linalg.norm", (V,), {}),
    *[("numpy.linalg.norm", (V,), {"ord": o}) for o in (1, 2, 3, 1.5, math.inf, -math.inf)],
    *[("numpy.linalg.norm", (X,), {"ord": o}) for o in (1, -1, 2, -2, math.inf, -math.inf, "nuc")],
    ("numpy.linalg.norm", (X,), {"ord": 3, "axis": 0}),
    ("numpy.linalg.norm", (X, 2), {"keepdims": True}),
    *[("numpy.linalg.norm", (X,), {"axis": a, "keepdims": k}) for a in (0, -1, (0, 1)) for k in (False, True)],
    ("numpy.linalg.norm", (X,), {"ord": "fro"}),
    ("numpy.linalg.norm", (X,), {"ord": 1, "axis": 1}),
    ("numpy.linalg.norm", (X,), {}),
    *rows("numpy.linalg.solve", A, array(3)),
    *rows("numpy.linalg.solve", A, array(3, 2)),
    *rows("numpy.linalg.solve", B, array(2, 3, 2)),
    *rows("numpy.linalg.inv numpy.linalg.det numpy.linalg.slogdet", A),
    *rows("numpy.linalg.inv numpy.linalg.det numpy.linalg.slogdet", B),
    *rows("numpy.linalg.cholesky numpy.linalg.eigh numpy.linalg.eigvalsh", S),
    *rows("numpy.linalg.cholesky numpy.linalg.eigh numpy.linalg.eigvalsh", np.stack([S, S @ S])),
    *rows("numpy.linalg.cholesky", A @ A.T + np.triu(array(3, 3), 1)),
    *[("numpy.linalg.svd", (x,), {"compute_uv": False}) for x in (X, X.T.copy(), B)],
    *of_numpy("trace diagonal", A),
    *of_numpy("trace diagonal", X, 1),
    *of_numpy("trace diagonal", T, offset=-1, axis1=1, axis2=2),
    ("numpy.reshape", (X, (4, 3)), {}),
    ("numpy.reshape", (X, -1), {}),
    *of_numpy("ravel transpose flip copy array asarray ascontiguousarray", X),
    ("numpy.transpose", (T, (2, 0, 1)), {}),
    ("numpy.transpose", (T,), {"axes": (1, -1, 0)}),
    ("numpy.squeeze", (array(3, 1, 4),), {}),
    ("numpy.squeeze", (array(3, 1, 4),), {"axis": 1}),
    *[("numpy.expand_dims", (X, a), {}) for a in (0, -1, (0, 2))],
    ("numpy.swapaxes", (T, 0, 2), {}),
    ("numpy.moveaxis", (T, 0, -1), {}),
    ("numpy.moveaxis", (T, (0, 1), (2, 0)), {}),
    ("numpy.broadcast_to", (V, (3, 4)), {}),
    ("numpy.broadcast_to", (array(3, 1), (2, 3, 4)), {}),
    *of_numpy("atleast_1d atleast_2d", V),
    *[("numpy.concatenate", ([X, Y, array(2, 4)],), k) for k in ({}, {"axis": 0}, {"axis": None})],
    *[("numpy.concatenate", ((X, array(3, 2)),), {"axis": a}) for a in (1, -1)],
    ("numpy.concatenate", ([[0.3], V],), {}),
    *[("numpy.stack", ([X, Y],), k) for k in ({}, {"axis": 1}, {"axis": -1})],
    ("numpy.stack", ((V, W),), {}),
    *of_numpy("vstack hstack column_stack", [V, W]),
    *of_numpy("vstack hstack column_stack", (X, Y)),
    *of_numpy("column_stack", (X, array(3))),
    *of_numpy("append", X, Y),
    *of_numpy("append", V, 1.5),
    *of_numpy("append", X, Y, axis=1),
    *of_numpy("repeat", X, 2),
    *of_numpy("repeat", X, 2, axis=1),
    *of_numpy("repeat", V, np.array([1, 0, 2, 1])),
    *of_numpy("tile", X, 2),
    *of_numpy("tile", V, (2, 3)),
    *[("numpy.flip", (X,), {"axis": a}) for a in (0, 1, (0, 1))],
    *of_numpy("roll", X, 2),
    *of_numpy("roll", X, 1, axis=1),
    *of_numpy("roll", X, (1, 2), axis=(0, 1)),
    *of_numpy("lib.stride_tricks.sliding_window_view", V, 2),
    *of_numpy("lib.stride_tricks.sliding_window_view", X, (2, 3)),
    *of_numpy("lib.stride_tricks.sliding_window_view", X, 2, axis=-1),
    *of_numpy("lib.stride_tricks.sliding_window_view", X, 2, 0),
    *of_numpy("lib.stride_tricks.sliding_window_view", X, (2, 2), axis=(1, 1)),
    *of_numpy("tril triu diag", A),
    *of_numpy("tril triu diag", X, 1),
    *of_numpy("diag", V),
    *of_numpy("diag", V, -1),
    *of_numpy("diff", V),
    *of_numpy("diff", X, 2),
    *of_numpy("diff", X, axis=0),
    *of_numpy("array asarray", [0.3, 0.5, 1.5]),
    *of_numpy("array", [[0.3, 0.5], [1.5, 2.0]]),
    *of_numpy("array", [V, W]),
    *of_numpy("take", V, INDEX),
    *of_numpy("take", X, INDEX, axis=0),
    *of_numpy("take", X, np.array([[0, 1], [1, 3]]), axis=-1),
    *of_numpy("take", X, 2, axis=1),
    ("numpy.take_along_axis", (X, np.array([[0, 1], [1, 1], [3, 0]]), 1), {}),
    ("numpy.take_along_axis", (X, np.array([[0, 1, 1, 2]]), 0), {}),
    *of_numpy("sort", V),
    *of_numpy("sort", X, axis=0),
    *of_numpy("sort", X, axis=None),
    ("numpy.full", (3, 1.5), {}),
    ("numpy.full", ((3, 4), V), {}),
    ("numpy.full_like", (X, 1.5), {}),
    ("numpy.linspace", (0.3, 2.0), {}),
    ("numpy.linspace", (0.3, 2.0, 5), {}),
    *of_numpy("trapezoid", V),
    *of_numpy("trapezoid", X, dx=0.5, axis=0),
    *of_numpy("trapezoid", X, np.cumsum(P)),
    *of_numpy("trapezoid", X, np.cumsum(Q, axis=0), axis=0),
    *of_numpy("interp", array(5), np.array([-1, 0, 1, 2]), V),
    *of_numpy("interp", 0.3, np.array([-1, 0, 1, 2]), V),
    *of_numpy("polyval", V, 0.7),
    *of_numpy("polyval", V, X),
    *of_numpy("convolve", V, array(3)),
    *[row for mode in ("same", "valid", "full") for row in of_numpy("convolve", array(3), V, mode)],
    *of_numpy("convolve", array(6), array(2), mode="same"),
    *of_numpy("cross", array(3), array(3)),
    *of_numpy("cross", array(4, 3), array(3)),
    *of_numpy("select", [X > 0, X < -0.5], [X, Y], 1.5),
    *of_numpy("select", [MASK], [V], default=0.0),
    *of_numpy("median", V),
    *of_numpy("median", array(5)),
    *[row for axis in (0, 1) for row in of_numpy("median", X, axis=axis)],
    *of_numpy("median", X, axis=-1, keepdims=True),
    *rows("math.prod", [1.5, 0.3, 2.2]),
    *rows("math.prod", [0.0, 0.3, 2.2]),
    *of_numpy("pad", X, 2),
    *of_numpy("pad", X, ((1, 2), (0, 3))),
    *of_numpy("fliplr flipud", X),
    ("srcdiff.astype", (X, np.float64), {}),
]
