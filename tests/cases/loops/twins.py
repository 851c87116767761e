"""An object's attribute and a local name that always hold the same value: one of them is enough."""

import math


class Filter:
    def __init__(self, gain):
        self.gain = gain
        self.state = 0.0

    def step(self, x):
        self.state = self.gain * x + (1 - self.gain) * math.sin(self.state)
        return self.state


def smoothed(gain: float, signal: list[float]) -> float:
    low_pass = Filter(gain)
    last = low_pass.state
    for x in signal:
        last = low_pass.step(x) + 0.0 * last
    level = low_pass.state
    for x in signal:
        level = low_pass.step(x)
    return level * low_pass.state + last


WRT = "gain"
ARGS = (0.3, [1.0, -0.5, 2.0])

# output
import math


def smoothed_grad(gain, signal):
    tape = []
    level = 0.0
    for x in signal:
        sine = math.sin(level)
        tape.append((level, sine))
        level = gain * x + (1 - gain) * sine
    tape2 = []
    for x in signal:
        sine = math.sin(level)
        tape2.append((level, sine))
        level = gain * x + (1 - gain) * sine
    level_bar = 2 * level
    gain_bar = 0.0
    for x in reversed(signal):
        level, sine = tape2.pop()
        gain_bar += (x - sine) * level_bar
        level_bar = level_bar * (1 - gain) * math.cos(level)
    last_bar = 1.0
    for x in reversed(signal):
        level, sine = tape.pop()
        level_gain_bar = level_bar + last_bar
        level_bar = level_gain_bar * (1 - gain) * math.cos(level)
        gain_bar += (x - sine) * level_gain_bar
        last_bar = 0 * last_bar
    return gain_bar
