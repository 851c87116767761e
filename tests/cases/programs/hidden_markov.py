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
    t = np.exp(start - highest)
    st = np.sum(t, axis=0)
    u = np.squeeze(highest, axis=0)
    highest = np.max(transition, axis=1, keepdims=True)
    v = np.exp(transition - highest)
    sv = np.sum(v, axis=1)
    log_transition = transition - (np.log(sv) + np.squeeze(highest, axis=1))[:, None]
    highest = np.max(emission, axis=1, keepdims=True)
    w = np.exp(emission - highest)
    sw = np.sum(w, axis=1)
    log_emission = emission - (np.log(sw) + np.squeeze(highest, axis=1))[:, None]
    alpha = start - (np.log(st) + u) + log_emission[:, observations[0]]
    oi = observations[1:]
    tape = []
    for o in oi:
        a = alpha[:, None] + log_transition
        highest = np.max(a, axis=0, keepdims=True)
        s = np.exp(a - highest)
        ss = np.sum(s, axis=0)
        tape.append((s, ss))
        alpha = np.log(ss) + np.squeeze(highest, axis=0) + log_emission[:, o]
    r = np.exp(alpha - np.max(alpha, axis=0, keepdims=True))
    alpha_bar = r / np.sum(r, axis=0)
    log_transition_bar = np.zeros_like(log_transition)
    log_emission_bar = np.zeros_like(log_emission)
    for o in reversed(oi):
        s, ss = tape.pop()
        log_emission_bar[:, o] += alpha_bar
        a_bar = alpha_bar * s / ss
        alpha_bar = np.sum(a_bar, axis=1)
        log_transition_bar += a_bar
    log_emission_bar[:, observations[0]] += alpha_bar
    start_bar = alpha_bar - np.sum(alpha_bar) / st * t
    p = np.expand_dims(np.sum(log_transition_bar, axis=1) / sv, 1) * v
    transition_bar = log_transition_bar - p
    q = np.expand_dims(np.sum(log_emission_bar, axis=1) / sw, 1) * w
    emission_bar = log_emission_bar - q
    return start_bar, transition_bar, emission_bar
