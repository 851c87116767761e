"""Fit a damped oscillation to noisy data: srcdiff gives the gradient, SciPy the optimizer."""

from typing import Annotated

import numpy as np
from scipy.optimize import minimize

import srcdiff

Parameters = Annotated[np.ndarray, "4"]
Series = Annotated[np.ndarray, "n"]


@srcdiff.value_and_grad
def misfit(p: Parameters, t: Series, y: Series) -> float:
    """Half the sum of squares; p holds amplitude, damping, frequency and phase."""
    model = p[0] * np.exp(-p[1] * t) * np.cos(p[2] * t + p[3])
    return 0.5 * np.sum((model - y) ** 2)


def fit():
    """The parameters that were used to make the data, and those that were found."""
    rng = np.random.default_rng(0)
    true = np.array([2.0, 0.3, 4.0, 0.5])
    t = np.linspace(0, 5, 200)
    y = true[0] * np.exp(-true[1] * t) * np.cos(true[2] * t + true[3]) + 0.05 * rng.normal(size=t.size)
    found = minimize(misfit, x0=np.array([1.0, 0.1, 3.8, 0.0]), args=(t, y), jac=True, method="BFGS")
    return true, found


if __name__ == "__main__":
    true, found = fit()
    print(f"{found.nit} iterations, {found.nfev} calls, misfit {found.fun:.4f}")
    for name, a, b in zip(("amplitude", "damping", "frequency", "phase"), true, found.x):
        print(f"{name:10s} true {a:6.3f}   found {b:6.3f}")
