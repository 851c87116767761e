"""Mixtures fitted by expectation maximisation: the ranks are read from what is summed along axis 1."""

import numpy as np


def em(mu0, sig0, pi0, x, iters=4):
    mu, sig, pi = mu0.copy(), sig0.copy(), pi0.copy()
    for _ in range(iters):
        dens = pi * np.exp(-0.5 * ((x[:, None] - mu) / sig) ** 2) / (sig * np.sqrt(2 * np.pi))
        resp = dens / dens.sum(axis=1, keepdims=True)
        Nk = resp.sum(axis=0)
        mu = (resp * x[:, None]).sum(axis=0) / Nk
        sig = np.sqrt((resp * (x[:, None] - mu) ** 2).sum(axis=0) / Nk)
        pi = Nk / len(x)
    return np.sum(np.log((pi * np.exp(-0.5 * ((x[:, None] - mu) / sig) ** 2) / (sig * np.sqrt(2 * np.pi))).sum(axis=1)))


WRT = ("mu0", "sig0", "pi0", "x")
ARGS = (
    np.array([-1.0, 1.0]),
    np.array([0.8, 0.9]),
    np.array([0.4, 0.6]),
    np.random.default_rng(1).normal(size=12) * 1.5,
)

# output
import numpy as np


def em_grad(mu0, sig0, pi0, x, iters=4):
    x = np.asarray(x)
    assert np.ndim(mu0) == np.ndim(sig0) == np.ndim(pi0) == 1, "mu0, sig0 and pi0 must be vectors"
    assert x.ndim == 1, f"x must be a vector, not of shape {np.shape(x)}"
    assert len(mu0) == len(sig0) == len(pi0), "mu0, sig0 and pi0 must have equal lengths"
    mu = mu0.copy()
    sig = sig0.copy()
    pi = pi0.copy()
    tape = []
    for _ in range(iters):
        sig_prev = sig
        x_part = x[:, None]
        ratio_sig = (x_part - mu) / sig
        e = np.exp(-0.5 * ratio_sig**2)
        product_sig = sig * np.sqrt(2 * np.pi)
        dens = pi * e / product_sig
        total_dens = np.sum(dens, axis=1, keepdims=True)
        resp = dens / total_dens
        Nk = np.sum(resp, axis=0)
        mu = np.sum(resp * x_part, axis=0) / Nk
        power = (x_part - mu) ** 2
        sig_raw = np.sum(resp * power, axis=0) / Nk
        sig = np.sqrt(sig_raw)
        tape.append(
            (pi, sig_prev, ratio_sig, e, product_sig, dens, total_dens, resp, Nk, mu, power, sig_raw, sig)
        )
        pi = Nk / len(x)
    x_part2 = x[:, None]
    ratio = (x_part2 - mu) / sig
    e_sig = np.exp(-0.5 * ratio**2)
    root = np.sqrt(2 * np.pi)
    product = sig * root
    ratio_pi = pi * e_sig / product
    product_pi_bar = (1 / np.sum(ratio_pi, axis=1))[:, None] / product
    pi_bar = np.sum(product_pi_bar * e_sig, axis=0)
    ratio_mu = product_pi_bar * pi * e_sig * ratio / sig
    mu_bar = np.sum(ratio_mu, axis=0)
    x_bar = -np.sum(ratio_mu, axis=1)
    sig_bar = np.sum(ratio_mu * ratio, axis=0) - root * np.sum(product_pi_bar * ratio_pi, axis=0)
    while tape:
        pi, sig_prev, ratio_sig, e, product_sig, dens, total_dens, resp, Nk, mu, power, sig_raw, sig = (
            tape.pop()
        )
        total_resp_bar = sig_bar / 2 / sig / Nk
        diff_bar = 2 * total_resp_bar * resp * (x_part2 - mu)
        total_bar = (mu_bar - np.sum(diff_bar, axis=0)) / Nk
        resp_bar = (
            -total_bar * mu
            - total_resp_bar * sig_raw
            + pi_bar / len(x)
            + total_bar * x_part2
            + total_resp_bar * power
        )
        ratio2 = resp_bar / total_dens
        pie_bar = (ratio2 - np.sum(ratio2 * resp, axis=1, keepdims=True)) / product_sig
        pi_bar = np.sum(pie_bar * e, axis=0)
        ratio_sig_prev = pie_bar * pi * e * ratio_sig / sig_prev
        mu_bar = np.sum(ratio_sig_prev, axis=0)
        sig_bar = np.sum(ratio_sig_prev * ratio_sig, axis=0) - root * np.sum(pie_bar * dens, axis=0)
        x_bar += np.sum(total_bar * resp + diff_bar - ratio_sig_prev, axis=1)
    return mu_bar, sig_bar, pi_bar, x_bar
