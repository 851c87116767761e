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

# output
import numpy as np


def log_likelihood_grad(start, transition, emission, observations):
    """The gradient of log_likelihood with respect to start, transition and emission.

    log_likelihood: The log-probability of the observations; the parameters are logits."""
    highest = np.max(start, axis=0, keepdims=True)
    e_start = np.exp(start - highest)
    total = np.sum(e_start, axis=0)
    log_start = start - (np.log(total) + np.squeeze(highest, axis=0))
    highest = np.max(transition, axis=1, keepdims=True)
    e_transition = np.exp(transition - highest)
    total_transition = np.sum(e_transition, axis=1)
    log_transition = transition - (np.log(total_transition) + np.squeeze(highest, axis=1))[:, None]
    highest = np.max(emission, axis=1, keepdims=True)
    e_emission = np.exp(emission - highest)
    total_emission = np.sum(e_emission, axis=1)
    log_emission = emission - (np.log(total_emission) + np.squeeze(highest, axis=1))[:, None]
    alpha = log_start + log_emission[:, observations[0]]
    observations_rest = observations[1:]
    tape = []
    for o in observations_rest:
        a = alpha[:, None] + log_transition
        highest = np.max(a, axis=0, keepdims=True)
        e_a = np.exp(a - highest)
        total_a = np.sum(e_a, axis=0)
        tape.append((e_a, total_a))
        alpha = np.log(total_a) + np.squeeze(highest, axis=0) + log_emission[:, o]
    e_alpha = np.exp(alpha - np.max(alpha, axis=0, keepdims=True))
    alpha_bar = e_alpha / np.sum(e_alpha, axis=0)
    log_transition_bar = np.zeros_like(log_transition)
    log_emission_bar = np.zeros_like(log_emission)
    for o in reversed(observations_rest):
        e_a, total_a = tape.pop()
        log_emission_bar[:, o] += alpha_bar
        a_bar = alpha_bar * e_a / total_a
        alpha_bar = np.sum(a_bar, axis=1)
        log_transition_bar += a_bar
    log_emission_bar[:, observations[0]] += alpha_bar
    start_bar = alpha_bar - np.sum(alpha_bar) / total * e_start
    transition_bar = (
        log_transition_bar - (np.sum(log_transition_bar, axis=1) / total_transition)[:, None] * e_transition
    )
    emission_bar = (
        log_emission_bar - (np.sum(log_emission_bar, axis=1) / total_emission)[:, None] * e_emission
    )
    return start_bar, transition_bar, emission_bar
