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
