"""NumPy's elementwise functions."""

from __future__ import annotations

import builtins
import cmath
import math
from typing import Any

import numpy as np

from srcdiff.rules.arithmetic import LN2, LN10, root_x
from srcdiff.rules.declare import elementwise, general, linear, nondifferentiable

elementwise(np.sin, x=lambda z, x: np.cos(x))
elementwise(np.cos, x=lambda z, x: -np.sin(x))
elementwise(np.tan, x=lambda z, x: 1 + z**2)
elementwise(np.arcsin, x=lambda z, x: 1 / np.sqrt(1 - x**2))
elementwise(np.arccos, x=lambda z, x: -1 / np.sqrt(1 - x**2))
elementwise(np.arctan, x=lambda z, x: 1 / (1 + x**2))
elementwise(np.arctan2, y=lambda z, y, x: x / (x**2 + y**2), x=lambda z, y, x: -y / (x**2 + y**2))
elementwise(np.sinh, x=lambda z, x: np.cosh(x))
elementwise(np.cosh, x=lambda z, x: np.sinh(x))
elementwise(np.tanh, x=lambda z, x: 1 - z**2)
elementwise(np.arcsinh, x=lambda z, x: 1 / np.sqrt(x**2 + 1))
elementwise(np.arccosh, x=lambda z, x: 1 / np.sqrt(x**2 - 1))
elementwise(np.arctanh, x=lambda z, x: 1 / (1 - x**2))

elementwise(np.exp, x=lambda z, x: z)
elementwise(np.exp2, x=lambda z, x: LN2 * z)
elementwise(np.expm1, x=lambda z, x: z + 1)
elementwise(np.log, x=lambda z, x: 1 / x)
elementwise(np.log2, x=lambda z, x: 1 / (LN2 * x))
elementwise(np.log10, x=lambda z, x: 1 / (LN10 * x))
elementwise(np.log1p, x=lambda z, x: 1 / (1 + x))
elementwise(np.logaddexp, x=lambda z, x, y: np.exp(x - z), y=lambda z, x, y: np.exp(y - z))
elementwise(np.logaddexp2, x=lambda z, x, y: np.exp2(x - z), y=lambda z, x, y: np.exp2(y - z))

elementwise(np.sqrt, x=root_x)
elementwise(np.cbrt, x=lambda z, x: 1 / (3 * z**2))
elementwise(np.square, x=lambda z, x: 2 * x)
elementwise(np.reciprocal, x=lambda z, x: -(z**2))
elementwise(np.hypot, x=lambda z, x, y: x / (z + (z == 0)), y=lambda z, x, y: y / (z + (z == 0)))
elementwise(np.fabs, x=lambda z, x: np.sign(x))
elementwise(np.copysign, x=lambda z, x, y: np.sign(x) * np.copysign(1, y), y=0)
elementwise(np.heaviside, x=0, y=lambda z, x, y: x == 0)
elementwise(np.sinc, x=lambda z, x: (np.cos(math.pi * x) - z) / (x + (x == 0)))
elementwise(np.nan_to_num, x=lambda z, x, copy=True, nan=0.0, posinf=None, neginf=None: np.isfinite(x))
elementwise(np.deg2rad, np.radians, x=math.pi / 180)
elementwise(np.rad2deg, np.degrees, x=180 / math.pi)
elementwise(*(f"numpy.{name}" for name in ("float64", "float32", "float16")), x=1)

elementwise(
    np.where,
    condition=0,
    x=lambda z, condition, x, y: condition,
    y=lambda z, condition, x, y: np.logical_not(condition),
)


def within(z: Any, a: Any, a_min: Any = None, a_max: Any = None) -> Any:
    """Strictly between the bounds: at a bound, the bound counts."""
    above = None if a_min is None else a > a_min
    below = None if a_max is None else a < a_max
    return above & below if above is not None and below is not None else below if above is None else above


def at_minimum(z: Any, a: Any, a_min: Any = None, a_max: Any = None) -> Any:
    return a <= a_min if a_max is None else (a <= a_min) & (a_min < a_max)


def at_maximum(z: Any, a: Any, a_min: Any = None, a_max: Any = None) -> Any:
    """A minimum above the maximum does not count: np.clip takes the maximum last."""
    return a >= a_max if a_min is None else (a >= a_max) | (a_min >= a_max)


elementwise(np.clip, a=within, a_min=at_minimum, a_max=at_maximum)


def abs_dot(x_dot: Any, z: Any, x: Any) -> Any:
    """sign(x), and 0 at 0."""
    return np.real(np.conj(x) * x_dot) / (z + (z == 0)) if np.iscomplexobj(x) else np.sign(x) * x_dot


def abs_x(z_bar: Any, z: Any, x: Any) -> Any:
    return z_bar * np.conj(x) / (z + (z == 0)) if np.iscomplexobj(x) else z_bar * np.sign(x)


general(np.abs, builtins.abs, x=(abs_dot, abs_x))
linear(np.real, x=lambda z_bar, x: z_bar)
linear(np.imag, x=lambda z_bar, x: -1j * z_bar if np.iscomplexobj(x) else 0 * z_bar)
linear(np.conj, x=lambda z_bar, x: np.conj(z_bar))
general(
    builtins.complex,
    real=(lambda real_dot, z, real, imag=0: real_dot, lambda z_bar, z, real, imag=0: np.real(z_bar)),
    imag=(lambda imag_dot, z, real, imag=0: 1j * imag_dot, lambda z_bar, z, real, imag=0: np.real(1j * z_bar)),
)


def angle_dot(z_dot: Any, angle: Any, z: Any) -> Any:
    """The angle of a real number is constant."""
    return np.imag(z_dot / z) if np.iscomplexobj(z) else 0.0 * z_dot


def angle_z(z_bar: Any, angle: Any, z: Any) -> Any:
    return z_bar * -1j / z if np.iscomplexobj(z) else 0.0 * z_bar


general(np.angle, cmath.phase, z=(angle_dot, angle_z))

nondifferentiable(np.sign, np.floor, np.ceil, np.rint, np.trunc, np.fix, np.round, np.floor_divide, np.signbit)
nondifferentiable(np.less, np.greater, np.less_equal, np.greater_equal, np.equal, np.not_equal, np.isclose, np.allclose)
nondifferentiable(np.isnan, np.isinf, np.isfinite, np.logical_and, np.logical_or, np.logical_not, np.logical_xor)
nondifferentiable(np.array_equal, np.iscomplexobj, "numpy.int64", "numpy.int32", "numpy.bool", "numpy.bool_")
