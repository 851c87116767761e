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
    root = np.sqrt(dt)
    u = np.exp(sigma * root)
    d = 1 / u
    e = np.exp(r * dt)
    p = (e - d) / (u - d)
    discount = np.exp(-r * dt)
    values = np.zeros(n + 1)
    tape = []
    for j in range(n + 1):
        power_u = u**j
        power_d = d ** (n - j)
        tape.append((power_u, power_d))
        values[j] = max(K - S * power_u * power_d, 0.0)
    tape2 = []
    for i in range(n - 1, -1, -1):
        inner_tape = []
        for j in range(i + 1):
            values_next = values[j + 1]
            value = values[j]
            hold = discount * (p * values_next + (1 - p) * value)
            power_u = u**j
            power_d = d ** (i - j)
            exercise = K - S * power_u * power_d
            values_j = max(hold, exercise)
            inner_tape.append((values_next, value, power_u, power_d, values_j))
            values[j] = values_j
        tape2.append(inner_tape)
    values_bar = np.zeros_like(values)
    values_bar[0] = 1.0
    p_bar = 0.0
    discount_bar = 0.0
    u_bar = 0.0
    S_bar = 0.0
    d_bar = 0.0
    for i in reversed(range(n - 1, -1, -1)):
        inner_tape = tape2.pop()
        for j in reversed(range(i + 1)):
            values_next, value, power_u, power_d, values_j = inner_tape.pop()
            total = p * values_next + (1 - p) * value
            hold = discount * total
            product_S = S * power_u
            diff = i - j
            exercise = K - product_S * power_d
            ratio = values_bar[j] / (hold, exercise).count(values_j)
            hold_bar = ratio * (hold == values_j)
            exercise_bar = ratio * (exercise == values_j)
            product = exercise_bar * power_d
            total_bar = hold_bar * discount
            values_bar[j] = total_bar * (1 - p)
            values_bar[j + 1] += total_bar * p
            p_bar += (values_next - value) * total_bar
            discount_bar += hold_bar * total
            u_bar -= S * product * j * u ** (j - (j != 0))
            S_bar -= product * power_u
            d_bar -= exercise_bar * product_S * diff * d ** (diff - (diff != 0))
    for j in reversed(range(n + 1)):
        power_u, power_d = tape.pop()
        product_S = S * power_u
        diff = n - j
        value_bar = values_bar[j]
        values_bar[j] = 0.0
        diff_K_bar = value_bar * (K - product_S * power_d > 0.0)
        product = diff_K_bar * power_d
        u_bar -= S * product * j * u ** (j - (j != 0))
        S_bar -= product * power_u
        d_bar -= diff_K_bar * product_S * diff * d ** (diff - (diff != 0))
    diff_d_bar = p_bar / (u - d)
    product_p = diff_d_bar * p
    r_bar = (diff_d_bar * e - discount_bar * discount) * dt
    sigma_bar = (u_bar - ((d_bar + (product_p - diff_d_bar)) * d * d + product_p)) * u * root
    return S_bar, r_bar, sigma_bar
