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
    ratio_S = S / K
    total_r = r + sigma**2 / 2
    root = math.sqrt(T)
    product_sigma = sigma * root
    d1 = (math.log(ratio_S) + total_r * T) / product_sigma
    d2 = d1 - product_sigma
    root2 = math.sqrt(2)
    ratio_d1 = d1 / root2
    eT = math.exp(-r * T)
    ratio_d2 = d2 / root2
    ratio_K = 0.5641895835477563 * K * eT * math.exp(-(ratio_d2**2)) / root2
    product_K = 0.5 * K * (1 + math.erf(ratio_d2)) * eT
    total_T_bar = (0.5641895835477563 * S * math.exp(-(ratio_d1**2)) / root2 - ratio_K) / product_sigma
    product_sigma_bar = ratio_K - total_T_bar * d1
    total_r_bar = T * total_T_bar
    S_bar = total_T_bar / ratio_S / K + 0.5 * (1 + math.erf(ratio_d1))
    T_bar = total_T_bar * total_r + sigma * product_sigma_bar / 2 / root + r * product_K
    r_bar = total_r_bar + T * product_K
    sigma_bar = sigma * total_r_bar + product_sigma_bar * root
    return S_bar, T_bar, r_bar, sigma_bar
