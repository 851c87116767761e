"""The rules that hold for complex numbers, too: of the others, complex operands are refused.

Those of functions that are not analytic ask whether their operand is complex, which must be known when they are applied.
"""

from __future__ import annotations

ANALYTIC = (
    "add subtract multiply divide power float_power negative positive reciprocal square sqrt sin cos tan "
    "sinh cosh tanh arcsin arccos arctan arcsinh arccosh arctanh exp exp2 expm1 log log2 log10 log1p sinc"
)
PARTS = "abs real imag conj angle"
SUMS = "sum mean prod cumsum cumprod diff nansum nanmean"
PRODUCTS = "dot vdot inner outer matmul tensordot kron einsum polyval trace"
MOVES = (
    "array asarray ascontiguousarray copy append concatenate stack vstack hstack column_stack reshape ravel transpose swapaxes "
    "moveaxis squeeze expand_dims atleast_1d broadcast_to repeat tile roll flip fliplr flipud pad "
    "take diag diagonal tril triu where select full full_like"
)
SOLVES = "linalg.inv linalg.solve linalg.det linalg.slogdet linalg.matrix_power fft.fft fft.ifft fft.irfft"
HELPERS = "where unbroadcast sum_to broadcast_like fft_x ifft_x rfft_x irfft_x"
OF_CMATH = "exp log log10 sqrt sin cos tan asin acos atan sinh cosh tanh phase"
OPERATORS = "add sub mul truediv pow neg pos matmul"
NOT_ANALYTIC = frozenset(
    {"builtins.abs", "numpy.abs", "numpy.real", "numpy.imag", "numpy.conj", "numpy.angle", "numpy.vdot", "cmath.phase"}
)

COMPLEX = (
    frozenset(f"numpy.{name}" for name in " ".join((ANALYTIC, PARTS, SUMS, PRODUCTS, MOVES, SOLVES)).split())
    | frozenset(f"cmath.{name}" for name in OF_CMATH.split())
    | frozenset(f"operator.{name}" for name in OPERATORS.split())
    | frozenset(f"srcdiff.{name}" for name in HELPERS.split())
    | {"builtins.abs", "builtins.pow", "builtins.sum", "builtins.complex"}
    | {"numpy.lib.stride_tricks.sliding_window_view"}
)
