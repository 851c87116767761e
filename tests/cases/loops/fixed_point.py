"""A loop that stops when it has converged."""

import math


def kepler(eccentricity: float, anomaly: float) -> float:
    e = anomaly
    while True:
        correction = (anomaly + eccentricity * math.sin(e) - e) / (1 - eccentricity * math.cos(e))
        e = e + correction
        if abs(correction) < 1e-13:
            break
    return e


WRT = ("eccentricity", "anomaly")
ARGS = (0.3, 1.1)

# output
import math


def kepler_grad(eccentricity, anomaly):
    tape = []
    e = anomaly
    while True:
        se = math.sin(e)
        ce = math.cos(e)
        tape.append((e, se, ce))
        correction = (anomaly + eccentricity * se - e) / (1 - eccentricity * ce)
        e = e + correction
        if abs(correction) < 1e-13:
            break
    e_bar = 1.0
    eccentricity_bar = 0.0
    anomaly_bar = 0.0
    while tape:
        e, se, ce = tape.pop()
        t = 1 - eccentricity * ce
        u = e_bar / t
        v = u * (anomaly + eccentricity * se - e) / t
        e_bar += eccentricity * u * math.cos(e) - u - eccentricity * v * math.sin(e)
        eccentricity_bar += u * se + v * ce
        anomaly_bar += u
    anomaly_bar += e_bar
    return eccentricity_bar, anomaly_bar
