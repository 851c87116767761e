"""A state that starts from an argument and is an array later: the argument is an array as well, or made one."""

import numpy as np


def drift(state, angles):
    total = 0.0
    for angle in angles:
        position, speed = state
        turn = np.array([[1.0, 0.1], [-np.sin(position), 1.0]])
        state = turn @ np.array([position, speed + angle])
        total += state[0] ** 2
    return total


WRT = "state"
ARGS = (np.array([0.4, 1.0]), np.array([0.1, 0.3, -0.2]))

# output
import numpy as np

from srcdiff.runtime import complete, zeros_like


def drift_grad(state, angles):
    assert np.ndim(state) == np.ndim(angles) == 1, "state and angles must be vectors"
    assert len(state) == 2, "state must have 2 elements"
    tape = []
    for angle in angles:
        state_prev = state
        position, speed = state
        turn = np.array([[1.0, 0.1], [-np.sin(position), 1.0]])
        values = np.array([position, speed + angle])
        state = turn @ values
        tape.append((state_prev, turn, values, state[0]))
    state_bar = zeros_like(state)
    while tape:
        state_prev, turn, values, state_0 = tape.pop()
        position = state_prev[0]
        state_bar[0] += 2 * state_0
        values_bar = turn.T @ state_bar
        pair = values_bar[0] - (state_bar[:, None] * values)[1][0] * np.cos(position), values_bar[1]
        state_bar = complete(pair, state_prev)
    return state_bar
