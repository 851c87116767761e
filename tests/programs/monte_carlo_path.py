"""A barrier option along given random shocks: paths that touch the barrier are out."""

import math


def payoff(spot: float, sigma: float, shocks: list[list[float]], strike: float, barrier: float, dt: float) -> float:
    """The mean payoff of an up-and-out call over the paths."""
    total = 0.0
    for path in shocks:
        s = spot
        for z in path:
            s *= math.exp(-0.5 * sigma**2 * dt + sigma * math.sqrt(dt) * z)
            if s >= barrier:
                break
        else:
            total += max(s - strike, 0.0)
    return total / len(shocks)


WRT = ("spot", "sigma")
ARGS = (100.0, 0.2, [[0.3, -0.2, 0.5], [2.0, 2.5, -0.1], [-0.4, 0.9, 0.2], [-1.0, -0.5, 0.1]], 98.0, 120.0, 0.1)
