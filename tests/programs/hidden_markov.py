"""The forward algorithm of a hidden Markov model, in logarithms."""

from typing import Annotated

import numpy as np


def logsumexp(a, axis):
    highest = np.max(a, axis=axis, keepdims=True)
    return np.log(np.sum(np.exp(a - highest), axis=axis)) + np.squeeze(highest, axis=axis)


def log_likelihood(
    start: Annotated[np.ndarray, "k"],
    transition: Annotated[np.ndarray, "k k"],
    emission: Annotated[np.ndarray, "k m"],
    observations: list[int],
) -> float:
    """The log-probability of the observations; the parameters are logits."""
    log_start = start - logsumexp(start, axis=0)
    log_transition = transition - logsumexp(transition, axis=1)[:, None]
    log_emission = emission - logsumexp(emission, axis=1)[:, None]
    alpha = log_start + log_emission[:, observations[0]]
    for o in observations[1:]:
        alpha = logsumexp(alpha[:, None] + log_transition, axis=0) + log_emission[:, o]
    return logsumexp(alpha, axis=0)


_rng = np.random.default_rng(6)
WRT = ("start", "transition", "emission")
ARGS = (_rng.normal(size=3), _rng.normal(size=(3, 3)), _rng.normal(size=(3, 4)), [0, 2, 1, 3, 3, 0])
