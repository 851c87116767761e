"""Calls of every rule with valid shapes and options, as templates that random programs are made of.

A hole `{v}` takes an expression of a kind: s a scalar, v of shape (3,), m of (2, 3), q of (3, 3), x of the result's own.
What follows the kind bounds the values: `+` to (0.5, 2.5), `1` to (-0.8, 0.8), `^` to (1.2, 3.2), `~` keeps elements
apart, `*` makes a matrix well conditioned.
"""

from __future__ import annotations

from dataclasses import dataclass

from srcdiff.rules import RULES


@dataclass(frozen=True)
class Call:
    rule: str
    result: str
    template: str


def _np(names: str, result: str, arguments: str) -> list[Call]:
    return [Call(f"numpy.{name}", result, f"np.{name}({arguments})") for name in names.split()]


def _scipy(names: str, result: str, arguments: str) -> list[Call]:
    return [Call(f"scipy.special.{n}", result, f"scipy.special.{n}({arguments})") for n in names.split()]


def _math(names: str, arguments: str) -> list[Call]:
    return [Call(f"math.{name}", "s", f"math.{name}({arguments})") for name in names.split()]


def _cmath(names: str, argument: str) -> list[Call]:
    return [Call(f"cmath.{name}", "s", f"cmath.{name}({argument}).real") for name in names.split()]


def _many(rule: str, result: str, *templates: str) -> list[Call]:
    return [Call(rule, result, template) for template in templates]


REDUCTIONS = "sum mean max min var std prod"

