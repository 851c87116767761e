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
    highest2 = np.max(transition, axis=1, keepdims=True)
    v = np.exp(transition - highest2)
    sv = np.sum(v, axis=1)
    log_transition = transition - (np.log(sv) + np.squeeze(highest2, axis=1))[:, None]
    highest3 = np.max(emission, axis=1, keepdims=True)
    w = np.exp(emission - highest3)
    sw = np.sum(w, axis=1)
    log_emission = emission - (np.log(sw) + np.squeeze(highest3, axis=1))[:, None]
    s = slice(None, None, None), observations[0]
    alpha = start - (np.log(st) + u) + log_emission[s]
    oi = observations[1:]
    tape = []
    for o in oi:
        a = alpha[:, None] + log_transition
        highest4 = np.max(a, axis=0, keepdims=True)
        r = np.exp(a - highest4)
        sr = np.sum(r, axis=0)
        tape.append((a, highest4, r, sr))
        alpha = np.log(sr) + np.squeeze(highest4, axis=0) + log_emission[:, o]
    highest4 = np.max(alpha, axis=0, keepdims=True)
    p = np.exp(alpha - highest4)
    q = p / np.sum(p, axis=0)
    b = alpha == highest4
    alpha_bar = (1.0 - np.sum(q, axis=0, keepdims=True)) * b / np.sum(b, axis=0, dtype=alpha.dtype) + q
    log_transition_bar = np.zeros_like(log_transition)
    log_emission_bar = np.zeros_like(log_emission)
    for o in reversed(oi):
        a, highest4, r, sr = tape.pop()
        log_emission_bar[:, o] += alpha_bar
        c = alpha_bar * r / sr
        d = a == highest4
        g = (np.reshape(alpha_bar, highest4.shape) - np.sum(c, axis=0, keepdims=True)) * d
        a_bar = g / np.sum(d, axis=0, dtype=a.dtype) + c
        alpha_bar = np.sum(a_bar, axis=1)
        log_transition_bar += a_bar
    log_emission_bar[s] += alpha_bar
    h = np.sum(log_emission_bar, axis=1)
    m = np.expand_dims(h / sw, 1) * w
    z = emission == highest3
    t2 = np.sum(log_transition_bar, axis=1)
    t3 = np.expand_dims(t2 / sv, 1) * v
    t4 = transition == highest2
    t5 = np.sum(alpha_bar)
    t6 = t5 / st * t
    t7 = start == highest
    t8 = (np.sum(t6, axis=0, keepdims=True) + np.reshape(-t5, highest.shape)) * t7
    start_bar = t8 / np.sum(t7, axis=0, dtype=start.dtype) - t6 + alpha_bar
    t9 = (np.sum(t3, axis=1, keepdims=True) + np.reshape(-t2, highest2.shape)) * t4
    transition_bar = t9 / np.sum(t4, axis=1, keepdims=True, dtype=transition.dtype) - t3 + log_transition_bar
    t10 = (np.sum(m, axis=1, keepdims=True) + np.reshape(-h, highest3.shape)) * z
    emission_bar = t10 / np.sum(z, axis=1, keepdims=True, dtype=emission.dtype) - m + log_emission_bar
    return start_bar, transition_bar, emission_bar
