"""The distance of a satellite from a site, from its orbit's elements: Kepler's equation by Newton's method."""

from math import atan2, cos, pi, sin, sqrt


def eccentric_anomaly(M: float, e: float, tol: float = 1e-12, max_iter: int = 50) -> float:
    E = M if e < 0.8 else pi
    for _ in range(max_iter):
        f = E - e * sin(E) - M
        dE = -f / (1 - e * cos(E))
        E += dE
        if abs(dE) < tol:
            break
    else:
        raise RuntimeError("Kepler's equation did not converge")
    return E


def distance(a: float, e: float, inc: float, raan: float, argp: float, t: float, mu: float = 1.0) -> float:
    n = sqrt(mu / a**3)
    E = eccentric_anomaly(n * t % (2 * pi), e)
    nu = 2 * atan2(sqrt(1 + e) * sin(E / 2), sqrt(1 - e) * cos(E / 2))
    r = a * (1 - e * cos(E))
    u = argp + nu
    x = r * (cos(raan) * cos(u) - sin(raan) * sin(u) * cos(inc))
    y = r * (sin(raan) * cos(u) + cos(raan) * sin(u) * cos(inc))
    z = r * sin(u) * sin(inc)
    site = (0.3, -0.2, 0.9)
    return sum((p - q) ** 2 for p, q in zip((x, y, z), site)) ** 0.5


WRT = ("a", "e", "inc", "raan", "argp", "t", "mu")
ARGS = (1.3, 0.25, 0.4, 1.1, 0.7, 3.0)
MORE_ARGS = ((2.1, 0.85, 1.2, -0.4, 2.7, 7.5),)
