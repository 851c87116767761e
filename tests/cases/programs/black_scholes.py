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

# output
import math


def call_price_grad(S, K, T, r, sigma):
    """The gradient of call_price with respect to S, T, r and sigma.

    call_price: The price of a European call: spot, strike, years to expiry, interest rate, volatility."""
    t = S / K
    u = r + sigma**2 / 2
    sT = math.sqrt(T)
    v = sigma * sT
    d1 = (math.log(t) + u * T) / v
    w = math.sqrt(2)
    s = d1 / w
    eT = math.exp(-r * T)
    p = (d1 - v) / w
    q = 0.5641895835477563 * K * eT * math.exp(-(p**2)) / w
    a = 0.5 * K * (1 + math.erf(p)) * eT
    b = (0.5641895835477563 * S * math.exp(-(s**2)) / w - q) / v
    c = q - b * d1
    d = T * b
    S_bar = b / t / K + 0.5 * (1 + math.erf(s))
    T_bar = b * u + sigma * c / 2 / sT + r * a
    r_bar = d + T * a
    sigma_bar = sigma * d + c * sT
    return S_bar, T_bar, r_bar, sigma_bar
