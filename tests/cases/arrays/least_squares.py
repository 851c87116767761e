"""The normal equations' residual."""

from typing import Annotated

import numpy as np


def misfit(w: Annotated[np.ndarray, "d"], X: Annotated[np.ndarray, "n d"], y: Annotated[np.ndarray, "n"]) -> float:
    r = X @ w - y
    return 0.5 * np.sum(r**2)


WRT = "w"
_rng = np.random.default_rng(0)
ARGS = (_rng.normal(size=3), _rng.normal(size=(5, 3)), _rng.normal(size=5))

# output
def misfit_grad(w, X, y):
    r = X @ w - y
    return X.T @ r