CALLS: list[Call] = [
    *_many("operator.add", "x", "{x} + {x}", "{x} + {s}", "2 + {x}"),
    *_many("operator.mul", "x", "{x} * {x}", "{x} * {s}", "0.5 * {x}"),
    *_many("operator.sub", "x", "{x} - {x}", "{s} - {x}"),
    *_many("operator.truediv", "x", "{x} / {x+}", "{x} / 3", "1 / {x+}"),
    *_many("operator.add", "m", "{m} + {v}", "{m} + {m}[:, :1]"),
    *_many("operator.mul", "m", "{v} * {m}", "{m}[0] * {m}"),
    *_many("operator.sub", "q", "{q} - {v}", "{v}[:, None] - {v}"),
    *_many("operator.neg", "x", "-{x}"),
    *_many("operator.pos", "x", "+{x}"),
    *_many("operator.pow", "x", "{x1} ** 2", "{x1} ** 3", "{x+} ** 0.5", "{x+} ** -1", "{x+} ** {x1}", "2.0 ** {x1}"),
    *_many("builtins.complex", "s", "abs(complex({s}, {s}))", "(complex({s}) * 1j).imag"),
    *_many("numpy.angle", "x", "np.angle({x} + 2j)", "np.angle({x+})"),
    *_many("builtins.abs", "x", "abs({x})"),
    *_many("builtins.float", "s", "float({s})"),
    *_many("builtins.max", "s", "max({s}, {s})", "max({s}, 0.123)"),
    *_many("builtins.min", "s", "min({s}, {s})", "min({s}, {s}, 0.77)"),
    *_many("builtins.sum", "s", "sum([{s}, {s}, 0.5])", "sum({v})", "sum({s} * k for k in range(3))"),
    *_many("builtins.pow", "s", "pow({s+}, {s1})"),
    *_many("operator.mod", "s", "{s} % {s^}"),
    *_many("operator.matmul", "s", "{v} @ {v}"),
    *_many("operator.matmul", "v", "{q} @ {v}", "{v} @ {q}", "{m}.T @ {m}[:, 0]"),
    *_many("operator.matmul", "m", "{m} @ {q}"),
    *_many("operator.matmul", "q", "{m}.T @ {m}", "{q} @ {q}"),
    *_np("sin cos tanh arctan arcsinh square negative positive deg2rad radians sinc abs fabs", "x", "{x}"),
    *_np("exp exp2 expm1 sinh cosh tan rad2deg degrees arcsin arccos arctanh", "x", "{x1}"),
    *_np("log log2 log10 log1p sqrt cbrt reciprocal nan_to_num", "x", "{x+}"),
    *_np("arccosh", "x", "{x^}"),
    *_scipy("expit log_expit erf erfc ndtr log_ndtr", "x", "{x1}"),
    *_scipy("gamma gammaln digamma psi entr", "x", "{x+}"),
    *_scipy("logit", "x", "0.1 + 0.3 * {x+}"),
    *_scipy("betaln xlogy xlog1py", "x", "{x+}, {x+}"),
    *_scipy("polygamma", "x", "2, {x+}"),
    *_scipy("logsumexp", "s", "{v}"),
    *_scipy("logsumexp", "v", "{m}, axis=0"),
    *_many("numpy.logaddexp.reduce", "s", "np.logaddexp.reduce({v})"),
    *_many("numpy.logaddexp.reduce", "v", "np.logaddexp.reduce({m}, axis=0)"),
    *[
        call
        for mode in ("edge", "reflect", "symmetric", "wrap")
        for call in _many(
            "numpy.pad", "v", f'np.pad({{v}}, 1, "{mode}")[:3]', f'np.pad({{m}}, 1, mode="{mode}")[0, 2:]'
        )
    ],
    *_many("numpy.interp", "v", "np.interp({v}, np.cumsum({v+}) - 2, {v})"),
    *_scipy("softmax log_softmax", "v", "{v}"),
    *_scipy("softmax log_softmax", "m", "{m}, axis=1"),
    *_np("add subtract multiply maximum minimum fmax fmin logaddexp logaddexp2", "x", "{x}, {x}"),
    *_np("add multiply maximum", "m", "{m}, {v}"),
    *_np("divide", "x", "{x}, {x+}"),
    *_np("hypot arctan2 copysign", "x", "{x+}, {x}"),
    *_np("power float_power", "x", "{x+}, {x1}"),
    *_np("mod fmod", "x", "{x+}, {x^}"),
    *_np("heaviside", "x", "{x+}, {x}"),
    *_np("real conj", "x", "{x}"),
    *_np("imag", "x", "{x}"),
    *_np("float64", "s", "{s}"),
    *_np("where", "x", "{x} > 0.123, {x}, {x}"),
    *_np("where", "v", "{v} > 0.123, {v}, 0.0"),
    *_np("clip", "x", "{x}, -0.613, 0.787"),
    *_np("clip", "v", "{v}, None, {s+}"),
    *_np("clip", "v", "{v}, -0.1 * {s+}, 0.1 * {s+}"),
    *_np("sum", "s", "{v}, initial={s}"),
    *_many("builtins.sum", "s", "sum([{s}, 0.5], {s})"),
    *_np(REDUCTIONS, "s", "{v~}"),
    *_np("sum mean max min var prod", "s", "{m1}"),
    *_np(REDUCTIONS, "v", "{m~}, axis=0"),
    *_np(REDUCTIONS, "v", "{q~}, axis=-1"),
    *_np(REDUCTIONS, "m", "{m~}, axis=1, keepdims=True) + np.zeros((2, 3)"),
    *_np("sum mean", "s", "{m}, axis=(0, 1)"),
    *_np("var std", "v", "{m~}, axis=0, ddof=1"),
    *_many("numpy.sum", "s", "{v}.sum()", "{m}.sum()", "{m}.sum(axis=0)[1]", "np.sum({v}[1:])"),
    *_many("numpy.mean", "v", "{m}.mean(axis=0)"),
    *_many("numpy.max", "s", "{v~}.max()"),
    *_np("cumsum cumprod", "v", "{v1}"),
    *_np("cumsum cumprod", "m", "{m1}, axis=1"),
    *_np("cumsum cumprod", "q", "{q1}, axis=0"),
    *_np("matmul dot", "v", "{q}, {v}"),
    *_np("matmul dot", "m", "{m}, {q}"),
    *_np("dot vdot inner", "s", "{v}, {v}"),
    *_np("vdot", "s", "{m}, {m}"),
    *_np("inner", "q", "{q}, {q}"),
    *_np("dot", "x", "{s}, {x}"),
    *_many("numpy.dot", "v", "{v}.dot({q})"),
    *_np("outer", "q", "{v}, {v}"),
    *_np("tensordot", "s", "{m}, {m}, 2"),
    *_np("tensordot", "v", "{q}, {v}, axes=1"),
    *_np("tensordot", "q", "{m}, {m}, axes=([0], [0])"),
    *_np("einsum", "v", "'ij,j->i', {q}, {v}"),
    *_np("einsum", "s", "'ij,ij->', {m}, {m}"),
    *_np("einsum", "q", "'ij,ik->jk', {m}, {m}"),
    *_np("einsum", "s", "'ii', {q}"),
    *_np("kron", "v", "{v}[:1], {v}"),
    *_np("kron", "m", "{m}[:, :1], {v}[None, :]"),
    *_np("linalg.norm", "s", "{v+}"),
    *_np("linalg.norm", "v", "{m+}, axis=0"),
    *_np("linalg.norm", "s", "{m+}"),
    *_np("linalg.norm", "s", "{v+}, ord=1"),
    *_np("linalg.solve", "v", "{q*}, {v}"),
    *_np("linalg.solve", "q", "{q*}, {q}"),
    *_np("linalg.inv", "q", "{q*}"),
    *_np("linalg.det", "s", "{q*}"),
    *_many("numpy.linalg.slogdet", "s", "np.linalg.slogdet({q*})[1]"),
    *_many("numpy.linalg.cholesky", "q", "np.linalg.cholesky({q1} @ {q1}.T + 40 * np.eye(3))"),
    *_np("trace", "s", "{q}"),
    *_np("diagonal", "v", "{q}"),
    *_np("reshape", "m", "{m}.T, (2, 3)"),
    *_many("numpy.reshape", "v", "{v}.reshape(3, 1)[:, 0]", "{v}.reshape(-1)"),
    *_many("numpy.ravel", "v", "{m}.ravel()[1:4]", "np.ravel({q})[::3]"),
    *_many("numpy.transpose", "q", "{q}.T", "np.transpose({q})"),
    *_many("numpy.transpose", "m", "np.transpose({m}, (1, 0)).T"),
    *_many("numpy.flip", "x", "np.flip({x})"),
    *_many("numpy.flip", "m", "np.flip({m}, axis=1)"),
    *_np("copy array asarray ascontiguousarray", "v", "{v}"),
    *_many("numpy.array", "v", "np.array([{s}, {s}, 0.5])"),
    *_many("numpy.array", "m", "np.array([{v}, {v}])"),
    *_many("numpy.array", "m", "np.array([[{s}, 1.0, {s}], [0.5, {s}, 2]])"),
    *_many("numpy.squeeze", "v", "np.squeeze({v}[None, :])", "np.squeeze({m}[:1], axis=0)"),
    *_many("numpy.expand_dims", "q", "np.expand_dims({v}, 0) * {v}[:, None]"),
    *_np("flipud fliplr", "m", "{m}"),
    *_np("cross", "v", "{v}, {v}"),
    *_np("convolve", "v", "{v}, {v}[:1]"),
    *_np("interp", "v", "{v}, np.array([-5.0, 0.033, 5.0]), {v}"),
    *_np("median", "s", "{v~}"),
    *_np("trapezoid", "s", "{v}"),
    *_np("trapezoid", "v", "{q}, axis=0"),
    *_np("polyval", "v", "{v}, {v1}"),
    *_many("numpy.pad", "v", "np.pad({v}[:1], 1)", "np.pad({v}[:2], (0, 1), mode='reflect')"),
    *_many("numpy.logaddexp.reduce", "s", "np.logaddexp.reduce({v})"),
    *_many("numpy.logaddexp.reduce", "v", "np.logaddexp.reduce({m}, axis=0)"),
    *_many("numpy.select", "v", "np.select([{v} > 0.433, {v} > -0.217], [{v}, {v}], {s})"),
    *_many("math.prod", "s", "math.prod([{s}, {s1}])"),
    *_many("numpy.linalg.eigvalsh", "v", "np.linalg.eigvalsh({q1} @ {q1}.T + np.diag([1.0, 40.0, 90.0]))"),
    *_many("numpy.linalg.eigh", "v", "np.linalg.eigh({q1} @ {q1}.T + np.diag([1.0, 40.0, 90.0]))[0]"),
    *_many("numpy.linalg.svd", "v", "np.linalg.svd(0.1 * {q1} + np.diag([1.0, 4.0, 9.0]), compute_uv=False)"),
    *_np("average", "s", "{v}, weights={v+}"),
    *_np("average", "v", "{m}, axis=0"),
    *_np("nansum nanmean", "s", "{v}"),
    *_np("nansum nanmean", "v", "{m}, axis=0"),
    *_np("ptp", "s", "{v~}"),
    *_np("percentile", "s", "{v~}, 30.0"),
    *_np("quantile", "s", "{v~}, 0.7"),
    *_np("quantile", "v", "{m~}, 0.4, axis=0"),
    *_many("numpy.rot90", "m", "np.rot90({m}, 2)"),
    *_many("numpy.split", "v", "np.split(np.append({v}, {v}), 2)[1]"),
    *_many("numpy.array_split", "v", "np.array_split(np.append({v}, {s}), 4)[0] + {v}"),
    *_many("numpy.fft.fft", "v", "np.abs(np.fft.fft({v}) + 9)"),
    *_many("numpy.fft.ifft", "v", "np.fft.ifft({v}).real"),
    *_many("numpy.fft.rfft", "v", "np.fft.rfft({v}).imag[1:] + {v}", "np.fft.rfft({v}).real[:1] + {v}"),
    *_many("numpy.fft.irfft", "v", "np.fft.irfft({v}, 3)"),
    *_np("linalg.matrix_power", "q", "{q1}, 3"),
    *_np("linalg.pinv", "q", "{q*}"),
    *_many("numpy.linalg.qr", "q", "np.linalg.qr({q*})[1]"),
    *_np("swapaxes", "q", "{q}, 0, 1"),
    *_many("numpy.moveaxis", "q", "np.moveaxis({q}, 0, -1)"),
    *_np("broadcast_to", "m", "{v}, (2, 3)"),
    *_np("atleast_1d", "v", "{v}"),
    *_many("numpy.atleast_2d", "m", "np.atleast_2d({v}) + {m}"),
    *_np("concatenate", "v", "[{v}[:2], {v}[1:2]]"),
    *_np("concatenate", "m", "[{m}[:1], {m}[1:]], axis=0"),
    *_np("concatenate", "q", "[{m}, {v}[None, :]]"),
    *_np("stack vstack", "m", "[{v}, {v}]"),
    *_np("stack", "v", "[{s}, {s}, {s}]"),
    *_np("stack", "q", "[{v}, {v}, {v}], axis=1"),
    *_np("hstack", "v", "[{v}[:1], {v}[1:]]"),
    *_np("column_stack", "q", "[{v}, {v}, {v}]"),
    *_np("append", "v", "{v}[:2], {s}"),
    *_np("append", "m", "{m}[:1], {m}[1:], axis=0"),
    *_np("repeat", "v", "{v}[:1], 3"),
    *_np("repeat", "q", "{v}[None, :], 3, axis=0"),
    *_np("tile", "m", "{v}, (2, 1)"),
    *_np("roll", "x", "{x}, 1"),
    *_np("roll", "m", "{m}, 1, axis=1"),
    *_np("tril triu", "q", "{q}"),
    *_np("tril triu", "m", "{m}, 1"),
    *_np("diag", "v", "{q}"),
    *_np("diag", "q", "{v}"),
    *_many("numpy.diff", "v", "np.diff(np.append({v}, {s}))"),
    *_np("take", "v", "{v}, np.array([0, 2, 0])"),
    *_np("take", "v", "{q}, 1, axis=1"),
    *_np("bincount", "v", "np.array([0, 2, 1]), weights={v}"),
    *_np("take_along_axis", "m", "{m}, np.array([[0, 0, 1], [2, 1, 1]]), 1"),
    *_many(
        "numpy.lib.stride_tricks.sliding_window_view",
        "m",
        "np.lib.stride_tricks.sliding_window_view(np.append({v}, {s}), 3)",
        "np.lib.stride_tricks.sliding_window_view({v}, 3, axis=0) * np.ones((2, 1))",
    ),
    *_np("sort", "v", "{v~}"),
    *_np("sort", "m", "{m~}, axis=1"),
    *_np("full", "v", "3, {s}"),
    *_np("full", "m", "(2, 3), {v}"),
    *_np("full_like", "x", "1.0 * {x}, {s}"),  # of an int the fill would be cut to one
    *_np("gradient", "v", "{v}"),
    *_many("numpy.meshgrid", "q", "np.meshgrid({v}, {v})[0]", "np.meshgrid({v}, {v}, indexing='ij')[1]"),
    *_many("numpy.unique", "s", "np.sum(np.sin(np.unique({v~})))"),
    *_np("linspace", "v", "{s}, {s}, 3"),
    *_many("srcdiff.astype", "v", "{v}.astype(float)"),
    *_math("sin cos tanh atan asinh fabs degrees radians erf erfc", "{s}"),
    *_math("exp exp2 expm1 sinh cosh tan asin acos atanh", "{s1}"),
    *_math("log log2 log10 log1p sqrt cbrt", "{s+}"),
    *_math("acosh gamma lgamma", "{s^}"),
    *_math("log", "{s+}, {s^}"),
    *_math("atan2 hypot copysign", "{s+}, {s}"),
    *_math("pow", "{s+}, {s1}"),
    *_math("fmod remainder", "{s+}, {s^}"),
    *_math("fsum", "[{s}, {s}]"),
    *_math("hypot", "{s+}, {s}, {s}"),
    *_math("dist", "[{s}, {s+}], ({s}, -0.3)"),
    *_math("dist", "{v}, {v} + 0.7"),
    *[Call(f"statistics.{name}", "s", f"statistics.{name}([{{s}}, {{s}}, 0.3])") for name in ("mean", "fmean")],
    *_cmath("exp sin cos tanh asin acos atan sinh cosh tan", "0.4 * {s1} + 0.3j"),
    *_cmath("log log10 sqrt", "{s+} + 0.3j"),
    Call("cmath.phase", "s", "cmath.phase({s+} + 1j * {s})"),
    *_many("operator.getitem", "s", "{v}[0]", "{v}[-1]", "{m}[1, 2]", "{m}[0][1]", "{q}[1:][0][2]", "{v}[1:][0]"),
    *_many("operator.getitem", "v", "{m}[0]", "{q}[:, 1]", "{v}[::-1]", "{q}[[0, 1, 2], [2, 2, 1]]", "{v}[[0, 0, 1]]"),
    *_many("operator.getitem", "m", "{q}[:2]", "{q}[[0, 0]]", "{m}[::-1, ::-1]"),
    *_many("srcdiff.where", "v", "np.where({v} > 0.123, np.sqrt(np.abs({v}) + 1), {v})"),
]


def differentiable_rules() -> set[str]:
    """The rules that a user's call can reach, and that carry a derivative."""
    return {name for name, rule in RULES.items() if rule.parts and not name.startswith("srcdiff.")}
