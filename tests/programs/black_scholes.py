"""Black and Scholes: the price of a call, whose derivatives are the Greeks."""

from math import erf, exp, log, sqrt


def normal_cdf(x):
    return 0.5 * (1 + erf(x / sqrt(2)))


def call_price(S: float, K: float, T: float, r: float, sigma: float) -> float:
    """The price of a European call: spot, strike, years to expiry, interest rate, volatility."""
    d1 = (log(S / K) + (r + sigma**2 / 2) * T) / (sigma * sqrt(T))
    d2 = d1 - sigma * sqrt(T)
    return S * normal_cdf(d1) - K * exp(-r * T) * normal_cdf(d2)


WRT = ("S", "T", "r", "sigma")
ARGS = (100.0, 95.0, 0.5, 0.03, 0.25)
