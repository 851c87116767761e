"""An American put by a binomial tree, rolled back in place."""

import numpy as np


def put_price(S: float, K: float, T: float, r: float, sigma: float, n: int) -> float:
    """The price of an American put on a tree of n steps."""
    dt = T / n
    u = np.exp(sigma * np.sqrt(dt))
    d = 1 / u
    p = (np.exp(r * dt) - d) / (u - d)
    discount = np.exp(-r * dt)
    values = np.zeros(n + 1)
    for j in range(n + 1):
        values[j] = max(K - S * u**j * d ** (n - j), 0.0)
    for i in range(n - 1, -1, -1):
        for j in range(i + 1):
            hold = discount * (p * values[j + 1] + (1 - p) * values[j])
            exercise = K - S * u**j * d ** (i - j)
            values[j] = max(hold, exercise)
    return values[0]


WRT = ("S", "r", "sigma")
ARGS = (100.0, 105.0, 0.5, 0.03, 0.25, 7)

# output
import numpy as np


def put_price_grad(S, K, T, r, sigma, n):
    """The gradient of put_price with respect to S, r and sigma.

    put_price: The price of an American put on a tree of n steps."""
    dt = T / n
    sdt = np.sqrt(dt)
    u = np.exp(sigma * sdt)
    d = 1 / u
    edt = np.exp(r * dt)
    t = u - d
    p = (edt - d) / t
    discount = np.exp(-r * dt)
    values = np.zeros(n + 1)
    tape = []
    for j in range(n + 1):
        v = u**j
        w = d ** (n - j)
        tape.append((v, w))
        values[j] = max(K - S * v * w, 0.0)
    tape2 = []
    for i in range(n - 1, -1, -1):
        inner_tape = []
        for j in range(i + 1):
            vi = values[j + 1]
            s = values[j]
            q = u**j
            a = d ** (i - j)
            ma = max(discount * (p * vi + (1 - p) * s), K - S * q * a)
            inner_tape.append((vi, s, q, a, ma))
            values[j] = ma
        tape2.append(inner_tape)
    values_bar = np.zeros_like(values)
    values_bar[0] += 1.0
    p_bar = 0.0
    discount_bar = 0.0
    u_bar = 0.0
    S_bar = 0.0
    d_bar = 0.0
    for i in reversed(range(n - 1, -1, -1)):
        inner_tape = tape2.pop()
        for j in reversed(range(i + 1)):
            vi, s, q, a, ma = inner_tape.pop()
            b = 1 - p
            c = p * vi + b * s
            hold = discount * c
            g = S * q
            h = i - j
            exercise = K - g * a
            vj_bar = values_bar[j]
            values_bar[j] = 0.0
            m = vj_bar / (hold, exercise).count(ma)
            hold_bar = m * (hold == ma)
            exercise_bar = m * (exercise == ma)
            z = exercise_bar * a
            t2 = hold_bar * discount
            values_bar[j] += t2 * b
            values_bar[j + 1] += t2 * p
            p_bar += (vi - s) * t2
            discount_bar += hold_bar * c
            u_bar -= S * z * j * u ** (j - (j != 0))
            S_bar -= z * q
            d_bar -= exercise_bar * g * h * d ** (h - (h != 0))
    for j in reversed(range(n + 1)):
        v, w = tape.pop()
        t3 = S * v
        t4 = n - j
        vj_bar2 = values_bar[j]
        values_bar[j] = 0.0
        t5 = vj_bar2 * (K - t3 * w > 0.0)
        t6 = t5 * w
        u_bar -= S * t6 * j * u ** (j - (j != 0))
        S_bar -= t6 * v
        d_bar -= t5 * t3 * t4 * d ** (t4 - (t4 != 0))
    t7 = p_bar / t
    t8 = t7 * p
    r_bar = (t7 * edt - discount_bar * discount) * dt
    sigma_bar = (u_bar - ((d_bar + (t8 - t7)) * d * d + t8)) * u * sdt
    return S_bar, r_bar, sigma_bar
