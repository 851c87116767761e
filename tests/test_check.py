"""check_grads finds what is wrong, and says where; its verdicts are tried with derivatives written by hand."""

from dataclasses import dataclass

import numpy as np
import pytest

import srcdiff
from srcdiff import check
from srcdiff.errors import GradientError, SrcdiffError, UsageError


def use(monkeypatch, jvp, vjp):
    """Let check_grads meet these derivatives in place of generated ones."""
    monkeypatch.setattr(check, "jvp", lambda f, wrt: jvp)
    monkeypatch.setattr(check, "vjp", lambda f, wrt: vjp)


def energy(params, t):
    return t * np.sum(params["w"] ** 2) + params["b"]


def energy_jvp(params, t, params_dot, t_dot):
    w, w_dot = params["w"], params_dot["w"]
    return energy(params, t), t_dot * np.sum(w**2) + 2 * t * np.sum(w * w_dot) + params_dot["b"]


def energy_vjp(params, t, y_bar):
    w = params["w"]
    return energy(params, t), ({"w": 2 * t * w * y_bar, "b": y_bar}, y_bar * np.sum(w**2))


POINT = ({"w": np.array([[1.0, 2.0], [3.0, -0.5]]), "b": 0.3}, 1.7)


def test_right_derivatives_pass(monkeypatch):
    use(monkeypatch, energy_jvp, energy_vjp)
    check.check_grads(energy, *POINT)


def test_wrong_reverse_names_the_element(monkeypatch):
    def wrong(params, t, y_bar):
        value, (params_bar, t_bar) = energy_vjp(params, t, y_bar)
        params_bar["w"][1, 0] *= 2
        return value, (params_bar, t_bar)

    use(monkeypatch, energy_jvp, wrong)
    with pytest.raises(AssertionError, match=r"energy: derivative with respect to params\['w'\]\[1, 0\], reverse mode"):
        check.check_grads(energy, *POINT)
    check.check_grads(energy, *POINT, modes=("fwd",))


def test_wrong_forward_names_the_argument(monkeypatch):
    def wrong(params, t, params_dot, t_dot):
        return energy_jvp(params, t, params_dot, 3 * t_dot)

    use(monkeypatch, wrong, energy_vjp)
    with pytest.raises(GradientError, match=r"with respect to t, forward mode: expected 14\.2\d*, got 42\.7"):
        check.check_grads(energy, *POINT)
    check.check_grads(energy, *POINT, modes=("rev",))


def test_wrong_value_is_found(monkeypatch):
    use(monkeypatch, lambda *a: (0.0, energy_jvp(*a)[1]), energy_vjp)
    with pytest.raises(GradientError, match="value of the output, forward mode"):
        check.check_grads(energy, *POINT)


def test_gradient_of_the_wrong_shape_is_found(monkeypatch):
    def f(x):
        return np.sum(x)

    use(monkeypatch, lambda x, x_dot: (f(x), np.sum(x_dot)), lambda x, y_bar: (f(x), (np.array(y_bar),)))
    with pytest.raises(GradientError, match=r"shape of the gradient for x, reverse mode: expected \(3,\), got \(\)"):
        check.check_grads(f, np.ones(3))


def test_modes_that_disagree_are_found(monkeypatch):
    """An error below the differences' precision in each mode is still one when the modes are compared."""
    tolerances = {"rtol": 1e-4, "atol": 0.0}

    def f(x):
        return x * x

    use(monkeypatch, lambda x, d: (x * x, 2 * x * d * (1 + 9e-5)), lambda x, b: (x * x, (2 * x * b * (1 - 9e-5),)))
    with pytest.raises(GradientError, match="<y_bar, y_dot>"):
        check.check_grads(f, 2.0, **tolerances)


@dataclass
class Pair:
    first: float
    rest: list[float]


def test_containers_are_walked(monkeypatch):
    def f(pair):
        return pair.first * pair.rest[1]

    def vjp(pair, y_bar):
        return f(pair), (Pair(pair.rest[1] * y_bar, [0.0, 2 * pair.first * y_bar]),)

    use(monkeypatch, lambda p, d: (f(p), d.first * p.rest[1] + p.first * d.rest[1]), vjp)
    with pytest.raises(GradientError, match=r"pair\.rest\[1\], reverse mode"):
        check.check_grads(f, Pair(2.0, [5.0, 3.0]))


def test_arguments_are_left_alone(monkeypatch):
    def f(x):
        x *= 2
        return np.sum(x)

    def jvp(x, x_dot):
        x *= 2
        x_dot *= 2
        return np.sum(x), np.sum(x_dot)

    use(monkeypatch, jvp, lambda x, y_bar: (2 * np.sum(x), (np.full(x.shape, 2 * y_bar),)))
    x = np.arange(3.0)
    check.check_grads(f, x)
    np.testing.assert_array_equal(x, np.arange(3.0))


def test_usage_errors():
    with pytest.raises(UsageError, match="none of the arguments"):
        check.check_grads(lambda n: n, 3)
    with pytest.raises(UsageError, match="names no argument"):
        check.check_grads(energy, *POINT, wrt="q")
    with pytest.raises(UsageError, match="modes"):
        check.check_grads(energy, *POINT, modes=("both",))
    assert issubclass(GradientError, SrcdiffError)


def test_generated_derivatives_pass():
    def f(x, w):
        y = np.tanh(w @ x)
        return y * y.sum()

    rng = np.random.default_rng(1)
    srcdiff.check_grads(f, rng.normal(size=3), rng.normal(size=(2, 3)))


def scaled(x: float, factor: float = 2.0, *, power: int = 3) -> float:
    return factor * x**power


@pytest.mark.parametrize("order", [1, 2])
def test_arguments_with_defaults_may_be_left_out(order):
    check.check_grads(scaled, 1.3, order=order)
    check.check_grads(scaled, 1.3, wrt="factor", order=order)
    check.check_grads(scaled, 1.3, 2.5, order=order)
