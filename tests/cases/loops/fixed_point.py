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
        sine = math.sin(e)
        cosine = math.cos(e)
        correction = (anomaly + eccentricity * sine - e) / (1 - eccentricity * cosine)
        tape.append((sine, cosine, correction))
        e = e + correction
        if abs(correction) < 1e-13:
            break
    e_bar = 1.0
    eccentricity_bar = 0.0
    anomaly_bar = 0.0
    while tape:
        sine, cosine, correction = tape.pop()
        diff_bar = e_bar / (1 - eccentricity * cosine)
        product_bar = diff_bar * correction
        e_bar += eccentricity * diff_bar * cosine - diff_bar - eccentricity * product_bar * sine
        eccentricity_bar += diff_bar * sine + product_bar * cosine
        anomaly_bar += diff_bar
    anomaly_bar += e_bar
    return eccentricity_bar, anomaly_bar
